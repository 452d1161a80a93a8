"""The ask page through its states: empty, quotes first, writing, answered, partial, not found, stopped, failed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.chat.events import Done, Quoted
from datazoom_desktop.chat.model import AnswerStatus
from datazoom_desktop.chat.ui.answer_card import AnswerCard
from datazoom_desktop.chat.ui.ask_page import AskPage
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.rich_text import ReadingText
from tests.support.fake_workspace import (
    LINES,
    FakeChat,
    answer,
    not_found,
    quoted,
)
from tests.support.qt_window import until

Show = Callable[[QWidget], None]
PageOf = Callable[[FakeChat], AskPage]


pytestmark = pytest.mark.usefixtures("room")  # made before the window, and so closed after it


def ask(page: AskPage, qtbot: QtBot, question: str = "When does the lease end?") -> AnswerCard:
    page.field.setFocus()
    qtbot.keyClicks(page.field, question)
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    return page.cards[-1]


def chips(card: QWidget) -> list[str]:
    return [b.text() for b in card.findChildren(QPushButton) if b.property("kind") == "citation" and b.isVisible()]


def test_enter_sends_and_shift_enter_breaks_the_line(desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot) -> None:
    page = page_of(FakeChat())
    shown(page)
    assert page.states.state == "told"
    page.field.setFocus()
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    assert page.cards == []
    qtbot.keyClicks(page.field, "When does")
    qtbot.keyClick(page.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(page.field, "it end?")
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    assert page.cards[0].question.text() == "When does it end?"
    until(qtbot, lambda: not page.asking)


def test_quotes_come_first_and_stay_while_the_answer_grows_above_them(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    chat = FakeChat()
    chat.events = [*chat.events[:3], chat.events[-1]]
    chat.gate = threading.Event()
    page = page_of(chat)
    shown(page)
    card = ask(page, qtbot)
    until(qtbot, lambda: "It expires on 31 December 2028." in card.written.toPlainText())
    assert page.stop.isVisible()
    assert chips(card) == ["1   Lease with Northgate, p. 7", "2   Lease with Northgate, p. 7"]
    assert "cite:" not in card.written.toHtml()  # unchecked words carry no citation
    assert card.written.y() < card.quotes.y()
    chat.gate.set()
    until(qtbot, lambda: not page.asking)
    assert 'href="cite:3"' in card.written.toHtml()
    assert chips(card.quotes) == ["1   Lease with Northgate, p. 7", "2   Lease with Northgate, p. 7"]
    assert "Searched 60 of 61 pages in 2 documents." in card.coverage.toPlainText()
    assert card.working.text() == "Searched 2 of 41 documents: Lease, Amendment 1"


def test_every_word_of_a_quote_is_visible(desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot) -> None:
    long = quoted()
    page = page_of(FakeChat([Done(long)]))
    shown(page)
    card = ask(page, qtbot)
    until(qtbot, lambda: not page.asking)
    for text in card.quotes.findChildren(ReadingText):
        assert text.height() >= text.document().size().height()


def test_a_citation_opens_beside_the_answer_and_the_next_by_key(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    page = page_of(FakeChat())
    shown(page)
    card = ask(page, qtbot)
    until(qtbot, lambda: not page.asking)
    card.written.anchorClicked.emit(QUrl("cite:1"))
    until(qtbot, lambda: page.viewer is not None and page.viewer.page == 7 and desk.operations.live == 0)
    assert page.viewer is not None
    assert page.viewer.isVisible()
    assert page.position.text() == "1 of 3"
    assert not page.previous.isEnabled()
    page.field.setFocus()
    qtbot.keyClick(page.field, Qt.Key.Key_F3)
    qtbot.keyClick(page.field, Qt.Key.Key_F3)
    until(qtbot, lambda: page.viewer is not None and page.viewer.page == 8)
    assert page.position.text() == "3 of 3"
    assert not page.next.isEnabled()
    qtbot.keyClick(page.field, Qt.Key.Key_Escape)
    assert not page.viewer.isVisible()


def test_the_document_beside_belongs_to_the_answer_given_last(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    page = page_of(FakeChat())
    shown(page)
    first = ask(page, qtbot)
    until(qtbot, lambda: not page.asking)
    page.open_citation(first, 2)
    page.ask("And the rent?")
    until(qtbot, lambda: not page.asking)
    latest = page.cards[-1]
    assert latest is not first
    assert page._open == (latest, latest.first)
    assert latest.first == latest.numbers.number(latest.claims[0].citations[0])


def test_a_withheld_sentence_is_one_soft_line_until_asked_for(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    final = answer(AnswerStatus.PARTIAL, withheld=("Rent rises by 3 per cent.",))
    page = page_of(FakeChat([Quoted(quoted()), Done(final)]))
    shown(page)
    card = ask(page, qtbot)
    until(qtbot, lambda: not page.asking)
    assert "One sentence was withheld" in card.withheld.toPlainText()
    assert "Rent rises" not in card.withheld.toPlainText()
    card.withheld.followed.emit("withheld")
    assert "Rent rises by 3 per cent." in card.withheld.toPlainText()


def test_not_found_is_an_answer_with_what_was_searched_and_the_nearest_passages(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    page = page_of(FakeChat([Done(not_found())]))
    shown(page)
    card = ask(page, qtbot, "Is there a pension scheme?")
    until(qtbot, lambda: not page.asking)
    assert "The documents do not say." in card.written.toPlainText()
    assert card.quotes.title.text() == "Nearest passages"
    assert len(chips(card)) == 2
    with qtbot.waitSignal(page.unreadable_asked, timeout=5_000):
        card.coverage.followed.emit("unreadable")


def test_escape_stops_an_answer_and_what_was_found_stays(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    chat = FakeChat()
    chat.gate = threading.Event()
    page = page_of(chat)
    shown(page)
    card = ask(page, qtbot)
    until(qtbot, lambda: len(card.claims) == 2)
    qtbot.keyClick(page.field, Qt.Key.Key_Escape)
    assert not page.asking
    assert "Stopped" in card.working.text()
    assert "31 December 2028" in card.written.toPlainText()
    until(qtbot, lambda: desk.operations.live == 0)
    assert card.answer is not None
    assert card.answer.engine == "quote"  # the final answer never arrived


def test_a_second_question_stops_the_first(desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot) -> None:
    chat = FakeChat()
    chat.gate = threading.Event()
    page = page_of(chat)
    shown(page)
    first = ask(page, qtbot, "One?")
    until(qtbot, lambda: len(first.claims) == 2)
    second = ask(page, qtbot, "Two?")
    chat.gate.set()
    until(qtbot, lambda: second.answer is not None and not page.asking)
    assert "Stopped" in first.working.text()


@pytest.mark.parametrize("error", [Problem("No room", "The room is closed."), RuntimeError("bug")])
def test_a_failure_is_told_once_and_the_page_can_ask_again(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot, error: Exception
) -> None:
    chat = FakeChat()
    chat.problem = error
    page = page_of(chat)
    shown(page)
    card = ask(page, qtbot)
    until(qtbot, lambda: bool(desk.messages.shown))
    assert len(desk.messages.shown) == 1
    assert card.working.text() == "This question could not be answered."
    chat.problem = None
    again = ask(page, qtbot)
    until(qtbot, lambda: not page.asking)
    assert again.claims


def test_the_answer_is_copied_with_citations_and_follows_the_theme(
    desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    page = page_of(FakeChat())
    shown(page)
    card = ask(page, qtbot)
    until(qtbot, lambda: not page.asking)
    qtbot.mouseClick(card.copy, Qt.MouseButton.LeftButton)
    assert LINES[1] in QApplication.clipboard().text()
    before = card.written.toHtml()
    desk.theme.switch()
    assert card.written.toHtml() != before
    desk.theme.switch()


def test_every_control_has_a_name(desk: Desk, shown: Show, page_of: PageOf, qtbot: QtBot) -> None:
    page = page_of(FakeChat())
    shown(page)
    card = ask(page, qtbot)
    until(qtbot, lambda: not page.asking)
    page.open_citation(card, 1)
    until(qtbot, lambda: desk.operations.live == 0)
    for control in page.findChildren(QAbstractButton):
        assert control.text() or control.accessibleName() or control.objectName().startswith("qt_")
    assert page.field.accessibleName()
