"""Finds the places of one term in one text: words, terms near each other, amounts, dates, definitions. Pure.

A finder knows which of the database's tests a passage must pass to be worth reading (``fits``); what it finds is exact.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from datazoom_desktop.intake.model import BlockKind
from datazoom_desktop.intake.structure import blocks_of_text, run_in_heading
from datazoom_desktop.kernel.dates import DateRange
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.amounts import AmountRange, amounts
from datazoom_desktop.search.expression import Unit
from datazoom_desktop.search.patterns import any_pattern, is_plain, plain_pattern, start_pattern
from datazoom_desktop.search.sections import SectionNumber, find_section
from datazoom_desktop.search.sentences import sentences
from datazoom_desktop.search.terms import definitions, is_term
from datazoom_desktop.search.written_dates import dates

Masks: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
_LONG_SECTION = 12  #: passages after the one with a section's number that are read for its items and its end
_END = 400  #: characters at the end of a passage in which a phrase that goes on in the next one begins
_LONG_MENTION = 60  #: words of the longest amount, date or definition
_TO_SPARE = 8  #: words for page numbers, and for those that hyphens part
_WORD = re.compile(r"[^\W_]+")


class Finder(Protocol):
    """Finds places of one kind."""

    def fits(self, masks: Masks) -> Flags:
        """Return for each passage, by the bits of the tests it passes, whether it can hold a place."""
        ...

    def crosses(self, masks: Masks, after: Masks) -> Flags:
        """Return for each passage whether a place can begin in it and end in the one after it, which has the bits ``after``."""
        ...

    def may_cross(self, text: str) -> bool:
        """Return whether a place can begin in a text and end after it: quick, and right when it says no."""
        ...

    def spans(self, text: str) -> list[Span]:
        """Return the places in a text, in order."""
        ...

    @property
    def overhang(self) -> int:
        """Return how many words, at most, of a place that crosses into the next passage stand there, with a few to spare."""
        ...

    @property
    def needs_neighbours(self) -> bool:
        """Return whether the passages before and after must be read with one that fits."""
        ...

    @property
    def runs_on(self) -> int:
        """Return how many passages after one that fits are part of what it begins, 0 for none."""
        ...


class _Alone:
    """A finder that needs no other passages."""

    @property
    def overhang(self) -> int:
        """See ``Finder``."""
        return _LONG_MENTION

    def may_cross(self, text: str) -> bool:
        """See ``Finder``."""
        return True

    @property
    def needs_neighbours(self) -> bool:
        """See ``Finder``."""
        return False

    @property
    def runs_on(self) -> int:
        """See ``Finder``."""
        return 0


class _Whole(_Alone):
    """A finder whose places never reach from one passage into the next."""

    def crosses(self, masks: Masks, after: Masks) -> Flags:
        """See ``Finder``."""
        return np.zeros(len(masks), np.bool_)


@dataclass(frozen=True)
class Words(_Alone):
    """Words next to each other.

    Attributes:
        bit: Number of the test that tells which passages hold them: exactly, once it is proved for texts that are not plain.
        rest_bit: Number of the test for passages that begin with their end; None for a single word.
    """

    words: tuple[str, ...]
    bit: int
    rest_bit: int | None = None

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(any_pattern(self.words))

    @functools.cached_property
    def _start(self) -> re.Pattern[str]:
        return re.compile(start_pattern(self.words))

    @functools.cached_property
    def _plain(self) -> re.Pattern[str] | None:
        """Return the expression for plain texts; None when none of them can have the words."""
        pattern = plain_pattern(self.words)
        return re.compile(pattern, re.ASCII) if pattern is not None else None

    @property
    def overhang(self) -> int:
        """See ``Finder``."""
        return 2 * sum(1 + word.count("-") for word in self.words) + _TO_SPARE

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return _passed(masks, self.bit)

    def crosses(self, masks: Masks, after: Masks) -> Flags:
        """See ``Finder``."""
        return np.zeros(len(masks), np.bool_) if self.rest_bit is None else _passed(after, self.rest_bit)

    def may_cross(self, text: str) -> bool:
        """See ``Finder``."""
        return len(self.words) > 1 and self._start.search(text, max(0, len(text) - _END)) is not None

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return [Span(start, end) for start, end in self._at(text)]

    def count(self, text: str) -> int:
        """Return how many places a text has."""
        return sum(1 for _ in self._at(text))

    def stand_in(self, text: str) -> bool:
        """Return whether a text has a place."""
        return next(self._at(text), None) is not None

    def _at(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each place; plain texts, which most are, are read several times as fast."""
        if not is_plain(text):
            yield from (match.span() for match in self._pattern.finditer(text))
            return
        low, at = text.lower(), 0
        while self._plain is not None and (match := self._plain.search(low, at)):
            start, end = match.span()
            if start and low[start - 1].isalnum():
                at = start + 1
            else:
                yield start, end
                at = end


