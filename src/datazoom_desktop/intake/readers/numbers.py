"""Numbers as a spreadsheet shows them: a number format such as ``_($* #,##0.00_)`` or ``d mmm yyyy`` applied to a value. Pure.

A date whose month is written as a number ("3/1/24") could be read in two ways and depends on the reader's country, so it is shown
as 2024-03-01; one whose month is a word is shown as its format says ("1 Mar 2024", "Mar-24").
"""

from __future__ import annotations

import functools
import operator
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from openpyxl.utils.datetime import CALENDAR_MAC_1904

_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)"? | \\(?P<escaped>.) | _(?P<padding>.?) | \*(?P<fill>.?)
    | \[\$(?P<symbol>[^\]-]*)(?:-(?P<locale>[^\]]*))?\]
    | \[(?P<elapsed>h+|m+|s+)\] | \[(?P<test>[<>=]+)\s*(?P<limit>[-+]?[\d.]+(?:E[+-]?\d+)?)\] | \[(?P<colour>[^\]]*)\]
    | (?P<general>General) | (?P<half>AM/PM|A/P) | (?P<exponent>E[+-]) | (?P<moment>y+|m+|d+|h+|s+|e+)
    | (?P<sign>[0#?.,%/@]) | (?P<other>.)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH = 0x09  #: the low bits of a Windows locale number
_PLAIN_DIGITS = 12  #: significant digits shown of a number without a format
_MOST_PLACES = 15
_LARGE = Decimal("1e12")  #: above that a number has no digits to round, for all that its format shows
_LONGEST_CODE = 1_000
_TESTS = {
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
}


class _Token(NamedTuple):
    """One piece of a format: ``kind`` is "text", "sign" (0 # ? . , % / @), "moment", "elapsed", "half", "exponent" or "general"."""

    kind: str
    text: str


class _Simple(NamedTuple):
    """A section that is only text, digits with or without thousands and decimals, and text: ``#,##0.00 "USD"``."""

    before: str
    after: str
    spec: str  #: for ``format``
    unit: Decimal
    shift: int  #: powers of ten


@dataclass(frozen=True, eq=False)
class _Section:
    """One of the up to four parts of a format; ``test`` and ``limit`` say which numbers it is for, where it says so."""

    tokens: tuple[_Token, ...]
    test: str
    limit: float
    foreign: bool

    @functools.cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of its tokens."""
        return frozenset(token.kind for token in self.tokens)

    @functools.cached_property
    def dated(self) -> bool:
        """Whether it shows a date or a time."""
        return not self.kinds.isdisjoint(("moment", "elapsed"))

    @functools.cached_property
    def worded(self) -> bool:
        """Whether it takes text, as "@" does."""
        return any(token == _Token("sign", "@") for token in self.tokens)

    @functools.cached_property
    def simple(self) -> _Simple | None:
        """The section as what nearly all are, or None."""
        return _simple(self)

    @functools.cached_property
    def letters(self) -> frozenset[str]:
        """The parts of a date or time that it shows: y, m, d, h, n (minutes), s."""
        return frozenset(token.text[0] for token in self.tokens if token.kind == "moment")

    @functools.cached_property
    def iso(self) -> bool:
        """Whether its dates could be misread, or are in another language than English."""
        months = [token.text for token in self.tokens if token.kind == "moment" and token.text[0] == "m"]
        named = any(len(month) > 2 for month in months)
        return (bool(months) and not named and "d" in self.letters) or (named and self.foreign)


def shown(value: float, code: str, epoch: datetime) -> str:
    """Return a cell's number as its format code shows it.

    A number that its format hides (``;;;``) is returned as ``[Hidden: 5]``; a hidden zero is nothing.

    Args:
        value: The number as stored.
        code: The number format, such as ``#,##0.00`` or ``m/d/yy``; "General" for none.
        epoch: Day 0 of the workbook's calendar.
    """
    if code == "General":
        return plain(value)
    sections = _sections(code[:_LONGEST_CODE])
    section, negative = _for(value, sections)
    if "general" in section.kinds or (not section.tokens and len(sections) == 1):
        number = plain(abs(value) if negative else value)
        parts = [number if token.kind == "general" else token.text for token in section.tokens]
        return "".join(parts).strip() or number
    if section.dated:
        return _moment(value, section, epoch)
    if "sign" not in section.kinds:
        text = _literal(section)
        return text or ("" if value == 0 else f"[Hidden: {plain(value)}]")
    if section.worded:
        return plain(value)
    size = abs(value) if negative or value < 0 else value
    text = _number(size, section)
    minus = value < 0 and not negative and any(sign in "123456789" for sign in text)
    return f"-{text}" if minus else text


def plain(value: float) -> str:
    """Return a number without a format: whole numbers without a point, others to twelve digits."""
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    return f"{value:.{_PLAIN_DIGITS}g}"


@functools.lru_cache(maxsize=1_000)
def _sections(code: str) -> tuple[_Section, ...]:
    """Return a format's sections, one at least."""
    out: list[_Section] = []
    tokens: list[_Token] = []
    test, limit, foreign = "", 0.0, False
    for found in _TOKEN.finditer(code):
        kind = found.lastgroup or "other"
        text = found.group()
        if kind == "other" and text == ";":
            out.append(_Section(tuple(tokens), test, limit, foreign))
            tokens, test, limit, foreign = [], "", 0.0, False
        elif kind == "limit":
            test, limit = found["test"], _float(found["limit"])
        elif kind in ("symbol", "locale"):
            tokens.append(_Token("text", found["symbol"]))
            foreign = foreign or _is_foreign(found["locale"] or "")
        elif kind in ("quoted", "escaped", "other"):
            tokens.append(_Token("text", found[kind]))
        elif kind == "padding":
            tokens.append(_Token("text", " "))
        elif kind in ("elapsed", "half", "exponent", "general", "moment", "sign"):
            tokens.append(_Token(kind, found[kind].lower() if kind in ("elapsed", "moment") else text))
    out.append(_Section(tuple(tokens), test, limit, foreign))
    return tuple(_Section(_minutes(s.tokens), s.test, s.limit, s.foreign) for s in out[:4])


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _is_foreign(locale: str) -> bool:
    """Return whether a locale number means month names in a language other than English."""
    try:
        number = int(locale, 16)
    except ValueError:
        return False
    return number & 0xFFFF not in (0, 0xF800, 0xF400) and number & 0xFF != _ENGLISH


def _minutes(tokens: tuple[_Token, ...]) -> tuple[_Token, ...]:
    """Return the tokens with each "m" that means minutes, next to hours or seconds, written "n"."""
    out = list(tokens)
    clock = [n for n, token in enumerate(out) if token.kind in ("moment", "elapsed")]
    for before, here, after in zip([None, *clock], clock, [*clock[1:], None], strict=False):
        if out[here].kind == "moment" and out[here].text in ("m", "mm"):
            hours = before is not None and out[before].text[0] == "h"
            seconds = after is not None and out[after].text[0] == "s"
            if hours or seconds:
                out[here] = _Token("moment", out[here].text.replace("m", "n"))
    return tuple(out)


def _for(value: float, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """Return the section that shows a number, and whether that section itself says that the number is negative."""
    if any(section.test for section in sections):
        for section in sections[:2]:
            if section.test and _TESTS.get(section.test, operator.eq)(value, section.limit):
                return section, False
        last = sections[min(2, len(sections) - 1)]
        return (last if not last.test else sections[0]), False
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], False


def _literal(section: _Section) -> str:
    return "".join(token.text for token in section.tokens if token.kind == "text").strip()


def _simple(section: _Section) -> _Simple | None:
    code = "".join(token.text if token.kind == "sign" else "\x00" for token in section.tokens)
    found = re.fullmatch(r"(\0*)((?:#,##)?0)(?:\.(0{1,15}))?(,*)(\0*)(%?)(\0*)", code)
    if found is None or "exponent" in section.kinds:
        return None
    first, whole, places, thousands, second, percent, _ = (part or "" for part in found.groups())
    texts = [token.text for token in section.tokens if token.kind != "sign"]
    head = len(first)
    tail = "".join(texts[head : head + len(second)]) + percent + "".join(texts[head + len(second) :])
    unit = Decimal(1).scaleb(-len(places))
    spec = ",f" if "," in whole else "f"
    return _Simple("".join(texts[:head]).lstrip(), tail.rstrip(), spec, unit, 2 * len(percent) - 3 * len(thousands))


def _number(value: float, section: _Section) -> str:
    """Return a number that is not negative by the placeholders of a section."""
    simple = section.simple
    if simple is not None and value < 1e12:
        exact = Decimal(repr(value)).scaleb(simple.shift).quantize(simple.unit, ROUND_HALF_UP)
        return f"{simple.before}{exact:{simple.spec}}{simple.after}"
    return _spelled(value, section)


def _spelled(value: float, section: _Section) -> str:
    """Return a number that is not negative, placeholder by placeholder."""
    tokens = section.tokens
    if any(token == _Token("sign", "/") for token in tokens):
        return _fraction(value, section)
    digits = [n for n, token in enumerate(tokens) if token.kind == "sign" and token.text in "0#?"]
    if not digits:
        return "".join(token.text for token in tokens if token.kind in ("text", "sign")).strip()
    point = next((n for n, token in enumerate(tokens) if token == _Token("sign", ".")), len(tokens))
    power = next((n for n, token in enumerate(tokens) if token.kind == "exponent"), len(tokens))
    whole = [n for n in digits if n < min(point, power)]
    places = [n for n in digits if point < n < power]
    commas = [n for n, token in enumerate(tokens) if token == _Token("sign", ",")]
    scaling = sum(max(whole + places, default=0) < n < power for n in commas)
    grouped = any(whole[0] < n < whole[-1] for n in commas) if whole else False
    percents = sum(token == _Token("sign", "%") for token in tokens)
    if not value < 1e100:
        return plain(value)
    exact = Decimal(repr(value)).scaleb(2 * percents - 3 * scaling)
    exponent = 0
    if power < len(tokens):
        exponent = exact.adjusted() if exact else 0
        exact = exact.scaleb(-exponent)
    if exact < _LARGE:
        exact = exact.quantize(Decimal(1).scaleb(-min(len(places), _MOST_PLACES)), ROUND_HALF_UP)
    left, _, right = f"{exact:f}".partition(".")
    shown_digits = _spread_whole(left.lstrip("0"), [tokens[n].text for n in whole], grouped)
    right_digits = _spread_places(right, [tokens[n].text for n in places])
    cells = dict(zip(whole, shown_digits, strict=True)) | dict(zip(places, right_digits, strict=True))
    out: list[str] = []
    for n, token in enumerate(tokens):
        if n in cells:
            out.append(cells[n])
        elif n in digits:
            continue  # of an exponent
        elif n == point:
            out.append("." if any(right_digits) else "")
        elif n == power:
            out.append(f"E{'-' if exponent < 0 else '+' if token.text[1] == '+' else ''}{abs(exponent):02d}")
        elif token.kind == "text" or token.text == "%":
            out.append(token.text)
    return "".join(out).strip()


def _spread_whole(digits: str, places: list[str], grouped: bool) -> list[str]:
    """Return the digits left of the point for each placeholder; the first takes what the others leave."""
    if not places:
        return []
    least = len(places) - next((n for n, sign in enumerate(places) if sign == "0"), len(places))
    full = digits.rjust(least, "0")
    spare = max(0, len(full) - len(places))
    singles = ["" for _ in range(len(places) - len(full) + spare)] + [*full[spare:]]
    if grouped:
        count = len(full)
        written = [
            f"{digit}{',' if (count - n - 1) % 3 == 0 and n < count - 1 else ''}" for n, digit in enumerate(full)
        ]
        singles = ["" for _ in range(len(places) - count + spare)] + written[spare:]
        head = "".join(written[:spare])
    else:
        head = full[:spare]
    singles[0] = head + singles[0]
    return singles


def _spread_places(digits: str, places: list[str]) -> list[str]:
    """Return the digits right of the point for each placeholder; zeros at the end stand only where the format wants them."""
    out = [*digits.ljust(len(places), "0")[: len(places)]]
    for n in range(len(places) - 1, -1, -1):
        if places[n] == "0" or out[n] != "0":
            break
        out[n] = ""
    return out


def _fraction(value: float, section: _Section) -> str:
    """Return a number as a whole and a fraction, such as "1 1/2"."""
    below = "".join(token.text for token in section.tokens if token.kind in ("sign", "text")).partition("/")[2]
    fixed = re.match(r"\s*(\d+)", below)
    if fixed is not None and int(fixed[1]) > 0:
        bottom = int(fixed[1])
        top = round(value * bottom)
    else:
        near = Fraction(value).limit_denominator(10 ** min(4, max(1, below.count("?") + below.count("#"))) - 1)
        top, bottom = near.numerator, near.denominator
    whole, rest = divmod(top, bottom)
    if rest == 0:
        return str(whole)
    return f"{whole} {rest}/{bottom}" if whole else f"{rest}/{bottom}"


def _moment(value: float, section: _Section, epoch: datetime) -> str:
    """Return a number as a date, a time, both, or a length of time."""
    if "elapsed" in section.kinds:
        return _elapsed(value, section)
    moment = _when(value, epoch)
    if moment is None or (value < 1 and epoch != CALENDAR_MAC_1904 and section.letters & {"y", "m", "d"}):
        return plain(value)
    if section.iso:
        clock = bool(section.letters & {"h", "n", "s"}) and (moment.hour or moment.minute or moment.second)
        return f"{moment:%Y-%m-%d %H:%M}" if clock else f"{moment:%Y-%m-%d}"
    twelve = "half" in section.kinds
    out, fractional = [], False
    for n, token in enumerate(section.tokens):
        if token.kind == "moment":
            out.append(_part(moment, token.text, twelve))
        elif token.kind == "half":
            out.append(("AM" if moment.hour < 12 else "PM")[: len(token.text) // 2])
        elif token == _Token("sign", ".") and section.tokens[n + 1 : n + 2] == (_Token("sign", "0"),):
            fractional = True
            out.append(".")
        elif fractional and token == _Token("sign", "0"):
            out.append(f"{moment.microsecond:06d}"[0])
            fractional = False
        elif token.kind == "text" or token.text in ("/", ",", "."):
            out.append(token.text)
    return "".join(out).strip()


def _part(moment: datetime, mark: str, twelve: bool) -> str:
    """Return one part of a date or time by its letters, such as "mmm" or "yy"."""
    letter, length = mark[0], len(mark)
    if letter in "ye":
        return f"{moment.year:04d}" if length > 2 or letter == "e" else f"{moment.year % 100:02d}"
    if letter == "m" and length > 2:
        name = _MONTHS[moment.month - 1]
        return name[:3] if length == 3 else name[0] if length == 5 else name
    if letter == "d" and length > 2:
        name = _DAYS[moment.weekday()]
        return name[:3] if length == 3 else name
    hour = (moment.hour % 12 or 12) if twelve else moment.hour
    number = {"m": moment.month, "d": moment.day, "h": hour, "n": moment.minute, "s": moment.second}.get(letter)
    return "" if number is None else f"{number:02d}" if length > 1 else str(number)


def _elapsed(value: float, section: _Section) -> str:
    """Return a length of time whose largest unit may exceed a day, such as "36:30"."""
    seconds = round(abs(value) * 86_400)
    whole = next(token.text[0] for token in section.tokens if token.kind == "elapsed")
    hours, minutes = seconds // 3600, seconds // 60 % 60
    total = {"h": hours, "m": seconds // 60, "s": seconds}[whole]
    out = ["-"] if value < 0 else []
    for token in section.tokens:
        if token.kind == "elapsed":
            out.append(f"{total:0{len(token.text)}d}")
        elif token.kind == "moment":
            number = {"h": hours % 24, "n": minutes, "m": minutes, "s": seconds % 60}.get(token.text[0], 0)
            out.append(f"{number:0{len(token.text)}d}")
        elif token.kind == "text":
            out.append(token.text)
    return "".join(out).strip()


def _when(value: float, epoch: datetime) -> datetime | None:
    """Return the moment that a serial number means, to the millisecond, or None when there is no such moment.

    The calendar that starts in 1900 counts a 29 February 1900 that never was.
    """
    if value < 0 or not value < 3_000_000:
        return None
    if epoch != CALENDAR_MAC_1904 and value < 60:
        value += 1
    try:
        return epoch + timedelta(milliseconds=round(value * 86_400_000))
    except OverflowError:
        return None
