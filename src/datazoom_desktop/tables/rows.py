"""Which rows of a table are data, and which are sums, headings inside the table, or remarks below it. Pure.

A sum is told by the formula that makes it, by what it is called, or, where it is called nothing, by adding up. That its figure happens
to be the sum of others is never enough.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from datazoom_desktop.tables.blocks import Block
from datazoom_desktop.tables.columns import Held
from datazoom_desktop.tables.model import Kind, RowKind

_EXACTLY = re.compile(
    r"(?:grand\s+|sub[\s-]?|overall\s+|column\s+)?totals?|sum|gesamt(?:summe)?|summe|insgesamt", re.IGNORECASE
)
_PARTLY = re.compile(r"(?:grand\s+|sub[\s-]?)?totals?\b.*|.*\btotals?", re.IGNORECASE | re.DOTALL)
_LONG = 60  #: characters from which a line below a table is a remark


class Sorted(NamedTuple):
    """What each row is, the heading inside the table that it stands under, and what its reader should know."""

    kinds: dict[int, RowKind]
    sections: dict[int, str]
    notes: list[str]


def sort_rows(
    block: Block,
    body: Sequence[int],
    label: int | None,
    columns: dict[int, Held],
    headings: set[str],
    *,
    statement: bool,
) -> Sorted:
    """Return what the rows of a table's body are.

    Args:
        block: Where they stand.
        body: The rows, in order.
        label: The column that names what a row is about.
        columns: What the columns hold, by position.
        headings: Texts of the headings, which a table may repeat.
        statement: Whether the table is a statement; see ``Shape``.
    """
    sums = _sums(block, body, columns)
    adder = _Adder(columns)
    kinds: dict[int, RowKind] = {}
    notes: list[str] = []
    last_full = _last_full(block, body)
    for row in body:
        line = block.lines[row]
        name = line[label].text.strip().rstrip(":").strip() if label in line else ""
        if len(line) > 1 and {cell.text.strip() for cell in line.values()} <= headings:
            kinds[row] = RowKind.NOTE
        elif len(line) == 1 and (alone := _alone(block, row, columns, statement=statement, ends=row > last_full)):
            kinds[row] = alone
        elif row in sums or _is_total(block, row, name, label, columns, adder, statement=statement):
            kinds[row] = RowKind.TOTAL
            if (note := adder.check(row, name)) and row not in sums:
                notes.append(note)
            adder.total(row)
        else:
            kinds[row] = RowKind.DATA
            adder.add(row)
    if not statement:
        _summaries(block, body, kinds)
    return Sorted(kinds, _sections(block, body, kinds), notes)


def _sums(block: Block, body: Sequence[int], columns: dict[int, Held]) -> set[int]:
    """Return the rows with a formula that adds up rows above; a column of running sums tells nothing."""
    of_column = {c: [row for row in body if (row, c) in block.grid.sums] for c in columns}
    return {row for rows in of_column.values() if len(rows) * 2 <= max(2, len(body)) for row in rows}


def _alone(block: Block, row: int, columns: dict[int, Held], *, statement: bool, ends: bool) -> RowKind | None:
    """Return what a row with a single text is; None where it may be data with gaps."""
    ((column, cell),) = block.lines[row].items()
    if columns[column].kind is not Kind.TEXT or all(held.kind is Kind.TEXT for held in columns.values()):
        return None
    if ends and (len(cell.text) > _LONG or cell.text.rstrip().endswith(".")):
        return RowKind.NOTE
    if statement or len(columns) > 2 or cell.text.rstrip().endswith(":"):
        return RowKind.SECTION
    return None


def _last_full(block: Block, body: Sequence[int]) -> int:
    return max((row for row in body if len(block.lines[row]) > 1), default=0)


def _is_total(
    block: Block, row: int, name: str, label: int | None, columns: dict[int, Held], adder: _Adder, *, statement: bool
) -> bool:
    if not name:
        return (
            label is not None and not any(columns[c].kind is Kind.TEXT for c in block.lines[row]) and adder.adds_up(row)
        )
    if _EXACTLY.fullmatch(name):
        return True
    if not _PARTLY.fullmatch(name):
        return False
    if statement or adder.adds_up(row):
        return True
    others = [c for c, held in columns.items() if held.kind is not Kind.NUMBER and c != label]
    return bool(others) and not any(c in block.lines[row] for c in others)


class _Adder:
    """Adds up the figures of the rows as they pass, to tell whether a row is the sum of those above it."""

    def __init__(self, columns: dict[int, Held]) -> None:
        self._columns = {c: held for c, held in columns.items() if held.kind is Kind.NUMBER}
        zeros = dict.fromkeys(self._columns, Decimal(0))
        self._since, self._all, self._totals = zeros.copy(), zeros.copy(), zeros.copy()
        self._counts = [0, 0, 0]

    def _figures(self, row: int) -> dict[int, Decimal]:
        found = {c: held.values[row].number for c, held in self._columns.items() if row in held.values}
        return {c: number for c, number in found.items() if number is not None}

    def add(self, row: int) -> None:
        """Take in a row of data."""
        for column, number in self._figures(row).items():
            self._since[column] += number
            self._all[column] += number
        self._counts[0] += 1
        self._counts[1] += 1

    def total(self, row: int) -> None:
        """Take in a sum: what follows is added up anew."""
        for column, number in self._figures(row).items():
            self._totals[column] += number
        self._counts[2] += 1
        self._since = dict.fromkeys(self._columns, Decimal(0))
        self._counts[0] = 0

    def adds_up(self, row: int) -> bool:
        """Return whether the row's figures are sums of at least two rows above it."""
        figures = self._figures(row)
        bases = zip((self._since, self._all, self._totals), self._counts, strict=True)
        return any(
            count > 1 and figures and all(self._near(column, number, base, count) for column, number in figures.items())
            for base, count in bases
        )

    def check(self, row: int, name: str) -> str:
        """Return a note where none of a total's figures is the sum of the rows above it."""
        figures = {c: n for c, n in self._figures(row).items() if self._columns[c].unit != "%"}
        if not figures or not self._counts[1] or self.adds_up(row):
            return ""
        for base, count in zip((self._since, self._all, self._totals), self._counts, strict=True):
            if count and any(self._near(column, number, base, count) for column, number in figures.items()):
                return ""
        return f"Row {row:,} is called “{name}”, but the rows above it do not add up to it." if name else ""

    def _near(self, column: int, number: Decimal, base: dict[int, Decimal], count: int) -> bool:
        slack = (
            Decimal(count + 1).scaleb(-self._columns[column].decimals) / 2
            if self._columns[column].decimals
            else Decimal(0)
        )
        return abs(base[column] - number) <= slack


def _summaries(block: Block, body: Sequence[int], kinds: dict[int, RowKind]) -> None:
    """Mark the figures that stand below the last total, with few cells filled, as told beside the table."""
    full = [len(block.lines[row]) for row in body if kinds[row] is RowKind.DATA]
    if not full:
        return
    usual = statistics.median(full)
    after = False
    for row in body:
        if kinds[row] is RowKind.TOTAL:
            after = True
        elif kinds[row] is RowKind.DATA and after:
            if len(block.lines[row]) * 2 > usual:
                after = False
            else:
                kinds[row] = RowKind.SUMMARY


def _sections(block: Block, body: Sequence[int], kinds: dict[int, RowKind]) -> dict[int, str]:
    section = ""
    out: dict[int, str] = {}
    for row in body:
        if kinds[row] is RowKind.SECTION:
            section = next(iter(block.lines[row].values())).text.strip().rstrip(":")
        out[row] = section
    return out
