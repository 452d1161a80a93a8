"""Regular expressions that read a word or phrase however it may be written in a document. Pure.

A word matches whatever its case, accents, ligatures and width; when it is hyphenated at the end of a line; and with soft hyphens or
zero-width signs inside. Words stand next to each other when nothing but blanks, line breaks and signs is between them, or a line
that is only a page number. Nothing is folded, so every offset is the text's own.

Most texts are plain (``is_plain``), and of these the database's RE2 tells exactly which have a phrase, after a quicker expression has
said no to most. Of the others it tells which may have it (``loose_pattern``): the expression that knows every way to write a letter
is too large for it, and is Python's alone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from datazoom_desktop.search.words import fold

_MARKS = "\u0300-\u036f"
_UNSEEN = f"{_MARKS}\u00ad\u200b-\u200d\u2060"
_RAISED = "²³¹⁰-₉①-⓿¼-¾⅐-⅟"  #: digits that mark notes or fractions, no part of a word
_RANGES = ((0xC0, 0x530), (0x1E00, 0x2000), (0xFB00, 0xFB07), (0xFF10, 0xFF5B))
_LIGATURES = frozenset({"ss", "ff", "fi", "fl", "ffi", "ffl", "st"})
_LONGEST_LOOSE = 10  #: letters of a word that are looked for where any sign may stand for any of them
_LONG_WORD = 6  #: letters from which a word is rare enough to be looked for first
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of scripts that are written without spaces, where a word may begin or end beside any other."""


class _Signs:
    """What is spelt differently for plain texts and for others."""

    def __init__(self, *, plain: bool) -> None:
        self.plain = plain
        blank = " \t\r\u00a0"
        if plain:
            self.letter, self.gap, self.inside = "[a-z0-9]", "[^a-z0-9]", ""
            self.begins, self.ends = "(?<![a-z0-9])", "(?![a-z0-9])"
        else:
            self.letter, self.gap = f"[^\\W_{_RAISED}]", f"[\\W_{_RAISED}]"
            self.inside = f"(?:[{_UNSEEN}]|[-\u2010\u00ad][{blank}]*\\n[{blank}\\n]*)*"
            self.begins, self.ends = f"(?<![^\\W_{_RAISED}]|[{_MARKS}])", f"(?![^\\W_{_RAISED}]|[{_MARKS}])"
        number = (
            "[ \\t\u2013-]*(?:[Pp][Aa][Gg][Ee][ \\t]+)?[0-9]{1,4}(?:[ \\t]+[Oo][Ff][ \\t]+[0-9]{1,4})?[ \\t\u2013-]*"
        )
        self.number_alone = number
        self.number = f"{number}\\n{self.gap}*"
        self.between = f"(?:{self.gap}+|{self.gap}*\\n{self.number})"


_ANY, _PLAIN = _Signs(plain=False), _Signs(plain=True)
_TYPOGRAPHIC = (
    "\u00a0-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u200a\u2011-\u2027"
    "\u202f-\u205e\u20a0-\u20bf\u2190-\u23ff\u2500-\u2775\u2794-\u27bf\ue000-\uf8ff"
)
BROKEN = r"-[ \t\r]*\n"
"""Expression of a hyphen at the end of a line."""
ODD = f"[^\\x00-\\x7f{_TYPOGRAPHIC}]|{BROKEN}"
"""Expression of what makes a text not plain."""
_BROKEN, _ODD = re.compile(BROKEN), re.compile(ODD)


def is_plain(text: str) -> bool:
    """Return whether a text has no letters beyond ASCII, nor signs that stand inside words, and breaks no word at a line's end.

    Quotation marks, dashes, bullets and the like are plain.
    """
    return not (_BROKEN if text.isascii() else _ODD).search(text)


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


def any_pattern(words: Sequence[str]) -> str:
    """Return Python's expression of folded words next to each other in any text; for wildcards see ``_word``."""
    begins = "" if _UNSPACED.match(words[0]) else _ANY.begins
    ends = "" if _UNSPACED.match(words[-1][-1]) else _ANY.ends
    return begins + _ANY.between.join(_word(word, _ANY) for word in words) + ends


def plain_pattern(words: Sequence[str]) -> str | None:
    """Return Python's expression of the words in plain texts in lower case, None when no plain text can have them.

    A letter or figure may stand before a match, which then is none: the expression is quicker without looking.
    """
    if not "".join(words).isascii():
        return None
    begins = _PLAIN.begins if words[0][0] in "*?" else ""  # else every letter of a word would be tried as its beginning
    return begins + _PLAIN.between.join(_word(word, _PLAIN) for word in words) + _PLAIN.ends


def _word(word: str, signs: _Signs) -> str:
    """Return the expression of one folded word, without its edges: "*" stands for any letters, "?" for one.

    A "?" that ends the word stands for one letter or none, an inner "-" for any signs or none, "*" alone for any word.
    """
    if word == "*":
        return f"(?:{signs.letter}{signs.inside})+"
    parts: list[str] = []
    at = 0
    while at < len(word):
        run = word[at] if signs.plain else _run(word, at)
        parts.append(_part(run, at + 1 == len(word), signs) if len(run) == 1 else _joined(run, signs.inside))
        at += len(run)
    return signs.inside.join(parts)


def _run(word: str, at: int) -> str:
    """Return the letters from ``at`` on that may be one sign: the longest that has a ligature, else the letter."""
    return max((run for run in _written()[1] if word.startswith(run, at)), key=len, default=word[at])


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


