"""Where the parts of the search page stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from datazoom_desktop.search.ui.document_side import DocumentSide
from datazoom_desktop.search.ui.search_field import HEIGHT, SearchField
from datazoom_desktop.shell.icons import IconButton
from datazoom_desktop.shell.states import States
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

if TYPE_CHECKING:
    from datazoom_desktop.documents.ui.viewer import Viewer

_LIST_SHARE = 0.46  #: of the width, beside a document


class PageLayout:
    """The widgets of the page, laid out; the page connects them.

    Attributes:
        field: Where the search is typed.
        ways: The switch between the ways to search.
        help: Opens the help.
        gaps: Says what could not be searched, and leads there.
        states: The list, or what stands in for it.
        side: The document.
    """

    def __init__(
        self,
        theme: Theme,
        page: QWidget,
        ways: Sequence[str],
        exact: QWidget,
        meaning: QWidget,
        viewer: Callable[[], Viewer],
    ) -> None:
        """Fill ``page``."""
        self.field = SearchField(theme)
        self.ways = [_switch(way) for way in ways]
        self.help = IconButton(theme, "help", "How to search", shortcut="F1")
        self.help.setFixedSize(HEIGHT, HEIGHT)
        self.understood = QLabel()
        self.understood.setProperty("role", "small")
        self.understood.setWordWrap(True)
        self.understood.setTextFormat(Qt.TextFormat.PlainText)
        self.summary = QLabel()
        self.summary.setProperty("role", "soft")
        self.gaps = QPushButton()
        self.gaps.setProperty("kind", "crumb")
        self.gaps.setToolTip("Show what could not be read")
        self.lists = QStackedWidget()
        self.lists.addWidget(exact)
        self.lists.addWidget(meaning)
        self.states = States(theme, self.lists)
        self.side = DocumentSide(theme, viewer)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._actions = QHBoxLayout()
        self.field.setPlaceholderText("Search this room")
        self.field.setAccessibleName("Search")
        self._place(page)
        self.say("", "", "")

    def say(self, understood: str, found: str, gaps: str) -> None:
        """Say how a search was understood, how much was found and what could not be searched."""
        self.understood.setText(understood)
        self.understood.setVisible(bool(understood))
        self.summary.setText(found)
        self.gaps.setText(gaps)
        self.gaps.setAccessibleName(gaps or "What could not be searched")
        self.gaps.setVisible(bool(gaps))

    def say_busy(self) -> None:
        """Say that a search is under way."""
        self.summary.setText("Searching")

    def show_way(self, number: int) -> None:
        """Show the list of one way to search."""
        for each, button in enumerate(self.ways):
            button.setChecked(each == number)
        self.lists.setCurrentIndex(number)

    def add_bar(self, bar: QWidget) -> None:
        """Put buttons below what is said about a search."""
        self._actions.insertWidget(0, bar)

    def share_width(self) -> None:
        """Part the width between the list and the document."""
        left = round(self.splitter.width() * _LIST_SHARE)
        self.splitter.setSizes([left, self.splitter.width() - left])

    def _place(self, page: QWidget) -> None:
        title = QLabel("Search")
        title.setProperty("role", "page-title")
        head = QHBoxLayout()
        head.setSpacing(SPACE_1)
        head.addWidget(title)
        head.addStretch()
        for button in self.ways:
            head.addWidget(button)
        line = QHBoxLayout()
        line.setSpacing(SPACE_2)
        line.addWidget(self.field, 1)
        line.addWidget(self.help)
        self._actions.addStretch(1)
        counts = QHBoxLayout()
        counts.setSpacing(SPACE_2)
        counts.addWidget(self.summary)
        counts.addStretch(1)
        counts.addWidget(self.gaps)
        left = QWidget()
        left.setProperty("role", "plain")
        left.setMinimumWidth(420)
        column = QVBoxLayout(left)
        column.setContentsMargins(SPACE_8, SPACE_6, SPACE_6, SPACE_3)
        column.setSpacing(SPACE_2)
        column.addLayout(head)
        column.addSpacing(SPACE_1)
        column.addLayout(line)
        column.addWidget(self.understood)
        column.addLayout(self._actions)
        column.addLayout(counts)
        column.addSpacing(SPACE_4 - SPACE_2)
        column.addWidget(self.states, 1)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.side)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        whole = QHBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)


def _switch(label: str) -> QPushButton:
    button = QPushButton(label)
    button.setProperty("kind", "quiet")
    button.setCheckable(True)
    return button
