"""The register's SQL: rows in and out, on a cursor that is handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from datazoom_desktop.documents.model import Cause, DoubtfulPage, PageRow, PageView, TrashedRow, UnreadablePage
from datazoom_desktop.kernel.coverage import CERTAIN, Coverage
from datazoom_desktop.storage.database import Cursor


class PathRow(NamedTuple):
    """One live path and the version that stands there."""

    path: str
    document_id: str
    version_id: str
    source: str
    modified_ns: int
    bytes: int


class VersionRow(NamedTuple):
    """One version's identity, where it stands, and when it was last read (UTC; None before that)."""

    version_id: str
    document_id: str
    number: int
    sha256: str
    state: str
    read_at: dt.datetime | None = None


def path_row(cursor: Cursor, path: str) -> PathRow | None:
    """Return what stands at ``path``."""
    row = cursor.execute(
        "SELECT path, document_id, version_id, source, modified_ns, bytes FROM paths WHERE path = ?", [path]
    ).fetchone()
    return PathRow(*row) if row else None


def path_rows(cursor: Cursor) -> list[PathRow]:
    """Return every live path."""
    rows = cursor.execute("SELECT path, document_id, version_id, source, modified_ns, bytes FROM paths").fetchall()
    return [PathRow(*row) for row in rows]


def paths_of_version(cursor: Cursor, version_id: str) -> list[str]:
    """Return the live paths at which a version stands, in order."""
    rows = cursor.execute("SELECT path FROM paths WHERE version_id = ? ORDER BY path", [version_id]).fetchall()
    return [row[0] for row in rows]


def paths_of_versions(cursor: Cursor, version_ids: Sequence[str]) -> dict[str, str]:
    """Return the first live path of each version that has one."""
    rows = cursor.execute(
        "SELECT version_id, min(path) FROM paths WHERE version_id IN (SELECT unnest(?)) GROUP BY version_id",
        [list(version_ids)],
    ).fetchall()
    return dict(rows)


def version_by_hash(cursor: Cursor, sha256: str) -> VersionRow | None:
    """Return the version with these bytes, whichever path it stands at."""
    row = cursor.execute(
        "SELECT version_id, document_id, number, sha256, state, read_at FROM versions WHERE sha256 = ?", [sha256]
    ).fetchone()
    return VersionRow(*row) if row else None


def version(cursor: Cursor, version_id: str) -> VersionRow | None:
    """Return a version by its id."""
    row = cursor.execute(
        "SELECT version_id, document_id, number, sha256, state, read_at FROM versions WHERE version_id = ?",
        [version_id],
    ).fetchone()
    return VersionRow(*row) if row else None


def last_number(cursor: Cursor, document_id: str) -> int:
    """Return the highest version number of a document, 0 when it has none."""
    row = cursor.execute(
        "SELECT coalesce(max(number), 0) FROM versions WHERE document_id = ?", [document_id]
    ).fetchone()
    assert row is not None
    return int(row[0])


def add_document(tx: Cursor, document_id: str, parent_id: str | None, added_at: dt.datetime) -> None:
    """Add a document without versions."""
    tx.execute("INSERT INTO documents VALUES (?, ?, ?)", [document_id, parent_id, added_at])


def add_version(
    tx: Cursor, version_id: str, document_id: str, number: int, sha256: str, size: int, added_at: dt.datetime
) -> None:
    """Add a version that waits to be read."""
    tx.execute(
        "INSERT INTO versions (version_id, document_id, number, sha256, bytes, added_at, state)"
        " VALUES (?, ?, ?, ?, ?, ?, 'new')",
        [version_id, document_id, number, sha256, size, added_at],
    )


def add_path(tx: Cursor, row: PathRow, added_at: dt.datetime) -> None:
    """Add a live path."""
    tx.execute("INSERT INTO paths VALUES (?, ?, ?, ?, ?, ?, ?)", [*row, added_at])


