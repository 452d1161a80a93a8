"""The frame: messages once, changes on the right thread, states in time, keyboard everywhere, names on every control."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.kernel.changes import ChangeBus, Changes, Topic
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.shell.changes_bridge import ChangesBridge
from datazoom_desktop.shell.commands import Command
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.drop import DropTarget
from datazoom_desktop.shell.navigation import Place
from datazoom_desktop.shell.sidebar import Entry
from datazoom_desktop.shell.states import States
from datazoom_desktop.shell.status_line import Status
from datazoom_desktop.shell.window import Window
from tests.support.qt_window import until

ROOMS, DOCUMENTS, ASK = Place("rooms"), Place("documents", "r1"), Place("ask", "r1")
PROBLEM = Problem("This room is open elsewhere", "Another window holds it.", "Close that one.", "/rooms/halyard")


def test_a_problem_is_shown_once_with_its_remedy_and_can_be_copied(desk: Desk, window: Window, qtbot: QtBot) -> None:
    desk.messages.show_error(PROBLEM)
    desk.messages.show_error(Problem(PROBLEM.title, PROBLEM.message, PROBLEM.remedy, PROBLEM.path))
    assert len(desk.messages.shown) == 1
    assert desk.messages.shown[0].remedy == "Close that one."
    copy = next(b for b in desk.messages.findChildren(QPushButton) if b.text() == "Copy details")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    clipboard = QApplication.clipboard().text()
    assert "/rooms/halyard" in clipboard
    desk.messages.clear()
    assert not desk.messages.isVisible()


def test_messages_do_not_pile_up(desk: Desk) -> None:
    for number in range(9):
        desk.messages.show_note(f"Note {number}")
    assert [m.title for m in desk.messages.shown] == ["Note 6", "Note 7", "Note 8"]


def test_a_note_can_offer_to_undo(desk: Desk, qtbot: QtBot) -> None:
    undone: list[bool] = []
    desk.messages.show_note("Moved to the trash", "", "Undo", lambda: undone.append(True))
    undo = next(b for b in desk.messages.findChildren(QPushButton) if b.text() == "Undo")
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert undone == [True]
    assert desk.messages.shown == ()


def test_enter_presses_the_button_that_has_the_keyboard(desk: Desk, window: Window, qtbot: QtBot) -> None:
    undone: list[bool] = []
    desk.messages.show_note("Moved to the trash", "", "Undo", lambda: undone.append(True))
    undo = next(b for b in desk.messages.findChildren(QPushButton) if b.text() == "Undo")
    undo.setFocus()
    qtbot.keyClick(undo, Qt.Key.Key_Return)
    assert undone == [True]


def test_changes_published_on_other_threads_arrive_joined_on_this_one(window: Window, qtbot: QtBot) -> None:
    bus = ChangeBus()
    bridge = ChangesBridge(bus, window)
    got: list[tuple[Changes, int]] = []
    bridge.changed.connect(lambda changes: got.append((changes, threading.get_ident())))

    def publish() -> None:
        for number in range(500):
            bus.publish(Changes.of(Topic.JOBS, ids=(str(number),)))

    thread = threading.Thread(target=publish)
    thread.start()
    thread.join()
    until(qtbot, lambda: sum(len(changes.ids) for changes, _ in got) == 500)
    assert len(got) <= 3
    assert {ident for _, ident in got} == {threading.get_ident()}
    bridge.close()
    bus.publish(Changes.of(Topic.JOBS))
    qtbot.wait(150)
    assert len(got) <= 3


def test_a_skeleton_shows_only_when_loading_takes_long(
    desk: Desk, shown: Callable[[QWidget], None], qtbot: QtBot
) -> None:
    states = States(desk.theme, QLabel("content"))
    shown(states)
    states.show_loading()
    assert states.state == "blank"
    states.show_content()
    qtbot.wait(250)
    assert states.state == "content"
    states.show_loading()
    until(qtbot, lambda: states.state == "loading")


def test_an_error_says_what_happened_and_can_be_tried_again(
    desk: Desk, shown: Callable[[QWidget], None], qtbot: QtBot
) -> None:
    states = States(desk.theme, QLabel("content"))
    shown(states)
    tried: list[bool] = []
    states.show_error(PROBLEM, lambda: tried.append(True))
    assert any("Another window holds it." in label.text() for label in states.findChildren(QLabel))
    again = next(b for b in states.findChildren(QPushButton) if b.text() == "Try again")
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert tried == [True]


def entries() -> list[Entry]:
    pages = (Entry(DOCUMENTS, "Documents", "documents", 41), Entry(ASK, "Ask", "ask"))
    return [Entry(DOCUMENTS, "Halyard", "down", children=pages), Entry(ROOMS, "All rooms", "room")]


def test_places_are_reached_by_side_bar_buttons_and_keys(window: Window, qtbot: QtBot) -> None:
    window.sidebar.set_entries(entries())
    went: list[Place] = []
    window.went.connect(went.append)
    window.go(ROOMS)
    window.go(ASK)
    qtbot.mouseClick(window.header.back, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.header.forward, Qt.MouseButton.LeftButton)
    assert went == [ROOMS, ASK, ROOMS, ASK]
    assert not window.header.forward.isEnabled()


def test_the_palette_filters_and_runs_by_keyboard(window: Window, qtbot: QtBot) -> None:
    ran: list[str] = []
    window.add_commands(
        Command("room.folder", "Add a folder", lambda: ran.append("folder"), "Ctrl+O"),
        Command("room.files", "Add files", lambda: ran.append("files")),
    )
    window.palette_box.suggest = lambda text: (
        [Command("ask", f"Ask “{text}”", lambda: ran.append(text))] if text else []
    )
    window.palette_box.open()
    qtbot.keyClicks(window.palette_box.field, "add f")
    assert [window.palette_box.list.item(n).text() for n in range(3)] == ["Add files", "Add a folder", "Ask “add f”"]
    qtbot.keyClick(window.palette_box.field, Qt.Key.Key_Down)
    qtbot.keyClick(window.palette_box.field, Qt.Key.Key_Return)
    assert ran == ["folder"]
    assert window.palette_box.isHidden()
    window.remove_commands("room.")
    assert all(not c.id.startswith("room.") for c in window.desk.commands.all())


def test_each_part_of_the_status_line_opens_its_page(window: Window, qtbot: QtBot) -> None:
    window.status_line.set_status(
        Status("Reading: 3 of 41 documents ready", 0.07, "1 page readable", "Local model ready")
    )
    opened: list[str] = []
    window.status_line.opened.connect(opened.append)
    for button in window.status_line.findChildren(QPushButton):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert sorted(opened) == ["coverage", "engine", "work"]


def test_files_dropped_anywhere_on_a_page_are_taken(
    desk: Desk, shown: Callable[[QWidget], None], qtbot: QtBot, tmp_path: Path
) -> None:
    page = QWidget()
    shown(page)
    target = DropTarget(desk.theme, page, "Drop here")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path)), QUrl("https://example.org/x.pdf")])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with qtbot.waitSignal(target.dropped, timeout=5_000) as told:
        enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
        target.eventFilter(page, enter)
        assert enter.isAccepted()
        target.eventFilter(page, QDropEvent(QPointF(5, 5), copy, data, left, none))
    assert told.args == [[tmp_path]]


def test_every_control_of_the_frame_has_a_name(window: Window) -> None:
    window.sidebar.set_entries(entries())
    window.status_line.set_status(Status("Reading", 0.5, "1 page readable", "Local model ready"))
    for control in [*window.findChildren(QAbstractButton), *window.findChildren(QLineEdit)]:
        assert control.accessibleName() or (isinstance(control, QAbstractButton) and control.text()), control
