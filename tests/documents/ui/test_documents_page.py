"""The documents page through its states: loading, empty, error, half read, full."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.documents.ui.details_line import REFUSED, TRYING
from datazoom_desktop.documents.ui.documents_page import DocumentsPage
from datazoom_desktop.documents.ui.passwords_dialog import PasswordsDialog
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.shell.desk import Desk
from tests.support.fake_workspace import FakeDocuments, document_row, reading_rows
from tests.support.qt_window import until

Show = Callable[[QWidget], None]


def page_of(desk: Desk, documents: FakeDocuments, reading: dict[str, object] | None = None) -> DocumentsPage:
    return DocumentsPage(desk, documents, lambda: reading or {})  # type: ignore[arg-type, return-value]


def test_an_empty_room_says_what_to_do(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    page = page_of(desk, FakeDocuments([]))
    shown(page)
    page.refresh()
    until(qtbot, lambda: page.states.state == "told")
    assert any(label.text() == "No documents yet" for label in page.findChildren(QLabel))


def test_a_slow_room_shows_a_skeleton_then_its_documents(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    documents = FakeDocuments([document_row(1)])
    documents.hold = threading.Event()
    page = page_of(desk, documents)
    shown(page)
    page.refresh()
    until(qtbot, lambda: page.states.state == "loading")
    documents.hold.set()
    until(qtbot, lambda: page.states.state == "content")


def test_an_error_is_told_and_trying_again_helps(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    documents = FakeDocuments([document_row(1)])
    documents.problem = Problem("The disk is not connected", "The drive is gone.", "Connect it.")
    page = page_of(desk, documents)
    shown(page)
    page.refresh()
    until(qtbot, lambda: page.states.state == "told" and desk.operations.live == 0)
    documents.problem = None
    again = next(b for b in page.findChildren(QPushButton) if b.text() == "Try again")
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: page.states.state == "content")


def test_a_room_half_read_shows_live_progress_and_what_could_not_be_read(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    rows, reading = reading_rows()
    page = page_of(desk, FakeDocuments(rows), reading)  # type: ignore[arg-type]
    shown(page)
    page.refresh()
    until(qtbot, lambda: page.model.index(7, 4).data() == "Reading, page 12 of 40")
    assert page.model.index(2, 4).data() == "2 of 24 pages could not be read"
    assert page.model.index(4, 4).data() == "Needs a password"
    page.table.selectRow(4)
    assert "A password is needed to open this file." in page.details.text.text()
    until(qtbot, lambda: len(page.unread_model.rows) == 4)
    page.show_unreadable()
    assert page.unread.isVisible()


def test_a_folder_that_was_added_is_acknowledged_at_once(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    page = page_of(desk, FakeDocuments([]))
    shown(page)
    page.refresh()
    until(qtbot, lambda: page.states.state == "told" and desk.operations.live == 0)
    page.expect([Path("deal")])
    assert any(label.text() == "Looking through “deal”" for label in page.findChildren(QLabel))
    page.found()
    until(qtbot, lambda: any(label.text() == "No documents yet" for label in page.findChildren(QLabel)))


def test_a_locked_document_takes_a_password_and_says_how_it_fared(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    locked = document_row(2, "unreadable", coverage=Coverage.ENCRYPTED, reason="A password is needed.")
    documents = FakeDocuments([document_row(1), locked])
    page = page_of(desk, documents)
    shown(page)
    page.refresh()
    until(qtbot, lambda: page.model.row(1) is not None and len(page.unread_model.rows) == 1)
    assert not page.details.password.isVisible()
    page.ask_password("v2")
    assert page.details.password.hasFocus()
    qtbot.keyClicks(page.details.password, "wrong")
    with qtbot.waitSignal(page.passwords_given) as given:
        qtbot.keyClick(page.details.password, Qt.Key.Key_Return)
    assert given.args == [["wrong"]]
    assert page.details.password.text() == ""
    assert page.details.told.text() == TRYING
    page.passwords_offered()
    until(qtbot, lambda: page.details.told.text() == REFUSED)
    qtbot.keyClicks(page.details.password, "right")
    qtbot.mouseClick(page.details.unlock, Qt.MouseButton.LeftButton)
    documents.all = [document_row(1), document_row(2, "new")]
    page.passwords_offered()
    until(qtbot, lambda: desk.operations.live == 0 and page.model.row(1) is not None)
    assert page.details.told.text() == TRYING
    documents.all = [document_row(1), document_row(2)]
    page.refresh()
    until(qtbot, lambda: page.model.index(1, 4).data() == "Searchable")
    page.table.selectRow(1)
    assert not page.details.password.isVisible()


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the platform without a screen says it of every dialog
def test_several_passwords_are_tried_at_once_and_what_opened_is_counted(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    rows = [
        document_row(number, "unreadable", coverage=Coverage.ENCRYPTED, reason="A password is needed.")
        for number in range(4)
    ]
    rows[3] = document_row(3, unreadable=1, needs_password=True, reason="A password is needed for a part.")
    documents = FakeDocuments(rows)
    page = page_of(desk, documents)
    shown(page)
    page.refresh()
    until(qtbot, lambda: page.model.row(3) is not None and len(page._unfinished) == 4)
    assert page.model.index(3, 4).data() == "Part of it is encrypted"
    page.ask_password("v1")
    qtbot.mouseClick(page.details.several, Qt.MouseButton.LeftButton)
    dialog = page.findChild(PasswordsDialog)
    assert dialog is not None
    dialog.field.setPlainText("first\n\n second \n")
    with qtbot.waitSignal(page.passwords_given) as given:
        qtbot.mouseClick(dialog.unlock, Qt.MouseButton.LeftButton)
    assert given.args == [["first", " second "]]
    assert dialog.field.toPlainText() == ""
    documents.all = [document_row(number, "new") for number in range(4)]
    page.passwords_offered()
    until(qtbot, lambda: page.model.index(1, 4).data() == "Waiting to be read")
    assert desk.messages.shown == ()
    documents.all = [document_row(0), document_row(1, "read"), rows[2], document_row(3)]
    page.refresh()
    until(qtbot, lambda: len(desk.messages.shown) == 1)
    [told] = desk.messages.shown
    assert (told.title, told.text) == ("3 documents opened", "1 document still needs a password.")


def test_changes_refresh_the_page_without_losing_the_selection(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    rows, _ = reading_rows()
    documents = FakeDocuments(rows)
    page = page_of(desk, documents)
    shown(page)
    page.refresh()
    until(qtbot, lambda: page.model.row(3) is not None)
    page.table.selectRow(3)
    documents.all = [*rows, document_row(30)]
    documents.all[8] = document_row(8, "indexed")
    page.take_changes(Changes.of(Topic.DOCUMENTS))
    until(qtbot, lambda: page.model.index(8, 4).data() == "Searchable")
    assert page.model.rowCount() == 13
    assert page.table.currentIndex().row() == 3


def test_enter_opens_a_document_and_an_unreadable_page_opens_at_its_page(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    rows, _ = reading_rows()
    page = page_of(desk, FakeDocuments(rows))
    shown(page)
    page.refresh()
    until(qtbot, lambda: page.model.row(1) is not None and len(page.unread_model.rows) == 4)
    page.table.selectRow(1)
    with qtbot.waitSignal(page.opened, timeout=10_000) as opened:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == ["v1", "5 Property/Lease with Northgate.pdf", 1]
    page.show_unreadable()
    page.unread.selectRow(1)
    with qtbot.waitSignal(page.opened, timeout=10_000) as opened:
        qtbot.keyClick(page.unread, Qt.Key.Key_Return)
    assert opened.args == ["v2", rows[2].path, 2]


def test_every_control_has_a_name(desk: Desk, shown: Show) -> None:
    page = page_of(desk, FakeDocuments([]))
    shown(page)
    for control in page.findChildren(QAbstractButton):
        assert control.text() or control.accessibleName() or control.objectName().startswith("qt_")
    assert page.table.accessibleName()
