"""What a query to a table found, in words, with the cells that it comes from. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from datazoom_desktop.kernel.cells import reference
from datazoom_desktop.storage.sandbox import Result
from datazoom_desktop.tables.blocks import around
from datazoom_desktop.tables.model import Cell, Column, Kind, Row, RowKind, Table
from datazoom_desktop.tables.query import Filter, Op, Query
from datazoom_desktop.tables.values import CODES

MOST_LISTED = 12  #: rows of a list that are named
_SIGNS = {"=": "is", "<>": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"}
_DATE_SIGNS = {
    "=": "is",
    "<>": "is not",
    "<": "is before",
    "<=": "is not after",
    ">": "is after",
    ">=": "is not before",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One sentence of an answer.

    Attributes:
        text: The sentence.
        table: The table that it is from.
        runs: The cells that it comes from, in stretches of neighbouring rows of one column.
    """

    text: str
    table: Table
    runs: tuple[tuple[Cell, ...], ...]

    @property
    def where(self) -> str:
        """The ranges of its cells, such as "'Cap table'!B4:B9,'Cap table'!D2"."""
        return where(self.table.sheet, self.runs)


def where(sheet: str | None, runs: Iterable[Sequence[Cell]]) -> str:
    """Return the ranges of stretches of cells, parted by commas."""
    return ",".join(dict.fromkeys(reference([(sheet, around(list(run)))]) or "" for run in runs))


def figures(query: Query, result: Result) -> list[Figure]:
    """Return what a query found, in sentences; none where it found nothing."""
    rows = {row.number: row for row in query.table.rows}
    behind = [rows[number] for number in result.behind or () if number in rows]
    match query.op:
        case Op.ROWS if query.target is not None:
            return [_looked_up(query, row) for row in behind]
        case Op.ROWS:
            return _listed(query, behind)
        case Op.MOST | Op.LEAST:
            return _ranked(query, behind)
        case Op.COUNT:
            return _counted(query, result, behind)
        case _:
            return _worked_out(query, result, behind)


def _looked_up(query: Query, row: Row) -> Figure:
    target = query.target
    assert target is not None
    name = query.shown[0]
    said = row.cells[name.position].text if name.position in row.cells else f"Row {row.number:,}"
    cell = row.cells.get(target.position)
    head = f", {target.heading}" if target.heading else ""
    section = f" ({row.section})" if row.section else ""
    if cell is None:
        return Figure(f"{said}{section}{head}: the cell is empty.", query.table, runs([row], name))
    value = cell.text + _unit(query.table, target, cell.text)
    return Figure(f"{said}{section}{head}: {value}.", query.table, ((cell,),))


def _listed(query: Query, behind: Sequence[Row]) -> list[Figure]:
    if not behind:
        return []
    name, *others = query.shown
    parts = []
    for row in behind[:MOST_LISTED]:
        more = ", ".join(row.cells[c.position].text for c in others if c.position in row.cells)
        said = row.cells[name.position].text if name.position in row.cells else f"row {row.number:,}"
        parts.append(f"{said} ({more})" if more else said)
    rest = f"; and {len(behind) - MOST_LISTED:,} more" if len(behind) > MOST_LISTED else ""
    text = f"{_rows(len(behind))}{_conditions(query.filters)}: {'; '.join(parts)}{rest}."
    return [Figure(text, query.table, runs(behind, name))]


def _ranked(query: Query, behind: Sequence[Row]) -> list[Figure]:
    target, name = query.target, query.shown[0]
    assert target is not None
    word = "Highest" if query.op is Op.MOST else "Lowest"
    if target.kind is Kind.DATE:
        word = "Latest" if query.op is Op.MOST else "Earliest"
    out = []
    for place, row in enumerate(behind, 1):
        cell = row.cells[target.position]
        said = row.cells[name.position].text if name.position in row.cells else f"row {row.number:,}"
        lead = f"{word} {target.title}{_conditions(query.filters)}" if query.number == 1 else f"{place}"
        value = cell.text + _unit(query.table, target, cell.text)
        out.append(Figure(f"{lead}: {said}, {value}.", query.table, (*runs([row], name), (cell,))))
    return out


def _counted(query: Query, result: Result, behind: Sequence[Row]) -> list[Figure]:
    name = query.target or query.table.label or query.table.columns[0]
    if query.by is not None:
        return _grouped(query, result, behind, name)
    number = int(result.rows[0][0])
    all_rows = len(query.table.data)
    if query.target is not None:
        text = f"{query.target.title}: {number:,} different values in {_rows(len(behind))}{_conditions(query.filters)}."
    elif query.filters:
        text = f"{_rows(number)} of {all_rows:,}{_conditions(query.filters)}."
    else:
        text = f"{_rows(number)}, totals left out."
    shown = name if behind else query.filters[0].column if query.filters else name
    return [Figure(text, query.table, runs(behind or query.table.data, shown))]


