"""Whether a sentence says no more than its quote: numbers, dates, names and negations must agree; pure and lexical.

This catches what small models get wrong most: a figure from elsewhere, another party's name, a "not" lost or added. It does not
prove that a sentence follows; it refuses the ones that visibly do not.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from datazoom_desktop.search.words import content, fold, stem

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SPOKEN = {word: i for i, word in enumerate(_ONES.split())} | {
    word: 20 + 10 * i for i, word in enumerate(_TENS.split())
}
_SCALES = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "m": 1e6, "k": 1e3, "bn": 1e9}
_MONTH_NAMES = "january february march april may june july august september october november december"
_MONTHS = {name[:3]: i for i, name in enumerate(_MONTH_NAMES.split(), 1)}
_NUMBER = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)\s?(million|billion|thousand|bn|m|k)?\b", re.IGNORECASE)
_MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d|\d\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w&’'-]+(?:\s+[A-Z][\w&’'-]+)*")
_MONEY = re.compile(
    r"(?:[$€£¥]|\b(?:USD|EUR|GBP|CHF)\s)\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:million|billion|thousand|bn|m|k)\b)?",
    re.IGNORECASE,
)
_NO_AMOUNT = re.compile(  # the number of a section, or of a day and a year
    rf"(?:^|(?<=[.;:!?]\s)|(?<=\n))\s*\(?\d{{1,3}}(?:\.\d+)*[.)]\s|\b(?:section|article|clause|schedule|exhibit)\s+\d+(?:\.\d+)*"
    rf"|\b(?:{'|'.join(_MONTH_NAMES.split())})\s+\d{{1,2}}(?:,?\s+\d{{4}})?|\d{{1,2}}\s+(?:{'|'.join(_MONTH_NAMES.split())})(?:\s+\d{{4}})?",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|can't|won't|isn't|aren't|doesn't|don't|nothing|nobody|prohibit\w*|forbid\w*"
    r"|forbidden|refus\w+|prevent\w*|restrict\w*|exclud\w*|except\w*|unless|void|waive\w*|disclaim\w*|free of|refrain\w*|lack\w*)\b",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:not|never|cannot)\s+(?:be\s+|have\s+|in any \w+\s+)?(\w+)", re.IGNORECASE)
LEAST_KNOWN = 0.5  #: share of a claim's words that must be in its quote, its heading or the question
LEAST_SHARED = (
    0.34  #: share of a claim's words that must be in its quote, so that a question is not echoed as an answer
)


class Support(NamedTuple):
    """Whether a claim is supported; ``reason`` says in words why not."""

    ok: bool
    reason: str = ""


def check(claim: str, quote: str, context: str = "") -> Support:
    """Return whether ``quote`` supports ``claim``.

    Args:
        claim: One sentence.
        quote: The document's words.
        context: What may be taken for granted: the question, the document's name, the heading above the quote.
    """
    known = f"{quote} {context}"
    extra = numbers(claim) - numbers(known)
    if extra or _invented_amount(claim, known):
        return Support(False, "it has a figure that its source does not have")
    if _months(claim) - _months(known):
        return Support(False, "it has a date that its source does not have")
    if _unknown_name(claim, known):
        return Support(False, "it has a name that its source does not have")
    if _flipped(claim, quote, context):
        return Support(False, "it says the opposite of its source")
    words, said = set(content(claim)), set(content(quote))
    if words and len(words & (said | set(content(context)))) / len(words) < LEAST_KNOWN:
        return Support(False, "its source speaks of something else")
    if words and len(words & said) / len(words) < LEAST_SHARED:
        return Support(False, "its source hardly speaks of it")
    return Support(True)


def numbers(text: str) -> set[float]:
    """Return the figures of ``text``, spelled ones and millions included: {1500000.0, 30.0} for "1.5 million, thirty (30)"."""
    out: set[float] = set()
    for digits, scale in _NUMBER.findall(text):
        value = float(digits.replace(",", "").rstrip(".") or 0)
        out.add(value * _SCALES.get(scale.lower(), 1.0))
        if scale:
            out.add(value)
    return out | _spoken(text)


def _invented_amount(claim: str, known: str) -> bool:
    """Return whether an amount of money is but the number of a section or a date in what is known."""
    amounts = numbers(" ".join(_MONEY.findall(claim)))
    return bool(amounts - numbers(_NO_AMOUNT.sub(" ", known)))


def _spoken(text: str) -> set[float]:
    out: set[float] = set()
    value: float | None = None
    for word in [*re.findall(r"[a-z]+", text.casefold()), ""]:
        if word in _SPOKEN:
            value = (value or 0.0) + _SPOKEN[word] if value is None or value % 10 == 0 else float(_SPOKEN[word])
        elif word in _SCALES and len(word) > 2 and value is not None:
            value *= _SCALES[word]
        elif value is not None and word != "and":
            if value != 1:  # "one" is often no figure
                out.add(value)
            value = None
    return out


def _months(text: str) -> set[int]:
    return {_MONTHS[(a or b)] for a, b in _MONTH.findall(text.casefold())}


def _unknown_name(claim: str, known: str) -> bool:
    have = set(re.findall(r"\w+", fold(known)))
    stems = {stem(word) for word in have}
    for match in _NAME.finditer(claim):
        parts = [p for p in re.findall(r"\w+", fold(match.group())) if len(p) > 2]
        if parts and not any(p in have or stem(p) in stems for p in parts):
            return True
    return False


def _flipped(claim: str, quote: str, context: str) -> bool:
    claim_denies, quote_denies = bool(_NEGATION.search(claim)), bool(_NEGATION.search(quote))
    if claim_denies and not quote_denies and not _NEGATION.search(context):
        return True
    if claim_denies:
        return False
    denied = {stem(fold(word)) for word in _NEGATED.findall(quote)}
    said = {stem(fold(word)) for word in re.findall(r"\w+", claim)}
    return bool(denied & said)