def touched(cursor: Cursor, paths: Sequence[str], hashes: Sequence[str]) -> set[str]:
    """Return those of the paths that are live or in the trash, and those of the SHA-256 that the room has."""
    rows = cursor.execute(
        "SELECT path FROM paths WHERE path IN (SELECT unnest($paths)) UNION SELECT path FROM trash WHERE path IN (SELECT unnest($paths))"
        " UNION SELECT sha256 FROM versions WHERE sha256 IN (SELECT unnest($hashes))",
        {"paths": list(paths), "hashes": list(hashes)},
    ).fetchall()
    return {row[0] for row in rows}


def add_all(
    tx: Cursor,
    documents: Sequence[tuple[str, str | None]],
    versions: Sequence[tuple[VersionRow, int]],
    paths: Sequence[PathRow],
    added_at: dt.datetime,
) -> None:
    """Add documents (id, parent), their versions with their bytes, which wait to be read, and the live paths they stand at."""
    tx.execute(
        "INSERT INTO documents SELECT unnest($ids), unnest($parents), $at",
        {"ids": [each for each, _ in documents], "parents": [parent for _, parent in documents], "at": added_at},
    )
    rows = [version for version, _ in versions]
    tx.execute(
        "INSERT INTO versions (version_id, document_id, number, sha256, bytes, added_at, state)"
        " SELECT unnest($ids), unnest($documents), unnest($numbers), unnest($hashes), unnest($bytes), $at, 'new'",
        {
            "ids": [row.version_id for row in rows],
            "documents": [row.document_id for row in rows],
            "numbers": [row.number for row in rows],
            "hashes": [row.sha256 for row in rows],
            "bytes": [size for _, size in versions],
            "at": added_at,
        },
    )
    columns = dict(zip(PathRow._fields, map(list, zip(*paths, strict=True)), strict=True))
    chosen = ", ".join(f"unnest(${name})" for name in PathRow._fields)
    tx.execute(f"INSERT INTO paths SELECT {chosen}, $at", {**columns, "at": added_at})


def point_path(tx: Cursor, row: PathRow) -> None:
    """Let an existing path stand for another version."""
    tx.execute(
        "UPDATE paths SET document_id = ?, version_id = ?, source = ?, modified_ns = ?, bytes = ? WHERE path = ?",
        [row.document_id, row.version_id, row.source, row.modified_ns, row.bytes, row.path],
    )


