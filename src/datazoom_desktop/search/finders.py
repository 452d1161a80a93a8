"""Finds the places of one term in one text: words, and terms near each other or apart. Pure.

A finder knows which of the database's tests a passage must pass to be worth reading (``fits``); what it finds is exact.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.expression import Unit
from datazoom_desktop.search.patterns import any_pattern, is_plain, plain_pattern, start_pattern
from datazoom_desktop.search.sentences import sentences
from datazoom_desktop.search.stretches import WORD, merged, shortest, windows

Masks: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
_END = 400  #: characters at the end of a passage in which a phrase that goes on in the next one begins
_LONG_MENTION = 60  #: words of the longest amount, date or definition
_TO_SPARE = 8  #: words for page numbers, and for those that hyphens part


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


class Whole(_Alone):
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
        return passed(masks, self.bit)

    def crosses(self, masks: Masks, after: Masks) -> Flags:
        """See ``Finder``."""
        return np.zeros(len(masks), np.bool_) if self.rest_bit is None else passed(after, self.rest_bit)

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
        return shortest(found)


@dataclass(frozen=True)
class Apart(Whole):
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
        starts = [match.start() for match in WORD.finditer(text)]
        most = self.spread + len(self.parts)
        return [
            window
            for window in windows([part.spans(text) for part in self.parts])
            if bisect.bisect_left(starts, window.end) - bisect.bisect_left(starts, window.start) <= most
        ]


class _Ruler:
    """Tells how far apart places of one text are."""

    def __init__(self, text: str, reach: int | Unit) -> None:
        self._reach = reach
        if reach is Unit.SENTENCE:
            self._starts = [span.start for span in sentences(text)]
        elif reach is Unit.PASSAGE:
            self._starts = []
        else:
            self._starts = [match.start() for match in WORD.finditer(text)]

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


def passed(masks: Masks, bit: int) -> Flags:
    """Return which passages passed a test."""
    return ((masks >> bit) & 1).astype(np.bool_)
