"""Where a room is kept: DuckDB for its facts, LanceDB for its passages, files by SHA-256 for the originals.

A room is one folder: ``room.json`` (its name and id), ``room.duckdb`` (every fact), ``passages.lance`` (derived from
the facts, can be made again), ``blobs`` (original bytes, never altered), ``previews`` and ``scratch`` (derived),
``backups`` (made before migrations), ``room.lock``.

Invariants: one process holds a room open; every write runs on one thread as one transaction; readers see one committed
state for as long as their block lasts; a blob under its final name is complete; a migration and its record are
one transaction.

This package knows tables and files, never what a document, a question or an answer means. It opens no socket.
"""
