"""Furniture: running headers, running footers and page numbers, told by their place and their return on other pages. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from datazoom_desktop.intake.readers.pdf_layout import Layout
from datazoom_desktop.intake.structure import Line

_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"(?:page\s+)?[-\u2013\u2014\u2012(\[ ]{0,3}(?:[A-Z]{1,2}-)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of)\s*\d{1,4})?[-\u2013\u2014)\] .]{0,3}",
    re.IGNORECASE,
)
_SAYS_PAGE = re.compile(r"\bpage\s+\d", re.IGNORECASE)
_MARGIN = 0.11  #: of the page's height, at the top and at the bottom
_MOST_LINES = 4  #: at each edge
_LONGEST = 160
_MIN_PAGES = 3
_LONG_ENOUGH = 20  #: characters; shorter lines return by chance

Signature = tuple[str, bool]


def edge_lines(layout: Layout) -> dict[int, Signature]:
    """Return for each line that may be furniture its number and what it looks like on any page."""
    found: dict[int, Signature] = {}
    placed = sorted(range(len(layout.lines)), key=lambda n: layout.places[n][1])
    for top, order in ((True, placed), (False, placed[::-1])):
        for number in order[:_MOST_LINES]:
            _, y0, _, y1 = layout.places[number]
            inside = y1 <= _MARGIN * layout.height if top else y0 >= (1 - _MARGIN) * layout.height
            line = layout.lines[number]
            if inside and len(line.text) <= _LONGEST:
                found[number] = (_DIGITS.sub("#", line.text), top)
    return found


class Repeats:
    """Counts, over the pages seen so far, the lines at the edges and the longer lines anywhere.

    What returns is furniture, except where it stands for the first time: there it can be found.
    """

    def __init__(self) -> None:
        """Start with no page seen."""
        self._edges: Counter[Signature] = Counter()
        self._lines: Counter[str] = Counter()
        self._pages = 0
        self._kept: set[str] = set()

    def see(self, layouts: Iterable[Layout]) -> None:
        """Count the lines of more pages."""
        for layout in layouts:
            self._pages += 1
            self._edges.update(set(edge_lines(layout).values()))
            self._lines.update({line.text for line in layout.lines if len(line.text) >= _LONG_ENOUGH})

    def mark(self, layout: Layout) -> Sequence[Line]:
        """Return the page's lines with furniture marked: page numbers, and what returns on enough pages."""
        edges = edge_lines(layout)
        return [self._marked(line, edges.get(number)) for number, line in enumerate(layout.lines)]

    def _marked(self, line: Line, edge: Signature | None) -> Line:
        if edge is not None and self._pages > 1 and _PAGE_NUMBER.fullmatch(line.text):
            return line._replace(furniture=True)
        at_edge = edge is not None and self._edges[edge] >= max(_MIN_PAGES, min(self._pages // 8, 12))
        anywhere = self._lines[line.text] >= max(_MIN_PAGES + 1, 0.4 * self._pages)
        if not (at_edge or anywhere):
            return line
        key = _DIGITS.sub("#", line.text)
        first = key not in self._kept and len(key) >= _LONG_ENOUGH and not _SAYS_PAGE.search(line.text)
        self._kept.add(key)
        return line if first else line._replace(furniture=True)
