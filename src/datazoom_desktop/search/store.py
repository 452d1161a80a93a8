"""Search's SQL: what stands in the room, its digests, and passages by id; on a cursor that is handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datazoom_desktop.search.patterns import BROKEN, ODD
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


class MarginRow(NamedTuple):
    """Text of a page that is in no passage: a running header or footer, a page number. ``char_start`` is in the version's text."""

    version_id: str
    page: int
    char_start: int
    text: str


def margins(cursor: Cursor, version_ids: Sequence[str]) -> list[MarginRow]:
    """Return what of the versions' pages is in no passage and not only white space, in order."""
    rows = cursor.execute(
        """
        WITH wanted AS (SELECT unnest($versions) AS version_id),
        outside AS (
            SELECT version_id, char_end AS a, coalesce(lead(char_start) OVER (PARTITION BY version_id ORDER BY ordinal), $end) AS b
            FROM passages SEMI JOIN wanted USING (version_id)
            UNION ALL
            SELECT w.version_id, 0, coalesce(min(char_start), $end)
            FROM wanted w LEFT JOIN passages USING (version_id) GROUP BY w.version_id
        )
        SELECT version_id, page, greatest(a, g.char_start) AS begins,
               g.text[greatest(a, g.char_start) - g.char_start + 1 : least(b, g.char_end) - g.char_start] AS part
        FROM outside o JOIN pages g USING (version_id)
        WHERE b - a > 2 AND g.char_start < b AND g.char_end > a AND trim(part, E' \\t\\r\\n') <> ''
        ORDER BY version_id, begins
        """,
        {"versions": list(version_ids), "end": 1 << 60},
    ).fetchall()
    return [MarginRow(*row) for row in rows]


class Scan(NamedTuple):
    """Every passage of some versions, and what is outside passages, with what it was asked, in order of version and ordinal.

    Attributes:
        rows: (N,) int64, the database's own numbers of the passages, good for ``passage_texts`` in the same transaction; those
            of texts outside passages are -1, -2, ... in the sequence that was handed in.
        versions: (N,) int64, positions of their versions in the sequence that was asked about.
        ordinals: (N,) int64, 0-based order in the version; of texts outside passages even numbers far above.
        starts: (N,) int64, offsets in the version's text.
        first_pages: (N,) int64, 1-based; so are ``last_pages``.
        odd: (N,) bool, whether the text is not plain.
        masks: (N,) int64; bit i is set where the passage passed test i.
    """

    rows: npt.NDArray[np.int64]
    versions: npt.NDArray[np.int64]
    ordinals: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    first_pages: npt.NDArray[np.int64]
    last_pages: npt.NDArray[np.int64]
    odd: npt.NDArray[np.bool_]
    masks: npt.NDArray[np.int64]


class Test(NamedTuple):
    """A question to every passage, as expressions of RE2.

    Attributes:
        plain: For plain texts (see ``patterns.is_plain``); "" when none of them can pass.
        likely: Quicker than ``plain``, asked one after another before it; a plain text that does not match one does not match
            ``plain`` either.
        loose: For all other texts.
        of: What is asked: "text", or the "heading" above it (by ``likely`` and ``loose``).
    """

    plain: str
    likely: tuple[str, ...]
    loose: str
    of: str = "text"


