"""From the pages of a sheet, as intake stored them, to its cells: which text stands in which cell, what is hidden, what is a sum. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from datazoom_desktop.kernel.cells import CellRange, cell_range, column_number
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.tables.model import Cell, Grid

_NOTE = re.compile(
    r"\[(?:Note|Comment|Reply|Formulas?|Array formula|Data table|Link|Linked|Embedded|Table|Pivot table|Text box|Chart or diagram"
    r"|Picture|Name of|Names?) [^\]\n]{0,200}\]"
)
_FORMULA = re.compile(r"\[(?:Array )?[Ff]ormulas? at ([A-Z0-9:]+)\] =(.*)", re.DOTALL)
_HIDDEN = re.compile(r"^\[(Row|Column)s? ([^\]\n]{1,2000}) (?:is|are) hidden\]$", re.MULTILINE)
_SAME = re.compile(r"^\[The same in rows ([\d,]{1,9}) to ([\d,]{1,9})\]$", re.MULTILINE)
_ADDED = re.compile(
    r"(?:SUM|SUBTOTAL|AGGREGATE)\((?:\d+,){0,2}\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)\)", re.IGNORECASE
)
_CHAIN = re.compile(r"\$?[A-Z]{1,3}\$?\d+(?:\+\$?[A-Z]{1,3}\$?\d+)+", re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})\$?(\d+)", re.IGNORECASE)
_MOST_REPEATS = 10_000  #: rows that a sheet says to be the same as the one before


class SheetPage(NamedTuple):
    """A page of a sheet as it is stored; offsets of words are in the page's text, boxes four numbers a word."""

    page: int
    sheet: str | None
    label: str | None
    char_start: int
    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    boxes: Sequence[float]


def grids(pages: Iterable[SheetPage]) -> list[Grid]:
    """Return the sheets of one document, from its pages in order; pages of one sheet follow each other."""
    found: list[Grid] = []
    for page in pages:
        last = found[-1] if found else None
        if last is None or (last.sheet != page.sheet):
            hidden = page.sheet is not None and _is_hidden(page)
            found.append(last := Grid(page.sheet, hidden_sheet=hidden))
        _take(page, last)
    return [grid for grid in found if grid.cells]


def _is_hidden(page: SheetPage) -> bool:
    marks = (page.label or "").removeprefix(page.sheet or "")
    return marks.startswith((" (hidden", " (very hidden"))


def _take(page: SheetPage, grid: Grid) -> None:
    boxes = [int(number) for number in page.boxes]
    lines: list[tuple[int, int]] = []  # where each row of cells starts in the text, and its number
    for n, (start, end) in enumerate(zip(page.starts, page.ends, strict=True)):
        text = page.text[start:end]
        place = CellRange(*boxes[4 * n : 4 * n + 4])
        if text[:1] == "[" and page.sheet is not None and _NOTE.match(text):
            _note(text, grid)
        elif (at := (place.row, place.column)) not in grid.cells:
            shift = page.char_start
            grid.cells[at] = Cell(place, text, Span(start + shift, end + shift), page.page)
            if not lines or lines[-1][1] != place.row:
                lines.append((start, place.row))
    if page.sheet is None or "[" not in page.text:
        return
    for what, which in _HIDDEN.findall(page.text):
        (grid.hidden_rows if what == "Row" else grid.hidden_columns).update(_numbers(which))
    for same in _SAME.finditer(page.text):
        _repeat(grid, [row for start, row in lines if start < same.start()][-1:], *same.groups())


def _note(text: str, grid: Grid) -> None:
    """Remember which cells are sums of cells above them."""
    found = _FORMULA.match(text)
    place = cell_range(found[1]) if found else None
    if found is None or place is None or not _adds_up(found[2].removesuffix(" and so on"), place):
        return
    for row in range(place.row, place.last_row + 1):
        grid.sums.update((row, column) for column in range(place.column, place.last_column + 1))


def _adds_up(formula: str, place: CellRange) -> bool:
    for first, top, last, bottom in _ADDED.findall(formula):
        if first.upper() == last.upper() and int(bottom) > int(top):
            return True
    if not _CHAIN.fullmatch(formula.strip()):
        return False
    return all(
        column_number(letters) == place.column and int(row) < place.row for letters, row in _REFERENCE.findall(formula)
    )


def _numbers(words: str) -> Iterable[int]:
    """Yield the rows or columns that "C to E, H" or "5 to 1,200" names."""
    for part in words.split(", "):
        first, _, last = part.partition(" to ")
        ends = [_number(end) for end in (first, last or first)]
        if 0 < ends[0] <= ends[1]:
            yield from range(ends[0], ends[1] + 1)


def _number(word: str) -> int:
    plain = word.replace(",", "").strip()
    if plain.isdigit():
        return int(plain)
    return column_number(plain) if plain.isascii() and plain.isalpha() and len(plain) <= 3 else 0


def _repeat(grid: Grid, row: list[int], first: str, last: str) -> None:
    """Put a row's cells into the rows that are told to be the same."""
    start, end = _number(first), _number(last)
    if not row or end - start > _MOST_REPEATS:
        return
    cells = [cell for (number, _), cell in grid.cells.items() if number == row[0]]
    for number in range(start, end + 1):
        for cell in cells:
            place = cell.place._replace(row=number, last_row=number)
            grid.cells.setdefault((number, place.column), Cell(place, cell.text, cell.span, cell.page))
