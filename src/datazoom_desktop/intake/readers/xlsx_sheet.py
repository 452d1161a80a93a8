"""One sheet of a workbook, parsed as it comes: rows of shown values, what is hidden, merged cells, formulas."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from lxml import etree

from datazoom_desktop.intake.readers.numbers import shown
from datazoom_desktop.intake.readers.office import Stream, Xml, is_whole
from datazoom_desktop.intake.readers.pagetext import fold
from datazoom_desktop.intake.readers.xlsx_formulas import Formulas
from datazoom_desktop.intake.readers.xlsx_formulas import shown as shown_formula
from datazoom_desktop.kernel.cells import LAST_COLUMN, LAST_ROW, CellRange, cell_range, column_letters, column_number

R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CELLS_A_CHECK = 2_000
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?\bref\s*=\s*[\"']([A-Z$0-9:]{2,30})[\"']")
_MOST_MERGED = 200_000
_MOST_CHARS_A_ROW = 8 << 20
_CHUNK = 1 << 20
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PAGE_CODES = re.compile(r"&(?:\"[^\"]*\"|[KkLl][0-9A-Fa-f]{6}|\d+|&|.)")
_EDGES: Final = ("oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter")
_ON: Final = ("1", "true", "on")


@dataclass(frozen=True, slots=True)
class Looks:
    """What a workbook says about how its cells are shown."""

    strings: list[str]
    formats: list[str]  #: number format by cell style
    epoch: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet; ``cells`` are its filled ones, left to right."""

    number: int
    hidden: bool
    cells: list[tuple[CellRange, str]]


@dataclass(slots=True)
class SheetFacts:
    """What a sheet says besides its rows; filled while they pass.

    Attributes:
        hidden_columns: First and last of each stretch, 1-based.
        hyperlinks: The cells, the relationship's id ("" for a place in the workbook), that place, the text shown on hovering.
        edges: Printed headers and footers.
        whole: Whether all of the sheet could be parsed, once its rows have passed.
    """

    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    hyperlinks: list[tuple[CellRange, str, str]] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    whole: bool = True


