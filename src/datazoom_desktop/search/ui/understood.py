"""An exact search told in plain words, so that people see how it was read. Pure; knows no Qt widgets."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QDate

from datazoom_desktop.kernel.dates import DateRange, LooseDate, Precision
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
    Unit,
    Where,
)
from datazoom_desktop.shell.words import date, locale, number

_UNITS = {Unit.SENTENCE: "sentence", Unit.PASSAGE: "passage"}
_ABOUT = {
    Field.DOCUMENT: "called",
    Field.TYPE: "of the type",
    Field.PARTY: "with the party",
    Field.FOLDER: "in the folder",
}


def in_words(expression: Expression) -> str:
    """Return what is looked for, such as "“rent” and “deposit” in one document, in section 7.2, in documents of the type “lease”"."""
    parts = expression.parts if isinstance(expression, And) else (expression,)
    wanted = [part for part in parts if not _restricts(part)]
    narrowed = [part for part in parts if isinstance(part, Where) and part.field in NARROWING]
    about = [part for part in parts if isinstance(part, Where) and part.field in OF_DOCUMENT]
    without = [part.part for part in parts if isinstance(part, Not)]
    if not wanted and narrowed:
        wanted, narrowed = [narrowed[0]], narrowed[1:]
    told = [_inner(And(tuple(wanted)) if len(wanted) > 1 else wanted[0])] if wanted else []
    if len(wanted) > 1:
        told[0] += " in one document"
    told += [_place(part) for part in narrowed]
    if about:
        told.append(("in " if told else "") + "documents " + " and ".join(_about(part) for part in about))
    if without:
        told.append(("" if told else "documents ") + "without " + " or ".join(_inner(part) for part in without))
    return ", ".join(told)


def _restricts(part: Expression) -> bool:
    return isinstance(part, Not) or (isinstance(part, Where) and part.field in OF_DOCUMENT | NARROWING)


def _inner(part: Expression) -> str:
    """Return a part as it stands among others."""
    match part:
        case Text():
            return _text(part)
        case Where():
            return _where(part)
        case Near():
            return _near(part)
        case Or(parts):
            return " or ".join(f"({_inner(one)})" if isinstance(one, And) else _inner(one) for one in parts)
        case Not(inner):
            return f"not {_inner(inner)}"
        case And(parts):
            return " and ".join(f"({_inner(one)})" if isinstance(one, Or) else _inner(one) for one in parts)


def _text(text: Text) -> str:
    if text.spread is not None:
        most = f"with at most {number(text.spread)} other words among them" if text.spread else "next to each other"
        return f"{' and '.join(f'“{word}”' for word in text.words)} in any order, {most}"
    if len(text.words) == 1 and text.words[0].endswith("*") and not set("*?") & set(text.words[0][:-1]):
        return f"words that begin with “{text.words[0][:-1]}”"
    return f"“{' '.join(text.words)}”"


def _near(near: Near) -> str:
    left, right = (f"({_inner(side)})" if isinstance(side, Or) else _inner(side) for side in (near.left, near.right))
    if isinstance(near.reach, Unit):
        unit = f"in one {_UNITS[near.reach]}"
        if near.apart:
            return f"{left} where it is not {unit} with {right}"
        return f"{left} before {right} {unit}" if near.ordered else f"{left} {unit} with {right}"
    reach = f"within {number(near.reach)} words" if near.reach > 1 else "right"
    if near.apart:
        return f"{left} where it is not {reach} {'before' if near.ordered else _beside(near.reach)} {right}"
    return f"{left} {reach} {'before' if near.ordered else _beside(near.reach)} {right}"


def _beside(reach: int) -> str:
    return "of" if reach > 1 else "beside"


def _where(where: Where) -> str:
    if where.field in OF_DOCUMENT:
        return f"documents {_about(where)}"
    match where.field, where.value:
        case Field.SECTION, value:
            return _section(str(value))
        case Field.TERM, value:
            return f"where {_value(value)} is defined"
        case Field.AMOUNT, AmountRange() as amounts:
            return f"an amount {_amounts(amounts)}"
        case Field.WHEN, DateRange() as dates:
            return f"a date {_dates(dates)}"
        case _:
            return f"what stands {_place(where)}"


def _place(where: Where) -> str:
    match where.field, where.value:
        case Field.PAGE, PageRange(first, last):
            if last is None:
                return f"from page {number(first)} on"
            return f"on page {number(first)}" if first == last else f"on pages {number(first)} to {number(last)}"
        case Field.SECTION, value:
            return f"in {_section(str(value))}"
        case _, value:
            return f"under a heading with {_value(value)}"


def _about(where: Where) -> str:
    if isinstance(where.value, DateRange):
        return f"dated {_dates(where.value)}"
    return f"{_ABOUT[where.field]} {_value(where.value)}"


def _value(value: object) -> str:
    return _text(value) if isinstance(value, Text) else str(value)


def _section(shown: str) -> str:
    return shown.capitalize() if shown[:1].isalpha() and " " in shown else f"section {shown}"


def _amounts(amounts: AmountRange) -> str:
    low, high, mark = amounts.low, amounts.high, f"{amounts.currency} " if amounts.currency else ""
    if low is not None and low == high:
        return f"of {mark}{_figure(low)}"
    if low is not None and high is not None:
        return f"from {mark}{_figure(low)} to {_figure(high)}"
    if low is not None:
        return f"{'above' if amounts.above else 'of at least'} {mark}{_figure(low)}"
    return f"{'below' if amounts.below else 'of at most'} {mark}{_figure(high)}" if high is not None else "of any size"


def _figure(value: Decimal) -> str:
    whole = int(value)
    if whole == value and abs(whole) < 1 << 31:
        return number(whole)
    return f"{value:,f}"


def _dates(dates: DateRange) -> str:
    low, high = dates.low, dates.high
    if low is not None and high is not None:
        return _within(low) if low == high else f"from {_loose(low)} to {_loose(high)}"
    if low is not None:
        return f"from {_loose(low)} on"
    return f"up to {_loose(high)}" if high is not None else ""


def _within(loose: LooseDate) -> str:
    return f"{'on' if loose.precision is Precision.DAY else 'in'} {_loose(loose)}"


def _loose(loose: LooseDate) -> str:
    first = loose.first
    match loose.precision:
        case Precision.DAY:
            return date(first)
        case Precision.MONTH:
            return locale().toString(QDate(first.year, first.month, 1), "MMMM yyyy")
        case Precision.QUARTER:
            return f"quarter {(first.month + 2) // 3} of {first.year}"
        case Precision.YEAR:
            return str(first.year)
