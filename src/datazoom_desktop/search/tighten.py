"""Cut passages to the sentences that answer: score every sentence, join good neighbours, quote the best; pure.

A passage is long enough to be found; a quote is short enough to be read. What is not quoted stays available as the passage's
remainder, so that quoting first never loses anything for who reads on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.sentences import sentences

JOIN_WITHIN = 0.3  #: a neighbour at most this much worse is quoted along
_LEADERS = re.compile(r"(?:\.\s?){6,}")  #: the dots between a heading and its page in a table of contents
LONGEST_HEADING = 120  #: characters of one
LONGEST_JOINED = 700  #: characters that a joined quote does not exceed
LEAST_REMAINDER = 20  #: characters below which what is left of a passage is not worth a line


class Sentence(NamedTuple):
    """One sentence of a passage.

    Attributes:
        passage: Position of its passage in the list handed in.
        span: In the version's text.
    """

    passage: int
    span: Span
    text: str


class Quote(NamedTuple):
    """One or more neighbouring sentences of one passage; ``best`` is the position of the best among the sentences."""

    passage: int
    span: Span
    score: float
    best: int


def cut(passages: Sequence[tuple[int, str]]) -> list[Sentence]:
    """Return the sentences of ``passages``, each given as (offset of its text in the version's text, text), in order."""
    return [
        Sentence(position, Span(start + span.start, start + span.end), text[span.start : span.end])
        for position, (start, text) in enumerate(passages)
        for span in sentences(text)
    ]


def is_heading(text: str) -> bool:
    """Return whether ``text`` is only a heading, a running title, a line of contents or a number: it says nothing by itself."""
    if _LEADERS.search(text):
        return True
    if len(text) > LONGEST_HEADING or text.rstrip()[-1:] in '.;:?!”"|' or "|" in text:
        return False
    letters = [word for word in text.split() if word[0].isalpha()]
    small = [word for word in letters if word[0].islower() and len(word) > 3]
    return not any(c.isdigit() and len(w) > 2 for w in letters for c in w) and len(small) <= len(letters) // 4


def choose(pieces: Sequence[Sentence], scores: Sequence[float], limit: int) -> list[Quote]:
    """Return up to ``limit`` quotes, best first; no two of them overlap."""
    order = sorted(range(len(pieces)), key=lambda i: -scores[i])
    used: set[int] = set()
    quotes: list[Quote] = []
    for i in order:
        if len(quotes) >= limit:
            break
        if i in used:
            continue
        first, last = _grow(i, pieces, scores, used)
        used.update(range(first, last + 1))
        quotes.append(Quote(pieces[i].passage, Span(pieces[first].span.start, pieces[last].span.end), scores[i], i))
    return quotes


def _grow(i: int, pieces: Sequence[Sentence], scores: Sequence[float], used: set[int]) -> tuple[int, int]:
    first = last = i
    while True:
        around = [
            j
            for j in (first - 1, last + 1)
            if 0 <= j < len(pieces)
            and j not in used
            and pieces[j].passage == pieces[i].passage
            and scores[j] >= scores[i] - JOIN_WITHIN
            and pieces[max(last, j)].span.end - pieces[min(first, j)].span.start <= LONGEST_JOINED
        ]
        if not around:
            return first, last
        best = max(around, key=lambda j: scores[j])
        first, last = min(first, best), max(last, best)


def remainder(span: Span, taken: Sequence[Span]) -> list[Span]:
    """Return what is left of ``span`` without the spans in ``taken``, in order, scraps left out."""
    left = [span]
    for cutter in taken:
        parts: list[Span] = []
        for part in left:
            if not part.overlap(cutter):
                parts.append(part)
                continue
            if part.start < cutter.start:
                parts.append(Span(part.start, cutter.start))
            if cutter.end < part.end:
                parts.append(Span(cutter.end, part.end))
        left = parts
    return [part for part in left if len(part) > LEAST_REMAINDER]
