"""The cells of an OpenDocument sheet: where each stands, what it shows, its formula and notes; repeats told once. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from datazoom_desktop.intake.readers.numbers import plain
from datazoom_desktop.intake.readers.odf_package import DC, OFFICE, TABLE, TEXT, XLINK
from datazoom_desktop.intake.readers.office import Xml
from datazoom_desktop.intake.readers.pagetext import fold
from datazoom_desktop.kernel.cells import LAST_COLUMN, LAST_ROW, CellRange

_MOST_ROWS = 50  #: equal rows that are written one by one; more are told once
_MOST_CELLS = 50  #: likewise equal cells side by side
_MOST_SPACES = 100
_PREFIX = re.compile(r"(?:of|oooc|oooc_|msoxl|ooow):")
_REFERENCE = re.compile(r"\"[^\"]*\"|\[([^\[\]]{1,300})\]|;")
_PART = re.compile(r"(?:\$?(?:'((?:[^']|'')+)'|([^.:'$]*)))\.(\$?[A-Za-z]{1,3}\$?\d{1,7}|\$?[A-Za-z]{1,3}|\$?\d{1,7})")
_CELLS: Final = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
_HIDDEN: Final = ("collapse", "filter")


class Named:
    """A sheet: its name, and whether it is hidden."""

    def __init__(self, element: Xml, hidden_styles: set[str]) -> None:
        """Learn from its element, of which only the beginning has been parsed."""
        self._element = element
        self.name = fold(element.get(f"{TABLE}name") or "Sheet").replace("\n", " ") or "Sheet"
        self.hidden = element.get(f"{TABLE}style-name") in hidden_styles or element.get(f"{TABLE}display") == "false"

    def label(self, rows: str = "") -> str:
        """Return what its page is called; ``rows``: which of its rows, when it has several pages."""
        marks = ", ".join(filter(None, ("hidden" if self.hidden else "", rows)))
        return f"{self.name} ({marks})" if marks else self.name

    def is_(self, element: Xml) -> bool:
        """Return whether an element is this sheet's."""
        return element is self._element

    def holds(self, element: Xml) -> bool:
        """Return whether a row or column is this sheet's own, not one of a table inside it."""
        parent = element.getparent()
        while parent is not None and parent.tag != f"{TABLE}table":
            parent = parent.getparent()
        return parent is self._element


@dataclass(slots=True)
class Line:
    """A row that holds anything; ``last_row`` is the last of those that hold the same (all 1-based)."""

    row: int
    last_row: int
    hidden: bool
    cells: list[tuple[CellRange, str]] = field(default_factory=list)
    formulas: list[tuple[int, str]] = field(default_factory=list)  #: column and formula, without "="
    notes: list[tuple[str, CellRange]] = field(default_factory=list)


class Grid:
    """Counts rows and columns."""

    def __init__(self) -> None:
        """Start at the first."""
        self._row = 1
        self._column = 1
        self.hidden_columns: list[tuple[int, int]] = []

    def column(self, hidden: bool, times: int) -> None:
        """Count columns."""
        last = min(self._column + times - 1, LAST_COLUMN)
        if hidden and self._column <= LAST_COLUMN:
            before = self.hidden_columns[-1] if self.hidden_columns else (0, -1)
            if before[1] == self._column - 1:
                self.hidden_columns[-1] = (before[0], last)
            else:
                self.hidden_columns.append((self._column, last))
        self._column = min(self._column + times, LAST_COLUMN + 1)

    def row(self, element: Xml) -> Iterator[Line]:
        """Yield a row as often as it stands in the sheet, if it holds anything."""
        times = repeats(element, f"{TABLE}number-rows-repeated")
        first, self._row = self._row, min(self._row + times, LAST_ROW + 1)
        last = self._row - 1
        hidden = is_hidden(element)
        if first > last or (next(element.iter(f"{TEXT}p", f"{TEXT}h"), None) is None and not _has_values(element)):
            return
        if times > _MOST_ROWS:
            yield from filter(_filled, (_line(element, first, last, hidden),))
        else:
            yield from filter(_filled, (_line(element, row, row, hidden) for row in range(first, last + 1)))


def repeats(element: Xml, attribute: str) -> int:
    """Return how often an element stands in its place, at least once and never more often than a sheet is large."""
    value = element.get(attribute) or ""
    return max(1, min(int(value), LAST_ROW)) if value.isascii() and value.isdigit() and len(value) < 12 else 1


def is_hidden(element: Xml) -> bool:
    """Return whether a row or column is hidden, or filtered out."""
    return element.get(f"{TABLE}visibility") in _HIDDEN


