"""The order in which a person reads what stands on a page: columns, tables, side notes, headings across. Pure.

Takes runs (words that stand side by side) in a frame in which lines run level and left to right; y runs down, in points. A page's
text is read band by band; a band that white parts into columns is read column by column, a table row by row, and within a row whose
cells hold several lines, cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median


@dataclass(frozen=True, slots=True)
class Word:
    """A word.

    Attributes:
        box: x0, y0, x1, y1 in points, in the page's displayed orientation.
        frame: The same in the reading frame.
        tight: Whether no space stands before it.
    """

    text: str
    box: tuple[float, float, float, float]
    frame: tuple[float, float, float, float]
    tight: bool = False


@dataclass(slots=True)
class Run:
    """Words that are shown side by side; ``size`` is the font's in points, ``group`` the paragraph the library put it in."""

    words: list[Word]
    group: int
    size: float = 0.0
    bold: bool = False
    x0: float = field(init=False)
    y0: float = field(init=False)
    x1: float = field(init=False)
    y1: float = field(init=False)

    def __post_init__(self) -> None:
        """Work out the run's extent in the reading frame."""
        self.x0 = min(word.frame[0] for word in self.words)
        self.y0 = min(word.frame[1] for word in self.words)
        self.x1 = max(word.frame[2] for word in self.words)
        self.y1 = max(word.frame[3] for word in self.words)

    @property
    def height(self) -> float:
        """Return the run's height in points."""
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        """Return the height on the page at which its middle stands."""
        return (self.y0 + self.y1) / 2


RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")  #: letters of scripts written from right to left
GUTTER = 9.0  #: points; narrower white is a wide space
_ROWS = 4  #: fewer rows on either side are not a column of prose
_NARROW = 0.45  #: of the width beside it, at most, has a column of side notes
_SMALL = 0.92  #: of the size beside it, at which a column without prose is a side note
_CELLS = 3  #: blocks that start level on both sides of a gutter, from which two columns of prose are a table
_LEVEL = 3.0  #: points by which tops that stand level may differ
_RAGGED_ROWS = 12  #: a table's row with more lines than this is none
_CANDIDATES = 40  #: most gutters looked at on one page


def same_row(a: Run, b: Run) -> bool:
    """Return whether two runs stand on one line."""
    return min(a.y1, b.y1) - max(a.y0, b.y0) > 0.5 * min(a.height, b.height)


def beside(a: Run, b: Run) -> bool:
    """Return whether two runs stand on one line without covering each other."""
    return same_row(a, b) and (b.x0 >= a.x1 - 0.3 * a.height or b.x1 <= a.x0 + 0.3 * b.height)


def in_order(runs: Sequence[Run], *, trusted: bool) -> list[Run]:
    """Return the runs in reading order.

    Args:
        runs: In the file's order, where there is one.
        trusted: Whether that order is kept when it goes down the page.
    """
    mirrored = is_backwards(runs)
    if mirrored:
        _mirror(runs)
    ordered = list(runs) if trusted and _goes_down(runs) else _cut(list(runs))
    if mirrored:
        _mirror(runs)
    return ordered


def with_laid_over(runs: Sequence[Run], laid_over: Sequence[Run]) -> list[Run]:
    """Return ordered runs with others put in where they stand: behind what is to their left on their line, else below what is above."""
    out = list(runs)
    for run in sorted(laid_over, key=lambda run: (run.y0 + run.y1, run.x0)):
        out.insert(_place(out, run), run)
    return out


def _place(runs: Sequence[Run], run: Run) -> int:
    """Return the index in ordered ``runs`` before which ``run`` is read."""
    level = [(n, other) for n, other in enumerate(runs) if same_row(other, run)]
    before = [(run.x0 - other.x1, n) for n, other in level if other.x0 < run.x0]
    if before:
        return min(before)[1] + 1
    if level:
        return min((other.x0, n) for n, other in level)[1]
    above = [
        (run.y0 - other.y1 + (0 if other.x0 < run.x1 and run.x0 < other.x1 else run.height), n)
        for n, other in enumerate(runs)
        if other.middle < run.middle
    ]
    if not above:
        return 0
    at = min(above)[1]
    while at + 1 < len(runs) and same_row(runs[at], runs[at + 1]):
        at += 1
    return at + 1


