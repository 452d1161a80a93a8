"""The document beside what was found, at the words that were found, with the way to the next and the one before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from datazoom_desktop.search.ui.rows import Target
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import SPACE_2

if TYPE_CHECKING:
    from datazoom_desktop.documents.ui.viewer import Viewer


class DocumentSide(QWidget):
    """Hidden until something is opened; the viewer is made then.

    Attributes:
        stepped: Emitted with 1 or -1 when the next or the one before is wanted.
        closed: Emitted when the document is no longer wanted.
    """

    stepped = Signal(int)
    closed = Signal()

    def __init__(self, theme: Theme, viewer: Callable[[], Viewer], parent: QWidget | None = None) -> None:
        """``viewer`` makes the viewer when it is first needed."""
        super().__init__(parent)
        self._make = viewer
        self.viewer: Viewer | None = None
        self.previous = WordButton(theme, "back", "Previous", "quiet")
        self.next = WordButton(theme, "forward", "Next", "quiet")
        self.position = QLabel()
        self.position.setProperty("role", "small")
        self.previous.setToolTip("Shift+F3")
        self.next.setToolTip("F3")
        close = WordButton(theme, "close", "Close", "quiet")
        close.setAccessibleName("Close the document")
        bar = QFrame()
        bar.setProperty("role", "status")
        row = QHBoxLayout(bar)
        row.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        row.addWidget(self.previous)
        row.addWidget(self.position)
        row.addWidget(self.next)
        row.addStretch()
        row.addWidget(close)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addWidget(bar)
        self.setMinimumWidth(360)
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        close.clicked.connect(self.closed)
        self.hide()

    def open(self, target: Target, number: int, of: int) -> None:
        """Show a place; ``number`` is its 1-based place among ``of``."""
        if self.viewer is None:
            self.viewer = self._make()
            self._rows.insertWidget(0, self.viewer, 1)
        self.show()
        self.viewer.open(target.version_id, target.page, target.span)
        self.position.setText(f"{number:,} of {of:,}")
        self.previous.setEnabled(number > 1)
        self.next.setEnabled(number < of)

    def name(self, noun: str) -> None:
        """Say what is stepped through, such as "place"."""
        self.previous.setText(f"Previous {noun}")
        self.next.setText(f"Next {noun}")

    def has_focus(self) -> bool:
        """Tell whether the keyboard is in the document."""
        focus = self.window().focusWidget()
        return focus is not None and self.isAncestorOf(focus)
