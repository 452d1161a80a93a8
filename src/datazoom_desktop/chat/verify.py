"""Find a quote in a text, whatever became of its white space, quotation marks and hyphens on the way; pure.

The answer is always the text's own words at an exact span, so that what is shown as a quote is one.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from rapidfuzz import fuzz

from datazoom_desktop.chat.model import Verdict
from datazoom_desktop.kernel.spans import Span

NEAR = 90.0  #: rapidfuzz partial ratio from which a text is the quote with slips
SHORTEST_NEAR = 16  #: folded characters below which only an exact match counts
_DOUBLE = "“”„‟«»″〝〞＂"
_SINGLE = "‘’‚‛‹›′´`＇"
_DASHES = "‐‑‒–—―−﹣－"
_GONE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_FOLDED = {ord(c): '"' for c in _DOUBLE} | {ord(c): "'" for c in _SINGLE} | {ord(c): "-" for c in _DASHES}


class Found(NamedTuple):
    """Where a quote stands in a text, and how surely."""

    span: Span
    verdict: Verdict


def fold(text: str) -> tuple[str, list[int]]:
    """Return ``text`` folded, and for each folded character the offset of the character of ``text`` that it comes from.

    White space becomes one space, quotation marks and hyphens their plain forms, ligatures their letters; invisible
    characters and hyphens at a line's end inside a word go.
    """
    out: list[str] = []
    offsets: list[int] = []
    for i, char in enumerate(text):
        if char in _GONE:
            continue
        if char.isspace():
            if out and out[-1] == "-" and _breaks_word(text, i):
                out.pop()
                offsets.pop()
            elif out and out[-1] != " " and not _after_break(text, i):
                out.append(" ")
                offsets.append(i)
            continue
        plain = char.translate(_FOLDED)
        for letter in unicodedata.normalize("NFKC", plain) if plain == char else plain:
            if not letter.isspace():
                out.append(letter)
                offsets.append(i)
    if out and out[-1] == " ":
        out.pop()
        offsets.pop()
    return "".join(out), offsets


def find(quote: str, text: str) -> Found | None:
    """Return where ``quote`` stands in ``text``, or None when nothing there is nearly it.

    ``VERIFIED``: the same characters after folding. ``REPAIRED``: nearly the same; the span holds whole words.
    """
    wanted, _ = fold(quote)
    have, offsets = fold(text)
    if not wanted or not have:
        return None
    at = have.find(wanted)
    if at >= 0:
        return Found(_span(offsets, at, at + len(wanted)), Verdict.VERIFIED)
    if len(wanted) < SHORTEST_NEAR:
        return None
    near = fuzz.partial_ratio_alignment(wanted.lower(), have.lower(), score_cutoff=NEAR)
    if near is None or near.dest_end <= near.dest_start or len(have.lower()) != len(have) or len(wanted) > len(have):
        return None
    start, end = near.dest_start, near.dest_end
    while start > 0 and have[start - 1].isalnum() and have[start].isalnum():
        start -= 1
    while end < len(have) and have[end].isalnum() and have[end - 1].isalnum():
        end += 1
    while start < end and have[start] == " ":
        start += 1
    while end > start and have[end - 1] == " ":
        end -= 1
    return Found(_span(offsets, start, end), Verdict.REPAIRED) if end > start else None


def _span(offsets: list[int], start: int, end: int) -> Span:
    return Span(offsets[start], offsets[end - 1] + 1)


def _breaks_word(text: str, i: int) -> bool:
    """Return whether the white space at ``i`` is a line break inside a hyphenated word."""
    if i < 2 or not text[i - 2].isalpha():
        return False
    rest = text[i : i + 80]
    after = rest.lstrip()
    return "\n" in rest[: len(rest) - len(after)] and after[:1].islower()


def _after_break(text: str, i: int) -> bool:
    """Return whether the white space at ``i`` only continues such a line break."""
    j = i
    while j > 0 and text[j - 1].isspace():
        j -= 1
    return j < i and j > 0 and text[j - 1] in "-‐‑" and _breaks_word(text, j)
