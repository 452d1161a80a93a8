"""Whole numbers written in English words: "one million two hundred and fifty thousand". Pure."""

from __future__ import annotations

import re

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_UNITS = {word: number for number, word in enumerate(_SMALL.split())}
_TENTHS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * number for number, word in enumerate(_TENTHS.split(), 2)}
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
WORDS = "|".join(sorted((*_UNITS, *_TENS, *_LARGE, "hundred"), key=len, reverse=True))
"""Alternatives of a regular expression for one such word."""

_PARTS = re.compile(r"[a-z]+")


def number_of_words(text: str) -> int | None:
    """Return the number that the words are, or None when they are none ("five six", "hundred thousand hundred")."""
    total = part = 0
    below = 10**15  # what the next large word must be smaller than
    last = ""
    for word in _PARTS.findall(text.casefold()):
        if word == "and":
            continue
        if word in _UNITS:
            if last == "unit" or (last == "ten" and not 0 < _UNITS[word] < 10):
                return None
            part, last = part + _UNITS[word], "unit"
        elif word in _TENS:
            if last in ("unit", "ten"):
                return None
            part, last = part + _TENS[word], "ten"
        elif word == "hundred":
            if last == "hundred" or part >= 100:
                return None
            part, last = max(part, 1) * 100, "hundred"
        elif word in _LARGE and _LARGE[word] < below:
            total, part, below, last = total + max(part, 1) * _LARGE[word], 0, _LARGE[word], ""
        else:
            return None
    return total + part if last or total else None
