"""What the three Office formats draw alike: the words of shapes, charts and diagrams, and what pictures say they show."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Final, NamedTuple

from datazoom_desktop.intake.readers.embedded import Embeddings
from datazoom_desktop.intake.readers.office import Xml, parse_part
from datazoom_desktop.intake.readers.pagetext import fold, row

A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DIAGRAM: Final = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_NEWER_CHART: Final = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_NEWER_CHART_2: Final = "{http://schemas.microsoft.com/office/drawing/2014/chart}"
FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_FILE_NAME = re.compile(r".{0,250}\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp)", re.IGNORECASE)
EMU_A_POINT: Final = 12_700
_LARGE_AREA: Final = 595 * 842 * EMU_A_POINT**2 // 3  #: a third of an A4 page
_MOST_POINTS = 200
_MOST_SERIES = 60


class Drawn(NamedTuple):
    """A line of a drawing: ``kind`` is "text", "item" (of a diagram) or "row" (of a chart's numbers)."""

    text: str
    kind: str


def paragraphs(element: Xml) -> Iterator[tuple[str, int]]:
    """Yield the text and level (0-based) of each paragraph that holds anything."""
    for paragraph in element.iter(f"{A}p"):
        text = "".join("\n" if part.tag == f"{A}br" else part.text or "" for part in paragraph.iter(f"{A}t", f"{A}br"))
        if text.strip():
            yield text, level_of(paragraph)


def level_of(paragraph: Xml) -> int:
    """Return the level of a paragraph in its list, 0 outermost."""
    properties = paragraph.find(f"{A}pPr")
    level = properties.get("lvl") if properties is not None else None
    return int(level) if level and level.isdigit() and len(level) < 3 else 0


def graphic(
    package: zipfile.ZipFile, frame: Xml, targets: dict[str, str], embeddings: Embeddings | None = None
) -> Iterator[Drawn]:
    """Yield the words of the chart or diagram that a frame shows; ``targets`` are the parts its ids mean.

    A part that is damaged says so in its place. With ``embeddings``, a workbook behind a chart that holds more than the chart's
    numbers is handed on.
    """
    for element in frame.iter():
        if not isinstance(element.tag, str) or not element.tag.endswith(("}chart", "}relIds")):
            continue
        target = targets.get(element.get(f"{R}id") or element.get(f"{R}dm") or "")
        if target is None:
            continue
        try:
            root = parse_part(package, target)
        except ValueError:
            yield Drawn("[A chart or diagram here is damaged and could not be read.]", "text")
            continue
        if root is None:
            continue
        if root.tag == f"{_DIAGRAM}dataModel":
            yield from (Drawn(text, "item") for text in _diagram(root))
        else:
            yield from _chart(root)
            for name in embeddings.behind_chart(target) if embeddings is not None else ():
                yield Drawn(f"[Workbook behind this chart: {name}]", "text")


def described(element: Xml) -> str:
    """Return what a picture or frame says in words about what it shows, or ""; a file's name says nothing."""
    text = fold(element.get("descr") or "").replace("\n", " ")
    return "" if _FILE_NAME.fullmatch(text) else text.removesuffix("Description automatically generated").strip()


def is_large(width: str | None, height: str | None) -> bool:
    """Return whether a picture shown with these sides (EMU) fills a third of a page and more: it may be a page that was scanned."""
    sides = [int(side) if side and side.isdigit() and len(side) < 12 else 0 for side in (width, height)]
    return sides[0] * sides[1] >= _LARGE_AREA


def _diagram(root: Xml) -> Iterator[str]:
    """Yield the texts of a diagram's points in their order; its layout's own points hold none."""
    for point in root.iter(f"{_DIAGRAM}pt"):
        if point.get("type") not in ("pres", "parTrans", "sibTrans"):
            for text, _ in paragraphs(point):
                yield text


def _chart(root: Xml) -> Iterator[Drawn]:
    """Yield a chart's title, the names of its axes, and its numbers by series."""
    for title in root.iter(f"{C}title", f"{_NEWER_CHART}title", f"{_NEWER_CHART_2}title"):
        words = " ".join(text for text, _ in paragraphs(title)) or " ".join(_points(title))
        if fold(words):
            yield Drawn(words, "text")
    named: list[str] = []
    for number, series in enumerate(root.iter(f"{C}ser")):
        if number == _MOST_SERIES:
            yield Drawn("[The chart goes on with more series, which are not shown here.]", "text")
            return
        name = [value for tag in ("tx",) for value in _points(series.find(f"{C}{tag}"))]
        categories = _points(_first(series, "cat", "xVal"))
        values = _points(_first(series, "val", "yVal"))
        sizes = _points(series.find(f"{C}bubbleSize"))
        if categories and categories != named:
            named = categories
            yield Drawn(row(["", *_cut(categories)]), "row")
        for numbers in filter(None, (values, sizes)):
            yield Drawn(row([" ".join(name), *_cut(numbers)]), "row")
        if name and not values:
            yield Drawn(" ".join(name), "text")


def _first(series: Xml, *tags: str) -> Xml | None:
    return next((found for tag in tags if (found := series.find(f"{C}{tag}")) is not None), None)


def _points(element: Xml | None) -> list[str]:
    return [fold(value.text or "") for value in element.iter(f"{C}v")] if element is not None else []


def _cut(values: list[str]) -> list[str]:
    return values if len(values) <= _MOST_POINTS else [*values[:_MOST_POINTS], f"and {len(values) - _MOST_POINTS} more"]
