"""The field of the search page: shows under its words where a search cannot be read."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from datazoom_desktop.search.lexer import Mistake
from datazoom_desktop.shell.theme.theme import Theme, ui_font
from datazoom_desktop.shell.theme.tokens import CONTROL_HEIGHT, SPACE_2, TYPE_READING

HEIGHT = CONTROL_HEIGHT + SPACE_2


class SearchField(QLineEdit):
    """One line.

    Attributes:
        went_down: Emitted when the keyboard is to go to what was found.
    """

    went_down = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._theme = theme
        self._mistake: Mistake | None = None
        self.setFont(ui_font(TYPE_READING))
        self.setFixedHeight(HEIGHT)
        self.setClearButtonEnabled(False)
        self.setProperty("kind", "large")
        self.textEdited.connect(lambda _text: self.show_mistake(None))

    @property
    def mistake(self) -> Mistake | None:
        """What is underlined, if anything."""
        return self._mistake

    def show_mistake(self, mistake: Mistake | None) -> None:
        """Underline where the mistake is, until the text is changed."""
        self._mistake = mistake
        self.update()

    def select_mistake(self) -> None:
        """Put the cursor where the mistake is, so that typing replaces it."""
        if self._mistake is not None:
            self.setFocus()
            self.setSelection(self._mistake.start, max(1, self._mistake.end - self._mistake.start))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to what was found with the down arrow."""
        if event.key() == Qt.Key.Key_Down:
            self.went_down.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field, then the line under the mistake."""
        super().paintEvent(event)
        if self._mistake is None:
            return
        first, last = self._across(self._mistake.start), self._across(self._mistake.end)
        inside = self.rect().adjusted(SPACE_2, 0, -SPACE_2, 0)
        left, right = max(first, inside.left()), min(max(last, first + 6), inside.right())
        if left < right:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("bad"))
            painter.drawRoundedRect(QRectF(left, self.cursorRect().bottom() + 1, right - left, 2), 1, 1)
            painter.end()

    def _across(self, position: int) -> int:
        """Return how far from the left the gap before a character is, scrolled text taken into account."""
        measure = self.fontMetrics()
        shown = self.text()
        cursor = self.cursorRect().center().x() - measure.horizontalAdvance(shown[: self.cursorPosition()])
        return cursor + measure.horizontalAdvance(shown[:position])
