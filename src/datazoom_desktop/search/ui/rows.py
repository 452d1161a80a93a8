"""What a line of the results shows, handed from models to the view that paints it. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import PurePosixPath

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.model import ExactHit, Hit
from datazoom_desktop.search.ui.snippets import Piece, pieces, plain
from datazoom_desktop.shell.words import number


class Look(enum.Enum):
    """How a line is painted."""

    HEAD = enum.auto()  #: a document's name above its places
    PLACE = enum.auto()  #: a place in its sentence
    MORE = enum.auto()  #: an offer to show more
    PASSAGE = enum.auto()  #: a document's name, and a passage of it below


@dataclass(frozen=True, slots=True)
class Target:
    """What opens in the viewer: ``page`` is 1-based, ``span`` in the version's text."""

    version_id: str
    path: str
    page: int
    span: Span
    text: str
    cells: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line.

    Attributes:
        title: Name of a document, or the words of an offer.
        detail: Its folder.
        side: At the right: how many places, or the page.
        where: Before a place: its page or cells.
        open: Of a head: whether its places are shown.
        target: What Enter opens; None for an offer and for what is not loaded yet.
    """

    look: Look
    title: str = ""
    detail: str = ""
    side: str = ""
    where: str = ""
    parts: tuple[Piece, ...] = ()
    open: bool = True
    target: Target | None = None

    @property
    def spoken(self) -> str:
        """The line as a screen reader says it."""
        text = "".join(part.text for part in self.parts)
        return ". ".join(filter(None, (self.title, self.detail, self.side, self.where, text)))


def name_and_folder(path: str) -> tuple[str, str]:
    """Return a document's name and the folders above it, joined by " / "."""
    whole = PurePosixPath(path)
    return whole.name, " / ".join(whole.parts[:-1])


def page_words(hit: Hit) -> str:
    """Return where a hit stands, such as "p. 7" or "B4:H9"."""
    return hit.cells.rpartition("!")[2] if hit.cells else f"p. {number(hit.page)}"


def target(hit: Hit) -> Target:
    """Return what opens a hit."""
    return Target(hit.version_id, hit.path, hit.page, hit.span, hit.text, hit.cells)


def place_row(found: ExactHit) -> Row:
    """Return the line of a place."""
    return Row(Look.PLACE, where=page_words(found.hit), parts=pieces(found), target=target(found.hit))


def passage_row(hit: Hit) -> Row:
    """Return the line of a ranked passage."""
    name, folder = name_and_folder(hit.path)
    return Row(Look.PASSAGE, name, folder, page_words(hit), parts=plain(hit.text), target=target(hit))