def _worked_out(query: Query, result: Result, behind: Sequence[Row]) -> list[Figure]:
    target = query.target
    assert target is not None
    entered = [
        row for row in behind if (value := row.values.get(target.position)) is not None and value.number is not None
    ]
    if not entered:
        return []
    if query.by is not None:
        return _grouped(query, result, entered, target)
    over = f"{_rows(len(entered))}{_conditions(query.filters)}"
    if query.op is Op.AVERAGE:
        total, count = result.rows[0]
        mean = round(Decimal(total) / count, max(2, target.decimals))
        text = f"{target.title}, average of {over}: {_shown(mean)}{_unit(query.table, target, '')}."
        return [Figure(text, query.table, runs(entered, target))]
    total = Decimal(result.rows[0][0])
    text = f"{target.title}, added up over {over}: {_shown(total)}{_unit(query.table, target, '')}."
    own = [] if query.filters else _own_total(query.table, target, total)
    said = f" {own[0][0]}" if own else ""
    return [Figure(text + said, query.table, runs(entered, target) + tuple((cell,) for _, cell in own))]


def _own_total(table: Table, target: Column, total: Decimal) -> list[tuple[str, Cell]]:
    """Return what the sheet's last total of a column says beside ours, and its cell; nothing where it has none."""
    totals = [row for row in table.rows if row.kind is RowKind.TOTAL and target.position in row.cells]
    if len(totals) != 1:
        return []
    cell, value = totals[0].cells[target.position], totals[0].values[target.position]
    if value.number is None:
        return []
    if value.number == total:
        return [(f"The sheet’s own total, in {cell.place}, is the same.", cell)]
    return [(f"The sheet’s own total, in {cell.place}, is {cell.text}.", cell)]


def _grouped(query: Query, result: Result, behind: Sequence[Row], target: Column) -> list[Figure]:
    assert query.by is not None
    parts = []
    for row in result.rows[:MOST_LISTED]:
        number = Decimal(row[1] or 0)
        if query.op is Op.AVERAGE:
            number = round(number / row[2], max(2, target.decimals)) if row[2] else Decimal(0)
        unit = "" if query.op is Op.COUNT else _unit(query.table, target, "")
        parts.append(f"{row[0] if row[0] is not None else 'none'} {_shown(number)}{unit}")
    rest = f"; and {len(result.rows) - MOST_LISTED:,} more" if len(result.rows) > MOST_LISTED else ""
    what = {Op.COUNT: "Rows", Op.SUM: f"{target.title}, added up", Op.AVERAGE: f"{target.title}, average"}[query.op]
    over = f"{_rows(len(behind))}{_conditions(query.filters)}"
    text = f"{what} by {query.by.title}, over {over}: {'; '.join(parts)}{rest}."
    cells = runs(behind, query.by) if query.op is Op.COUNT else runs(behind, query.by) + runs(behind, target)
    return [Figure(text, query.table, cells)]


def runs(rows: Sequence[Row], column: Column) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of a column in these rows, in stretches of rows that follow each other on one page."""
    found: list[list[Cell]] = []
    for row in sorted(rows, key=lambda one: one.number):
        cell = row.cells.get(column.position)
        if cell is None:
            continue
        last = found[-1][-1] if found else None
        if (
            last is not None
            and last.place.last_row + 1 == cell.place.row
            and last.page == cell.page
            and last.span.end <= cell.span.start
        ):
            found[-1].append(cell)
        elif cell is not last:
            found.append([cell])
    return tuple(tuple(run) for run in found)


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _conditions(filters: Sequence[Filter]) -> str:
    if not filters:
        return ""
    said: list[str] = []
    for before, one in zip((None, *filters), filters, strict=False):
        if before is not None and before.column is one.column and (before.sign, one.sign) == (">=", "<="):
            said[-1] = f"{one.column.title} is from {_plain(before.values[0])} to {_plain(one.values[0])}"
        else:
            said.append(_condition(one))
    return " where " + " and ".join(said)


def _condition(one: Filter) -> str:
    signs = _DATE_SIGNS if one.column.kind is Kind.DATE else _SIGNS
    values = [_plain(value, "year" in one.column.name) for value in one.values]
    said = values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"
    return f"{one.column.title} {signs[one.sign]} {said}"


def _plain(value: str | Decimal | dt.date, year: bool = False) -> str:
    if isinstance(value, dt.date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, Decimal):
        return f"{value:f}" if year else _shown(value)
    return f"“{value}”"


def _shown(number: Decimal) -> str:
    return f"{number:,f}"


def _unit(table: Table, column: Column, shown: str) -> str:
    """Return what is to be said behind a figure: its unit, unless what is shown has it, and by how much it is to be multiplied."""
    unit = ""
    if column.kind is Kind.NUMBER and column.unit and not (shown and any(sign in shown for sign in "$€£¥₹%")):
        if column.unit == "%":
            unit = "%"
        elif column.unit.casefold() not in shown.casefold() or not shown:
            unit = f" {column.unit}"
    scaled = table.scale_words and column.kind is Kind.NUMBER and (column.unit in CODES or not column.unit)
    return f"{unit} ({table.scale_words})" if scaled and "%" not in shown else unit
