"""OpenDocument spreadsheets (ODS): every sheet is a page or several, every row a line of values as shown; formulas and notes follow."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

from lxml import etree

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.odf_package import OFFICE, STYLE, TABLE, OpenDocument, open_document
from datazoom_desktop.intake.readers.ods_cells import (
    Grid,
    Line,
    Named,
    address_shown,
    formula_shown,
    is_hidden,
    repeats,
)
from datazoom_desktop.intake.readers.office import Stream, Xml, is_whole
from datazoom_desktop.intake.readers.pagetext import fold
from datazoom_desktop.intake.readers.sheetpage import CHARS_A_PAGE, ROWS_A_PAGE, SheetPage
from datazoom_desktop.intake.readers.xlsx_formulas import Formulas
from datazoom_desktop.intake.readers.xlsx_sheet import forget, stretches
from datazoom_desktop.kernel.cells import CellRange
from datazoom_desktop.kernel.coverage import Coverage

_MOST_CHARS = 192 << 20  #: of all sheets' text
_NAMES: Final = (
    "style",
    "table",
    "table-column",
    "table-row",
    "shapes",
    "named-range",
    "named-expression",
    "database-range",
)
_DAMAGED = "The spreadsheet is damaged: what follows may be missing or incomplete."


class OdsReader:
    """Reads ODS files."""

    name = "ods"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield each sheet's pages, hidden ones with that in their label, then the names that the file gives to cells."""
        with open_document(source, "spreadsheet") as document:
            book = _Book(document, context)
            yield from book.pages()
            if not book.sheets:
                raise ValueError("no sheets")


class _Content(Stream):
    """The content, which may have been encrypted, as a stream."""

    def __init__(self, data: bytes) -> None:
        self._stream = io.BytesIO(data)
        self._name = "content.xml"
        self._tail = b""


class _Book:
    """A spreadsheet, its content parsed as it comes."""

    def __init__(self, document: OpenDocument, context: ReadContext) -> None:
        self._content = document.content()
        self._context = context
        self._hidden_styles: set[str] = set()
        self._names: list[str] = []
        self._number = 0
        self._chars = 0
        self.sheets = 0

    def pages(self) -> Iterator[ReadPage]:
        """Yield the pages of all sheets."""
        events = _Content(self._content).elements(_NAMES, ("start", "end"))
        sheet: _Sheet | None = None
        try:
            for count, (event, element) in enumerate(events):
                if count % 500 == 0:
                    self._context.check()
                if event == "start" and element.tag == f"{TABLE}table" and sheet is None and _is_sheet(element):
                    self.sheets += 1
                    sheet = _Sheet(Named(element, self._hidden_styles))
                elif (
                    event == "end" and element.tag == f"{TABLE}table" and sheet is not None and sheet.named.is_(element)
                ):
                    yield from self._told(sheet.rest())
                    self._context.progress(self.sheets, 0)
                    sheet = None
                    forget(element)
                elif event == "end":
                    yield from self._told(self._taken(element, sheet))
                if self._chars > _MOST_CHARS:
                    yield self._failed("The spreadsheet holds more text than can be read; what follows is missing.")
                    return
        except etree.XMLSyntaxError:
            if sheet is not None:
                yield from self._told(sheet.rest())
            yield self._failed(_DAMAGED)
            return
        yield from self._told(self._named_cells())
        if not is_whole(events):
            yield self._failed(_DAMAGED)

    def _taken(self, element: Xml, sheet: _Sheet | None) -> Iterator[tuple[SheetPage, str | None]]:
        """Take in an element that is complete."""
        tag = element.tag
        if tag == f"{STYLE}style":
            properties = element.find(f"{STYLE}table-properties")
            if properties is not None and properties.get(f"{TABLE}display") == "false":
                self._hidden_styles.add(element.get(f"{STYLE}name") or "")
        elif tag in (f"{TABLE}named-range", f"{TABLE}named-expression", f"{TABLE}database-range"):
            formula = element.get(f"{TABLE}expression")
            cells = element.get(f"{TABLE}cell-range-address") or element.get(f"{TABLE}target-range-address") or ""
            meaning = formula_shown(formula) if formula else address_shown(cells)
            name = element.get(f"{TABLE}name") or ""
            if name and meaning and not name.startswith("__Anonymous"):
                self._names.append(f"[Name] {name} ={meaning}")
        elif sheet is not None and tag == f"{TABLE}table-row" and sheet.named.holds(element):
            yield from sheet.row(element)
            forget(element)
        elif sheet is not None and tag == f"{TABLE}table-column" and sheet.named.holds(element):
            sheet.column(element)
        elif sheet is not None and tag == f"{TABLE}shapes":
            sheet.shapes(element)

    def _told(self, made: Iterator[tuple[SheetPage, str | None]]) -> Iterator[ReadPage]:
        for page, label in made:
            self._number += 1
            self._chars += len(page)
            yield page.page(self._number, label)

    def _failed(self, reason: str) -> ReadPage:
        self._number += 1
        return ReadPage(self._number, Coverage.FAILED, reason=reason)

    def _named_cells(self) -> Iterator[tuple[SheetPage, str | None]]:
        if self._names:
            page = SheetPage(None)
            for line in self._names:
                page.note(line, None)
            yield page, "Names"


