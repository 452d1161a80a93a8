"""OpenDocument presentations and drawings (ODP, ODG): every slide or drawing page is a page: title, shapes, tables, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.letter import Attachments
from datazoom_desktop.intake.readers.odf_package import DRAW, OFFICE, PRESENTATION, STYLE, open_document
from datazoom_desktop.intake.readers.odf_styles import Styles
from datazoom_desktop.intake.readers.odf_text import SHAPES, OdfText
from datazoom_desktop.intake.readers.office import Xml
from datazoom_desktop.intake.readers.pagetext import fold
from datazoom_desktop.kernel.coverage import Coverage

_SVG: Final = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_LENGTH = re.compile(r"(-?\d{1,6}(?:\.\d{1,9})?)(mm|cm|in|pt|pc|px)?")
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6, "px": 25.4 / 96, None: 1.0}
_ROW = 8  #: millimetres; shapes closer than this stand side by side
_FURNITURE = ("footer", "date-time", "page-number", "header")


class OdpReader:
    """Reads ODP and ODG files."""

    name = "odp"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the slides in order, hidden ones with that in their label, then pictures large enough to hold words."""
        attachments = Attachments(context.scratch)
        with open_document(source, "presentation") as document:
            root = document.part("content.xml")
            body = root.find(f"{OFFICE}body") if root is not None else None
            slides = list(body.iter(f"{DRAW}page")) if body is not None else []
            if not slides:
                raise ValueError("no slides")
            try:
                styles = Styles(root, document.part("styles.xml"))
            except ValueError:
                styles = Styles(root)
            for number, slide in enumerate(slides, start=1):
                context.check()
                text = OdfText(document, styles, context, attachments)
                try:
                    yield _Slide(slide, text, root).page(number)
                except (ValueError, RecursionError):
                    yield ReadPage(number, Coverage.FAILED, reason="This slide is damaged and cannot be read.")
                context.progress(number, len(slides))
            yield from document.cut_short(len(slides) + 1)
        yield from attachments.items


class _Slide:
    def __init__(self, slide: Xml, text: OdfText, root: Xml) -> None:
        self._slide = slide
        self._text = text
        self._root = root

    def page(self, number: int) -> ReadPage:
        """Return the slide as a page labelled with its title."""
        text, title = self._text, ""
        for shape in _in_order([child for child in self._slide if child.tag in SHAPES]):
            kind = shape.get(f"{PRESENTATION}class") or ""
            if kind == "title" and not title:
                title = fold(" ".join(text.lines(shape))).replace("\n", " ")
                text.page.add(title, BlockKind.HEADING, 1)
            elif kind in _FURNITURE:
                for line in text.lines(shape):
                    text.page.add(line, BlockKind.FURNITURE)
            else:
                for _ in text.shape(shape):
                    pass  # nothing on a slide ends it
        for comment in self._slide.iter(f"{OFFICE}annotation"):
            text.comment(comment)
        text.close_notes()
        self._notes()
        label = f"{title or fold(self._slide.get(f'{DRAW}name') or '')}{' (hidden)' if self._hidden() else ''}".strip()
        return text.page.page(number, label or None)

    def _notes(self) -> None:
        notes = self._slide.find(f"{PRESENTATION}notes")
        lines: list[str] = []
        for frame in notes.iter(f"{DRAW}frame") if notes is not None else ():
            if frame.get(f"{PRESENTATION}class") == "notes":
                lines += self._text.lines(frame)
        for number, line in enumerate(lines):
            self._text.page.add(f"Notes: {line}" if number == 0 else line)

    def _hidden(self) -> bool:
        name = self._slide.get(f"{DRAW}style-name")
        for style in self._root.iter(f"{STYLE}style"):
            if style.get(f"{STYLE}name") == name and style.get(f"{STYLE}family") == "drawing-page":
                found = style.find(f"{STYLE}drawing-page-properties")
                return found is not None and found.get(f"{PRESENTATION}visibility") == "hidden"
        return False


def _in_order(shapes: list[Xml]) -> list[Xml]:
    """Return the title first, then, where every shape says where it stands, the rest by rows, else in the file's order."""
    titles = [shape for shape in shapes if shape.get(f"{PRESENTATION}class") == "title"]
    rest = [shape for shape in shapes if not any(shape is title for title in titles)]
    places = [_place(shape) for shape in rest]
    if all(place is not None for place in places):
        numbers = sorted(range(len(rest)), key=lambda n: ((places[n] or (0, 0))[1] // _ROW, (places[n] or (0, 0))[0]))
        rest = [rest[number] for number in numbers]
    return titles + rest


def _place(shape: Xml) -> tuple[float, float] | None:
    """Return where a shape's left upper corner is, in millimetres, None where it does not say."""
    inner = shape if shape.tag != f"{DRAW}g" else next((item for item in shape.iter() if item.get(f"{_SVG}x")), shape)
    found = [_LENGTH.fullmatch(inner.get(f"{_SVG}{axis}") or inner.get(f"{_SVG}{axis}1") or "") for axis in ("x", "y")]
    if found[0] is None or found[1] is None:
        return None
    return float(found[0][1]) * _MILLIMETRES[found[0][2]], float(found[1][1]) * _MILLIMETRES[found[1][2]]
