"""The text of OpenDocument files in order: paragraphs with the numbers of lists, tables, notes, comments, changes, boxes, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from datazoom_desktop.intake.model import BlockKind, ReadContext, ReadPage
from datazoom_desktop.intake.readers.changes import DELETED, HIDDEN, INSERTED
from datazoom_desktop.intake.readers.letter import Attachments
from datazoom_desktop.intake.readers.odf_package import DC, DRAW, OFFICE, TABLE, TEXT, XLINK, OpenDocument
from datazoom_desktop.intake.readers.odf_styles import Counter, Look, Styles
from datazoom_desktop.intake.readers.office import Xml
from datazoom_desktop.intake.readers.ole_objects import picture_size
from datazoom_desktop.intake.readers.pagetext import PageText, fold, paragraph_kind, row
from datazoom_desktop.intake.readers.runs import Runs
from datazoom_desktop.intake.structure import heading_level

_DEEPEST = 60  #: elements inside each other that are told apart
_MOST_SPACES = 100
_MOST_REPEATS = 100  #: of one filled row or cell
_LONGEST_HEADING = 160
_SMALL = 40_000  #: pixels in all; a smaller picture is a logo or a line
_PASSED_OVER: Final = frozenset(
    (
        *(
            f"{TEXT}{tag}"
            for tag in ("tracked-changes", "sequence-decls", "variable-decls", "user-field-decls", "script")
        ),
        *(f"{TEXT}{tag}" for tag in ("table-of-content-source", "alphabetical-index-source", "bibliography-source")),
        *(f"{TEXT}{tag}" for tag in ("illustration-index-source", "table-index-source", "user-index-source")),
        *(f"{TEXT}{tag}" for tag in ("object-index-source", "dde-connection-decls", "ruby-text", "label")),
        *(f"{OFFICE}{tag}" for tag in ("forms", "scripts", "annotation-end", "event-listeners", "binary-data")),
        f"{TABLE}calculation-settings",
    )
)
SHAPES: Final = frozenset(
    (
        *(
            f"{DRAW}{tag}"
            for tag in ("frame", "custom-shape", "rect", "ellipse", "circle", "line", "polygon", "polyline")
        ),
        *(f"{DRAW}{tag}" for tag in ("path", "connector", "caption", "measure", "regular-polygon", "g", "a")),
    )
)


@dataclass(slots=True)
class _Item:
    """Where a paragraph stands among lists: the label printed before its first, and its depth (1 outermost, 0 outside)."""

    label: str = ""
    depth: int = 0


class OdfText:
    """Writes text onto pages, one element after another."""

    def __init__(self, document: OpenDocument, styles: Styles, context: ReadContext, attachments: Attachments) -> None:
        """Start with an empty first page; pictures are written among ``attachments``."""
        self._document = document
        self._styles = styles
        self._context = context
        self._attachments = attachments
        self._runs = Runs()
        self._boxes: list[Xml] = []
        self._notes: list[str] = []
        self._inserted: set[str] = set()
        self._changes: dict[str, tuple[str, str]] = {}
        self._lists: dict[str, Counter] = {}
        self._outline = Counter()
        self.page = PageText()
        self.number = 1

    def changes(self, root: Xml) -> None:
        """Learn the tracked changes that a document's text refers to."""
        for region in root.iter(f"{TEXT}changed-region"):
            name = region.get("{http://www.w3.org/XML/1998/namespace}id") or region.get(f"{TEXT}id") or ""
            deleted = region.find(f"{TEXT}deletion")
            if deleted is not None:
                lines = ["".join(_plain(line)) for line in deleted.iter(f"{TEXT}p", f"{TEXT}h")]
                self._changes[name] = (DELETED, fold(" ".join(lines)))
            elif region.find(f"{TEXT}insertion") is not None:
                self._changes[name] = (INSERTED, "")

    def flow(self, parent: Xml, depth: int = 0) -> Iterator[ReadPage]:
        """Write what an element holds; yield each page that ends."""
        for element, item in self._walk(parent, None, depth):
            self._context.check()
            if element.tag == f"{TABLE}table":
                yield from self._table(element, depth)
            elif element.tag in SHAPES:
                self._boxes.append(element)
                yield from self._empty_boxes(depth)
            else:
                yield from self._paragraph(element, item, depth)

    def shape(self, shape: Xml) -> Iterator[ReadPage]:
        """Write what a shape holds; yield each page that ends."""
        self._boxes.append(shape)
        yield from self._empty_boxes(0)

    def turn(self) -> Iterator[ReadPage]:
        """End the page, unless nothing is on it."""
        self.close_notes()
        if len(self.page):
            yield self.page.page(self.number)
            self.page = PageText()
            self.number += 1

    def close_notes(self) -> None:
        """Write the notes and comments whose marks stand on this page."""
        for text in self._notes:
            self.page.add(text)
        self._notes.clear()

    def lines(self, parent: Xml, depth: int = 0) -> list[str]:
        """Return the paragraphs of an element, tables inside it as a line for each row; notes and boxes wait."""
        out: list[str] = []
        for element, item in self._walk(parent, None, depth):
            if element.tag == f"{TABLE}table":
                rows = ([" ".join(self.lines(cell, depth + 1)) for cell in cells] for cells in self._rows(element))
                out.extend(map(row, rows))
            elif element.tag in SHAPES:
                self._boxes.append(element)
            else:
                text, _ = self._text(element)
                out.append(f"{item.label} {text}".strip())
        return [line for line in out if line.strip()]

    # --- structure ----------------------------------------------------------------------------------------------------------------

    def _walk(self, parent: Xml, item: _Item | None, depth: int) -> Iterator[tuple[Xml, _Item]]:
        """Yield the paragraphs, tables and shapes of an element in order, with their place among lists."""
        for child in parent:
            tag = child.tag
            if not isinstance(tag, str) or tag in _PASSED_OVER:
                continue
            if tag in (f"{TEXT}p", f"{TEXT}h", f"{TABLE}table") or tag in SHAPES:
                yield child, item or _Item()
                if item is not None:
                    item.label = ""
            elif tag == f"{TEXT}list" and depth < _DEEPEST:
                yield from self._list(child, None, "", 0, depth + 1)
            elif tag in (f"{TEXT}change-start", f"{TEXT}change-end", f"{TEXT}change"):
                self._change(child)
            elif depth < _DEEPEST:
                yield from self._walk(child, item, depth + 1)
            else:  # only the words count any more
                yield from ((line, _Item()) for line in child.iter(f"{TEXT}p", f"{TEXT}h"))

    def _list(
        self, element: Xml, counter: Counter | None, style: str, level: int, depth: int
    ) -> Iterator[tuple[Xml, _Item]]:
        """Yield what a list holds; ``level`` is its depth among lists, 0 outermost."""
        style = element.get(f"{TEXT}style-name") or style
        if counter is None:
            counter = self._counter(element, style)
        levels = self._styles.lists.get(style, {})
        for child in element:
            if child.tag not in (f"{TEXT}list-item", f"{TEXT}list-header"):
                continue
            label = ""
            holds = any(part.tag in (f"{TEXT}p", f"{TEXT}h") for part in child)
            if child.tag == f"{TEXT}list-item" and (holds or not len(child)):
                stated = child.get(f"{TEXT}start-value")
                start = int(stated) if stated and stated.isdigit() and len(stated) < 8 else None
                label = counter.next(levels, level, start)
            item = _Item(label, level + 1)
            for part in child:
                if part.tag == f"{TEXT}list" and depth < _DEEPEST:
                    yield from self._list(part, counter, style, level + 1, depth + 1)
                elif part.tag in (f"{TEXT}p", f"{TEXT}h"):
                    yield part, _Item(item.label, item.depth)
                    item.label = ""
                elif isinstance(part.tag, str) and part.tag not in _PASSED_OVER and depth < _DEEPEST:
                    yield from self._walk(part, item, depth + 1)

    def _counter(self, element: Xml, style: str) -> Counter:
        """Return the numbers that an outermost list counts with: its own, or those of the list it continues."""
        continued = element.get(f"{TEXT}continue-list")
        if continued in self._lists:
            counter = self._lists[continued]
        elif element.get(f"{TEXT}continue-numbering") == "true" and f"style {style}" in self._lists:
            counter = self._lists[f"style {style}"]
        else:
            counter = Counter()
        self._lists[f"style {style}"] = counter
        name = element.get("{http://www.w3.org/XML/1998/namespace}id")
        if name:
            self._lists[name] = counter
        return counter

    def _paragraph(self, element: Xml, item: _Item, depth: int) -> Iterator[ReadPage]:
        look = self._styles.look("paragraph", element.get(f"{TEXT}style-name"))
        if look.before:
            yield from self.turn()
        text, bold = self._text(element, look)
        self._add(element, text, look, item, bold=bold or look.bold)
        yield from self._empty_boxes(depth)
        if look.after:
            yield from self.turn()

    def _add(self, element: Xml, text: str, look: Look, item: _Item, *, bold: bool) -> None:
        text = fold(text)
        if not text:
            return
        heading = element.tag == f"{TEXT}h"
        level = (
            min(int(stated), 9) if heading and (stated := element.get(f"{TEXT}outline-level") or "1").isdigit() else 0
        )
        label = item.label
        if heading and not item.depth and element.get(f"{TEXT}is-list-header") != "true":
            label = self._outline.next(self._styles.outline, level - 1, None) if level else ""
        shown = f"{label} {text}" if (label and label != "\u2022") or (item.depth and label) else text
        long = len(shown) > _LONGEST_HEADING
        if "Title" in look.name and not long:
            self.page.add(shown, BlockKind.TITLE)
        elif level and not long:
            self.page.add(shown, BlockKind.HEADING, level)
        else:
            level = heading_level(shown, 1 if bold else 0)
            bullet = label == "\u2022" or paragraph_kind(shown) is BlockKind.LIST_ITEM
            kind = BlockKind.HEADING if level else BlockKind.LIST_ITEM if bullet else BlockKind.PARAGRAPH
            self.page.add(shown, kind, level or (max(1, item.depth) if kind is BlockKind.LIST_ITEM else 0))

    def _table(self, table: Xml, depth: int) -> Iterator[ReadPage]:
        look = self._styles.look("table", table.get(f"{TABLE}style-name"))
        if look.before:
            yield from self.turn()
        for cells in self._rows(table):
            self._context.check()
            filled = [cell for cell in cells if next(cell.iter(f"{TEXT}p", f"{TEXT}h"), None) is not None]
            if len(filled) == 1 and depth < _DEEPEST:
                yield from self.flow(filled[0], depth + 1)
                continue
            nested = [inner for cell in cells for inner in _nearest_tables(cell)]
            self.page.add(row([self._cell(cell) for cell in cells]), BlockKind.TABLE_ROW)
            for inner in nested if depth < _DEEPEST else ():
                yield from self._table(inner, depth + 1)
            yield from self._empty_boxes(depth)

    def _cell(self, cell: Xml) -> str:
        out = []
        for element, item in self._walk(cell, None, 0):
            if element.tag in SHAPES:
                self._boxes.append(element)
            elif element.tag != f"{TABLE}table":
                out.append(f"{item.label} {self._text(element)[0]}".strip())
        return "\n".join(out)

    def _rows(self, table: Xml) -> Iterator[list[Xml]]:
        """Yield the cells of each row, repeated ones as often as they stand there, within reason."""
        for line in _lines_of(table, 0):
            cells: list[Xml] = []
            for cell in line:
                if cell.tag in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                    times = _times(cell, f"{TABLE}number-columns-repeated")
                    cells += [cell] * (times if len(cell) else 1)
            yield from [cells] * (_times(line, f"{TABLE}number-rows-repeated") if any(len(c) for c in cells) else 1)

    # --- characters ---------------------------------------------------------------------------------------------------------------

    def _text(self, element: Xml, look: Look | None = None) -> tuple[str, bool]:
        """Return a paragraph's text and whether all of it is bold."""
        look = look or self._styles.look("paragraph", element.get(f"{TEXT}style-name"))
        self._inline(element, look.bold, look.hidden, 0)
        return self._runs.finish()

    def _inline(self, element: Xml, bold: bool, hidden: bool, depth: int) -> None:
        self._runs.write(_spaced(element.text), bold=bold, marks=self._marks(hidden))
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag not in _PASSED_OVER:
                self._child(child, tag, bold, hidden, depth)
            self._runs.write(_spaced(child.tail), bold=bold, marks=self._marks(hidden))

    def _marks(self, hidden: bool) -> tuple[str, ...]:
        return (*((INSERTED,) if self._inserted else ()), *((HIDDEN,) if hidden else ()))

    def _child(self, child: Xml, tag: str, bold: bool, hidden: bool, depth: int) -> None:
        marks = self._marks(hidden)
        if tag == f"{TEXT}s":
            self._runs.write(" " * min(_number(child.get(f"{TEXT}c"), 1), _MOST_SPACES), bold=True, marks=marks)
        elif tag == f"{TEXT}tab":
            self._runs.write("\t", bold=True, marks=marks)
        elif tag == f"{TEXT}line-break":
            self._runs.write("\n", bold=True, marks=marks)
        elif tag == f"{TEXT}note":
            self._note(child)
        elif tag == f"{OFFICE}annotation":
            self.comment(child)
        elif tag in (f"{TEXT}change-start", f"{TEXT}change-end", f"{TEXT}change"):
            self._change(child)
        elif tag in SHAPES and tag != f"{DRAW}a":
            self._boxes.append(child)
        elif depth >= _DEEPEST:
            self._runs.write("".join(_plain(child)), bold=bold, marks=marks)
        else:
            look = self._styles.look("text", child.get(f"{TEXT}style-name")) if tag == f"{TEXT}span" else Look()
            self._inline(child, bold or look.bold, hidden or look.hidden or tag == f"{TEXT}hidden-text", depth + 1)

    def _note(self, note: Xml) -> None:
        citation, body = note.find(f"{TEXT}note-citation"), note.find(f"{TEXT}note-body")
        mark = fold("".join(_plain(citation))) if citation is not None else ""
        text = (
            fold(" ".join("".join(_plain(line)) for line in body.iter(f"{TEXT}p", f"{TEXT}h")))
            if body is not None
            else ""
        )
        if text:
            self._runs.write(f"[{mark or '*'}]", bold=True)
            self._notes.append(f"[{mark or '*'}] {text}")

    def comment(self, comment: Xml) -> None:
        """Keep a comment for the end of the page."""
        author = fold(comment.findtext(f"{DC}creator") or "")
        text = fold(" ".join("".join(_plain(line)) for line in comment.iter(f"{TEXT}p")))
        if text:
            self._notes.append(f"[Comment] {author}: {text}" if author else f"[Comment] {text}")

    def _change(self, element: Xml) -> None:
        name = element.get(f"{TEXT}change-id") or ""
        kind, deleted = self._changes.get(name, ("", ""))
        if kind == INSERTED and element.tag == f"{TEXT}change-start":
            self._inserted.add(name)
        elif element.tag == f"{TEXT}change-end":
            self._inserted.discard(name)
        elif kind == DELETED:
            self._runs.write(deleted, bold=True, marks=(DELETED,))

    # --- boxes and pictures -------------------------------------------------------------------------------------------------------

    def _empty_boxes(self, depth: int) -> Iterator[ReadPage]:
        """Write what the shapes met so far hold, after the paragraph they are anchored to."""
        boxes, self._boxes = self._boxes, []
        for box in boxes if depth < _DEEPEST else ():
            self._context.check()
            if box.tag in (f"{DRAW}g", f"{DRAW}a"):
                self._boxes = [child for child in box if child.tag in SHAPES]
                yield from self._empty_boxes(depth + 1)
            elif box.tag != f"{DRAW}frame":
                yield from self.flow(box, depth + 1)
            else:
                yield from self._frame(box, depth)

    def _frame(self, frame: Xml, depth: int) -> Iterator[ReadPage]:
        for child in frame:
            if child.tag in (f"{DRAW}text-box", f"{TABLE}table"):
                yield from self.flow(frame if child.tag == f"{TABLE}table" else child, depth + 1)
                return
            if child.tag == f"{DRAW}object":
                yield from self._object(child, depth)
                return
            if child.tag == f"{DRAW}image":
                self._picture(child)
                return

    def _object(self, element: Xml, depth: int) -> Iterator[ReadPage]:
        """Write the words and numbers of a chart or document that is embedded."""
        name = (element.get(f"{XLINK}href") or "").removeprefix("./")
        root = element.find(f"{OFFICE}document")
        if root is None and name and ":" not in name:
            try:
                root = self._document.part(f"{name}/content.xml")
            except ValueError:
                self.page.add("[An embedded object here is damaged and cannot be read.]")
        body = root.find(f"{OFFICE}body") if root is not None else None
        if body is not None and depth < _DEEPEST:
            yield from self.flow(body, depth + 1)

    def _picture(self, image: Xml) -> None:
        """Take a picture out that is large enough to show words."""
        name = (image.get(f"{XLINK}href") or "").removeprefix("./")
        data = self._document.data(name) if name and ":" not in name else None
        size = picture_size(data) if data else None
        if data and size is not None and size[0] * size[1] >= _SMALL:
            suffix = name.rpartition(".")[2]
            given = self._attachments.add(f"picture-{len(self._attachments.items) + 1}.{suffix}", data)
            self.page.add(f"[Picture: {given}]")