def _joined(run: str, inside: str) -> str:
    """Return the expression of letters that may be written as a ligature, or begin or end with one."""
    ways = [inside.join(map(_letter, run))]
    for ligature, written in _written()[1].items():
        at = run.find(ligature)
        if at >= 0:
            rest = [*map(_letter, run[:at]), f"[{written}]", *map(_letter, run[at + len(ligature) :])]
            ways.append(inside.join(rest))
    return f"(?:{'|'.join(ways)})"


def _letter(letter: str) -> str:
    cased = (form for form in (letter.upper(), letter.title()) if len(form) == 1)
    signs = dict.fromkeys((letter, *cased, *_written()[0].get(letter, "")))
    return re.escape(letter) if len(signs) == 1 else f"[{''.join(signs)}]"


def likely_patterns(words: Sequence[str]) -> tuple[str, ...]:
    """Return RE2's quick expressions, the quickest first, each of which has a match in every plain text that has the phrase.

    Quick is what begins with several letters whose only other form is the capital, which neither "s" nor "k" is: these are left out
    there. A phrase that begins with a short word is looked for by its longest one first.
    """
    gap = "[^a-zA-Z]+(?:(?i:page)[^a-zA-Z]+(?:(?i:of)[^a-zA-Z]+)?)?"
    first, *others = words
    spelt = [_likely(first.lstrip("ks")), *map(_likely, others)]
    whole = gap.join(spelt if spelt[0] else spelt[1:] or [_likely(first)])
    longest = max(words, key=lambda word: len(_literal(word)))
    if len(_literal(first)) >= min(_LONG_WORD, len(_literal(longest))):
        return (whole,)
    return (_likely(_literal(longest)), whole)


def _literal(word: str) -> str:
    """Return the letters with which the quick expression of a word may begin: the longest run without wildcards."""
    return max(re.split(r"[*?-]+", word), key=len).lstrip("ks")


def _likely(word: str) -> str:
    if word == "*":
        return "[a-zA-Z0-9]+"
    signs = {"*": "[a-zA-Z0-9]*", "?": "[a-zA-Z0-9]?", "-": "[^a-zA-Z0-9]*", "s": "[sS]", "k": "[kK]"}
    runs = re.split(r"([*?sk-])", word)
    return "".join(signs.get(run) or (f"(?i:{run})" if run else "") for run in runs)


def exact_pattern(words: Sequence[str]) -> str:
    """Return RE2's expression that has a match in exactly those plain texts that have the phrase."""
    phrase = _PLAIN.between.join(_word(word, _PLAIN) for word in words)
    return f"(?i)(?:^|[^a-z0-9]){phrase}(?:$|[^a-z0-9])"


def rest_pattern(words: Sequence[str]) -> str:
    """Return RE2's expression of a plain text that begins with the end of the phrase, its first word or words missing.

    A page number may stand before it.
    """
    spelt = [_word(word, _PLAIN) for word in words]
    tails = "|".join(_PLAIN.between.join(spelt[at:]) for at in range(1, len(spelt)))
    return f"(?i)^[^a-z0-9]*(?:{_PLAIN.number})?(?:{tails})(?:$|[^a-z0-9])"


def loose_pattern(words: Sequence[str]) -> str:
    """Return RE2's expression that has a match in every text that has the words: in all of them stand the letters of the longest."""
    return _loose_word(max((part for word in words for part in re.split(r"[*?-]+", word)), key=len))


def loose_rest_pattern(words: Sequence[str]) -> str:
    """Return RE2's expression of every text that begins with the end of the phrase, its first word or words missing."""
    firsts = "|".join(dict.fromkeys(_loose_word(re.split(r"[*?-]", word)[0]) for word in words[1:]))
    number = r"(?:[Pp][Aa][Gg][Ee][^a-zA-Z0-9]*)?[0-9]{1,4}(?:[^a-zA-Z0-9]*[Oo][Ff][^a-zA-Z0-9]*[0-9]{1,4})?"
    return f"^[^a-zA-Z0-9]*(?:{number}[^a-zA-Z0-9]*)?(?:{firsts})"


def start_pattern(words: Sequence[str]) -> str:
    """Return Python's expression of any text that ends with the beginning of the phrase, its last word or words missing.

    A page number may stand after it.
    """
    begins = "" if _UNSPACED.match(words[0]) else _ANY.begins
    spelt = [_word(word, _ANY) for word in words]
    heads = "|".join(_ANY.between.join(spelt[:at]) for at in range(len(spelt) - 1, 0, -1))
    return f"{begins}(?:{heads})(?:{_ANY.gap}*\\n{_ANY.number_alone})?{_ANY.gap}*$"


def _loose_word(word: str) -> str:
    """Return RE2's expression of every way to write a word without wildcards, or its first letters, and of some other texts."""
    inside = r"(?:[^\x00-\x7f]|-\s*)*"
    parts: list[str] = []
    at, end = 0, min(len(word), _LONGEST_LOOSE)
    while at < end:
        run = _run(word[:end], at)
        parts.append(_loosely(run, inside))
        at += len(run)
    return inside.join(parts)


def _loosely(run: str, inside: str) -> str:
    """Return the expression of letters in which any sign beyond ASCII may stand for one of them, or for a ligature."""
    letters = [
        f"(?:[{letter}{letter.upper()}]|[^\\x00-\\x7f])" if letter.isascii() else _letter(letter) for letter in run
    ]
    ways = [inside.join(letters)]
    for ligature in _written()[1] if len(run) > 1 else ():
        at = run.find(ligature)
        if at >= 0:
            ways.append(inside.join((*letters[:at], r"[^\x00-\x7f]", *letters[at + len(ligature) :])))
    return f"(?:{'|'.join(ways)})"
