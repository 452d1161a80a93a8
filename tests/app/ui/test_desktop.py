"""The window over real rooms: open, take files in, watch them being read, ask, open the words, leave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from datazoom_desktop.app.ui.desktop import Desktop
from datazoom_desktop.app.ui.room_session import RoomSession
from datazoom_desktop.documents.ui.details_line import TRYING
from datazoom_desktop.jobs.model import JobState
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.search.ui.search_page import Way
from datazoom_desktop.shell.navigation import Place
from datazoom_desktop.shell.theme.theme import Theme
from tests.support.deal import write_docx, write_pdf

SENTENCE = "The term of this Lease shall expire on December 31, 2028, unless Tenant renews it under Section 4."
LONG_MS = 120_000


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    folder = tmp_path / "deal"
    folder.mkdir()
    write_pdf(
        folder / "Lease with Northgate.pdf",
        ["LEASE AGREEMENT\n\nbetween Northgate Marine and Halyard Robotics", f"3. Term\n\n3.1 Expiry. {SENTENCE}"],
    )
    write_docx(
        folder / "Bylaws.docx", "Bylaws", ["1. Meetings. The board of directors meets four times a year in Boston."]
    )
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of use")
    return folder


@pytest.fixture
def desktop(theme: Theme, tmp_path: Path, no_leaks: None) -> Iterator[Desktop]:
    home = tmp_path / "home"
    rooms = Rooms(home)
    rooms.create("Halyard")
    rooms.create("Orion")
    made = Desktop(home, theme)
    yield made
    made.window.close()
    made.window.deleteLater()
    made.deleteLater()


def opened(desktop: Desktop, qtbot: QtBot) -> RoomSession:
    qtbot.waitUntil(lambda: desktop.session is not None, timeout=LONG_MS)
    assert desktop.session is not None
    return desktop.session


def test_from_dropped_files_to_the_exact_words(desktop: Desktop, deal: Path, qtbot: QtBot) -> None:
    desktop.start("halyard")
    session = opened(desktop, qtbot)
    qtbot.waitUntil(lambda: session.documents.states.state == "told", timeout=LONG_MS)
    session.documents.drop.dropped.emit([deal])
    qtbot.waitUntil(lambda: session.documents.model.rowCount() == 3, timeout=LONG_MS)
    model = session.documents.model
    qtbot.waitUntil(
        lambda: (
            sorted(str(model.index(n, 4).data()) for n in range(3)) == ["Could not be read", "Searchable", "Searchable"]
        ),
        timeout=LONG_MS,
    )
    qtbot.waitUntil(lambda: desktop.window.status_line.status.work == "", timeout=LONG_MS)
    assert desktop.window.status_line.status.coverage == "3 of 4 pages readable"
    desktop.window.go(Place("ask", session.room))
    qtbot.keyClicks(session.ask.field, "When does the term of the lease with Northgate expire?")
    qtbot.keyClick(session.ask.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not session.ask.asking, timeout=LONG_MS)
    card = session.ask.cards[0]
    assert len(card.numbers) > 0
    cited = card.numbers.citation(1)
    assert (cited.path, cited.page) == ("Lease with Northgate.pdf", 2)
    session.ask.open_citation(card, 1)
    viewer = session.ask.viewer
    assert viewer is not None
    qtbot.waitUntil(lambda: viewer.showing == "pages" and desktop.window.desk.operations.live == 0, timeout=LONG_MS)
    assert viewer.page == 2
    assert viewer.canvas.shown_boxes()
    assert desktop.window.desk.messages.shown == ()


def test_a_conversation_goes_on_where_it_was_left_when_the_room_is_opened_again(
    desktop: Desktop, deal: Path, qtbot: QtBot
) -> None:
    desktop.start("halyard")
    session = opened(desktop, qtbot)
    session.add([deal])
    qtbot.waitUntil(lambda: session.documents.model.rowCount() == 3, timeout=LONG_MS)
    qtbot.waitUntil(lambda: session.workspace.unfinished() == 0, timeout=LONG_MS)
    desktop.window.go(Place("ask", session.room))
    session.ask.ask("When does the term of the lease with Northgate expire?")
    qtbot.waitUntil(lambda: not session.ask.asking and session.ask.cards[0].turn is not None, timeout=LONG_MS)
    orion = next(info for info in desktop._lists.rooms if info.name == "Orion")
    halyard = session.info
    desktop.open_room(orion)
    qtbot.waitUntil(lambda: desktop.session is not None and desktop.session.room == orion.room_id, timeout=LONG_MS)
    desktop.open_room(halyard)
    qtbot.waitUntil(lambda: desktop.session is not None and desktop.session.room == halyard.room_id, timeout=LONG_MS)
    again = opened(desktop, qtbot)
    desktop.window.go(Place("ask", again.room))
    listing = again.ask.talks.panel.list
    qtbot.waitUntil(lambda: listing.count() == 1 and listing.isVisible(), timeout=LONG_MS)
    listing.setFocus()
    listing.setCurrentRow(0)
    qtbot.keyClick(listing, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(again.ask.cards) == 1 and again.ask.cards[0].turn is not None, timeout=LONG_MS)
    assert again.ask.cards[0].coverage.toPlainText().startswith("Asked ")
    qtbot.keyClicks(again.ask.field, "And who signed it?")
    qtbot.waitUntil(again.ask.continues.isVisible, timeout=LONG_MS)
    assert again.ask.continues.words.whole == "Continues: Lease with Northgate"
    qtbot.keyClick(again.ask.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(again.ask.cards) == 2 and again.ask.cards[1].turn is not None, timeout=LONG_MS)
    assert {citation.path for citation in again.ask.cards[1].turn.citations()} == {"Lease with Northgate.pdf"}  # type: ignore[union-attr]
    assert {command.title for command in desktop.window.desk.commands.matching("this conversation")} == {
        "Rename this conversation",
        "Export this conversation",
        "Delete this conversation",
    }
    assert desktop.window.desk.messages.shown == ()


def test_a_document_is_found_by_its_words_and_the_room_is_evaluated(
    desktop: Desktop, deal: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    desktop.start("halyard")
    session = opened(desktop, qtbot)
    operations = desktop.window.desk.operations
    qtbot.keyClick(
        desktop.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    search = session.search
    qtbot.waitUntil(search.field.hasFocus, timeout=LONG_MS)
    qtbot.keyClicks(search.field, '"term of this lease" /9 when:2028')
    qtbot.keyClick(search.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: search.told is not None, timeout=LONG_MS)
    assert search.told is not None
    assert search.told.nothing
    session.add([deal])
    qtbot.waitUntil(lambda: search.parts.summary.text() == "1 place in 1 of 2 documents", timeout=LONG_MS)
    qtbot.keyClick(search.field, Qt.Key.Key_Return)
    qtbot.keyClick(search.exact.view, Qt.Key.Key_Return)
    viewer = search.side.viewer
    assert viewer is not None
    qtbot.waitUntil(lambda: viewer.showing == "pages" and bool(viewer.canvas.shown_boxes()), timeout=LONG_MS)
    assert viewer.page == 2
    qtbot.waitUntil(lambda: search.parts.gaps.text() == "1 page could not be read", timeout=LONG_MS)
    qtbot.waitUntil(lambda: session.workspace.unfinished() == 0, timeout=LONG_MS)
    search.choose_way(Way.MEANING)
    search.search("When does the lease end?")
    qtbot.waitUntil(lambda: search.told is not None and search.meaning.model.rowCount() > 0, timeout=LONG_MS)
    assert "December 31, 2028" in str(search.meaning.model.index(0, 0).data())
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"question": "When does the lease end?", "document": "Lease with Northgate.pdf"}))
    desktop.window.go(Place("evaluation", session.room))
    evaluation = session.evaluation
    evaluation.take_file(questions)
    qtbot.waitUntil(evaluation.parts.run.isEnabled, timeout=LONG_MS)
    qtbot.wait(200)  # its place is known once the name of the set beside it is laid out
    qtbot.mouseClick(evaluation.parts.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: evaluation.model.rowCount() == 1 and not evaluation.running, timeout=LONG_MS)
    assert evaluation.model.index(0, 2).data() == "Right"
    evaluation.open_citation(0)
    qtbot.waitUntil(lambda: evaluation.side.viewer is not None and operations.live == 0, timeout=LONG_MS)
    assert desktop.window.desk.messages.shown == ()


def test_a_locked_document_is_unlocked_by_the_right_password_only(
    desktop: Desktop, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    with pymupdf.open() as document:
        document.new_page().insert_text((72, 72), "Salaries are reviewed every January by the board.")
        document.save(folder / "Payroll.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="o", user_pw="quay-7")
    desktop.start("halyard")
    session = opened(desktop, qtbot)
    session.add([folder])
    documents, model = session.documents, session.documents.model
    qtbot.waitUntil(lambda: model.index(0, 4).data() == "Needs a password", timeout=LONG_MS)
    qtbot.waitUntil(lambda: not documents.details.password.isHidden(), timeout=LONG_MS)
    for password, told in (("quay", "Needs a password"), ("quay-7", "Searchable")):
        documents.details.password.setText(password)
        qtbot.keyClick(documents.details.password, Qt.Key.Key_Return)
        qtbot.waitUntil(
            lambda told=told: model.index(0, 4).data() == told and documents.details.told.text() != TRYING,  # type: ignore[misc]
            timeout=LONG_MS,
        )
    assert not documents.details.password.isVisible()
    row = model.row(0)
    assert row is not None
    session.open_document(row.version_id, row.path, 1)
    qtbot.waitUntil(lambda: session.viewer.showing == "pages" and 1 in session.viewer.canvas._pictures, timeout=LONG_MS)
    assert desktop.window.desk.messages.shown == ()
    qtbot.keyClick(session.viewer.canvas, Qt.Key.Key_Escape)
    assert desktop.window.history.here == Place("documents", session.room)


def test_a_document_that_is_opened_while_it_waits_comes_next(desktop: Desktop, deal: Path, qtbot: QtBot) -> None:
    desktop.start("halyard")
    session = opened(desktop, qtbot)
    workspace, intake = session.workspace, session.workspace.intake
    session.add([deal])
    qtbot.waitUntil(lambda: session.documents.model.rowCount() == 3, timeout=LONG_MS)
    qtbot.waitUntil(lambda: session.documents.model.row(2) is not None, timeout=LONG_MS)
    qtbot.waitUntil(lambda: workspace.unfinished() == 0, timeout=LONG_MS)
    workspace.queue.pause()
    intake.read_anew(everything=True)
    row = session.documents.model.row(2)
    assert row is not None
    session.open_document(row.version_id, row.path, 1)

    def waiting() -> list[str]:
        return [job.subject for job in workspace.queue.list([JobState.PAUSED])]

    qtbot.waitUntil(lambda: waiting()[0] == row.version_id, timeout=LONG_MS)
    assert len(waiting()) == 3
    workspace.queue.resume()
    qtbot.waitUntil(lambda: workspace.unfinished() == 0, timeout=LONG_MS)
    assert desktop.window.desk.messages.shown == ()


def test_going_to_another_room_lets_go_of_the_first(desktop: Desktop, qtbot: QtBot, tmp_path: Path) -> None:
    desktop.start("Halyard")
    first = opened(desktop, qtbot).room
    orion = next(info for info in desktop._lists.rooms if info.name == "Orion")
    desktop.open_room(orion)
    qtbot.waitUntil(lambda: desktop.session is not None and desktop.session.room != first, timeout=LONG_MS)
    Rooms(tmp_path / "home").open("Halyard").close()  # nobody holds it any more
    desktop.window.go_back()
    desktop.window.go_back()
    qtbot.waitUntil(lambda: desktop.session is None or desktop.session.room == orion.room_id, timeout=LONG_MS)


def test_an_open_room_can_be_moved_to_the_trash_and_back(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.start("Halyard")
    room = opened(desktop, qtbot).room
    desktop.window.go(Place("rooms"))
    page = desktop.rooms_page
    assert page is not None
    qtbot.waitUntil(lambda: len(page._model.rows) == 2 and desktop.window.desk.operations.live == 0, timeout=LONG_MS)
    page.table.selectRow(0)
    page.remove_current()
    qtbot.waitUntil(lambda: len(page._model.rows) == 1, timeout=LONG_MS)
    assert desktop.session is None
    page.restore(room)
    qtbot.waitUntil(lambda: len(page._model.rows) == 2, timeout=LONG_MS)
    assert desktop.window.desk.messages.shown[0].title == "“Halyard” is in the trash"


def test_an_unknown_room_is_told_in_plain_words(desktop: Desktop, qtbot: QtBot) -> None:
    desktop.start("Halliard")
    qtbot.waitUntil(lambda: bool(desktop.window.desk.messages.shown), timeout=LONG_MS)
    assert "Halyard" in desktop.window.desk.messages.shown[0].text + desktop.window.desk.messages.shown[0].remedy


def test_the_program_opens_shows_its_rooms_and_closes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    Rooms(home).create("Halyard")
    code = "import sys; from pathlib import Path; from datazoom_desktop.app.gui import run; "
    code += "sys.exit(run(Path(sys.argv[1]), 'Halyard', smoke=True))"
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    ended = subprocess.run(
        [sys.executable, "-c", code, str(home)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
