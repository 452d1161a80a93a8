"""Plain text, Markdown, CSV and JSON: the text is exactly the decoded file; a form feed ends a page, or many rows of a CSV do."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import numpy as np

from datazoom_desktop.intake.detect import CSV
from datazoom_desktop.intake.encodings import decode
from datazoom_desktop.intake.model import Attachment, Block, BlockKind, ReadContext, ReadPage, Source, Unreadable, Words
from datazoom_desktop.intake.readers.delimited import Record, delimiter, first_row, records
from datazoom_desktop.intake.readers.sheetpage import CHARS_A_PAGE, ROWS_A_PAGE
from datazoom_desktop.intake.structure import blocks_of_text
from datazoom_desktop.kernel.cells import LAST_COLUMN, LAST_ROW
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.spans import Geometry

_LARGEST = 256 * 1024 * 1024  #: bytes; more than that is a data dump, not a document

_MOST_PAGES = 20_000  #: form feeds that end one; those after stay within the last


class TextReader:
    """Reads text files; offsets index the decoded file as ``open(newline="")`` gives it, byte-order mark included."""

    name = "text"
    version = 2

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield a page for each stretch between form feeds (one page when there is none), or for 20,000 rows of a CSV file."""
        if source.file.stat().st_size > _LARGEST:
            raise Unreadable(Coverage.SKIPPED, "The text file is larger than 256 MB.", "Split it into smaller files.")
        text = decode(source.file.read_bytes())
        if source.media_type == CSV:
            yield from _sheet(text, delimiter(text, source.name), context)
            return
        pages = text.split("\f", _MOST_PAGES)
        for number, part in enumerate(pages, start=1):
            context.check()
            whole = part + "\f" if number < len(pages) else part
            if number == len(pages) > 1 and not whole:
                break  # the file ends with a form feed
            blank = not whole.strip()
            blocks = () if blank else blocks_of_text(whole)
            yield ReadPage(number, Coverage.BLANK if blank else Coverage.TEXT, whole, blocks=blocks)
            context.progress(number, len(pages))


def _sheet(text: str, separator: str, context: ReadContext) -> Iterator[ReadPage]:
    """Yield the pages of a delimited text, which tile it exactly."""
    page = _Rows(text, 0, 1)
    number = row = 1
    if first_row(text):
        page.add_line(0, first_row(text))
    for record in records(text, separator):
        if row % 1_000 == 0:
            context.check()
        if row - page.first_row >= ROWS_A_PAGE or record.start - page.start >= CHARS_A_PAGE:
            yield page.page(number, record.start, last_row=row - 1, alone=False)
            page = _Rows(text, record.start, row)
            number += 1
            context.progress(number, 0)
        page.add(record, row)
        row += 1
    yield page.page(number, len(text), last_row=row - 1, alone=number == 1)
    context.progress(number, number)


class _Rows:
    """The rows of one page of a delimited text."""

    def __init__(self, text: str, start: int, first_row: int) -> None:
        self.start = start
        self.first_row = first_row
        self._text = text
        self._blocks: list[Block] = []
        self._starts, self._ends, self._boxes = array("i"), array("i"), array("f")

    def add(self, record: Record, row: int) -> None:
        """Add a row (1-based)."""
        self.add_line(record.start, record.end)
        for column, (start, end) in enumerate(record.cells, start=1):
            begin, stop = _trimmed(self._text, start, end)
            if begin < stop:
                self._starts.append(begin - self.start)
                self._ends.append(stop - self.start)
                place = (min(column, LAST_COLUMN), min(row, LAST_ROW))
                self._boxes.extend(place + place)

    def add_line(self, start: int, end: int) -> None:
        """Add a stretch as a block, unless it is blank."""
        begin, stop = _trimmed(self._text, start, end)
        if start < begin < stop and self._text[start] == "\ufeff":
            begin = start
        if begin < stop:
            self._blocks.append(Block(begin - self.start, stop - self.start, BlockKind.TABLE_ROW))

    def page(self, number: int, end: int, *, last_row: int, alone: bool) -> ReadPage:
        """Return the page, whose text ends at ``end``; ``alone``: it is the only one."""
        text = self._text[self.start : end]
        if not self._blocks:
            return ReadPage(number, Coverage.BLANK, text)
        words = Words(
            np.array(self._starts, np.int32),
            np.array(self._ends, np.int32),
            np.array(self._boxes, np.float32).reshape(-1, 4),
            Geometry.CELLS,
        )
        label = None if alone else f"Rows {self.first_row:,} to {last_row:,}"
        return ReadPage(number, Coverage.TEXT, text, label, words=words, blocks=tuple(self._blocks))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch without white space and byte-order marks around it."""
    while start < end and (text[start].isspace() or text[start] == "\ufeff"):
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
