"""What a cell's text means: an exact number with its unit, a date, nothing, or just text. Pure.

Nothing is guessed: a number that could be written either way ("1.234") says so by its ``Style``, and a date in figures that could be
read in two ways says so too; what they are is then decided for a whole column, or not at all.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import re
from decimal import Decimal
from typing import NamedTuple

from datazoom_desktop.kernel.dates import LooseDate
from datazoom_desktop.search.written_dates import dates
from datazoom_desktop.tables.model import Value

LONGEST = 48  #: characters of a text that may be a number or a date
_SIGNS = {
    "$": "USD",
    "US$": "USD",
    "C$": "CAD",
    "A$": "AUD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "CHF": "CHF",
}
_CODES = "USD EUR GBP JPY CHF CAD AUD NZD HKD SGD CNY INR SEK NOK DKK PLN CZK HUF ILS ZAR BRL MXN KRW TRY AED SAR"
CODES = frozenset(_CODES.split())
"""Currencies that a cell may name by their code."""
_EMPTY = frozenset({"-", "–", "—", "--", "n/a", "na", "n.a.", "nil", "#n/a", "none", "n/m", "nm", "."})
_CURRENCY = r"US\$|C\$|A\$|[$€£¥₹]|" + "|".join(sorted(CODES))
_NUMBER = re.compile(
    rf"(?P<open>\()?\s?(?P<sign>[-−–+])?\s?(?P<before>{_CURRENCY})?\s?(?P<inner>[-−–]|\()?\s?"
    r"(?P<digits>\d(?:[\d.,'’\u00a0\u202f\u2009 ]*\d)?|\.\d+)"
    rf"\s?(?:(?P<scale>thousand|million|billion|mm|mn|bn|k|m)(?![a-z]))?\s?(?P<mark>%|x|×|bps)?\s?(?P<after>{_CURRENCY})?"
    r"\s?(?P<word>[A-Za-z]{3,12})?\s?\)?",
    re.IGNORECASE,
)
_SCALES = {"k": 3, "thousand": 3, "m": 6, "mm": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9}
_HIDDEN = re.compile(r"\[Hidden: (.+)\]")
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]\d\d:\d\d(?::\d\d)?)?")
_MONTH_YEAR = re.compile(
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?[-' ]{1,2}(\d\d|\d{4})", re.IGNORECASE
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_COMMAS = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?")
_DOTS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_COMMA_POINT = re.compile(r"\d+,\d+")
_APART = re.compile(r"\d{1,3}(?:['’\u00a0\u202f\u2009 ]\d{3})+(?P<rest>[.,]\d+)?")


class Style(enum.Enum):
    """How a number's thousands and decimals are marked."""

    ANY = enum.auto()  #: nothing that could be read in two ways
    POINT = enum.auto()  #: "1,234.50"
    COMMA = enum.auto()  #: "1.234,50"
    EITHER = enum.auto()  #: "1.234" or "1,234" alone


class Read(NamedTuple):
    """What a text can mean; ``comma`` is its value where commas mark decimals, ``other`` its second reading as a date.

    ``decimals`` are the digits behind the point of the value, then where commas mark decimals.
    """

    value: Value
    style: Style = Style.ANY
    comma: Decimal | None = None
    other: LooseDate | None = None
    decimals: tuple[int, int] = (0, 0)


_TEXT = Read(Value())
_NOTHING = Read(Value(empty=True))
_ZERO = re.compile(rf"(?P<unit>{_CURRENCY})\s?[-–—]{{1,2}}")  #: as accountants write nought


@functools.lru_cache(maxsize=1 << 16)
def read(text: str) -> Read:
    """Return what a cell's text can mean."""
    text = text.strip()
    if text.casefold() in _EMPTY:
        return _NOTHING
    if (zero := _ZERO.fullmatch(text)) is not None:
        return Read(Value(Decimal(0), _SIGNS.get(zero["unit"].upper(), zero["unit"].upper())))
    if len(text) > LONGEST or not any(char.isdigit() for char in text):
        return _TEXT
    return _date(text) or _number(text) or _TEXT


