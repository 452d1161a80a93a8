"""Mending Arabic lam-alef ligatures, which a PDF draws as one glyph and whose letters come out swapped."""

from __future__ import annotations

import re
from typing import Any

_LAM = "\u0644"
_ALEFS = frozenset("\u0622\u0623\u0625\u0627")
_HAS_LAM_ALEF = re.compile(f"[{''.join(sorted(_ALEFS))}]{_LAM}")
_NO_WIDTH = 0.05  #: points; the ligature's second letter gets no room of its own

RawWord = tuple[float, float, float, float, str, int, int, int]


def mended(words: list[RawWord], textpage: Any) -> list[RawWord]:
    """Return the words with the letters of each lam-alef glyph in their spoken order: lam first.

    Args:
        words: As the PDF library extracts them: box, text, block, line, number.
        textpage: The library's page of text, asked for single letters only when a word needs it.
    """
    if not any(_HAS_LAM_ALEF.search(word[4]) for word in words):
        return words
    lines = _spoken(textpage.extractRAWDICT())
    taken: dict[tuple[int, int], int] = {}
    out = []
    for word in words:
        key = (word[5], word[6])
        at = taken.get(key, 0)
        letters = lines.get(key, "")[at : at + len(word[4])]
        taken[key] = at + len(word[4])
        out.append((*word[:4], letters, *word[5:]) if sorted(letters) == sorted(word[4]) else word)
    return out


def _spoken(page: dict[str, Any]) -> dict[tuple[int, int], str]:
    """Return for each (block, line) its letters without spaces, alefs without width moved behind the lam they are joined to."""
    lines = {}
    for block in page["blocks"]:
        for number, line in enumerate(block.get("lines", ())):
            chars = [
                char for span in line["spans"] for char in span["chars"] if char["c"] > " " and char["c"] != "\u00a0"
            ]
            letters = [char["c"] for char in chars]
            for at in range(len(chars) - 1):
                x0, _, x1, _ = chars[at]["bbox"]
                if letters[at] in _ALEFS and letters[at + 1] == _LAM and x1 - x0 < _NO_WIDTH:
                    letters[at], letters[at + 1] = letters[at + 1], letters[at]
            lines[block["number"], number] = "".join(letters)
    return lines
