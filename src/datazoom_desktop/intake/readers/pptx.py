"""Presentations (PPTX): every slide is a page: title, shapes from top to bottom, tables, groups, charts, diagrams, notes, comments."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from typing import Final

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.docx_fields import leads_to
from datazoom_desktop.intake.readers.drawing import FALLBACK, A, R, described, graphic, level_of, paragraphs
from datazoom_desktop.intake.readers.embedded import Embeddings
from datazoom_desktop.intake.readers.office import Link, Xml, damaged, links, open_package, parse_part, relationships
from datazoom_desktop.intake.readers.pagetext import PageText, fold, row
from datazoom_desktop.kernel.coverage import Coverage

_P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_P188: Final = "{http://schemas.microsoft.com/office/powerpoint/2018/8/main}"
_ROW = 300_000  #: EMU (about 8 mm); shapes closer than this stand side by side
_DEEPEST = 40
_FEW_LETTERS = 120  #: of a slide's own; one with more says what it has to say
_DAMAGED: Final = "This slide is damaged and cannot be read."
_KINDS: Final = {"text": BlockKind.PARAGRAPH, "item": BlockKind.LIST_ITEM, "row": BlockKind.TABLE_ROW}


class PptxReader:
    """Reads PPTX files."""

    name = "pptx"
    version = 2

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the slides in order, hidden ones with that in their label, and the files that are embedded in them."""
        with open_package(source.file, "presentation") as package:
            try:
                deck = _Deck(package, context)
            except ValueError as error:
                raise damaged("presentation") from error
            if not deck.slides:
                raise damaged("presentation")
            pages = list(deck.items())
            if not any(isinstance(page, ReadPage) and page.coverage.readable for page in pages):
                raise damaged("presentation")
            yield from pages


class _Deck:
    """A presentation: its slides, and what they share."""

    def __init__(self, package: zipfile.ZipFile, context: ReadContext) -> None:
        self._package = package
        self._context = context
        self._embeddings = Embeddings(package, context.scratch)
        main = next(iter(relationships(package, "").get("officeDocument", ())), "ppt/presentation.xml")
        root = parse_part(package, main)
        if root is None:
            raise ValueError("no presentation")
        its_links = links(package, main)
        targets = {link.id: link.target for link in its_links if not link.external}
        self.slides: list[str | None] = [targets.get(item.get(f"{R}id") or "") for item in root.iter(f"{_P}sldId")]
        self._authors = self._named(its_links)

    def items(self) -> Iterator[ReadPage | Attachment]:
        """Yield the slides, each followed by the files embedded in it."""
        for number, part in enumerate(self.slides, start=1):
            self._context.check()
            try:
                if part is None:
                    raise ValueError("the slide is missing")
                yield _Slide(self._package, part, self._authors, self._embeddings).page(number)
            except (ValueError, RecursionError):
                yield ReadPage(number, Coverage.FAILED, reason=_DAMAGED)
            yield from self._embeddings.fresh()
            self._context.progress(number, len(self.slides))

    def _named(self, its_links: tuple[Link, ...]) -> dict[str, str]:
        """Return the names of those who comment, by their ids in the older and the newer form."""
        found: dict[str, str] = {}
        for link in its_links:
            if link.kind in ("commentAuthors", "authors") and not link.external:
                try:
                    root = parse_part(self._package, link.target)
                except ValueError:
                    continue  # what they say can be read without their names
                for item in root if root is not None else ():
                    found[item.get("id") or ""] = item.get("name") or ""
        return found


