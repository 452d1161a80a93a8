"""What the doctor asks the database: one function a rule, each a statement or two, none of them changing anything."""

from __future__ import annotations

from typing import NamedTuple

from datazoom_desktop.storage.database import Cursor


class Original(NamedTuple):
    """A version's original: its hash, size in bytes, a path it stands at (or its id), and the files it was taken from."""

    version_id: str
    sha256: str
    bytes: int
    name: str
    sources: tuple[str, ...]


def missing_tables(cursor: Cursor, wanted: frozenset[str]) -> list[str]:
    """Return the tables of ``wanted`` that the room lacks."""
    there = {row[0] for row in cursor.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    return sorted(wanted - there)


def originals(cursor: Cursor) -> list[Original]:
    """Return the originals that the register names, those in the trash too."""
    rows = cursor.execute(
        """
        SELECT v.version_id, v.sha256, v.bytes, coalesce(min(p.path), v.version_id),
               coalesce(list(DISTINCT p.source ORDER BY p.source) FILTER (p.source IS NOT NULL), [])
        FROM versions v LEFT JOIN (
            SELECT path, version_id, source FROM paths UNION ALL SELECT path, version_id, source FROM trash
        ) p USING (version_id)
        GROUP BY v.version_id, v.sha256, v.bytes ORDER BY 4
        """
    ).fetchall()
    return [
        Original(version_id, sha256, size, name, tuple(sources)) for version_id, sha256, size, name, sources in rows
    ]


def leaving_originals(cursor: Cursor) -> list[str]:
    """Return the SHA-256 of originals that are about to be deleted with the trash."""
    return _words(cursor, "SELECT name FROM leftovers WHERE kind = 'original'")


def dangling_paths(cursor: Cursor) -> list[str]:
    """Return paths whose document or version the register does not know, or whose version is another document's."""
    return _words(
        cursor,
        """
        SELECT p.path FROM paths p
        LEFT JOIN versions v ON v.version_id = p.version_id AND v.document_id = p.document_id
        LEFT JOIN documents d ON d.document_id = p.document_id
        WHERE v.version_id IS NULL OR d.document_id IS NULL ORDER BY 1
        """,
    )


def misread_versions(cursor: Cursor) -> list[str]:
    """Return read versions whose pages are not 1 to N, do not tile the text, or do not add up to what was counted."""
    return _words(
        cursor,
        """
        WITH steps AS (
            SELECT version_id, page, char_start, char_end, length(text) AS chars,
                   row_number() OVER ordered AS expected,
                   coalesce(lag(char_end) OVER ordered, 0) AS previous
            FROM pages WINDOW ordered AS (PARTITION BY version_id ORDER BY page)
        ), sums AS (
            SELECT version_id, count(*) AS pages, max(char_end) AS chars,
                   bool_and(page = expected AND char_start = previous AND char_end - char_start = chars) AS tiled
            FROM steps GROUP BY version_id
        )
        SELECT v.version_id FROM versions v LEFT JOIN sums s USING (version_id)
        WHERE v.state IN ('read', 'indexed')
          AND NOT (coalesce(s.tiled, true) AND v.page_count = coalesce(s.pages, 0) AND v.char_count = coalesce(s.chars, 0))
        ORDER BY 1
        """,
    )


def misplaced_passages(cursor: Cursor) -> list[str]:
    """Return read versions with a passage that lies beyond the text or whose words are not those at its place."""
    return _words(
        cursor,
        """
        WITH found AS (
            SELECT a.version_id, a.ordinal, a.char_start, a.char_end, a.text, a.page_last - a.page_first + 1 AS expected,
                   count(p.page) AS pages, min(p.char_start) AS first, max(p.char_end) AS last,
                   coalesce(string_agg(p.text, '' ORDER BY p.page), '') AS around
            FROM passages a
            LEFT JOIN pages p ON p.version_id = a.version_id AND p.page BETWEEN a.page_first AND a.page_last
            GROUP BY a.version_id, a.ordinal, a.char_start, a.char_end, a.text, a.page_first, a.page_last
        )
        SELECT DISTINCT f.version_id FROM found f JOIN versions v USING (version_id)
        WHERE v.state IN ('read', 'indexed')
          AND NOT coalesce(
              pages = expected AND f.char_start >= first AND f.char_end <= last
              AND substring(around, CAST(f.char_start - first + 1 AS BIGINT), f.char_end - f.char_start) = f.text,
              false)
        ORDER BY 1
        """,
    )


def ownerless_text(cursor: Cursor) -> list[str]:
    """Return ids that pages or passages name but that the room does not know, has trashed, or of which nothing could be read."""
    return _words(
        cursor,
        """
        SELECT version_id FROM (SELECT version_id FROM pages UNION SELECT version_id FROM passages)
        WHERE version_id NOT IN (SELECT version_id FROM versions WHERE state NOT IN ('unreadable', 'trashed')) ORDER BY 1
        """,
    )


def passage_counts(cursor: Cursor) -> dict[str, int]:
    """Return how many passages each version that should be searchable has."""
    return dict(
        cursor.execute(
            """
            SELECT v.version_id, count(a.passage_id) FROM versions v LEFT JOIN passages a USING (version_id)
            WHERE v.state = 'indexed' GROUP BY v.version_id
            """
        ).fetchall()
    )


def version_ids(cursor: Cursor) -> frozenset[str]:
    """Return the ids of all versions that are not in the trash."""
    return frozenset(_words(cursor, "SELECT version_id FROM versions WHERE state <> 'trashed'"))


def abandoned_jobs(cursor: Cursor) -> list[str]:
    """Return titles of jobs that are marked as running although nobody has vouched for them in time."""
    return _words(
        cursor,
        """
        SELECT title FROM jobs WHERE state = 'running' AND (lease_until IS NULL OR lease_until < now()) ORDER BY title
        """,
    )


def requeue_abandoned(tx: Cursor) -> None:
    """Put the abandoned jobs back into the queue."""
    tx.execute(
        """
        UPDATE jobs SET state = 'queued', lease_owner = NULL, lease_until = NULL
        WHERE state = 'running' AND (lease_until IS NULL OR lease_until < now())
        """
    )


def set_state(tx: Cursor, version_ids: tuple[str, ...], state: str) -> None:
    """Give versions another state."""
    tx.execute("UPDATE versions SET state = ? WHERE version_id IN (SELECT unnest(?))", [state, list(version_ids)])


def drop_text(tx: Cursor, version_ids: tuple[str, ...]) -> None:
    """Delete pages and passages of versions, known or not."""
    for table in ("pages", "passages"):
        tx.execute(f"DELETE FROM {table} WHERE version_id IN (SELECT unnest(?))", [list(version_ids)])


def _words(cursor: Cursor, statement: str) -> list[str]:
    return [row[0] for row in cursor.execute(statement).fetchall()]