def document_rows(cursor: Cursor, paths: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return what stands at ``paths``, in any order.

    Each row: path, document_id, version_id, number, sha256, bytes, media_type, state, coverage, reason, title, page_count,
    unreadable pages, recognised pages, one reason why a page could not be read or is doubtful, added_at, whether it waits for a password, doubtful pages.
    """
    return cursor.execute(
        """
        WITH wanted AS (SELECT path, version_id, added_at FROM paths WHERE path IN (SELECT unnest($paths)))
        SELECT p.path, v.document_id, v.version_id, v.number, v.sha256, v.bytes, v.media_type, v.state, v.coverage, v.reason,
               v.title, v.page_count, coalesce(q.unreadable, 0), coalesce(q.ocr, 0), q.reason, p.added_at,
               coalesce(q.locked, 0) > 0 OR coalesce(v.coverage = 'encrypted', false), coalesce(q.doubtful, 0)
        FROM wanted p JOIN versions v USING (version_id)
        LEFT JOIN (
            SELECT version_id,
                   count(*) FILTER (WHERE coverage IN ('encrypted', 'failed', 'skipped')) AS unreadable,
                   count(*) FILTER (WHERE coverage = 'ocr') AS ocr,
                   count(*) FILTER (WHERE coverage = 'encrypted') AS locked,
                   count(*) FILTER (WHERE confidence < $certain) AS doubtful,
                   coalesce(
                       any_value(reason) FILTER (WHERE coverage IN ('encrypted', 'failed', 'skipped')),
                       any_value(reason) FILTER (WHERE confidence < $certain)
                   ) AS reason
            FROM pages WHERE version_id IN (SELECT version_id FROM wanted) GROUP BY version_id
        ) q ON q.version_id = v.version_id
        """,
        {"paths": list(paths), "certain": CERTAIN},
    ).fetchall()


def paths_by_document(cursor: Cursor, document_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the live paths of documents, in order."""
    out: dict[str, list[str]] = {}
    rows = cursor.execute(
        "SELECT document_id, path FROM paths WHERE document_id IN (SELECT unnest(?)) ORDER BY path",
        [list(document_ids)],
    ).fetchall()
    for document_id, path in rows:
        out.setdefault(document_id, []).append(path)
    return out


def waiting_paths(cursor: Cursor) -> list[str]:
    """Return the live paths of versions that are not yet read, or not yet searchable."""
    rows = cursor.execute(
        "SELECT p.path FROM paths p JOIN versions v USING (version_id) WHERE v.state IN ('new', 'read')"
    ).fetchall()
    return [row[0] for row in rows]


def paths_fingerprint(cursor: Cursor) -> tuple[int, int]:
    """Return a value that changes when the set of live paths does."""
    row = cursor.execute("SELECT count(*), coalesce(bit_xor(hash(path)), 0) FROM paths").fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def current_versions(cursor: Cursor) -> list[tuple[str, str, str, str | None]]:
    """Return (version_id, document_id, path, title) of every version that stands at a path; one row a path, by path."""
    return cursor.execute(
        "SELECT v.version_id, v.document_id, p.path, v.title FROM paths p JOIN versions v USING (version_id) ORDER BY p.path"
    ).fetchall()


def path_count(cursor: Cursor) -> int:
    """Return the number of live paths."""
    row = cursor.execute("SELECT count(*) FROM paths").fetchone()
    assert row is not None
    return int(row[0])


def page_counts(cursor: Cursor, path: str | None) -> list[tuple[str, int]]:
    """Return (path, number of pages) of what stands in the room, or at ``path`` and beneath it, by path."""
    where = "" if path is None else "WHERE p.path = $path OR starts_with(p.path, $path || '/')"
    return cursor.execute(
        f"SELECT p.path, v.page_count FROM paths p JOIN versions v USING (version_id) {where} ORDER BY p.path",
        {} if path is None else {"path": path},
    ).fetchall()


def page_rows(cursor: Cursor, paths: Sequence[str]) -> list[PageRow]:
    """Return pages of what stands at ``paths``, by path and page, and one line for each file that has no page."""
    rows = cursor.execute(
        """
        WITH wanted AS (
            SELECT p.path, v.version_id, v.page_count, v.coverage, v.reason FROM paths p JOIN versions v USING (version_id)
            WHERE p.path IN (SELECT unnest($paths))
        )
        SELECT * FROM (
            SELECT w.path, g.page, g.label, g.coverage, g.reason, g.text FROM wanted w JOIN pages g USING (version_id)
            UNION ALL
            SELECT w.path, NULL, NULL, coalesce(w.coverage, 'skipped'),
                   coalesce(w.reason, 'This file has not been read yet.'), ''
            FROM wanted w WHERE w.page_count = 0
        ) ORDER BY path, page
        """,
        {"paths": list(paths)},
    ).fetchall()
    return [PageRow(r[0], r[1], r[2], Coverage(r[3]), r[4], r[5]) for r in rows]


def coverage_counts(cursor: Cursor, version_ids: Sequence[str] | None) -> dict[tuple[str, bool], int]:
    """Return the number of pages of current versions by (coverage, whether searchable).

    A file without pages counts as one page; one that waits to be read counts as "waiting".
    """
    rows = cursor.execute(
        f"""
        WITH current AS (SELECT DISTINCT v.* FROM versions v JOIN paths p USING (version_id) {_only(version_ids)})
        SELECT g.coverage, c.state = 'indexed', count(*) FROM current c JOIN pages g USING (version_id) GROUP BY ALL
        UNION ALL
        SELECT CASE WHEN c.state = 'unreadable' THEN coalesce(c.coverage, 'failed') ELSE 'waiting' END, false, count(*)
        FROM current c WHERE c.page_count = 0 GROUP BY ALL
        """,
        [list(version_ids)] if version_ids is not None else [],
    ).fetchall()
    counts: dict[tuple[str, bool], int] = {}
    for coverage, indexed, number in rows:
        key = (coverage, bool(indexed))
        counts[key] = counts.get(key, 0) + number
    return counts


def document_counts(cursor: Cursor, version_ids: Sequence[str] | None) -> tuple[int, int]:
    """Return (documents at a path, of these not yet searchable nor found unreadable)."""
    row = cursor.execute(
        f"""
        SELECT count(DISTINCT v.document_id),
               count(DISTINCT v.document_id) FILTER (WHERE v.state IN ('new', 'read'))
        FROM versions v JOIN paths p USING (version_id) {_only(version_ids)}
        """,
        [list(version_ids)] if version_ids is not None else [],
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def unreadable(cursor: Cursor, version_ids: Sequence[str] | None) -> list[UnreadablePage]:
    """Return the pages of current versions that could not be read, and the files of which nothing could."""
    only = _only(version_ids)
    rows = cursor.execute(
        f"""
        SELECT min(p.path), g.page, g.coverage, coalesce(g.reason, '') FROM versions v
        JOIN paths p USING (version_id) JOIN pages g USING (version_id)
        {only} {"AND" if only else "WHERE"} g.coverage IN ('encrypted', 'failed', 'skipped')
        GROUP BY v.version_id, g.page, g.coverage, g.reason
        UNION ALL
        SELECT min(p.path), NULL, coalesce(v.coverage, 'failed'), coalesce(v.reason, '') FROM versions v
        JOIN paths p USING (version_id)
        {only} {"AND" if only else "WHERE"} v.page_count = 0 AND v.state = 'unreadable'
        GROUP BY v.version_id, v.coverage, v.reason
        ORDER BY 1, 2
        """,
        [list(version_ids), list(version_ids)] if version_ids is not None else [],
    ).fetchall()
    return [UnreadablePage(*row) for row in rows]


def doubtful(cursor: Cursor, version_ids: Sequence[str] | None) -> list[DoubtfulPage]:
    """Return the pages of current versions that were read from a picture with low certainty."""
    only = _only(version_ids)
    rows = cursor.execute(
        f"""
        SELECT min(p.path), g.page, g.confidence, coalesce(g.reason, '') FROM versions v
        JOIN paths p USING (version_id) JOIN pages g USING (version_id)
        {only} {"AND" if only else "WHERE"} g.confidence < ?
        GROUP BY v.version_id, g.page, g.confidence, g.reason ORDER BY 1, 2
        """,
        [list(version_ids), CERTAIN] if version_ids is not None else [CERTAIN],
    ).fetchall()
    return [DoubtfulPage(*row) for row in rows]


def _only(version_ids: Sequence[str] | None) -> str:
    return "" if version_ids is None else "WHERE v.version_id IN (SELECT unnest(?))"


def page_view(cursor: Cursor, version_id: str, page: int) -> PageView | None:
    """Return one page of a version."""
    row = cursor.execute(
        "SELECT version_id, page, label, coverage, reason, char_start, char_end, text, width, height FROM pages"
        " WHERE version_id = ? AND page = ?",
        [version_id, page],
    ).fetchone()
    return PageView(row[0], row[1], row[2], Coverage(row[3]), *row[4:]) if row else None


def page_count(cursor: Cursor, version_id: str) -> int:
    """Return the number of pages of a version."""
    row = cursor.execute("SELECT page_count FROM versions WHERE version_id = ?", [version_id]).fetchone()
    return int(row[0]) if row else 0


def pages_over(cursor: Cursor, version_id: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """Return (page, char_start, text) of the pages that share characters with ``[start, end)``, in order."""
    return cursor.execute(
        "SELECT page, char_start, text FROM pages WHERE version_id = ? AND char_start < ? AND char_end > ? ORDER BY page",
        [version_id, max(end, start + 1), start],
    ).fetchall()


def words_over(
    cursor: Cursor, wanted: Iterable[tuple[str, int, int]]
) -> dict[tuple[str, int, int], list[tuple[int, int, list[int], list[int], list[float]]]]:
    """Return for each (version_id, start, end) its (page, char_start, word_starts, word_ends, word_boxes), by page.

    Only pages whose words have places in points; for sheets there is ``cells_over``.
    """
    keys = sorted(set(wanted))
    out: dict[tuple[str, int, int], list[tuple[int, int, list[int], list[int], list[float]]]] = {
        key: [] for key in keys
    }
    if not keys:
        return out
    rows = cursor.execute(
        """
        SELECT s.version_id, s.a, s.b, g.page, g.char_start, g.word_starts, g.word_ends, g.word_boxes
        FROM (SELECT unnest(?) AS version_id, unnest(?) AS a, unnest(?) AS b) s
        JOIN pages g ON g.version_id = s.version_id AND g.char_start < s.b AND g.char_end > s.a
        WHERE g.geometry = 'points' ORDER BY g.page
        """,
        [[k[0] for k in keys], [k[1] for k in keys], [k[2] for k in keys]],
    ).fetchall()
    for version_id, a, b, *words in rows:
        out[version_id, a, b].append((words[0], words[1], words[2], words[3], words[4]))
    return out


def cells_over(
    cursor: Cursor, wanted: Iterable[tuple[str, int, int]]
) -> dict[tuple[str, int, int], list[tuple[str | None, list[float]]]]:
    """Return for each (version_id, start, end) its (sheet, boxes of its cells one after another), by page."""
    keys = sorted(set(wanted))
    out: dict[tuple[str, int, int], list[tuple[str | None, list[float]]]] = {key: [] for key in keys}
    if not keys:
        return out
    rows = cursor.execute(
        """
        WITH over AS (
            SELECT s.version_id, s.a, s.b, g.page, g.sheet, g.word_boxes,
                   len(list_filter(g.word_ends, lambda x: x + g.char_start <= s.a)) AS before,
                   len(list_filter(g.word_starts, lambda x: x + g.char_start < s.b)) AS upto
            FROM (SELECT unnest(?) AS version_id, unnest(?) AS a, unnest(?) AS b) s
            JOIN pages g ON g.version_id = s.version_id AND g.char_start < s.b AND g.char_end > s.a
            WHERE g.geometry = 'cells'
        )
        SELECT version_id, a, b, sheet, word_boxes[4 * before + 1 : 4 * upto] FROM over WHERE before < upto ORDER BY page
        """,
        [[k[0] for k in keys], [k[1] for k in keys], [k[2] for k in keys]],
    ).fetchall()
    for version_id, a, b, sheet, boxes in rows:
        out[version_id, a, b].append((sheet, boxes))
    return out


def mark_read(
    tx: Cursor, version_id: str, *, media_type: str, reader: str, title: str, pages: int, chars: int, at: dt.datetime
) -> None:
    """Mark a version read: its pages and passages stand in the room."""
    tx.execute(
        "UPDATE versions SET state = 'read', media_type = ?, reader = ?, title = ?, page_count = ?, char_count = ?, read_at = ?,"
        " coverage = NULL, reason = NULL, indexed_at = NULL WHERE version_id = ?",
        [media_type, reader, title, pages, chars, at, version_id],
    )


def mark_unreadable(
    tx: Cursor,
    version_id: str,
    media_type: str | None,
    reader: str | None,
    coverage: Coverage,
    reason: str,
    at: dt.datetime,
) -> None:
    """Mark a version unreadable as a whole, and why; ``reader`` is who found that, if anybody."""
    tx.execute(
        "UPDATE versions SET state = 'unreadable', media_type = coalesce(?, media_type), reader = ?, coverage = ?, reason = ?,"
        " page_count = 0, char_count = 0, read_at = ? WHERE version_id = ?",
        [media_type, reader, str(coverage), reason, at, version_id],
    )


def mark_new(tx: Cursor, *version_ids: str) -> None:
    """Mark versions as waiting to be read (again)."""
    tx.execute(
        "UPDATE versions SET state = 'new', coverage = NULL, reason = NULL WHERE version_id IN (SELECT unnest(?))",
        [list(version_ids)],
    )


def mark_indexed(tx: Cursor, version_ids: Sequence[str], at: dt.datetime) -> None:
    """Mark versions searchable."""
    tx.execute(
        "UPDATE versions SET state = 'indexed', indexed_at = ? WHERE version_id IN (SELECT unnest(?))",
        [at, list(version_ids)],
    )


def unindexed_readings(cursor: Cursor, version_ids: Sequence[str]) -> list[tuple[str, dt.datetime]]:
    """Return (version_id, when it was last read) of those versions that are read but not yet searchable."""
    return cursor.execute(
        "SELECT version_id, read_at FROM versions WHERE state = 'read' AND version_id IN (SELECT unnest(?))",
        [list(version_ids)],
    ).fetchall()


def mark_as_before(tx: Cursor, version_id: str) -> str | None:
    """Take back ``mark_new`` where pages of an earlier reading still stand; return the state then, else None."""
    row = tx.execute(
        "UPDATE versions SET state = CASE WHEN indexed_at IS NULL THEN 'read' ELSE 'indexed' END"
        " WHERE version_id = ? AND page_count > 0 RETURNING state",
        [version_id],
    ).fetchone()
    return row[0] if row else None


def has_attached(cursor: Cursor, document_id: str) -> bool:
    """Return whether any version of a document had something attached to it."""
    return cursor.execute("SELECT 1 FROM documents WHERE parent_id = ? LIMIT 1", [document_id]).fetchone() is not None


def versions_in_state(cursor: Cursor, state: str) -> list[str]:
    """Return the ids of versions in a state."""
    return [row[0] for row in cursor.execute("SELECT version_id FROM versions WHERE state = ?", [state]).fetchall()]


def encrypted_versions(cursor: Cursor) -> list[str]:
    """Return the ids of versions that wait for a password, for the whole of them or for a part."""
    rows = cursor.execute(
        "SELECT version_id FROM versions WHERE state = 'unreadable' AND coverage = 'encrypted'"
        " UNION SELECT version_id FROM pages WHERE coverage = 'encrypted'"
    ).fetchall()
    return [row[0] for row in rows]


def readings(cursor: Cursor) -> list[tuple[str, str, str | None, str | None, str | None]]:
    """Return (version_id, state, media type, reader, coverage of the whole) of what stands in the room and is not waiting."""
    return cursor.execute(
        """
        SELECT DISTINCT v.version_id, v.state, v.media_type, v.reader, v.coverage FROM versions v JOIN paths p USING (version_id)
        WHERE v.state <> 'new' ORDER BY v.version_id
        """
    ).fetchall()


def passage_texts(cursor: Cursor, version_id: str) -> list[tuple[str, str]]:
    """Return (passage_id, what is indexed of it) of a version, in order."""
    return cursor.execute(
        "SELECT passage_id, prefix || text FROM passages WHERE version_id = ? ORDER BY ordinal", [version_id]
    ).fetchall()


def attached_paths(cursor: Cursor, parent_path: str) -> list[str]:
    """Return the live paths that stand under another path, as attachments do."""
    rows = cursor.execute("SELECT path FROM paths WHERE starts_with(path, ?)", [parent_path + "/"]).fetchall()
    return [row[0] for row in rows]


def depth_of(cursor: Cursor, path: str) -> int:
    """Return how many documents what stands at ``path`` lies inside of: 0 for a file, 1 for what is attached to one."""
    parts = path.split("/")
    above = ["/".join(parts[:end]) for end in range(1, len(parts))]
    row = cursor.execute("SELECT count(*) FROM paths WHERE path IN (SELECT unnest(?))", [above]).fetchone()
    assert row is not None
    return int(row[0])


# --- what left the room -----------------------------------------------------------------------------------------------------------


def live_paths(cursor: Cursor) -> list[str]:
    """Return every live path."""
    return [row[0] for row in cursor.execute("SELECT path FROM paths").fetchall()]


def trash_paths(tx: Cursor, paths: Sequence[str], cause: Cause, at: dt.datetime) -> None:
    """Move live paths to the trash."""
    tx.execute(
        "INSERT INTO trash SELECT path, document_id, version_id, source, modified_ns, bytes, added_at, ?, ? FROM paths"
        " WHERE path IN (SELECT unnest(?))",
        [at, str(cause), list(paths)],
    )
    drop_paths(tx, paths)


def trash_row(tx: Cursor, row: PathRow, cause: Cause, at: dt.datetime) -> None:
    """Put what stood at a path into the trash."""
    tx.execute("INSERT INTO trash VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [*row, at, at, str(cause)])


def drop_paths(tx: Cursor, paths: Sequence[str]) -> None:
    """Remove live paths; their versions stay in the room."""
    tx.execute("DELETE FROM paths WHERE path IN (SELECT unnest(?))", [list(paths)])


def trashed_rows(cursor: Cursor) -> list[TrashedRow]:
    """Return everything in the trash, by path, what left last first."""
    rows = cursor.execute(
        """
        SELECT t.path, t.document_id, t.version_id, v.number, v.sha256, v.bytes, v.title, t.cause, t.removed_at
        FROM trash t JOIN versions v USING (version_id) ORDER BY t.path, t.removed_at DESC
        """
    ).fetchall()
    return [
        TrashedRow(path, document_id, version_id, number, sha256, size, title, Cause(cause), removed_at)
        for path, document_id, version_id, number, sha256, size, title, cause, removed_at in rows
    ]


def gone_document(cursor: Cursor, path: str) -> str | None:
    """Return the document that stood at ``path`` until its file went, when it stands nowhere else now."""
    row = cursor.execute(
        """
        SELECT t.document_id FROM trash t WHERE t.path = ? AND t.cause = 'gone'
        AND t.document_id NOT IN (SELECT document_id FROM paths) ORDER BY t.removed_at DESC LIMIT 1
        """,
        [path],
    ).fetchone()
    return row[0] if row else None


def forget_moved(tx: Cursor, path: str, document_id: str, version_id: str) -> None:
    """Forget that a document left ``path``, where it stands again, or that its version left any path, since it turned up here.

    What the user removed stays in the trash.
    """
    tx.execute(
        "DELETE FROM trash WHERE cause <> 'removed' AND (version_id = ? OR (path = ? AND document_id = ?))",
        [version_id, path, document_id],
    )


def put_back(tx: Cursor, rows: Sequence[TrashedRow]) -> None:
    """Move rows of the trash back among the live paths; those that are live already only leave the trash."""
    keys = [[row.path for row in rows], [row.version_id for row in rows], [row.removed_at for row in rows]]
    chosen = """
        SELECT t.* FROM trash t JOIN (SELECT unnest(?) AS path, unnest(?) AS version_id, unnest(?) AS removed_at) w
        USING (path, version_id, removed_at)
    """
    tx.execute(
        f"INSERT INTO paths SELECT path, document_id, version_id, source, modified_ns, bytes, added_at FROM ({chosen}) c"
        " WHERE path NOT IN (SELECT path FROM paths)",
        keys,
    )
    leave_trash(tx, rows)


def leave_trash(tx: Cursor, rows: Sequence[TrashedRow]) -> None:
    """Delete rows of the trash."""
    tx.execute(
        """
        DELETE FROM trash WHERE (path, version_id, removed_at) IN
        (SELECT (path, version_id, removed_at) FROM (SELECT unnest(?) AS path, unnest(?) AS version_id, unnest(?) AS removed_at))
        """,
        [[row.path for row in rows], [row.version_id for row in rows], [row.removed_at for row in rows]],
    )


_HOMELESS = """
    WITH RECURSIVE homeless AS (
        SELECT document_id FROM {start} WHERE document_id NOT IN (SELECT document_id FROM paths)
        UNION
        SELECT d.document_id FROM documents d JOIN homeless h ON d.parent_id = h.document_id
        WHERE d.document_id NOT IN (SELECT document_id FROM paths)
    )
"""


def homeless_versions(cursor: Cursor) -> list[str]:
    """Return the versions, not yet marked trashed, of documents in the trash that stand nowhere, and of what was attached to them."""
    rows = cursor.execute(
        _HOMELESS.format(start="trash")
        + "SELECT version_id FROM versions JOIN homeless USING (document_id) WHERE state <> 'trashed' ORDER BY 1"
    ).fetchall()
    return [row[0] for row in rows]


def mark_trashed(tx: Cursor, version_ids: Sequence[str]) -> None:
    """Mark versions trashed, as if never read, and delete their text."""
    for table in ("pages", "passages"):
        tx.execute(f"DELETE FROM {table} WHERE version_id IN (SELECT unnest(?))", [list(version_ids)])
    tx.execute(
        "UPDATE versions SET state = 'trashed', coverage = NULL, reason = NULL, page_count = 0, char_count = 0, read_at = NULL,"
        " indexed_at = NULL WHERE version_id IN (SELECT unnest(?))",
        [list(version_ids)],
    )


def revive(tx: Cursor, document_id: str) -> list[str]:
    """Mark a document's trashed versions as waiting to be read; return them, newest first."""
    rows = tx.execute(
        "UPDATE versions SET state = 'new' WHERE document_id = ? AND state = 'trashed' RETURNING number, version_id",
        [document_id],
    ).fetchall()
    return [version_id for _, version_id in sorted(rows, reverse=True)]


def delete_documents(tx: Cursor, document_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Delete documents that stand neither in the room nor in the trash, with all versions and what was attached to them.

    Return (version_id, sha256) of every version deleted.
    """
    rows = tx.execute(
        _HOMELESS.format(start="(SELECT unnest(?) AS document_id EXCEPT SELECT document_id FROM trash)")
        + "SELECT document_id, version_id, sha256 FROM versions JOIN homeless USING (document_id)"
        " WHERE document_id NOT IN (SELECT document_id FROM trash)",
        [list(document_ids)],
    ).fetchall()
    gone = sorted({row[0] for row in rows})
    for table in ("versions", "documents"):
        tx.execute(f"DELETE FROM {table} WHERE document_id IN (SELECT unnest(?))", [gone])
    tx.execute("UPDATE documents SET parent_id = NULL WHERE parent_id IN (SELECT unnest(?))", [gone])
    return [(row[1], row[2]) for row in rows]


def move_paths(tx: Cursor, moves: Sequence[tuple[str, PathRow]]) -> None:
    """Let what stands at each first part, and what is attached to it, stand where the row says, with its source and time.

    Identity stays: only paths change. The new paths must be free.
    """
    changes = [(old, row.path, row.source, row.modified_ns) for old, row in moves]
    level = changes
    while level:
        level = tx.execute(
            """
            SELECT p.path, m.new || substr(p.path, length(m.old) + 1), m.new, p.modified_ns FROM paths p
            JOIN (SELECT unnest(?) AS old, unnest(?) AS new) m ON p.source = m.old AND starts_with(p.path, m.old || '/')
            """,
            [[change[0] for change in level], [change[1] for change in level]],
        ).fetchall()
        changes += level
    tx.execute(
        """
        UPDATE paths SET path = m.new, source = m.source, modified_ns = m.modified_ns
        FROM (SELECT unnest(?) AS old, unnest(?) AS new, unnest(?) AS source, unnest(?) AS modified_ns) m WHERE paths.path = m.old
        """,
        [list(column) for column in zip(*changes, strict=True)],
    )