@dataclass(frozen=True)
class Either(_Alone):
    """Any of several."""

    parts: tuple[Finder, ...]

    @property
    def overhang(self) -> int:
        """See ``Finder``."""
        return max(part.overhang for part in self.parts)

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return any_of([part.fits(masks) for part in self.parts])

    def crosses(self, masks: Masks, after: Masks) -> Flags:
        """See ``Finder``."""
        return any_of([part.crosses(masks, after) for part in self.parts])

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return merged(span for part in self.parts for span in part.spans(text))


@dataclass(frozen=True)
class Close(_Alone):
    """Two terms near each other; a place reaches from the one to the other."""

    left: Finder
    right: Finder
    reach: int | Unit
    ordered: bool = False

    @property
    def overhang(self) -> int:
        """See ``Finder``."""
        return self.left.overhang + self.right.overhang + (self.reach if isinstance(self.reach, int) else 0)

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return self.left.fits(masks) & self.right.fits(masks)

    def crosses(self, masks: Masks, after: Masks) -> Flags:
        """See ``Finder``."""
        if isinstance(self.reach, Unit):
            return np.zeros(len(masks), np.bool_)
        return self.fits(masks | after) & (self.left.fits(masks) | self.right.fits(masks))

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        lefts, rights = self.left.spans(text), self.right.spans(text)
        if not lefts or not rights:
            return []
        ruler = _Ruler(text, self.reach)
        found = []
        for left in lefts:
            near = [right for right in rights if _beside(left, right, ruler, self.ordered)]
            if near:
                right = min(near, key=lambda other: (max(other.start - left.end, left.start - other.end), other.start))
                found.append(Span(min(left.start, right.start), max(left.end, right.end)))
        return _shortest(found)


@dataclass(frozen=True)
class Apart(_Whole):
    """A term where another is not near."""

    left: Finder
    right: Finder
    reach: int | Unit
    ordered: bool = False

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return self.left.fits(masks)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        lefts, rights = self.left.spans(text), self.right.spans(text)
        ruler = _Ruler(text, self.reach)
        return [left for left in lefts if not any(_beside(left, right, ruler, self.ordered) for right in rights)]

    @property
    def needs_neighbours(self) -> bool:
        """See ``Finder``."""
        return isinstance(self.reach, int)


@dataclass(frozen=True)
class Spread(_Alone):
    """Words in any order with at most ``spread`` other words among them; a place is the shortest stretch with all."""

    parts: tuple[Words, ...]
    spread: int

    @property
    def overhang(self) -> int:
        """See ``Finder``."""
        return self.spread + sum(part.overhang for part in self.parts)

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return all_of([part.fits(masks) for part in self.parts])

    def crosses(self, masks: Masks, after: Masks) -> Flags:
        """See ``Finder``."""
        return self.fits(masks | after) & any_of([part.fits(masks) for part in self.parts])

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        starts = [match.start() for match in _WORD.finditer(text)]
        most = self.spread + len(self.parts)
        return [
            window
            for window in windows([part.spans(text) for part in self.parts])
            if bisect.bisect_left(starts, window.end) - bisect.bisect_left(starts, window.start) <= most
        ]


