"""The pipeline's page over a real queue: what it lists, what it says, and what its buttons do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.jobs import failures
from datazoom_desktop.jobs.model import Failure, JobState
from datazoom_desktop.jobs.ui.pipeline_page import PipelinePage
from datazoom_desktop.jobs.ui.sentences import View
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.kernel.errors import Unavailable
from datazoom_desktop.shell.desk import Desk
from tests.jobs.conftest import Bench
from tests.support.qt_window import until

Show = Callable[[QWidget], None]
STAGES = {"read": "Reading", "embed": "Indexing"}
DAMAGED = Failure("bad_file", "The file is damaged.", "Ask for a fresh copy.")


def page_of(desk: Desk, bench: Bench, shown: Show) -> PipelinePage:
    page = PipelinePage(desk, bench.queue, lambda kind: STAGES.get(kind, kind))
    shown(page)
    page.refresh()
    return page


def press(qtbot: QtBot, button: QAbstractButton) -> None:
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def fail_one(bench: Bench, subject: str, failure: Failure) -> None:
    kinds = {"read": bench.kind("read")}
    bench.queue.declare(kinds.values(), bench.bus)
    bench.add("read", subject)
    lease = bench.queue.lease("tester", kinds)
    assert lease is not None
    bench.queue.fail(lease, failure)


def test_an_empty_queue_says_so(desk: Desk, bench: Bench, shown: Show, qtbot: QtBot) -> None:
    page = page_of(desk, bench, shown)
    until(qtbot, lambda: page.states.state == "told" and desk.operations.live == 0)
    assert any(label.text() == "Nothing to do" for label in page.findChildren(QLabel))
    assert page.summary.text() == "Nothing runs or waits"
    assert not page.retry_all.isVisible()
    assert not page.cancel.isVisible()


def test_what_holds_the_work_up_is_said_while_it_does(desk: Desk, bench: Bench, shown: Show, qtbot: QtBot) -> None:
    failure = failures.failure_of(Unavailable("Nothing there", "The drive is not there.", "Connect it."))
    fail_one(bench, "lease", failure)
    page = page_of(desk, bench, shown)
    until(qtbot, page.held_up.isVisible)
    assert page.held_up.text() == "Waiting to try again: The drive is not there."
    bench.queue.cancel()
    page.refresh()
    until(qtbot, lambda: not page.held_up.isVisible())


def test_waiting_work_is_listed_by_stage_and_can_be_paused_and_resumed(
    desk: Desk, bench: Bench, shown: Show, qtbot: QtBot
) -> None:
    bench.add("read", "lease")
    bench.add("embed", "bylaws")
    page = page_of(desk, bench, shown)
    until(qtbot, lambda: page.model.index(1, 0).data() is not None)
    assert {page.model.index(n, 0).data() for n in range(2)} == {"Reading", "Indexing"}
    assert page.summary.text() == "2 waiting"
    press(qtbot, page.pause)
    until(qtbot, lambda: page.summary.text() == "Paused. 2 waiting")
    assert bench.queue.paused
    assert not page.pause.isVisible()
    until(qtbot, lambda: page.model.index(0, 2).data() == "Paused")
    press(qtbot, page.resume)
    until(qtbot, lambda: page.summary.text() == "2 waiting")
    assert not bench.queue.paused


def test_the_selected_job_can_be_cancelled(desk: Desk, bench: Bench, shown: Show, qtbot: QtBot) -> None:
    job_id = bench.add("read", "lease")
    page = page_of(desk, bench, shown)
    until(qtbot, lambda: page.current() is not None and page.cancel.isVisible())
    press(qtbot, page.cancel)
    until(qtbot, lambda: page.states.state == "told" and desk.operations.live == 0)
    assert bench.job(job_id).state is JobState.CANCELLED


def test_what_could_not_be_done_says_why_and_is_tried_again(
    desk: Desk, bench: Bench, shown: Show, qtbot: QtBot
) -> None:
    fail_one(bench, "scan", DAMAGED)
    page = page_of(desk, bench, shown)
    until(qtbot, lambda: page.summary.text() == "1 could not be done" and desk.operations.live == 0)
    press(qtbot, page.views[View.STUCK])
    until(qtbot, lambda: page.current() is not None)
    assert page.model.index(0, 2).data() == "Could not be done"
    until(qtbot, lambda: "The file is damaged. Ask for a fresh copy." in page.details.text())
    press(qtbot, page.retry)
    until(qtbot, lambda: page.summary.text() == "1 waiting")
    press(qtbot, page.views[View.ACTIVE])
    until(qtbot, lambda: page.model.index(0, 2).data() == "Waiting")


def test_everything_is_tried_again_at_once(desk: Desk, bench: Bench, shown: Show, qtbot: QtBot) -> None:
    for subject in ("a", "b"):
        fail_one(bench, subject, DAMAGED)
    page = page_of(desk, bench, shown)
    until(qtbot, lambda: page.retry_all.isVisible())
    press(qtbot, page.retry_all)
    until(qtbot, lambda: page.summary.text() == "2 waiting")


def test_a_job_that_waits_for_its_next_try_says_when(desk: Desk, bench: Bench, shown: Show, qtbot: QtBot) -> None:
    fail_one(bench, "scan", failures.disk_full())
    page = page_of(desk, bench, shown)
    until(qtbot, lambda: page.current() is not None and desk.operations.live == 0)
    assert "The disk is full." in page.details.text()
    assert page.retry.isVisible()


def test_changes_of_jobs_refresh_the_page_and_others_do_not(
    desk: Desk, bench: Bench, shown: Show, qtbot: QtBot
) -> None:
    page = page_of(desk, bench, shown)
    until(qtbot, lambda: page.states.state == "told" and desk.operations.live == 0)
    bench.add("read", "lease")
    page.take_changes(Changes.of(Topic.CHAT))
    qtbot.wait(700)
    assert page.model.rowCount() == 0
    page.take_changes(Changes.of(Topic.JOBS))
    until(qtbot, lambda: page.model.rowCount() == 1)


def test_every_control_has_a_name(desk: Desk, bench: Bench, shown: Show) -> None:
    page = page_of(desk, bench, shown)
    for control in page.findChildren(QAbstractButton):
        assert control.text() or control.accessibleName() or control.objectName().startswith("qt_")
    assert page.table.accessibleName()
