"""The evaluation page over a real room: choosing questions, running, stopping, reading and comparing outcomes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.chat.evaluations.model import End
from datazoom_desktop.chat.evaluations.service import Evaluations
from datazoom_desktop.chat.ui.evaluation_page import EvaluationPage
from datazoom_desktop.chat.ui.evaluation_words import Shown
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.documents.ui.viewer import Viewer
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.storage.room import RoomStorage
from tests.support.answers import DEAL
from tests.support.fake_workspace import draw_page
from tests.support.qt_window import until
from tests.support.questions import ANSWERS, LAW, RENT, TEXT, NoSearch, ToldChat
from tests.support.rooms import add_document, make_room

Show = Callable[[QWidget], None]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomStorage]:
    with make_room(tmp_path / "room") as storage:
        for path, pages in DEAL.items():
            add_document(storage, path, pages)
        yield storage


@pytest.fixture
def chat(room: RoomStorage) -> ToldChat:
    return ToldChat(Documents(room), dict(ANSWERS))


@pytest.fixture
def evaluations(room: RoomStorage, chat: ToldChat) -> Evaluations:
    return Evaluations(room, chat, NoSearch(), Documents(room))  # type: ignore[arg-type]


@pytest.fixture
def page(desk: Desk, room: RoomStorage, evaluations: Evaluations, shown: Show, qtbot: QtBot) -> EvaluationPage:
    documents = Documents(room)
    made = EvaluationPage(desk, evaluations, lambda: Viewer(desk, documents, draw_page))
    shown(made)
    until(qtbot, lambda: made.states.state == "told" and desk.operations.live == 0)
    return made


def press(qtbot: QtBot, button: QAbstractButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def words_on(page: EvaluationPage) -> str:
    return "\n".join(label.text() for label in page.states.currentWidget().findChildren(QLabel) if label.isVisible())


def ready(page: EvaluationPage, tmp_path: Path, qtbot: QtBot, text: str = TEXT) -> None:
    file = tmp_path / "deal.jsonl"
    file.write_text(text, encoding="utf-8")
    page.take_file(file)
    until(qtbot, lambda: page.parts.sets.text() == "deal.jsonl")


def run_all(page: EvaluationPage, qtbot: QtBot) -> None:
    press(qtbot, page.parts.run)
    until(qtbot, lambda: page.shown is not None and page.shown.end is End.DONE and not page.running)


def results(page: EvaluationPage) -> list[tuple[str, str]]:
    model = page.model
    return [(str(model.index(n, 0).data()), str(model.index(n, 2).data())) for n in range(model.rowCount())]


def test_a_room_without_runs_says_what_the_page_is_for(page: EvaluationPage) -> None:
    assert "See how well this room answers" in words_on(page)
    assert not page.parts.run.isEnabled()


def test_a_set_is_put_to_the_room_and_its_outcome_read_question_by_question(
    page: EvaluationPage, tmp_path: Path, chat: ToldChat, qtbot: QtBot
) -> None:
    chat.answers[LAW] = "the law of England and Wales"
    ready(page, tmp_path, qtbot)
    assert "4 questions to be asked" in words_on(page)
    run_all(page, qtbot)
    assert results(page) == [
        ("rent", "Right"), ("cap", "Right"), ("law", "Another place was cited"), ("pension", "Rightly not found")
    ]  # fmt: skip
    until(qtbot, lambda: "2 of 3 answered from the right place" in words_on(page))
    assert page.parts.state.text().startswith("4 questions")
    assert not page.parts.views[Shown.BETTER].isVisible()
    press(qtbot, page.parts.views[Shown.WRONG])
    assert results(page) == [("law", "Another place was cited")]
    assert page.parts.line.said.toPlainText() == "the law of England and Wales"
    assert page.parts.line.expected.text() == "Expected: Northgate supply.pdf, p. 3"
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    viewer = page.side.viewer
    assert viewer is not None
    until(qtbot, lambda: viewer.showing == "pages" and "NDA Tarn" in viewer.title.whole)
    qtbot.keyClick(page.table, Qt.Key.Key_Escape)
    assert not page.side.isVisible()
    press(qtbot, page.parts.line.chips[0])
    assert page.side.isVisible()


def test_a_run_is_compared_with_the_one_before(
    page: EvaluationPage, tmp_path: Path, chat: ToldChat, qtbot: QtBot
) -> None:
    chat.answers[LAW] = "the law of England and Wales"
    ready(page, tmp_path, qtbot)
    run_all(page, qtbot)
    chat.answers[LAW] = ANSWERS[LAW]
    del chat.answers[RENT]
    first = page.shown
    run_all(page, qtbot)
    until(qtbot, lambda: page.shown != first and page.parts.compared.text().startswith("1 better, 1 worse than"))
    press(qtbot, page.parts.views[Shown.BETTER])
    assert results(page) == [("law", "Right")]
    press(qtbot, page.parts.views[Shown.WORSE])
    assert results(page) == [("rent", "Not found")]
    until(qtbot, lambda: "as before" in words_on(page))


def test_a_run_shows_its_progress_can_be_stopped_and_gone_on_with(
    page: EvaluationPage, tmp_path: Path, chat: ToldChat, qtbot: QtBot
) -> None:
    chat.gate = threading.Semaphore(0)
    ready(page, tmp_path, qtbot)
    press(qtbot, page.parts.run)
    chat.gate.release()
    until(qtbot, lambda: page.parts.state.text() == "Asked 1 of 4 questions")
    assert results(page) == [("rent", "Right")]
    assert page.parts.progress.isVisible()
    press(qtbot, page.parts.stop)
    until(qtbot, lambda: page.parts.state.text() == "Stopped after 1 of 4 questions")
    assert not page.parts.progress.isVisible()
    chat.gate = None
    press(qtbot, page.parts.resume)
    until(qtbot, lambda: page.shown is not None and page.shown.end is End.DONE and not page.running)
    assert len(results(page)) == 4


def test_a_run_that_was_cut_off_says_so_when_the_page_is_shown_again(
    desk: Desk, room: RoomStorage, evaluations: Evaluations, shown: Show, qtbot: QtBot
) -> None:
    run = evaluations.begin("deal.jsonl", TEXT, "quote")
    with pytest.raises(KeyError):
        evaluations.run(run.run_id, lambda _outcome: {}["killed"])
    documents = Documents(room)
    page = EvaluationPage(desk, evaluations, lambda: Viewer(desk, documents, draw_page))
    shown(page)
    until(qtbot, lambda: page.parts.state.text() == "Cut off after 1 of 4 questions: the program was closed")
    assert page.parts.resume.isVisible()
    assert page.parts.sets.text() == "deal.jsonl"


def test_what_is_wrong_with_a_file_is_told(page: EvaluationPage, tmp_path: Path, desk: Desk, qtbot: QtBot) -> None:
    ready(page, tmp_path, qtbot, TEXT + "\n{")
    assert "Line 5 of deal.jsonl" in desk.messages.shown[0].text
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    page.take_file(tmp_path / "picture.png")
    until(qtbot, lambda: len(desk.messages.shown) == 2)
    assert desk.messages.shown[1].title == "The questions cannot be read"
    assert page.parts.sets.text() == "deal.jsonl"


def test_without_a_language_model_written_answers_end_with_the_reason(
    page: EvaluationPage, tmp_path: Path, chat: ToldChat, qtbot: QtBot
) -> None:
    chat.problem = Problem("There is no language model", "A written answer needs one.", "Install one.")
    ready(page, tmp_path, qtbot)
    press(qtbot, page.parts.engines["llm"])
    press(qtbot, page.parts.run)
    until(
        qtbot,
        lambda: page.parts.state.text() == "Ended after 0 of 4 questions: A written answer needs one. Install one.",
    )
    assert page.parts.runs.text().endswith("written answers")


def test_a_set_that_was_put_before_is_offered_again(page: EvaluationPage, tmp_path: Path, qtbot: QtBot) -> None:
    ready(page, tmp_path, qtbot)
    run_all(page, qtbot)
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps({"question": "Why?"}), encoding="utf-8")
    page.take_file(other)
    until(qtbot, lambda: page.parts.sets.text() == "other.jsonl")
    page.parts.sets_menu.aboutToShow.emit()
    actions = page.parts.sets_menu.actions()
    assert [action.text() for action in actions if action.text()] == ["deal.jsonl   4 questions", "Choose a file…"]
    actions[0].trigger()
    assert page.parts.sets.text() == "deal.jsonl"
    page.parts.runs_menu.aboutToShow.emit()
    assert len(page.parts.runs_menu.actions()) == 1


def test_every_control_has_a_name(page: EvaluationPage, tmp_path: Path, qtbot: QtBot) -> None:
    ready(page, tmp_path, qtbot)
    run_all(page, qtbot)
    for control in page.findChildren(QAbstractButton):
        assert control.text() or control.accessibleName() or control.objectName().startswith("qt_")
    assert page.table.accessibleName()
