"""The list of a room's conversations beside the answers: find, open, rename, export and delete, by mouse and keyboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QPainter, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from datazoom_desktop.chat.conversation import LONGEST_TITLE, Match, Summary
from datazoom_desktop.shell import words
from datazoom_desktop.shell.icons import IconButton
from datazoom_desktop.shell.rich_text import tip
from datazoom_desktop.shell.theme.theme import Theme, ui_font
from datazoom_desktop.shell.theme.tokens import (
    RADIUS_CONTROL,
    SPACE_1,
    SPACE_2,
    SPACE_3,
    TYPE_BODY,
    TYPE_SMALL,
)

WIDTH = 240
SEARCH_AFTER_MS = 200
_ROW = 48
_FOUND_ROW = 64
_NOTHING = "No conversation has all these words."
_LINE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list.

    Attributes:
        title: Of the conversation.
        told: What stands below it.
        turn: 1-based question to go to; 0 for the end of the conversation.
        last: What stands below that: the words that were found; empty for nothing.
    """

    conversation: str
    title: str
    told: str
    turn: int = 0
    last: str = ""


def listed(row: Summary, now: dt.datetime) -> Line:
    """Return the line of a conversation."""
    told = f"{words.count(row.turns, 'question')} · {words.moment(row.changed_at, now)}"
    return Line(row.conversation_id, row.title, told)


def matched(match: Match) -> Line:
    """Return the line of words that were found: the conversation, the question, and the words."""
    told = match.question if match.turn else words.count(match.summary.turns, "question")
    last = " ".join(match.snippet.split()) if match.turn else ""
    return Line(match.summary.conversation_id, match.summary.title, told, match.turn, last)


