"""Benchmarks: what the product does against what a user would otherwise run, on one machine in one run.

Each script prints JSON lines with a ratio; ``python -m tests.benchmarks`` runs them all and prints a table. Nothing here is a test.
"""
