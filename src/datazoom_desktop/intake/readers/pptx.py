"""Presentations (PPTX): every slide is a page: title, shapes from top to bottom, tables, groups, charts, notes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Final

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.office import (
    Xml,
    damaged,
    open_package,
    parse_part,
    relationships,
    relationships_by_id,
)
from datazoom_desktop.intake.readers.pagetext import PageText, row
from datazoom_desktop.kernel.coverage import Coverage

_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_C: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_ROW = 300_000  #: EMU (about 8 mm); shapes closer than this stand side by side
_DEEPEST = 40
_MOST_POINTS = 200


class PptxReader:
    """Reads PPTX files."""

    name = "pptx"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the slides in order, hidden ones with that in their label."""
        with open_package(source.file, "presentation") as package:
            try:
                slides = _slides(package)
            except ValueError as error:
                raise damaged("presentation") from error
            if not slides:
                raise damaged("presentation")
            for number, part in enumerate(slides, start=1):
                context.check()
                try:
                    page = _Slide(package, part).page(number)
                except (ValueError, RecursionError):
                    page = ReadPage(number, Coverage.FAILED, reason="This slide is damaged and cannot be read.")
                yield page
                context.progress(number, len(slides))


def _slides(package: zipfile.ZipFile) -> list[str]:
    """Return the slides' parts in the order they are shown."""
    main = next(iter(relationships(package, "").get("officeDocument", ())), "ppt/presentation.xml")
    root = parse_part(package, main)
    if root is None:
        raise ValueError("no presentation")
    targets = relationships_by_id(package, main)
    return [targets[key] for item in root.iter(f"{_P}sldId") if (key := item.get(f"{_R}id") or "") in targets]


class _Slide:
    def __init__(self, package: zipfile.ZipFile, part: str) -> None:
        self._package = package
        self._part = part
        self._targets = relationships_by_id(package, part)
        self._page = PageText()
        self._title = ""

    def page(self, number: int) -> ReadPage:
        """Return the slide as a page labelled with its title."""
        root = parse_part(self._package, self._part)
        tree = root.find(f"{_P}cSld/{_P}spTree") if root is not None else None
        if root is None or tree is None:
            raise ValueError("no slide")
        for shape in _in_order(_leaves(tree, 0)):
            self._shape(shape)
        for notes in relationships(self._package, self._part).get("notesSlide", ()):
            self._notes(notes)
        hidden = " (hidden)" if root.get("show") == "0" else ""
        label = f"{self._title}{hidden}".strip()
        return self._page.page(number, label or None)

    def _shape(self, shape: Xml) -> None:
        table = shape.find(f".//{_A}tbl")
        if table is not None:
            for line in table.iter(f"{_A}tr"):
                self._page.add(
                    row([" ".join(text for text, _ in _paragraphs(cell)) for cell in line.iter(f"{_A}tc")]),
                    BlockKind.TABLE_ROW,
                )
        elif shape.tag == f"{_P}graphicFrame":
            self._graphic(shape)
        elif _placeholder(shape) in ("title", "ctrTitle") and not self._title:
            self._title = " ".join(text for text, _ in _paragraphs(shape)).replace("\n", " ").strip()
            self._page.add(self._title, BlockKind.HEADING, 1)
        elif _placeholder(shape) in ("sldNum", "dt", "ftr"):
            for text, _ in _paragraphs(shape):
                self._page.add(text, BlockKind.FURNITURE)
        else:
            body = list(_paragraphs(shape))
            for text, level in body:
                kind = BlockKind.LIST_ITEM if len(body) > 1 or level else BlockKind.PARAGRAPH
                self._page.add(text, kind, level + 1 if kind is BlockKind.LIST_ITEM else 0)

    def _graphic(self, shape: Xml) -> None:
        """Add the words of a chart or a diagram."""
        for element in shape.iter():
            for name in (f"{_R}id", f"{_R}dm"):
                target = self._targets.get(element.get(name) or "") if isinstance(element.tag, str) else None
                root = parse_part(self._package, target) if target else None
                if root is None:
                    continue
                if root.tag == f"{_C}chartSpace":
                    self._chart(root)
                else:
                    for text, _ in _paragraphs(root):
                        self._page.add(text, BlockKind.LIST_ITEM, 1)

    def _chart(self, root: Xml) -> None:
        title = root.find(f"{_C}chart/{_C}title")
        for text, _ in _paragraphs(title) if title is not None else ():
            self._page.add(text)
        for number, series in enumerate(root.iter(f"{_C}ser")):
            name, names, values = (_points(series.find(f"{_C}{tag}")) for tag in ("tx", "cat", "val"))
            if number == 0 and names:
                self._page.add(row(["", *names[:_MOST_POINTS]]), BlockKind.TABLE_ROW)
            self._page.add(row([*(name or [""]), *values[:_MOST_POINTS]]), BlockKind.TABLE_ROW)

    def _notes(self, part: str) -> None:
        root = parse_part(self._package, part)
        for shape in root.iter(f"{_P}sp") if root is not None else ():
            if _placeholder(shape) == "body":
                for number, (text, _) in enumerate(_paragraphs(shape)):
                    self._page.add(f"Notes: {text}" if number == 0 else text)


