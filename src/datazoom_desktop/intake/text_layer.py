"""How much a page's text is worth: whether it reads like words of any language, or like what a broken font or a bad scan leaves. Pure.

No dictionary is used, so that names, languages and law Latin count as words. What is told: letters without a meaning (private use,
replacement), signs strewn among letters, figures inside words, capitals inside words, words without a vowel, and letters that come as
often as in no language of Europe, as when each stands for another. Scripts other than Latin, Greek and Cyrillic are judged by their
letters alone.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from itertools import pairwise

import numpy as np

_WORD = re.compile(r"\S+")
_MEANINGLESS = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010fffd]|\\(cid:\\d+\\)")
_OUTER = "\"'“”‘’„‚«»‹›()[]{}<>*_.,;\u037e:!?…-–—/\\|&§©®™•·#+=~_†‡°¹²³∗،؛؟。、，；：！？「」『』（）《》"
_NUMERAL = re.compile(r"[^\W\d_]{0,4}[-$€£¥#]?[\d.,:/%()\-–+$€£¥°'’x*]+(?:[^\W\d_]{1,3})?")
_CODE = re.compile(r"[A-Z0-9]+(?:[-/._&][A-Z0-9]+)*")
_ADDRESS = re.compile(
    r"(?:https?:|www\.|[\w.+-]+@[\w-]+\.)\S+|\S+\.(?:com|org|net|eu|pdf|docx?|html?)\S*", re.IGNORECASE
)
_BLANKS = re.compile(r"[._\-–—=*~•·…☐☒□■\u2500-\u257f]+")
_VOWELS = frozenset("aeiouyαειουηωаеёиоуыэюяіїєıæœø")
_CASED = frozenset(("LATIN", "GREEK", "CYRILLIC"))
_PARTS = re.compile(r"[-–—―/'’.&,:;()\[\]{}_®™?!]+")
_USUAL = dict(
    zip(
        "eanirsotldcuhmgpkbvfwzyjxq",
        (145, 85, 80, 75, 70, 70, 65, 65, 48, 42, 30, 40, 28, 28, 20, 25, 12, 14, 13, 13, 11, 9, 8, 4, 2, 4),
        strict=True,
    )
)  #: how often Latin letters come in the languages of Europe, of a thousand
_ALIKE = 0.82  #: cosine with that; texts in eleven languages have 0.88 and more, 99.9 % of shuffled alphabets less
_ENOUGH = 150  #: letters to tell that from
_PLAUSIBLE = 0.72  #: share of words that read like words, below which a text is worthless
_PLAUSIBLE_SCAN = 0.9  #: the same for the text that somebody's recognition laid over a scan
_CLEARLY = 0.08  #: by which another text must be better to be taken in its place
_FEW = 12  #: words; of fewer nothing can be said but by letters without a meaning
_MEANINGLESS_SHARE = 0.15


def worth(text: str) -> float:
    """Return the share of a text's words that read like words, 0 to 1, weighted by length; 1 for a text without words."""
    good = total = 0
    for found in _WORD.finditer(text):
        word = found.group()
        if _BLANKS.fullmatch(word):
            continue
        weight = min(len(word), 12)
        total += weight
        good += weight if is_word(word) else 0
    return good / total * _likeness(text) if total else 1.0


def is_worthless(text: str, *, over_scan: bool = False) -> bool:
    """Return whether a text is what a broken font or a bad scan leaves; more is asked of one that lies over a scan."""
    meaningless = sum(len(found) for found in _MEANINGLESS.findall(text))
    if meaningless > _MEANINGLESS_SHARE * len(text.strip()):
        return True
    return len(text.split()) >= _FEW and worth(text) < (_PLAUSIBLE_SCAN if over_scan else _PLAUSIBLE)


def _likeness(text: str) -> float:
    """Return 1 where letters come as often as in languages, else less."""
    counts = Counter(unicodedata.normalize("NFKD", text.casefold()))
    found = np.array([counts[letter] for letter in _USUAL], np.float64)
    if found.sum() < _ENOUGH:
        return 1.0
    usual = np.array(list(_USUAL.values()), np.float64)
    alike = float(found @ usual / np.linalg.norm(found) / np.linalg.norm(usual))
    return 1.0 if alike >= _ALIKE else 0.6 * alike


def is_better(new: str, old: str) -> bool:
    """Return whether a text is measurably better than another of the same page: more of it reads like words."""
    sensible_new, sensible_old = worth(new) * _letters(new), worth(old) * _letters(old)
    return sensible_new > sensible_old * (1 + _CLEARLY)


@functools.lru_cache(maxsize=1 << 16)
def is_word(word: str) -> bool:
    """Return whether a stretch without white space reads like a word, a figure, a code or an address."""
    if _MEANINGLESS.search(word):
        return False
    core = word.strip(_OUTER)
    if not core or _NUMERAL.fullmatch(core) or _ADDRESS.fullmatch(core):
        return True
    if sum(map(str.isalpha, core)) * 2 > len(core) and not _is_cased(core):
        return True
    if _CODE.fullmatch(core):
        return len(core) <= 5 or _is_code(core)
    return all(_reads_like_one(part) for part in _PARTS.split(core) if part)


def _is_code(core: str) -> bool:
    """Return whether capitals and figures make a code or words in capitals, not a muddle of both."""
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(core) if a.isalnum() and b.isalnum())
    if changes > 2:
        return False
    letters = [part for part in re.split(r"[^A-Z]+", core) if len(part) > 5]
    return all(_has_vowels(part) for part in letters)


def _reads_like_one(part: str) -> bool:
    letters = sum(map(str.isalpha, part))
    marks = sum(unicodedata.category(sign).startswith("M") for sign in part)
    if part.isdigit() or _NUMERAL.fullmatch(part):
        return True
    if letters + marks < len(part):  # signs or figures inside
        return letters == 0 and len(part) <= 2
    if not _is_cased(part):
        return True
    inner = sum(a.islower() and b.isupper() for a, b in pairwise(part))
    if inner > 1 or (part[:1].islower() and part[1:].isupper() and len(part) > 2):
        return False
    short = len(part) <= (5 if part.isupper() else 4 if part[0].isupper() else 2)
    return short or _has_vowels(part)


def _has_vowels(part: str) -> bool:
    """Return whether vowels come often enough for the letters to be spoken."""
    plain = unicodedata.normalize("NFKD", part.casefold())
    run = longest = vowels = 0
    for letter in plain:
        if not letter.isalpha():
            continue
        if letter in _VOWELS:
            run, vowels = 0, vowels + 1
        else:
            run += 1
            longest = max(longest, run)
    return vowels > 0 and longest <= 7


def _is_cased(part: str) -> bool:
    return unicodedata.name(next(filter(str.isalpha, part), "漢"), "").split(" ", 1)[0] in _CASED


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
