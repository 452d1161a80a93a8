"""Spreadsheets (XLSX): every sheet is a page or several, every row a line of values as shown; formulas and notes follow the rows."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.embedded import KINDS, Embeddings
from datazoom_desktop.intake.readers.office import (
    Stream,
    Xml,
    damaged,
    is_whole,
    links,
    open_package,
    parse_part,
    relationships,
    relationships_by_id,
)
from datazoom_desktop.intake.readers.pagetext import fold
from datazoom_desktop.intake.readers.sheetpage import CHARS_A_PAGE, ROWS_A_PAGE, SheetPage
from datazoom_desktop.intake.readers.xlsx_notes import Note, Notes
from datazoom_desktop.intake.readers.xlsx_sheet import Looks, R, Row, Sheet, forget, rich_text, stretches, unescaped
from datazoom_desktop.kernel.coverage import Coverage

_S: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STATES: Final = {"hidden": "hidden", "veryHidden": "very hidden"}
_MOST_CHARS = 192 << 20  #: of one sheet's text
_MOST_STRINGS = 256 << 20  #: characters of all shared strings
_UNREADABLE: Final = (
    ValueError,
    KeyError,
    zipfile.BadZipFile,
    EOFError,
    etree.LxmlError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class _Named:
    """A sheet as the workbook lists it; ``part`` is None where it leads nowhere, ``state`` "" or how it is hidden."""

    name: str
    part: str | None
    state: str
    chart: bool

    def label(self, rows: str = "") -> str:
        """Return what its page is called; ``rows``: which of its rows, when it has several pages."""
        marks = ", ".join(filter(None, (self.state, rows)))
        return f"{self.name} ({marks})" if marks else self.name


class XlsxReader:
    """Reads XLSX files."""

    name = "xlsx"
    version = 2

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield each sheet's pages, hidden ones with that in their label, and the files that are embedded in them."""
        with open_package(source.file, "spreadsheet") as package:
            try:
                book = _Book(package, context)
            except _UNREADABLE as error:
                raise damaged("spreadsheet") from error
            failed: list[ReadPage] | None = []  # None from the first sheet that could be read
            for item in book.items():
                if failed is not None and isinstance(item, ReadPage):
                    if not item.coverage.readable:
                        failed.append(item)
                        continue
                    yield from failed
                    failed = None
                yield item
            if failed is not None:
                raise damaged("spreadsheet")


