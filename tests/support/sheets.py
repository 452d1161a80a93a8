"""Workbooks and delimited files for tests of tables, written, read by the product's own readers, and looked through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

from datazoom_desktop.tables.find import Source, find
from datazoom_desktop.tables.grid import SheetPage, grids
from datazoom_desktop.tables.model import Row, RowKind, Table, Unfit
from tests.intake.reading import pages_of

Lines = Sequence[Sequence[object]]
_FORMATS = {"date": "yyyy-mm-dd", "usd": "$#,##0.00", "int": "#,##0", "pct": "0.0%"}


class Shown(NamedTuple):
    """A value and how it is shown: a number format, or one of the names of ``_FORMATS``."""

    value: object
    code: str


class Formula(NamedTuple):
    """A formula and the value that it has."""

    text: str
    value: object


def workbook(file: Path, sheets: Mapping[str, Lines], merged: Mapping[str, Sequence[str]] | None = None) -> Path:
    """Write sheets row by row, None for an empty cell; ``merged`` names ranges to merge by sheet."""
    book = xlsxwriter.Workbook(file)
    for name, lines in sheets.items():
        sheet = book.add_worksheet(name)
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if isinstance(value, Shown):
                    looks = book.add_format({"num_format": _FORMATS.get(value.code, value.code)})
                    sheet.write(row, column, value.value, looks)
                elif isinstance(value, Formula):
                    sheet.write_formula(row, column, value.text, None, value.value)
                elif value is not None:
                    sheet.write(row, column, value)
        for place in (merged or {}).get(name, ()):
            row, column = xl_cell_to_rowcol(place.partition(":")[0])
            sheet.merge_range(place, lines[row][column])
    book.close()
    return file


def csv(file: Path, text: str) -> Path:
    """Write a delimited file."""
    file.write_text(text, encoding="utf-8", newline="")
    return file


def look(file: Path) -> tuple[list[Table], list[Unfit]]:
    """Return the tables of a file as the product finds them, and what is none."""
    start, stored = 0, []
    for page in pages_of(file):
        boxes = page.words.boxes.ravel().tolist()
        stored.append(
            SheetPage(page.page, page.sheet, page.label, start, page.text, page.words.starts, page.words.ends, boxes)
        )
        start += len(page.text)
    tables: list[Table] = []
    unfit: list[Unfit] = []
    for grid in grids(stored):
        more, amiss = find(grid, Source("d", "v", file.name))
        tables += more
        unfit += amiss
    return tables, unfit


def only(file: Path) -> Table:
    """Return the one table of a file."""
    tables, unfit = look(file)
    assert len(tables) == 1, ([t.where for t in tables], [u.reason for u in unfit])
    return tables[0]


def kinds(table: Table) -> dict[int, RowKind]:
    """Return what each row is, data left out."""
    return {row.number: row.kind for row in table.rows if row.kind is not RowKind.DATA}


def values(table: Table, name: str) -> list[object]:
    """Return the data of a column: numbers, dates, or the text of the cells."""
    position = table.column(name).position
    return [_value(row, position) for row in table.data]


def _value(row: Row, position: int) -> object:
    value = row.values.get(position)
    if value is not None and (value.number is not None or value.date is not None):
        return value.number if value.number is not None else value.date
    cell = row.cells.get(position)
    return None if cell is None or (value is not None and value.empty) else cell.text
