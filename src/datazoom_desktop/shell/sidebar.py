"""The side bar: rooms, the pages of the open one with what waits there, and the pages that belong to no room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from datazoom_desktop.shell import words
from datazoom_desktop.shell.icons import IconButton, pixmap
from datazoom_desktop.shell.navigation import Place
from datazoom_desktop.shell.rich_text import tip
from datazoom_desktop.shell.theme.theme import Theme, ui_font
from datazoom_desktop.shell.theme.tokens import (
    RADIUS_CONTROL,
    SPACE_1,
    SPACE_2,
    SPACE_3,
    SPACE_4,
    TYPE_BODY,
    TYPE_SMALL,
    Density,
)

WIDTH = 224
_PLACE = Qt.ItemDataRole.UserRole
_ENTRY = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the side bar.

    Attributes:
        icon: Name of an icon, or empty.
        count: Of what waits there; None or 0 shows nothing.
        children: Lines below it.
    """

    place: Place
    title: str
    icon: str = ""
    count: int | None = None
    children: tuple[Entry, ...] = ()


class Sidebar(QFrame):
    """Lists places.

    Attributes:
        chosen: Emitted with the ``Place`` the user wants to go to.
        create_room: Emitted when the user wants a new room.
    """

    chosen = Signal(object)
    create_room = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Start with no lines."""
        super().__init__(parent)
        self.setProperty("role", "sidebar")
        self.setFixedWidth(WIDTH)
        self._entries: tuple[Entry, ...] = ()
        self._place: Place | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_2, SPACE_3, SPACE_2, SPACE_2)
        column.setSpacing(SPACE_1)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_2, 0, 0, 0)
        label = QLabel("ROOMS")
        label.setProperty("role", "section")
        new = IconButton(theme, "plus", "New room", shortcut="Ctrl+N")
        new.clicked.connect(self.create_room)
        head.addWidget(label, 1)
        head.addWidget(new)
        column.addLayout(head)
        self._tree = _Tree(theme)
        self._tree.itemClicked.connect(self._choose)
        self._tree.itemActivated.connect(self._choose)
        column.addWidget(self._tree, 1)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these lines, top to bottom, all unfolded; does nothing when they are the same."""
        if tuple(entries) == self._entries:
            return
        self._entries = tuple(entries)
        self._tree.clear()
        for entry in entries:
            self._add(self._tree.invisibleRootItem(), entry)
        self._tree.expandAll()
        self.set_place(self._place)

    def set_place(self, place: Place | None) -> None:
        """Mark the line of ``place``."""
        self._place = place
        found = [item for item in self._items() if item.data(0, _PLACE) == place]
        if found:
            self._tree.setCurrentItem(found[-1])
        else:
            self._tree.setCurrentIndex(QModelIndex())

    def _items(self) -> list[QTreeWidgetItem]:
        tops = [self._tree.topLevelItem(n) for n in range(self._tree.topLevelItemCount())]
        lines = [each for top in tops if top for each in (top, *(top.child(n) for n in range(top.childCount())))]
        return [line for line in lines if line is not None]

    def _add(self, parent: QTreeWidgetItem, entry: Entry) -> None:
        item = QTreeWidgetItem(parent, [entry.title])
        item.setData(0, _PLACE, entry.place)
        item.setData(0, _ENTRY, entry)
        spoken = f"{entry.title}, {words.number(entry.count)}" if entry.count else entry.title
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setToolTip(0, tip(entry.title))
        for child in entry.children:
            self._add(item, child)

    def _choose(self, item: QTreeWidgetItem) -> None:
        self.chosen.emit(item.data(0, _PLACE))


class _Tree(QTreeWidget):
    """The list itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Rooms and pages")
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setUniformRowHeights(True)
        self.setItemDelegate(_Line(theme, self))


class _Line(QStyledItemDelegate):
    """Paints one line: mark, icon, title, count."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(WIDTH - 2 * SPACE_2, Density.COMFORTABLE - 2)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry: Entry = index.data(_ENTRY)
        flags = option.state
        rect: QRect = option.rect.adjusted(0, 1, 0, -1)
        selected = bool(flags & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or flags & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._theme.colour("accent_soft" if selected else "line"))
            painter.drawRoundedRect(rect, RADIUS_CONTROL, RADIUS_CONTROL)
        if selected:
            painter.setBrush(self._theme.colour("accent"))
            painter.drawRoundedRect(QRectF(rect.x(), rect.y() + 6, 3, rect.height() - 12), 1.5, 1.5)
        if selected and flags & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.colour("accent"))
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CONTROL, RADIUS_CONTROL)
        self._words(painter, rect, entry, nested=index.parent().isValid())
        painter.restore()

    def _words(self, painter: QPainter, rect: QRect, entry: Entry, *, nested: bool) -> None:
        left = rect.x() + (SPACE_4 + SPACE_3 if nested else SPACE_3)
        right = rect.right() - SPACE_2
        if entry.icon:
            painter.drawPixmap(
                left, rect.y() + (rect.height() - 16) // 2, pixmap(entry.icon, self._theme.tokens.ink_soft, 16)
            )
            left += 16 + SPACE_2
        if entry.count:
            painter.setFont(ui_font(TYPE_SMALL, tabular=True))
            painter.setPen(self._theme.colour("ink_faint"))
            told = words.number(entry.count)
            painter.drawText(
                rect.adjusted(0, 0, -SPACE_2, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, told
            )
            right -= painter.fontMetrics().horizontalAdvance(told) + SPACE_2
        painter.setFont(ui_font(TYPE_BODY, strong=bool(entry.children)))
        painter.setPen(self._theme.colour("ink"))
        room = QRect(left, rect.y(), right - left, rect.height())
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, title)
