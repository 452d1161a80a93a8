"""Spans of a version's text and boxes on its pages: what every piece of evidence is made of."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters ``[start, end)`` of a version's extracted text; 0-based, half-open, Unicode code points."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse a span that runs backwards or starts before the text."""
        if self.start < 0 or self.end < self.start:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        """Return the number of characters covered."""
        return self.end - self.start

    def overlap(self, other: Span) -> int:
        """Return how many characters both spans cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


class Geometry(enum.StrEnum):
    """What the boxes of a page's words are measured in."""

    POINTS = "points"  #: as in :class:`Box`
    CELLS = "cells"  #: first column, first row, last column, last row of a sheet, 1-based, all inclusive


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page: PDF points (1/72 inch), origin top left, y down, in the page's displayed orientation.

    Attributes:
        page: 1-based page number.
    """

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    def as_list(self) -> list[float]:
        """Return ``[page, x0, y0, x1, y1]`` with coordinates rounded to a hundredth of a point."""
        return [self.page, round(self.x0, 2), round(self.y0, 2), round(self.x1, 2), round(self.y1, 2)]


def lines_of(boxes: Iterable[Box]) -> list[Box]:
    """Join word boxes that stand on one line into one box a line, keeping reading order.

    Two neighbours are on one line when they share a page and overlap vertically by more than half of the smaller height,
    and the second does not start left of the first (a new column or line does).
    """
    out: list[Box] = []
    for box in boxes:
        if out and _same_line(out[-1], box):
            last = out[-1]
            out[-1] = Box(
                last.page, min(last.x0, box.x0), min(last.y0, box.y0), max(last.x1, box.x1), max(last.y1, box.y1)
            )
        else:
            out.append(box)
    return out


def _same_line(a: Box, b: Box) -> bool:
    height = min(a.y1 - a.y0, b.y1 - b.y0)
    return a.page == b.page and min(a.y1, b.y1) - max(a.y0, b.y0) > height / 2 and b.x0 >= a.x0 and b.x0 - a.x1 < 40
