"""Amounts of money in text, as decimal numbers with their currency, and ranges of them. Pure.

An amount needs its currency beside it ("USD 1.5 million", "1.250.000,00 €", "twelve thousand dollars"), except in a row of a table,
where a cell that is nothing but a number with its thousands or decimals marked is one too, of unknown currency. A bare "$" is taken
for the dollar of the United States.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.number_words import WORDS, number_of_words

_SIGNS = {
    "US$": "USD", "$": "USD", "C$": "CAD", "CA$": "CAD", "CAN$": "CAD", "CDN$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "SG$": "SGD", "R$": "BRL", "MX$": "MXN", "NT$": "TWD", "€": "EUR", "£": "GBP", "¥": "JPY",
    "RMB": "CNY", "₹": "INR", "RS": "INR", "₩": "KRW", "₽": "RUB", "₪": "ILS", "₺": "TRY", "SFR": "CHF", "FR": "CHF",
}  # fmt: skip
_KNOWN = """
    USD EUR GBP JPY CHF CAD AUD NZD HKD SGD CNY INR SEK NOK DKK PLN CZK HUF ILS ZAR BRL MXN KRW TRY AED SAR QAR KWD THB MYR
    IDR PHP TWD VND RUB UAH RON BGN ISK CLP COP ARS PEN EGP NGN KES GHS MAD
