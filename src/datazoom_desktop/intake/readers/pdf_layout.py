"""From a PDF page's words to its text in reading order: rows, columns, right-to-left scripts, strength of lines.

Pure: takes what the PDF library extracted, returns text, word offsets and lines. Geometry is in points, y down. Text that runs in
another direction than left to right is laid out in its own frame (so that a sideways table reads row by row) while the words' boxes
stay in the page's displayed orientation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from statistics import median

import numpy as np
import numpy.typing as npt

from datazoom_desktop.intake.model import Words
from datazoom_desktop.intake.structure import Line

_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CONTROL = dict.fromkeys([*range(32), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
_GUTTER = 9.0  #: points; narrower white is a wide space
_SPANS = 0.55  #: of the text's width; a wider run stands over the columns
_COLUMN_ROWS = 4  #: fewer rows on either side are not a column of prose


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
    """Words that the PDF shows side by side; ``size`` is the font's in points, ``group`` the paragraph the library put it in."""

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


@dataclass(frozen=True, slots=True)
class Layout:
    """A page's text, its words, its lines, and for each line where it stands: (x0, y0, x1, y1) in the reading frame."""

    text: str
    words: Words
    lines: tuple[Line, ...]
    places: tuple[tuple[float, float, float, float], ...]
    height: float


def clean(text: str) -> str:
    """Return the text without control characters and lone surrogates."""
    return text if text.isprintable() else text.translate(_CONTROL)


def lay_out(runs: Sequence[Run], height: float) -> Layout:
    """Return the page's text in reading order; ``height`` is the page's in the reading frame."""
    runs = [part for run in runs for part in _parted(run)]
    rows = _rows(_ordered(runs))
    body = _body_size(runs)
    right = _right_edge(rows)
    leading = _leading(rows)
    parts: list[str] = []
    lines: list[Line] = []
    starts: list[int] = []
    ends: list[int] = []
    boxes: list[tuple[float, float, float, float]] = []
    at = 0
    above: list[Run] | None = None
    for row in rows:
        gap = above is not None and _is_gap(above, row, leading)
        if above is not None:
            parts.append("\n\n" if gap else "\n")
            at += len(parts[-1])
        begin = at
        for text, box in _pieces(row):
            if box is not None:
                starts.append(at)
                ends.append(at + len(text))
                boxes.append(box)
            parts.append(text)
            at += len(text)
        text = "".join(parts)[begin:] if len(parts) < 3 else _tail(parts, at - begin)
        x1 = max(run.x1 for run in row)
        short = x1 < right - 0.15 * (right - min(run.x0 for run in row) + 1) if right else False
        lines.append(Line(begin, at, text, gap, _strength(row, body), _cells(row), short))
        above = row
    if parts:
        parts.append("\n")
    words = Words(np.array(starts, np.int32), np.array(ends, np.int32), np.array(boxes, np.float32).reshape(-1, 4))
    places = tuple(
        (min(r.x0 for r in row), min(r.y0 for r in row), max(r.x1 for r in row), max(r.y1 for r in row)) for row in rows
    )
    return Layout("".join(parts), words, tuple(lines), places, height)


def frame_of(
    boxes: npt.NDArray[np.float64], direction: tuple[int, int], width: float, height: float
) -> npt.NDArray[np.float64]:
    """Return (N, 4) boxes in the frame in which text of ``direction`` (a unit vector in page space, y down) runs left to right."""
    x0, y0, x1, y1 = boxes.T
    if direction == (0, -1):  # upwards
        turned = (height - y1, x0, height - y0, x1)
    elif direction == (0, 1):  # downwards
        turned = (y0, width - x1, y1, width - x0)
    elif direction == (-1, 0):  # upside down
        turned = (width - x1, height - y1, width - x0, height - y0)
    else:
        return boxes
    return np.stack(turned, axis=1)


def _tail(parts: list[str], length: int) -> str:
    taken: list[str] = []
    while length > 0:
        part = parts[len(parts) - 1 - len(taken)]
        taken.append(part)
        length -= len(part)
    return "".join(reversed(taken))


