"""Which line of the list of places shows what: documents, each with its places below it as far as it is unfolded. Pure.

Lines, documents and places are 0-based; a place's rank counts over all documents, shown or not.
"""

from __future__ import annotations

import bisect
import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from datazoom_desktop.search.model import PlacesIn

FEW = 5  #: places shown of a document before more are asked for, where there are many
MANY = 120  #: up to so many places in all, every one is shown


class Fold(enum.Enum):
    """How much of a document is shown."""

    CLOSED = enum.auto()
    SOME = enum.auto()
    ALL = enum.auto()


class Kind(enum.Enum):
    """What a line shows."""

    HEAD = enum.auto()  #: the document's name
    PLACE = enum.auto()
    MORE = enum.auto()  #: that there are more places than are shown


@dataclass(frozen=True, slots=True)
class Line:
    """A line: of which document; for a place its rank, for the others that of the document's first place."""

    kind: Kind
    document: int
    rank: int


class Outline:
    """The lines of a result; changed by folding only."""

    def __init__(self, documents: Sequence[PlacesIn], folds: Sequence[Fold] | None = None) -> None:
        """Show every place where there are few or in one document only, else some of each document."""
        self.documents = tuple(documents)
        self._ranks = [0, *accumulate(one.places for one in documents)]
        self.usual = Fold.ALL if len(documents) == 1 or self._ranks[-1] <= MANY else Fold.SOME  #: of a fresh list
        self._folds = list(folds) if folds is not None else [self.usual] * len(documents)
        self._count()

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return self._begins[-1]

    @property
    def places(self) -> int:
        """How many places there are, shown or not."""
        return self._ranks[-1]

    def fold(self, document: int) -> Fold:
        """Return how much of a document is shown."""
        return self._folds[document]

    def lines_of(self, document: int) -> range:
        """Return the lines of a document, its name first."""
        return range(self._begins[document], self._begins[document + 1])

    def line(self, number: int) -> Line:
        """Return what a line shows; IndexError beyond the last."""
        if not 0 <= number < self.lines:
            raise IndexError(number)
        document = bisect.bisect_right(self._begins, number) - 1
        within, first = number - self._begins[document], self._ranks[document]
        if within == 0:
            return Line(Kind.HEAD, document, first)
        shown = self._shown(document)
        return Line(Kind.PLACE, document, first + within - 1) if within <= shown else Line(Kind.MORE, document, first)

    def line_of(self, rank: int) -> int:
        """Return the line of a place; that of its document's name, or of "more", where the place is not shown."""
        document = bisect.bisect_right(self._ranks, rank) - 1
        within, shown = rank - self._ranks[document], self._shown(document)
        return self._begins[document] + (1 + min(within, shown) if shown else 0)

    def document_of(self, rank: int) -> int:
        """Return the document that a place stands in."""
        return bisect.bisect_right(self._ranks, rank) - 1

    def shows(self, rank: int) -> bool:
        """Return whether a place has a line."""
        document = self.document_of(rank)
        return rank - self._ranks[document] < self._shown(document)

    def set_fold(self, document: int, fold: Fold) -> None:
        """Show more or less of a document; one with few places has no "some"."""
        self._folds[document] = fold
        self._count()

    def ranks(self, lines: Iterable[int]) -> list[int]:
        """Return the ranks of the places that these lines show."""
        shown = map(self.line, lines)
        return [line.rank for line in shown if line.kind is Kind.PLACE]

    def folds_by_version(self) -> dict[str, Fold]:
        """Return how much is shown of each version that is not shown as usual."""
        return {one.version_id: fold for one, fold in zip(self.documents, self._folds, strict=True)}

    def _shown(self, document: int) -> int:
        places = self.documents[document].places
        match self._folds[document]:
            case Fold.CLOSED:
                return 0
            case Fold.SOME:
                return min(places, FEW)
            case Fold.ALL:
                return places

    def _count(self) -> None:
        self._begins = [0, *accumulate(self._height(document) for document in range(len(self.documents)))]

    def _height(self, document: int) -> int:
        more = self._folds[document] is Fold.SOME and self.documents[document].places > FEW
        return 1 + self._shown(document) + more
