"""The search page over a real room: typing, counting, unfolding, opening, mistakes, changes; by keyboard and by mouse."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.documents.service import Documents
from datazoom_desktop.documents.ui.viewer import Viewer
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.search.exact import Choose, ExactSearch
from datazoom_desktop.search.expression import Expression
from datazoom_desktop.search.model import ExactResult, Hit, Route, SearchResult
from datazoom_desktop.search.ui.places_model import AHEAD
from datazoom_desktop.search.ui.search_page import SearchPage, Way
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.storage.room import RoomStorage
from tests.support.answers import DEAL
from tests.support.fake_workspace import draw_page
from tests.support.qt_window import until
from tests.support.rooms import add_document, make_room

Show = Callable[[QWidget], None]
MANY_PAGES = 40


class Held(ExactSearch):
    """Exact search that can be held back or made to fail, and remembers what it was asked."""

    def __init__(self, storage: RoomStorage) -> None:
        super().__init__(storage, Documents(storage))
        self.gate: threading.Event | None = None
        self.problem: Problem | None = None
        self.asked: list[str] = []
        self.cancelled: list[str] = []
        self.places_read = 0

    def look(self, expression: Expression, choose: Choose, cancel: CancelToken | None = None) -> ExactResult:
        self.asked.append(str(expression))
        while self.gate is not None and not self.gate.wait(0.01):
            if cancel is not None and cancel.cancelled:
                self.cancelled.append(str(expression))
                cancel.check()
        if self.problem is not None:
            raise self.problem
        result = super().look(expression, choose, cancel)
        self.places_read += len(result.hits)
        return result


class Ranked:
    """A ranked search over the same room: every document's first page, in a route of its own."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.asked: list[tuple[str, tuple[str, ...] | None]] = []

    def search(self, question: str, k: int = 8, documents: Sequence[str] | None = None) -> SearchResult:
        self.asked.append((question, tuple(documents) if documents is not None else None))
        rows = self.documents.rows()
        named = tuple(row.document_id for row in rows if "lease" in question.casefold() and "Lease" in row.path)
        chosen = tuple(documents) if documents is not None else named
        hits = []
        for row in rows:
            if chosen and row.document_id not in chosen:
                continue
            view = self.documents.page(row.version_id, 1)
            text = view.text.strip()
            start = view.char_start + view.text.index(text)
            hits.append(
                Hit(
                    len(hits) + 1,
                    row.document_id,
                    row.version_id,
                    row.path,
                    1,
                    1,
                    _span(start, text),
                    text,
                    1.0,
                    (),
                    "",
                    0.5,
                )
            )
        return SearchResult(tuple(hits), Route(question, "", chosen, "names Lease" if named else ""), {"route": 1.0})


def _span(start: int, text: str):  # type: ignore[no-untyped-def]
    from datazoom_desktop.kernel.spans import Span

    return Span(start, start + len(text))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomStorage]:
    with make_room(tmp_path / "room") as storage:
        for path, pages in DEAL.items():
            add_document(storage, path, pages)
        yield storage


@pytest.fixture
def exact(room: RoomStorage) -> Held:
    return Held(room)


@pytest.fixture
def ranked(room: RoomStorage) -> Ranked:
    return Ranked(Documents(room))


@pytest.fixture
def page(desk: Desk, room: RoomStorage, exact: Held, ranked: Ranked, shown: Show, qtbot: QtBot) -> SearchPage:
    documents = Documents(room)
    made = SearchPage(desk, exact, ranked, documents, lambda: Viewer(desk, documents, draw_page))  # type: ignore[arg-type]
    shown(made)
    made.focus_field()
    return made


def type_in(page: SearchPage, qtbot: QtBot, text: str) -> None:
    page.field.setFocus()
    page.field.selectAll()
    qtbot.keyClicks(page.field, text)


def enter(page: SearchPage, qtbot: QtBot, text: str) -> None:
    type_in(page, qtbot, text)
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    until(qtbot, lambda: not page.searching and not page._typing.isActive())


def lines(page: SearchPage) -> list[str]:
    model = page.board.view.model()
    return [str(model.index(n, 0).data()) for n in range(model.rowCount())]


def words_on(page: SearchPage) -> str:
    return "\n".join(label.text() for label in page.states.currentWidget().findChildren(QLabel))


