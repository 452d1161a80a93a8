"""Stretches of text, from spans of what stands in it. Pure."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Iterable, Sequence

from datazoom_desktop.kernel.spans import Span

WORD = re.compile(r"[^\W_]+")
"""A word, as distances are counted in words."""


def windows(groups: Sequence[Sequence[Span]]) -> list[Span]:
    """Return the shortest stretches that hold one span of every group, in order, none within another."""
    if not all(groups):
        return []
    starts = [[span.start for span in sorted(group)] for group in groups]
    ends = []
    for group in groups:
        soonest = itertools.accumulate((span.end for span in sorted(group, reverse=True)), min)
        ends.append(list(soonest)[::-1])  # of each span and those after it, where the first ends
    found = []
    for start in {start for of_group in starts for start in of_group}:
        places = [bisect.bisect_left(of_group, start) for of_group in starts]
        if all(at < len(of_group) for at, of_group in zip(places, starts, strict=True)):
            found.append(Span(start, max(of_group[at] for at, of_group in zip(places, ends, strict=True))))
    return shortest(found)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start < out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def shortest(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, without those that hold another one."""
    out: list[Span] = []
    for span in sorted(set(spans), key=lambda one: (one.start, -one.end)):
        while out and out[-1].end >= span.end:
            out.pop()
        out.append(span)
    return out


def first_words(text: str, number: int) -> str:
    """Return the beginning of a text up to the end of its first words."""
    last = next(itertools.islice(WORD.finditer(text), number - 1, None), None)
    return text if last is None else text[: last.end()]
