"""Words of questions and documents, folded so that the same word compares equal: case, accents, plurals, hyphens."""

from __future__ import annotations

import functools
import re

from datazoom_desktop.kernel.letters import unaccented

_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?")
_POSSESSIVE = re.compile(r"['’](?:s)?$|['’].*$")

_SAYS_NOTHING = """
    a about after all also am an and any are as at be been but by can could did do does for from had has have he her him his
    how i if in into is it its me my no not of on or our out she should so some such than that the their them then there these
    they this those to under up us was we were what when where whether which who whom whose why will with would you your
"""
STOP = frozenset(_SAYS_NOTHING.split())
"""Words that say nothing about what is looked for."""


def fold(text: str) -> str:
    """Return ``text`` in lower case without accents, its length not preserved."""
    return unaccented(text.replace("\u00ad", "")).casefold()


@functools.lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return a folded word without its commonest endings, so that "assigned", "assigns" and "assigning" meet."""
    for ending, keep in (
        ("ations", 3),
        ("ation", 3),
        ("ings", 4),
        ("ing", 4),
        ("ies", 2),
        ("ed", 4),
        ("es", 4),
        ("s", 3),
        ("e", 4),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= keep and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return word


def words(text: str) -> list[str]:
    """Return the folded words of ``text`` in order, possessives cut."""
    found: list[str] = _WORD.findall(fold(text))
    return [word if word.isalnum() else _POSSESSIVE.sub("", word) for word in found]


def content(text: str) -> list[str]:
    """Return the stems of the words of ``text`` that carry meaning, in order, with repeats."""
    return [stem(word) for word in words(text) if word not in STOP]


def placed(text: str) -> list[str]:
    """Return the stems of all words of ``text`` in order, "" in the place of words that say nothing."""
    return ["" if word in STOP else stem(word) for word in words(text)]
