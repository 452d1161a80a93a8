"""The SQL of tables: which versions have sheets and their pages, on a cursor that is handed in; and a question to a table as a SELECT."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import NamedTuple

from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.sandbox import EVERY
from datazoom_desktop.tables.grid import SheetPage
from datazoom_desktop.tables.query import Filter, Op, Plain, Query


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


def with_words(cursor: Cursor, version_ids: Sequence[str], words: Sequence[Collection[str]], least: int) -> set[str]:
    """Return the versions whose sheets, or path, have words that begin with at least ``least`` of ``words``.

    Each of these is a few beginnings that count as one, in lower case.
    """
    asked = " + ".join(
        f"bool_or(regexp_matches(g.text, $word{n}, 'i') OR regexp_matches(p.path, $word{n}, 'i'))::INTEGER"
        for n in range(len(words))
    )
    patterns = {f"word{n}": rf"\b(?:{'|'.join(sorted(map(_beginning, one)))})" for n, one in enumerate(words)}
    rows = cursor.execute(
        f"""
        SELECT g.version_id FROM pages g JOIN paths p ON p.version_id = g.version_id
        WHERE g.geometry = 'cells' AND g.version_id IN (SELECT unnest($versions)) GROUP BY g.version_id HAVING {asked} >= $least
        """,
        {"versions": list(version_ids), "least": least, **patterns},
    ).fetchall()
    return {row[0] for row in rows}


def _beginning(word: str) -> str:
    """Return the pattern of what all forms of a word begin with: of "ferry" that is "ferr"."""
    return re.escape(word[:-1] if word.endswith("y") and len(word) > 3 else word)


def unread(cursor: Cursor, version_id: str) -> list[str]:
    """Return why pages of a version could not be read, in order."""
    rows = cursor.execute(
        "SELECT reason FROM pages WHERE version_id = ? AND coverage IN ('failed', 'skipped') ORDER BY page",
        [version_id],
    ).fetchall()
    return [row[0] for row in rows if row[0]]


def sql(query: Query) -> str:
    """Return a query as SQL, a clause a line, as it is shown and run."""
    table = _name(query.table.name + (EVERY if query.every else ""))
    where = [_condition(one) for one in query.filters]
    if query.rows:
        where.append(f"_row IN ({', '.join(str(row) for row in query.rows)})")
    target = _name(query.target.name) if query.target is not None else ""
    ranked = query.op in (Op.MOST, Op.LEAST)
    if ranked:
        where.append(f"{target} IS NOT NULL")
    order = "DESC" if query.op is Op.MOST else "ASC"
    lines = [
        f"SELECT {', '.join(_selected(query, target))}",
        f"FROM {table}",
        *([f"WHERE {' AND '.join(where)}"] if where else []),
        *(
            [f"GROUP BY {_name(query.by.name)}", f"ORDER BY 2 {'ASC' if query.rising else 'DESC'}"]
            if query.by is not None
            else []
        ),
        *(
            [f"QUALIFY rank() OVER (ORDER BY {target} {order}) <= {query.number}", f"ORDER BY {target} {order}"]
            if ranked
            else []
        ),
    ]
    return "\n".join(lines)


def _selected(query: Query, target: str) -> list[str]:
    groups = [_name(query.by.name)] if query.by is not None else []
    match query.op:
        case Op.COUNT:
            return [*groups, f"count(DISTINCT {target})" if target else "count(*)"]
        case Op.SUM:
            return [*groups, f"sum({target})"]
        case Op.AVERAGE:
            return [*groups, f"sum({target})", f"count({target})"]
        case _:
            return [_name(column.name) for column in query.shown]


def _condition(one: Filter) -> str:
    values = [_literal(value) for value in one.values]
    column = _name(one.column.name)
    if len(values) > 1:
        among = f"{column} IN ({', '.join(values)})"
        return f"({among}) IS NOT TRUE" if one.sign == "<>" else among
    return f"{column} {'IS DISTINCT FROM' if one.sign == '<>' else one.sign} {values[0]}"


def _literal(value: Plain) -> str:
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "'" + value.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
