"""What a workbook says beside its cells: comments and their threads, links, charts, text boxes, tables, pivots, names, other workbooks."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Final

from datazoom_desktop.intake.readers.drawing import FALLBACK, A, R, described, graphic, is_large, paragraphs
from datazoom_desktop.intake.readers.embedded import Embeddings
from datazoom_desktop.intake.readers.office import Link, Xml, links, parse_part
from datazoom_desktop.intake.readers.pagetext import fold
from datazoom_desktop.intake.readers.xlsx_sheet import rich_text
from datazoom_desktop.kernel.cells import CellRange, cell_range, sheet_prefix

_S: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_XDR: Final = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_T: Final = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"
_ANCHORS: Final = (f"{_XDR}twoCellAnchor", f"{_XDR}oneCellAnchor", f"{_XDR}absoluteAnchor")
_PLACE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!:,()\"]+))!([$A-Z0-9:]+)")
_STANDS_IN = "[Threaded comment]"  #: how a thread's text begins where older programs look for it

Note = tuple[str, CellRange | None]


class Notes:
    """The notes of one workbook."""

    def __init__(self, package: zipfile.ZipFile, main: str, root: Xml, embeddings: Embeddings) -> None:
        """Look at a workbook whose main part, parsed, is ``root``; large pictures go to ``embeddings``."""
        self._embeddings = embeddings
        self._package = package
        self._main = main
        self._root = root
        self._people: dict[str, str] | None = None

    def of_sheet(self, part: str) -> Iterator[Note]:
        """Yield the notes of a sheet (its part), except those about its names."""
        for link in links(self._package, part):
            if link.external:
                continue
            try:
                yield from self._of(link)
            except ValueError:
                yield f"[What this sheet shows beside its cells ({link.kind}) is damaged and could not be read.]", None

    def _of(self, link: Link) -> Iterator[Note]:
        if link.kind == "comments":
            yield from self._comments(link.target)
        elif link.kind == "threadedComment":
            yield from self._threads(link.target)
        elif link.kind == "drawing":
            yield from self._drawing(link.target)
        elif link.kind == "table":
            yield from self._range(link.target, "Table", "displayName", "ref")
        elif link.kind == "pivotTable":
            yield from self._pivot(link.target)

    def _comments(self, part: str) -> Iterator[Note]:
        root = parse_part(self._package, part)
        if root is None:
            return
        authors = [fold(author.text or "") for author in root.iter(f"{_S}author")]
        for item in root.iter(f"{_S}comment"):
            text = fold(rich_text(item)).replace("\n", " ")
            if not text or text.startswith(_STANDS_IN):
                continue
            number = item.get("authorId") or ""
            author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
            said = text if not author or text.startswith(author) else f"{author}: {text}"
            yield f"[Note at {item.get('ref')}] {said}", cell_range(item.get("ref") or "")

    def _threads(self, part: str) -> Iterator[Note]:
        root = parse_part(self._package, part)
        for item in root.iter(f"{_T}threadedComment") if root is not None else ():
            text = fold(item.findtext(f"{_T}text") or "").replace("\n", " ")
            author = self._person(item.get("personId") or "")
            day = (item.get("dT") or "")[:10]
            kind = "Reply" if item.get("parentId") else "Comment"
            resolved = ", resolved" if item.get("done") == "1" else ""
            who = ", ".join(filter(None, (author, day)))
            if text:
                said = f"{who}: {text}" if who else text
                yield f"[{kind} at {item.get('ref')}{resolved}] {said}", cell_range(item.get("ref") or "")

    def _person(self, identifier: str) -> str:
        if self._people is None:
            self._people = {}
            for link in links(self._package, self._main):
                root = parse_part(self._package, link.target) if link.kind == "person" and not link.external else None
                for item in root.iter(f"{_T}person") if root is not None else ():
                    self._people[item.get("id") or ""] = item.get("displayName") or ""
        return self._people.get(identifier, "")

    def _drawing(self, part: str) -> Iterator[Note]:
        """Yield the words of what is drawn over the cells: text boxes, charts, diagrams, what pictures are said to show."""
        root = parse_part(self._package, part)
        targets = {link.id: link.target for link in links(self._package, part) if not link.external}
        for anchor in root.iter(*_ANCHORS) if root is not None else ():
            place = _anchored(anchor)
            at = f" at {place}" if place else ""
            for shape in anchor.iter(f"{_XDR}sp"):
                if _is_fallback(shape):
                    continue
                words = " ".join(text for text, _ in paragraphs(shape))
                yield (f"[Text box{at}] {words}" if words else ""), place
            for frame in anchor.iter(f"{_XDR}graphicFrame"):
                lines = [drawn.text for drawn in graphic(self._package, frame, targets)]
                yield (f"[Chart or diagram{at}] {'; '.join(lines)}" if lines else ""), place
            for picture in anchor.iter(f"{_XDR}pic"):
                words = next((described(item) for item in picture.iter(f"{_XDR}cNvPr")), "")
                yield self._picture(picture, targets, at), place
                yield (f"[Picture{at}] {words}" if words else ""), place

    def _picture(self, picture: Xml, targets: dict[str, str], at: str) -> str:
        """Hand on a picture that may be a scanned page, and return the line that names it, or ""."""
        extent = picture.find(f"{_XDR}spPr/{A}xfrm/{A}ext")
        blip = next(picture.iter(f"{A}blip"), None)
        target = targets.get(blip.get(f"{R}embed") or "") if blip is not None else None
        if target is None or extent is None or not is_large(extent.get("cx"), extent.get("cy")):
            return ""
        name = self._embeddings.take_picture(Link("", "image", target, external=False))
        return f"[Picture{at}, read on its own] {name}" if name else ""

    def chart_of(self, part: str) -> Iterator[Note]:
        """Yield the words of a sheet that is only a chart."""
        for link in links(self._package, part):
            if link.kind != "drawing" or link.external:
                continue
            root = parse_part(self._package, link.target)
            targets = {inner.id: inner.target for inner in links(self._package, link.target) if not inner.external}
            for frame in root.iter(f"{_XDR}graphicFrame") if root is not None else ():
                for drawn in graphic(self._package, frame, targets):
                    yield drawn.text, None

    def _range(self, part: str, kind: str, name: str, ref: str) -> Iterator[Note]:
        root = parse_part(self._package, part)
        if root is not None:
            place = cell_range(root.get(ref) or "")
            yield f"[{kind} at {root.get(ref)}] {root.get(name) or root.get('name') or ''}", place

    def _pivot(self, part: str) -> Iterator[Note]:
        root = parse_part(self._package, part)
        location = root.find(f"{_S}location") if root is not None else None
        if root is None or location is None:
            return
        source = ""
        for link in links(self._package, part):
            cache = parse_part(self._package, link.target) if link.kind == "pivotCacheDefinition" else None
            of = cache.find(f"{_S}cacheSource/{_S}worksheetSource") if cache is not None else None
            if of is not None:
                sheet = sheet_prefix(of.get("sheet") or "") if of.get("sheet") else ""
                source = f", summing up {sheet}{of.get('ref') or of.get('name') or ''}"
        yield (
            f"[Pivot table at {location.get('ref')}] {root.get('name') or ''}{source}",
            cell_range(location.get("ref") or ""),
        )

    def names(self) -> Iterator[tuple[str | None, Note]]:
        """Yield for each defined name the sheet it stands on (None where it is not simply a range) and what to note.

        Names that the program makes for itself, such as print areas, are left out; those that point nowhere are told together.
        """
        lost: list[str] = []
        for item in self._root.iter(f"{_S}definedName"):
            name, meaning = item.get("name") or "", (item.text or "").strip()
            if not name or name.startswith(("_xlnm.", "_xlpm.")):
                continue
            hidden = " (hidden)" if item.get("hidden") in ("1", "true") else ""
            found = _PLACE.fullmatch(meaning)
            place = cell_range(found[3]) if found else None
            if found is not None and place is not None:
                sheet = (found[1] or found[2]).replace("''", "'")
                yield sheet, (f"[Name of {place}] {name}{hidden}", place)
            elif "#REF!" in meaning:
                lost.append(name)
            else:
                yield None, (f"[Name] {name}{hidden} ={meaning}", None)
        if lost:
            yield None, (f"[Names whose cells were deleted] {', '.join(lost)}", None)

    def others(self) -> Iterator[Note]:
        """Yield the workbooks that formulas refer to as [1], [2] and so on."""
        by_id = {link.id: link for link in links(self._package, self._main)}
        ids = [item.get(f"{R}id") or "" for item in self._root.iter(f"{_S}externalReference")]
        for number, identifier in enumerate(ids, start=1):
            link = by_id.get(identifier)
            targets = (
                [inner.target for inner in links(self._package, link.target)] if link and not link.external else []
            )
            where = targets[0] if targets else "not named"
            yield f"[Linked workbook {number}] {where}, which formulas call [{number}]", None


def _anchored(anchor: Xml) -> CellRange | None:
    """Return the cells that a drawing covers."""
    corners = []
    for tag in ("from", "to"):
        corner = anchor.find(f"{_XDR}{tag}")
        texts = [corner.findtext(f"{_XDR}{part}") or "" for part in ("col", "row")] if corner is not None else []
        corners.append([int(text) + 1 for text in texts if text.strip().isdigit() and len(text) < 9])
    first, last = corners
    if len(first) != 2:
        return None
    if len(last) != 2:
        last = first
    return CellRange(first[0], first[1], max(first[0], last[0]), max(first[1], last[1]))


def _is_fallback(shape: Xml) -> bool:
    return any(parent.tag == FALLBACK for parent in shape.iterancestors())
