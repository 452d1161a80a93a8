"""Numbers of citations: each place of evidence has one, given at first sight and kept. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath

from datazoom_desktop.chat.model import Citation


class Numbering:
    """The citations of one answer in the order in which they appeared; numbers are 1-based."""

    def __init__(self) -> None:
        """Start with none."""
        self._citations: list[Citation] = []

    def number(self, citation: Citation) -> int:
        """Return the citation's number; two citations of one version where one span holds the other share theirs.

        Two ranges of cells have a number each, so that each opens its own cells.
        """
        for position, known in enumerate(self._citations):
            if known.version_id == citation.version_id and _one_holds_other(known, citation):
                return position + 1
        self._citations.append(citation)
        return len(self._citations)

    def citation(self, number: int) -> Citation:
        """Return the citation first given ``number``; IndexError when none was."""
        if number < 1:
            raise IndexError(number)
        return self._citations[number - 1]

    def __len__(self) -> int:
        """Return how many numbers were given."""
        return len(self._citations)


def _one_holds_other(a: Citation, b: Citation) -> bool:
    if a.cells is not None and b.cells is not None and a.cells != b.cells:
        return False
    return a.span.overlap(b.span) == min(len(a.span), len(b.span)) > 0


def place_words(citation: Citation) -> str:
    """Return where a citation stands, such as "Lease with Northgate, p. 7" or "Options, 'Cap table'!B4:H9"."""
    return f"{PurePosixPath(citation.path).stem}, {citation.cells or f'p. {citation.page}'}"
