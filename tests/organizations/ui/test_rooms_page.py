"""The rooms page over a real register: create, open, move to the trash, undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.organizations.ui.rooms_page import RoomsPage
from datazoom_desktop.shell.desk import Desk
from tests.support.qt_window import until


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return Rooms(tmp_path / "home")


@pytest.fixture
def page(desk: Desk, rooms: Rooms, shown: Callable[[QWidget], None], qtbot: QtBot) -> RoomsPage:
    made = RoomsPage(desk, rooms, lambda _room: None)
    shown(made)
    made.refresh()
    until(qtbot, lambda: made.states.state in ("told", "content"))
    return made


def names(page: RoomsPage) -> list[str]:
    return [room.name for room in page._model.rows]


def test_a_first_room_is_created_by_typing_its_name(page: RoomsPage, rooms: Rooms, qtbot: QtBot) -> None:
    assert page.states.state == "told"
    qtbot.keyClicks(page.name, "Halyard")
    with qtbot.waitSignal(page.opened, timeout=10_000) as opened:
        qtbot.keyClick(page.name, Qt.Key.Key_Return)
    assert opened.args is not None
    assert opened.args[0].name == "Halyard"
    until(qtbot, lambda: names(page) == ["Halyard"])
    assert page.states.state == "content"
    assert [room.name for room in rooms.list()] == ["Halyard"]


def test_a_taken_name_is_a_problem_shown_once(page: RoomsPage, rooms: Rooms, desk: Desk, qtbot: QtBot) -> None:
    rooms.create("Halyard")
    qtbot.keyClicks(page.name, "halyard")
    qtbot.keyClick(page.name, Qt.Key.Key_Return)
    until(qtbot, lambda: len(desk.messages.shown) == 1)
    assert page.name.text() == "halyard"


def test_a_removed_room_comes_back_by_undo(page: RoomsPage, rooms: Rooms, desk: Desk, qtbot: QtBot) -> None:
    rooms.create("Halyard")
    rooms.create("Orion")
    page.refresh()
    until(qtbot, lambda: names(page) == ["Halyard", "Orion"])
    page.table.selectRow(0)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    until(qtbot, lambda: names(page) == ["Orion"] and bool(desk.messages.shown))
    assert [room.name for room in rooms.trash()] == ["Halyard"]
    undo = next(b for b in desk.messages.findChildren(QPushButton) if b.text() == "Undo")
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: names(page) == ["Halyard", "Orion"])
    assert rooms.trash() == []


def test_enter_opens_the_room_and_a_damaged_one_says_why(
    page: RoomsPage, rooms: Rooms, desk: Desk, qtbot: QtBot
) -> None:
    made = rooms.create("Halyard")
    page.refresh()
    until(qtbot, lambda: names(page) == ["Halyard"])
    page.table.selectRow(0)
    with qtbot.waitSignal(page.opened, timeout=10_000):
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    (made.folder / "room.json").write_text("{", encoding="utf-8")
    page.refresh()
    until(qtbot, lambda: page._model.rows[0].problem is not None)
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert desk.messages.shown[0].title == "This room cannot be opened"