def formula_shown(text: str) -> str:
    """Return a formula as a spreadsheet shows it: ``of:=SUM([.A1:.B2];2)`` as ``SUM(A1:B2,2)``."""
    return _REFERENCE.sub(_part_shown, _PREFIX.sub("", text, count=1).removeprefix("="))


def _part_shown(found: re.Match[str]) -> str:
    if found.group(1) is not None:
        return address_shown(found.group(1))
    return "," if found.group() == ";" else found.group()


def address_shown(text: str) -> str:
    """Return a reference as others write it: ``$Sheet2.A1:.B2`` as ``Sheet2!A1:B2``."""

    def part(found: re.Match[str]) -> str:
        quoted, bare, cell = found.groups()
        return f"'{quoted}'!{cell}" if quoted else f"{bare}!{cell}" if bare else cell

    return _PART.sub(part, text)


def _line(element: Xml, row: int, last_row: int, hidden: bool) -> Line:
    line = Line(row, last_row, hidden)
    column = 1
    for cell in element:
        if cell.tag not in _CELLS:
            continue
        times = min(repeats(cell, f"{TABLE}number-columns-repeated"), LAST_COLUMN + 1 - column)
        if times < 1:
            break
        text = _shown(cell)
        formula = cell.get(f"{TABLE}formula")
        if text or formula or len(cell):
            _cell(line, cell, column, times, text, formula)
        column += times
    return line


def _cell(line: Line, cell: Xml, column: int, times: int, text: str, formula: str | None) -> None:
    """Add a cell to its row, as often as it stands there."""
    across = min(repeats(cell, f"{TABLE}number-columns-spanned"), LAST_COLUMN + 1 - column)
    down = min(repeats(cell, f"{TABLE}number-rows-spanned"), LAST_ROW + 1 - line.row)
    words = formula_shown(formula) if formula else ""
    shown = text or (f"={words}" if words else "")
    if times > _MOST_CELLS:
        places = [CellRange(column, line.row, column + times - 1, line.last_row)]
    else:
        bottom = max(line.last_row, line.row + down - 1)
        places = [CellRange(at, line.row, at + across - 1, bottom) for at in range(column, column + times)]
    for place in places:
        if shown:
            line.cells.append((place, shown))
        if words and text:
            line.formulas.append((place.column, words))
    line.notes += [(note, places[0]) for note in _notes(cell, places[0])]


def _shown(cell: Xml) -> str:
    """Return what a cell shows; its value where the file keeps no text for it."""
    lines = ["".join(_characters(child)) for child in cell if child.tag in (f"{TEXT}p", f"{TEXT}h")]
    text = fold("\n".join(lines)).replace("\n", " ")
    if text:
        return text
    kind = cell.get(f"{OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        return _number(cell.get(f"{OFFICE}value") or "", kind, cell.get(f"{OFFICE}currency") or "")
    named = {"date": "date-value", "time": "time-value", "boolean": "boolean-value", "string": "string-value"}
    return fold(cell.get(f"{OFFICE}{named[kind]}") or "").replace("\n", " ") if kind in named else ""


def _number(value: str, kind: str, currency: str) -> str:
    try:
        number = float(value)
        if kind == "percentage":
            return f"{plain(number * 100)}%"
        return f"{currency} {plain(number)}".strip()
    except (ValueError, OverflowError):
        return value


def _characters(paragraph: Xml) -> Iterator[str]:
    """Yield the characters of a paragraph of a cell."""
    for event, element in etree.iterwalk(paragraph, events=("start", "end")):
        if event == "start":
            if element.tag == f"{TEXT}s":
                count = element.get(f"{TEXT}c") or "1"
                yield " " * min(
                    int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 1, _MOST_SPACES
                )
            elif element.tag in (f"{TEXT}tab", f"{TEXT}line-break"):
                yield " "
            if element.text and isinstance(element.tag, str):
                yield element.text
        elif element is not paragraph and element.tail:
            yield element.tail


def _notes(cell: Xml, place: CellRange) -> Iterator[str]:
    """Yield the notes about a cell and where its links lead."""
    for note in cell.iter(f"{OFFICE}annotation"):
        author = fold(note.findtext(f"{DC}creator") or "")
        text = fold(" ".join("".join(line.itertext()) for line in note.iter(f"{TEXT}p"))).replace("\n", " ")
        if text:
            yield f"[Note at {place}] {author}: {text}" if author else f"[Note at {place}] {text}"
    for link in cell.iter(f"{TEXT}a"):
        target = link.get(f"{XLINK}href")
        if target:
            yield f"[Link at {place}] {target}"


def _filled(line: Line) -> bool:
    return bool(line.cells or line.notes)


def _has_values(element: Xml) -> bool:
    return any(cell.get(f"{OFFICE}value-type") or cell.get(f"{TABLE}formula") for cell in element)
