"""Rich Text Format (RTF): body with tables and list numbers, notes, comments, tracked changes, text boxes, headers and footers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.letter import Attachments
from datazoom_desktop.intake.readers.office import damaged
from datazoom_desktop.intake.readers.pagetext import PageText, fold, paragraph_kind, row
from datazoom_desktop.intake.readers.rtf_document import Document, Edge
from datazoom_desktop.intake.readers.rtf_flow import Break, Item, Paragraph, Row, plain
from datazoom_desktop.intake.structure import heading_level
from datazoom_desktop.kernel.coverage import Coverage

_LARGEST = 256 << 20  #: bytes
_SHORT_LABEL = 40  #: letters; a longer header or footer is searched like the body
_LONGEST_HEADING = 160
_HEADING_NAME = re.compile(r"(?:heading|\u00fcberschrift|titre|t\u00edtulo|titolo|kop|rubrik) ?(\d)", re.IGNORECASE)
_PAGES_MOST = 20_000


class RtfReader:
    """Reads RTF files; a page ends at a page break or a section that starts on a new page."""

    name = "rtf"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the pages, then pictures and files that are embedded."""
        if source.file.stat().st_size > _LARGEST:
            raise Unreadable(Coverage.SKIPPED, "The RTF document is larger than 256 MB.")
        data = source.file.read_bytes()
        start = data.find(b"{\\rtf", 0, 4096)
        if start < 0:
            raise damaged("RTF document")
        attachments = Attachments(context.scratch)
        document = Document(data[start:], context, attachments)
        yield from _Pages(document, context).pages()
        yield from attachments.items


class _Pages:
    """Writes a document's items onto pages."""

    def __init__(self, document: Document, context: ReadContext) -> None:
        self._document = document
        self._context = context
        self._page = PageText()
        self._number = 1
        self._edges: set[str] = set()

    def pages(self) -> Iterator[ReadPage]:
        """Yield the pages: headers where their section begins, notes at the end of their page, footers at the end."""
        for item in self._document.items():
            if isinstance(item, Edge):
                self._edge(item)
            elif isinstance(item, Break):
                if self._number < _PAGES_MOST:
                    yield from self._turn()
            else:
                self._add(item)
        for edge in self._document.footers:
            self._edge(edge)
        self._notes()
        yield self._page.page(self._number)
        self._context.progress(self._number, self._number)

    def _turn(self) -> Iterator[ReadPage]:
        self._notes()
        if len(self._page):
            yield self._page.page(self._number)
            self._page = PageText()
            self._number += 1

    def _notes(self) -> None:
        for note in self._document.take_notes():
            self._page.add(note)

    def _edge(self, edge: Edge) -> None:
        """Add a header or footer, each text once; what is only a number or a few letters is furniture."""
        for line in plain(edge.items).split("\n"):
            text = fold(line).replace("\n", " ")
            if text and text not in self._edges:
                self._edges.add(text)
                short = sum(map(str.isalpha, text)) < _SHORT_LABEL
                self._page.add(text, BlockKind.FURNITURE if short else BlockKind.PARAGRAPH)

    def _add(self, item: Item) -> None:
        if isinstance(item, Row):
            filled = [cell for cell in item.cells if any(p.text.strip() for p in cell)]
            if len(filled) == 1:
                for paragraph in filled[0]:
                    self._paragraph(paragraph)
            else:
                texts = ["\n".join(p.text for p in cell) for cell in item.cells]
                self._page.add(row(texts), BlockKind.TABLE_ROW)
            for inner in item.inner:
                self._add(inner)
        elif isinstance(item, Paragraph):
            self._paragraph(item)

    def _paragraph(self, paragraph: Paragraph) -> None:
        text = fold(paragraph.text)
        if not text:
            return
        name, outline, bold = self._document.style(paragraph.style)
        named = _HEADING_NAME.match(name)
        stated = paragraph.outline if paragraph.outline is not None else outline
        level = int(named.group(1)) if named else stated + 1 if stated is not None and stated < 9 else 0
        long = len(text) > _LONGEST_HEADING
        if name.lower() == "title" and not long:
            self._page.add(text, BlockKind.TITLE)
        elif level and not long:
            self._page.add(text, BlockKind.HEADING, level)
        else:
            level = heading_level(text, 1 if paragraph.bold or bold else 0)
            kind = BlockKind.HEADING if level else paragraph_kind(text)
            self._page.add(text, kind, level or (1 if kind is BlockKind.LIST_ITEM else 0))