def _parted(run: Run) -> list[Run]:
    """Return a run cut where white as wide as a gutter stands between its words: the library may have joined columns."""
    wide = max(_GUTTER, 1.2 * run.height)
    cuts = [n for n, (a, b) in enumerate(pairwise(run.words), start=1) if b.frame[0] - a.frame[2] > wide]
    if not cuts:
        return [run]
    edges = [0, *cuts, len(run.words)]
    return [Run(run.words[a:b], run.group, run.size, run.bold) for a, b in pairwise(edges)]


def _ordered(runs: Sequence[Run]) -> list[Run]:
    """Return the runs in reading order: the file's own where that goes down the page, else by columns and rows."""
    ups = [(a, b) for a, b in pairwise(runs) if b.y1 <= a.y0 + 0.3 * a.height]
    jumps = sum(3 if b.x1 < a.x0 else b.x0 < a.x1 for a, b in ups)
    if jumps <= max(2, len(runs) // 25) and not _interleaved(runs) and not (ups and _table_by_columns(runs)):
        return list(runs)
    return _cut(list(runs))


def _table_by_columns(runs: Sequence[Run]) -> bool:
    """Return whether most runs are short and stand in rows with others: a table that the file draws column by column."""
    if len(runs) < 2 * _COLUMN_ROWS or median(len(run.words) for run in runs) > 2:
        return False
    by_height = sorted(runs, key=lambda run: run.y0 + run.y1)
    level = [_same_row(a, b) for a, b in pairwise(by_height)]
    beside = sum(before or after for before, after in pairwise([False, *level, False]))
    return beside > 0.7 * len(runs)


def _interleaved(runs: Sequence[Run]) -> bool:
    """Return whether the file draws two columns of prose line by line, left then right."""
    pairs = sum(
        1
        for a, b in pairwise(runs)
        if _beside(a, b) and b.x0 - a.x1 >= _GUTTER and len(a.words) >= 4 and len(b.words) >= 4
    )
    if pairs < _COLUMN_ROWS:
        return False
    left, right = min(run.x0 for run in runs), max(run.x1 for run in runs)
    return _gutter([run for run in runs if run.x1 - run.x0 <= _SPANS * (right - left)]) is not None


def _cut(runs: list[Run]) -> list[Run]:
    """Order runs by recursive cuts: along full-width lines, then down a gutter between columns of prose, else by rows."""
    if len(runs) < 2:
        return runs
    left, right = min(run.x0 for run in runs), max(run.x1 for run in runs)
    gutter = _gutter(runs)
    if gutter is not None:
        return _cut([run for run in runs if run.x1 <= gutter]) + _cut([run for run in runs if run.x1 > gutter])
    wide = [run for run in runs if run.x1 - run.x0 > _SPANS * (right - left)]
    if wide and len(wide) < len(runs):
        return [run for band in _bands(runs, wide) for run in (_cut(band) if len(band) < len(runs) else _by_rows(band))]
    return _by_rows(runs)


def _bands(runs: list[Run], wide: list[Run]) -> list[list[Run]]:
    """Split runs into alternating horizontal bands: full-width lines, and what stands between them, top to bottom."""
    chosen = {id(run) for run in wide}
    bands: list[tuple[bool, list[Run]]] = []
    for run in sorted(runs, key=lambda run: (run.y0 + run.y1, run.x0)):
        is_wide = id(run) in chosen
        if bands and bands[-1][0] == is_wide:
            bands[-1][1].append(run)
        else:
            bands.append((is_wide, [run]))
    return [band for _, band in bands]


def _gutter(runs: list[Run]) -> float | None:
    """Return the x of white that parts two columns of prose, or None."""
    if len(runs) < 2 * _COLUMN_ROWS:
        return None
    reach = float("-inf")
    best: tuple[float, float] | None = None
    by_left = sorted(runs, key=lambda run: run.x0)
    for run in by_left:
        if reach > float("-inf") and run.x0 - reach >= _GUTTER and (best is None or run.x0 - reach > best[0]):
            x = (run.x0 + reach) / 2
            if _prose([r for r in runs if r.x1 <= x]) and _prose([r for r in runs if r.x0 >= x]):
                best = (run.x0 - reach, x)
        reach = max(reach, run.x1)
    return best[1] if best is not None else None


def _prose(runs: list[Run]) -> bool:
    return len(runs) >= _COLUMN_ROWS and median(len(run.words) for run in runs) >= 3


def _by_rows(runs: list[Run]) -> list[Run]:
    """Order runs top to bottom, and from left to right where they share a row."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (run.y0 + run.y1) / 2):
        if rows and _same_row(rows[-1][0], run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [run for row in rows for run in sorted(row, key=lambda run: run.x0)]


def _same_row(a: Run, b: Run) -> bool:
    return min(a.y1, b.y1) - max(a.y0, b.y0) > 0.5 * min(a.height, b.height)


def _beside(a: Run, b: Run) -> bool:
    return _same_row(a, b) and (b.x0 >= a.x1 - 0.3 * a.height or b.x1 <= a.x0 + 0.3 * b.height)


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Join neighbours in reading order that stand beside each other into rows, each in its script's direction."""
    rows: list[list[Run]] = []
    for run in runs:
        if rows and (_beside(rows[-1][-1], run) or (rows[-1][-1].group == run.group and _same_row(rows[-1][-1], run))):
            rows[-1].append(run)
        else:
            rows.append([run])
    for row in rows:
        if len(row) > 1:
            rtl = sum(len(_RTL.findall(word.text)) > len(word.text) // 2 for run in row for word in run.words)
            backwards = rtl * 2 > sum(len(run.words) for run in row)
            row.sort(key=lambda run: -run.x1 if backwards else run.x0)
    return rows


def _pieces(row: list[Run]) -> Iterable[tuple[str, tuple[float, float, float, float] | None]]:
    """Yield the row's words with their boxes and, between them, a space without one; scripts that touch are not parted."""
    before: Word | None = None
    for number, run in enumerate(row):
        if number:
            yield " ", None
            before = None
        for word in run.words:
            if before is not None and not word.tight and not _touch(before, word):
                yield " ", None
            yield word.text, word.box
            before = word


def _touch(a: Word, b: Word) -> bool:
    """Return whether two words are one, cut only because the direction of writing changes inside."""
    if bool(_RTL.search(a.text)) == bool(_RTL.search(b.text)):
        return False
    gap = max(b.frame[0] - a.frame[2], a.frame[0] - b.frame[2])
    return gap < 0.03 * (a.frame[3] - a.frame[1])


def _body_size(runs: Sequence[Run]) -> float:
    """Return the font size most of the page's characters are set in, to half a point."""
    sizes: dict[float, int] = {}
    for run in runs:
        size = round(run.size * 2) / 2
        sizes[size] = sizes.get(size, 0) + sum(len(word.text) for word in run.words)
    return max(sizes, key=sizes.__getitem__) if sizes else 0.0


def _strength(row: list[Run], body: float) -> int:
    size = max(run.size for run in row)
    if body and size >= 1.5 * body:
        return 3
    if body and size >= 1.15 * body:
        return 2
    return 1 if all(run.bold for run in row) else 0


def _cells(row: list[Run]) -> int:
    return 1 + sum(b.x0 - a.x1 > 1.2 * a.height for a, b in pairwise(row))


def _right_edge(rows: list[list[Run]]) -> float:
    edges = sorted(max(run.x1 for run in row) for row in rows)
    return edges[int(len(edges) * 0.85)] if edges else 0.0


def _leading(rows: list[list[Run]]) -> float:
    """Return the usual distance between the tops of neighbouring lines, 0 when there are too few."""
    steps = [b[0].y0 - a[0].y0 for a, b in pairwise(rows) if 0 < b[0].y0 - a[0].y0 < 60]
    if len(steps) < 3:
        return 0.0
    common = [(round(step), len(list(same))) for step, same in groupby(sorted(steps), key=round)]
    return float(max(common, key=lambda pair: (pair[1], -pair[0]))[0])


def _is_gap(above: list[Run], row: list[Run], leading: float) -> bool:
    step = row[0].y0 - above[0].y0
    usual = max(leading, 1.05 * max(above[0].height, row[0].height))
    return step < 0 or step > 1.35 * usual
