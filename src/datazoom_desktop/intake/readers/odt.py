"""OpenDocument text (ODT): body in order with headers before and footers after; a page ends where the document breaks it."""

from __future__ import annotations

from collections.abc import Iterator

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.letter import Attachments
from datazoom_desktop.intake.readers.odf_package import OFFICE, STYLE, OpenDocument, open_document
from datazoom_desktop.intake.readers.odf_styles import Styles
from datazoom_desktop.intake.readers.odf_text import OdfText
from datazoom_desktop.intake.readers.office import Xml
from datazoom_desktop.intake.readers.pagetext import fold

_SHORT_LABEL = 40  #: letters; a longer header or footer is searched like the body


class OdtReader:
    """Reads ODT files, templates and the form of one XML file among them."""

    name = "odt"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the pages, then pictures large enough to hold words."""
        attachments = Attachments(context.scratch)
        with open_document(source, "document") as document:
            root = document.part("content.xml")
            body = root.find(f"{OFFICE}body/{OFFICE}text") if root is not None else None
            if root is None or body is None:
                raise ValueError("no text")
            manner = _styles_part(document)
            text = OdfText(document, Styles(root, manner), context, attachments)
            text.changes(body)
            _edges(text, manner, "header")
            yield from text.flow(body)
            _edges(text, manner, "footer")
            text.close_notes()
            yield text.page.page(text.number)
            yield from document.cut_short(text.number + 1)
            context.progress(text.number, text.number)
        yield from attachments.items


def _styles_part(document: OpenDocument) -> Xml | None:
    try:
        return document.part("styles.xml")
    except ValueError:
        return None  # the body can be read without it


def _edges(text: OdfText, manner: Xml | None, kind: str) -> None:
    """Add headers or footers, each text once; what is only a number or a few letters is furniture."""
    seen: set[str] = set()
    for master in manner.iter(f"{STYLE}master-page") if manner is not None else ():
        for edge in master:
            if (
                isinstance(edge.tag, str)
                and edge.tag.startswith(f"{STYLE}{kind}")
                and edge.get(f"{STYLE}display") != "false"
            ):
                for line in text.lines(edge):
                    shown = fold(line).replace("\n", " ")
                    if shown and shown not in seen:
                        seen.add(shown)
                        short = sum(map(str.isalpha, shown)) < _SHORT_LABEL
                        text.page.add(shown, BlockKind.FURNITURE if short else BlockKind.PARAGRAPH)
