"""Records, checks and reads the trail."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from datazoom_desktop.activity import store
from datazoom_desktop.kernel.clock import iso, now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.database import Cursor

_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Activity:
    """One row of the trail; ``seq`` is 1-based, ``at`` is UTC, ``intent`` is such as "documents.added"."""

    seq: int
    at: dt.datetime
    actor: str
    intent: str
    subject: str
    detail: Mapping[str, object]


def record(tx: Cursor, *, actor: str, intent: str, subject: str, detail: Mapping[str, object]) -> int:
    """Add a row in the caller's transaction and return its 1-based number.

    Raises:
        TypeError: ``detail`` is not JSON-ready.
    """
    seq, previous = store.head(tx) or (0, _FIRST)
    row = store.Row(
        seq + 1,
        now(),
        actor,
        intent,
        subject,
        json.dumps(detail, sort_keys=True, separators=(",", ":")),
        previous,
    )
    store.append(tx, row, digest(row))
    return row.seq


def verify(cursor: Cursor) -> Problem | None:
    """Return what is wrong with the trail, or None when every row is as it was written."""
    expected, previous = 1, _FIRST
    for row, stored in store.rows(cursor):
        if row.seq != expected:
            return _broken(
                f"entry {expected} is missing" if row.seq > expected else f"entry {row.seq} stands there twice"
            )
        if row.previous_hash != previous or digest(row) != stored:
            return _broken(f"entry {row.seq} or the one before it was changed")
        expected, previous = expected + 1, stored
    return None


def recent(cursor: Cursor, limit: int) -> list[Activity]:
    """Return up to ``limit`` rows, newest first."""
    return [
        Activity(row.seq, row.at, row.actor, row.intent, row.subject, json.loads(row.detail))
        for row in store.newest(cursor, limit)
    ]


def digest(row: store.Row) -> str:
    """Return the lowercase hex SHA-256 of a row and, through it, of every row before."""
    parts = [row.seq, iso(row.at), row.actor, row.intent, row.subject, row.detail, row.previous_hash]
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def _broken(what: str) -> Problem:
    return Problem(
        "The activity trail was altered",
        f"The trail of this room is not as it was written: {what}.",
        "Compare the room with a backup. The trail before that entry can be relied on.",
    )
