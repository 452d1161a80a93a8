"""The text of a Word paragraph: its runs with what became of them, fields, links, notes, symbols, and what is drawn or embedded in it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from datazoom_desktop.intake.readers import changes
from datazoom_desktop.intake.readers.changes import PAGE_TURN, Piece
from datazoom_desktop.intake.readers.docx_fields import Fields, leads_to, link_words
from datazoom_desktop.intake.readers.docx_notes import Notes
from datazoom_desktop.intake.readers.docx_numbering import W
from datazoom_desktop.intake.readers.drawing import EMU_A_POINT, FALLBACK, A, Drawn, R, described, graphic, is_large
from datazoom_desktop.intake.readers.embedded import Embeddings
from datazoom_desktop.intake.readers.office import Link, Xml
from datazoom_desktop.intake.readers.symbols import spelled, symbol

LEFT_OUT: Final = frozenset(
    f"{W}{tag}"
    for tag in (
        "instrText",
        "delInstrText",
        "rPr",
        "pPr",
        "tblPr",
        "tblGrid",
        "trPr",
        "tcPr",
        "sdtPr",
        "sdtEndPr",
        "rt",
        "ffData",
    )
)
DEEPEST: Final = 60
_MARKS: Final = {
    f"{W}ins": changes.INSERTED,
    f"{W}del": changes.DELETED,
    f"{W}moveFrom": changes.MOVED_FROM,
    f"{W}moveTo": changes.MOVED_TO,
}
_GONE: Final = frozenset({changes.DELETED, changes.MOVED_FROM})
_ALTERNATIVES: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_O: Final = "{urn:schemas-microsoft-com:office:office}"
_V: Final = "{urn:schemas-microsoft-com:vml}"
_BREAKS: Final = frozenset({f"{W}br", f"{W}cr"})
_BETWEEN: Final = {f"{_M}f": "/", f"{_M}sSup": "^", f"{_M}sSub": "_"}
_POINTS: Final = re.compile(r"(?:^|;)\s*(?:width|height):(\d{1,6})(?:\.\d*)?pt")
_MOST_OPEN: Final = 200  #: comments whose stretches overlap; of more it is not told what they are about
_MOST_ABOUT: Final = 4_000  #: pieces of text kept of what a comment is about


@dataclass(slots=True)
class Said:
    """What a paragraph says.

    Attributes:
        pieces: Its text.
        boxes: Text boxes anchored in it.
        drawn: Charts and diagrams in it.
        notes: Footnotes and endnotes it refers to, as lines.
        comments: Comments that end in it, as lines.
    """

    pieces: list[Piece] = field(default_factory=list)
    boxes: list[Xml] = field(default_factory=list)
    drawn: list[Drawn] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def text(self, within: tuple[str, ...] = ()) -> str:
        """Return the text with its marks, except those ``within``; a page turn is a form feed."""
        return changes.marked(self.pieces, within)


@dataclass(frozen=True, slots=True)
class Shared:
    """What all stories of a document share.

    Attributes:
        hidden_styles: The styles of letters that hide them.
        readers: Who reads the text of a kind of note ("footnote", "endnote", "comment"), whose part has links of its own.
    """

    notes: Notes
    hidden_styles: frozenset[str]
    embeddings: Embeddings
    readers: dict[str, Story] = field(default_factory=dict)


class Story:
    """Reads the paragraphs of one part (body, header, notes), in order."""

    def __init__(
        self,
        package: zipfile.ZipFile,
        links: tuple[Link, ...],
        fields: Fields,
        shared: Shared,
    ) -> None:
        """Read a part whose relationships are ``links`` and whose fields are known."""
        self._package = package
        self._links = {link.id: link for link in links}
        self._targets = {link.id: link.target for link in links if not link.external}
        self._fields = fields
        self._notes = shared.notes
        self._shared = shared
        self._about: dict[str, list[Piece]] = {}  #: what open comments are about, so far
        self._closed: dict[str, str] = {}  #: what comments are about whose stretch has ended
        self._said = Said()

    def read(self, paragraph: Xml, *, hidden: bool = False) -> Said:
        """Return what a paragraph says; ``hidden``: its style hides it."""
        before, self._said = self._said, Said()
        self._walk(paragraph, (changes.HIDDEN,) if hidden else (), "", 0)
        said, self._said = self._said, before
        return said

    def _walk(self, parent: Xml, marks: tuple[str, ...], font: str, depth: int) -> None:
        for child in parent:
            tag = child.tag
            if tag == f"{W}t":
                if child not in self._fields.unseen:
                    self._say(spelled(child.text or "", font), marks)
            elif tag == f"{W}r":
                self._run(child, marks, depth)
            elif tag in _MARKS:
                mark = _MARKS[tag]
                self._walk(child, marks if mark in marks else (*marks, mark), font, depth + 1)
            elif tag == f"{W}delText":
                self._say(
                    spelled(child.text or "", font), marks if changes.DELETED in marks else (*marks, changes.DELETED)
                )
            elif isinstance(tag, str) and tag not in LEFT_OUT and tag != FALLBACK and depth < DEEPEST:
                self._special(child, tag, marks, font, depth + 1)

    def _special(self, child: Xml, tag: str, marks: tuple[str, ...], font: str, depth: int) -> None:
        """Read an element that is neither text nor a run."""
        if tag in _BREAKS:
            self._say(PAGE_TURN if child.get(f"{W}type") == "page" else "\n", marks)
        elif tag == f"{W}lastRenderedPageBreak":
            self._say(PAGE_TURN, marks)
        elif tag in (f"{W}tab", f"{W}ptab"):
            self._say("\t", marks)
        elif tag == f"{W}noBreakHyphen":
            self._say("-", marks)
        elif tag == f"{W}sym":
            self._symbol(child, marks)
        elif tag == f"{W}fldChar":
            self._say(self._fields.said.get(child, ""), marks)
        elif tag in (f"{W}hyperlink", f"{W}fldSimple"):
            self._linked(child, marks, font, depth)
        elif tag.endswith("Reference") and tag.startswith(W):
            self._refer(child, tag[len(W) : -len("Reference")], marks)
        elif tag == f"{W}commentRangeStart":
            if len(self._about) < _MOST_OPEN:
                self._about[child.get(f"{W}id") or ""] = []
        elif tag == f"{W}commentRangeEnd":
            self._close(child.get(f"{W}id") or "")
        elif tag == f"{W}txbxContent":
            self._said.boxes.append(child)
        elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            self._drawing(child, marks, font, depth)
        elif tag == _ALTERNATIVES:
            self._alternatives(child, marks, font, depth)
        elif tag.startswith(_M):
            self._math(child, tag, marks, font, depth)
        else:
            self._walk(child, marks, font, depth)

    def _say(self, text: str, marks: tuple[str, ...]) -> None:
        if not text:
            return
        self._said.pieces.append(Piece(text, marks))
        for words in self._about.values():
            if len(words) < _MOST_ABOUT:
                words.append(Piece(text, marks))

    def _close(self, identifier: str) -> None:
        pieces = self._about.pop(identifier, None)
        if pieces is not None:
            live = [piece for piece in pieces if _GONE.isdisjoint(piece.marks)]
            self._closed[identifier] = "".join(piece.text for piece in live or pieces)

    def _run(self, run: Xml, marks: tuple[str, ...], depth: int) -> None:
        properties = run.find(f"{W}rPr")
        font = ""
        if properties is not None:
            fonts = properties.find(f"{W}rFonts")
            font = (fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or "") if fonts is not None else ""
            hidden = _switch(properties.find(f"{W}vanish"))
            style = properties.find(f"{W}rStyle")
            if hidden is None and style is not None:
                hidden = True if style.get(f"{W}val") in self._shared.hidden_styles else None
            if hidden is not None and changes.HIDDEN in marks and not hidden:
                marks = tuple(mark for mark in marks if mark != changes.HIDDEN)
            elif hidden and changes.HIDDEN not in marks:
                marks = (*marks, changes.HIDDEN)
        self._walk(run, marks, font, depth + 1)

    def _symbol(self, element: Xml, marks: tuple[str, ...]) -> None:
        try:
            code = int(element.get(f"{W}char") or "", 16)
        except ValueError:
            return
        self._say(symbol(code & 0xFFFF, element.get(f"{W}font") or ""), marks)

    def _linked(self, element: Xml, marks: tuple[str, ...], font: str, depth: int) -> None:
        """Read a link's text and add where it leads, when the text does not say so."""
        start = len(self._said.pieces)
        self._walk(element, marks, font, depth)
        shown = "".join(piece.text for piece in self._said.pieces[start:])
        if element.tag == f"{W}fldSimple":
            self._say(link_words(element.get(f"{W}instr") or "", shown), marks)
            return
        link = self._links.get(element.get(f"{R}id") or "")
        if link is not None and link.external:
            self._say(leads_to(link.target, shown), marks)

    def _refer(self, element: Xml, kind: str, marks: tuple[str, ...]) -> None:
        """Read the mark of a footnote, an endnote or a comment."""
        identifier = element.get(f"{W}id") or ""
        if kind == "comment":
            self._close(identifier)
            if identifier in self._notes.comments and identifier not in self._notes.told:
                self._said.comments.append(self.comment(identifier, self._closed.get(identifier, "")))
            return
        known = {"footnote": self._notes.foot, "endnote": self._notes.end}.get(kind, {})
        if identifier not in known:
            return
        mark = ""
        if element.get(f"{W}customMarkFollows") not in ("1", "true", "on"):
            mark = f"[{'e' if kind == 'endnote' else ''}{self._notes.number(kind, identifier)}]"
            self._say(mark, marks)
        text = self._note(kind, known[identifier])
        if text:
            self._said.notes.append(f"{mark} {text}".strip())

    def comment(self, identifier: str, about: str = "") -> str:
        """Return a comment as a line, and remember that it was told."""
        self._notes.told.add(identifier)
        return self._notes.comment(identifier, about, self._note("comment", self._notes.comments[identifier]))

    def _note(self, kind: str, item: Xml) -> str:
        """Return the text of a note, followed by the notes that it refers to itself."""
        reader = self._shared.readers.get(kind, self)
        said = [reader.read(paragraph) for paragraph in item.iter(f"{W}p")]
        lines = [each.text().replace(PAGE_TURN, " ") for each in said]
        lines += [line for each in said for line in (*each.notes, *each.comments)]
        return " ".join(" ".join(lines).split())

    def _drawing(self, element: Xml, marks: tuple[str, ...], font: str, depth: int) -> None:
        """Read a picture, a shape, a chart or an embedded object."""
        for item in _outside_boxes(element, 0):
            if item.tag == f"{_WP}docPr" and described(item):
                self._say(f" [Picture: {described(item)}] ", marks)
            elif item.tag == f"{_V}textpath":
                self._say(f" {item.get('string') or ''} ", marks)
            elif item.tag == f"{_O}OLEObject":
                self._embedded(item, marks)
            elif item.tag in (f"{A}blip", f"{_V}imagedata") and element.tag != f"{W}object" and _is_large(element):
                self._picture(item, marks)
        if next(element.iter(f"{W}txbxContent"), None) is None:
            self._said.drawn += graphic(self._package, element, self._targets, self._shared.embeddings)
        self._walk(element, marks, font, depth)

    def _picture(self, item: Xml, marks: tuple[str, ...]) -> None:
        """Hand a picture that fills much of a page on: it may be a page that was scanned."""
        link = self._links.get(item.get(f"{R}embed") or item.get(f"{R}id") or "")
        if link is None or link.external:
            return
        try:
            name = self._shared.embeddings.take_picture(link)
        except ValueError:
            self._say(" [A picture here is damaged and could not be taken out.] ", marks)
            return
        if name is not None:
            self._say(f" [Picture, read on its own: {name}] ", marks)

    def _embedded(self, item: Xml, marks: tuple[str, ...]) -> None:
        link = self._links.get(item.get(f"{R}id") or "")
        if link is None:
            return
        if link.external:
            self._say(f" [Linked file: {link.target}] ", marks)
            return
        try:
            name = self._shared.embeddings.take(link, item.get("ProgID") or "")
        except ValueError:
            self._say(" [An embedded file here is damaged and could not be taken out.] ", marks)
            return
        if name is not None:
            self._say(f" [Embedded file: {name}] ", marks)

    def _alternatives(self, element: Xml, marks: tuple[str, ...], font: str, depth: int) -> None:
        """Read the first of several forms of the same thing; the last resort only where there is no other."""
        choices = [child for child in element if isinstance(child.tag, str) and child.tag != FALLBACK]
        for choice in choices[:1] or [child for child in element if child.tag == FALLBACK][:1]:
            self._walk(choice, marks, font, depth)

    def _math(self, element: Xml, tag: str, marks: tuple[str, ...], font: str, depth: int) -> None:
        if tag == f"{_M}t":
            self._say(element.text or "", marks)
            return
        between = _BETWEEN.get(tag)
        if between is None:
            self._walk(element, marks, font, depth)
            return
        parts = [child for child in element if isinstance(child.tag, str) and not child.tag.endswith("Pr")]
        for number, part in enumerate(parts):
            if number:
                self._say(between, marks)
            self._walk(part, marks, font, depth)


def _is_large(element: Xml) -> bool:
    """Return whether a picture or shape is shown so large that it may be a scanned page."""
    extent = next(element.iter(f"{_WP}extent"), None)
    if extent is not None:
        return is_large(extent.get("cx"), extent.get("cy"))
    shape = next(element.iter(f"{_V}shape", f"{_V}rect"), None)
    sides = _POINTS.findall(shape.get("style") or "") if shape is not None else []
    return len(sides) == 2 and is_large(*(str(int(side) * EMU_A_POINT) for side in sides))


def _switch(item: Xml | None) -> bool | None:
    return None if item is None else item.get(f"{W}val") not in ("0", "false", "off")


def _outside_boxes(element: Xml, depth: int) -> Iterator[Xml]:
    """Yield what is inside an element, except what stands in its text boxes: that is read with them."""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in (f"{W}txbxContent", FALLBACK) and depth < DEEPEST:
            yield child
            yield from _outside_boxes(child, depth + 1)
