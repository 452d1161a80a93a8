"""``datazoom tables``: the tables found in a room's sheets, what of them is none, and queries of them."""

from __future__ import annotations

import argparse
from collections import Counter
from decimal import Decimal

from datazoom_desktop.app.verbs.output import counted, print_json, print_table
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.kernel.cells import column_letters
from datazoom_desktop.tables.model import Column, Kind, RowKind, Table, Unfit

_QUERIES = """
A query is one SELECT; it can only read. Each table's name stands for its rows of data; NAME__all has its totals too, with _kind saying
what each row is. _row is the row of the sheet.
"""
_KINDS = {
    RowKind.TOTAL: ("total row", None),
    RowKind.SUMMARY: ("figure below the total", "figures below the total"),
    RowKind.SECTION: ("heading inside", "headings inside"),
    RowKind.NOTE: ("remark", None),
}


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``tables`` verb."""
    text = "list the tables found in the room's sheets, with what was not read as one and why, or query them"
    parser = subparsers.add_parser("tables", parents=[common], help=text, description=text, epilog=_QUERIES)
    parser.add_argument("room", help="the room's name or id")
    parser.add_argument("what", nargs="?", choices=("list", "query"), default="list", help="what to do (list)")
    parser.add_argument("sql", nargs="?", metavar="SQL", help="with query: one SELECT over the tables that are listed")
    parser.set_defaults(run=lambda args: _run(parser, args))


def _run(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    if (args.what == "query") != bool(args.sql):
        parser.error("query takes one SELECT, in quotation marks; the list takes none")
    return _query(args) if args.what == "query" else _list(args)


def _query(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        result, evidence = workspace.tables.query(args.sql)
    if args.json:
        print_json(
            {
                "sql": args.sql,
                "columns": list(result.columns),
                "rows": [[_plain(value) for value in row] for row in result.rows],
                "cut": result.cut,
                "from": [
                    {"document_id": e.table.document_id, "path": e.table.path, "range": e.where, "rows": e.rows}
                    for e in evidence
                ],
            }
        )
        return 0
    print_table(result.columns, [[_plain(value) for value in row] for row in result.rows])
    if not result.rows:
        print("No rows.")
    if result.cut:
        print(f"Only the first {counted(len(result.rows), 'row')} are shown.")
    for one in evidence:
        rows = f", {counted(one.rows, 'row')}" if one.rows is not None else ""
        print(f"From {one.table.path}, {one.where}{rows}.")
    return 0


def _plain(value: object) -> object:
    """Return a value as it is printed: numbers exactly, dates as 2024-03-31."""
    if value is None or isinstance(value, bool | int | str):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _list(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        found = workspace.tables.found()
    if args.json:
        print_json(
            {"tables": [_as_dict(table) for table in found.tables], "unfit": [_unfit(one) for one in found.unfit]}
        )
        return 0
    for table in found.tables:
        _print(table)
    if found.unfit:
        print("Not read as tables:")
    for one in found.unfit:
        print(f"  {one.path}: {one.reason}")
    if not found.tables and not found.unfit:
        print("No document of this room has sheets.")
    return 0


def _print(table: Table) -> None:
    title = f" “{table.title}”" if table.title else ""
    print(f"{table.path}, {table.where}{title}")
    rows = Counter(row.kind for row in table.rows)
    parts = [counted(rows[RowKind.DATA], "row")]
    parts += [counted(rows[kind], *words) for kind, words in _KINDS.items() if rows[kind]]
    scale = f"; figures {table.scale_words}" if table.scale_words else ""
    print(f"  {table.name}: {', '.join(parts)}{scale}")
    print_table(
        ("  column", "heading", "holds"),
        [(f"  {column_letters(c.position)} {c.name}", c.heading, _held(c)) for c in table.columns],
    )
    for note in table.notes:
        print(f"  {note}")
    print()


def _held(column: Column) -> str:
    if column.kind is not Kind.NUMBER:
        return f"{column.kind}s" if column.kind is Kind.DATE else str(column.kind)
    return f"numbers ({', '.join(column.mixed) or column.unit})" if column.unit or column.mixed else "numbers"


def _as_dict(table: Table) -> dict[str, object]:
    return {
        "name": table.name,
        "document_id": table.document_id,
        "path": table.path,
        "sheet": table.sheet,
        "range": table.where,
        "title": table.title,
        "shape": str(table.shape),
        "scale": str(table.scale),
        "columns": [
            {
                "name": column.name,
                "heading": column.heading,
                "column": column_letters(column.position),
                "type": str(column.kind),
                "unit": column.unit,
                "mixed_units": list(column.mixed),
                "decimals": column.decimals,
            }
            for column in table.columns
        ],
        "rows": [{"row": row.number, "kind": str(row.kind)} for row in table.rows],
        "data_rows": len(table.data),
        "notes": list(table.notes),
    }


def _unfit(one: Unfit) -> dict[str, object]:
    return {"document_id": one.document_id, "path": one.path, "range": one.where, "reason": one.reason}