class TalkList(QFrame):
    """Lists conversations.

    Attributes:
        opened: Emitted with a conversation's id and the 1-based question to go to (0: the last).
        new_asked: Emitted when the user wants to begin a conversation.
        renamed: Emitted with a conversation's id and its new title.
        deleting: Emitted with the id of the conversation to delete; ``exporting``: to write to a file.
        searched: Emitted with the words to look for, a moment after they were typed; empty for all conversations.
    """

    opened = Signal(str, int)
    new_asked = Signal()
    renamed = Signal(str, str)
    deleting = Signal(str)
    exporting = Signal(str)
    searched = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Start with nothing listed."""
        super().__init__(parent)
        self.setProperty("role", "sidebar")
        self.setFixedWidth(WIDTH)
        self._filling = False
        self._open = ""
        self.new = IconButton(theme, "plus", "New conversation", shortcut="Ctrl+Shift+N")
        self.field = QLineEdit()
        self.list = QListWidget()
        self.none = QLabel(_NOTHING)
        self._timer = QTimer(self)
        self._lay_out(theme)
        self._connect()

    @property
    def words(self) -> str:
        """What is looked for; empty for all conversations."""
        return self.field.text().strip()

    def show_lines(self, lines: Sequence[Line], more: int = 0) -> None:
        """List ``lines``, and say how many ``more`` there are; the open conversation stays marked."""
        if self.list.state() == QAbstractItemView.State.EditingState:
            return
        current = self.current()
        self._filling = True
        self.list.clear()
        for line in lines:
            item = QListWidgetItem(line.title)
            item.setData(_LINE, line)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{line.title}, {line.told} {line.last}".strip())
            item.setToolTip(
                tip("\n".join(filter(None, (line.title, line.told, line.last))) if line.last else line.title)
            )
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self._filling = False
        self.none.setText(f"{words.count(more, 'more question')} not listed: type more words." if more else _NOTHING)
        self.none.setVisible(bool(more) or (bool(self.words) and not lines))
        self._select(current.conversation if current is not None and self.list.hasFocus() else self._open)

    def mark(self, conversation: str) -> None:
        """Mark the conversation that is open; empty for none."""
        self._open = conversation
        self._select(conversation)

    def current(self) -> Line | None:
        """Return the line that is selected."""
        item = self.list.currentItem()
        return None if item is None or not item.isSelected() else item.data(_LINE)

    def rename(self, conversation: str) -> bool:
        """Let the user type a conversation's new title in its line; return whether it is listed."""
        for item in self._items():
            if item.data(_LINE).conversation == conversation:
                self.list.setCurrentItem(item)
                self.list.editItem(item)
                return True
        return False

    def focus_field(self) -> None:
        """Put the cursor where words to look for are typed."""
        self.field.setFocus()
        self.field.selectAll()

    def escape(self) -> bool:
        """Leave the list for where the keyboard was before; return whether it was in here. What is looked for is cleared first."""
        if not (self.field.hasFocus() or self.list.hasFocus()):
            return False
        self.field.clear()
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter opens; from the field arrows go to the list; the menu key and the right button open the menu."""
        if isinstance(event, QContextMenuEvent) and watched is self.list:
            return self._menu(event)
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if watched is self.field and event.key() == Qt.Key.Key_Down and self.list.count():
            self.list.setFocus()
            self.list.setCurrentRow(max(0, self.list.currentRow()))
        elif watched is self.list and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_item(self.list.currentItem())
        else:
            return False
        return True

    def _items(self) -> list[QListWidgetItem]:
        return [item for n in range(self.list.count()) if (item := self.list.item(n)) is not None]

    def _select(self, conversation: str) -> None:
        for item in self._items():
            if conversation and item.data(_LINE).conversation == conversation:
                self.list.setCurrentItem(item)
                return
        self.list.setCurrentIndex(QModelIndex())

    def _open_item(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            line: Line = item.data(_LINE)
            self.opened.emit(line.conversation, line.turn)

    def _changed(self, item: QListWidgetItem) -> None:
        line: Line = item.data(_LINE)
        title = " ".join(item.text().split())
        if self._filling or title == line.title:
            return
        self._filling = True
        item.setText(line.title)  # until it is renamed in the room
        self._filling = False
        if title:
            self.renamed.emit(line.conversation, title)

    def _delete(self) -> None:
        line = self.current()
        if line is not None:
            self.deleting.emit(line.conversation)

    def _menu(self, event: QContextMenuEvent) -> bool:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        item = self.list.currentItem() if keyboard else self.list.itemAt(event.pos())
        if item is None:
            return True
        self.list.setCurrentItem(item)
        line: Line = item.data(_LINE)
        menu = QMenu(self.list)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        acts: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("Open", "Return", lambda: self.opened.emit(line.conversation, line.turn)),
            ("Rename", "F2", lambda: self.rename(line.conversation)),
            ("Export…", "", lambda: self.exporting.emit(line.conversation)),
            ("Delete", "Del", lambda: self.deleting.emit(line.conversation)),
        )
        for title, key, run in acts:
            action = menu.addAction(title)
            if key:
                action.setShortcut(QKeySequence(key))
            action.triggered.connect(lambda _checked=False, do=run: do())
        below = self.list.visualItemRect(item).bottomLeft() + QPoint(SPACE_3, 0)
        menu.popup(self.list.viewport().mapToGlobal(below if keyboard else event.pos()))
        return True

    def _lay_out(self, theme: Theme) -> None:
        title = QLabel("CONVERSATIONS")
        title.setProperty("role", "section")
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_2, 0, 0, 0)
        head.addWidget(title, 1)
        head.addWidget(self.new)
        self.field.setPlaceholderText("Find words")
        self.field.setAccessibleName("Find in conversations")
        self.field.setToolTip("Questions, answers and quotes (Ctrl+F)")
        self.list.setAccessibleName("Conversations")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setMouseTracking(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.list.setItemDelegate(_Paint(theme, self.list))
        self.none.setProperty("role", "faint")
        self.none.setWordWrap(True)
        self.none.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, 0)
        self.none.hide()
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEARCH_AFTER_MS)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_2, SPACE_3, SPACE_2, SPACE_2)
        column.setSpacing(SPACE_2)
        column.addLayout(head)
        column.addWidget(self.field)
        column.addWidget(self.none)
        column.addWidget(self.list, 1)

    def _connect(self) -> None:
        self.new.clicked.connect(self.new_asked)
        self.field.textChanged.connect(lambda _text: self._timer.start())
        self._timer.timeout.connect(lambda: self.searched.emit(self.words))
        self.list.itemClicked.connect(self._open_item)
        self.list.itemChanged.connect(self._changed)
        for widget in (self.field, self.list):
            widget.installEventFilter(self)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._delete)


class _Paint(QStyledItemDelegate):
    """Paints a line: title, below it what is told, and below that the words that were found."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        line: Line = index.data(_LINE)
        return QSize(0, _FOUND_ROW if line.last else _ROW)

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = QLineEdit(parent)
        editor.setMaxLength(LONGEST_TITLE)
        editor.setAccessibleName("Title")
        return editor

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(0, (rect.height() - 34) // 2, -SPACE_1, -(rect.height() - 34) // 2))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line: Line = index.data(_LINE)
        flags = option.state
        rect: QRect = option.rect.adjusted(0, 1, -SPACE_1, -1)
        selected = bool(flags & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or flags & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._theme.colour("accent_soft" if selected else "line"))
            painter.drawRoundedRect(rect, RADIUS_CONTROL, RADIUS_CONTROL)
        if selected:
            painter.setBrush(self._theme.colour("accent"))
            painter.drawRoundedRect(QRectF(rect.x(), rect.y() + 8, 3, rect.height() - 16), 1.5, 1.5)
        if selected and flags & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.colour("accent"))
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CONTROL, RADIUS_CONTROL)
        self._words(painter, rect.adjusted(SPACE_3, 6, -SPACE_2, -5), line)
        painter.restore()

    def _words(self, painter: QPainter, rect: QRect, line: Line) -> None:
        top = rect.y()
        for text, size, role in (
            (line.title, TYPE_BODY, "ink"),
            (line.told, TYPE_SMALL, "ink_soft"),
            (line.last, TYPE_SMALL, "ink_faint"),
        ):
            painter.setFont(ui_font(size))
            painter.setPen(self._theme.colour(role))
            height = painter.fontMetrics().height()
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(QRect(rect.x(), top, rect.width(), height), Qt.AlignmentFlag.AlignVCenter, shown)
            top += height + 1
