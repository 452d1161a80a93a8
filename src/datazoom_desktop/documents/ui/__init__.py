"""The windows' pages of documents: the numbered index with coverage and live progress, and the viewer with its highlights.

Everything is read through ``documents.service`` on background threads; pictures of pages come from a worker process.
"""