class _Sheet:
    """Turns one sheet's rows into pages, and ends each with its formulas and the last with its notes."""

    def __init__(self, named: Named) -> None:
        self.named = named
        self._page = SheetPage(named.name)
        self._grid = Grid()
        self._formulas = Formulas()
        self._notes: list[tuple[str, CellRange | None]] = []
        self._rows = self._first = self._last = 0
        self._turned = False
        self._hidden: list[Line] = []

    def column(self, element: Xml) -> None:
        """Take in a column's description."""
        self._grid.column(is_hidden(element), repeats(element, f"{TABLE}number-columns-repeated"))

    def shapes(self, element: Xml) -> None:
        """Take in what is drawn over the cells."""
        words = fold(" ".join(text for text in element.itertext() if not text.isspace())).replace("\n", " ")
        if words:
            self._notes.append((f"[Text box] {words}", None))

    def row(self, element: Xml) -> Iterator[tuple[SheetPage, str | None]]:
        """Take in a row; yield the page before it when that is full."""
        for line in self._grid.row(element):
            if self._rows >= ROWS_A_PAGE or self._page.full or self._formulas.size >= CHARS_A_PAGE:
                yield self._close()
                self._turned = True
                self._page, self._rows, self._first = SheetPage(self.named.name), 0, 0
            self._take(line)

    def rest(self) -> Iterator[tuple[SheetPage, str | None]]:
        """Yield the last page."""
        if self._notes or self._rows:
            self._open()
        if len(self._page) or not self._turned:
            yield self._close()

    def _take(self, line: Line) -> None:
        self._rows += 1
        self._first = self._first or line.row
        self._last = line.last_row
        self._open()
        if line.hidden:
            self._hidden.append(line)
        else:
            self._tell_hidden()
            self._write(line)
        for column, formula in line.formulas:
            self._formulas.add(column, line.row, formula, None)
        self._notes += line.notes

    def _write(self, line: Line) -> None:
        self._page.row(line.cells)
        if line.last_row > line.row:
            self._page.note(f"[The same in rows {line.row + 1:,} to {line.last_row:,}]", None)

    def _tell_hidden(self) -> None:
        """Add the hidden rows that wait, under a line that says so."""
        if self._hidden:
            first, last = self._hidden[0].row, self._hidden[-1].last_row
            names = stretches([(first, last)], columns=False)
            self._page.note(f"[Row {names} is hidden]" if first == last else f"[Rows {names} are hidden]", None)
            for line in self._hidden:
                self._write(line)
            self._page.note("[Shown again]", None)
            self._hidden.clear()

    def _open(self) -> None:
        """Begin a page that has nothing yet with the sheet's name and, on the first, which columns are hidden."""
        if not len(self._page):
            self._page.add(self.named.label(), BlockKind.HEADING, 1)
            columns = self._grid.hidden_columns
            if columns and not self._turned:
                many = len(columns) > 1 or columns[0][0] != columns[0][1]
                names = stretches(columns, columns=True)
                self._page.note(f"[Columns {names} are hidden]" if many else f"[Column {names} is hidden]", None)

    def _close(self) -> tuple[SheetPage, str | None]:
        self._tell_hidden()
        for text, cells in self._notes:
            self._page.note(text, cells)
        self._notes.clear()
        heading = True
        for place, words in self._formulas.told():
            if heading:
                self._page.add("Formulas", BlockKind.HEADING, 2)
                heading = False
            self._page.note(words, place, BlockKind.LIST_ITEM)
        rows = f"rows {self._first:,} to {self._last:,}" if self._turned and self._first else ""
        return self._page, self.named.label(rows)


def _is_sheet(element: Xml) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag in (f"{OFFICE}spreadsheet", f"{TABLE}table-group")