class _Book:
    """A workbook: its sheets, and what they share."""

    def __init__(self, package: zipfile.ZipFile, context: ReadContext) -> None:
        self.package = package
        self.context = context
        main = next(iter(relationships(package, "").get("officeDocument", ())), "xl/workbook.xml")
        root = parse_part(package, main)
        if root is None:
            raise ValueError("no workbook")
        parts = relationships(package, main)
        properties = root.find(f"{_S}workbookPr")
        mac = properties is not None and properties.get("date1904") in ("1", "true", "on")
        epoch = CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900
        strings = [fold(text).replace("\n", " ") for text in _shared(package, parts.get("sharedStrings", ()), context)]
        self.looks = Looks(strings, _number_formats(package, parts.get("styles", ())), epoch)
        self._embeddings = Embeddings(package, context.scratch)
        self.notes = Notes(package, main, root, self._embeddings)
        self.sheets = _listed(root, relationships_by_id(package, main))
        self._number = 0
        if not self.sheets:
            raise ValueError("no sheets")

    def items(self) -> Iterator[ReadPage | Attachment]:
        """Yield the pages of every sheet in order, and embedded files after the sheet that shows them."""
        known = {sheet.name for sheet in self.sheets}
        names: dict[str | None, list[Note]] = {}
        for sheet_name, note in self.notes.names():
            names.setdefault(sheet_name if sheet_name in known else None, []).append(note)
        for position, sheet in enumerate(self.sheets, start=1):
            self.context.check()
            extra = list(names.get(sheet.name, ()))
            if position == len(self.sheets):
                extra += [*dict.fromkeys(names.get(None, ())), *self.notes.others()]
            try:
                yield from self._sheet(sheet, extra)
            except _UNREADABLE:
                yield self.failed(sheet.label(), f"The sheet “{sheet.name}” is damaged and cannot be read.")
            yield from self._embeddings.fresh()
            self.context.progress(position, len(self.sheets))

    def next_number(self) -> int:
        """Return the next page's number."""
        self._number += 1
        return self._number

    def failed(self, label: str, reason: str) -> ReadPage:
        """Return a page that says why there is none."""
        return ReadPage(self.next_number(), Coverage.FAILED, label=label, reason=reason)

    def _sheet(self, sheet: _Named, extra: list[Note]) -> Iterator[ReadPage]:
        if sheet.part is None:
            raise KeyError(sheet.name)
        notes = [*(self.notes.chart_of(sheet.part) if sheet.chart else self.notes.of_sheet(sheet.part)), *extra]
        notes += self._inside(sheet.part)
        if sheet.chart:
            page = SheetPage(sheet.name)
            for text, place in notes:
                page.note(text, place)
            yield page.page(self.next_number(), sheet.label())
        else:
            yield from _Pages(self, sheet, sheet.part, notes).read()

    def _inside(self, part: str) -> Iterator[Note]:
        """Take out the files embedded in a sheet, and yield a line for each, and for each that is only linked to."""
        for link in links(self.package, part):
            if link.kind not in KINDS:
                continue
            if link.external:
                yield f"[Linked file] {link.target}", None
                continue
            try:
                name = self._embeddings.take(link)
            except ValueError:
                yield "[An embedded file here is damaged and could not be taken out.]", None
            else:
                yield (f"[Embedded file] {name}" if name else ""), None


