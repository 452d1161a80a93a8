"""Intake's SQL: where the room's files come from, what the user keeps out, and what is still to be deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from datazoom_desktop.storage.database import Cursor


class SourceRow(NamedTuple):
    """A folder or file that was taken in.

    Attributes:
        root: Absolute path, as a person reads it; ``root_bytes`` is the same as the file system has it.
        prefix: What stands before its files' paths in the room; may be empty.
    """

    source_id: str
    root: str
    root_bytes: bytes
    prefix: str


class FileRow(NamedTuple):
    """A file as a source last held it.

    Attributes:
        path: In the room.
        file: Absolute path, as a person reads it.
        modified_ns: Unix nanoseconds.
        mounted: Lay on another drive than its source's folder.
    """

    path: str
    file: str
    modified_ns: int
    bytes: int
    sha256: str
    mounted: bool


def sources(cursor: Cursor) -> list[SourceRow]:
    """Return every source, the oldest first."""
    rows = cursor.execute(
        "SELECT source_id, root, root_bytes, prefix FROM sources ORDER BY added_at, source_id"
    ).fetchall()
    return [SourceRow(*row) for row in rows]


def add_source(tx: Cursor, row: SourceRow, at: dt.datetime) -> None:
    """Register a source."""
    tx.execute("INSERT INTO sources VALUES (?, ?, ?, ?, ?, NULL)", [*row, at])


def looked_through(tx: Cursor, source_id: str, at: dt.datetime) -> None:
    """Note that a source was looked through to the end."""
    tx.execute("UPDATE sources SET scanned_at = ? WHERE source_id = ?", [at, source_id])


def files(cursor: Cursor, source_id: str) -> dict[str, FileRow]:
    """Return by path what a source held."""
    rows = cursor.execute(
        "SELECT path, file, modified_ns, bytes, sha256, mounted FROM source_files WHERE source_id = ?", [source_id]
    ).fetchall()
    return {row[0]: FileRow(*row) for row in rows}


def keep_files(tx: Cursor, source_id: str, rows: Sequence[FileRow]) -> None:
    """Remember what a source holds at some paths."""
    drop_files(tx, source_id, [row.path for row in rows])
    tx.execute(
        f"INSERT INTO source_files SELECT ?, {', '.join(['unnest(?)'] * len(FileRow._fields))}",
        [source_id, *map(list, zip(*rows, strict=True))],
    )


def drop_files(tx: Cursor, source_id: str, paths: Sequence[str]) -> None:
    """Forget what a source held at some paths."""
    tx.execute("DELETE FROM source_files WHERE source_id = ? AND path IN (SELECT unnest(?))", [source_id, list(paths)])


def taken_from(cursor: Cursor) -> dict[str, tuple[str, int, int, str]]:
    """Return by live path (absolute path it was taken from, its Unix nanoseconds, bytes, SHA-256)."""
    rows = cursor.execute(
        "SELECT p.path, p.source, p.modified_ns, p.bytes, v.sha256 FROM paths p JOIN versions v USING (version_id)"
    ).fetchall()
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


# --- what the user keeps out ------------------------------------------------------------------------------------------------------


def removals(cursor: Cursor) -> frozenset[tuple[str, str]]:
    """Return (path, SHA-256) of what the user took out."""
    return frozenset((row[0], row[1]) for row in cursor.execute("SELECT path, sha256 FROM removals").fetchall())


def add_removals(tx: Cursor, keys: Collection[tuple[str, str]], at: dt.datetime) -> None:
    """Keep these bytes out of these paths."""
    tx.execute(
        "INSERT INTO removals SELECT unnest(?), unnest(?), ?", [[key[0] for key in keys], [key[1] for key in keys], at]
    )


def remove_standing(tx: Cursor, paths: Sequence[str], at: dt.datetime) -> None:
    """Keep out of some live paths the bytes that stand there."""
    tx.execute(
        "INSERT INTO removals SELECT p.path, v.sha256, ? FROM paths p JOIN versions v USING (version_id)"
        " WHERE p.path IN (SELECT unnest(?))",
        [at, list(paths)],
    )


def drop_removals(tx: Cursor, paths: Sequence[str]) -> None:
    """Let whatever was kept out of some paths in again."""
    tx.execute("DELETE FROM removals WHERE path IN (SELECT unnest(?))", [list(paths)])


# --- what is still to be deleted outside the database -----------------------------------------------------------------------------

VERSION = "version"
ORIGINAL = "original"


def add_leftovers(tx: Cursor, kind: str, names: Sequence[str]) -> None:
    """Note what is to be deleted: of a ``VERSION`` its rows in the index and its previews, or an ``ORIGINAL``."""
    tx.execute("INSERT INTO leftovers SELECT ?, unnest(?)", [kind, list(names)])


def leftovers(cursor: Cursor, kind: str) -> list[str]:
    """Return what of one kind is to be deleted."""
    return [row[0] for row in cursor.execute("SELECT DISTINCT name FROM leftovers WHERE kind = ?", [kind]).fetchall()]


def drop_leftovers(tx: Cursor, kind: str, names: Sequence[str]) -> None:
    """Note that it is deleted."""
    tx.execute("DELETE FROM leftovers WHERE kind = ? AND name IN (SELECT unnest(?))", [kind, list(names)])


def still_gone(cursor: Cursor, version_ids: Sequence[str]) -> list[str]:
    """Return which of these versions the room does not hold, or only in the trash."""
    rows = cursor.execute(
        "SELECT name FROM (SELECT unnest(?) AS name) WHERE name NOT IN (SELECT version_id FROM versions WHERE state <> 'trashed')",
        [list(version_ids)],
    ).fetchall()
    return [row[0] for row in rows]


def unclaimed(cursor: Cursor, hashes: Sequence[str]) -> list[str]:
    """Return which of these SHA-256 no version has."""
    rows = cursor.execute(
        "SELECT name FROM (SELECT unnest(?) AS name) WHERE name NOT IN (SELECT sha256 FROM versions)", [list(hashes)]
    ).fetchall()
    return [row[0] for row in rows]


# --- what can be searched ---------------------------------------------------------------------------------------------------------


class Searchable(NamedTuple):
    """A version that can be searched: when it was read (UTC), how many passages it has, and a path it stands at, or its id."""

    version_id: str
    read_at: dt.datetime
    passages: int
    name: str


def searchable(cursor: Cursor, version_ids: Sequence[str] | None = None) -> list[Searchable]:
    """Return the versions, or those of some, that can be searched and have passages; those that stand somewhere first, by path."""
    only = "" if version_ids is None else "AND v.version_id IN (SELECT unnest($versions))"
    rows = cursor.execute(
        f"""
        SELECT v.version_id, v.read_at, c.number, coalesce(p.path, v.version_id) FROM versions v
        JOIN (SELECT version_id, count(*) AS number FROM passages GROUP BY version_id) c USING (version_id)
        LEFT JOIN (SELECT version_id, min(path) AS path FROM paths GROUP BY version_id) p USING (version_id)
        WHERE v.state = 'indexed' {only} ORDER BY p.path NULLS LAST, v.version_id
        """,
        {} if version_ids is None else {"versions": list(version_ids)},
    ).fetchall()
    return [Searchable(*row) for row in rows]