def click_line(page: SearchPage, qtbot: QtBot, line: int) -> None:
    view = page.board.view
    rect = view.visualRect(view.model().index(line, 0))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def test_what_is_typed_is_searched_for_after_a_rest_and_counted_by_document(page: SearchPage, qtbot: QtBot) -> None:
    assert "Search for exact words" in words_on(page)
    type_in(page, qtbot, "consent OR governed")
    until(qtbot, lambda: page.told is not None)
    assert page.parts.summary.text() == "5 places in 4 of 4 documents"
    assert page.parts.understood.text() == "“consent” or “governed”"
    assert lines(page)[:3] == [
        "Lease.pdf. 5 Property. 2 places",
        "p. 3. 9. Assignment. Tenant shall not assign this Lease or sublet the premises without the prior written consent of Landlord.",
        "p. 3. Landlord shall not unreasonably withhold its consent.",
    ]
    assert page.field.hasFocus()


def test_a_search_is_cancelled_by_the_next_and_typing_is_not_searched_letter_by_letter(
    page: SearchPage, exact: Held, qtbot: QtBot
) -> None:
    exact.gate = threading.Event()
    type_in(page, qtbot, "rent")
    until(qtbot, lambda: exact.asked == ["rent"])
    qtbot.keyClicks(page.field, " month")
    until(qtbot, lambda: exact.cancelled == ["rent"])
    until(qtbot, lambda: exact.asked == ["rent", "rent AND month"])
    exact.gate.set()
    until(qtbot, lambda: page.told is not None)
    assert page.parts.understood.text() == "“rent” and “month” in one document"
    assert len(exact.asked) == 2


def test_the_keyboard_goes_from_the_field_to_the_words_and_back(page: SearchPage, qtbot: QtBot) -> None:
    enter(page, qtbot, "consent")
    view = page.board.view
    until(qtbot, view.hasFocus)
    assert view.currentIndex().row() == 1
    qtbot.keyClick(view, Qt.Key.Key_Return)
    viewer = page.side.viewer
    assert viewer is not None
    until(qtbot, lambda: viewer.showing == "pages" and viewer.page == 3)
    assert page.side.position.text() == "1 of 2"
    until(qtbot, lambda: bool(viewer.canvas.shown_boxes()))
    qtbot.keyClick(view, Qt.Key.Key_Down)
    until(qtbot, lambda: page.side.position.text() == "2 of 2")
    qtbot.keyClick(page, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert page.side.position.text() == "1 of 2"
    viewer.focus_page()
    for focused in (view, page.field):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        until(qtbot, focused.hasFocus)
    assert page.side.isVisible()
    qtbot.keyClick(page.field, Qt.Key.Key_Escape)
    assert not page.side.isVisible()
    qtbot.keyClick(page.field, Qt.Key.Key_Down)
    assert view.hasFocus()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert page.field.hasFocus()


def test_a_click_opens_the_words_and_copy_gives_them_with_their_place(page: SearchPage, qtbot: QtBot) -> None:
    enter(page, qtbot, '"total liability"')
    click_line(page, qtbot, 1)
    viewer = page.side.viewer
    assert viewer is not None
    until(qtbot, lambda: viewer.showing == "pages" and viewer.page == 3)
    page.copy()
    assert QApplication.clipboard().text() == "“total liability” (Northgate supply.pdf, p. 3)"


def test_documents_are_folded_by_keyboard_and_mouse(page: SearchPage, qtbot: QtBot) -> None:
    enter(page, qtbot, "consent OR governed")
    view = page.board.view
    whole = view.model().rowCount()
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.currentIndex().row() == 0
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.model().rowCount() == whole - 2
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.model().rowCount() == whole
    click_line(page, qtbot, 0)
    assert view.model().rowCount() == whole - 2
    qtbot.keyClick(page, Qt.Key.Key_F3)
    assert view.model().rowCount() == whole
    until(qtbot, lambda: page.side.position.text() == "1 of 5")


def test_a_mistake_is_told_where_it_is_by_enter_at_once_and_while_typing_after_a_rest(
    page: SearchPage, exact: Held, qtbot: QtBot
) -> None:
    type_in(page, qtbot, 'rent "change of')
    assert page.field.mistake is None
    qtbot.keyClick(page.field, Qt.Key.Key_Return)
    assert page.field.mistake is not None
    assert page.field.selectedText() == '"'
    assert "This quotation mark is never closed" in words_on(page)
    type_in(page, qtbot, "rent AND")
    assert page.field.mistake is None
    until(qtbot, lambda: page.field.mistake is not None)
    assert "“AND” needs something after it" in words_on(page)
    qtbot.keyClicks(page.field, " month")
    until(qtbot, lambda: page.told is not None)
    assert page.field.mistake is None
    assert exact.asked == ["rent AND month"]


def test_nothing_found_says_what_was_searched_and_offers_the_other_way(page: SearchPage, qtbot: QtBot) -> None:
    enter(page, qtbot, "unobtainium")
    assert page.parts.summary.text() == "Nothing in 4 documents"
    assert "4 documents searched: 8 of 8 pages readable." in words_on(page)
    assert page.field.hasFocus()
    button = next(b for b in page.states.currentWidget().findChildren(QPushButton) if b.text() == "Search by meaning")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: page.told is not None and page.states.state == "content")
    assert page.way is Way.MEANING
    assert page.field.text() == "unobtainium"


