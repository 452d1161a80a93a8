"""HTML files."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.markup import decode_html, pages_of
from datazoom_desktop.kernel.coverage import Coverage

_LARGEST = 128 << 20  #: bytes


class HtmlReader:
    """Reads web pages and filings as a browser shows them; pages are what page breaks in their style part."""

    name = "html"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the pages."""
        if source.file.stat().st_size > _LARGEST:
            raise Unreadable(Coverage.SKIPPED, "The web page is larger than 128 MB.")
        text = decode_html(source.file.read_bytes())
        try:
            yield from pages_of(text, context.check)
        except (etree.LxmlError, ValueError) as error:
            raise Unreadable(Coverage.FAILED, "The web page is damaged and cannot be read.") from error