def _number(text: str) -> Read | None:
    hidden = _HIDDEN.fullmatch(text)
    found = _NUMBER.fullmatch(hidden[1] if hidden else text)
    if found is None or (found["open"] is not None or found["inner"] == "(") != found[0].endswith(")"):
        return None
    digits = found["digits"]
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        return None  # a code, such as "00123"
    sizes, style = _sizes(digits)
    if not sizes:
        return None
    minus = bool(found["open"] or found["inner"] or found["sign"] in ("-", "−", "–"))
    power = _SCALES.get((found["scale"] or "").casefold(), 0)
    amounts = [(-size if minus else size).scaleb(power) for size in sizes]
    unit = _unit(found)
    if unit is None:
        return None
    places = (decimals(amounts[0]), decimals(amounts[-1]))
    return Read(Value(amounts[0], unit), style, amounts[-1], decimals=places)


def decimals(number: Decimal) -> int:
    """Return how many digits a number has behind its point."""
    return max(0, -int(number.as_tuple().exponent))


def _unit(found: re.Match[str]) -> str | None:
    """Return the unit of a number, None where it has several."""
    before, after = found["before"], found["after"]
    mark = (found["mark"] or "").casefold().replace("×", "x")
    word = (found["word"] or "").casefold()
    currency = {_SIGNS.get(sign.upper(), sign.upper()) for sign in (before, after) if sign}
    units = [*currency, *filter(None, (mark, word))]
    return None if len(units) > 1 else (units or [""])[0]


def _sizes(digits: str) -> tuple[list[Decimal], Style]:
    """Return the number with points as decimals and, where it could be so, with commas as decimals."""
    if _PLAIN.fullmatch(digits):
        either = re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits)
        value = Decimal(digits)
        return ([value, Decimal(digits.replace(".", ""))], Style.EITHER) if either else ([value], Style.ANY)
    if digits.startswith("."):
        return [Decimal("0" + digits)], Style.ANY
    if _COMMAS.fullmatch(digits):
        value = Decimal(digits.replace(",", ""))
        either = re.fullmatch(r"[1-9]\d{0,2},\d{3}", digits)
        return ([value, Decimal(digits.replace(",", "."))], Style.EITHER) if either else ([value], Style.POINT)
    if _DOTS.fullmatch(digits):
        return [Decimal(digits.replace(".", "").replace(",", "."))], Style.COMMA
    if _COMMA_POINT.fullmatch(digits):
        return [Decimal(digits.replace(",", "."))], Style.COMMA
    if (apart := _APART.fullmatch(digits)) is not None:
        plain = re.sub(r"['’\u00a0\u202f\u2009 ]", "", digits).replace(",", ".")
        return [Decimal(plain)], Style.COMMA if (apart["rest"] or ".")[0] == "," else Style.ANY
    return [], Style.ANY


def _date(text: str) -> Read | None:
    iso = _ISO.fullmatch(text)
    if iso is not None:
        try:
            day = dt.date(int(iso[1]), int(iso[2]), int(iso[3]))
        except ValueError:
            return None
        return Read(Value(date=day, last=day))
    month = _MONTH_YEAR.fullmatch(text)
    if month is not None:
        year = int(month[2]) + (0 if len(month[2]) == 4 else 2000)
        return _dated(LooseDate.of(year, _MONTHS.index(month[1][:3].casefold()) + 1))
    if not any(sign.isalpha() or sign in "/.-" for sign in text):
        return None
    for mention in dates(text):
        if mention.span.start == 0 and mention.span.end == len(text):
            found = _dated(mention.date)
            return found._replace(other=mention.other)
    return None


def _dated(date: LooseDate) -> Read:
    return Read(Value(date=date.first, last=date.last))