def is_backwards(runs: Sequence[Run]) -> bool:
    """Return whether most words of the runs are in a script that is written from right to left."""
    rtl = sum(len(RTL.findall(word.text)) > len(word.text) // 2 for run in runs for word in run.words)
    return rtl * 2 > sum(len(run.words) for run in runs)


def _mirror(runs: Sequence[Run]) -> None:
    for run in runs:
        run.x0, run.x1 = -run.x1, -run.x0


def _goes_down(runs: Sequence[Run]) -> bool:
    """Return whether the file's own order is one that a person could read in."""
    ups = [(a, b) for a, b in pairwise(runs) if b.y1 <= a.y0 + 0.3 * a.height]
    jumps = sum(3 if b.x1 < a.x0 else b.x0 < a.x1 for a, b in ups)
    if jumps > max(2, len(runs) // 25) or _interleaved(runs):
        return False
    return not (ups and _table_by_columns(runs))


def _table_by_columns(runs: Sequence[Run]) -> bool:
    """Return whether most runs are short and stand in rows with others: a table that the file draws column by column."""
    if len(runs) < 2 * _ROWS or median(len(run.words) for run in runs) > 2:
        return False
    by_height = sorted(runs, key=lambda run: run.y0 + run.y1)
    level = [same_row(a, b) for a, b in pairwise(by_height)]
    neighbours = sum(before or after for before, after in pairwise([False, *level, False]))
    return neighbours > 0.7 * len(runs)


def _interleaved(runs: Sequence[Run]) -> bool:
    """Return whether the file draws columns of prose line by line, left then right."""
    pairs = sum(
        beside(a, b) and b.x0 - a.x1 >= GUTTER and min(len(a.words), len(b.words)) >= 4 for a, b in pairwise(runs)
    )
    return pairs >= _ROWS and _gutter(runs) is not None


# --- columns ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Band:
    """Rows between two heights: such as cross the gutter, or such as lie on either side of it."""

    crossing: bool
    runs: list[Run]


def _cut(runs: list[Run]) -> list[Run]:
    """Order runs by recursive cuts down the gutters between columns, else by rows."""
    x = _gutter(runs)
    if x is None:
        return _by_rows(runs)
    out: list[Run] = []
    for band in _bands(_in_rows(runs), x):
        left, right = _sides(band.runs, x)
        if band.crossing:
            out += _by_rows(band.runs)
        elif not _columns(left, right):
            out += _cut(band.runs)
        elif _table(left, right):
            out += _cell_by_cell(left, right)
        elif _notes(left, right) is left:
            out += _cut(right) + _cut(left)
        else:
            out += _cut(left) + _cut(right)
    return out


def _sides(runs: Sequence[Run], x: float) -> tuple[list[Run], list[Run]]:
    return [run for run in runs if run.x1 <= x], [run for run in runs if run.x1 > x]


def _bands(rows: Sequence[list[Run]], x: float) -> list[_Band]:
    """Return the bands that rows across the gutter at ``x`` part the page into, top to bottom."""
    bands: list[_Band] = []
    for row in rows:
        crossing = any(_crosses(run, x) for run in row)
        if bands and bands[-1].crossing == crossing:
            bands[-1].runs.extend(row)
        else:
            bands.append(_Band(crossing, list(row)))
    for number, band in enumerate(bands[:]):
        if not band.crossing:
            below = _clear_below(band.runs, x)
            del band.runs[len(band.runs) - len(below) :]
            if below and number + 1 < len(bands):
                bands[number + 1].runs[:0] = below
            elif below:
                bands.append(_Band(True, below))
    return [band for band in bands if band.runs]


def _clear_below(runs: list[Run], x: float) -> list[Run]:
    """Return the runs at the end of two columns that stand clear below both: they belong to what comes next over the whole width."""
    for at in range(len(runs) - 1, 0, -1):
        run = runs[at]
        column = [other for other in runs[:at] if (other.x1 <= x) == (run.x1 <= x)]
        others = [other for other in runs if (other.x1 <= x) != (run.x1 <= x)]
        if not column or not others or run.y0 < max(other.y1 for other in others):
            return []
        if run.y0 - max(other.y1 for other in column) > 0.5 * run.height:
            return runs[at:]
    return []


def _crosses(run: Run, x: float) -> bool:
    return run.x0 < x + GUTTER / 3 and run.x1 > x - GUTTER / 3


def _gutter(runs: Sequence[Run]) -> float | None:
    """Return the x of the white that parts most of the runs into columns, or None."""
    if len(runs) < 2 * _ROWS:
        return None
    rows = _in_rows(runs)
    best: tuple[int, float] | None = None
    for x in _candidates(runs):
        held = 0
        for band in _bands(rows, x):
            left, right = _sides(band.runs, x)
            if not band.crossing and _columns(left, right):
                held += len(band.runs)
        if held and (best is None or held > best[0]):
            best = held, x
    return best[1] if best is not None else None


def _candidates(runs: Sequence[Run]) -> list[float]:
    """Return where a column may begin: just left of where several runs begin, with white before most of them."""
    starts = sorted(run.x0 for run in runs)
    clusters: list[list[float]] = []
    for start in starts:
        if clusters and start - clusters[-1][0] <= GUTTER:
            clusters[-1].append(start)
        else:
            clusters.append([start])
    found = [(len(cluster), cluster[0] - GUTTER / 2) for cluster in clusters[1:] if len(cluster) >= _ROWS]
    return [x for _, x in sorted(found, reverse=True)[:_CANDIDATES]]


def _columns(left: list[Run], right: list[Run]) -> bool:
    """Return whether what stands on either side of a gutter is to be read one side after the other."""
    if len(left) < _ROWS or len(right) < _ROWS or not _overlap(left, right):
        return False
    return (_prose(left) and _prose(right)) or _notes(left, right) is not None


def _overlap(left: Sequence[Run], right: Sequence[Run]) -> bool:
    """Return whether the two sides stand beside each other for some rows."""
    top = max(min(run.y0 for run in side) for side in (left, right))
    bottom = min(max(run.y1 for run in side) for side in (left, right))
    return bottom - top > _ROWS * median(run.height for run in left)


def _prose(runs: Sequence[Run]) -> bool:
    return len(runs) >= _ROWS and median(len(run.words) for run in runs) >= 3


def _notes(left: list[Run], right: list[Run]) -> list[Run] | None:
    """Return the side that holds notes on the other: narrow, and set smaller or off the other's lines; None when neither does."""
    widths = [max(run.x1 for run in side) - min(run.x0 for run in side) for side in (left, right)]
    narrow, wide = (left, right) if widths[0] < widths[1] else (right, left)
    if min(widths) > _NARROW * max(widths) or not _prose(wide):
        return None
    smaller = median(run.size for run in narrow) < _SMALL * median(run.size for run in wide)
    level = sum(any(abs(run.y1 - other.y1) < 1.0 for other in wide) for run in narrow)
    return narrow if smaller or level <= 0.5 * len(narrow) else None


# --- tables -----------------------------------------------------------------------------------------------------------------------


def _blocks(runs: Sequence[Run]) -> list[list[Run]]:
    """Return runs, top to bottom, parted where there is more space between them than usual."""
    by_height = sorted(runs, key=lambda run: run.middle)
    gaps = [b.y0 - a.y1 for a, b in pairwise(by_height)]
    usual = median(gaps) if gaps else 0.0
    blocks = [by_height[:1]]
    for run, gap in zip(by_height[1:], gaps, strict=True):
        if gap > max(0.55 * run.height, usual + 0.3 * run.height):
            blocks.append([])
        blocks[-1].append(run)
    return blocks


def _table(left: Sequence[Run], right: Sequence[Run]) -> bool:
    """Return whether two columns of prose are cells of one table: their blocks start level."""
    tops = [[min(run.y0 for run in block) for block in _blocks(side)] for side in (left, right)]
    fewer, more = sorted(tops, key=len)
    level = sum(any(abs(top - other) <= _LEVEL for other in more) for top in fewer)
    return len(fewer) >= _CELLS and level >= 0.7 * len(fewer) and len(fewer) >= 0.5 * len(more)


def _cell_by_cell(left: Sequence[Run], right: Sequence[Run]) -> list[Run]:
    """Order the two columns of a table of prose: each left cell, then what stands to its right."""
    lefts, rights = _blocks(left), _blocks(right)
    tops = [min(run.y0 for run in block) - _LEVEL for block in lefts]
    out: list[Run] = []
    for number, block in enumerate(lefts):
        after = tops[number + 1] if number + 1 < len(tops) else float("inf")
        before = tops[number] if number else float("-inf")
        out += _cut(block)
        out += _cut([run for other in rights if before <= other[0].y0 < after for run in other])
    return out


def _by_rows(runs: Sequence[Run]) -> list[Run]:
    """Order runs top to bottom, and from left to right where they share a row; cells of several lines are kept whole."""
    out: list[Run] = []
    for rows in _parted(_in_rows(runs)):
        columns = _clusters([run for row in rows for run in row])
        out += _ragged(rows, columns) if columns is not None else [run for row in rows for run in row]
    return out


def _in_rows(runs: Sequence[Run]) -> list[list[Run]]:
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.middle):
        if rows and same_row(rows[-1][0], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.x0) for row in rows]


