"""Stretches of a sheet that belong together: filled rows without an empty one between, and the columns side by side in them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from datazoom_desktop.kernel.cells import CellRange
from datazoom_desktop.tables.model import Cell, Grid

_MARK = re.compile(r"(?:\[\d{1,2}\]\s*|[*†‡])+")


@dataclass(frozen=True)
class Block:
    """Some filled cells of a sheet, by row and by column, both 1-based."""

    grid: Grid
    lines: dict[int, dict[int, Cell]]

    @cached_property
    def rows(self) -> list[int]:
        """The rows that hold anything, in order."""
        return sorted(self.lines)

    @cached_property
    def columns(self) -> list[int]:
        """The columns that hold anything, in order."""
        return sorted({column for line in self.lines.values() for column in line})

    @property
    def count(self) -> int:
        """How many cells it has."""
        return sum(len(line) for line in self.lines.values())

    @property
    def range(self) -> CellRange:
        """The smallest range that holds it, merged cells included."""
        return around([cell for line in self.lines.values() for cell in line.values()])

    def only(self, columns: list[int]) -> Block:
        """Return what of it stands in some columns."""
        wanted = set(columns)
        lines = {row: {c: cell for c, cell in line.items() if c in wanted} for row, line in self.lines.items()}
        return Block(self.grid, {row: line for row, line in lines.items() if line})

    def below(self, row: int) -> Block:
        """Return what of it stands at ``row`` or below."""
        return Block(self.grid, {number: line for number, line in self.lines.items() if number >= row})

    def with_block(self, other: Block) -> Block:
        """Return both as one."""
        return Block(self.grid, self.lines | other.lines)


def around(cells: list[Cell]) -> CellRange:
    """Return the smallest range that holds all of ``cells``, of which there is at least one."""
    places = [cell.place for cell in cells]
    return CellRange(
        min(place.column for place in places),
        min(place.row for place in places),
        max(place.last_column for place in places),
        max(place.last_row for place in places),
    )


def split(grid: Grid) -> list[Block]:
    """Return the blocks of a sheet, top to bottom.

    A text merged over several rows stands in each of them; cells that hold but the mark of a footnote are left out.
    """
    lines: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in grid.cells.items():
        if cell.text[0] in "[*†‡" and _MARK.fullmatch(cell.text):
            continue
        last = cell.place.last_row if cell.place.column == cell.place.last_column else row
        for number in range(row, min(last, row + 1_000) + 1):
            lines.setdefault(number, {}).setdefault(column, cell)
    found: list[Block] = []
    before = -1
    for row in sorted(lines):
        if row > before + 1:
            found.append(Block(grid, {}))
        found[-1].lines[row] = dict(sorted(lines[row].items()))
        before = row
    return found


def beside(block: Block) -> list[Block]:
    """Return the parts of a block that an empty column parts; rows with a single cell, such as titles, part and join nothing."""
    filled = sorted({column for line in block.lines.values() if len(line) > 1 for column in line})
    parts: list[list[int]] = []
    for column in filled or block.columns:
        if parts and column == parts[-1][-1] + 1:
            parts[-1].append(column)
        else:
            parts.append([column])
    if len(parts) < 2:
        return [block]
    for column in block.columns:
        if column not in filled:
            min(parts, key=lambda part: min(abs(column - other) for other in part)).append(column)
    return [block.only(part) for part in parts]
