"""A floating card below the control that opens it; closes on Esc, on a press outside it, and when its window loses the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsDropShadowEffect, QWidget

from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2


class Popover(QFrame):
    """Floats over its window while it is open; its content is laid out by whoever makes it.

    Attributes:
        closed: Emitted when it closes.
    """

    closed = Signal()

    def __init__(self, name: str, anchor: QWidget) -> None:
        """``name`` is told to screen readers; ``anchor`` is the control that it hangs from."""
        super().__init__(anchor)
        self._anchor = anchor
        self.setProperty("role", "palette")
        self.setAccessibleName(name)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(32)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 70))
        self.setGraphicsEffect(shadow)
        anchor.destroyed.connect(self.deleteLater)
        self.hide()

    def open(self) -> None:
        """Show below the anchor."""
        window = self._anchor.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self.setFocus()
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def toggle(self) -> None:
        """Open, or close when it is open."""
        self.close_card() if self.isVisible() else self.open()

    def close_card(self) -> None:
        """Hide, and give the keyboard back to the anchor when it was here."""
        if self.isHidden():
            return
        focus = QApplication.focusWidget()
        mine = focus is not None and (focus is self or self.isAncestorOf(focus))
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        self.hide()
        if mine:
            self._anchor.setFocus()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close on a press outside; the press still does what it does there, save on the anchor itself."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            at = event.globalPosition().toPoint()
            if isinstance(watched, QWidget) and not self._holds(self, at):
                self.close_card()
                return watched is self._anchor
        elif event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_card()
        else:
            super().keyPressEvent(event)

    def _place(self) -> None:
        """Hang from the anchor, the edges in line on the side where the window ends sooner, as far as it has room."""
        window, anchor = self._anchor.window(), self._anchor
        left = anchor.mapTo(window, QPoint(0, anchor.height() + SPACE_1))
        beyond = left.x() + anchor.width() // 2 > window.width() // 2
        x = left.x() + anchor.width() - self.width() if beyond else left.x()
        self.move(min(max(SPACE_2, x), max(SPACE_2, window.width() - self.width() - SPACE_2)), left.y())

    def _holds(self, widget: QWidget, at: QPoint) -> bool:
        return widget.rect().contains(widget.mapFromGlobal(at))
