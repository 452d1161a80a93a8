"""Where pages and highlights stand in the viewer: pure geometry.

Pages stand one below the other, centred; sizes are in PDF points, places in device-independent pixels, y down. Pages are 1-based.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from datazoom_desktop.kernel.spans import Box

GAP = 16.0  #: pixels above, between and below pages
FINEST_STEP = 0.25
LARGEST_SCALE = 6.0
SMALLEST_SCALE = 0.5


class PageSize(NamedTuple):
    """Width and height in points."""

    width: float
    height: float


class Rect(NamedTuple):
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageLayout:
    """A document's pages laid out at one scale (pixels a point).

    Attributes:
        tops: Top of each page, ascending.
        width: Of the whole, gaps included; so is ``height``.
    """

    sizes: tuple[PageSize, ...]
    scale: float
    tops: tuple[float, ...]
    width: float
    height: float

    def rect(self, page: int) -> Rect:
        """Return where a page stands; its middle is the middle of ``width``."""
        size = self.sizes[page - 1]
        width = size.width * self.scale
        return Rect((self.width - width) / 2, self.tops[page - 1], width, size.height * self.scale)

    def page_at(self, y: float) -> int:
        """Return the page that stands at ``y``, the one above for a gap, the first above all."""
        return max(1, bisect.bisect_right(self.tops, y))

    def visible(self, top: float, bottom: float) -> range:
        """Return the pages of which some part stands between ``top`` and ``bottom``."""
        if not self.sizes:
            return range(0)
        first = self.page_at(top)
        rect = self.rect(first)
        if rect.y + rect.height <= top and first < len(self.sizes):
            first += 1
        return range(first, max(first, self.page_at(bottom)) + 1)

    def box(self, box: Box) -> Rect:
        """Return where a box of a page stands, grown by a pixel on every side so that letters are not cut."""
        page = self.rect(box.page)
        left, top = page.x + box.x0 * self.scale - 1, page.y + box.y0 * self.scale - 1
        return Rect(left, top, (box.x1 - box.x0) * self.scale + 2, (box.y1 - box.y0) * self.scale + 2)


def lay_out(sizes: Sequence[PageSize], scale: float) -> PageLayout:
    """Return the layout of pages of these sizes."""
    tops = []
    y = GAP
    for size in sizes:
        tops.append(y)
        y += size.height * scale + GAP
    widest = max((size.width for size in sizes), default=0.0)
    return PageLayout(tuple(sizes), scale, tuple(tops), widest * scale + 2 * GAP, y)


def fitting_scale(sizes: Sequence[PageSize], width: float) -> float:
    """Return the scale at which the widest page fits ``width`` pixels with a gap on both sides."""
    widest = max((size.width for size in sizes), default=0.0)
    return max(SMALLEST_SCALE / 2, (width - 2 * GAP) / widest) if widest else 1.0


def drawing_scale(scale: float) -> float:
    """Return the scale at which to draw a page that is shown at ``scale``: the next quarter up, so that few pictures serve all zooms."""
    return min(LARGEST_SCALE, max(SMALLEST_SCALE, math.ceil(scale / FINEST_STEP) * FINEST_STEP))
