"""The drop target: files and folders may be dropped anywhere on a page; a sheet over it says so while they hover."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from datazoom_desktop.shell.icons import pixmap
from datazoom_desktop.shell.theme.theme import Theme, ui_font
from datazoom_desktop.shell.theme.tokens import RADIUS_CARD, SPACE_4, TYPE_TITLE


class DropTarget(QObject):
    """Makes a widget take dropped files and folders.

    Attributes:
        dropped: Emitted with a list of ``Path``; only things that exist on this machine.
    """

    dropped = Signal(object)

    def __init__(self, theme: Theme, target: QWidget, text: str) -> None:
        """Say ``text`` while something hovers over ``target``."""
        super().__init__(target)
        self._target = target
        self._sheet = _Sheet(theme, target, text)
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take drags of local files; let everything else pass."""
        if watched is not self._target:
            return False
        if (
            isinstance(event, QDragEnterEvent)
            and event.type() == QEvent.Type.DragEnter
            and local_paths(event.mimeData())
        ):
            self._sheet.cover()
            event.acceptProposedAction()
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._sheet.hide()
        elif event.type() == QEvent.Type.Resize:
            self._sheet.resize(self._target.size())
        elif isinstance(event, QDropEvent) and event.type() == QEvent.Type.Drop:
            self._sheet.hide()
            event.acceptProposedAction()
            self.dropped.emit(local_paths(event.mimeData()))
            return True
        return False


def local_paths(data: QMimeData) -> list[Path]:
    """Return the files and folders of this machine that ``data`` carries."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class _Sheet(QWidget):
    """Covers the target while something hovers."""

    def __init__(self, theme: Theme, target: QWidget, text: str) -> None:
        super().__init__(target)
        self._theme = theme
        self._target = target
        self._text = text
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self) -> None:
        self.setGeometry(self._target.rect())
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.colour("surface"))
        frame = QRectF(self.rect()).adjusted(SPACE_4, SPACE_4, -SPACE_4, -SPACE_4)
        painter.setPen(QPen(self._theme.colour("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, RADIUS_CARD, RADIUS_CARD)
        middle = frame.center()
        painter.drawPixmap(int(middle.x()) - 20, int(middle.y()) - 52, pixmap("drop", self._theme.tokens.accent, 40))
        painter.setPen(self._theme.colour("ink"))
        painter.setFont(ui_font(TYPE_TITLE, strong=True))
        painter.drawText(QRectF(frame.x(), middle.y(), frame.width(), 32), Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()
