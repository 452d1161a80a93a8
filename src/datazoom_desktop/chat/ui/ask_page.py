"""The ask page: conversations at the left, questions and answers in the middle, the document at the cited words on the right."""

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
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from datazoom_desktop.chat.conversation import Conversation, Turn
from datazoom_desktop.chat.events import ChatEvent, ClaimChecked, Continues, Delta, Done, Quoted
from datazoom_desktop.chat.ui.answer_card import AnswerCard
from datazoom_desktop.chat.ui.answer_column import AnswerColumn
from datazoom_desktop.chat.ui.continues_chip import ContinuesChip
from datazoom_desktop.chat.ui.talk_bar import TalkBar
from datazoom_desktop.chat.ui.talks import Talks
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.operations import Operation, Task
from datazoom_desktop.shell.rich_text import reading_width
from datazoom_desktop.shell.states import States
from datazoom_desktop.shell.theme.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

if TYPE_CHECKING:
    from datazoom_desktop.chat.conversations import Carried, Conversations
    from datazoom_desktop.documents.ui.viewer import Viewer

_FIELD_LINES = 3
_BUTTON_WIDTH = 84
_PREVIEW_AFTER_MS = 250
_STANDING_AFTER_MS = 1_000
_ROOM_FOR_ALL = 1180  #: width of the page from which the list stays when a document stands beside the answers


