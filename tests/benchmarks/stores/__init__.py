"""One store of vectors each, as ``bench_vectors`` compares them: a program that fills the store, asks it, and leaves its answers.

Each runs in a process of its own, the ones of PostgreSQL in an environment of their own, which holds nothing of this project.
"""
