"""Web pages saved with all that belongs to them (MHTML): the page itself, then its frames; pictures and styles are left inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import Message

from lxml import etree

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.mail_headers import dated, header
from datazoom_desktop.intake.readers.mail_parse import parameter, parse, payload
from datazoom_desktop.intake.readers.markup import decode_html, pages_of
from datazoom_desktop.intake.readers.office import damaged
from datazoom_desktop.intake.readers.pagetext import PageText, followed
from datazoom_desktop.kernel.coverage import Coverage

_LARGEST = 256 << 20  #: bytes
_PAGES = ("text/html", "application/xhtml+xml")


class MhtmlReader:
    """Reads MHTML files."""

    name = "mhtml"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the pages of the saved page, under where and when it was saved, then those of its frames that hold anything."""
        if source.file.stat().st_size > _LARGEST:
            raise Unreadable(Coverage.SKIPPED, "The saved web page is larger than 256 MB.")
        with source.file.open("rb") as stream:
            message, limit = parse(stream, context.check)
        found = _in_order(message)
        if not found:
            raise damaged("saved web page")
        number = 1
        for position, part in enumerate(found):
            label = f"Frame: {header(part, 'Content-Location') or 'unnamed'}" if position else None
            for page in self._part(part, context):
                if position and page.coverage is Coverage.BLANK:
                    continue
                first = number == 1 and page.coverage.readable
                shown = followed(_head(message).page(1), page.text, page.blocks) if first else page
                yield replace(shown, page=number, label=label)
                number += 1
            context.progress(position + 1, len(found))
        if limit:
            yield ReadPage(number, Coverage.SKIPPED, reason=limit)

    @staticmethod
    def _part(part: Message, context: ReadContext) -> Iterator[ReadPage]:
        try:
            yield from pages_of(decode_html(payload(part), parameter(part, "charset")), context.check)
        except (etree.LxmlError, ValueError):
            yield ReadPage(1, Coverage.FAILED, reason="This part of the saved web page is damaged and cannot be read.")


def _head(message: Message) -> PageText:
    """Return what the file says of the page as a whole."""
    head = PageText()
    head.add(header(message, "Subject"), BlockKind.TITLE)
    place = header(message, "Snapshot-Content-Location") or header(message, "Content-Location")
    date = dated(header(message, "Date"))
    lines = (f"Saved from: {place}" if place else "", f"Saved on: {date}" if date else "")
    head.add("\n".join(filter(None, lines)))
    return head


def _in_order(message: Message) -> list[Message]:
    """Return the parts that are pages: the one that the file calls its main part, else the first, then the others."""
    start = parameter(message, "start").strip("<>")
    found = [part for part in message.walk() if part.get_content_type() in _PAGES]
    return sorted(found, key=lambda part: not start or header(part, "Content-ID").strip("<>") != start)