class AskPage(QWidget):
    """Asks one room, in conversations that are kept.

    Attributes:
        unreadable_asked: Emitted when the user wants to see which pages could not be read.
    """

    unreadable_asked = Signal()

    def __init__(
        self, desk: Desk, conversations: Conversations, viewer: Callable[[], Viewer], parent: QWidget | None = None
    ) -> None:
        """Ask in ``conversations``; ``viewer`` makes the viewer for the right side at the first citation."""
        super().__init__(parent)
        self.setProperty("role", "page")
        self._desk = desk
        self._conversations = conversations
        self._make_viewer = viewer
        self.viewer: Viewer | None = None
        self._operation: Operation | None = None
        self._open: tuple[AnswerCard, int] | None = None
        self._left_out = ""  #: the question being typed whose context the user took away
        self._some = False  #: whether the room has conversations
        self.talks = Talks(desk, conversations, self)
        self.bar = TalkBar(desk.theme)
        self.continues = ContinuesChip(desk.theme, "Ask without what went before")
        self._preview = QTimer(self)
        self._standing = QTimer(self)
        self.field = QPlainTextEdit()
        self.send = WordButton(desk.theme, "send", "Ask")
        self.stop = WordButton(desk.theme, "stop", "Stop")
        self.column = AnswerColumn(desk.theme)
        self.states = States(desk.theme, self.column)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._left = QWidget()
        self._chip_row = QHBoxLayout()
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
    def cards(self) -> list[AnswerCard]:
        """The questions on show with their answers, in order."""
        return self.column.cards

    @property
    def asking(self) -> bool:
        """Whether a question is being answered."""
        return self._operation is not None and self._operation.running

    def ask(self, question: str, *, fresh: bool = False) -> None:
        """Ask in the open conversation, or begin one; an answer still being written is stopped first.

        With ``fresh`` nothing is taken over from the questions before.
        """
        question = " ".join(question.split())
        if not question:
            return
        self.stop_asking()
        card = self.column.add(question)
        self.states.show_content()
        self.field.clear()
        self.continues.show_words("")
        self._set_asking(asking=True)
        conversation = self.talks.open or None

        def work(task: Task) -> Turn:
            return self._conversations.ask(question, conversation, fresh=fresh, on_event=task.report, cancel=task.token)

        def failed(error: Exception) -> None:
            self._set_asking(asking=False)
            card.fail("This answer could not be kept." if card.finished else "This question could not be answered.")
            self._desk.messages.show_error(error)

        def done(turn: Turn) -> None:
            self._set_asking(asking=False)
            card.show_turn(turn)
            self.talks.mark(turn.conversation_id)
            self.talks.refresh()
            if not self._side.isHidden() and card.first:
                self.open_citation(card, card.first)  # what stands beside the answer belongs to the answer
            self.column.follow_end()

        self._operation = self._desk.operations.run(
            self, work, done, failed=failed, reported=lambda event: self._take(card, event)
        )
        self.column.follow_end()

    def open_conversation(self, conversation: str, turn: int = 0) -> None:
        """Put a conversation on show, at one of its questions (1-based) or at the last (0)."""
        if conversation == self.talks.open and self.cards:
            self.column.go_to(turn)
            return
        self._clear()
        self.talks.mark(conversation)
        self.states.show_loading()

        def done(whole: Conversation) -> None:
            if conversation == self.talks.open:
                self.states.show_content()
                self.column.show_turns(whole.turns, turn)

        def failed(error: Exception) -> None:
            if conversation == self.talks.open:
                self.states.show_error(error, lambda: self.open_conversation(conversation, turn))

        self._desk.operations.run(
            self, lambda _task: self._conversations.open(conversation), done, key="open", failed=failed
        )

    def new_conversation(self) -> None:
        """Clear the page for a conversation that begins with the next question."""
        self._clear()
        self.talks.mark("")
        self._show_empty()
        self.field.setFocus()

    def find_words(self) -> None:
        """Put the cursor where words to look for in conversations are typed."""
        if self._some:
            self.talks.panel.show()
            self.talks.panel.focus_field()

    def rename(self) -> None:
        """Let the user type the open conversation's new title."""
        self.talks.panel.show()
        self.talks.begin_rename(self.talks.open)

    def take_changes(self, changes: Changes) -> None:
        """Look again when conversations changed, or documents that they cite may have."""
        if Topic.CHAT in changes.topics:
            self.talks.refresh()
        if changes.topics & {Topic.DOCUMENTS, Topic.PAGES} and self.cards and not self._standing.isActive():
            self._standing.start()

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
        self.column.hold(card)
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
        self._show_list()
        if self._open is not None:
            self._open[0].mark(0)
            self._open = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Enter send and Shift+Enter break the line in the ask box; keep the column of answers in the middle."""
        if watched is self and event.type() == QEvent.Type.Resize:
            self._show_list()
        if watched is self._left and event.type() == QEvent.Type.Resize:
            self._centre()
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._ask_field()
                return True
        return False

    def _clear(self) -> None:
        """Take every card off the page; an answer still being written is stopped."""
        self.stop_asking()
        self.close_viewer()
        self._open = None
        self.column.clear()
        self.continues.show_words("")

    def _show_list(self) -> None:
        """Show the list where there are conversations, and room for them."""
        room = self._side.isHidden() or self.width() >= _ROOM_FOR_ALL
        self.talks.panel.setVisible(self._some and room)

    def _look_at_citations(self) -> None:
        """Find out whether the citations on show still stand as they did."""
        cited = self.column.citations()
        self._desk.operations.run(
            self, lambda _task: self._conversations.standings(cited), self.column.set_standings, key="standings"
        )

    def _counted(self, some: bool) -> None:
        self._some = some
        self._show_list()

    def _look_ahead(self) -> None:
        """Find out what the question being typed would take over."""
        question, conversation = " ".join(self.field.toPlainText().split()), self.talks.open
        if not question or not conversation or self.asking:
            self.continues.show_words("")
            return

        def done(carried: Carried | None) -> None:
            same = question == " ".join(self.field.toPlainText().split()) and conversation == self.talks.open
            if same and question != self._left_out:
                told = ("", "") if carried is None else (carried.words, carried.continued.question)
                self.continues.show_words(*told)

        self._desk.operations.run(
            self, lambda _task: self._conversations.carried(question, conversation), done, key="preview"
        )

    def _leave_out(self) -> None:
        """Ask what is typed without what went before."""
        self._left_out = " ".join(self.field.toPlainText().split())
        self.continues.show_words("")
        self.field.setFocus()

    def _take(self, card: AnswerCard, event: ChatEvent) -> None:
        if isinstance(event, Continues):
            card.continues.show_words(event.words)
        elif isinstance(event, Quoted):
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
        self.column.follow_end()

    def _viewer(self) -> Viewer:
        if self.viewer is None:
            self.viewer = self._make_viewer()
            self._side_rows.insertWidget(0, self.viewer, 1)
        if self._side.isHidden():
            self._side.show()
            self._show_list()
            half = self.splitter.width() // 2
            self.splitter.setSizes([half, self.splitter.width() - half])
        return self.viewer

    def _set_asking(self, *, asking: bool) -> None:
        self.stop.setVisible(asking)
        self.send.setVisible(not asking)

    def _show_empty(self) -> None:
        self.states.show_empty(
            "ask",
            "Ask about this room",
            "Answers come in the words of the documents, and open the page they stand on.",
            example="For example: When does the lease end, and can it be renewed?",
        )

    def _ask_field(self) -> None:
        question = self.field.toPlainText()
        fresh = bool(self._left_out) and " ".join(question.split()) == self._left_out
        self._left_out = ""
        self.ask(question, fresh=fresh)

    def _lay_out(self) -> None:
        left = self._left
        left.setProperty("role", "plain")
        left.setMinimumWidth(380)
        left.installEventFilter(self)
        whole_left = QVBoxLayout(left)
        whole_left.setContentsMargins(0, 0, 0, SPACE_4)
        whole_left.setSpacing(0)
        whole_left.addWidget(self.bar)
        rows = QVBoxLayout()
        rows.setSpacing(SPACE_3)
        whole_left.addLayout(rows, 1)
        rows.addWidget(self.states, 1)
        self._chip_row.addWidget(self.continues)
        self._chip_row.addStretch(1)
        rows.addLayout(self._chip_row)
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
        whole.setSpacing(0)
        whole.addWidget(self.talks.panel)
        whole.addWidget(self.splitter, 1)
        self.talks.panel.hide()
        self.installEventFilter(self)

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
        self.column.set_side(side)
        self._chip_row.setContentsMargins(side, 0, SPACE_6, 0)
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
        for timer, after in ((self._preview, _PREVIEW_AFTER_MS), (self._standing, _STANDING_AFTER_MS)):
            timer.setSingleShot(True)
            timer.setInterval(after)
        self._standing.timeout.connect(self._look_at_citations)
        self.column.cited.connect(self.open_citation)
        self.column.unreadable_asked.connect(self.unreadable_asked)
        self.column.fresh_asked.connect(lambda question: self.ask(question, fresh=True))
        self.column.built.connect(self._preview.start)
        self._preview.timeout.connect(self._look_ahead)
        self.field.textChanged.connect(self._preview.start)
        self.continues.removed.connect(self._leave_out)
        self.talks.counted.connect(self._counted)
        self.talks.titled.connect(self.bar.set_title)
        self.talks.closed.connect(self.new_conversation)
        self.talks.returned.connect(self.open_conversation)
        self.talks.panel.opened.connect(self.open_conversation)
        self.talks.panel.new_asked.connect(self.new_conversation)
        self.bar.rename.clicked.connect(self.rename)
        self.bar.export.clicked.connect(lambda: self.talks.choose_export(self.talks.open))
        self.bar.delete.clicked.connect(lambda: self.talks.delete(self.talks.open))
        self.stop.clicked.connect(self.stop_asking)
        self.previous.clicked.connect(lambda: self.step_citation(-1))
        self.next.clicked.connect(lambda: self.step_citation(1))
        keys: tuple[tuple[str, Callable[[], None]], ...] = (
            ("F3", lambda: self.step_citation(1)),
            ("Shift+F3", lambda: self.step_citation(-1)),
            ("Esc", self._escape),
            ("Ctrl+F", self.find_words),
        )
        for key, run in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)

    def _escape(self) -> None:
        """Leave the list, stop the answer, or close the document, whichever is on."""
        if self.talks.panel.escape():
            self.field.setFocus()
        elif self.asking:
            self.stop_asking()
        else:
            self.close_viewer()
            self.field.setFocus()
