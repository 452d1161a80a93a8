"""The rooms page: every data room on this machine, a field to make one, and the trash with a way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.organizations.model import RoomInfo
from datazoom_desktop.shell import words
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.list_model import ListModel
from datazoom_desktop.shell.operations import Task
from datazoom_desktop.shell.states import States
from datazoom_desktop.shell.table import Column, Table
from datazoom_desktop.shell.theme.tokens import SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

if TYPE_CHECKING:
    from datazoom_desktop.organizations.register import Rooms


@dataclass(frozen=True, slots=True)
class RoomLists:
    """What the register holds: rooms by name, and the trash, latest first."""

    rooms: tuple[RoomInfo, ...]
    trash: tuple[RoomInfo, ...]


class RoomsPage(QWidget):
    """Lists rooms.

    Attributes:
        opened: Emitted with the ``RoomInfo`` to open.
        removing: Emitted with the ``RoomInfo`` about to be moved to the trash, so that its pages can be left.
        changed: Emitted with the ``RoomLists`` after every look at the register.
    """

    opened = Signal(object)
    removing = Signal(object)
    changed = Signal(object)

    def __init__(self, desk: Desk, rooms: Rooms, release: Callable[[str], None], parent: QWidget | None = None) -> None:
        """Show what ``rooms`` registers, once ``refresh`` is called.

        ``release`` closes the room with an id if it is open; it is called on a background thread before a room is moved.
        """
        super().__init__(parent)
        self.setProperty("role", "page")
        self._desk = desk
        self._rooms = rooms
        self._release = release
        self._model: ListModel[RoomInfo] = ListModel(desk.theme, _COLUMNS, self)
        self.table = Table(self._model, _COLUMNS)
        self.table.setAccessibleName("Rooms")
        self.states = States(desk.theme, self.table)
        self.name = QLineEdit()
        self._new = WordButton(desk.theme, "plus", "Create room", "primary")
        self._remove = WordButton(desk.theme, "trash", "Move to trash")
        self._trash = QVBoxLayout()
        self._lay_out()
        self._connect()

    def refresh(self) -> None:
        """Look at the register again."""
        if not self._model.rows:
            self.states.show_loading()

        def work(_task: Task) -> RoomLists:
            return RoomLists(tuple(self._rooms.list()), tuple(self._rooms.trash()))

        def failed(error: Exception) -> None:
            self.states.show_error(error, self.refresh)

        self._desk.operations.run(self, work, self._show, key="list", failed=failed)

    def focus_new(self) -> None:
        """Put the cursor where a new room's name is typed."""
        self.name.setFocus()

    def create_room(self) -> None:
        """Make a room of the name typed, and open it."""
        name = self.name.text().strip()
        if not name:
            self.focus_new()
            return
        self._new.setEnabled(False)

        def done(room: RoomInfo) -> None:
            self._new.setEnabled(True)
            self.name.clear()
            self.refresh()
            self.opened.emit(room)

        def failed(error: Exception) -> None:
            self._new.setEnabled(True)
            self._desk.messages.show_error(error)

        self._desk.operations.run(self, lambda _task: self._rooms.create(name), done, failed=failed)

    def remove_current(self) -> None:
        """Move the selected room to the trash; the message offers to undo it."""
        room = self._current()
        if room is None:
            return
        self.removing.emit(room)

        def work(_task: Task) -> RoomInfo:
            self._release(room.room_id)
            return self._rooms.remove(room.room_id)

        def done(trashed: RoomInfo) -> None:
            self.refresh()
            self._desk.messages.show_note(
                f"“{room.name}” is in the trash", "", "Undo", lambda: self.restore(trashed.room_id)
            )

        self._desk.operations.run(self, work, done)

    def restore(self, room_id: str) -> None:
        """Bring a room back from the trash."""
        self._desk.operations.run(
            self, lambda _task: self._rooms.restore_from_trash(room_id), lambda _room: self.refresh()
        )

    def _show(self, lists: RoomLists) -> None:
        self._model.set_rows(lists.rooms)
        if lists.rooms:
            self.states.show_content()
            if not self.table.currentIndex().isValid():
                self.table.selectRow(0)
        else:
            self.states.show_empty(
                "room",
                "No rooms yet",
                "A data room holds the documents of one deal, on this machine only.",
                example="Type a name above, such as “Halyard”, and press Enter.",
            )
        self._remove.setVisible(bool(lists.rooms))
        focus = self.window().focusWidget()
        if self.isVisible() and (focus is None or not self.isAncestorOf(focus)):
            (self.table if lists.rooms else self.name).setFocus()
        self._show_trash(lists.trash)
        self.changed.emit(lists)

    def _show_trash(self, trash: tuple[RoomInfo, ...]) -> None:
        while (item := self._trash.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if trash:
            title = QLabel("In the trash")
            title.setProperty("role", "section")
            self._trash.addWidget(title)
        for each in trash:
            self._trash.addWidget(self._trash_row(each))

    def _trash_row(self, trashed: RoomInfo) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(SPACE_2, 0, 0, 0)
        name = QLabel(trashed.name)
        name.setTextFormat(Qt.TextFormat.PlainText)
        when = QLabel(f"removed {words.moment(trashed.removed_at, now())}" if trashed.removed_at else "")
        when.setProperty("role", "faint")
        restore = WordButton(self._desk.theme, "restore", "Restore", "quiet")
        restore.setAccessibleName(f"Restore {trashed.name}")
        restore.clicked.connect(lambda _checked=False: self.restore(trashed.room_id))
        row.addWidget(name)
        row.addWidget(when)
        row.addStretch()
        row.addWidget(restore)
        return line

    def _current(self) -> RoomInfo | None:
        number = self.table.currentIndex().row()
        return self._model.rows[number] if 0 <= number < len(self._model.rows) else None

    def _open(self, number: int) -> None:
        room = self._model.rows[number]
        if room.problem is not None:
            self._desk.messages.show_error(
                Problem("This room cannot be opened", room.problem, "Restore it from a backup.", str(room.folder))
            )
        else:
            self.opened.emit(room)

    def _lay_out(self) -> None:
        title = QLabel("Rooms")
        title.setProperty("role", "page-title")
        self.name.setPlaceholderText("Name of a new room")
        self.name.setAccessibleName("Name of a new room")
        self.name.setMaximumWidth(360)
        new = QHBoxLayout()
        new.setSpacing(SPACE_2)
        new.addWidget(self.name, 1)
        new.addWidget(self._new)
        new.addStretch(1)
        new.addWidget(self._remove)
        self._trash.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_8, SPACE_6, SPACE_8, SPACE_4)
        column.setSpacing(SPACE_3)
        column.addWidget(title)
        column.addLayout(new)
        column.addWidget(self.states, 1)
        column.addLayout(self._trash)

    def _connect(self) -> None:
        self.name.returnPressed.connect(self.create_room)
        self._new.clicked.connect(self.create_room)
        self._remove.clicked.connect(self.remove_current)
        self._remove.setToolTip("Move to trash (Del)")
        self.table.opened.connect(self._open)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.remove_current)


def _created(room: RoomInfo) -> str:
    return words.moment(room.created_at, now()) if room.created_at else ""


def _state(room: RoomInfo) -> str:
    return "Cannot be opened" if room.problem else ""


_COLUMNS: tuple[Column[RoomInfo], ...] = (
    Column("Room", lambda room: room.name, tip=lambda room: str(room.folder)),
    Column("Created", _created, role=lambda _room: "ink_soft", width=220),
    Column("", _state, role=lambda _room: "bad", width=220, tip=lambda room: room.problem or ""),
)
