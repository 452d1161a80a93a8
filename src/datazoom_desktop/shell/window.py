"""The window's frame: header with back, forward, breadcrumb and command box; side bar; pages; status line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from datazoom_desktop.shell.commands import Command, Commands
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.icons import IconButton, WordButton
from datazoom_desktop.shell.messages import Messages
from datazoom_desktop.shell.navigation import History, Place
from datazoom_desktop.shell.operations import Operations
from datazoom_desktop.shell.palette import Palette
from datazoom_desktop.shell.sidebar import Sidebar
from datazoom_desktop.shell.status_line import StatusLine
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2, SPACE_3, Scheme

HEADER_HEIGHT = 48


class Window(QMainWindow):
    """The frame around pages; knows places by name only.

    Attributes:
        went: Emitted with the ``Place`` to show, after the history took it.
        closing: Emitted once, hidden, after the window's background work has ended: time to let go of things.
    """

    went = Signal(object)
    closing = Signal()

    def __init__(self, theme: Theme, crashes: Path) -> None:
        """Build the empty frame; crash reports go to the folder ``crashes``."""
        super().__init__()
        self.setWindowTitle("DataZoom")
        self.setMinimumSize(880, 560)
        self.resize(1280, 800)
        self.history = History()
        messages = Messages(theme, crashes)
        operations = Operations(messages.show_error, parent=self)
        self.desk = Desk(theme, operations, messages, Commands())
        self.sidebar = Sidebar(theme)
        self.status_line = StatusLine()
        self.header = Header(theme)
        self.pages = QStackedWidget()
        self.palette_box = Palette(theme, self.desk.commands, self)
        self._shortcuts: list[QShortcut] = []
        self._closed = False
        self._lay_out()
        self.sidebar.chosen.connect(self.go)
        self.header.back.clicked.connect(self.go_back)
        self.header.forward.clicked.connect(self.go_forward)
        self.header.search.clicked.connect(self.palette_box.open)
        self.header.scheme.clicked.connect(theme.switch)
        self._own_commands(theme)
        QShortcut(QKeySequence("Ctrl+K"), self).activated.connect(self.palette_box.open)

    def go(self, place: Place) -> None:
        """Visit a place."""
        self.history.visit(place)
        self._arrive(place)

    def go_back(self) -> None:
        """Return to the place before this one, when there is one."""
        place = self.history.back()
        if place is not None:
            self._arrive(place)

    def go_forward(self) -> None:
        """Undo going back, when there is something to undo."""
        place = self.history.forward()
        if place is not None:
            self._arrive(place)

    def show_page(self, page: QWidget, crumbs: Sequence[tuple[str, Place | None]]) -> None:
        """Show ``page`` under a breadcrumb of titles and the places they lead to (None: here)."""
        if self.pages.indexOf(page) < 0:
            self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        self.header.set_crumbs(crumbs, self.go)
        self.setWindowTitle(" / ".join([title for title, _ in crumbs] + ["DataZoom"]))

    def drop_page(self, page: QWidget) -> None:
        """Forget a page and destroy it."""
        self.desk.operations.cancel_all(page)
        self.pages.removeWidget(page)
        page.deleteLater()

    def add_commands(self, *commands: Command) -> None:
        """Register commands and bind their shortcuts."""
        self.desk.commands.add(*commands)
        for command in commands:
            if command.shortcut:
                shortcut = QShortcut(QKeySequence(command.shortcut), self)
                shortcut.setObjectName(command.id)
                shortcut.activated.connect(lambda c=command: c.run() if c.enabled() else None)
                self._shortcuts.append(shortcut)

    def remove_commands(self, prefix: str) -> None:
        """Forget the commands whose id starts with ``prefix``, and their shortcuts."""
        self.desk.commands.remove(prefix)
        for shortcut in [s for s in self._shortcuts if s.objectName().startswith(prefix)]:
            self._shortcuts.remove(shortcut)
            shortcut.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop background work cleanly, then close."""
        if not self._closed:
            self._closed = True
            self.hide()
            self.desk.operations.close()
            self.closing.emit()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the button that has the keyboard on Enter too, not only on space."""
        focus = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focus, QAbstractButton):
            focus.click()
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        self.close()

    def _arrive(self, place: Place) -> None:
        self.header.back.setEnabled(self.history.can_back)
        self.header.forward.setEnabled(self.history.can_forward)
        self.sidebar.set_place(place)
        self.went.emit(place)

    def _lay_out(self) -> None:
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.desk.messages)
        middle.addWidget(self.pages, 1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.sidebar)
        body.addLayout(middle, 1)
        frame = QWidget()
        frame.setProperty("role", "page")
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(body, 1)
        column.addWidget(self.status_line)
        self.setCentralWidget(frame)

    def _own_commands(self, theme: Theme) -> None:
        self.add_commands(
            Command("window.back", "Go back", self.go_back, "Alt+Left", lambda: self.history.can_back),
            Command("window.forward", "Go forward", self.go_forward, "Alt+Right", lambda: self.history.can_forward),
            Command("window.scheme", "Switch between light and dark", theme.switch),
            Command("window.follow", "Follow the system's light or dark", lambda: theme.choose(None)),
            Command("window.close", "Close the window", self._leave, "Ctrl+Q"),
        )


class Header(QFrame):
    """The top of the window."""

    def __init__(self, theme: Theme) -> None:
        """Build the buttons; the window connects them."""
        super().__init__()
        self._theme = theme
        self.setProperty("role", "header")
        self.setFixedHeight(HEADER_HEIGHT)
        self.back = IconButton(theme, "back", "Back", shortcut="Alt+Left")
        self.forward = IconButton(theme, "forward", "Forward", shortcut="Alt+Right")
        self.search = WordButton(theme, "search", "Ask, or type a command", "search")
        self.search.setFixedWidth(320)
        hint = QLabel("Ctrl K", self.search)
        hint.setProperty("role", "faint")
        hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inner = QHBoxLayout(self.search)
        inner.setContentsMargins(0, 0, SPACE_2, 0)
        inner.addStretch()
        inner.addWidget(hint)
        self.scheme = IconButton(theme, "dark", "Switch to dark")
        self._crumbs = QHBoxLayout()
        self._crumbs.setSpacing(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_2, 0, SPACE_3, 0)
        row.setSpacing(SPACE_1)
        row.addWidget(self.back)
        row.addWidget(self.forward)
        row.addSpacing(SPACE_2)
        row.addLayout(self._crumbs)
        row.addStretch(1)
        row.addWidget(self.search)
        row.addSpacing(SPACE_2)
        row.addWidget(self.scheme)
        self.back.setEnabled(False)
        self.forward.setEnabled(False)
        self._name_scheme()

    def set_crumbs(self, crumbs: Sequence[tuple[str, Place | None]], go: Callable[[Place], None]) -> None:
        """Show the way to the current page; a crumb with a place leads there."""
        while (item := self._crumbs.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for number, (title, place) in enumerate(crumbs):
            if number:
                slash = QLabel("/")
                slash.setProperty("role", "faint")
                self._crumbs.addWidget(slash)
            self._crumbs.addWidget(_crumb(title, place, go))

    def changeEvent(self, event: QEvent) -> None:
        """Name the scheme the button leads to."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "scheme"):
            self._name_scheme()

    def _name_scheme(self) -> None:
        dark = self._theme.scheme is Scheme.DARK
        self.scheme.set_icon("light" if dark else "dark")
        label = "Switch to light" if dark else "Switch to dark"
        self.scheme.setAccessibleName(label)
        self.scheme.setToolTip(label)


def _crumb(title: str, place: Place | None, go: Callable[[Place], None]) -> QPushButton:
    button = QPushButton(title.replace("&", "&&"))
    button.setProperty("kind", "crumb")
    button.setEnabled(place is not None)
    if place is not None:
        button.clicked.connect(lambda: go(place))
    return button