def test_an_error_is_told_with_another_try(page: SearchPage, exact: Held, qtbot: QtBot) -> None:
    exact.problem = Problem("The disk is gone", "The room cannot be read.", "Connect the disk.")
    enter(page, qtbot, "rent")
    until(qtbot, lambda: "The disk is gone" in words_on(page))
    exact.problem = None
    again = next(b for b in page.states.currentWidget().findChildren(QPushButton) if b.text() == "Try again")
    qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: page.states.state == "content")


def test_a_slow_search_shows_a_skeleton_and_then_says_that_it_searches(
    page: SearchPage, exact: Held, qtbot: QtBot
) -> None:
    exact.gate = threading.Event()
    type_in(page, qtbot, "rent")
    until(qtbot, lambda: page.states.state == "loading" and page.parts.summary.text() == "Searching")
    exact.gate.set()
    until(qtbot, lambda: page.states.state == "content")


def test_a_document_added_a_second_ago_is_found_and_the_selection_stays(
    page: SearchPage, room: RoomStorage, qtbot: QtBot
) -> None:
    enter(page, qtbot, "consent")
    view = page.board.view
    view.setCurrentIndex(view.model().index(2, 0))
    add_document(room, "1 New/Letter.txt", ["We consent.\nYou consent.\nThey consent."])
    page.take_changes(Changes.of(Topic.PAGES))
    until(qtbot, lambda: page.parts.summary.text() == "5 places in 2 of 5 documents")
    assert "Landlord shall not unreasonably withhold its consent." in str(view.currentIndex().data())
    page.take_changes(Changes.of(Topic.CHAT))
    assert not page._changing.isActive()


def test_changes_while_the_page_is_hidden_are_looked_at_when_it_is_shown(
    page: SearchPage, room: RoomStorage, shown: Show, qtbot: QtBot
) -> None:
    enter(page, qtbot, "consent")
    shown(QWidget())
    add_document(room, "1 New/Letter.txt", ["We consent."])
    page.take_changes(Changes.of(Topic.DOCUMENTS))
    assert page.parts.summary.text() == "2 places in 1 of 4 documents"
    shown(page)
    until(qtbot, lambda: page.parts.summary.text() == "3 places in 2 of 5 documents")


def test_of_a_common_word_only_what_is_looked_at_is_read(
    page: SearchPage, room: RoomStorage, exact: Held, qtbot: QtBot
) -> None:
    for number in range(30):
        add_document(room, f"8 Bulk/{number:02d}.txt", ["the tide and the quay\n" * 9] * MANY_PAGES)
    enter(page, qtbot, "tide")
    view = page.board.view
    assert page.parts.summary.text() == f"{30 * 9 * MANY_PAGES:,} places in 30 of 34 documents"
    assert exact.places_read < AHEAD
    before = exact.places_read
    qtbot.keyClick(view, Qt.Key.Key_End)
    until(qtbot, lambda: "Show all 360 places" in lines(page)[-1])
    until(qtbot, lambda: exact.places_read > before and page._desk.operations.live == 0)
    assert exact.places_read < 4 * AHEAD
    qtbot.keyClick(view, Qt.Key.Key_Return)
    until(qtbot, lambda: page.side.isVisible())
    assert view.model().rowCount() > 30 * 7 + 300
    until(qtbot, lambda: page.side.position.text() == f"{29 * 360 + 6:,} of 10,800")