class Sheet:
    """One sheet's part."""

    def __init__(self, package: zipfile.ZipFile, part: str, looks: Looks, check: Callable[[], None]) -> None:
        """Look at a part; nothing is read yet."""
        self._package = package
        self._part = part
        self._looks = looks
        self._check = check
        self._amiss = False  #: a cell lies where no spreadsheet has cells, has no text where it should, or a row has more than any
        self._pending: list[tuple[int, int, str, str | None]] = []  #: formulas of the row that passes
        self.formulas = Formulas()
        self.facts = SheetFacts()

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold anything, top to bottom.

        Raises:
            ValueError: The part cannot be unpacked, or defines entities.
            KeyError: There is no such part.
        """
        merged = self._merged()
        stream = Stream(self._package, self._part)
        try:
            events = stream.elements(("row", "c", "col", "hyperlink", *_EDGES), ("start", "end"))
            yield from self._pass(events, merged)
            self.facts.whole = is_whole(events) and not self._amiss
        except etree.XMLSyntaxError as error:
            raise ValueError(f"{self._part} is not XML") from error
        finally:
            stream.close()

    def _pass(self, events: Iterator[tuple[str, Xml]], merged: dict[tuple[int, int], CellRange]) -> Iterator[Row]:
        number = column = seen = chars = 0
        hidden = False
        cells: list[tuple[CellRange, str]] = []
        for event, element in events:
            name = element.tag[element.tag.rfind("}") + 1 :]
            if event == "start":
                if name == "row":
                    number = _row_number(element.get("r"), number)
                    hidden = element.get("hidden") in _ON
                    column, chars, cells = 0, 0, []
                continue
            if name == "c":
                seen += 1
                if seen % _CELLS_A_CHECK == 0:
                    self._check()
                column = _column_number(element.get("r"), column)
                if column > LAST_COLUMN or number > LAST_ROW or chars > _MOST_CHARS_A_ROW:
                    self._amiss = True
                elif text := self._cell(element, column, number):
                    chars += len(text)
                    place = merged.get((column, number)) or CellRange(column, number, column, number)
                    cells.append((place, text))
            elif name == "row":
                if cells:
                    yield Row(number, hidden, cells)
                self._collect()  # now that whoever asked for the row has put it on its page
            else:
                self._fact(name, element)
            forget(element)

    def _cell(self, cell: Xml, column: int, row: int) -> str:
        """Return what a cell shows; its formula where no value was kept. Its formula is collected where it has both."""
        value: str | None = None
        rich: Xml | None = None
        formula: Xml | None = None
        for child in cell:
            tag = child.tag
            if not isinstance(tag, str):
                continue
            if tag.endswith("}v"):
                value = child.text or ""
            elif tag.endswith("}f"):
                formula = child
            elif tag.endswith("}is"):
                rich = child
        text = self._value(cell, value, rich)
        if formula is None:
            return text
        kind, words = formula.get("t"), formula.text or ""
        if not value and rich is None and cell.get("t") != "str":  # no value was kept, not even an empty text
            return f"={shown_formula(words)}" if words else ""
        if kind in ("array", "dataTable"):
            self._special(kind, formula, words, CellRange(column, row, column, row))
        else:
            self._pending.append((column, row, words, formula.get("si") if kind == "shared" else None))
        return text

    def _collect(self) -> None:
        for formula in self._pending:
            self.formulas.add(*formula)
        self._pending.clear()

    def _special(self, kind: str, formula: Xml, words: str, here: CellRange) -> None:
        """Collect a formula that fills a range as a whole: an array, or a table of what-if values."""
        place = cell_range(formula.get("ref") or "") or here
        if kind == "array":
            self.formulas.add_special(place, f"[Array formula at {place}] ={shown_formula(words)}")
        else:
            inputs = " and ".join(filter(None, (formula.get("r1"), formula.get("r2"))))
            self.formulas.add_special(place, f"[Data table at {place}] for the input {inputs or 'not named'}")

    def _value(self, cell: Xml, value: str | None, rich: Xml | None) -> str:
        kind = cell.get("t")
        if kind == "inlineStr":
            return unescaped(rich_text(rich)) if rich is not None else value or ""
        if not value:
            return ""
        if kind == "s":
            index = int(value) if value.isdigit() and len(value) < 10 else -1
            if 0 <= index < len(self._looks.strings):
                return self._looks.strings[index]
            self._amiss = True
            return ""
        if kind == "b":
            return "TRUE" if value in _ON else "FALSE"
        if kind in ("str", "e"):
            return unescaped(value)
        if kind == "d":
            return value.removesuffix("T00:00:00").removesuffix("T00:00:00.000").replace("T", " ")
        try:
            style = int(cell.get("s") or 0)
            formats = self._looks.formats
            return shown(float(value), formats[style] if 0 <= style < len(formats) else "General", self._looks.epoch)
        except (ValueError, OverflowError, ArithmeticError):
            return value

    def _fact(self, name: str, element: Xml) -> None:
        if name == "col":
            if element.get("hidden") in _ON:
                first, last = _number(element.get("min")), _number(element.get("max"))
                if 1 <= first <= last:
                    self.facts.hidden_columns.append((first, min(last, LAST_COLUMN)))
        elif name == "hyperlink":
            place = cell_range(element.get("ref") or "")
            if place is not None:
                self.facts.hyperlinks.append((place, element.get(f"{R}id") or "", element.get("location") or ""))
        else:
            text = fold(_PAGE_CODES.sub(" ", element.text or "")).replace("\n", " ")
            if text and text not in self.facts.edges:
                self.facts.edges.append(text)

    def _merged(self) -> dict[tuple[int, int], CellRange]:
        """Return the ranges that are merged into one cell, by their first column and row: they are told after the rows."""
        found: dict[tuple[int, int], CellRange] = {}
        stream = Stream(self._package, self._part)
        try:
            tail = b""
            while chunk := stream.read(_CHUNK):
                self._check()
                for match in _MERGED.finditer(tail + chunk):
                    place = cell_range(match[1].decode("ascii"))
                    if place is not None and len(found) < _MOST_MERGED:
                        found[place.column, place.row] = place
                tail = chunk[-200:]
        finally:
            stream.close()
        return found


def rich_text(element: Xml) -> str:
    """Return the text of a shared or inline string, its reading aids for Japanese left out."""
    return "".join(
        text.text or ""
        for text in element.iter("{*}t")
        if (parent := text.getparent()) is None or not parent.tag.endswith("}rPh")
    )


def unescaped(text: str) -> str:
    """Return a string with the characters that XML cannot hold put back."""
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


def stretches(numbers: list[tuple[int, int]], *, columns: bool) -> str:
    """Return stretches of rows or columns in words, such as "C to E, H"."""

    def name(number: int) -> str:
        return column_letters(number) if columns else f"{number:,}"

    return ", ".join(name(a) if a == b else f"{name(a)} to {name(b)}" for a, b in numbers)


def _row_number(stated: str | None, before: int) -> int:
    number = _number(stated)
    return number if before < number <= LAST_ROW else before + 1


def _column_number(address: str | None, before: int) -> int:
    found = _ADDRESS.fullmatch(address or "")
    column = column_number(found[1]) if found else 0
    return column if before < column <= LAST_COLUMN else before + 1


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else 0


def forget(element: Xml) -> None:
    """Let go of an element that has been dealt with, and of those before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while (before := element.getprevious()) is not None:
            parent.remove(before)
