"""A database in memory that holds some tables and runs nothing but a SELECT over them, within limits of time, memory and rows.

It has no way out: no files, no network, no extensions, and its settings are locked before the first statement. Statements are judged
before they are run (``readonly_sql``), run in a transaction that cannot write, and stopped after a few seconds.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.readonly_sql import LONGEST, Reading, judge, refused, rows_behind

ROWS = 1_000  #: of a result; what is beyond is cut off, and that is said
SECONDS = 5.0
_MEMORY = "256MiB"
_ROWS_BEHIND = 200_000  #: numbers of rows that are told for one result
EVERY = "__all"
"""What stands behind a table's name to name all its rows, totals included."""
DATA = "data"
"""The kind of the rows that a table's plain name holds."""


class SandboxColumn(NamedTuple):
    """A column: ``type`` is "number" (decimal, with so many decimals), "date" or "text"."""

    name: str
    type: str
    decimals: int = 0


class SandboxTable(NamedTuple):
    """A table: its columns, and rows of the sheet's row number, the row's kind and the values in the columns' order."""

    name: str
    columns: Sequence[SandboxColumn]
    rows: Sequence[Sequence[Any]]


class Result(NamedTuple):
    """What a statement returned.

    Attributes:
        columns: Names, in order.
        rows: At most ``ROWS``.
        cut: Whether there were more.
        tables: Names of the tables that it reads, ``EVERY`` left out, in order.
        mentioned: Names of the columns that it mentions, "*" for all, in lower case.
        behind: Numbers of the sheet's rows that entered, in order; None where that cannot be told.
        each: Of ``behind``, one for each row of the result; False where all of them made it together.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    cut: bool
    tables: tuple[str, ...]
    mentioned: frozenset[str]
    behind: list[int] | None
    each: bool


class Sandbox:
    """Some tables and what may be asked of them; for one thread at a time, which it sees to itself."""

    def __init__(self, tables: Sequence[SandboxTable]) -> None:
        """Load the tables and lock the door. Their names are plain words of SQL, all different."""
        self._lock = threading.Lock()
        self._names = {name for table in tables for name in (table.name.lower(), table.name.lower() + EVERY)}
        self._connection = duckdb.connect(":memory:", config=_settings())
        for table in tables:
            self._load(table)
        for setting in ("enable_external_access = false", "lock_configuration = true"):
            self._connection.execute(f"SET {setting}")

    def close(self) -> None:
        """Forget everything; more calls do nothing."""
        with self._lock:
            self._connection.close()

    def run(self, sql: str, seconds: float = SECONDS) -> Result:
        """Return what one SELECT gives, and where that comes from.

        Raises:
            Problem: It is not one SELECT over the tables, takes too long or too much memory, or fails.
        """
        with self._lock, self._limits(seconds):
            reading = self._read(sql)
            cursor = self._connection.execute(sql)
            columns = tuple(str(column[0]) for column in cursor.description or ())
            rows = cursor.fetchmany(ROWS + 1)
            tables = tuple(sorted({name.removesuffix(EVERY) for name in reading.tables}))
            behind, each = self._behind(reading)
            return Result(columns, rows[:ROWS], len(rows) > ROWS, tables, reading.columns, behind, each)

    def _read(self, sql: str) -> Reading:
        if len(sql) > LONGEST:
            raise refused(f"it is longer than {LONGEST:,} characters")
        row = self._connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [sql.strip().rstrip(";")]).fetchone()
        assert row is not None
        return judge(row[0], self._names)

    def _behind(self, reading: Reading) -> tuple[list[int] | None, bool]:
        changed = rows_behind(reading)
        if changed is None:
            return None, False
        statement, each = changed
        row = self._connection.execute("SELECT json_deserialize_sql(?::JSON)", [json.dumps(statement)]).fetchone()
        assert row is not None
        limit = ROWS if each else _ROWS_BEHIND
        numbers = [int(one[-1]) for one in self._connection.execute(row[0]).fetchmany(limit)]
        return (numbers if each else sorted(numbers)), each

    @contextmanager
    def _limits(self, seconds: float) -> Iterator[None]:
        """Run in a transaction that cannot write, and interrupt what takes too long."""
        timer = threading.Timer(seconds, self._connection.interrupt)
        self._connection.execute("BEGIN TRANSACTION READ ONLY")
        timer.start()
        try:
            yield
        except duckdb.InterruptException as error:
            raise _stopped(f"it took longer than {seconds:g} seconds") from error
        except duckdb.OutOfMemoryException as error:
            raise _stopped("it took more memory than is allowed") from error
        except duckdb.Error as error:
            raise refused(f"it fails ({_first_line(error)})") from error
        finally:
            timer.cancel()
            timer.join()
            self._connection.execute("ROLLBACK")

    def _load(self, table: SandboxTable) -> None:
        arrays: list[pa.Array] = [
            pa.array([row[0] for row in table.rows], pa.int32()),
            pa.array([row[1] for row in table.rows], pa.string()),
        ]
        names = ["_row", "_kind"]
        for position, column in enumerate(table.columns, start=2):
            arrays.append(pa.array([row[position] for row in table.rows], _type(column)))
            names.append(column.name)
        every, plain = _name(table.name + EVERY), _name(table.name)
        self._connection.register("_incoming", pa.Table.from_arrays(arrays, names=names))
        self._connection.execute(f"CREATE TABLE {every} AS SELECT * FROM _incoming")
        self._connection.unregister("_incoming")
        self._connection.execute(f"CREATE VIEW {plain} AS SELECT * EXCLUDE (_kind) FROM {every} WHERE _kind = '{DATA}'")


def _type(column: SandboxColumn) -> pa.DataType:
    if column.type == "number":
        return pa.decimal128(38, column.decimals)
    return pa.date32() if column.type == "date" else pa.string()


def _settings() -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": _MEMORY,
        "threads": 2,
        "temp_directory": "",
        "max_expression_depth": 250,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
    }


def _stopped(why: str) -> Problem:
    return Problem(
        "The query was stopped", f"The query was stopped: {why}.", "Ask for less, such as fewer tables at once."
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), "").rstrip(".")


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
