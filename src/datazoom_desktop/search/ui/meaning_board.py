"""Search by meaning on its page: the passages that fit a question best, and the documents that they were looked for in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from datazoom_desktop.search.lexer import Mistake
from datazoom_desktop.search.ui import sentences
from datazoom_desktop.search.ui.board import Board, Idle, Told
from datazoom_desktop.search.ui.documents_card import Choice, DocumentsCard
from datazoom_desktop.search.ui.looking import Lookup, MeaningFound, Scope
from datazoom_desktop.search.ui.passages_model import PassagesModel
from datazoom_desktop.search.ui.results_view import ResultsView
from datazoom_desktop.search.ui.rows import Target
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.operations import Task
from datazoom_desktop.shell.theme.tokens import SPACE_1


class MeaningBoard(Board):
    """Lists passages.

    Attributes:
        scope: Where to look.
        bar: Buttons to look elsewhere.
    """

    noun = "passage"
    idle = Idle(
        "Search by meaning",
        "Ask in your own words. The documents that the question names are searched, else the whole room.",
        "For example: Who has to agree before the lease is assigned?",
    )

    def __init__(self, desk: Desk, lookup: Lookup, parent: QObject) -> None:
        """Search with ``lookup``."""
        super().__init__(parent)
        self._desk = desk
        self._lookup = lookup
        self._searched: tuple[str, ...] = ()
        self.scope = Scope()
        self.model = PassagesModel(self)
        self.view = ResultsView(desk.theme)
        self.view.setModel(self.model)
        self.whole = QPushButton("Search the whole room")
        self.choose = QPushButton("Choose documents")
        self.card = DocumentsCard(self.choose)
        self.bar = QWidget()
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_1)
        for button in (self.whole, self.choose):
            button.setProperty("kind", "example")
            row.addWidget(button)
        self.whole.clicked.connect(lambda: self.look_in(Scope(whole=True)))
        self.choose.clicked.connect(self._offer)
        self.card.chosen.connect(lambda documents: self.look_in(Scope(documents=documents)))
        self.whole.hide()

    def look_in(self, scope: Scope) -> None:
        """Look elsewhere from now on."""
        self.scope = scope
        self.outdated.emit()

    def forget_whole(self) -> None:
        """Let the next question say again where to look, unless documents were chosen."""
        if self.scope.whole:
            self.scope = Scope()

    def work(self, text: str, *, again: bool) -> Callable[[Task], object] | Mistake:
        """Return what looks for the passages; nothing is wrong with any text."""
        scope = self.scope
        return lambda _task: self._lookup.by_meaning(text, scope)

    def show(self, found: object, *, again: bool) -> Told:
        """List the passages."""
        assert isinstance(found, MeaningFound)
        result, former = found.result, self.target(self.view.currentIndex().row()) if again else None
        self._searched = result.route.document_ids
        self.model.show(result.hits)
        lines = [line for line, row in enumerate(self.model.rows) if former is not None and row.target == former]
        if self.model.rows:
            self.view.setCurrentIndex(self.model.index(lines[0] if lines else 0))
        self.whole.setVisible(bool(self._searched))
        return Told(
            sentences.route_words(result.route, found.names, found.coverage.documents),
            sentences.passages_words(len(result.hits)),
            sentences.gaps_words(found.coverage, by_meaning=True),
            "" if result.hits else sentences.nothing_words(found.coverage, by_meaning=True),
            found.coverage,
            sum(result.timings_ms.values()),
        )

    def clear(self) -> None:
        """List nothing."""
        self.model.show(())
        self._searched = ()
        self.whole.setVisible(bool(self.scope.documents))

    def open_line(self, line: int) -> None:
        """Open a passage."""
        target = self.target(line)
        if target is not None:
            self.opened.emit(target, line + 1, len(self.model.rows))

    def step(self, step: int) -> None:
        """Open the next or previous passage."""
        line = self.view.currentIndex().row() + step
        if 0 <= line < len(self.model.rows):
            self.view.setCurrentIndex(self.model.index(line))
            self.open_line(line)

    def target(self, line: int) -> Target | None:
        """Return the passage of a line."""
        return self.model.rows[line].target if 0 <= line < len(self.model.rows) else None

    def _offer(self) -> None:
        """List the room's documents, those that are searched now ticked."""

        def done(choices: Sequence[Choice]) -> None:
            self.card.offer(choices, self.scope.documents or self._searched)

        self._desk.operations.run(self, lambda _task: self._lookup.choices(), done, key="choices")
