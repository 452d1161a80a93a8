"""Dates written in text, each with how much of it is known. Pure.

Read are days, months, quarters and years in figures and in the words of English, German, French, Spanish, Italian and Dutch. A date
without its year is none. Where figures leave open which is the month ("03/04/2025"), the American reading comes first and the other
one beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from datazoom_desktop.kernel.dates import LooseDate
from datazoom_desktop.kernel.spans import Span

_NAMES = (
    "january jan januar jänner janvier enero gennaio januari",
    "february feb februar février fevrier febrero febbraio februari",
    "march mar märz maerz mars marzo maart",
    "april apr avril abril aprile",
    "may mai mayo maggio mei",
    "june jun juni juin junio giugno",
    "july jul juli juillet julio luglio",
    "august aug août aout agosto augustus",
    "september sep sept septembre septiembre settembre",
    "october oct okt oktober octobre octubre ottobre",
    "november nov novembre noviembre",
    "december dec dez dezember décembre decembre diciembre dicembre",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_VERBS = frozenset({"may", "march", "mar"})  # months in English only with a capital
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}

_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_DAY = r"(?<![\d.,/])(?P<day>\d{1,2})(?:st|nd|rd|th|er|ère|\.|º|°)?"
_FOUR = re.compile(r"(?<![\d.,$€£])\d{4}(?!\d)")
_BEFORE_YEAR = re.compile(
    rf"(?:{_DAY}(?:\s+day)?(?:\s+of|\s+de|\s+d['’])?[\s-]{{1,3}})?\b{_MONTH}\b\.?,?"
    r"(?:[\s-]{1,3}(?P<day_after>\d{1,2})(?:st|nd|rd|th)?\b,?)?(?:\s+(?:of|de|del|in\s+the\s+year))?[\s-]{1,3}$",
    re.IGNORECASE,
)
_SHORT = re.compile(rf"\b(?P<day>\d{{1,2}})-{_MONTH}-(?P<year>\d\d)(?!\d)", re.IGNORECASE)
_SHORTENED = re.compile(r"\d-[A-Za-z]")
_LONGEST = 44  #: characters before a year in which its day and month are
_YEAR_FIRST = re.compile(r"(?<![\d.,/-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.,/-])(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?![\d/-]|[.,]\d)")
_FISCAL = r"(?:(?:fiscal|calendar)\s+(?:year\s+)?|FY\s?|CY\s?|the\s+year\s+)?"
_QUARTER = re.compile(
    rf"\b(?:Q([1-4])[\s-]{{0,2}}(?:of\s+)?{_FISCAL}(?:['’]?(\d{{4}}|\d\d))(?!\d)"
    r"|(\d{4})[\s-]{0,2}Q([1-4])\b"
    rf"|({'|'.join(_ORDINALS)})\s+(?:fiscal\s+|calendar\s+)?quarter\s+(?:of\s+)?{_FISCAL}(\d{{4}})(?!\d))",
    re.IGNORECASE,
)
_OF_YEAR = re.compile(
    r"\b(?:(?:in|during|since|until|till|through|before|after|by|early|mid|late|years?|calendar|fiscal|end\s+of|ended|ending)[\s-]"
    r"|FY\s?|CY\s?)$",
    re.IGNORECASE,
)
_NO_YEAR = re.compile(r"\w|[,.]\d|[-/]\d|\s*(?:shares|units|square|sq)\b")
_IN_FIGURES = re.compile(r"\d[-/.]\d{1,2}[-/.]\d")
_QUARTERLY = re.compile(r"[Qq](?:[1-4]|uarter)")


class DateMention(NamedTuple):
    """A date and where it stands in the text; ``other`` is its second reading, where figures allow two."""

    span: Span
    date: LooseDate
    other: LooseDate | None = None


def dates(text: str) -> list[DateMention]:
    """Return the dates that ``text`` names, in order."""
    kept: list[DateMention] = []
    finders = [
        _named,
        *([_in_figures] if _IN_FIGURES.search(text) else ()),
        *([_quarters] if _QUARTERLY.search(text) else ()),
        _years,
    ]
    for find in finders:
        kept.extend([one for one in find(text) if not any(one.span.overlap(other.span) for other in kept)])
    return sorted(kept, key=lambda mention: mention.span)


def parse_date(text: str) -> LooseDate | None:
    """Return the date that is all of ``text``, in figures or words, or None."""
    text = text.strip()
    return LooseDate.parse(text) or next((m.date for m in dates(text) if m.span == Span(0, len(text))), None)


def _named(text: str) -> Iterator[DateMention]:
    """Yield the dates that name their month, found from their year."""
    for year in _FOUR.finditer(text):
        match = _BEFORE_YEAR.search(text, max(0, year.start() - _LONGEST), year.start())
        if match is None or match["month"] in _VERBS:
            continue
        day = match["day_after"] or match["day"]
        month = _MONTHS[match["month"].casefold()]
        start = match.start("month") if match["day_after"] else match.start()
        if date := _date(year[0], month, day):
            yield DateMention(Span(start, year.end()), date)
        elif day and (date := _date(year[0], month)):
            yield DateMention(Span(match.start("month"), year.end()), date)
    for match in _SHORT.finditer(text) if _SHORTENED.search(text) else ():
        if date := _date(match["year"], _MONTHS[match["month"].casefold()], match["day"]):
            yield DateMention(Span(*match.span()), date)


def _in_figures(text: str) -> Iterator[DateMention]:
    for match in _YEAR_FIRST.finditer(text):
        if date := _date(match[1], int(match[3]), match[4]):
            yield DateMention(Span(*match.span()), date)
    for match in _YEAR_LAST.finditer(text):
        first, mark, second, year = match.groups()
        if len(year) == 2 and mark != "/":
            continue
        american, other = _date(year, int(first), second), _date(year, int(second), first)
        if mark == ".":
            american = None
        date = american or other
        if date is not None:
            yield DateMention(Span(*match.span()), date, other if american and other != american else None)


def _quarters(text: str) -> Iterator[DateMention]:
    for match in _QUARTER.finditer(text):
        year = match[2] or match[3] or match[6]
        quarter = _ORDINALS[match[5].casefold()] if match[5] else int(match[1] or match[4])
        if 1900 <= (number := _year(year)) <= 2200:
            yield DateMention(Span(*match.span()), LooseDate.quarter(number, quarter))


def _years(text: str) -> Iterator[DateMention]:
    for year in _FOUR.finditer(text):
        if (
            year[0][:2] in ("19", "20")
            and _OF_YEAR.search(text, max(0, year.start() - 10), year.start())
            and not _NO_YEAR.match(text, year.end())
        ):
            yield DateMention(Span(*year.span()), LooseDate.of(int(year[0])))


def _date(year: str, month: int, day: str | None = None) -> LooseDate | None:
    number = _year(year)
    if not 1800 <= number <= 2200:
        return None
    try:
        return LooseDate.of(number, month, int(day) if day is not None else None)
    except ValueError:
        return None


def _year(written: str) -> int:
    """Return the year; two figures are of the hundred years from 1969."""
    number = int(written)
    return number if len(written) > 2 else number + (2000 if number < 69 else 1900)
