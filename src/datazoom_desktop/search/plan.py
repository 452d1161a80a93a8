"""Turns an expression into what is done to answer it: tests for the database, finders for places, questions to documents. Pure.

``page``, ``heading`` and ``section`` beside other terms narrow these terms' places; everything else is asked of the whole document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from datazoom_desktop.kernel.dates import DateRange
from datazoom_desktop.search.amounts import AmountRange
from datazoom_desktop.search.expression import (
    NARROWING,
    OF_DOCUMENT,
    And,
    Expression,
    Field,
    Near,
    Not,
    Or,
    PageRange,
    Text,
    Where,
)
from datazoom_desktop.search.fact_finders import Days, Defined, Headed, Numbered, Sums
from datazoom_desktop.search.finders import Apart, Close, Either, Finder, Spread, Words
from datazoom_desktop.search.patterns import (
    exact_pattern,
    likely_patterns,
    loose_pattern,
    loose_rest_pattern,
    rest_pattern,
)
from datazoom_desktop.search.sections import SectionNumber, head_pattern
from datazoom_desktop.search.store import Test

_MONEY = (
    r"[$€£¥₹₩₽₪₺]|[A-Z]{3}[ \x{a0}]?[0-9]|[0-9][ \x{a0}]?[A-Z]{3}| \| |Rs|Fr"
    r"|(?i:dollar|euro|pound|franc|yen|rupee|renminbi|yuan)"
)
_FIRST_YEAR, _LAST_YEAR = 1800, 2200  # of dates that are read at all; see ``written_dates``
_FIRST_SHORT, _LAST_SHORT = 1969, 2068  # of those that may be written in two figures


class OnPages(NamedTuple):
    """Narrows places to pages, or to all others when ``outside``."""

    pages: PageRange
    outside: bool


class UnderHeading(NamedTuple):
    """Narrows places to those under a heading, or to all others when ``outside``.

    Attributes:
        above_bit: Number of the test for passages that may have such a heading above them.
    """

    heading: Headed
    above_bit: int
    outside: bool


class InSection(NamedTuple):
    """Narrows places to a section, or to what is outside it."""

    section: Leaf
    outside: bool


Limit: TypeAlias = OnPages | UnderHeading | InSection


@dataclass(frozen=True)
class Leaf:
    """Something with places in the text, within limits."""

    finder: Finder
    limits: tuple[Limit, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether the database tells exactly which passages have a place, short of those that reach into the next passage."""
        return isinstance(self.finder, Words) and not self.limits


@dataclass(frozen=True)
class About:
    """A field of the document as a whole."""

    where: Where


@dataclass(frozen=True)
class All:
    """All of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Any:
    """Any of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class No:
    """Not the part."""

    part: Node


Node: TypeAlias = Leaf | About | All | Any | No


@dataclass(frozen=True)
class Plan:
    """What is done to answer an expression.

    Attributes:
        tests: The number of each is the bit it sets.
        words: The finders whose bits are yet to be proved in texts that are not plain.
    """

    root: Node
    tests: tuple[Test, ...]
    words: tuple[Words, ...]


def plan(expression: Expression) -> Plan:
    """Return the plan of an expression that ``parser.parse`` has let through."""
    planner = _Planner()
    root = planner.node(expression, ())
    return Plan(root, tuple(planner.tests), tuple(planner.words))


def has_places(expression: Expression) -> bool:
    """Return whether an expression names something that stands at places, besides what only narrows places."""
    match expression:
        case Text() | Near():
            return True
        case Where(field):
            return field not in OF_DOCUMENT and field not in NARROWING
        case And(parts) | Or(parts):
            return any(map(has_places, parts))
        case Not(part):
            return has_places(part)


def limits_nothing(expression: Expression) -> bool:
    """Return whether there is a ``page`` in an expression that stands beside nothing whose places it could narrow."""
    match expression:
        case And(parts):
            places = any(has_places(part) or _is_limit(part, Field.HEADING, Field.SECTION) for part in parts)
            return any(limits_nothing(part) for part in parts if not (places and _is_limit(part, Field.PAGE)))
        case Or(parts):
            return any(map(limits_nothing, parts))
        case Not(part):
            return limits_nothing(part)
        case Where(field):
            return field is Field.PAGE
        case _:
            return False


def _is_limit(part: Expression, *fields: Field) -> bool:
    inner = part.part if isinstance(part, Not) else part
    return isinstance(inner, Where) and inner.field in fields


class _Planner:
    """Gathers the tests, each once."""

    def __init__(self) -> None:
        self.tests: list[Test] = []
        self.words: list[Words] = []

    def node(self, expression: Expression, limits: tuple[Limit, ...]) -> Node:
        match expression:
            case And(parts):
                return self._all(parts, limits)
            case Or(parts):
                return Any(tuple(self.node(part, limits) for part in parts))
            case Not(part):
                return No(self.node(part, limits))
            case Where(field) if field in OF_DOCUMENT:
                return About(expression)
            case _:
                return Leaf(self._finder(expression), limits)

    def _all(self, parts: tuple[Expression, ...], limits: tuple[Limit, ...]) -> Node:
        narrowing = [part for part in parts if _is_limit(part, Field.PAGE)]
        if any(map(has_places, parts)):
            narrowing += [part for part in parts if _is_limit(part, Field.HEADING, Field.SECTION)]
        inner = (*limits, *map(self._limit, narrowing))
        nodes = tuple(self.node(part, inner) for part in parts if part not in narrowing)
        return nodes[0] if len(nodes) == 1 else All(nodes)

    def _limit(self, part: Expression) -> Limit:
        outside = isinstance(part, Not)
        where = part.part if isinstance(part, Not) else part
        assert isinstance(where, Where)
        if isinstance(where.value, PageRange):
            return OnPages(where.value, outside)
        if isinstance(where.value, SectionNumber):
            return InSection(Leaf(self._finder(where)), outside)
        assert isinstance(where.value, Text)
        words = where.value.words
        above = self._bit(Test("", likely_patterns(words)[-1:], loose_pattern(words), "heading"))
        return UnderHeading(Headed(self._words(words, whole=True)), above, outside)

    def _finder(self, expression: Expression) -> Finder:
        match expression:
            case Text(words, None):
                return self._words(words)
            case Text(words, spread):
                assert spread is not None
                return Spread(tuple(self._words((word,)) for word in dict.fromkeys(words)), spread)
            case Or(parts):
                return Either(tuple(map(self._finder, parts)))
            case Near(left, right, reach, ordered, apart):
                kind = Apart if apart else Close
                return kind(self._finder(left), self._finder(right), reach, ordered)
            case Where(_, AmountRange() as amounts):
                return Sums(amounts, self._bit(Test(_MONEY, _sizeable(amounts), _MONEY)))
            case Where(_, DateRange() as days):
                return Days(days, self._bit(Test(_years(days), (), _years(days))))
            case Where(_, SectionNumber() as number):
                return Numbered(number, self._bit(Test(head_pattern(number), (), head_pattern(number))))
            case Where(Field.TERM, Text(words)):
                plural = (*words[:-1], f"{words[-1].rstrip('s') or words[-1]}?")
                return Defined(" ".join(words), self._words(plural, whole=True).bit)
            case Where(Field.HEADING, Text(words)):
                return Headed(self._words(words, whole=True))
            case _:
                raise TypeError(f"no finder for {expression!r}")

    def _words(self, words: tuple[str, ...], *, whole: bool = False) -> Words:
        """Return the finder of words, which never reaches into the next passage when ``whole``."""
        ascii_only = "".join(words).isascii()
        loose = loose_pattern(words)
        exact, likely = (exact_pattern(words), likely_patterns(words)) if ascii_only else ("", ())
        bit = self._bit(Test(exact, likely, loose))
        several = len(words) > 1 and not whole
        ends = Test(rest_pattern(words) if ascii_only else "", (), loose_rest_pattern(words))
        found = Words(words, bit, self._bit(ends) if several else None)
        if all(found.bit != known.bit for known in self.words):
            self.words.append(found)
        return found

    def _bit(self, test: Test) -> int:
        if test not in self.tests:
            self.tests.append(test)
        return self.tests.index(test)


def _sizeable(amounts: AmountRange) -> tuple[str, ...]:
    """Return RE2's expressions that every plain text with an amount of the range matches: its figures or its words are large."""
    digits = 0 if amounts.low is None else amounts.low.adjusted()
    if digits < 3:
        return ()
    words = "hundred|thousand|tausend|million|milliard|billion|trillion|lakh|crore"
    units = "k|tsd|m|mm|mn|mio|mln|b|bn|mrd|tn"
    return (rf"(?i)[0-9](?:[.,' ]?[0-9]){{{min(digits, 900)}}}|{words}|[0-9][ -]{{0,2}}\n?(?:{units})\b",)


def _years(days: DateRange) -> str:
    """Return RE2's expression of a text that may name a date of the range."""
    first = max(_FIRST_YEAR, days.low.first.year if days.low else _FIRST_YEAR)
    last = min(_LAST_YEAR, days.high.last.year if days.high else _LAST_YEAR)
    decades: dict[int, list[int]] = {}
    for year in range(first, last + 1):
        decades.setdefault(year // 10, []).append(year % 10)
    long = "|".join(f"{decade}[{units[0]}-{units[-1]}]" for decade, units in decades.items()) or r"\b\B"
    years = range(max(first, _FIRST_SHORT), min(last, _LAST_SHORT) + 1)
    short = "|".join(f"{year % 100:02d}" for year in years)
    return long + (f"|[/'’-](?:{short})(?:[^0-9]|$)|(?i:q[1-4])[ -]{{0,2}}(?:{short})(?:[^0-9]|$)" if short else "")