class _Slide:
    def __init__(self, package: zipfile.ZipFile, part: str, authors: dict[str, str], embeddings: Embeddings) -> None:
        self._package = package
        self._part = part
        self._authors = authors
        self._embeddings = embeddings
        self._links = {link.id: link for link in links(package, part)}
        self._targets = {link.id: link.target for link in self._links.values() if not link.external}
        self._page = PageText()
        self._title = ""
        self._pictures: list[Xml] = []

    def page(self, number: int) -> ReadPage:
        """Return the slide as a page labelled with its title."""
        root = parse_part(self._package, self._part)
        tree = root.find(f"{_P}cSld/{_P}spTree") if root is not None else None
        if root is None or tree is None:
            raise ValueError("no slide")
        hidden = root.get("show") in ("0", "false")
        self._page.add("[This slide is hidden]" if hidden else "")
        for shape in _in_order(_leaves(tree, 0)):
            self._shape(shape)
        if self._page.letters < _FEW_LETTERS:
            for shape in self._pictures:
                self._picture(shape)
        for kind, add in (("notesSlide", self._notes), ("comments", self._comments)):
            for link in self._links.values():
                if link.kind == kind and not link.external:
                    self._beside(add, link.target)
        label = f"{self._title}{' (hidden)' if hidden else ''}".strip()
        return self._page.page(number, label or None)

    def _beside(self, add: Callable[[Xml], None], part: str) -> None:
        """Add what stands beside the slide, or say that it is damaged."""
        try:
            root = parse_part(self._package, part)
        except ValueError:
            self._page.add("[The notes or comments of this slide are damaged and could not be read.]")
            return
        if root is not None:
            add(root)

    def _shape(self, shape: Xml) -> None:
        table = shape.find(f".//{A}tbl")
        if table is not None:
            for line in table.iter(f"{A}tr"):
                cells = [" ".join(text for text, _ in self._paragraphs(cell)) for cell in line.iter(f"{A}tc")]
                self._page.add(row(cells), BlockKind.TABLE_ROW)
        elif shape.tag == f"{_P}pic":
            words = next((described(item) for item in shape.iter(f"{_P}cNvPr")), "")
            self._page.add(f"[Picture: {words}]" if words else "")
            self._pictures.append(shape)
        elif shape.tag == f"{_P}graphicFrame":
            self._graphic(shape)
        elif _placeholder(shape) in ("title", "ctrTitle") and not self._title:
            self._title = " ".join(text for text, _ in self._paragraphs(shape)).replace("\n", " ").strip()
            self._page.add(self._title, BlockKind.HEADING, 1)
        elif _placeholder(shape) in ("sldNum", "dt", "ftr"):
            for text, _ in self._paragraphs(shape):
                self._page.add(text, BlockKind.FURNITURE)
        else:
            body = list(self._paragraphs(shape))
            for text, level in body:
                kind = BlockKind.LIST_ITEM if len(body) > 1 or level else BlockKind.PARAGRAPH
                self._page.add(text, kind, level + 1 if kind is BlockKind.LIST_ITEM else 0)

    def _paragraphs(self, element: Xml) -> Iterator[tuple[str, int]]:
        """Yield the text and level (0-based) of each paragraph that holds anything, with where its links lead."""
        for paragraph in element.iter(f"{A}p"):
            parts = []
            for part in paragraph.iter(f"{A}t", f"{A}br"):
                text = "\n" if part.tag == f"{A}br" else part.text or ""
                click = part.getparent().find(f"{A}rPr/{A}hlinkClick")
                link = self._links.get(click.get(f"{R}id") or "") if click is not None else None
                leads = leads_to(link.target, text) if link is not None and link.external else ""
                parts.append(f"{text.rstrip()}{leads}{text[len(text.rstrip()) :]}" if leads else text)
            if "".join(parts).strip():
                yield "".join(parts), level_of(paragraph)

    def _graphic(self, shape: Xml) -> None:
        """Add the words of a chart or a diagram, or name an embedded file."""
        for line in graphic(self._package, shape, self._targets, self._embeddings):
            self._page.add(line.text, _KINDS[line.kind], 1 if line.kind == "item" else 0)
        objects = [item for item in shape.iter(f"{_P}oleObj") if not _in_fallback(item)]
        for item in objects or shape.iter(f"{_P}oleObj"):
            link = self._links.get(item.get(f"{R}id") or "")
            if link is None:
                continue
            if link.external:
                self._page.add(f"[Linked file: {link.target}]")
                continue
            try:
                name = self._embeddings.take(link, item.get("progId") or "")
            except ValueError:
                self._page.add("[An embedded file here is damaged and could not be taken out.]")
                continue
            self._page.add(f"[Embedded file: {name}]" if name else "")

    def _picture(self, shape: Xml) -> None:
        """Hand on a picture of a slide that has hardly any text of its own: it may be all that the slide says."""
        for item in shape.iter(f"{A}blip"):
            link = self._links.get(item.get(f"{R}embed") or "")
            if link is None or link.external:
                continue
            try:
                name = self._embeddings.take_picture(link)
            except ValueError:
                self._page.add("[A picture here is damaged and could not be taken out.]")
                continue
            self._page.add(f"[Picture, read on its own: {name}]" if name else "")

    def _notes(self, root: Xml) -> None:
        for shape in root.iter(f"{_P}sp"):
            if _placeholder(shape) == "body":
                for number, (text, _) in enumerate(paragraphs(shape)):
                    self._page.add(f"Notes: {text}" if number == 0 else text)

    def _comments(self, root: Xml) -> None:
        """Add the comments on the slide, in the older form or the newer, which has threads."""
        for item in root.iter(f"{_P}cm"):
            self._comment("Comment", item.get("authorId"), item.get("dt"), item.findtext(f"{_P}text") or "")
        for item in root.iter(f"{_P188}cm", f"{_P188}reply"):
            kind = "Comment" if item.tag == f"{_P188}cm" else "Reply"
            body = item.find(f"{_P188}txBody")
            words = " ".join(text for text, _ in paragraphs(body)) if body is not None else ""
            done = ", resolved" if item.get("status") == "resolved" else ""
            self._comment(f"{kind}{done}", item.get("authorId"), item.get("created"), words)

    def _comment(self, kind: str, author: str | None, moment: str | None, text: str) -> None:
        tidy = fold(text).replace("\n", " ")
        who = ", ".join(filter(None, (self._authors.get(author or "", ""), (moment or "")[:10])))
        if tidy:
            self._page.add(f"[{kind}] {f'{who}: ' if who else ''}{tidy}")


def _leaves(tree: Xml, depth: int) -> Iterator[Xml]:
    """Yield the shapes of a tree, those of its groups in their place."""
    for child in tree:
        if child.tag in (f"{_P}sp", f"{_P}graphicFrame", f"{_P}cxnSp", f"{_P}pic"):
            yield child
        elif isinstance(child.tag, str) and child.tag != FALLBACK and depth < _DEEPEST:
            yield from _leaves(child, depth + 1)


def _in_fallback(element: Xml) -> bool:
    return any(parent.tag == FALLBACK for parent in element.iterancestors())


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
            for tag in (f"{_P}spPr/{A}xfrm/{A}off", f"{_P}grpSpPr/{A}xfrm/{A}off", f"{_P}xfrm/{A}off")
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
