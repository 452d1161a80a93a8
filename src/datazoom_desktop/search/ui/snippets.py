"""A found place as pieces of text to show, the words that were looked for marked and never cut away. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.model import ExactHit

GAP = 70  #: characters kept on either side of a mark inside a long place
SHOWN = 44  #: characters kept of either end of a long mark, as of words far from each other
_MORE = " … "


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text, and whether it was looked for."""

    text: str
    marked: bool = False


def pieces(found: ExactHit) -> tuple[Piece, ...]:
    """Return a place in its sentence, white space made even; what is long between two marks is left out with "…"."""
    start, text = found.hit.span.start, found.hit.text
    marks = [(mark.start - start, mark.end - start) for mark in found.marks]
    out = [Piece(found.before)]
    at = 0
    for number, (first, last) in enumerate(marks):
        between = text[at:first]
        if number:
            out.append(Piece(_middle(between, GAP)))
        elif between:
            out[0] = Piece(found.before + between)
        out.append(Piece(_middle(text[first:last], SHOWN), marked=True))
        at = last
    out.append(Piece(text[at:] + found.after))
    return _even(out)


def led(parts: tuple[Piece, ...], most: int) -> tuple[Piece, ...]:
    """Return the pieces with at most so many characters before the first mark, so that it is seen where room is scarce."""
    if not parts or parts[0].marked or len(parts) == 1 or len(parts[0].text) <= most:
        return parts
    return (Piece("…" + parts[0].text[-most:].partition(" ")[2].lstrip("…")), *parts[1:])


def plain(text: str) -> tuple[Piece, ...]:
    """Return text with nothing marked, white space made even."""
    return _even([Piece(text)])


def _middle(text: str, kept: int) -> str:
    """Return text without its middle, so that at most so many characters are left on either side of it."""
    even = " ".join(text.split())
    if len(even) <= 2 * kept + len(_MORE):
        return text
    first, last = even[:kept].rpartition(" ")[0], even[-kept:].partition(" ")[2]
    return f"{' ' * text[:1].isspace()}{first}{_MORE}{last}{' ' * text[-1:].isspace()}"


def _even(parts: list[Piece]) -> tuple[Piece, ...]:
    """Return the pieces with white space made single, across their borders too; empty ones left out."""
    out: list[Piece] = []
    blank = True  # whether what went before ends with a blank, so that none is to follow
    for part in parts:
        words = " ".join(part.text.split())
        if not words:
            text = "" if blank or not part.text else " "
        else:
            before = " " if part.text[:1].isspace() and not blank else ""
            text = f"{before}{words}{' ' if part.text[-1:].isspace() else ''}"
        if text:
            blank = text.endswith(" ")
            out.append(Piece(text, part.marked))
    return tuple(out)


def marks_in(parts: tuple[Piece, ...]) -> list[Span]:
    """Return where the marked pieces stand in the joined text, offsets 0-based."""
    at, out = 0, []
    for part in parts:
        if part.marked:
            out.append(Span(at, at + len(part.text.rstrip())))
        at += len(part.text)
    return out