@dataclass(frozen=True)
class Sums(_Whole):
    """Amounts of money in a range."""

    range: AmountRange
    bit: int

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return _passed(masks, self.bit)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return [mention.span for mention in amounts(text) if self.range.holds(mention.amount)]


@dataclass(frozen=True)
class Days(_Whole):
    """Dates in a range, in either of their readings."""

    range: DateRange
    bit: int

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return _passed(masks, self.bit)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return [
            mention.span
            for mention in dates(text)
            if self.range.holds(mention.date) or (mention.other is not None and self.range.holds(mention.other))
        ]


@dataclass(frozen=True)
class Defined(_Whole):
    """Definitions of a term."""

    term: str
    bit: int

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return _passed(masks, self.bit)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return [definition.span for definition in definitions(text) if is_term(definition.term, self.term)]


@dataclass(frozen=True)
class Numbered(_Whole):
    """A section by its number; an item of it may stand some passages below."""

    number: SectionNumber
    bit: int

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return _passed(masks, self.bit)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return find_section(text, self.number)

    @property
    def runs_on(self) -> int:
        """See ``Finder``."""
        return _LONG_SECTION


@dataclass(frozen=True)
class Headed(_Whole):
    """Headings that hold words."""

    words: Words

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return self.words.fits(masks)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return [span for span in headings(text) if self.words.spans(text[span.start : span.end])]


def first_words(text: str, number: int) -> str:
    """Return the beginning of a text up to the end of its first words."""
    last = next(itertools.islice(_WORD.finditer(text), number - 1, None), None)
    return text if last is None else text[: last.end()]


def headings(text: str) -> list[Span]:
    """Return the headings that stand in a text, on lines of their own or as the first words of a numbered clause."""
    found = []
    for block in blocks_of_text(text):
        if block.kind in (BlockKind.HEADING, BlockKind.TITLE):
            found.append(Span(block.start, block.end))
        elif heading := run_in_heading(text[block.start : block.end]):
            words = heading.split()
            run_in = re.compile(r"\s+".join(map(re.escape, words))).match(text, block.start)
            if run_in:
                found.append(Span(*run_in.span()))
    return found


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
    return _shortest(found)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that overlap as one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start < out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def _shortest(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, without those that hold another one."""
    out: list[Span] = []
    for span in sorted(set(spans), key=lambda one: (one.start, -one.end)):
        while out and out[-1].end >= span.end:
            out.pop()
        out.append(span)
    return out


class _Ruler:
    """Tells how far apart places of one text are."""

    def __init__(self, text: str, reach: int | Unit) -> None:
        self._reach = reach
        if reach is Unit.SENTENCE:
            self._starts = [span.start for span in sentences(text)]
        elif reach is Unit.PASSAGE:
            self._starts = []
        else:
            self._starts = [match.start() for match in _WORD.finditer(text)]

    def near(self, first: Span, second: Span) -> bool:
        """Return whether two places, the first one before the second, are near each other."""
        if isinstance(self._reach, Unit):
            return bisect.bisect_right(self._starts, first.start) == bisect.bisect_right(self._starts, second.start)
        between = bisect.bisect_left(self._starts, second.start) - bisect.bisect_left(self._starts, first.end)
        return between < self._reach


def _beside(left: Span, right: Span, ruler: _Ruler, ordered: bool) -> bool:
    """Return whether two places that do not overlap are near each other."""
    if left.end <= right.start:
        return ruler.near(left, right)
    return not ordered and right.end <= left.start and ruler.near(right, left)


def any_of(flags: Sequence[Flags]) -> Flags:
    """Return where any of several flags, at least one, is up."""
    return functools.reduce(lambda a, b: a | b, flags)


def all_of(flags: Sequence[Flags]) -> Flags:
    """Return where all of several flags, at least one, are up."""
    return functools.reduce(lambda a, b: a & b, flags)


def _passed(masks: Masks, bit: int) -> Flags:
    return ((masks >> bit) & 1).astype(np.bool_)
