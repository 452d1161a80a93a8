"""From a PDF page's words to its text in reading order: rows, columns, right-to-left scripts, strength of lines.

Pure: takes what the PDF library extracted, returns text, word offsets and lines. Geometry is in points, y down. Text that runs in
another direction than left to right is laid out in its own frame (so that a sideways table reads row by row) while the words' boxes
stay in the page's displayed orientation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

from datazoom_desktop.intake.model import Words
from datazoom_desktop.intake.readers.reading_order import (
    GUTTER,
    RTL,
    Run,
    Word,
    beside,
    in_order,
    is_backwards,
    same_row,
    with_laid_over,
)
from datazoom_desktop.intake.structure import Line

_CONTROL = dict.fromkeys([*range(32), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


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


def lay_out(runs: Sequence[Run], height: float, *, trusted: bool = True, laid_over: Sequence[Run] = ()) -> Layout:
    """Return the page's text in reading order.

    Args:
        runs: In the file's order, where there is one.
        height: The page's, in the reading frame.
        trusted: Whether the file's order is kept when it goes down the page.
        laid_over: Runs that were laid over the others afterwards, such as the values of form fields: they are read where they stand.
    """
    runs = [part for run in runs for part in _parted(run)]
    rows = _rows(with_laid_over(in_order(runs, trusted=trusted), laid_over))
    runs = [*runs, *laid_over]
    body, right, leading = _body_size(runs), _right_edge(rows), _leading(rows)
    written = _Writing()
    lines: list[Line] = []
    above: list[Run] | None = None
    for row in rows:
        gap = above is not None and _is_gap(above, row, leading)
        if above is not None:
            written.add("\n\n" if gap else "\n")
        begin = written.at
        text = "".join(written.add(piece, box) for piece, box in _pieces(row))
        x0, x1 = min(run.x0 for run in row), max(run.x1 for run in row)
        short = x1 < right - 0.15 * (right - x0 + 1) if right else False
        lines.append(Line(begin, written.at, text, gap, _strength(row, body), _cells(row), short))
        above = row
    if rows:
        written.add("\n")
    places = tuple(
        (min(r.x0 for r in row), min(r.y0 for r in row), max(r.x1 for r in row), max(r.y1 for r in row)) for row in rows
    )
    return Layout("".join(written.parts), written.words(), tuple(lines), places, height)


class _Writing:
    """A page's text as it grows, with the places of its words."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.at = 0
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._boxes: list[tuple[float, float, float, float]] = []

    def add(self, text: str, box: tuple[float, float, float, float] | None = None) -> str:
        """Add text, a word where it has a box, and return it."""
        end = self.at + len(text)
        if box is not None:
            self._starts.append(self.at)
            self._ends.append(end)
            self._boxes.append(box)
        self.parts.append(text)
        self.at = end
        return text

    def words(self) -> Words:
        """Return the words added so far."""
        boxes = np.array(self._boxes, np.float32).reshape(-1, 4)
        return Words(np.array(self._starts, np.int32), np.array(self._ends, np.int32), boxes)


def joined(layouts: Sequence[Layout]) -> Layout:
    """Return layouts as one, text after text; only the first keeps the places of its lines, the others stand in no margin."""
    first, *others = layouts
    text, lines, places = first.text, list(first.lines), list(first.places)
    parts = [first.words]
    for other in others:
        at = len(text) + 1 if text else 0
        lines += [
            line._replace(start=line.start + at, end=line.end + at, gap=line.gap or number == 0)
            for number, line in enumerate(other.lines)
        ]
        places += [(x0, first.height / 2, x1, first.height / 2) for x0, _, x1, _ in other.places]
        parts.append(Words(other.words.starts + at, other.words.ends + at, other.words.boxes))
        text = f"{text}\n{other.text}" if text else other.text
    words = Words(
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.ends for part in parts]),
        np.concatenate([part.boxes for part in parts]),
    )
    return Layout(text, words, tuple(lines), tuple(places), first.height)


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


def _parted(run: Run) -> list[Run]:
    """Return a run cut where white as wide as a gutter stands between its words: the library may have joined columns."""
    wide = max(GUTTER, 1.2 * run.height)
    cuts = [n for n, (a, b) in enumerate(pairwise(run.words), start=1) if b.frame[0] - a.frame[2] > wide]
    if not cuts:
        return [run]
    edges = [0, *cuts, len(run.words)]
    return [Run(run.words[a:b], run.group, run.size, run.bold) for a, b in pairwise(edges)]


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Join neighbours in reading order that stand beside each other into rows, each in its script's direction."""
    rows: list[list[Run]] = []
    for run in runs:
        if rows and (beside(rows[-1][-1], run) or (rows[-1][-1].group == run.group and same_row(rows[-1][-1], run))):
            rows[-1].append(run)
        else:
            rows.append([run])
    for row in rows:
        if len(row) > 1:
            row.sort(key=(lambda run: -run.x1) if is_backwards(row) else (lambda run: run.x0))
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
    if bool(RTL.search(a.text)) == bool(RTL.search(b.text)):
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
