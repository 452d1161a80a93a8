"""The command palette: one field, and the commands that fit what is typed in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from datazoom_desktop.shell.commands import Command, Commands
from datazoom_desktop.shell.theme.theme import Theme, ui_font
from datazoom_desktop.shell.theme.tokens import RADIUS_CONTROL, SPACE_2, SPACE_3, TYPE_SMALL, Density

WIDTH = 560
SHOWN = 12
_COMMAND = Qt.ItemDataRole.UserRole


class Palette(QFrame):
    """Floats over a window while it is open; arrows choose, Enter does, Esc leaves."""

    def __init__(self, theme: Theme, commands: Commands, window: QWidget) -> None:
        """Offer ``commands``."""
        super().__init__(window)
        self.suggest: Callable[[str], Sequence[Command]] = lambda _text: ()  #: more commands for the text typed
        self._commands = commands
        self._window = window
        self.setProperty("role", "palette")
        self.setAccessibleName("Commands")
        self.setFixedWidth(WIDTH)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(32)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 70))
        self.setGraphicsEffect(shadow)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        column.setSpacing(SPACE_2)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Ask, or type a command")
        self.field.setAccessibleName("Command")
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Commands that fit")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setItemDelegate(_Line(theme, self.list))
        self.list.itemClicked.connect(self._do)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.hide()

    def open(self) -> None:
        """Show the palette below the window's header."""
        self.field.clear()
        self._fill("")
        self.move(QPoint((self._window.width() - WIDTH) // 2, 56))
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Let the field's arrows, Enter and Esc steer the list; leaving the field closes the palette."""
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if step and self.list.count():
            self.list.setCurrentRow((self.list.currentRow() + step) % self.list.count())
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.currentItem():
            self._do(self.list.currentItem())
        else:
            return False
        return True

    def _fill(self, text: str) -> None:
        self.list.clear()
        for command in [*self._commands.matching(text), *self.suggest(text)][:SHOWN]:
            item = QListWidgetItem(command.title)
            item.setData(_COMMAND, command)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        rows = max(1, self.list.count())
        self.list.setFixedHeight(rows * int(Density.COMFORTABLE) + 2)
        self.adjustSize()

    def _do(self, item: QListWidgetItem) -> None:
        command: Command = item.data(_COMMAND)
        self._leave()
        command.run()

    def _leave(self) -> None:
        self.hide()
        self._window.setFocus()


class _Line(QStyledItemDelegate):
    """Paints a command: its title, its shortcut at the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, int(Density.COMFORTABLE))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        command: Command = index.data(_COMMAND)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("accent_soft"))
            painter.drawRoundedRect(option.rect, RADIUS_CONTROL, RADIUS_CONTROL)
        inner = option.rect.adjusted(SPACE_3, 0, -SPACE_3, 0)
        painter.setFont(ui_font(TYPE_SMALL))
        painter.setPen(self._theme.colour("ink_faint"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, command.shortcut)
        taken = painter.fontMetrics().horizontalAdvance(command.shortcut)
        painter.setFont(ui_font())
        painter.setPen(self._theme.colour("ink"))
        left = inner.adjusted(0, 0, -taken - SPACE_3, 0)
        title = painter.fontMetrics().elidedText(command.title, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()