class _Pages:
    """Turns one sheet's rows into pages, and ends the last with its notes."""

    def __init__(self, book: _Book, sheet: _Named, part: str, notes: list[Note]) -> None:
        self._book = book
        self._named = sheet
        self._sheet = Sheet(book.package, part, book.looks, book.context.check)
        self._links = {link.id: link.target for link in links(book.package, part) if link.external}
        self._notes = notes
        self._page = SheetPage(sheet.name)
        self._hidden: list[Row] = []
        self._first = self._last = self._rows = self._chars = 0
        self._turned = False

    def read(self) -> Iterator[ReadPage]:
        """Yield the sheet's pages; what cannot be read of it is a page that says so."""
        reason = ""
        try:
            for row in self._sheet.rows():
                if self._rows >= ROWS_A_PAGE or self._page.full or self._sheet.formulas.size >= CHARS_A_PAGE:
                    yield self._turn()
                if self._chars > _MOST_CHARS:
                    reason = f"The sheet “{self._named.name}” goes on after row {self._last:,} with more text than can be read."
                    break
                self._take(row)
        except _UNREADABLE:
            if not self._last:
                raise
            reason = f"The sheet “{self._named.name}” is damaged: what follows row {self._last:,} could not be read."
        if not reason and not self._sheet.facts.whole:
            reason = f"The sheet “{self._named.name}” is damaged: what follows row {self._last:,} may be missing or incomplete."
        self._open()
        self._tell_notes()
        if len(self._page) or not self._turned:
            yield self._close()
        if reason:
            yield self._book.failed(self._named.label("the rest"), reason)

    def _take(self, row: Row) -> None:
        self._rows += 1
        self._first = self._first or row.number
        self._last = row.number
        self._open()
        if row.hidden:
            self._hidden.append(row)
        else:
            self._tell_hidden()
            self._page.row(row.cells)

    def _open(self) -> None:
        """Begin a page that has nothing yet with the sheet's name and, on the first, which columns are hidden."""
        if len(self._page) or not (
            self._rows or self._notes or self._sheet.facts.hyperlinks or self._sheet.facts.edges
        ):
            return
        self._page.add(self._named.label(), BlockKind.HEADING, 1)
        columns = self._sheet.facts.hidden_columns
        if columns and not self._turned:
            many = len(columns) > 1 or columns[0][0] != columns[0][1]
            names = stretches(columns, columns=True)
            self._page.note(f"[Columns {names} are hidden]" if many else f"[Column {names} is hidden]", None)

    def _tell_hidden(self) -> None:
        """Add the hidden rows that wait, under a line that says so."""
        if not self._hidden:
            return
        first, last = self._hidden[0], self._hidden[-1]
        one = first is last
        names = stretches([(first.number, last.number)], columns=False)
        self._page.note(f"[Row {names} is hidden]" if one else f"[Rows {names} are hidden]", None)
        for row in self._hidden:
            self._page.row(row.cells)
        self._page.note("[Shown again]", None)
        self._hidden.clear()

    def _tell_notes(self) -> None:
        self._tell_hidden()
        for text in self._sheet.facts.edges:
            self._page.note(text, None, BlockKind.FURNITURE)
        for linked, identifier, inside in self._sheet.facts.hyperlinks:
            target = self._links.get(identifier, "")
            if target:
                self._page.note(f"[Link at {linked}] {target}{'#' if inside else ''}{inside}", linked)
        for text, place in self._notes:
            self._page.note(text, place)

    def _turn(self) -> ReadPage:
        """Return the page that is full and begin the next."""
        self._turned = True
        page = self._close()
        self._page = SheetPage(self._named.name)
        self._first = self._rows = 0
        return page

    def _close(self) -> ReadPage:
        self._tell_hidden()
        heading = True
        for place, words in self._sheet.formulas.told():
            if heading:
                self._page.add("Formulas", BlockKind.HEADING, 2)
                heading = False
            self._page.note(words, place, BlockKind.LIST_ITEM)
        self._chars += len(self._page)
        rows = f"rows {self._first:,} to {self._last:,}" if self._turned and self._first else ""
        return self._page.page(self._book.next_number(), self._named.label(rows))


def _listed(root: Xml, targets: dict[str, str]) -> list[_Named]:
    found = []
    for item in root.iter(f"{_S}sheet"):
        part = targets.get(item.get(f"{R}id") or "")
        state = _STATES.get(item.get("state") or "", "")
        found.append(_Named(item.get("name") or "Sheet", part, state, part is not None and "chartsheet" in part))
    return found


def _shared(package: zipfile.ZipFile, parts: Sequence[str], context: ReadContext) -> Iterator[str]:
    """Yield the strings that cells refer to by number."""
    total = 0
    for part in parts:
        stream = Stream(package, part)
        try:
            events = stream.elements(("si",))
            for count, (_, item) in enumerate(events):
                if count % 2_000 == 0:
                    context.check()
                text = unescaped(rich_text(item))
                total += len(text)
                if total > _MOST_STRINGS:
                    raise ValueError("too much text")
                yield text
                forget(item)
            if not is_whole(events):
                raise ValueError("the shared strings are damaged")
        finally:
            stream.close()


def _number_formats(package: zipfile.ZipFile, parts: Sequence[str]) -> list[str]:
    """Return the number format code of each cell style."""
    for part in parts:
        root = parse_part(package, part)
        styles = root.find(f"{_S}cellXfs") if root is not None else None
        if root is not None and styles is not None:
            own = {item.get("numFmtId"): item.get("formatCode") or "General" for item in root.iter(f"{_S}numFmt")}
            return [_code(item.get("numFmtId") or "0", own) for item in styles.iter(f"{_S}xf")]
    return []


def _code(number: str, own: dict[str | None, str]) -> str:
    return own.get(number) or BUILTIN_FORMATS.get(int(number) if number.isdigit() and len(number) < 6 else 0, "General")
