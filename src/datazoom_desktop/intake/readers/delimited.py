"""Rows and cells of comma-, semicolon-, tab- or bar-separated text, by their places in it. Pure: nothing of the text is changed."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARS = 256 * 1024
_SAMPLE_RECORDS = 400
_LONGEST_QUOTED = 1_000_000  #: characters; a quotation mark that closes no sooner is an ordinary character
_STATED = re.compile(r"\ufeff?sep=(.)(?:\r\n|\n|\r|$)", re.IGNORECASE)


class Record(NamedTuple):
    """One row: where it stands in the text, without its line break, and where each of its cells does, without quotation marks."""

    start: int
    end: int
    cells: list[tuple[int, int]]


def delimiter(text: str, name: str) -> str:
    """Return what parts the cells of a text: what its first line states ("sep=;"), else what makes its rows alike.

    Args:
        text: The whole text.
        name: The file's name, whose ending decides where nothing else does.
    """
    stated = _STATED.match(text)
    if stated is not None:
        return stated[1]
    sample = text[:_SAMPLE_CHARS]
    usual = "\t" if name.lower().endswith((".tsv", ".tab")) else ","
    best, best_rank = usual, (0.0, 0.0)
    for candidate in sorted(_DELIMITERS, key=lambda each: each != usual):
        counts = Counter(
            len(record.cells)
            for record in islice(records(sample, candidate), _SAMPLE_RECORDS)
            if sample[record.start : record.end].strip()
        )
        if not counts:
            continue
        cells, often = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        alike = often / sum(counts.values()) if cells > 1 else 0.0
        rank = (round(alike, 1), float(cells))
        if alike and rank > best_rank:
            best, best_rank = candidate, rank
    return best


def records(text: str, separator: str) -> Iterator[Record]:
    """Yield the rows of a text in order; a line break inside quotation marks ends none. An empty line is a row with one empty cell."""
    field = _field(separator)
    start = at = 0
    cells: list[tuple[int, int]] = []
    stated = _STATED.match(text)
    if stated is not None:
        start = at = stated.end()
    while at <= len(text):
        found = field.match(text, at)
        assert found is not None  # a field may be empty
        begin, end = found.span()
        cells.append((begin + 1, end - 1) if found[1] is not None else (begin, end))
        after = text[end : end + 1]
        if after == separator:
            at = end + 1
            continue
        if start < end or after:
            yield Record(start, end, cells)
        if not after:
            return
        start = at = end + (2 if text.startswith("\r\n", end) else 1)
        cells = []


def first_row(text: str) -> int:
    """Return the offset at which the first row starts: after the line that states the delimiter, where there is one."""
    stated = _STATED.match(text)
    return stated.end() if stated is not None else 0


@functools.lru_cache(maxsize=32)
def _field(separator: str) -> re.Pattern[str]:
    part = re.escape(separator)
    quoted = rf'"(?:[^"]|""){{0,{_LONGEST_QUOTED}}}+"(?=[{part}\r\n]|\Z)'
    return re.compile(rf"({quoted})|[^{part}\r\n]*")
