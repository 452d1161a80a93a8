"""The SQL of tables: which versions have sheets, and their pages; on a cursor that is handed in."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.tables.grid import SheetPage


class SheetVersion(NamedTuple):
    """A version that stands in the room and has sheets: where it stands (first), and when it was read (UTC)."""

    version_id: str
    document_id: str
    path: str
    read_at: dt.datetime


def sheet_versions(cursor: Cursor) -> list[SheetVersion]:
    """Return every version with sheets that stands in the room once, by path."""
    rows = cursor.execute(
        """
        SELECT v.version_id, any_value(v.document_id), min(p.path), any_value(v.read_at)
        FROM paths p JOIN versions v USING (version_id)
        WHERE v.state IN ('read', 'indexed')
          AND v.version_id IN (SELECT version_id FROM pages WHERE geometry = 'cells')
        GROUP BY v.version_id ORDER BY 3
        """
    ).fetchall()
    return [SheetVersion(*row) for row in rows]


def sheet_pages(cursor: Cursor, version_id: str) -> list[SheetPage]:
    """Return a version's pages that are sheets, in order."""
    rows = cursor.execute(
        """
        SELECT page, sheet, label, char_start, text, word_starts, word_ends, word_boxes FROM pages
        WHERE version_id = ? AND geometry = 'cells' ORDER BY page
        """,
        [version_id],
    ).fetchall()
    return [SheetPage(*row) for row in rows]


def unread(cursor: Cursor, version_id: str) -> list[str]:
    """Return why pages of a version could not be read, in order."""
    rows = cursor.execute(
        "SELECT reason FROM pages WHERE version_id = ? AND coverage IN ('failed', 'skipped') ORDER BY page",
        [version_id],
    ).fetchall()
    return [row[0] for row in rows if row[0]]
