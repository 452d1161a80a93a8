"""Building one page of a sheet: rows of cells, notes about cells, and for each stretch of text the cells it stands in."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from datazoom_desktop.intake.model import BlockKind, ReadPage, Words
from datazoom_desktop.intake.readers.pagetext import PageText, fold
from datazoom_desktop.kernel.cells import LAST_COLUMN, LAST_ROW, CellRange
from datazoom_desktop.kernel.spans import Geometry

ROWS_A_PAGE = 20_000  #: a longer sheet goes on on another page
CHARS_A_PAGE = 2 << 20
_MOST_EMPTY = 3  #: empty cells shown between two filled ones


class SheetPage(PageText):
    """Collects a sheet's rows and notes; every cell's text is a word whose box is the cell."""

    def __init__(self, sheet: str | None) -> None:
        """Start an empty page of a sheet of that name, which stands before its ranges; None for a sheet without one."""
        super().__init__()
        self._sheet = sheet
        self._starts, self._ends, self._boxes = array("i"), array("i"), array("f")

    @property
    def full(self) -> bool:
        """Whether the next row belongs on another page."""
        return len(self) >= CHARS_A_PAGE

    def row(self, cells: Iterable[tuple[CellRange, str]]) -> None:
        """Add a row as a line: its filled cells, left to right, parted by " | ", with few of the empty ones between.

        A cell's text is folded onto one line; a row without any is left out.
        """
        parts: list[str] = []
        places: list[tuple[CellRange, int, int]] = []
        at = column = 0
        for place, text in cells:
            tidy = fold(text).replace("\n", " ")
            if not tidy:
                continue
            if parts:
                gap = " | " + "| " * min(_MOST_EMPTY, max(0, place.column - column - 1))
                parts.append(gap)
                at += len(gap)
            parts.append(tidy)
            places.append((place, at, at + len(tidy)))
            at += len(tidy)
            column = max(column, place.last_column)
        if parts:
            start = self.put("".join(parts), BlockKind.TABLE_ROW)
            for place, begin, end in places:
                self._word(place, start + begin, start + end)

    def note(self, text: str, place: CellRange | None, kind: BlockKind = BlockKind.PARAGRAPH) -> None:
        """Add a line about some cells, or about the sheet (None)."""
        tidy = fold(text).replace("\n", " ")
        if tidy:
            start = self.put(tidy, kind)
            if place is not None:
                self._word(place, start, start + len(tidy))

    def page(self, number: int, label: str | None = None) -> ReadPage:
        """Return what was collected as a page."""
        words = Words(
            np.array(self._starts, np.int32),
            np.array(self._ends, np.int32),
            np.array(self._boxes, np.float32).reshape(-1, 4),
            Geometry.CELLS,
        )
        return replace(super().page(number, label), words=words, sheet=self._sheet)

    def _word(self, place: CellRange, start: int, end: int) -> None:
        self._starts.append(start)
        self._ends.append(end)
        self._boxes.extend(
            (
                min(place.column, LAST_COLUMN),
                min(place.row, LAST_ROW),
                min(place.last_column, LAST_COLUMN),
                min(place.last_row, LAST_ROW),
            )
        )
