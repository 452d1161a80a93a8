"""The ask page: questions and answers on the left, the document at the cited words on the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from datazoom_desktop.chat.events import ChatEvent, ClaimChecked, Delta, Done, Quoted
from datazoom_desktop.chat.model import Answer
from datazoom_desktop.chat.ui.answer_card import AnswerCard
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.operations import Operation, Task
from datazoom_desktop.shell.rich_text import reading_width
from datazoom_desktop.shell.states import States
from datazoom_desktop.shell.theme.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

if TYPE_CHECKING:
    from datazoom_desktop.chat.service import Chat
    from datazoom_desktop.documents.ui.viewer import Viewer

_FIELD_LINES = 3
_BUTTON_WIDTH = 84


class AskPage(QWidget):
    """Asks one room.

    Attributes:
        unreadable_asked: Emitted when the user wants to see which pages could not be read.
    """

    unreadable_asked = Signal()

    def __init__(self, desk: Desk, chat: Chat, viewer: Callable[[], Viewer], parent: QWidget | None = None) -> None:
        """Ask ``chat``; ``viewer`` makes the viewer for the right side at the first citation."""
        super().__init__(parent)
        self.setProperty("role", "page")
        self._desk = desk
        self._chat = chat
        self._make_viewer = viewer
        self.viewer: Viewer | None = None
        self.cards: list[AnswerCard] = []
        self._operation: Operation | None = None
        self._open: tuple[AnswerCard, int] | None = None
        self.field = QPlainTextEdit()
        self.send = WordButton(desk.theme, "send", "Ask")
        self.stop = WordButton(desk.theme, "stop", "Stop")
        self._talk = QWidget()
        self._talk_rows = QVBoxLayout(self._talk)
        self._scroll = QScrollArea()
        self.states = States(desk.theme, self._scroll)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._left = QWidget()
        self._box_row = QHBoxLayout()
        self._side = QWidget()
        self._side_rows = QVBoxLayout(self._side)
        self.previous = WordButton(desk.theme, "back", "Previous citation", "quiet")
        self.next = WordButton(desk.theme, "forward", "Next citation", "quiet")
        self.position = QLabel()
        self._lay_out()
        self._connect()
        self._show_empty()
        self._set_asking(asking=False)

    @property
    def asking(self) -> bool:
        """Whether a question is being answered."""
        return self._operation is not None and self._operation.running

    def ask(self, question: str) -> None:
        """Ask; an answer still being written is stopped first."""
        question = " ".join(question.split())
        if not question:
            return
        self.stop_asking()
        card = AnswerCard(self._desk.theme, question)
        card.cited.connect(lambda number: self.open_citation(card, number))
        card.unreadable_asked.connect(self.unreadable_asked)
        self.cards.append(card)
        self._talk_rows.insertWidget(self._talk_rows.count() - 1, card)
        self.states.show_content()
        self.field.clear()
        self._set_asking(asking=True)

        def work(task: Task) -> Answer:
            return self._chat.ask(question, engine="auto", on_event=task.report, cancel=task.token)

        def failed(error: Exception) -> None:
            self._set_asking(asking=False)
            card.fail("This question could not be answered.")
            self._desk.messages.show_error(error)

        def done(answer: Answer) -> None:
            self._set_asking(asking=False)
            card.finish(answer)
            if not self._side.isHidden() and card.first:
                self.open_citation(card, card.first)  # what stands beside the answer belongs to the answer
            self._follow_end()

        self._operation = self._desk.operations.run(
            self, work, done, failed=failed, reported=lambda event: self._take(card, event)
        )
        self._follow_end()

    def stop_asking(self) -> None:
        """Stop the answer being written; what was found stays."""
        if self.asking and self._operation is not None:
            self._operation.cancel()
            self.cards[-1].stop()
        self._operation = None
        self._set_asking(asking=False)

    def open_citation(self, card: AnswerCard, number: int) -> None:
        """Open a citation beside the answer, at its words."""
        citation = card.numbers.citation(number)
        if self._open is not None:
            self._open[0].mark(0)
        self._open = (card, number)
        card.mark(number)
        self._hold_in_view(card)
        self._viewer().open(citation.version_id, citation.page, citation.span)
        self.position.setText(f"{number} of {len(card.numbers)}")
        self.previous.setEnabled(number > 1)
        self.next.setEnabled(number < len(card.numbers))

    def step_citation(self, step: int) -> None:
        """Open the next (1) or previous (-1) citation of the answer whose citation is open, else of the last answer."""
        card, number = self._open or ((self.cards[-1], 0) if self.cards else (None, 0))
        if card is not None and 1 <= number + step <= len(card.numbers):
            self.open_citation(card, number + step)

    def close_viewer(self) -> None:
        """Give the answers the whole width again."""
        self._side.hide()
        if self._open is not None:
            self._open[0].mark(0)
            self._open = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter send and Shift+Enter break the line in the ask box; keep the column of answers in the middle."""
        if watched is self._left and event.type() == QEvent.Type.Resize:
            self._centre()
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._ask_field()
                return True
        return False

    def _take(self, card: AnswerCard, event: ChatEvent) -> None:
        if isinstance(event, Quoted):
            card.show_quoted(event.answer)
        elif isinstance(event, Delta):
            card.add_draft(event.text)
        elif isinstance(event, ClaimChecked):
            if event.claim is not None:
                card.add_claim(event.claim)
            elif event.withheld is not None:
                card.withhold(event.withheld)
        elif isinstance(event, Done):
            card.finish(event.answer)
        self._follow_end()

    def _hold_in_view(self, card: AnswerCard) -> None:
        """Keep a card where it is on the screen although the document beside it makes it narrower and taller."""
        bar = self._scroll.verticalScrollBar()
        place = max(card.y() - bar.value(), SPACE_4)
        QTimer.singleShot(0, card, lambda: bar.setValue(card.y() - place))

    def _viewer(self) -> Viewer:
        if self.viewer is None:
            self.viewer = self._make_viewer()
            self._side_rows.insertWidget(0, self.viewer, 1)
        if self._side.isHidden():
            self._side.show()
            half = self.splitter.width() // 2
            self.splitter.setSizes([half, self.splitter.width() - half])
        return self.viewer

    def _set_asking(self, *, asking: bool) -> None:
        self.stop.setVisible(asking)
        self.send.setVisible(not asking)

    def _follow_end(self) -> None:
        """Keep the question being answered in view once its card has its new height."""
        if self.cards:
            QTimer.singleShot(0, self._scroll, self._scroll_to_last)

    def _scroll_to_last(self) -> None:
        bar = self._scroll.verticalScrollBar()
        bar.setValue(min(bar.maximum(), self.cards[-1].y() - SPACE_4))

    def _show_empty(self) -> None:
        self.states.show_empty(
            "ask",
            "Ask about this room",
            "Answers come in the words of the documents, and open the page they stand on.",
            example="For example: When does the lease end, and can it be renewed?",
        )

    def _ask_field(self) -> None:
        self.ask(self.field.toPlainText())

    def _lay_out(self) -> None:
        self._talk.setProperty("role", "plain")
        self._talk_rows.setSpacing(SPACE_8)
        self._talk_rows.addStretch(1)
        self._scroll.setWidget(self._talk)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left = self._left
        left.setProperty("role", "plain")
        left.setMinimumWidth(380)
        left.installEventFilter(self)
        rows = QVBoxLayout(left)
        rows.setContentsMargins(0, 0, 0, SPACE_4)
        rows.setSpacing(SPACE_3)
        rows.addWidget(self.states, 1)
        rows.addLayout(self._box())
        self._side_rows.setContentsMargins(0, 0, 0, 0)
        self._side_rows.setSpacing(0)
        self._side_rows.addWidget(self._citation_bar())
        self._side.setMinimumWidth(360)
        self._side.hide()
        self.splitter.addWidget(left)
        self.splitter.addWidget(self._side)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)

    def _box(self) -> QHBoxLayout:
        self.field.setProperty("kind", "field")
        self.field.setPlaceholderText("Ask about this room…")
        self.field.setAccessibleName("Question")
        self.field.setTabChangesFocus(True)
        self.field.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.field.setFixedHeight(_FIELD_LINES * 20 + 4)
        self.field.installEventFilter(self)
        box = self._box_row
        box.setSpacing(SPACE_2)
        for button in (self.send, self.stop):  # the field stays as wide as it was when one takes the other's place
            button.setFixedWidth(_BUTTON_WIDTH)
        box.addWidget(self.field, 1)
        box.addWidget(self.send)
        box.addWidget(self.stop)
        return box

    def _centre(self) -> None:
        """Give the answers and the ask box one column, in the middle where there is room to spare."""
        side = max(SPACE_8, (self._left.width() - reading_width()) // 2)
        button = _BUTTON_WIDTH + SPACE_2
        self._talk_rows.setContentsMargins(side, SPACE_6, SPACE_6, SPACE_6)
        self._box_row.setContentsMargins(side, 0, max(SPACE_6, side - button), 0)

    def _citation_bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "status")
        close = WordButton(self._desk.theme, "close", "Close", "quiet")
        close.setAccessibleName("Close the document")
        close.clicked.connect(self.close_viewer)
        self.previous.setToolTip("Shift+F3")
        self.next.setToolTip("F3")
        self.position.setProperty("role", "small")
        row = QHBoxLayout(bar)
        row.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        row.addWidget(self.previous)
        row.addWidget(self.position)
        row.addWidget(self.next)
        row.addStretch()
        row.addWidget(close)
        return bar

    def _connect(self) -> None:
        self.send.clicked.connect(self._ask_field)
        self.stop.clicked.connect(self.stop_asking)
        self.previous.clicked.connect(lambda: self.step_citation(-1))
        self.next.clicked.connect(lambda: self.step_citation(1))
        keys: tuple[tuple[str, Callable[[], None]], ...] = (
            ("F3", lambda: self.step_citation(1)),
            ("Shift+F3", lambda: self.step_citation(-1)),
            ("Esc", self._escape),
        )
        for key, run in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)

    def _escape(self) -> None:
        """Stop the answer, or close the document, whichever is on."""
        if self.asking:
            self.stop_asking()
        else:
            self.close_viewer()
            self.field.setFocus()
