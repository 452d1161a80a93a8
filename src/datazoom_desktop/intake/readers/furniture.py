"""Furniture: running headers, running footers and page numbers, told by their place and their return on other pages. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from datazoom_desktop.intake.readers.pdf_layout import Layout
from datazoom_desktop.intake.structure import Line

_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"(?:page\s+)?[-\u2013\u2014\u2012(\[ ]{0,3}(?:[A-Z]{1,2}-)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of)\s*\d{1,4})?[-\u2013\u2014)\] .]{0,3}", re.IGNORECASE)
_MARGIN = 0.11  #: of the page's height, at the top and at the bottom
_MOST_LINES = 4  #: at each edge
_LONGEST = 160
_MIN_PAGES = 3

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
    """Counts, over the pages seen so far, the lines at the edges."""

    def __init__(self) -> None:
        """Start with no page seen."""
        self._seen: Counter[Signature] = Counter()
        self._pages = 0

    def see(self, layouts: Iterable[Layout]) -> None:
        """Count the edge lines of more pages."""
        for layout in layouts:
            self._pages += 1
            self._seen.update(set(edge_lines(layout).values()))

    def mark(self, layout: Layout) -> Sequence[Line]:
        """Return the page's lines with furniture marked: page numbers, and what returns on enough pages."""
        edges = edge_lines(layout)
        enough = max(_MIN_PAGES, min(self._pages // 8, 12))
        return [
            line._replace(furniture=True)
            if number in edges and (self._seen[edges[number]] >= enough or (self._pages > 1 and _PAGE_NUMBER.fullmatch(line.text)))
            else line
            for number, line in enumerate(layout.lines)
        ]
