"""Word documents (DOCX): body in order with tables, numbers of lists, tracked changes, notes, comments, text boxes, headers, footers."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Final

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers import changes
from datazoom_desktop.intake.readers.changes import PAGE_TURN
from datazoom_desktop.intake.readers.docx_fields import Fields, fields_of
from datazoom_desktop.intake.readers.docx_notes import notes_of
from datazoom_desktop.intake.readers.docx_numbering import (
    Style,
    W,
    hidden_styles,
    inherited,
    number_of,
    numbering_of,
    styles_of,
)
from datazoom_desktop.intake.readers.docx_text import DEEPEST, LEFT_OUT, Shared, Story
from datazoom_desktop.intake.readers.drawing import FALLBACK, Drawn, R
from datazoom_desktop.intake.readers.embedded import Embeddings
from datazoom_desktop.intake.readers.inserted import inserted
from datazoom_desktop.intake.readers.office import (
    Link,
    Xml,
    damaged,
    links,
    open_package,
    parse_part,
    parse_xml,
    read_part,
    relationships,
)
from datazoom_desktop.intake.readers.pagetext import PageText, fold, row
from datazoom_desktop.intake.structure import heading_level
from datazoom_desktop.kernel.coverage import Coverage

_HEADING_NAME = re.compile(r"heading (\d)", re.IGNORECASE)
_ROW_MARKS: Final = {f"{W}ins": changes.INSERTED, f"{W}del": changes.DELETED}
_CELL_MARKS: Final = {f"{W}cellIns": changes.INSERTED, f"{W}cellDel": changes.DELETED}
_KINDS: Final = {"text": BlockKind.PARAGRAPH, "item": BlockKind.LIST_ITEM, "row": BlockKind.TABLE_ROW}
_SHORT_LABEL = 40  #: letters; a longer header or footer is searched like the body
_LONGEST_HEADING = 160


class DocxReader:
    """Reads DOCX files; a page ends where Word last ended it, or where the document itself says so."""

    name = "docx"
    version = 2

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the pages, and the files that are embedded in them."""
        with open_package(source.file, "Word document") as package:
            try:
                yield from _Document(package, context).items()
            except (ValueError, RecursionError) as error:
                raise damaged("Word document") from error


