"""A question about figures, taken apart: what is to be done, how many, which limits and times, and the words that are left. Pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from datazoom_desktop.kernel.dates import LooseDate
from datazoom_desktop.search.words import STOP
from datazoom_desktop.search.written_dates import dates
from datazoom_desktop.tables.lexis import GENERIC, HEADING_TOO, NUMBER_WORDS, Token, normalised, tokens
from datazoom_desktop.tables.values import read


class Wish(enum.StrEnum):
    """What a question wants done with figures."""

    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    HIGHEST = "highest"
    LOWEST = "lowest"
    LATEST = "latest"
    EARLIEST = "earliest"


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound such as "more than $50,000": ``sign`` is one of < <= > >= =; ``unit`` a currency's code, "%" or ""."""

    sign: str
    amount: Decimal
    unit: str
    at: int


@dataclass(frozen=True, slots=True)
class When:
    """A time that is named: ``sign`` is "in" for within it, else one of < <= > >=; ``at`` is its place in the text."""

    sign: str
    date: LooseDate
    at: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's parts.

    Attributes:
        text: Normalised; places are offsets in it.
        opening: Its first word, such as "which"; "how many" and "how much" are one.
        wishes: What is to be done.
        number: How many, as in "the three largest"; 0 where it does not say.
        words: The words that must be accounted for, in order.
        besides: Words such as "amount" that ask for nothing by themselves, but may name a column.
        grouped: Places after which the words of a grouping stand, as in "by country".
        denied: Places after which a denied word stands, as in "not in Denmark".
    """

    text: str
    opening: str
    wishes: frozenset[Wish]
    number: int
    limits: tuple[Limit, ...]
    times: tuple[When, ...]
    words: tuple[Token, ...]
    besides: tuple[Token, ...] = ()
    grouped: tuple[int, ...] = ()
    denied: tuple[int, ...] = field(default=())


_NO_FIGURES = re.compile(
    r"^\s*(?:why|is|are|was|were|does|do|did|has|have|had|can|may|must|will|would|should|could|if|explain|summari[sz]e|describe|how"
    r"(?!\s+(?:many|much|often|high|large|big)\b))\b|\b(?:must|may|shall|should|could|would|can|cannot|whether|if|unless|because|happens?)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\s*(?:please\s+)?(how\s+(?:many|much|often|high|large|big)|\w+)", re.IGNORECASE)
_AMOUNT = r"(?:US\$|[$€£]|(?:USD|EUR|GBP|CHF)\s?)?\d[\d,]*(?:\.\d+)?(?:\s?(?:%|percent\b|thousand\b|million\b|billion\b|bn\b|k\b|m\b))?(?:\s?(?:USD|EUR|GBP|CHF|dollars|euros)\b)?"
_SIGNS = (
    (">=", r"at\s+least|no(?:t)?\s+(?:less|fewer)\s+than|a\s+minimum\s+of|>="),
    ("<=", r"at\s+most|no(?:t)?\s+more\s+than|up\s+to|a\s+maximum\s+of|<="),
    (">", r"more\s+than|over|above|greater\s+than|larger\s+than|higher\s+than|bigger\s+than|exceed(?:s|ing)?|in\s+excess\s+of|>"),
    ("<", r"less\s+than|under|below|fewer\s+than|lower\s+than|smaller\s+than|<"),
    ("=", r"exactly|equal\s+to|equals|of(?=\s+\d)|="),
)  # fmt: skip
_LIMITS = tuple((sign, re.compile(rf"(?:{words})\s*({_AMOUNT})(?![\d/-])", re.IGNORECASE)) for sign, words in _SIGNS)
_BETWEEN = re.compile(rf"\bbetween\s+({_AMOUNT})\s+and\s+({_AMOUNT})", re.IGNORECASE)
_BEFORE_DATE = re.compile(
    r"(?:\b(on\s+or\s+after|on\s+or\s+before|after|since|from|starting|before|until|till|prior\s+to|by|through|in|during|on|within|for|of|as\s+of|at|as\s+at|to)\s+)?"
    r"(?:(?:the\s+)?(?:(?:fiscal|financial|calendar)\s+)?(?:year|month|quarter)s?\s+(?:ended\s+|ending\s+|of\s+)?)?(?:the\s+)?(?:end\s+of\s+)?(?:(?:FY|CY)\s?['’]?)?$",
    re.IGNORECASE,
)
_DATE_SIGNS = {
    "on or after": ">=", "since": ">=", "from": ">=", "starting": ">=", "after": ">", "on or before": "<=", "until": "<=",
    "till": "<=", "through": "<=", "by": "<=", "before": "<", "prior to": "<",
}  # fmt: skip
_YEAR = re.compile(r"(?<![\d.,$€£/-])(?:FY\s?|CY\s?)?((?:19|20)\d\d)(?:\s?[AE]\b)?(?![\d%/]|[.,]\d|-\d)", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\bFY\s?['’]?(\d\d)\b", re.IGNORECASE)
_COUNT = r"(?P<n>\d{1,3}|" + "|".join(NUMBER_WORDS) + ")"
_TOP = re.compile(
    rf"\b(?:top|first|bottom|last)\s+{_COUNT}\b|\b{_COUNT.replace('<n>', '<m>')}\s+(?:\w+\s+)?(?:largest|biggest|highest|greatest|most|top|smallest|lowest|least|earliest|latest)\b",
    re.IGNORECASE,
)
_WISHES = (
    (Wish.COUNT, re.compile(r"\bhow\s+many\b|\bnumber\s+of\b|\bcount\b|\bhow\s+often\b", re.IGNORECASE)),
    (
        Wish.SUM,
        re.compile(
            r"\b(?:sub)?totals?\b|\bsum\b|\baltogether\b|\bcombined\b|\baggregate\b|\boverall\b|\btogether\b",
            re.IGNORECASE,
        ),
    ),
    (Wish.AVERAGE, re.compile(r"\baverages?\b|\bmean\b", re.IGNORECASE)),
    (Wish.HIGHEST, re.compile(r"\b(?:largest|biggest|highest|greatest|most|maximum|max|top|longest)\b", re.IGNORECASE)),
    (
        Wish.LOWEST,
        re.compile(r"\b(?:smallest|lowest|least|minimum|min|bottom|fewest|shortest|cheapest)\b", re.IGNORECASE),
    ),
    (Wish.LATEST, re.compile(r"\b(?:latest|most\s+recent(?:ly)?|newest|last)\b", re.IGNORECASE)),
    (Wish.EARLIEST, re.compile(r"\b(?:earliest|oldest|first|soonest)\b", re.IGNORECASE)),
)
_GROUP = re.compile(
    r"\b(?:by|per|for\s+each|in\s+each|of\s+each|for\s+every|broken\s+down\s+by|grouped\s+by|split\s+by)\s+",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|except(?:\s+for)?|excluding|other\s+than|outside(?:\s+of)?|without|but\s+not|apart\s+from)\s+",
    re.IGNORECASE,
)


def take_apart(question: str) -> Asked | None:
    """Return a question's parts; None where it can be no question for a figure, a date or a list of rows."""
    text = " ".join(normalised(question).split())
    if not text or _NO_FIGURES.search(_without_limits(text)):
        return None
    opening = _OPENING.match(text)
    used: list[tuple[int, int]] = []
    limits = list(_limits(text, used))
    top = _TOP.search(text)
    number = 0
    if top is not None and not _inside(top.start(), used):
        said = (top["n"] or top["m"]).casefold()
        number = int(said) if said.isdigit() else int(NUMBER_WORDS[said])
        used.append(top.span("n") if top["n"] else top.span("m"))
    times = list(_times(text, used))
    wishes, said_so = set[Wish](), list[tuple[int, int]]()
    for wish, pattern in _WISHES:
        for match in pattern.finditer(text):
            if not _inside(match.start(), used) and not _inside(match.start(), said_so):
                wishes.add(wish)
                said_so.append(match.span())
    said = [token for token in tokens(text) if token.word not in STOP and not _inside(token.start, used)]
    left = tuple(token for token in said if token.key not in GENERIC and token.word not in GENERIC)
    return Asked(
        text,
        " ".join(opening[1].casefold().split()) if opening else "",
        frozenset(wishes),
        number,
        tuple(limits),
        tuple(times),
        left,
        tuple(token for token in said if token.word in HEADING_TOO),
        tuple(match.end() for match in _GROUP.finditer(text)),
        tuple(match.end() for match in _DENIED.finditer(text)),
    )


