"""The one surface for messages: a problem, a bug or a note is shown once, above the page, until it is dismissed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.shell import crash
from datazoom_desktop.shell.icons import IconButton, IconLabel
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import SPACE_2, SPACE_3, SPACE_4

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What is shown.

    Attributes:
        kind: "problem" or "note".
        details: What "Copy details" copies; empty for no such button.
        action: Word on the button that does something about it, such as "Undo"; empty for none.
    """

    kind: str
    title: str
    text: str = ""
    remedy: str = ""
    details: str = ""
    action: str = ""


class Messages(QWidget):
    """Shows messages one below the other, the newest last; equal ones once. Takes no room when there are none."""

    LIMIT = 3  #: more than these at once, and the oldest goes

    def __init__(self, theme: Theme, crashes: Path, parent: QWidget | None = None) -> None:
        """Write crash reports into the folder ``crashes``."""
        super().__init__(parent)
        self._theme = theme
        self._crashes = crashes
        self._cards: dict[Message, _Card] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(SPACE_4, SPACE_2, SPACE_4, 0)
        self._rows.setSpacing(SPACE_2)
        self.setAccessibleName("Messages")
        self.hide()

    @property
    def shown(self) -> tuple[Message, ...]:
        """The messages on show, oldest first."""
        return tuple(self._cards)

    def show_error(self, error: BaseException) -> None:
        """Show a ``Problem`` in its own words; anything else is a bug: write a crash report and say where it is."""
        if isinstance(error, Problem):
            details = "\n".join(part for part in (error.title, error.message, error.remedy, error.path or "") if part)
            self._show(Message("problem", error.title, _with_path(error), error.remedy, details))
        else:
            self._show(self._bug(error))

    def show_note(self, title: str, text: str = "", action: str = "", run: Callable[[], None] | None = None) -> None:
        """Tell something that went well; with ``action``, offer ``run``, such as undoing it."""
        self._show(Message("note", title, text, action=action if run else ""), run)

    def clear(self) -> None:
        """Dismiss every message."""
        for message in tuple(self._cards):
            self.dismiss(message)

    def dismiss(self, message: Message) -> None:
        """Take one message away."""
        card = self._cards.pop(message, None)
        if card is not None:
            self._rows.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.setVisible(bool(self._cards))

    def _bug(self, error: BaseException) -> Message:
        _log.error("unexpected error", exc_info=error)
        text = "This is a fault of the program, not of your documents. Nothing was lost."
        try:
            where = str(crash.write_report(self._crashes, error))
        except OSError as failure:
            where = f"(no report could be written: {failure})"
        details = f"{type(error).__name__}: {error}\n{where}"
        return Message("problem", "Something went wrong", text, f"A report is in {where}", details)

    def _act(self, message: Message, run: Callable[[], None]) -> None:
        self.dismiss(message)
        run()

    def _show(self, message: Message, run: Callable[[], None] | None = None) -> None:
        if message in self._cards:
            return
        while len(self._cards) >= self.LIMIT:
            self.dismiss(next(iter(self._cards)))
        act = None if run is None else lambda: self._act(message, run)
        card = _Card(self._theme, message, lambda: self.dismiss(message), act)
        self._cards[message] = card
        self._rows.addWidget(card)
        self.show()


class _Card(QFrame):
    """One message with its buttons."""

    def __init__(
        self, theme: Theme, message: Message, dismiss: Callable[[], None], run: Callable[[], None] | None
    ) -> None:
        super().__init__()
        self.setProperty("role", "message")
        self.setProperty("kind", message.kind)
        self.setAccessibleName(f"{message.title}. {message.text} {message.remedy}".strip())
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_2, SPACE_2, SPACE_2)
        row.setSpacing(SPACE_3)
        problem = message.kind == "problem"
        row.addWidget(IconLabel(theme, "alert" if problem else "info", "bad" if problem else "info"))
        row.addLayout(_words(message), 1)
        if run is not None:
            row.addWidget(_button(message.action, run))
        if message.details:
            row.addWidget(_button("Copy details", lambda: QApplication.clipboard().setText(message.details)))
        close = IconButton(theme, "close", "Dismiss")
        close.clicked.connect(dismiss)
        row.addWidget(close)


def _button(label: str, run: Callable[[], object]) -> QPushButton:
    button = QPushButton(label)
    button.clicked.connect(lambda _checked=False: run())
    return button


def _words(message: Message) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    for text, role in ((message.title, "strong"), (message.text, ""), (message.remedy, "soft")):
        if text:
            label = QLabel(text)
            label.setProperty("role", role)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
    return column


def _with_path(problem: Problem) -> str:
    named = problem.path and Path(problem.path).name in problem.message
    return problem.message if named or not problem.path else f"{problem.message}\n{problem.path}"
