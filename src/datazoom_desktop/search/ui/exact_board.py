"""Exact search on its page: every place, by document, read as it is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject

from datazoom_desktop.search.lexer import Mistake
from datazoom_desktop.search.ui import sentences
from datazoom_desktop.search.ui.board import Board, Idle, Told
from datazoom_desktop.search.ui.looking import ExactFound, Lookup
from datazoom_desktop.search.ui.outline import Fold, Kind
from datazoom_desktop.search.ui.places_model import PlacesModel
from datazoom_desktop.search.ui.results_view import ResultsView
from datazoom_desktop.search.ui.rows import Target, place_row
from datazoom_desktop.search.ui.understood import in_words
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.operations import Task


class ExactBoard(Board):
    """Lists places."""

    noun = "place"
    idle = Idle(
        "Search for exact words",
        "Every place is counted and listed by document, a document as soon as it is read.",
        'For example: "change of control" OR assign* /5 consent',
    )

    def __init__(self, desk: Desk, lookup: Lookup, parent: QObject) -> None:
        """Search with ``lookup``."""
        super().__init__(parent)
        self._lookup = lookup
        self._awaited = -1  #: rank of the place to open once it is read
        self.model = PlacesModel(desk.operations, lookup.exact.look, self)
        self.view = ResultsView(desk.theme)
        self.view.setModel(self.model)
        self.view.unfolded.connect(self._unfold)
        self.model.outdated.connect(self.outdated)
        self.model.failed.connect(self.failed)
        self.model.dataChanged.connect(self._arrived)

    def work(self, text: str, *, again: bool) -> Callable[[Task], object] | Mistake:
        """Return what looks for ``text``, or the mistake in it."""
        from datazoom_desktop.search.parser import parse

        expression = parse(text)
        if isinstance(expression, Mistake):
            return expression
        folds = self.model.outline.folds_by_version() if again else {}
        return lambda task: self._lookup.exactly(expression, folds, task.token)

    def show(self, found: object, *, again: bool) -> Told:
        """List the documents and their places."""
        assert isinstance(found, ExactFound)
        former = self.target(self.view.currentIndex().row()) if again else None
        top = self.view.verticalScrollBar().value()
        self._awaited = -1
        self.model.show(found.expression, found.result, found.folds, placed=found.placed)
        line = self._line_of(former)
        if self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(line if line is not None else self._first()))
        if again:
            self.view.verticalScrollBar().setValue(top)
        return Told(
            in_words(found.expression),
            sentences.found_words(found.result, placed=found.placed),
            sentences.gaps_words(found.coverage, by_meaning=False),
            "" if found.result.documents else sentences.nothing_words(found.coverage, by_meaning=False),
            found.coverage,
            sum(found.result.timings_ms.values()),
        )

    def clear(self) -> None:
        """List nothing."""
        self._awaited = -1
        self.model.clear()

    def open_line(self, line: int) -> None:
        """Open a place, or unfold a document, or fold it."""
        shown = self.model.outline.line(line)
        if shown.kind is Kind.PLACE:
            self._open(shown.rank)
        elif shown.kind is Kind.MORE:
            self.model.fold(shown.document, Fold.ALL)
            self._open(self.model.outline.line(line).rank)
        else:
            self._unfold(line, self.model.outline.fold(shown.document) is Fold.CLOSED)

    def step(self, step: int) -> None:
        """Open the next or previous place, unfolding its document where it is hidden."""
        outline, line = self.model.outline, max(0, self.view.currentIndex().row())
        if not outline.lines:
            return
        here = outline.line(line)
        rank = here.rank + step if here.kind is Kind.PLACE else here.rank - (step < 0)
        if not 0 <= rank < outline.places:
            return
        if not outline.shows(rank):
            self.model.fold(outline.document_of(rank), Fold.ALL)
        self.view.setCurrentIndex(self.model.index(self.model.outline.line_of(rank)))
        self._open(rank)

    def target(self, line: int) -> Target | None:
        """Return the place of a line, when it is read."""
        if not 0 <= line < self.model.outline.lines:
            return None
        shown = self.model.outline.line(line)
        found = self.model.hit(shown.rank) if shown.kind is Kind.PLACE else None
        return place_row(found).target if found is not None else None

    def _open(self, rank: int) -> None:
        found = self.model.hit(rank)
        self._awaited = rank if found is None else -1
        target = place_row(found).target if found is not None else None
        if target is not None:
            self.opened.emit(target, rank + 1, self.model.outline.places)

    def _arrived(self, _first: QModelIndex, _last: QModelIndex) -> None:
        if self._awaited >= 0:
            self._open(self._awaited)

    def _unfold(self, line: int, more: bool) -> None:
        """Show more or less of a document; less goes from a place to its document's name first."""
        outline = self.model.outline
        shown = outline.line(line)
        head = outline.lines_of(shown.document).start
        if not more and line != head:
            self.view.setCurrentIndex(self.model.index(head))
        elif not more:
            self.model.fold(shown.document, Fold.CLOSED)
        elif shown.kind is Kind.MORE:
            self.model.fold(shown.document, Fold.ALL)
        elif outline.fold(shown.document) is Fold.CLOSED:
            self.model.fold(shown.document, outline.usual)

    def _line_of(self, target: Target | None) -> int | None:
        """Return the line on which a place stands now, when it was read again."""
        if target is None:
            return None
        rank = self.model.rank_of(target.version_id, target.span)
        return self.model.outline.line_of(rank) if rank is not None else None

    def _first(self) -> int:
        """Return the line of the first place."""
        return min(1, self.model.rowCount() - 1)