def _without_limits(text: str) -> str:
    return re.sub(r"\bat least\b|\bat most\b", " ", text, flags=re.IGNORECASE)


def _inside(at: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in spans)


def _limits(text: str, used: list[tuple[int, int]]) -> Iterator[Limit]:
    for match in _BETWEEN.finditer(text):
        low, high = _amount(match[1]), _amount(match[2])
        if low is not None and high is not None and not _is_year(match[1], match[2]):
            used.append(match.span())
            yield Limit(">=", *low, match.start())
            yield Limit("<=", *high, match.start())
    for sign, pattern in _LIMITS:
        for match in pattern.finditer(text):
            found = _amount(match[1])
            if found is not None and not _inside(match.start(1), used) and not _is_year(match[1]):
                used.append(match.span())
                yield Limit(sign, *found, match.start())


def _is_year(*said: str) -> bool:
    return all(re.fullmatch(r"(?:19|20)\d\d", one.strip()) for one in said)


def _amount(said: str) -> tuple[Decimal, str] | None:
    plain = re.sub(r"\bpercent\b", "%", said.strip(" ,."), flags=re.IGNORECASE)
    plain = re.sub(r"\bdollars\b", "USD", re.sub(r"\beuros\b", "EUR", plain, flags=re.IGNORECASE), flags=re.IGNORECASE)
    value = read(plain).value
    return None if value.number is None else (value.number, value.unit)


def _times(text: str, used: list[tuple[int, int]]) -> Iterator[When]:
    found: list[tuple[int, int, LooseDate]] = [(m.span.start, m.span.end, m.date) for m in dates(text)]
    for pattern, century in ((_YEAR, ""), (_SHORT_YEAR, "20")):
        for match in pattern.finditer(text):
            if not any(start <= match.start(1) < end for start, end, _ in found):
                found.append((match.start(), match.end(), LooseDate.of(int(century + match[1]))))
    for start, end, date in sorted(found):
        if _inside(start, used):
            continue
        before = _BEFORE_DATE.search(text, 0, start)
        said = " ".join((before[1] or "").casefold().split()) if before else ""
        used.append((before.start() if before and before[0] else start, end))
        yield When(_DATE_SIGNS.get(said, "in"), date, start)
