"""An answer from sheets: the figure on top, where it was computed from, and the query folded away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.chat.events import Done
from datazoom_desktop.chat.model import TABLES, Answer, Citation, Claim, Verdict
from datazoom_desktop.chat.ui import computed_words
from datazoom_desktop.chat.ui.answer_card import AnswerCard
from datazoom_desktop.chat.ui.ask_page import AskPage
from datazoom_desktop.chat.ui.numbering import Numbering
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.shell.theme.tokens import LIGHT
from tests.support.fake_workspace import LINES, FakeChat, answer, citation, quoted
from tests.support.qt_window import until

Show = Callable[[QWidget], None]
PageOf = Callable[[FakeChat], AskPage]

pytestmark = pytest.mark.usefixtures("room")  # made before the window, and so closed after it

SQL = 'SELECT sum("mrr")\nFROM "customers"\nWHERE "mrr" < 5'


def cell(place: str, start: int) -> Citation:
    return Citation(
        "d2", "v2", "3 Commercial/Customers.csv", 1, Span(start, start + 3), "100", Verdict.VERIFIED, cells=place
    )


def computed() -> Answer:
    claim = Claim("MRR, added up over 2 rows: 350.", (cell("C2:C3", 20), cell("C4", 40)))
    lease = Claim(LINES[1], (citation(7, 1),))
    return answer(
        claims=(claim, lease),
        text=claim.text,
        engine=TABLES,
        sql=SQL,
        remarks=("Row 3 is hidden, and counted.",),
        timings_ms={"total": 240.0},
    )


def finished(page: AskPage, qtbot: QtBot) -> AnswerCard:
    page.field.setFocus()
    qtbot.keyClicks(page.field, "What is the total MRR?")
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    until(qtbot, lambda: not page.asking)
    return page.cards[-1]


def test_a_computed_answer_says_where_from_and_keeps_its_query_folded(
    shown: Show, page_of: PageOf, qtbot: QtBot
) -> None:
    page = page_of(FakeChat([Done(computed())]))
    shown(page)
    card = finished(page, qtbot)
    assert "MRR, added up over 2 rows: 350." in card.written.toPlainText()
    assert LINES[1] not in card.written.toPlainText()
    told = card.computed.toPlainText()
    assert "Computed from Customers, C2:C3; Customers, C4." in told
    assert "Row 3 is hidden, and counted." in told
    assert "SELECT" not in told
    card.computed.followed.emit(computed_words.QUERY_ADDRESS)
    assert 'WHERE "mrr" < 5' in card.computed.toPlainText()
    assert "Computed from the sheets in 0.2 seconds." in card.coverage.toPlainText()
    shown_chips = [b.text() for b in card.sources.findChildren(QPushButton) if b.isVisibleTo(card)]
    assert shown_chips == ["1   Customers, C2:C3", "2   Customers, C4"]


def test_a_copied_answer_has_its_query(shown: Show, page_of: PageOf, qtbot: QtBot) -> None:
    page = page_of(FakeChat([Done(computed())]))
    shown(page)
    card = finished(page, qtbot)
    card.copy_answer()
    pasted = QApplication.clipboard().text()
    assert "MRR, added up over 2 rows: 350. [1][2]" in pasted
    assert SQL in pasted


def test_an_answer_of_quotes_says_nothing_of_a_query(shown: Show, page_of: PageOf, qtbot: QtBot) -> None:
    page = page_of(FakeChat([Done(quoted())]))
    shown(page)
    card = finished(page, qtbot)
    assert not card.computed.isVisible()
    assert computed_words.computed_text(quoted()) == ""


def test_the_query_is_escaped() -> None:
    assert "&lt; 5" in computed_words.computed_html(computed(), LIGHT, opened=True)


def test_a_cell_has_a_number_beside_that_of_the_quote_around_it() -> None:
    numbers = Numbering()
    around = Citation("d2", "v2", "3 Commercial/Customers.csv", 1, Span(0, 90), "x", Verdict.VERIFIED, cells="A1:C4")
    assert [numbers.number(c) for c in (around, cell("C4", 40), around)] == [1, 2, 1]