def scan(cursor: Cursor, version_ids: Sequence[str], tests: Sequence[Test], outside: Sequence[MarginRow] = ()) -> Scan:
    """Ask every passage of the versions, and the texts outside passages, up to 62 tests."""
    asked, patterns = _mask(tests)
    numbers = {version_id: n for n, version_id in enumerate(version_ids)}
    found = cursor.execute(
        f"""
        WITH asked AS (SELECT unnest($versions) AS version_id, unnest(range($count)) AS n),
        every AS (
            SELECT p.rowid AS row_number, s.n, p.ordinal::BIGINT AS ordinal, p.char_start, p.page_first, p.page_last, p.heading,
                   p.text, {_ODD.format(length="p.char_end - p.char_start")} AS odd
            FROM passages p JOIN asked s USING (version_id)
        )
        SELECT row_number, n, ordinal, char_start, page_first, page_last, odd, {asked} AS mask FROM every
        """,
        {"versions": list(version_ids), "count": len(version_ids), **patterns},
    ).fetchnumpy()
    names = ("row_number", "n", "ordinal", "char_start", "page_first", "page_last", "odd", "mask")
    columns = [np.asarray(found[name], np.int64) for name in names]
    there = [(at, row) for at, row in enumerate(outside) if row.version_id in numbers]
    if there:
        bits = _masks_of(cursor, [row.text for _, row in there], asked, patterns)
        added = [
            (-1 - at, numbers[row.version_id], _OUTSIDE + 2 * at, row.char_start, row.page, row.page, *bits[i])
            for i, (at, row) in enumerate(there)
        ]
        columns = [np.concatenate((one, more)) for one, more in zip(columns, np.array(added, np.int64).T, strict=True)]
    order = np.lexsort((columns[2], columns[1]))
    rows, versions, ordinals, starts, first_pages, last_pages, odd, masks = (column[order] for column in columns)
    return Scan(rows, versions, ordinals, starts, first_pages, last_pages, odd.astype(np.bool_), masks)


_OUTSIDE = 1 << 40
_ODD = (
    "CASE WHEN strlen(p.text) = {length} THEN regexp_matches(p.text, $broken) ELSE regexp_matches(p.text, $strange) END"
)
"""Whether a text is not plain; its length in signs is to be put in."""


def _mask(tests: Sequence[Test]) -> tuple[str, dict[str, str]]:
    """Return the expression of the tests' bits over ``text``, ``heading`` and ``odd``, and its parameters."""
    asked: list[str] = []
    patterns = {"broken": BROKEN, "strange": ODD}
    for bit, test in enumerate(tests):
        if test.of == "heading":
            passes = f"regexp_matches(heading, $likely{bit}_0) OR regexp_matches(heading, $loose{bit})"
        else:
            loosely = f"regexp_matches(text, $loose{bit})"
            plainly = f"regexp_matches(text, $plain{bit})" if test.plain else "false"
            quickly = [f"WHEN NOT regexp_matches(text, $likely{bit}_{n}) THEN false" for n in range(len(test.likely))]
            passes = f"CASE WHEN odd THEN {loosely} {' '.join(quickly)} ELSE {plainly} END"
        asked.append(f"(({passes})::BIGINT << {bit})")
        patterns |= {f"likely{bit}_{n}": likely for n, likely in enumerate(test.likely)}
        patterns |= {f"plain{bit}": test.plain} if test.plain else {}
        patterns[f"loose{bit}"] = test.loose
    return " | ".join(asked) or "0::BIGINT", patterns


def _masks_of(cursor: Cursor, texts: Sequence[str], asked: str, patterns: dict[str, str]) -> list[tuple[bool, int]]:
    """Return whether texts without a heading above them are not plain, and the bits of the tests they pass."""
    return cursor.execute(
        f"""
        SELECT odd, {asked} FROM (SELECT i, p.text, '' AS heading, {_ODD.format(length="length(p.text)")} AS odd
                             FROM (SELECT unnest($texts) AS text, unnest(range($number)) AS i) p) ORDER BY i
        """,
        {"texts": list(texts), "number": len(texts), **patterns},
    ).fetchall()


def passage_texts(cursor: Cursor, rows: Sequence[int]) -> dict[int, PassageRow]:
    """Return passages by the numbers that ``scan`` gave them in the same transaction."""
    found = cursor.execute(
        """
        SELECT p.rowid, passage_id, version_id, ordinal, char_start, char_end, page_first, page_last, heading, text
        FROM (SELECT unnest(?) AS n) s JOIN passages p ON p.rowid = s.n
        """,
        [list(rows)],
    ).fetchall()
    return {row[0]: PassageRow(*row[1:]) for row in found}


def plain_texts(cursor: Cursor, rows: Sequence[int]) -> dict[int, str]:
    """Return only the texts of passages by the numbers that ``scan`` gave them in the same transaction."""
    found = cursor.execute(
        "SELECT p.rowid, p.text FROM (SELECT unnest(?) AS n) s JOIN passages p ON p.rowid = s.n", [list(rows)]
    ).fetchall()
    return dict(found)
