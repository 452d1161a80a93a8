"""Search's SQL: what stands in the room, its digests, and passages by id; on a cursor that is handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datazoom_desktop.storage.database import Cursor


class VersionRow(NamedTuple):
    """A version that stands at a path (the first when it stands at several), and when it was indexed, or else read (UTC)."""

    version_id: str
    document_id: str
    path: str
    number: int
    title: str
    found_since: dt.datetime


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


INDEXED = ("indexed",)
"""The state of versions that can be found by meaning."""
READ = ("read", "indexed")
"""The states of versions whose words can be found."""


def fingerprint(cursor: Cursor, states: Sequence[str] = INDEXED) -> tuple[int, int]:
    """Return a value that changes when the set of versions in these states, or where they stand, changes."""
    row = cursor.execute(
        """
        SELECT count(*), coalesce(bit_xor(hash(p.path, v.version_id, v.indexed_at, v.read_at)), 0)
        FROM paths p JOIN versions v USING (version_id) WHERE v.state IN (SELECT unnest(?))
        """,
        [list(states)],
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def searchable(cursor: Cursor, states: Sequence[str] = INDEXED) -> list[VersionRow]:
    """Return every version in these states that stands in the room once, by path."""
    rows = cursor.execute(
        """
        SELECT v.version_id, any_value(v.document_id), min(p.path), any_value(v.number), coalesce(any_value(v.title), ''),
               any_value(coalesce(v.indexed_at, v.read_at))
        FROM paths p JOIN versions v USING (version_id) WHERE v.state IN (SELECT unnest(?)) GROUP BY v.version_id ORDER BY 3
        """,
        [list(states)],
    ).fetchall()
    return [VersionRow(*row) for row in rows]


def any_searchable_passage(cursor: Cursor) -> bool:
    """Return whether a version that counts as indexed has a passage."""
    row = cursor.execute(
        "SELECT EXISTS (SELECT 1 FROM passages JOIN versions v USING (version_id) WHERE v.state = 'indexed')"
    ).fetchone()
    return bool(row and row[0])


def openings(
    cursor: Cursor, first: int, last: int, version_ids: Sequence[str] | None = None, states: Sequence[str] = INDEXED
) -> dict[str, str]:
    """Return by version id the first and last characters of the texts of versions in these states, or of some of them."""
    only = "" if version_ids is None else "AND version_id IN (SELECT unnest($versions))"
    rows = cursor.execute(
        f"""
        WITH ends AS (
            SELECT g.version_id, g.page, g.char_start, g.text, max(g.char_end) OVER (PARTITION BY g.version_id) AS length
            FROM pages g SEMI JOIN (SELECT version_id FROM paths JOIN versions USING (version_id)
                                  WHERE state IN (SELECT unnest($states)) {only}) c
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
        {"first": first, "last": last, "states": list(states)}
        | ({} if version_ids is None else {"versions": list(version_ids)}),
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


class Scan(NamedTuple):
    """Every passage of some versions with what it was asked, in order of version and place.

    Attributes:
        rows: (N,) int64, the database's own numbers of the passages, good for ``passage_texts`` in the same transaction.
        versions: (N,) int64, positions of their versions in the sequence that was asked about.
        ordinals: (N,) int64, 0-based order in the version.
        first_pages: (N,) int64, 1-based; so are ``last_pages``.
        masks: (N,) int64; bit i is set where the passage passed test i.
    """

    rows: npt.NDArray[np.int64]
    versions: npt.NDArray[np.int64]
    ordinals: npt.NDArray[np.int64]
    first_pages: npt.NDArray[np.int64]
    last_pages: npt.NDArray[np.int64]
    masks: npt.NDArray[np.int64]


def scan(cursor: Cursor, version_ids: Sequence[str], tests: Sequence[tuple[str, str, bool]]) -> Scan:
    """Ask every passage of the versions up to 62 tests: (expression, quicker expression or "", whether of the headings above).

    A text is asked the expression only where it passes the quicker one or is not plain (see ``patterns.likely_pattern``).
    """
    asked = []
    for bit, (_, likely, of_headings) in enumerate(tests):
        exact = f"regexp_matches({'heading' if of_headings else 'text'}, $exact{bit})"
        if likely:
            exact = f"CASE WHEN regexp_matches(text, $likely{bit}) OR odd THEN {exact} ELSE false END"
        asked.append(f"(({exact})::BIGINT << {bit})")
    found = cursor.execute(
        f"""
        SELECT row_number, n, ordinal::BIGINT AS ordinal, page_first::BIGINT AS page_first, page_last::BIGINT AS page_last,
               {" | ".join(asked) or "0::BIGINT"} AS mask
        FROM (
            SELECT p.rowid AS row_number, s.n, p.ordinal, p.page_first, p.page_last, p.heading, p.text,
                   strlen(p.text) <> length(p.text) OR contains(p.text, E'-\n') OR regexp_matches(p.text, '-[ \t\r]+\n') AS odd
            FROM passages p JOIN (SELECT unnest($versions) AS version_id, unnest(range($count)) AS n) s USING (version_id)
        )
        """,
        {"versions": list(version_ids), "count": len(version_ids)}
        | {f"exact{bit}": test[0] for bit, test in enumerate(tests)}
        | {f"likely{bit}": test[1] for bit, test in enumerate(tests) if test[1]},
    ).fetchnumpy()
    columns = [
        np.asarray(found[name], np.int64) for name in ("row_number", "n", "ordinal", "page_first", "page_last", "mask")
    ]
    order = np.lexsort((columns[2], columns[1]))
    return Scan(*(column[order] for column in columns))


def passage_texts(cursor: Cursor, rows: Sequence[int]) -> dict[int, PassageRow]:
    """Return passages by the numbers that ``scan`` gave them in the same transaction."""
    found = cursor.execute(
        """
        SELECT p.rowid, passage_id, version_id, ordinal, char_start, char_end, page_first, page_last, heading, text
        FROM (SELECT unnest($rows) AS n) s JOIN passages p ON p.rowid = s.n
        """,
        {"rows": list(rows)},
    ).fetchall()
    return {row[0]: PassageRow(*row[1:]) for row in found}


def plain_texts(cursor: Cursor, rows: Sequence[int]) -> dict[int, str]:
    """Return only the texts of passages by the numbers that ``scan`` gave them in the same transaction."""
    found = cursor.execute(
        "SELECT p.rowid, p.text FROM (SELECT unnest(?) AS n) s JOIN passages p ON p.rowid = s.n", [list(rows)]
    ).fetchall()
    return dict(found)
