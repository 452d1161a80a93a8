"""Stretches of text that are not simply there: inserted, deleted, moved or hidden, told by marks around them. Pure.

Deleted text is shown as ``[Deleted: text]``, inserted as ``[Inserted: text]``, one mark for each run of change, so that neither side of a
negotiation is lost and nobody takes a deleted clause for a live one.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Final, NamedTuple

INSERTED: Final = "Inserted"
DELETED: Final = "Deleted"
MOVED_FROM: Final = "Moved from"
MOVED_TO: Final = "Moved to"
HIDDEN: Final = "Hidden"
PAGE_TURN: Final = "\f"


class Piece(NamedTuple):
    """Some text and the marks it stands under, outermost first."""

    text: str
    marks: tuple[str, ...] = ()


def marked(pieces: Iterable[Piece], within: tuple[str, ...] = ()) -> str:
    """Return the text with its marks; marks in ``within`` are left out, as those of a whole row that is marked as one.

    White space at the edges of a mark stands outside it, a mark around nothing but white space is left out, and a page turn closes
    the marks and opens them again on the other side.
    """
    plain = (Piece(part, _without(piece.marks, within)) for piece in pieces for part in _parts(piece.text))
    merged = [Piece("".join(p.text for p in group), marks) for marks, group in groupby(plain, key=lambda p: p.marks)]
    out: list[str] = []
    at = 0
    while at < len(merged):
        mark = merged[at].marks[0] if merged[at].marks else None
        end = at + 1
        if mark is None:
            out.append(merged[at].text)
        else:
            while end < len(merged) and merged[end].marks[:1] == (mark,):
                end += 1
            inner = marked(Piece(piece.text, piece.marks[1:]) for piece in merged[at:end])
            out.append(_around(mark, inner))
        at = end
    return "".join(out)


def _parts(text: str) -> Iterable[str]:
    """Yield the text cut at page turns, these among the parts."""
    for number, part in enumerate(text.split(PAGE_TURN)):
        if number:
            yield PAGE_TURN
        if part:
            yield part


def _around(mark: str, text: str) -> str:
    """Return the text in a mark, page by page."""
    return PAGE_TURN.join(_around_part(mark, part) for part in text.split(PAGE_TURN))


def _around_part(mark: str, text: str) -> str:
    bare = text.strip()
    if not bare:
        return text if mark != DELETED else ""
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}[{mark}: {bare}]{after}"


def _without(marks: tuple[str, ...], within: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(mark for mark in dict.fromkeys(marks) if mark not in within)
