"""Word documents (DOCX): body in order with tables, numbers of lists, notes, comments, text boxes, headers and footers."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.docx_numbering import Style, W, inherited, number_of, numbering_of, styles_of
from datazoom_desktop.intake.readers.office import Xml, damaged, open_package, parse_part, relationships
from datazoom_desktop.intake.readers.pagetext import PageText, fold, row
from datazoom_desktop.intake.structure import heading_level

_HEADING_NAME = re.compile(r"heading (\d)", re.IGNORECASE)
_LEFT_OUT = frozenset(
    f"{W}{tag}"
    for tag in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "tblPr", "trPr", "tcPr", "sdtPr", "sdtEndPr")
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BOXES = (f"{W}txbxContent",)
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_DEEPEST = 60
_SHORT_LABEL = 40  #: letters; a longer header or footer is searched like the body


class DocxReader:
    """Reads DOCX files; a page ends at a page break or a section that the document itself starts on a new page."""

    name = "docx"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the pages."""
        with open_package(source.file, "Word document") as package:
            try:
                yield from _Document(package, context).pages()
            except (ValueError, RecursionError) as error:
                raise damaged("Word document") from error


class _Document:
    def __init__(self, package: zipfile.ZipFile, context: ReadContext) -> None:
        self._package = package
        self._context = context
        self._main = _main_part(package)
        self._folder = self._main.rpartition("/")[0]
        self._links = relationships(package, self._main)
        self._styles = styles_of(self._part("styles"))
        self._numbering = numbering_of(self._part("numbering"))
        self._notes = {kind: self._note_texts(kind) for kind in ("footnote", "endnote", "comment")}
        self._page = PageText()
        self._number = 1
        self._pending: list[str] = []  #: notes whose marks stand on this page
        self._boxes: list[Xml] = []

    def pages(self) -> Iterator[ReadPage]:
        """Yield the document's pages: headers before the first, footers after the last."""
        root = parse_part(self._package, self._main)
        body = root.find(f"{W}body") if root is not None else None
        if body is None:
            raise ValueError("no body")
        self._edges("header")
        for element in self._flow(body, 0):
            self._context.check()
            yield from self._block(element, 0)
        self._edges("footer")
        self._close_notes()
        yield self._page.page(self._number)
        self._context.progress(self._number, self._number)

    def _flow(self, parent: Xml, depth: int) -> Iterator[Xml]:
        """Yield paragraphs and tables in order, from inside content controls and the like as well."""
        for child in parent:
            if child.tag in (f"{W}p", f"{W}tbl", f"{W}sectPr"):
                yield child
            elif (
                isinstance(child.tag, str)
                and child.tag not in _LEFT_OUT
                and child.tag != _FALLBACK
                and depth < _DEEPEST
            ):
                yield from self._flow(child, depth + 1)

    def _block(self, element: Xml, depth: int) -> Iterator[ReadPage]:
        if element.tag == f"{W}tbl":
            yield from self._table(element, depth)
        elif element.tag == f"{W}p":
            yield from self._paragraph(element)
            if _ends_section(element):
                yield from self._turn()

    def _turn(self) -> Iterator[ReadPage]:
        self._close_notes()
        if len(self._page):
            yield self._page.page(self._number)
            self._page = PageText()
            self._number += 1

    def _paragraph(self, element: Xml) -> Iterator[ReadPage]:
        properties = element.find(f"{W}pPr")
        if properties is not None and _on(properties.find(f"{W}pageBreakBefore")):
            yield from self._turn()
        parts = self._text(element).split("\f")
        for number, text in enumerate(parts):
            if number:
                yield from self._turn()
            self._add(element, text, first=number == 0)
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            for inner in self._flow(box, 0):
                yield from self._block(inner, 1)

    def _add(self, element: Xml, text: str, *, first: bool) -> None:
        """Add a paragraph's text with its number and role."""
        properties = element.find(f"{W}pPr")
        style = _val(properties.find(f"{W}pStyle")) if properties is not None else None
        chain = inherited(self._styles, style)
        if not text.strip():
            return
        label, depth = self._label(properties, chain) if first else ("", 0)
        shown = f"{label} {text.strip()}" if label else text.strip()
        name = chain[0].name.lower() if chain else ""
        outline = next((s.outline for s in chain if s.outline is not None and s.outline < 9), None)
        named = _HEADING_NAME.match(name)
        level = int(named.group(1)) if named else outline + 1 if outline is not None else 0
        long = len(shown) > 160
        if name == "title" and not long:
            self._page.add(shown, BlockKind.TITLE)
        elif level and not long:
            self._page.add(shown, BlockKind.HEADING, level)
        else:
            bold = bool(text.strip()) and _all_bold(element, bool(chain and chain[0].bold))
            level = heading_level(fold(shown), 1 if bold else 0)
            item = bool(label) and not level
            kind = (
                BlockKind.HEADING
                if level
                else BlockKind.LIST_ITEM
                if item and label == "\u2022"
                else BlockKind.PARAGRAPH
            )
            self._page.add(shown, kind, level or (depth + 1 if item else 0))

    def _label(self, properties: Xml | None, chain: list[Style]) -> tuple[str, int]:
        """Return the number Word prints before the paragraph, and its level (0-based)."""
        num_id, level = number_of(properties)
        for style in chain:
            num_id = num_id if num_id is not None else style.num_id
            level = level if level is not None else style.level
        if num_id is None or num_id == "0":
            return "", 0
        return self._numbering.label(num_id, level or 0), level or 0

    def _text(self, element: Xml, depth: int = 0) -> str:
        """Return the text of a paragraph's runs; a page break is a form feed."""
        out: list[str] = []
        for child in element:
            tag = child.tag
            if tag in (f"{W}t", _MATH):
                out.append(child.text or "")
            elif tag in (f"{W}tab", f"{W}ptab"):
                out.append("\t")
            elif tag in (f"{W}br", f"{W}cr"):
                out.append("\f" if child.get(f"{W}type") == "page" else "\n")
            elif tag == f"{W}noBreakHyphen":
                out.append("-")
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference", f"{W}commentReference"):
                out.append(self._note(tag[len(W) : -len("Reference")], child.get(f"{W}id") or ""))
            elif tag in _BOXES:
                self._boxes.append(child)
            elif isinstance(tag, str) and tag not in _LEFT_OUT and tag != _FALLBACK and depth < _DEEPEST:
                out.append(self._text(child, depth + 1))
        return "".join(out)

    def _table(self, table: Xml, depth: int) -> Iterator[ReadPage]:
        for line in (element for element in table.iter(f"{W}tr") if _owner(element) is table):
            self._context.check()
            cells = [cell for cell in line.iter(f"{W}tc") if _owner(cell, f"{W}tr") is line]
            filled = [cell for cell in cells if next(cell.iter(f"{W}t"), None) is not None]
            if len(filled) == 1 and depth < _DEEPEST:
                for element in self._flow(filled[0], 0):
                    yield from self._block(element, depth + 1)
                continue
            nested: list[Xml] = []
            texts = [self._cell(cell, nested) for cell in cells]
            self._page.add(row(texts).replace("\f", " "), BlockKind.TABLE_ROW)
            for inner in nested if depth < _DEEPEST else ():
                yield from self._table(inner, depth + 1)

    def _cell(self, cell: Xml, nested: list[Xml]) -> str:
        out = []
        for element in self._flow(cell, 0):
            if element.tag == f"{W}tbl":
                nested.append(element)
            elif element.tag == f"{W}p":
                properties = element.find(f"{W}pPr")
                text = self._text(element).strip()
                label = (
                    self._label(
                        properties,
                        list(
                            inherited(
                                self._styles, _val(properties.find(f"{W}pStyle")) if properties is not None else None
                            )
                        ),
                    )[0]
                    if text
                    else ""
                )
                out.append(f"{label} {text}".strip())
        boxes, self._boxes = self._boxes, []
        out.extend(self._text(inner) for box in boxes for inner in self._flow(box, 0) if inner.tag == f"{W}p")
        return "\n".join(part for part in out if part)

    def _note(self, kind: str, number: str) -> str:
        text = self._notes.get(kind, {}).get(number)
        if not text:
            return ""
        if kind == "comment":
            self._pending.append(f"[Comment] {text}")
            return ""
        mark = f"[{number}]" if kind == "footnote" else f"[e{number}]"
        self._pending.append(f"{mark} {text}")
        return mark

    def _close_notes(self) -> None:
        for text in self._pending:
            self._page.add(text)
        self._pending.clear()

    def _note_texts(self, kind: str) -> dict[str, str]:
        root = self._part(f"{kind}s")
        texts: dict[str, str] = {}
        for item in root if root is not None else ():
            if item.get(f"{W}type") in ("separator", "continuationSeparator", "continuationNotice"):
                continue
            lines = ["".join(t.text or "" for t in paragraph.iter(f"{W}t")) for paragraph in item.iter(f"{W}p")]
            author = item.get(f"{W}author")
            text = fold(" ".join(lines))
            texts[item.get(f"{W}id") or ""] = f"{author}: {text}" if author and text else text
        return texts

    def _edges(self, kind: str) -> None:
        """Add headers or footers, each text once; what is only a number or a few letters is furniture."""
        seen: set[str] = set()
        for target in self._links.get(kind, ()):
            try:
                root = parse_part(self._package, target)
            except ValueError:
                continue  # a damaged header takes nothing from the body
            for element in self._flow(root, 0) if root is not None else ():
                lines = [element] if element.tag == f"{W}p" else list(element.iter(f"{W}p"))
                for line in lines:
                    text = fold(self._text(line)).replace("\n", " ")
                    inside = [fold(self._text(p)) for box in self._boxes for p in box.iter(f"{W}p")]
                    self._boxes = []
                    for piece in (text, *inside):
                        if piece and piece not in seen:
                            seen.add(piece)
                            short = sum(map(str.isalpha, piece)) < _SHORT_LABEL
                            self._page.add(piece, BlockKind.FURNITURE if short else BlockKind.PARAGRAPH)

    def _part(self, kind: str) -> Xml | None:
        try:
            return next((parse_part(self._package, target) for target in self._links.get(kind, ())), None)
        except ValueError:
            return None  # the body can be read without it


def _main_part(package: zipfile.ZipFile) -> str:
    links = relationships(package, "")
    return next(iter(links.get("officeDocument", ())), "word/document.xml")


def _ends_section(paragraph: Xml) -> bool:
    section = paragraph.find(f"{W}pPr/{W}sectPr")
    return section is not None and _val(section.find(f"{W}type")) != "continuous"


def _owner(element: Xml, tag: str = f"{W}tbl") -> Xml | None:
    parent = element.getparent()
    while parent is not None and parent.tag != tag:
        parent = parent.getparent()
    return parent


def _all_bold(paragraph: Xml, default: bool) -> bool:
    runs = [run for run in paragraph.iter(f"{W}r") if any((t.text or "").strip() for t in run.findall(f"{W}t"))]
    return bool(runs) and all(_on(run.find(f"{W}rPr/{W}b"), default) for run in runs)


def _val(item: Xml | None) -> str | None:
    return item.get(f"{W}val") if item is not None else None


def _on(item: Xml | None, default: bool = False) -> bool:
    return default if item is None else item.get(f"{W}val") not in ("0", "false", "off")
