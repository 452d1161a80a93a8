"""The search page: one field, what was found, and the document open beside it at the words."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from datazoom_desktop.documents.ui.viewer import with_citation
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.search.lexer import Mistake
from datazoom_desktop.search.ui import sentences
from datazoom_desktop.search.ui.board import Board, Told
from datazoom_desktop.search.ui.exact_board import ExactBoard
from datazoom_desktop.search.ui.help_card import HelpCard
from datazoom_desktop.search.ui.looking import Lookup
from datazoom_desktop.search.ui.meaning_board import MeaningBoard
from datazoom_desktop.search.ui.page_layout import PageLayout
from datazoom_desktop.search.ui.rows import Target
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.operations import Operation

if TYPE_CHECKING:
    from datazoom_desktop.documents.service import Documents
    from datazoom_desktop.documents.ui.viewer import Viewer
    from datazoom_desktop.search.exact import ExactSearch
    from datazoom_desktop.search.service import Search

TYPED_MS = 250  #: of rest after which what was typed is searched for
MISTAKE_MS = 900  #: of rest after which a mistake is told; Enter tells it at once
BUSY_MS = 200  #: after which a search under way is told
FOLLOW_MS = 150  #: of rest after which the open document follows the arrows
CHANGED_MS = 700  #: after which a change of the room is looked at
_PATIENCE = 4  #: times as long as the last search took, before a change of the room is looked at
_TOPICS = frozenset({Topic.DOCUMENTS, Topic.PAGES, Topic.PASSAGES})


class Way(enum.Enum):
    """How to search; the value is what the switch says."""

    EXACT = "Exact words"
    MEANING = "By meaning"


class SearchPage(QWidget):
    """Searches one room.

    Attributes:
        unreadable_asked: Emitted when the user wants to see which pages could not be read.
        documents_asked: Emitted when the user wants to add documents.
    """

    unreadable_asked = Signal()
    documents_asked = Signal()

    def __init__(
        self,
        desk: Desk,
        exact: ExactSearch,
        search: Search,
        documents: Documents,
        viewer: Callable[[], Viewer],
        parent: QWidget | None = None,
    ) -> None:
        """Search with these services; ``viewer`` makes the viewer for the right side when something is opened first."""
        super().__init__(parent)
        self.setProperty("role", "page")
        self._desk = desk
        lookup = Lookup(exact, search, documents)
        self.exact = ExactBoard(desk, lookup, self)
        self.meaning = MeaningBoard(desk, lookup, self)
        self._boards: dict[Way, Board] = {Way.EXACT: self.exact, Way.MEANING: self.meaning}
        self.way = Way.EXACT
        self.told: Told | None = None
        self._operation: Operation | None = None
        self._goes_down = False  #: the keyboard goes to what is found, once it is
        self._stale = False
        self.parts = PageLayout(
            desk.theme, self, [way.value for way in Way], self.exact.view, self.meaning.view, viewer
        )
        self.field, self.states, self.side = self.parts.field, self.parts.states, self.parts.side
        self.help = HelpCard(self.parts.help)
        self.parts.add_bar(self.meaning.bar)
        self._typing, self._telling, self._busy = self._timer(TYPED_MS), self._timer(MISTAKE_MS), self._timer(BUSY_MS)
        self._following, self._changing = self._timer(FOLLOW_MS), self._timer(CHANGED_MS)
        self._connect()
        self._show_way()
        self._show_idle()

    @property
    def searching(self) -> bool:
        """Whether a search is under way."""
        return self._operation is not None and self._operation.running

    @property
    def board(self) -> Board:
        """The way to search that is on show."""
        return self._boards[self.way]

    def search(self, text: str, way: Way | None = None) -> None:
        """Search for ``text`` at once."""
        if way is not None:
            self.way = way
            self._show_way()
        self.field.setText(text)
        self.meaning.forget_whole()
        self._search(patient=False)

    def choose_way(self, way: Way) -> None:
        """Search for the same text another way."""
        self.way = way
        self._show_way()
        self.board.clear()
        self._search(patient=True)
        self.focus_field()

    def focus_field(self) -> None:
        """Put the keyboard in the field, its text selected."""
        self.field.setFocus()
        self.field.selectAll()

    def take_changes(self, changes: Changes) -> None:
        """Search again soon when ``changes`` concern what can be found; what is on show stays until then."""
        if not changes.topics & _TOPICS:
            return
        if not self.isVisible():
            self._stale = True
        elif not self._changing.isActive():
            taken = self.told.milliseconds if self.told is not None else 0
            self._changing.start(max(CHANGED_MS, round(_PATIENCE * taken)))

    def copy(self) -> None:
        """Copy the words of the current line with where they stand."""
        target = self.board.target(self.board.view.currentIndex().row())
        if target is not None:
            QApplication.clipboard().setText(with_citation(target.text, target.path, target.page, target.cells))

    def close_document(self) -> None:
        """Give the list the whole width again."""
        self.side.hide()
        self.board.view.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Look again at what changed while the page was not on show."""
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self._search(patient=True, again=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing float over the next page."""
        super().hideEvent(event)
        self.help.close_card()
        self.meaning.card.close_card()

    def _search(self, *, patient: bool, again: bool = False) -> None:
        """Look for what stands in the field; a mistake is told at once unless ``patient``; ``again`` keeps what is selected."""
        for timer in (self._typing, self._telling, self._changing):
            timer.stop()
        board, text = self.board, self.field.text()
        if not text.strip():
            self._stop()
            self._show_idle()
            return
        self.field.show_mistake(None)
        work = board.work(text, again=again)
        if isinstance(work, Mistake):
            self._stop()
            if patient:
                self._telling.start()
            else:
                self._tell_mistake()
            return
        if self.states.state != "content":
            self.states.show_loading()
        self._busy.start()

        def failed(error: Exception) -> None:
            self._busy.stop()
            self._forget()
            self.states.show_error(error, lambda: self._search(patient=False))

        def done(found: object) -> None:
            self._busy.stop()
            self._show_found(board.show(found, again=again))

        self._operation = self._desk.operations.run(self, work, done, key="search", failed=failed)

    def _show_found(self, told: Told) -> None:
        self.told = told
        self.parts.say(told.understood, told.found, told.gaps)
        if told.nothing:
            self._goes_down = False
            self._show_nothing(told)
            return
        self.states.show_content()
        if self._goes_down:
            self._goes_down = False
            self.board.view.setFocus()

    def _show_nothing(self, told: Told) -> None:
        if not told.coverage.documents:
            add = WordButton(self._desk.theme, "documents", "Go to documents", "primary")
            add.clicked.connect(self.documents_asked)
            self.states.show_empty("documents", "There are no documents yet", "Add the folders of the deal first.", add)
            return
        other = Way.MEANING if self.way is Way.EXACT else Way.EXACT
        button = QPushButton(f"Search {'by meaning' if other is Way.MEANING else 'for exact words'}")
        button.clicked.connect(lambda _checked=False: self.choose_way(other))
        self.states.show_empty("search", "Nothing was found", told.nothing, button, told.understood)

    def _show_idle(self) -> None:
        self._forget()
        if self.way is Way.EXACT:
            self.field.show_mistake(None)
        idle = self.board.idle
        how = QPushButton("How to search")
        how.clicked.connect(lambda _checked=False: self.help.open())
        self.states.show_empty("search", idle.title, idle.text, how if self.way is Way.EXACT else None, idle.example)

    def _tell_mistake(self) -> None:
        """Say what is wrong with the search, and show in the field where."""
        mistake = self.board.work(self.field.text(), again=True)
        if isinstance(mistake, Mistake):
            self._forget()
            self.field.show_mistake(mistake)
            title, remedy = sentences.mistake_words(mistake)
            how = QPushButton("How to search")
            how.clicked.connect(lambda _checked=False: self.help.open())
            self.states.show_empty("info", title, remedy, how)

    def _forget(self) -> None:
        """List nothing and say nothing."""
        self.told = None
        self._goes_down = False
        self.board.clear()
        self.parts.say("", "", "")

    def _stop(self) -> None:
        self._busy.stop()
        if self._operation is not None:
            self._operation.cancel()

    def _typed(self) -> None:
        self.meaning.forget_whole()
        self._goes_down = False
        self._telling.stop()
        self._typing.start()

    def _enter(self) -> None:
        """Search at once; the keyboard goes to what is found."""
        waiting = self._typing.isActive() or self.searching
        if not waiting and self.told is not None and self.states.state == "content":
            self.board.view.setFocus()
            return
        if not self.searching or self._typing.isActive():
            self._search(patient=False)
        if self.field.mistake is not None:
            self.field.select_mistake()
        else:
            self._goes_down = True

    def _go_down(self) -> None:
        if self.states.state == "content":
            self.board.view.setFocus()

    def _escape(self) -> None:
        """Go one step back: from the document to the list, to the field, then close the document."""
        if self.side.has_focus():
            self.board.view.setFocus()
        elif not self.field.hasFocus():
            self.focus_field()
        elif self.side.isVisible():
            self.side.hide()
        else:
            self.field.selectAll()

    def _open(self, target: Target, number: int, of: int) -> None:
        beside = self.side.isVisible()
        self.side.open(target, number, of)
        if not beside:
            self.parts.share_width()
        self.board.view.scrollTo(self.board.view.currentIndex())

    def _moved(self, _now: QModelIndex, _before: QModelIndex) -> None:
        if self.side.isVisible() and self.board.view.hasFocus():
            self._following.start()

    def _follow(self) -> None:
        line = self.board.view.currentIndex().row()
        if self.side.isVisible() and self.board.target(line) is not None:
            self.board.open_line(line)

    def _step(self, step: int) -> None:
        self.board.step(step)

    def _show_way(self) -> None:
        self.parts.show_way(list(Way).index(self.way))
        self.meaning.bar.setVisible(self.way is Way.MEANING)
        self.field.show_mistake(None)
        self.side.name(self.board.noun)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        return timer

    def _connect(self) -> None:
        self.field.textEdited.connect(self._typed)
        self.field.returnPressed.connect(self._enter)
        self.field.went_down.connect(self._go_down)
        self.parts.gaps.clicked.connect(self.unreadable_asked)
        self.parts.help.clicked.connect(self.help.toggle)
        self.help.chosen.connect(lambda text: self.search(text, Way.EXACT))
        self.side.stepped.connect(self._step)
        self.side.closed.connect(self.close_document)
        for way, button in zip(Way, self.parts.ways, strict=True):
            button.clicked.connect(lambda _checked=False, chosen=way: self.choose_way(chosen))
        for board in self._boards.values():
            board.opened.connect(self._open)
            board.outdated.connect(lambda: self._search(patient=True, again=True))
            board.failed.connect(self._desk.messages.show_error)
            board.view.opened.connect(board.open_line)
            board.view.left.connect(self.focus_field)
            board.view.selectionModel().currentRowChanged.connect(self._moved)
        self._typing.timeout.connect(lambda: self._search(patient=True))
        self._telling.timeout.connect(self._tell_mistake)
        self._busy.timeout.connect(self.parts.say_busy)
        self._changing.timeout.connect(lambda: self._search(patient=True, again=True))
        self._following.timeout.connect(self._follow)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("F3", lambda: self._step(1)),
            ("Shift+F3", lambda: self._step(-1)),
            ("Ctrl+F", self.focus_field),
            ("F1", self.help.toggle),
            ("Esc", self._escape),
        )
        for key, run in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)
        for board in self._boards.values():
            shortcut = QShortcut(QKeySequence.StandardKey.Copy, board.view)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(self.copy)