def test_only_documents_are_counted_where_only_documents_are_chosen(page: SearchPage, qtbot: QtBot) -> None:
    enter(page, qtbot, "type:nda")
    assert page.parts.summary.text() == "2 of 4 documents"
    assert lines(page)[0] == "NDA Corvid.txt. 3 Commercial"


def test_the_help_puts_an_example_into_the_field(page: SearchPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page, Qt.Key.Key_F1)
    assert page.help.isVisible()
    button = next(b for b in page.help.findChildren(QPushButton) if b.text() == "assign*")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not page.help.isVisible()
    until(qtbot, lambda: page.told is not None)
    assert page.field.text() == "assign*"
    qtbot.mouseClick(page.parts.help, Qt.MouseButton.LeftButton)
    assert page.help.isVisible()
    qtbot.mouseClick(page.field, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert not page.help.isVisible()


def test_by_meaning_says_where_it_looks_and_looks_elsewhere_by_one_click(
    page: SearchPage, ranked: Ranked, qtbot: QtBot
) -> None:
    qtbot.mouseClick(page.parts.ways[1], Qt.MouseButton.LeftButton)
    assert "Search by meaning" in words_on(page)
    enter(page, qtbot, "Consider the lease; who must consent?")
    until(qtbot, lambda: page.told is not None)
    assert page.parts.understood.text() == "Searching 1 of 4 documents: Lease.pdf"
    assert page.parts.summary.text() == "1 passage, best first"
    assert lines(page)[0].startswith("Lease.pdf. 5 Property. p. 1. OFFICE LEASE.")
    qtbot.mouseClick(page.meaning.whole, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: page.parts.summary.text() == "4 passages, best first")
    assert page.parts.understood.text() == "Searching all 4 documents"
    assert ranked.asked[-1] == ("Who must consent?", None)
    assert not page.meaning.whole.isVisible()


def test_documents_are_chosen_by_ticking_them(
    page: SearchPage, ranked: Ranked, room: RoomStorage, qtbot: QtBot
) -> None:
    page.choose_way(Way.MEANING)
    enter(page, qtbot, "duty of confidence")
    until(qtbot, lambda: page.told is not None)
    qtbot.mouseClick(page.meaning.choose, Qt.MouseButton.LeftButton)
    card = page.meaning.card
    until(qtbot, card.isVisible)
    assert not card.search.isEnabled()
    qtbot.keyClicks(card.filter, "nda")
    assert [choice.name for choice in card.model.shown] == ["NDA Corvid.txt", "NDA Tarn.txt"]
    qtbot.keyClick(card.filter, Qt.Key.Key_Down)
    qtbot.keyClick(card.list, Qt.Key.Key_Space)
    assert card.search.text() == "Search 1 document"
    card.search.setFocus()
    qtbot.mouseClick(card.search, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: page.parts.understood.text() == "Searching 1 of 4 documents: NDA Corvid.txt")
    enter(page, qtbot, "another question")
    until(qtbot, lambda: ranked.asked[-1][0] == "another question")
    assert ranked.asked[-1][1] is not None


def test_an_empty_room_leads_to_its_documents(desk: Desk, tmp_path: Path, shown: Show, qtbot: QtBot) -> None:
    with make_room(tmp_path / "empty") as storage:
        documents = Documents(storage)
        page = SearchPage(desk, Held(storage), Ranked(documents), documents, lambda: Viewer(desk, documents, draw_page))  # type: ignore[arg-type]
        shown(page)
        enter(page, qtbot, "rent")
        until(qtbot, lambda: "There are no documents yet" in words_on(page))
        with qtbot.waitSignal(page.documents_asked):
            button = next(iter(page.states.currentWidget().findChildren(QPushButton)))
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_every_control_has_a_name(page: SearchPage) -> None:
    for control in page.findChildren(QAbstractButton):
        assert control.text() or control.accessibleName() or control.objectName().startswith("qt_")
    assert page.exact.view.accessibleName()
    assert page.field.accessibleName()
