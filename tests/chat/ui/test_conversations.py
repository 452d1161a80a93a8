"""Conversations on the ask page: listed, opened, gone on with, found, renamed, deleted, exported, by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.chat.events import Done
from datazoom_desktop.chat.ui import talks
from datazoom_desktop.chat.ui.answer_card import AnswerCard
from datazoom_desktop.chat.ui.ask_page import AskPage
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.storage.room import RoomStorage
from tests.support.fake_workspace import FakeChat, answer, not_found, quoted
from tests.support.qt_window import until

pytestmark = pytest.mark.usefixtures("room")  # made before the window, and so closed after it

Show = Callable[[QWidget], None]
PageOf = Callable[[FakeChat], AskPage]
QUESTION = "What is the monthly rent in the lease with Northgate?"


def asked(page: AskPage, qtbot: QtBot, question: str) -> AnswerCard:
    """Type a question, wait for its answer and until the list has it."""
    page.field.setFocus()
    qtbot.keyClicks(page.field, question)
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    until(qtbot, lambda: not page.asking and page.cards[-1].turn is not None)
    settled(page, qtbot)
    return page.cards[-1]


def settled(page: AskPage, qtbot: QtBot) -> None:
    until(qtbot, lambda: page._desk.operations.live == 0)
    qtbot.wait(150)  # what the room tells of itself arrives a tenth of a second later
    until(qtbot, lambda: page._desk.operations.live == 0)


def titles(page: AskPage) -> list[str]:
    listing = page.talks.panel.list
    return [item.text() for n in range(listing.count()) if (item := listing.item(n)) is not None]


def two(page: AskPage, qtbot: QtBot) -> None:
    """Keep two conversations; the second is open."""
    asked(page, qtbot, QUESTION)
    qtbot.mouseClick(page.talks.panel.new, Qt.MouseButton.LeftButton)
    asked(page, qtbot, "Is there a pension scheme?")


def test_a_question_begins_a_conversation_and_the_next_one_goes_on_with_it(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    chat = FakeChat([Done(quoted())])
    page = page_of(chat)
    shown(page)
    settled(page, qtbot)
    assert not page.talks.panel.isVisible(), "nothing is listed while there is nothing"
    assert not page.bar.isVisible()
    asked(page, qtbot, QUESTION)
    assert page.talks.panel.isVisible()
    assert (titles(page), page.bar.title.whole) == ([QUESTION], QUESTION)
    card = asked(page, qtbot, "And for how long?")
    assert titles(page) == [QUESTION]
    current = page.talks.panel.current()
    assert current is not None
    assert current.told.startswith("2 questions · ")
    assert card.question.text() == "And for how long?"
    assert card.continues.isVisible()
    assert card.continues.words.whole.startswith("Continues: Lease with Northgate · ")
    assert chat.asked[-1][0].startswith("For how long, as to ")


def test_what_a_question_will_take_over_is_shown_while_it_is_typed_and_can_be_left_out(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    chat = FakeChat([Done(quoted())])
    page = page_of(chat)
    shown(page)
    asked(page, qtbot, QUESTION)
    qtbot.keyClicks(page.field, "And for how long?")
    until(qtbot, page.continues.isVisible)
    assert "Lease with Northgate" in page.continues.words.whole
    assert "For how long, as to" in page.continues.words.toolTip()
    qtbot.mouseClick(page.continues.close_button, Qt.MouseButton.LeftButton)
    assert not page.continues.isVisible()
    settled(page, qtbot)
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    until(qtbot, lambda: not page.asking and page.cards[-1].turn is not None)
    assert chat.asked[-1] == ("And for how long?", None)
    assert not page.cards[-1].continues.isVisible()
    asked(page, qtbot, "Is there a pension scheme for everybody?")
    assert chat.asked[-1][0] == "Is there a pension scheme for everybody?", "left out once, not for ever"


def test_a_question_is_asked_again_without_what_it_took_over_by_one_click(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    chat = FakeChat([Done(quoted())])
    page = page_of(chat)
    shown(page)
    asked(page, qtbot, QUESTION)
    card = asked(page, qtbot, "And for how long?")
    qtbot.mouseClick(card.continues.close_button, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: len(page.cards) == 3 and page.cards[-1].turn is not None)
    assert chat.asked[-1] == ("And for how long?", None)
    assert page.cards[-1].question.text() == "And for how long?"
    assert not page.cards[-1].continues.isVisible()


def test_a_conversation_is_opened_and_its_citations_open_the_words(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    page = page_of(FakeChat([Done(answer())]))
    shown(page)
    two(page, qtbot)
    assert len(page.cards) == 1
    listing = page.talks.panel.list
    qtbot.mouseClick(
        listing.viewport(), Qt.MouseButton.LeftButton, pos=listing.visualItemRect(listing.item(1)).center()
    )
    until(qtbot, lambda: bool(page.cards) and page.cards[0].question.text() == QUESTION)
    settled(page, qtbot)
    [card] = page.cards
    assert page.bar.title.whole == QUESTION
    assert "31 December 2028" in card.written.toPlainText()
    assert "Searched 60 of 61 pages" in card.coverage.toPlainText()
    card.written.anchorClicked.emit(QUrl("cite:2"))
    until(qtbot, lambda: page.viewer is not None and page.viewer.page == 7 and desk.operations.live == 0)
    asked(page, qtbot, "And for how long?")
    assert [c.question.text() for c in page.cards] == [QUESTION, "And for how long?"]
    assert titles(page)[0] == QUESTION, "the one asked last stands first"


def test_words_are_found_and_the_question_that_has_them_is_opened_by_keyboard(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    chat = FakeChat([Done(answer())])
    page = page_of(chat)
    shown(page)
    asked(page, qtbot, QUESTION)
    chat.events = [Done(not_found())]
    qtbot.mouseClick(page.talks.panel.new, Qt.MouseButton.LeftButton)
    asked(page, qtbot, "Is there a pension scheme?")
    qtbot.keyClick(page.field, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = page.talks.panel.field
    assert field.hasFocus()
    qtbot.keyClicks(field, '"180 days" lease')
    until(qtbot, lambda: titles(page) == [QUESTION])
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert page.talks.panel.list.hasFocus()
    qtbot.keyClick(page.talks.panel.list, Qt.Key.Key_Return)
    until(qtbot, lambda: page.bar.title.whole == QUESTION)
    field.setFocus()
    field.clear()
    qtbot.keyClicks(field, "xylophone")
    until(qtbot, lambda: titles(page) == [] and page.talks.panel.none.isVisible())
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    until(qtbot, lambda: len(titles(page)) == 2)
    assert page.field.hasFocus()
    assert not page.talks.panel.none.isVisible()


def test_of_very_many_questions_found_the_first_are_listed_and_the_others_counted(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talks, "LISTED", 1)
    page = page_of(FakeChat([Done(answer())]))
    shown(page)
    two(page, qtbot)
    page.talks.panel.field.setText("180")
    until(qtbot, lambda: len(titles(page)) == 1)
    assert page.talks.panel.none.isVisible()
    assert page.talks.panel.none.text() == "1 more question not listed: type more words."


def test_words_of_documents_and_questions_are_never_taken_for_marks(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    page = page_of(FakeChat([Done(answer())]))
    shown(page)
    asked(page, qtbot, "Is <b>this</b> <img src='file:///x.png'> bold?")
    item = page.talks.panel.list.item(0)
    assert item is not None
    assert item.toolTip() == "<qt>Is &lt;b&gt;this&lt;/b&gt; &lt;img src=&#x27;file:///x.png&#x27;&gt; bold?</qt>"
    assert page.bar.title.textFormat() is Qt.TextFormat.PlainText
    page.continues.show_words("<i>Lease</i>", "<u>x</u>")
    assert page.continues.words.textFormat() is Qt.TextFormat.PlainText
    assert "&lt;i&gt;Lease&lt;/i&gt;<br>Searched for as “&lt;u&gt;x&lt;/u&gt;”" in page.continues.words.toolTip()


def test_a_conversation_is_renamed_in_its_line(desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot) -> None:
    page = page_of(FakeChat([Done(answer())]))
    shown(page)
    asked(page, qtbot, QUESTION)
    listing = page.talks.panel.list
    listing.setFocus()
    qtbot.keyClick(listing, Qt.Key.Key_F2)
    editor = listing.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == QUESTION
    editor.setText("  Lease   review ")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    until(qtbot, lambda: titles(page) == ["Lease review"] and page.bar.title.whole == "Lease review")
    settled(page, qtbot)
    qtbot.mouseClick(page.bar.rename, Qt.MouseButton.LeftButton)
    editor = listing.findChild(QLineEdit)
    assert editor is not None
    editor.setText("Never mind")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    settled(page, qtbot)
    assert titles(page) == ["Lease review"]
    assert desk.messages.shown == ()


def test_a_deleted_conversation_leaves_the_page_and_undo_brings_it_back(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot, room: RoomStorage
) -> None:
    page = page_of(FakeChat([Done(answer())]))
    shown(page)
    two(page, qtbot)
    listing = page.talks.panel.list
    listing.setFocus()
    qtbot.keyClick(listing, Qt.Key.Key_Delete)
    until(qtbot, lambda: titles(page) == [QUESTION])
    settled(page, qtbot)
    assert page.cards == []
    assert page.states.state == "told"
    assert not page.bar.isVisible()
    with room.db.read() as cursor:
        assert cursor.execute("SELECT DISTINCT question FROM turns").fetchall() == [(QUESTION,)]
    [message] = desk.messages.shown
    assert message.title == "“Is there a pension scheme?” was deleted"
    undo = next(b for b in desk.messages.findChildren(QPushButton) if b.text() == "Undo")
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: len(titles(page)) == 2 and len(page.cards) == 1)
    assert page.bar.title.whole == "Is there a pension scheme?"


def test_the_menu_of_a_line_offers_what_can_be_done(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    places: list[QPoint] = []
    monkeypatch.setattr(QMenu, "popup", lambda _menu, at: places.append(at))  # there is no screen to show it on
    page = page_of(FakeChat([Done(answer())]))
    shown(page)
    two(page, qtbot)
    listing = page.talks.panel.list
    where = listing.visualItemRect(listing.item(1)).center()
    QApplication.sendEvent(listing, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, QPoint(0, 0)))
    assert places == [listing.viewport().mapToGlobal(where)]
    menu = listing.findChild(QMenu)
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["Open", "Rename", "Export…", "Delete"]
    menu.actions()[3].trigger()
    menu.close()
    menu.deleteLater()
    until(qtbot, lambda: titles(page) == ["Is there a pension scheme?"])


def test_a_conversation_is_exported_to_the_file_that_is_chosen(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(FakeChat([Done(answer())]))
    shown(page)
    asked(page, qtbot, QUESTION)
    offered: list[str] = []

    def choose(_parent: QWidget, _title: str, name: str, kinds: str) -> tuple[str, str]:
        offered.append(name)
        return str(tmp_path / "review"), kinds.split(";;")[1]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    qtbot.mouseClick(page.bar.export, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: bool(desk.messages.shown))
    assert desk.messages.shown[0].title == "Wrote review.md"
    assert f"## {QUESTION}" in (tmp_path / "review.md").read_text(encoding="utf-8")
    assert offered == ["what-is-the-monthly-rent-in-the-lease-with-northga.docx"[:48].rstrip("-") + ".docx"]


def test_what_became_of_a_cited_document_is_told_as_soon_as_it_happens(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot, room: RoomStorage
) -> None:
    page = page_of(FakeChat([Done(quoted())]))
    shown(page)
    card = asked(page, qtbot, QUESTION)
    gone = "This document is no longer in the room."

    def told(of: AnswerCard) -> int:
        return sum(label.text() == gone for label in of.quotes.findChildren(QLabel) if label.isVisible())

    assert told(card) == 0
    room.db.write(lambda tx: tx.execute("DELETE FROM paths WHERE document_id = 'd1'"))
    page.take_changes(Changes.of(Topic.DOCUMENTS))
    until(qtbot, lambda: told(card) == 2)
    written = page_of_written(page, qtbot)
    assert written.notes.text() == f"1, 2, 3: {gone}"
    assert written.notes.isVisible()


def page_of_written(page: AskPage, qtbot: QtBot) -> AnswerCard:
    """Ask again, now that a model writes."""
    page._conversations._chat.events = [Done(answer())]  # type: ignore[attr-defined]
    return asked(page, qtbot, "Once more, please?")


def test_the_list_makes_room_for_a_document_where_the_window_is_narrow(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    page = page_of(FakeChat([Done(answer())]))
    shown(page)
    page.window().resize(1280, 800)
    card = asked(page, qtbot, QUESTION)
    assert page.talks.panel.isVisible()
    page.open_citation(card, 1)
    assert not page.talks.panel.isVisible()
    page.close_viewer()
    assert page.talks.panel.isVisible()
    page.window().resize(1920, 1080)
    page.open_citation(card, 1)
    assert page.talks.panel.isVisible()
    settled(page, qtbot)


def test_every_control_of_conversations_has_a_name(desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot) -> None:
    page = page_of(FakeChat([Done(answer())]))
    shown(page)
    asked(page, qtbot, QUESTION)
    for control in page.findChildren(QAbstractButton):
        assert control.text() or control.accessibleName() or control.objectName().startswith("qt_")
    for widget in (page.talks.panel.field, page.talks.panel.list):
        assert widget.accessibleName()
    item = page.talks.panel.list.item(0)
    assert item is not None
    assert "1 question" in item.data(Qt.ItemDataRole.AccessibleTextRole)