def _leaves(tree: Xml, depth: int) -> Iterator[Xml]:
    """Yield the shapes of a tree, those of its groups in their place."""
    for child in tree:
        if child.tag in (f"{_P}sp", f"{_P}graphicFrame", f"{_P}cxnSp"):
            yield child
        elif isinstance(child.tag, str) and child.tag != _FALLBACK and child.tag != f"{_P}pic" and depth < _DEEPEST:
            yield from _leaves(child, depth + 1)


def _in_order(shapes: Iterator[Xml]) -> list[Xml]:
    """Return the title first, then, where every shape says where it stands, the rest by rows, else in the file's order."""
    listed = list(shapes)
    titles = [shape for shape in listed if _placeholder(shape) in ("title", "ctrTitle")]
    rest = [shape for shape in listed if not any(shape is title for title in titles)]
    places = [_place(shape) for shape in rest]
    if all(place is not None for place in places):
        placed = sorted(
            zip(places, range(len(rest)), strict=True),
            key=lambda pair: ((pair[0] or (0, 0))[1] // _ROW, (pair[0] or (0, 0))[0]),
        )
        rest = [rest[number] for _, number in placed]
    return titles + rest


def _place(shape: Xml) -> tuple[int, int] | None:
    parent = shape.getparent()
    if parent is not None and parent.tag == f"{_P}grpSp":
        shape = parent  # a group's own frame is the slide's; its members' may be scaled
    offset = next(
        (
            found
            for tag in (f"{_P}spPr/{_A}xfrm/{_A}off", f"{_P}grpSpPr/{_A}xfrm/{_A}off", f"{_P}xfrm/{_A}off")
            if (found := shape.find(tag)) is not None
        ),
        None,
    )
    try:
        return (int(offset.get("x") or ""), int(offset.get("y") or "")) if offset is not None else None
    except ValueError:
        return None


def _placeholder(shape: Xml) -> str:
    """Return the kind of placeholder a shape fills: "" for none, "obj" where it states none."""
    found = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    return (found.get("type") or "obj") if found is not None else ""


def _paragraphs(element: Xml) -> Iterator[tuple[str, int]]:
    """Yield the text and level (0-based) of each paragraph that holds anything."""
    for paragraph in element.iter(f"{_A}p"):
        text = "".join(
            "\n" if part.tag == f"{_A}br" else part.text or "" for part in paragraph.iter(f"{_A}t", f"{_A}br")
        )
        if text.strip():
            properties = paragraph.find(f"{_A}pPr")
            level = properties.get("lvl") if properties is not None else None
            yield text, int(level) if level and level.isdigit() else 0


def _points(element: Xml | None) -> list[str]:
    return [value.text or "" for value in element.iter(f"{_C}v")] if element is not None else []