def _lines_of(table: Xml, depth: int) -> Iterator[Xml]:
    """Yield the rows of a table, those of its groups in their place."""
    for child in table:
        if child.tag == f"{TABLE}table-row":
            yield child
        elif isinstance(child.tag, str) and "row" in child.tag and depth < _DEEPEST:
            yield from _lines_of(child, depth + 1)


def _nearest_tables(cell: Xml) -> list[Xml]:
    """Return the tables in a cell that lie in no other table of it."""
    found = []
    for table in cell.iter(f"{TABLE}table"):
        above = table.getparent()
        while above is not cell and above.tag != f"{TABLE}table":
            above = above.getparent()
        if above is cell:
            found.append(table)
    return found


def _plain(element: Xml) -> Iterator[str]:
    """Yield the characters of an element without looking at styles, notes or boxes."""
    if element.text:
        yield _spaced(element.text)
    for child in element.iterdescendants():
        if child.tag == f"{TEXT}s":
            yield " " * min(_number(child.get(f"{TEXT}c"), 1), _MOST_SPACES)
        elif child.tag in (f"{TEXT}tab", f"{TEXT}line-break"):
            yield " "
        elif isinstance(child.tag, str) and child.text and not child.tag.startswith(DC):
            yield _spaced(child.text)
        if child.tail:
            yield _spaced(child.tail)


def _spaced(text: str | None) -> str:
    return text.replace("\n", " ").replace("\r", " ") if text else ""


def _times(element: Xml, attribute: str) -> int:
    return max(1, min(_number(element.get(attribute), 1), _MOST_REPEATS))


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
