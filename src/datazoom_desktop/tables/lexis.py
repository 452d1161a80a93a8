"""Words of questions and headings, brought to the form in which the same thing compares equal. Pure.

"Clients", "customer" and "Customers" meet; "annual recurring revenue" and "ARR" too. What a word may stand for is a short list of the
trade's own words: a list that says too much would find answers where there are none.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from datazoom_desktop.search.words import STOP, fold, stem

_PHRASES = (
    (re.compile(r"\bU\.?K\.?(?![\w$])"), "United Kingdom"),
    (re.compile(r"\bU\.?S\.?(?:A\.?)?(?![\w$])"), "United States"),
    (re.compile(r"\bmonthly[\s-]+recurring[\s-]+revenues?\b", re.IGNORECASE), "mrr"),
    (re.compile(r"\bannual(?:ly|ized)?[\s-]+recurring[\s-]+revenues?\b", re.IGNORECASE), "arr"),
    (re.compile(r"\bcosts?[\s-]+of[\s-]+(?:goods[\s-]+sold|sales)\b", re.IGNORECASE), "cogs"),
    (re.compile(r"\bfully[\s-]+diluted\b", re.IGNORECASE), "fullydiluted"),
    (re.compile(r"\bresearch\s*(?:and|&)\s*development\b", re.IGNORECASE), "r&d"),
    (re.compile(r"\bR\s*&\s*D\b", re.IGNORECASE), "researchdevelopment"),
    (re.compile(r"\bgeneral\s*(?:and|&)\s*administrative\b", re.IGNORECASE), "generaladministrative"),
    (re.compile(r"\bhead[\s-]+count\b", re.IGNORECASE), "headcount"),
    (re.compile(r"\be[\s-]mail\b", re.IGNORECASE), "email"),
    (re.compile(r"#"), " number "),
    (re.compile(r"%"), " percent "),
)
_ANY_PHRASE = re.compile(
    r"[#%&]|\bU\.?[KS]\b|recurring|\bcosts?[\s-]+of|fully|research|general|\bhead[\s-]|\be[\s-]mail", re.IGNORECASE
)
_SAME = (
    "revenue sales turnover",
    "customer client",
    "holder shareholder stockholder owner optionholder",
    "share stock",
    "employee staff headcount personnel worker",
    "end expire expiry expiration termination terminate mature maturity",
    "start begin commence commencement",
    "supplier vendor",
    "salary wage compensation",
    "percent percentage pct",
    "profit income earning",
    "grant award",
    "kind type category",
)
_CANON = {stem(word): stem(line.split()[0]) for line in _SAME for word in line.split()}
_FORMS_OF = {stem(line.split()[0]): frozenset(stem(word) for word in line.split()) for line in _SAME}
_SHORTENED = frozenset({*(stem(name.casefold()) for _, name in _PHRASES if name.isalnum()), "unit", "kingdom", "stat"})
"""What phrases are shortened to, which may stand in a table as they were."""
_GENERIC = """
    company business firm group table sheet spreadsheet workbook tab row column cell figure figures amount value total number sum
    overall altogether combined aggregate count list show tell name give find calculate compute according report reported
    shown present currently current now today please data entry entries record records different distinct every whole full exact exactly
    say says said much many per across long big large high small low usd eur gbp dollar dollars
    average mean highest lowest largest smallest biggest greatest least most top maximum minimum max min fewest
"""
GENERIC = frozenset(_CANON.get(stem(w), stem(w)) for w in _GENERIC.split()) | frozenset(_GENERIC.split())
"""Words that may stand in any question about figures and ask for nothing by themselves."""
_FORMS = "inc llc ltd limited plc corp corporation co lp llp gmbh ag sa as bv nv spa srl oy ab pty l p s a"
HEADING_TOO = frozenset(
    {"amount", "amounts", "value", "values", "company", "business", "group", "record", "report", "figure"}
)
"""Those of them that may head a column."""
LEGAL_FORMS = frozenset(_FORMS.split())
"""What a company's name may end with, or leave out."""
TOTALS = frozenset({"total", "subtotal", "sum", "grand"})
QUANTITIES = {
    "shares": "share",
    "share": "share",
    "stock": "share",
    "options": "option",
    "option": "option",
    "units": "unit",
    "warrants": "warrant",
}
"""Nouns of things that are counted in columns which need not be called so."""
_PAYING = "pay pays paid paying spend spends spent bring brings generate generates contribute contributes owe owes earn earns cost costs"
MONEY_VERBS = frozenset(stem(word) for word in f"{_PAYING} invest invested worth".split())
_HOLDING = "hold holds held own owns owned get gets got receive receives received"
HOLDING_VERBS = frozenset(stem(word) for word in _HOLDING.split())
_PERIODS = "year fiscal financial calendar quarter month period ended ending fy cy"
PERIOD_WORDS = frozenset(stem(word) for word in _PERIODS.split())
_NUMBERS = "one two three four five six seven eight nine ten"
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_NUMBERS.split(), 1)}
_BROADER = {"mrr": ("month", "recurr", "revenue"), "arr": ("annual", "recurr", "revenue", "year")}
_OWNED = re.compile(r"['’]s?$")
_PARTS = re.compile(r"[-'’.&]")
_WORD = re.compile(r"[a-z0-9]+(?:[&'’.-][a-z0-9]+)*")


class Token(NamedTuple):
    """A word: as folded, in the form that is compared, and where it stands in the normalised text."""

    word: str
    key: str
    start: int
    end: int


def normalised(text: str) -> str:
    """Return a text with phrases that have a short name put into it."""
    if _ANY_PHRASE.search(text) is not None:
        for pattern, short in _PHRASES:
            text = pattern.sub(short, text)
    return text


def tokens(text: str) -> list[Token]:
    """Return all words of a normalised text, in order; a hyphenated or possessive word is one, and its parts compare too."""
    found: list[Token] = []
    for match in _WORD.finditer(text.casefold() if text.isascii() else _aligned(text)):
        at, word = match.start(), match[0]
        if word.isalnum():
            found.append(Token(word, key(word), at, at + len(word)))
            continue
        for part in _PARTS.split(_OWNED.sub("", word)):
            if part:
                found.append(Token(part, key(part), at, at + len(part)))
            at += len(part) + 1
    return found


def _aligned(text: str) -> str:
    """Return a text folded character by character, so that places stay the same."""
    return "".join(fold(char)[:1] or " " for char in text)


@functools.lru_cache(maxsize=1 << 16)
def key(word: str) -> str:
    """Return the form of a folded word in which it is compared."""
    plain = NUMBER_WORDS.get(word) or stem(word)
    return _CANON.get(plain, plain)


def keys(text: str) -> list[str]:
    """Return the forms of a text's words that carry meaning, in order."""
    return [token.key for token in tokens(normalised(text)) if token.word not in STOP]


def broader(keys_of: frozenset[str]) -> frozenset[str]:
    """Return these words with those that a short name among them stands for."""
    more = {word for short, words in _BROADER.items() if short in keys_of for word in words}
    return keys_of | more if more else keys_of


def forms(key_of: str) -> frozenset[str]:
    """Return the beginnings of words that compare as ``key_of``."""
    return _FORMS_OF.get(key_of, frozenset()) | {key_of}


def must_stand(token: Token) -> bool:
    """Return whether a word of a question must stand in a table, or its name, for the table to answer it."""
    silent = (
        token.key in MONEY_VERBS or token.key in HOLDING_VERBS or token.key in PERIOD_WORDS or token.word in QUANTITIES
    )
    return not (silent or token.key in _SHORTENED or token.key in NUMBER_WORDS.values())
