"""Formulas of a sheet, told once for all cells that a formula was filled into. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from openpyxl.formula.translate import Translator, TranslatorError

from datazoom_desktop.kernel.cells import CellRange, column_letters, column_number

_REFERENCE = re.compile(
    r"\"[^\"]*\"|'[^']{0,255}'|\[[^\]]{0,255}\]|(?<![\w.$])(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})(?![\w(.!])",
)
_FUTURE = re.compile(r"_xlfn\.(?:_xlws\.)?|_xlpm\.|_xludf\.")
_LONGEST = 8_192  #: characters of a formula that a spreadsheet takes


class _Run(NamedTuple):
    """A column of cells, one below the other, that hold the same formula; ``formula`` is the first one's."""

    cells: CellRange
    pattern: str
    formula: str


class Formulas:
    """Collects the formulas of a stretch of rows, in order, and tells them."""

    def __init__(self) -> None:
        """Start with none."""
        self._open: dict[int, _Run] = {}
        self._closed: list[_Run] = []
        self._special: list[tuple[CellRange, str]] = []
        self._shared: dict[str, tuple[int, int, str, str]] = {}

    @property
    def size(self) -> int:
        """About how many characters telling them takes."""
        return 60 * (len(self._closed) + len(self._open)) + sum(len(text) for _, text in self._special)

    def add(self, column: int, row: int, formula: str, shared: str | None) -> None:
        """Add the formula of one cell (both 1-based), without "="; ``shared`` names the group that it opens or belongs to.

        A cell that only belongs to a group has no formula of its own.
        """
        formula = shown(formula)
        if not formula and shared is not None and shared in self._shared:
            first_column, first_row, whole, pattern = self._shared[shared]
            run = self._open.get(column)
            if run is not None and run.pattern == pattern and run.cells.last_row == row - 1:
                self._open[column] = run._replace(cells=run.cells._replace(last_row=row))
                return
            formula = _moved(whole, first_column, first_row, column, row)
        elif formula:
            pattern = _pattern(formula, column, row)
            if shared is not None:
                self._shared[shared] = (column, row, formula, pattern)
        else:
            return
        run = self._open.get(column)
        if run is not None and run.pattern == pattern and run.cells.last_row == row - 1:
            self._open[column] = run._replace(cells=run.cells._replace(last_row=row))
            return
        if run is not None:
            self._closed.append(run)
        self._open[column] = _Run(CellRange(column, row, column, row), pattern, formula)

    def add_special(self, cells: CellRange, text: str) -> None:
        """Add a formula that fills a range as a whole, already in words."""
        self._special.append((cells, text))

    def told(self) -> Iterator[tuple[CellRange, str]]:
        """Yield each formula once, with the cells that hold it, by row and column; what was added is forgotten."""
        runs = [*self._closed, *self._open.values()]
        self._open.clear()
        self._closed.clear()
        lines = [(run.cells, _words(run)) for run in _side_by_side(runs)] + self._special
        self._special = []
        yield from sorted(lines, key=lambda line: (line[0].row, line[0].column))


def shown(formula: str) -> str:
    """Return a formula as a spreadsheet shows it: without the marks that newer functions carry in the file."""
    return _FUTURE.sub("", formula[:_LONGEST])


def _words(run: _Run) -> str:
    if run.cells[:2] == run.cells[2:]:
        return f"[Formula at {run.cells}] ={run.formula}"
    return f"[Formulas at {run.cells}] ={run.formula} and so on"


def _side_by_side(runs: Iterable[_Run]) -> Iterator[_Run]:
    """Yield the runs, joined where neighbouring columns hold the same formula in the same rows."""
    last: _Run | None = None
    for run in sorted(runs, key=lambda run: (run.cells.row, run.cells.last_row, run.cells.column)):
        if (
            last is not None
            and last.pattern == run.pattern
            and (last.cells.row, last.cells.last_row) == (run.cells.row, run.cells.last_row)
            and last.cells.last_column == run.cells.column - 1
        ):
            last = last._replace(cells=last.cells.joined(run.cells))
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def _pattern(formula: str, column: int, row: int) -> str:
    """Return a formula with each relative reference as its distance from the cell: equal for cells it was filled into."""

    def distance(found: re.Match[str]) -> str:
        fixed_column, letters, fixed_row, number = found.groups()
        if letters is None:
            return found.group()
        across = letters if fixed_column else f"c{column_number(letters) - column}"
        down = number if fixed_row else f"r{int(number) - row}"
        return f"\x00{fixed_column}{across}{fixed_row}{down}"

    return _REFERENCE.sub(distance, formula)


def _moved(formula: str, column: int, row: int, to_column: int, to_row: int) -> str:
    """Return a formula as it reads after filling it from one cell into another."""
    origin, target = f"{column_letters(column)}{row}", f"{column_letters(to_column)}{to_row}"
    try:
        return str(Translator(f"={formula}", origin=origin).translate_formula(target)).removeprefix("=")
    except (TranslatorError, ValueError, IndexError):
        return formula