def _parted(rows: Sequence[list[Run]]) -> Iterator[list[list[Run]]]:
    """Yield rows together that stand close: a table's row of several lines, a paragraph."""
    held: list[list[Run]] = []
    bottom = float("-inf")
    for row in rows:
        top = min(run.y0 for run in row)
        if held and top - bottom > 0.45 * max(run.height for run in row):
            yield held
            held = []
        held.append(row)
        bottom = max(bottom, *(run.y1 for run in row)) if len(held) > 1 else max(run.y1 for run in row)
    if held:
        yield held


def _clusters(runs: Sequence[Run]) -> list[list[Run]] | None:
    """Return runs by the columns that white parts them into, left to right, or None when they stand in one."""
    columns: list[list[Run]] = []
    reach = float("-inf")
    for run in sorted(runs, key=lambda run: run.x0):
        if columns and run.x0 - reach < GUTTER:
            columns[-1].append(run)
        else:
            columns.append([run])
        reach = max(reach, run.x1)
    return columns if len(columns) > 1 else None


def _ragged(rows: Sequence[list[Run]], columns: Sequence[list[Run]]) -> list[Run]:
    """Return the runs cell by cell when the rows are one of a table with a wrapped cell, else row by row."""
    if 1 < len(rows) <= _RAGGED_ROWS and len(rows[0]) > 1:
        lines = [_in_rows(column) for column in columns]
        longest = max(lines, key=len)
        wrapped = len(longest) == len(rows) and median(sum(len(run.words) for run in line) for line in longest) >= 3
        if wrapped and any(len(cell) < len(rows) for cell in lines) and all(_from_top(cell, rows) for cell in lines):
            return [run for cell in lines for line in cell for run in line]
    return [run for row in rows for run in row]


def _from_top(cell: Sequence[list[Run]], rows: Sequence[list[Run]]) -> bool:
    """Return whether a cell's lines fill its rows from the first on, and are not figures that stand one below the other."""
    level = all(same_row(line[0], row[0]) for line, row in zip(cell, rows, strict=False))
    text = "".join(word.text for line in cell for run in line for word in run.words)
    return level and (len(cell) < 2 or 2 * sum(map(str.isalpha, text)) > len(text))
