"""Finding saved turns by words: what is looked for, and the words around what was found; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from datazoom_desktop.chat.conversation import Match, Summary, TurnText
from datazoom_desktop.kernel.letters import unaccented

_PARTS = re.compile(r'"([^"]+)"|“([^”]+)”|(\S+)')
_BEFORE, _AFTER = 16, 80  #: characters shown before and after what was found, and what is left of the words they cut


def needles_of(text: str) -> list[str]:
    """Return what is looked for: words, and what stands in double quotes as a whole; lower case, without accents."""
    parts = ["".join(found) for found in _PARTS.findall(text)]
    folded = [" ".join(_folded(part).split()) for part in parts]
    return list(dict.fromkeys(part for part in folded if any(map(str.isalnum, part))))


def matches(needles: Sequence[str], found: Sequence[TurnText], listed: Sequence[Summary]) -> list[Match]:
    """Return the turns that were ``found``, in order, then the ``listed`` conversations of which only the title has all ``needles``."""
    by_id = {row.conversation_id: row for row in listed}
    out = [
        Match(by_id[row.conversation_id], row.turn, row.question, _snippet(needles, row))
        for row in found
        if row.conversation_id in by_id
    ]
    seen = {match.summary.conversation_id for match in out}
    return out + [
        Match(row, 0, "", row.title)
        for row in listed
        if row.conversation_id not in seen and all(needle in _folded(row.title) for needle in needles)
    ]


def _snippet(needles: Sequence[str], row: TurnText) -> str:
    """Return the words around the first needle: in the answer or a quote, rather than in the question, which is shown anyway."""
    for text in (row.answer, row.quotes, row.question):
        for needle in needles:
            at = _folded(text).find(needle)
            if at >= 0:
                return _around(text, at, at + len(needle))
    return row.question


def _around(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _BEFORE), min(len(text), end + _AFTER)
    while first > 0 and not text[first - 1].isspace() and start - first < 2 * _BEFORE:
        first -= 1
    while last < len(text) and not text[last].isspace() and last - end < 2 * _AFTER:
        last += 1
    return f"{'…' if first else ''}{text[first:last].strip()}{'…' if last < len(text) else ''}"


def _folded(text: str) -> str:
    return unaccented(text).lower()