"""
_CODES = frozenset(_KNOWN.split())
_NAMES = {
    "dollar": "USD", "euro": "EUR", "pound": "GBP", "franc": "CHF", "yen": "JPY", "rupee": "INR", "canadian dollar": "CAD",
    "australian dollar": "AUD", "hong kong dollar": "HKD", "singapore dollar": "SGD", "new zealand dollar": "NZD",
    "swiss franc": "CHF", "renminbi": "CNY", "yuan": "CNY",
}  # fmt: skip
_SCALES = {
    "hundred": 2, "thousand": 3, "k": 3, "tsd": 3, "tausend": 3, "million": 6, "millions": 6, "millionen": 6, "mio": 6, "mm": 6,
    "mn": 6, "mln": 6, "m": 6, "lakh": 5, "lakhs": 5, "crore": 7, "crores": 7, "billion": 9, "billions": 9, "bn": 9, "b": 9,
    "mrd": 9, "milliarden": 9, "milliards": 9, "trillion": 12, "tn": 12,
}  # fmt: skip

_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(
    r"(?:"
    r"\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d+)?"  # 12,50,000.00
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?"  # 1,250,000.00
    r"|\d{1,3}(?:\.\d{3})+,\d+"  # 1.250.000,00
    r"|\d{1,3}(?:\.\d{3}){2,}"  # 1.250.000
    r"|\d{1,3}(?:['’]\d{3})+(?:[.,]\d+)?"  # 1'250'000.00
    r"|\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+(?:[.,]\d+)?"  # 1 250 000,00 with fixed spaces
    r"|\d{1,3}(?: \d{3}){2,}(?:[.,]\d+)?"  # 1 250 000,00
    r"|\d{1,3} \d{3}(?:,\d+)?(?=\s?[€£])"  # 250 000 €
    r"|\d+(?:[.,]\d+)?"
    r")(?![\d])"
)
_SIGN = r"(?:US|CAN|CDN|CA|C|AU|A|NZ|HK|SG|S|R|MX|NT)?\$|[€£¥₹₩₽₪₺]"
_BEFORE = re.compile(rf"(?:({_SIGN})|(?<![A-Za-z])([A-Z]{{3}}\$?|Rs\.?|SFr\.?|Fr\.))\s{{0,2}}$")
_SCALE = re.compile(rf"(?:[\s\u00a0-]{{0,2}})({'|'.join(sorted(_SCALES, key=len, reverse=True))})\b\.?", re.IGNORECASE)
_NAME = r"(?:U\.?\s?S\.?\s+|United\s+States\s+)?(?P<name>(?:(?:Canadian|Australian|Hong\s+Kong|Singapore|New\s+Zealand|Swiss)\s+)?(?:dollar|euro|pound|franc|yen|rupee|renminbi|yuan))s?\b"
_AFTER = re.compile(rf"\s{{0,2}}(?:(?P<sign>[€£¥]|\$(?!\d))|(?P<code>[A-Z]{{3}})\b|(?:of\s+)?(?i:{_NAME}))")
_SPELT = re.compile(rf"\b(?:{WORDS})(?:[\s,-]+(?:and[\s-]+)?(?:{WORDS}))*\b", re.IGNORECASE)
_SPELT_AFTER = re.compile(
    rf"(?:\s+and\s+(?:no|\d\d?)/100(?:ths)?)?\s{{0,2}}(?:\([^()]{{1,40}}\)\s{{0,2}})?(?:{_NAME})", re.IGNORECASE
)
_WORDS = ("dollar", "euro", "pound", "franc", "yen", "rupee", "renminbi", "yuan")
_FIGURE = re.compile(r"\d[\s-]{0,2}$")
_CELL = re.compile(r"(?:(?<=\| )|^)[(-]?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d\d|\d{5,})\)?(?= \||$)", re.MULTILINE)
_DOT_GROUPS = frozenset(
    {"EUR", "CHF", "BRL", "DKK", "TRY", "IDR", "COP", "CLP", "ARS"}
)  # where "1.250" is a thousand and more


class Amount(NamedTuple):
    """An amount of money; ``currency`` is its ISO 4217 code, None where the text does not say."""

    value: Decimal
    currency: str | None


class AmountMention(NamedTuple):
    """An amount and where it stands in the text, its currency included."""

    span: Span
    amount: Amount


@dataclass(frozen=True, slots=True)
class AmountRange:
    """Amounts of one currency, or of any when ``currency`` is None; an end that is None is open.

    Attributes:
        above: The low end itself is left out; so is the high one when ``below``.
    """

    low: Decimal | None
    high: Decimal | None
    currency: str | None = None
    above: bool = False
    below: bool = False

    def holds(self, amount: Amount) -> bool:
        """Return whether the amount lies in the range; one of unknown currency may be of any."""
        if self.currency is not None and amount.currency not in (None, self.currency):
            return False
        value = amount.value
        if self.low is not None and (value < self.low or (self.above and value == self.low)):
            return False
        return self.high is None or (value < self.high if self.below else value <= self.high)

    def __str__(self) -> str:
        """Return the range as it is written in a search, such as "USD 1000000..5000000" or ">=EUR 250000"."""
        mark = f"{self.currency} " if self.currency else ""
        if self.low is not None and self.low == self.high:
            return f"{mark}{self.low:f}"
        if self.low is None or self.high is None:
            sign, end = (">", self.low) if self.low is not None else ("<", self.high)
            open_end = self.above if self.low is not None else self.below
            return f"{sign}{'' if open_end else '='}{mark}{end:f}"
        return f"{mark}{self.low:f}..{self.high:f}"


def amounts(text: str) -> list[AmountMention]:
    """Return the amounts of money that ``text`` names, in order."""
    low = text.lower()
    found = _spelt(text) if any(name in low for name in _WORDS) else []
    found.extend(mention for match in _numbers(text) if (mention := _with_currency(text, match)))
    if " | " in text:
        cells = (Span(*match.span(1)) for match in _CELL.finditer(text))
        found.extend(AmountMention(at, Amount(_decimal(text[at.start : at.end], None), None)) for at in cells)
    kept: list[AmountMention] = []
    for mention in found:
        if not any(mention.span.overlap(other.span) for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.span)


def _numbers(text: str) -> Iterator[re.Match[str]]:
    """Yield the numbers in figures."""
    at = 0
    while digit := _DIGIT.search(text, at):
        match = _NUMBER.match(text, digit.start())
        if match:
            yield match
        at = match.end() if match else digit.end()
        while text[at : at + 1].isdigit():
            at += 1


def parse_amount(text: str) -> Amount | None:
    """Return the amount that is all of ``text``, which may lack its currency ("1.5m", "USD 250,000"), or None."""
    text = text.strip()
    match = next(_numbers(text), None)
    if match is None:
        return None
    mention = _with_currency(text, match) or _bare(text, match)
    return mention.amount if mention.span == Span(0, len(text)) else None


def _with_currency(text: str, match: re.Match[str]) -> AmountMention | None:
    """Return the amount at a number when its currency stands before or after it."""
    before = _BEFORE.search(text, max(0, match.start() - 6), match.start()) if _marked(text, match.start()) else None
    mark = _currency(before[1] or before[2]) if before else None
    end, power = _scaled(text, match.end())
    after = _AFTER.match(text, end)
    following = _after(after) if after else None
    if mark is None and following is None:
        return None
    bare = before is not None and before[1] == "$"
    currency = following if following and (mark is None or bare) else mark
    if after and following and (currency == following):
        end = after.end()
    start = before.start() if before and mark else match.start()
    return AmountMention(Span(start, end), Amount(_times(_decimal(match[0], currency), power), currency))


def _marked(text: str, start: int) -> bool:
    """Return whether a currency may stand before the number at ``start``: cheap, and right when it says no."""
    last = text[max(0, start - 3) : start].rstrip()[-1:]
    return (last.isalpha() and not last.islower()) or last in (
        "$",
        "€",
        "£",
        "¥",
        "₹",
        "₩",
        "₽",
        "₪",
        "₺",
        ".",
        "s",
        "r",
    )


def _bare(text: str, match: re.Match[str]) -> AmountMention:
    end, power = _scaled(text, match.end())
    return AmountMention(Span(match.start(), end), Amount(_times(_decimal(match[0], None), power), None))


def _times(value: Decimal, power: int) -> Decimal:
    """Return the number times ten to the ``power``, written out."""
    return Decimal(f"{value.scaleb(power):f}") if power else value


def _scaled(text: str, end: int) -> tuple[int, int]:
    """Return where a number that ends at ``end`` ends with its "million", and the power of ten that adds."""
    power = 0
    while scale := _SCALE.match(text, end):
        word = scale[1].casefold()
        if word in ("m", "b", "k") and scale.end() < len(text) and scale[0].endswith("."):
            return scale.end() - 1, power + _SCALES[word]
        end, power = scale.end(1), power + _SCALES[word]
    return end, power


def _currency(mark: str) -> str | None:
    tidy = mark.upper().rstrip(".")
    return _SIGNS.get(tidy) or (tidy if tidy in _CODES else None)


def _after(match: re.Match[str]) -> str | None:
    if match["name"]:
        return _NAMES.get(" ".join(match["name"].casefold().split()))
    return _currency(match["sign"] or match["code"])


def _decimal(written: str, currency: str | None) -> Decimal:
    """Return the number; a lone mark before three digits parts thousands, if a comma or where the currency's users write so."""
    digits = re.sub(r"[\s'’\u00a0\u202f\u2009]", "", written)
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return Decimal(digits)
    mark, other = digits[last], "." if digits[last] == "," else ","
    tail = len(digits) - last - 1
    whole = digits[:last].replace(other, "")
    several = mark in whole
    groups = tail == 3 and other not in digits and whole != "0" and (mark == "," or currency in _DOT_GROUPS)
    if several or groups:
        return Decimal(digits.replace(mark, ""))
    return Decimal(f"{whole}.{digits[last + 1 :]}")


def _spelt(text: str) -> list[AmountMention]:
    """Return the amounts written in words."""
    found = []
    for match in _SPELT.finditer(text):
        after = _SPELT_AFTER.match(text, match.end())
        value = number_of_words(match[0]) if after else None
        if after and value is not None and not _FIGURE.search(text, max(0, match.start() - 3), match.start()):
            currency = _NAMES.get(" ".join(after["name"].casefold().split()))
            found.append(AmountMention(Span(match.start(), after.end()), Amount(Decimal(value), currency)))
    return found
