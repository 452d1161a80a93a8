"""What became of the documents that an answer cites. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from datazoom_desktop.chat.model import Citation, Claim
from datazoom_desktop.chat.ui.numbering import Numbering
from datazoom_desktop.shell.words import number


def notes_words(claims: Sequence[Claim], note: Callable[[Citation], str], numbers: Numbering) -> str:
    """Return what became of the documents of an answer's citations, such as "1, 3: This document is no longer in the room."."""
    told: dict[str, list[int]] = {}
    for citation in (citation for claim in claims for citation in claim.citations):
        words, mark = note(citation), numbers.number(citation)
        if words and mark not in told.setdefault(words, []):
            told[words].append(mark)
    return "\n".join(f"{', '.join(map(number, sorted(marks)))}: {words}" for words, marks in told.items())
