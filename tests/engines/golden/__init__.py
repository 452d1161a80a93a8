"""The reference embedder's own vectors of fixed texts, made by ``packaging/make_embedding_golden.py``; float16, row i for text i."""
