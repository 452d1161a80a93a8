"""Spreadsheets (XLSX): every sheet is a page, every row a line; values as shown, formulas where no value was kept."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.numbers import shown
from datazoom_desktop.intake.readers.office import (
    Xml,
    damaged,
    open_package,
    parse_part,
    relationships,
    relationships_by_id,
)
from datazoom_desktop.intake.readers.pagetext import PageText, fold
from datazoom_desktop.kernel.coverage import Coverage

_S: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_COLUMN = re.compile(r"[A-Z]{1,3}")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_CHARS = 64 << 20  #: of one sheet's text
_MOST_EMPTY = 3  #: empty cells shown between two filled ones
_ROWS_A_CHECK = 500


class XlsxReader:
    """Reads XLSX files; charts' numbers are in their sheets already."""

    name = "xlsx"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield a page for each sheet, hidden ones with that in their label."""
        with open_package(source.file, "spreadsheet") as package:
            try:
                book = _Book(package)
                sheets = book.sheets()
            except (ValueError, KeyError) as error:
                raise damaged("spreadsheet") from error
            if not sheets:
                raise damaged("spreadsheet")
            good = 0
            pages = []
            for number, (name, part, hidden) in enumerate(sheets, start=1):
                context.check()
                label = f"{name} (hidden)" if hidden else name
                try:
                    page = book.page(number, name, label, part, context)
                    good += 1
                except (ValueError, KeyError, zipfile.BadZipFile, EOFError, etree.LxmlError, OSError):
                    page = ReadPage(
                        number, Coverage.FAILED, label=label, reason="This sheet is damaged and cannot be read."
                    )
                pages.append(page)
                context.progress(number, len(sheets))
            if not good:
                raise damaged("spreadsheet")
            yield from pages


class _Book:
    """A workbook's shared strings and formats."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        top = relationships(package, "")
        self._main = next(iter(top.get("officeDocument", ())), "xl/workbook.xml")
        self._links = relationships(package, self._main)
        root = parse_part(package, self._main)
        if root is None:
            raise ValueError("no workbook")
        self._root = root
        properties = root.find(f"{_S}workbookPr")
        mac = properties is not None and properties.get("date1904") in ("1", "true")
        self._epoch: datetime = CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900
        self._strings = [fold(_ESCAPE.sub(_unescaped, text)) for text in self._shared()]
        self._formats = self._number_formats()

    def sheets(self) -> list[tuple[str, str | None, bool]]:
        """Return each sheet's name, part, and whether it is hidden."""
        targets = relationships_by_id(self._package, self._main)
        found = []
        for item in self._root.iter(f"{_S}sheet"):
            part = targets.get(item.get(f"{_R}id") or "")
            if part is None or "chartsheet" not in part:
                found.append((item.get("name") or "Sheet", part, item.get("state") in ("hidden", "veryHidden")))
        return found

    def page(self, number: int, name: str, label: str, part: str | None, context: ReadContext) -> ReadPage:
        """Return a sheet as a page: its name, its rows, its notes."""
        if part is None:
            raise KeyError(name)
        page = PageText()
        rows = 0
        for rows, text in enumerate(self._rows(part, context), start=1):
            if rows == 1:
                page.add(name, BlockKind.HEADING, 1)
            page.add(text, BlockKind.TABLE_ROW)
            if len(page) > _MOST_CHARS:
                raise ValueError("the sheet is too large")
        for note in self._comments(part):
            page.add(note)
        return page.page(number, label) if rows or len(page) else ReadPage(number, Coverage.BLANK, label=label)

    def _rows(self, part: str, context: ReadContext) -> Iterator[str]:
        with self._package.open(part) as probe:
            if b"<!ENTITY" in probe.read(65536):
                raise ValueError("the sheet defines entities")
        with self._package.open(part) as stream:
            rows = etree.iterparse(
                stream,
                events=("end",),
                tag=f"{_S}row",
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=True,
                recover=True,
            )
            for count, (_, element) in enumerate(rows):
                if count % _ROWS_A_CHECK == 0:
                    context.check()
                text = self._line(element)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
                if text:
                    yield text

    def _line(self, element: Xml) -> str:
        """Return a row's cells joined by " | ": from its first filled one to its last, with few of the empty ones between."""
        cells: list[str] = []
        at = 0
        for cell in element.iterfind(f"{_S}c"):
            text = self._cell(cell)
            letters = _COLUMN.match(cell.get("r") or "")
            column = column_index_from_string(letters.group()) if letters else at + 1
            if text:
                if cells:
                    cells.extend([""] * min(_MOST_EMPTY, max(0, column - at - 1)))
                cells.append(text)
                at = column
        return " | ".join(cells).replace("|  |", "| |")

    def _cell(self, cell: Xml) -> str:
        kind = cell.get("t")
        if kind == "inlineStr":
            return fold("".join(t.text or "" for t in cell.iter(f"{_S}t"))).replace("\n", " ")
        value = cell.findtext(f"{_S}v")
        if value is None or value == "":
            formula = cell.findtext(f"{_S}f")
            return f"={fold(formula)}" if formula else ""
        if kind == "s":
            index = int(value) if value.isdigit() else -1
            return self._strings[index].replace("\n", " ") if 0 <= index < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind in ("str", "e", "d"):
            return fold(_ESCAPE.sub(_unescaped, value)).replace("\n", " ")
        try:
            style = int(cell.get("s") or 0)
            return shown(float(value), self._formats[style] if style < len(self._formats) else "General", self._epoch)
        except (ValueError, OverflowError):
            return fold(value)

    def _shared(self) -> Iterator[str]:
        for part in self._links.get("sharedStrings", ()):
            root = parse_part(self._package, part)
            for item in root.iterfind(f"{_S}si") if root is not None else ():
                yield "".join(t.text or "" for t in item.iter(f"{_S}t") if t.getparent().tag != f"{_S}rPh")

    def _number_formats(self) -> list[str]:
        """Return the number format code of each cell style."""
        for part in self._links.get("styles", ()):
            root = parse_part(self._package, part)
            if root is not None:
                own = {item.get("numFmtId"): item.get("formatCode") or "General" for item in root.iter(f"{_S}numFmt")}
                styles = root.find(f"{_S}cellXfs")
                return (
                    [self._code(item.get("numFmtId") or "0", own) for item in styles if isinstance(item.tag, str)]
                    if styles is not None
                    else []
                )
        return []

    @staticmethod
    def _code(number: str, own: dict[str | None, str]) -> str:
        return own.get(number) or BUILTIN_FORMATS.get(int(number) if number.isdigit() else 0, "General")

    def _comments(self, part: str) -> Iterator[str]:
        for target in relationships(self._package, part).get("comments", ()):
            root = parse_part(self._package, target)
            for item in root.iter(f"{_S}comment") if root is not None else ():
                text = fold("".join(t.text or "" for t in item.iter(f"{_S}t"))).replace("\n", " ")
                if text:
                    yield f"[Note at {item.get('ref')}] {text}"


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found.group(1), 16))
