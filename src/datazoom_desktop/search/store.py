"""Search's SQL: what stands in the room, its digests, and passages by id; on a cursor that is handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from datazoom_desktop.storage.database import Cursor


class VersionRow(NamedTuple):
    """A searchable version that stands at a path (the first when it stands at several), and since when (UTC)."""

    version_id: str
    document_id: str
    path: str
    number: int
    title: str
    indexed_at: dt.datetime


class PassageRow(NamedTuple):
    """A passage as stored; see the table ``passages``."""

    passage_id: str
    version_id: str
    ordinal: int
    char_start: int
    char_end: int
    page_first: int
    page_last: int
    heading: str
    text: str


def fingerprint(cursor: Cursor) -> tuple[int, int]:
    """Return a value that changes when the set of searchable versions, or where they stand, changes."""
    row = cursor.execute(
        """
        SELECT count(*), coalesce(bit_xor(hash(p.path, v.version_id, v.indexed_at)), 0)
        FROM paths p JOIN versions v USING (version_id) WHERE v.state = 'indexed'
        """
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def searchable(cursor: Cursor) -> list[VersionRow]:
    """Return every searchable version once, by path."""
    rows = cursor.execute(
        """
        SELECT v.version_id, any_value(v.document_id), min(p.path), any_value(v.number), coalesce(any_value(v.title), ''),
               any_value(v.indexed_at)
        FROM paths p JOIN versions v USING (version_id) WHERE v.state = 'indexed' GROUP BY v.version_id ORDER BY 3
        """
    ).fetchall()
    return [VersionRow(*row) for row in rows]


def any_searchable_passage(cursor: Cursor) -> bool:
    """Return whether a version that counts as indexed has a passage."""
    row = cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM passages JOIN versions v USING (version_id) WHERE v.state = 'indexed')"
    ).fetchone()
    return bool(row and row[0])


def openings(cursor: Cursor, first: int, last: int, version_ids: Sequence[str] | None = None) -> dict[str, str]:
    """Return by version id the first and last characters of the texts of searchable versions, or of some of these."""
    only = "" if version_ids is None else "AND version_id IN (SELECT unnest($versions))"
    rows = cursor.execute(
        f"""
        WITH ends AS (
            SELECT g.version_id, g.page, g.char_start, g.text, max(g.char_end) OVER (PARTITION BY g.version_id) AS length
            FROM pages g SEMI JOIN (SELECT version_id FROM paths JOIN versions USING (version_id) WHERE state = 'indexed' {only}) c
            USING (version_id)
        )
        SELECT version_id, string_agg(part, ' ' ORDER BY page, place) FROM (
            SELECT version_id, page, 0 AS place, left(text, greatest(0, $first - char_start)::BIGINT) AS part
            FROM ends WHERE char_start < $first
            UNION ALL
            SELECT version_id, page, 1, right(text, least(length(text), char_start + length(text) - (length - $last))::BIGINT)
            FROM ends WHERE char_start + length(text) > greatest(length - $last, $first)
        ) GROUP BY version_id
        """,
        {"first": first, "last": last} | ({} if version_ids is None else {"versions": list(version_ids)}),
    ).fetchall()
    return dict(rows)


def passages(cursor: Cursor, passage_ids: Sequence[str]) -> dict[str, PassageRow]:
    """Return by id the passages that exist."""
    if not passage_ids:
        return {}
    versions = sorted({passage_id.rpartition(":")[0] for passage_id in passage_ids})
    rows = cursor.execute(
        """
        SELECT passage_id, version_id, ordinal, char_start, char_end, page_first, page_last, heading, text FROM passages
        WHERE version_id IN (SELECT unnest($versions)) AND passage_id IN (SELECT unnest($ids))
        """,
        {"versions": versions, "ids": list(passage_ids)},
    ).fetchall()
    return {row[0]: PassageRow(*row) for row in rows}


def page_starts(cursor: Cursor, version_ids: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """Return by version id (offset of its first character, 1-based page) of every page, in order."""
    out: dict[str, list[tuple[int, int]]] = {}
    rows = cursor.execute(
        "SELECT version_id, char_start, page FROM pages WHERE version_id IN (SELECT unnest(?)) ORDER BY version_id, page",
        [list(version_ids)],
    ).fetchall()
    for version_id, start, page in rows:
        out.setdefault(version_id, []).append((start, page))
    return out
