"""The trail's rows in the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from datazoom_desktop.storage.database import Cursor

_COLUMNS = 'seq, "at", actor, intent, subject, detail, previous_hash'
_FETCH = 2_000


class Row(NamedTuple):
    """One row as kept, less its own hash; ``seq`` is 1-based, ``detail`` is JSON text."""

    seq: int
    at: dt.datetime
    actor: str
    intent: str
    subject: str
    detail: str
    previous_hash: str


def head(tx: Cursor) -> tuple[int, str] | None:
    """Return number and hash of the newest row, None while there is none."""
    found = tx.execute("SELECT seq, hash FROM activity ORDER BY seq DESC LIMIT 1").fetchone()
    return None if found is None else (found[0], found[1])


def append(tx: Cursor, row: Row, own_hash: str) -> None:
    """Add a row with its hash."""
    tx.execute(f"INSERT INTO activity ({_COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [*row, own_hash])


def rows(cursor: Cursor) -> Iterator[tuple[Row, str]]:
    """Yield every row, oldest first, each with its stored hash."""
    cursor.execute(f"SELECT {_COLUMNS}, hash FROM activity ORDER BY seq")
    while block := cursor.fetchmany(_FETCH):
        for values in block:
            yield Row(*values[:-1]), values[-1]


def newest(cursor: Cursor, limit: int) -> list[Row]:
    """Return up to ``limit`` rows, newest first."""
    found = cursor.execute(f"SELECT {_COLUMNS} FROM activity ORDER BY seq DESC LIMIT ?", [limit]).fetchall()
    return [Row(*values) for values in found]