class _Document:
    def __init__(self, package: zipfile.ZipFile, context: ReadContext) -> None:
        self._package = package
        self._context = context
        main = next(iter(relationships(package, "").get("officeDocument", ())), "word/document.xml")
        data = read_part(package, main)
        if data is None:
            raise ValueError("no document")
        root, self._whole = parse_xml(data, main)
        body = root.find(f"{W}body")
        if body is None:
            raise ValueError("no body")
        self._body: Xml = body
        self._links = links(package, main)
        styles = self._optional("styles")
        self._styles = styles_of(styles)
        self._numbering = numbering_of(self._optional("numbering"), styles)
        self._embeddings = Embeddings(package, context.scratch)
        self._shared = Shared(notes_of(self._part), hidden_styles(styles), self._embeddings)
        for kind in ("footnote", "endnote", "comment"):
            self._shared.readers[kind] = self._notes_story(f"{kind}s")
        self._story = self._new_story(self._links, root)
        self._sections: list[Xml] = [
            item for item in body.iter(f"{W}sectPr") if item.getparent().tag != f"{W}sectPrChange"
        ]
        self._section = 0
        self._edges_seen: set[str] = set()
        self._merged: set[str] = set()
        self._page = PageText()
        self._begun = False  #: whether the page has anything but headers
        self._number = 1
        self._pending: list[str] = []  #: notes whose marks stand on this page
        self._comments: list[str] = []  #: comments that wait for the end of a table row

    def items(self) -> Iterator[ReadPage | Attachment]:
        """Yield the document's pages, each section's headers before its text and its footers after it, and embedded files."""
        self._edges("header")
        for element in self._flow(self._body, 0):
            self._context.check()
            for item in self._block(element, 0):
                yield item
                yield from self._embeddings.fresh()
        self._edges("footer")
        self._last_edges()
        self._close_notes()
        self._untold()
        yield self._page.page(self._number)
        self._context.progress(self._number, self._number)
        yield from self._embeddings.fresh()
        if not self._whole:
            reason = "The document is damaged: what follows may be missing or incomplete."
            yield ReadPage(self._number + 1, Coverage.FAILED, label="The rest", reason=reason)

    def _flow(self, parent: Xml, depth: int) -> Iterator[Xml]:
        """Yield paragraphs and tables in order, from inside content controls and the like as well."""
        for child in parent:
            if child.tag in (f"{W}p", f"{W}tbl", f"{W}altChunk"):
                yield child
            elif isinstance(child.tag, str) and child.tag not in LEFT_OUT and child.tag != FALLBACK and depth < DEEPEST:
                yield from self._flow(child, depth + 1)

    def _block(self, element: Xml, depth: int) -> Iterator[ReadPage]:
        if element.tag == f"{W}tbl":
            yield from self._table(element, depth)
        elif element.tag == f"{W}altChunk":
            self._chunk(element)
        else:
            yield from self._paragraph(element)
            if element.find(f"{W}pPr/{W}sectPr") is not None:
                yield from self._next_section()

    def _next_section(self) -> Iterator[ReadPage]:
        self._edges("footer")
        self._section += 1
        following = self._sections[self._section] if self._section < len(self._sections) else None
        if following is None or _val(following.find(f"{W}type")) != "continuous":
            yield from self._turn()
        self._edges("header")

    def _turn(self) -> Iterator[ReadPage]:
        """End the page, unless it has nothing of its own yet."""
        if not self._begun:
            return
        self._close_notes()
        yield self._page.page(self._number)
        self._page = PageText()
        self._begun = False
        self._number += 1
        self._context.progress(self._number, 0)

    def _put(self, text: str, kind: BlockKind = BlockKind.PARAGRAPH, level: int = 0) -> None:
        self._page.add(text, kind, level)
        self._begun = self._begun or bool(text.strip())

    def _paragraph(self, element: Xml) -> Iterator[ReadPage]:
        properties = element.find(f"{W}pPr")
        if properties is not None and _on(properties.find(f"{W}pageBreakBefore")):
            yield from self._turn()
        chain = self._chain(element)
        said = self._story.read(element, hidden=any(style.hidden for style in chain[:1]))
        label: tuple[str, int] | None = None
        for number, text in enumerate(said.text().split(PAGE_TURN)):
            if number:
                yield from self._turn()
            if text.strip():
                first = label is None
                label = label or self._label(properties, chain)
                self._add(element, text.strip(), chain, label if first else ("", 0))
        self._pending += said.notes
        self._drawn(said.drawn)
        for box in said.boxes:
            for inner in self._flow(box, 0):
                yield from self._block(inner, 1)
        for comment in said.comments:
            self._put(comment)

    def _add(self, element: Xml, text: str, chain: list[Style], label: tuple[str, int]) -> None:
        """Add a paragraph's text with its number and role."""
        number, depth = label
        shown = f"{number} {text}" if number else text
        name = chain[0].name.lower() if chain else ""
        outline = next((s.outline for s in chain if s.outline is not None and s.outline < 9), None)
        named = _HEADING_NAME.match(name)
        level = int(named.group(1)) if named else outline + 1 if outline is not None else 0
        long = len(shown) > _LONGEST_HEADING
        if name == "title" and not long:
            self._put(shown, BlockKind.TITLE)
        elif level and not long:
            self._put(shown, BlockKind.HEADING, level)
        else:
            bold = _all_bold(element, bool(chain and chain[0].bold))
            level = heading_level(fold(shown), 1 if bold else 0)
            bullet = number == "\u2022" and not level
            kind = BlockKind.HEADING if level else BlockKind.LIST_ITEM if bullet else BlockKind.PARAGRAPH
            self._put(shown, kind, level or (depth + 1 if number else 0))

    def _chain(self, paragraph: Xml) -> list[Style]:
        return inherited(self._styles, _val(paragraph.find(f"{W}pPr/{W}pStyle")))

    def _label(self, properties: Xml | None, chain: list[Style]) -> tuple[str, int]:
        """Return the number Word prints before the paragraph, and its level (0-based)."""
        num_id, level = number_of(properties)
        for style in chain:
            num_id = num_id if num_id is not None else style.num_id
            level = level if level is not None else style.level
        if num_id is None or num_id == "0":
            return "", 0
        return self._numbering.label(num_id, level or 0), level or 0

    def _drawn(self, lines: list[Drawn]) -> None:
        for line in lines:
            self._put(line.text, _KINDS[line.kind], 1 if line.kind == "item" else 0)

    def _table(self, table: Xml, depth: int) -> Iterator[ReadPage]:
        for line in (element for element in table.iter(f"{W}tr") if _owner(element) is table):
            self._context.check()
            cells = [cell for cell in line.iter(f"{W}tc") if _owner(cell, f"{W}tr") is line]
            filled = [cell for cell in cells if next(cell.iter(f"{W}t", f"{W}delText"), None) is not None]
            mark = next((word for tag, word in _ROW_MARKS.items() if line.find(f"{W}trPr/{tag}") is not None), "")
            if len(filled) == 1 and depth < DEEPEST and not mark:
                for element in self._flow(filled[0], 0):
                    yield from self._block(element, depth + 1)
                continue
            yield from self._row(cells, mark, depth)

    def _row(self, cells: list[Xml], mark: str, depth: int) -> Iterator[ReadPage]:
        """Add a row as a line, marked as a whole when it was inserted or deleted, and what does not fit on one after it."""
        nested: list[Xml] = []
        drawn: list[Drawn] = []
        texts = [self._cell(cell, nested, drawn, (mark,) if mark else ()) for cell in cells]
        whole = PAGE_TURN.join(text for text in texts if text.strip())
        if whole.startswith(PAGE_TURN):
            yield from self._turn()
        line = row([text.replace(PAGE_TURN, " ") for text in texts])
        self._put(f"[{mark}: {line}]" if mark and line else line, BlockKind.TABLE_ROW)
        self._drawn(drawn)
        for inner in nested if depth < DEEPEST else ():
            yield from self._table(inner, depth + 1)
        comments, self._comments = self._comments, []
        for comment in comments:
            self._put(comment)
        if any(PAGE_TURN in text.strip().strip(PAGE_TURN) for text in texts):
            yield from self._turn()

    def _cell(self, cell: Xml, nested: list[Xml], drawn: list[Drawn], within: tuple[str, ...]) -> str:
        mark = next((word for tag, word in _CELL_MARKS.items() if cell.find(f"{W}tcPr/{tag}") is not None), "")
        inside = (*within, mark) if mark else within
        out: list[str] = []
        self._cell_lines(cell, nested, drawn, inside, out, 0)
        text = "\n".join(part for part in out if part)
        return f"[{mark}: {text}]" if mark and text and mark not in within else text

    def _cell_lines(
        self, parent: Xml, nested: list[Xml], drawn: list[Drawn], within: tuple[str, ...], out: list[str], depth: int
    ) -> None:
        """Add the lines of a cell, or of a text box in it, to ``out``."""
        for element in self._flow(parent, 0):
            if element.tag == f"{W}tbl":
                nested.append(element)
            elif element.tag == f"{W}p":
                chain = self._chain(element)
                said = self._story.read(element, hidden=any(style.hidden for style in chain[:1]))
                text = said.text(within).strip(" \t\n")
                label = self._label(element.find(f"{W}pPr"), chain)[0] if text.strip() else ""
                out.append(f"{label} {text}".strip(" "))
                self._pending += said.notes
                self._comments += said.comments
                drawn += said.drawn
                for box in said.boxes if depth < DEEPEST else ():
                    self._cell_lines(box, nested, drawn, within, out, depth + 1)

    def _chunk(self, element: Xml) -> None:
        """Add a document that is to be merged in here when it is opened; each is read once."""
        identifier = element.get(f"{R}id") or ""
        target = next((link.target for link in self._links if link.id == identifier and not link.external), "")
        if target in self._merged:
            return
        self._merged.add(target)
        for kind, level, text in inserted(self._package, target, self._context):
            self._put(text, kind, level)

    def _close_notes(self) -> None:
        for text in self._pending:
            self._put(text)
        self._pending.clear()

    def _untold(self) -> None:
        """Add what no mark in the text led to, so that it is not lost."""
        notes = self._shared.notes
        for identifier in [key for key in notes.comments if key not in notes.told]:
            self._put(self._shared.readers["comment"].comment(identifier))
        for kind in notes.damaged:
            self._put(f"[The document's {kind} are damaged and could not be read.]")

    def _edges(self, kind: str) -> None:
        """Add a section's headers or footers, each text once in the document."""
        section = self._sections[self._section] if self._section < len(self._sections) else None
        wanted = [item.get(f"{R}id") for item in section.findall(f"{W}{kind}Reference")] if section is not None else []
        for link in self._links:
            if link.id in wanted and not link.external:
                self._edge(link)

    def _last_edges(self) -> None:
        """Add the headers and footers that no section names."""
        for link in self._links:
            if link.kind in ("header", "footer") and not link.external:
                self._edge(link)

    def _edge(self, link: Link) -> None:
        """Add a header or footer; what is only a number or a few letters is furniture."""
        if link.target in self._edges_seen:
            return
        self._edges_seen.add(link.target)
        try:
            root = parse_part(self._package, link.target)
        except ValueError:
            self._page.add(f"[A {link.kind} of this document is damaged and could not be read.]")
            return
        if root is None:
            return
        story = self._new_story(links(self._package, link.target), root)
        for paragraph in _paragraphs(root):
            said = story.read(paragraph)
            pieces = [fold(said.text().replace(PAGE_TURN, " ")).replace("\n", " "), *said.comments]
            for box in said.boxes:
                pieces += [fold(story.read(inner).text()).replace("\n", " ") for inner in box.iter(f"{W}p")]
            for piece in pieces:
                if piece and piece not in self._edges_seen:
                    self._edges_seen.add(piece)
                    short = sum(map(str.isalpha, piece)) < _SHORT_LABEL
                    self._page.add(piece, BlockKind.FURNITURE if short else BlockKind.PARAGRAPH)

    def _new_story(self, its_links: tuple[Link, ...], root: Xml) -> Story:
        return Story(self._package, its_links, fields_of(root), self._shared)

    def _notes_story(self, kind: str) -> Story:
        """Return who reads the notes of a kind: they have links and fields of their own."""
        target = next((link.target for link in self._links if link.kind == kind and not link.external), "")
        notes = self._shared.notes
        roots = {"footnotes": notes.foot, "endnotes": notes.end, "comments": notes.comments}[kind]
        fields = Fields()
        for item in roots.values():
            found = fields_of(item)
            fields.unseen |= found.unseen
            fields.said |= found.said
        return Story(self._package, links(self._package, target) if target else (), fields, self._shared)

    def _part(self, kind: str) -> Xml | None:
        """Return the root of a part that the document refers to; raises ``ValueError`` when it is damaged."""
        targets = (link.target for link in self._links if link.kind == kind and not link.external)
        return next((parse_part(self._package, target) for target in targets), None)

    def _optional(self, kind: str) -> Xml | None:
        try:
            return self._part(kind)
        except ValueError:
            return None  # the body can be read without it


def _paragraphs(root: Xml) -> Iterator[Xml]:
    """Yield the paragraphs of a header or footer that do not stand in a text box."""
    for paragraph in root.iter(f"{W}p"):
        if not any(parent.tag in (f"{W}txbxContent", FALLBACK) for parent in paragraph.iterancestors()):
            yield paragraph


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
