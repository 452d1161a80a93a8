"""Regular expressions that read a word or phrase however it may be written in a document. Pure.

One definition of a match in two dialects: Python's, which finds the places, and RE2's, with which the database tells which passages
have one. A word matches whatever its case, accents, ligatures and width; when it is hyphenated at the end of a line; and with soft
hyphens or zero-width signs inside. Words stand next to each other when nothing but blanks, line breaks and signs is between them, or
a line that is only a page number. Nothing is folded, so every offset is the text's own.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Sequence

from datazoom_desktop.search.words import fold

_MARKS = "\u0300-\u036f"
_UNSEEN = f"{_MARKS}\u00ad\u200b-\u200d\u2060"
_RAISED = "²³¹⁰-₉①-⓿¼-¾⅐-⅟"  #: digits that mark notes or fractions, no part of a word
_RANGES = ((0xC0, 0x530), (0x1E00, 0x2000), (0xFB00, 0xFB07), (0xFF10, 0xFF5B))
_LIGATURES = frozenset({"ss", "ff", "fi", "fl", "ffi", "ffl", "st"})
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that are written without spaces, where a word may begin or end beside any other."""


class Dialect(enum.Enum):
    """Whose regular expressions, and of which texts."""

    PYTHON = "python"
    PLAIN = (
        "plain"  #: Python's, for plain texts (see ``is_plain``) in lower case; without the edge before the first word
    )
    RE2 = "re2"


class _Signs:
    """What the dialects spell differently."""

    def __init__(self, dialect: Dialect) -> None:
        self.plain = dialect is Dialect.PLAIN
        blank = " \t\r\u00a0"
        self.inside = f"(?:[{_UNSEEN}]|[-\u2010\u00ad][{blank}]*\\n[{blank}\\n]*)*"
        match dialect:
            case Dialect.PYTHON:
                self.letter, self.gap = f"[^\\W_{_RAISED}]", f"[\\W_{_RAISED}]"
                self.begins, self.ends = f"(?<![^\\W_{_RAISED}]|[{_MARKS}])", f"(?![^\\W_{_RAISED}]|[{_MARKS}])"
            case Dialect.PLAIN:
                self.letter, self.gap, self.inside = "[a-z0-9]", "[^a-z0-9]", ""
                self.begins, self.ends = "", "(?![a-z0-9])"
            case Dialect.RE2:
                letters = "\\pL\\p{Nd}\\p{Nl}"
                self.letter, self.gap = f"[{letters}]", f"[^{letters}]"
                self.begins, self.ends = f"(?:^|[^{letters}{_MARKS}])", f"(?:$|[^{letters}{_MARKS}])"
        number = (
            "[ \\t\u2013-]*(?:[Pp][Aa][Gg][Ee][ \\t]+)?[0-9]{1,4}(?:[ \\t]+[Oo][Ff][ \\t]+[0-9]{1,4})?[ \\t\u2013-]*"
        )
        self.between = f"(?:{self.gap}+|{self.gap}*\\n{number}\\n{self.gap}*)"


_SIGNS = {dialect: _Signs(dialect) for dialect in Dialect}
_BROKEN = re.compile(r"-[ \t\r]*\n")


def is_plain(text: str) -> bool:
    """Return whether a text is all ASCII and breaks no word at the end of a line."""
    return text.isascii() and not _BROKEN.search(text)


@functools.cache
def _written() -> tuple[dict[str, str], dict[str, str]]:
    """Return by folded letter the other signs that fold to it, and by folded letters the ligatures of them."""
    letters: dict[str, str] = {}
    joined: dict[str, str] = {}
    for sign in map(chr, (code for first, last in _RANGES for code in range(first, last))):
        folded = fold(sign)
        if len(folded) == 1 and folded != sign and folded.isalnum():
            letters[folded] = letters.get(folded, "") + sign
        elif folded in _LIGATURES:
            joined[folded] = joined.get(folded, "") + sign
    return letters, joined


def word_pattern(word: str, dialect: Dialect) -> str:
    """Return the expression of one folded word, without its edges: "*" stands for any letters, "?" for one.

    A "?" that ends the word stands for one letter or none; an inner "-" for any signs or none.
    """
    signs = _SIGNS[dialect]
    if word == "*":
        return f"(?:{signs.letter}{signs.inside})+"
    parts: list[str] = []
    at = 0
    while at < len(word):
        ligatures = () if signs.plain else _written()[1]
        run = max((run for run in ligatures if word.startswith(run, at)), key=len, default=word[at])
        parts.append(_part(run, at + 1 == len(word), signs) if len(run) == 1 else _joined(run, signs))
        at += len(run)
    return signs.inside.join(parts)


def phrase_pattern(words: Sequence[str], dialect: Dialect) -> str:
    """Return the expression of folded words that stand next to each other, with the edges of the first and the last word."""
    signs = _SIGNS[dialect]
    begins = "" if _UNSPACED.match(words[0]) else signs.begins
    if signs.plain and words[0][0] in "*?":
        begins = "(?<![a-z0-9])"  # else every letter of a word would be tried as its beginning
    ends = "" if _UNSPACED.match(words[-1][-1]) else signs.ends
    return begins + signs.between.join(word_pattern(word, dialect) for word in words) + ends


def _part(sign: str, last: bool, signs: _Signs) -> str:
    match sign:
        case "*":
            return f"(?:{signs.letter}{signs.inside})*"
        case "?":
            return f"{signs.letter}?" if last else signs.letter
        case "-":
            return f"{signs.gap}*"
        case _:
            return re.escape(sign) if signs.plain else _letter(sign)


def _joined(run: str, signs: _Signs) -> str:
    """Return the expression of letters that may be written as a ligature, or begin or end with one."""
    ways = [signs.inside.join(map(_letter, run))]
    for ligature, written in _written()[1].items():
        at = run.find(ligature)
        if at >= 0:
            rest = [*map(_letter, run[:at]), f"[{written}]", *map(_letter, run[at + len(ligature) :])]
            ways.append(signs.inside.join(rest))
    return f"(?:{'|'.join(ways)})"


def _letter(letter: str) -> str:
    cased = (form for form in (letter.upper(), letter.title()) if len(form) == 1)
    signs = dict.fromkeys((letter, *cased, *_written()[0].get(letter, "")))
    return re.escape(letter) if len(signs) == 1 else f"[{''.join(signs)}]"


def likely_pattern(words: Sequence[str]) -> str:
    """Return RE2's quick expression that has a match in every plain text that has the phrase."""
    gap = "[^a-z]+(?:page[^a-z]+(?:of[^a-z]+)?)?"
    spelt = {"*": "[a-z0-9]*", "?": "[a-z0-9]?", "-": "[^a-z0-9]*"}
    parts = (
        "".join(spelt.get(sign) or re.escape(sign) for sign in word) if word != "*" else "[a-z0-9]+" for word in words
    )
    return "(?i)" + gap.join(parts)


def rest_pattern(words: Sequence[str]) -> str:
    """Return RE2's expression of a text that begins with the end of the phrase, its first word or words missing."""
    signs = _SIGNS[Dialect.RE2]
    spelt = [word_pattern(word, Dialect.RE2) for word in words]
    tails = "|".join(signs.between.join(spelt[at:]) for at in range(1, len(spelt)))
    return f"^{signs.gap}*(?:{tails}){'' if _UNSPACED.match(words[-1][-1]) else signs.ends}"
