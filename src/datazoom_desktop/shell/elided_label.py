"""A label of one line that is cut with an ellipsis when there is no room, and tells the whole in its tool tip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from datazoom_desktop.shell.rich_text import tip


class ElidedLabel(QLabel):
    """Keeps its whole text apart from what it has room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    @property
    def whole(self) -> str:
        """The text before it was cut."""
        return self._whole

    def set_whole(self, text: str, more: str = "") -> None:
        """Show ``text`` as far as there is room; ``more`` is the tool tip, by default the text."""
        self._whole = text
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.setToolTip(tip(more or text))
        self.updateGeometry()
        self._cut()

    def sizeHint(self) -> QSize:
        """Ask for room for the whole text."""
        self.ensurePolished()
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Be content with a few letters."""
        return QSize(40, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut again."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, max(self.width(), 40)))
