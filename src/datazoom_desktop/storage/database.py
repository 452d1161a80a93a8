"""One DuckDB database with one write lane and any number of readers."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, TypeVar

import duckdb
import psutil

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.faults import file_faults

Cursor: TypeAlias = duckdb.DuckDBPyConnection
"""What stores run SQL with: a DuckDB connection that belongs to one thread."""

T = TypeVar("T")

_MEMORY_SHARE = 0.25
_MEMORY_MOST = 4 << 30
_MEMORY_LEAST = 256 << 20
_THREADS_MOST = 8
_READERS_PATIENCE = 10.0  #: seconds that closing waits for reads under way


class Database:
    """An open database: writes go through one thread, one transaction each; readers have cursors of their own.

    Thread-safe. Every cursor speaks UTC; no extension is ever fetched from anywhere.
    """

    def __init__(self, path: Path) -> None:
        """Open the database at ``path``, creating it when absent.

        Raises:
            Problem: The file cannot be opened, or the disk is full.
        """
        self.path = path
        with file_faults(path):
            self._connection = duckdb.connect(str(path), config=_settings())
            self._connection.execute("SET GLOBAL TimeZone = 'UTC'")
            self._writer = self._connection.cursor()
        self._lane_thread: int | None = None
        self._lane = ThreadPoolExecutor(1, "database-lane", initializer=self._remember_lane)
        self._closing = threading.Lock()
        self._closed = False
        self._readers = 0
        self._reading = threading.Condition()  # guards the connection, which DuckDB lets only one thread call at a time

    def write(self, work: Callable[[Cursor], T]) -> T:
        """Run ``work`` in a transaction on the lane, wait for it, and return what it returns.

        Whatever ``work`` raises undoes the transaction and is raised here.

        Raises:
            RuntimeError: Called from the lane itself, where it would wait for itself, or after ``close``.
            Problem: The disk is full or the database's file cannot be written.
        """
        if threading.get_ident() == self._lane_thread:
            raise RuntimeError("write() called from inside a write: pass the transaction's cursor instead")
        return self.submit(work).result()

    def submit(self, work: Callable[[Cursor], T]) -> Future[T]:
        """Queue ``work`` for the lane, in order of arrival; the future holds its value or what it raised."""
        return self._lane.submit(self._transact, work)

    @contextmanager
    def read(self) -> Iterator[Cursor]:
        """Yield a cursor for the calling thread that sees one committed state until the block ends and cannot write.

        Raises:
            Problem: The room was closed meanwhile.
        """
        with self._reading:
            if self._closed:
                raise Problem("The room is closed", "It was closed while it was being read.", "Open it again.")
            cursor = self._connection.cursor()
            self._readers += 1
        try:
            with file_faults(self.path):
                cursor.execute("BEGIN TRANSACTION READ ONLY")
                yield cursor
        finally:
            cursor.close()
            with self._reading:
                self._readers -= 1
                self._reading.notify_all()

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the database's file."""
        self._lane.submit(self._checkpoint).result()

    def copy_to(self, target: Path) -> None:
        """Write everything committed so far into a new database at ``target``, while this one stays open and readable.

        Raises:
            Problem: The disk is full or ``target`` cannot be written; nothing is left there.
        """
        self._lane.submit(self._copy_to, target).result()

    def close(self) -> None:
        """Finish the queued writes and the reads under way, and close the file; more calls do nothing.

        Raises:
            RuntimeError: Called from the lane itself.
        """
        if threading.get_ident() == self._lane_thread:
            raise RuntimeError("close() called from inside a write")
        with self._closing:
            if self._closed:
                return
            with self._reading:
                self._closed = True
            self._lane.shutdown(wait=True)
            self._writer.close()
            with self._reading, file_faults(self.path):
                self._reading.wait_for(lambda: self._readers == 0, _READERS_PATIENCE)
                self._connection.close()

    def _remember_lane(self) -> None:
        self._lane_thread = threading.get_ident()

    def _transact(self, work: Callable[[Cursor], T]) -> T:
        cursor = self._writer
        with file_faults(self.path):
            cursor.execute("BEGIN TRANSACTION")
            try:
                value = work(cursor)
                cursor.execute("COMMIT")
            except BaseException:
                _undo(cursor)
                raise
        return value

    def _checkpoint(self) -> None:
        with file_faults(self.path):
            self._writer.execute("CHECKPOINT")

    def _copy_to(self, target: Path) -> None:
        partial = target.with_name(target.name + ".part")
        with self._reading:
            cursor = self._connection.cursor()
        try:
            with file_faults(target):
                (here,) = cursor.execute("SELECT current_database()").fetchone() or ("",)
                cursor.execute(f"ATTACH {_literal(str(partial))} AS copied")
                try:
                    cursor.execute(f"COPY FROM DATABASE {_name(here)} TO copied")
                    cursor.execute("CHECKPOINT copied")
                finally:
                    cursor.execute("DETACH copied")
                partial.replace(target)
        finally:
            cursor.close()
            partial.unlink(missing_ok=True)
            partial.with_name(partial.name + ".wal").unlink(missing_ok=True)


def _undo(cursor: Cursor) -> None:
    """Roll back; a transaction that DuckDB already ended (a failed commit, a fatal error) has nothing left to undo."""
    try:
        cursor.execute("ROLLBACK")
    except duckdb.Error as error:
        if not isinstance(error, (duckdb.TransactionException, duckdb.FatalException)):
            raise


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _settings() -> dict[str, str | bool | int | float | list[str]]:
    memory = max(_MEMORY_LEAST, min(_MEMORY_MOST, int(psutil.virtual_memory().total * _MEMORY_SHARE)))
    return {
        "memory_limit": f"{memory >> 20}MiB",
        "threads": max(1, min(_THREADS_MOST, os.cpu_count() or 1)),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }
