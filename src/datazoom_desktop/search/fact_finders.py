"""Finds facts in one text: amounts and dates in a range, definitions, sections by number, headings. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from datazoom_desktop.intake.model import BlockKind
from datazoom_desktop.intake.structure import blocks_of_text, run_in_heading
from datazoom_desktop.kernel.dates import DateRange
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.amounts import AmountRange, amounts
from datazoom_desktop.search.finders import Flags, Masks, Whole, Words, passed
from datazoom_desktop.search.sections import SectionNumber, find_section
from datazoom_desktop.search.terms import definitions, is_term
from datazoom_desktop.search.written_dates import dates

_LONG_SECTION = 12  #: passages after the one with a section's number that are read for its items and its end


@dataclass(frozen=True)
class Sums(Whole):
    """Amounts of money in a range."""

    range: AmountRange
    bit: int

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return passed(masks, self.bit)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return [mention.span for mention in amounts(text) if self.range.holds(mention.amount)]


@dataclass(frozen=True)
class Days(Whole):
    """Dates in a range, in either of their readings."""

    range: DateRange
    bit: int

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return passed(masks, self.bit)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return [
            mention.span
            for mention in dates(text)
            if self.range.holds(mention.date) or (mention.other is not None and self.range.holds(mention.other))
        ]


@dataclass(frozen=True)
class Defined(Whole):
    """Definitions of a term."""

    term: str
    bit: int

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return passed(masks, self.bit)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return [definition.span for definition in definitions(text) if is_term(definition.term, self.term)]


@dataclass(frozen=True)
class Numbered(Whole):
    """A section by its number; an item of it may stand some passages below."""

    number: SectionNumber
    bit: int

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return passed(masks, self.bit)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return find_section(text, self.number)

    @property
    def runs_on(self) -> int:
        """See ``Finder``."""
        return _LONG_SECTION


@dataclass(frozen=True)
class Headed(Whole):
    """Headings that hold words."""

    words: Words

    def fits(self, masks: Masks) -> Flags:
        """See ``Finder``."""
        return self.words.fits(masks)

    def spans(self, text: str) -> list[Span]:
        """See ``Finder``."""
        return [span for span in headings(text) if self.words.spans(text[span.start : span.end])]


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
