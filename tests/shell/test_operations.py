"""Operations deliver on the window's thread, once, and only what is still wanted."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.operations import Task
from datazoom_desktop.shell.window import Window
from tests.support.qt_window import until


def test_a_result_arrives_on_the_windows_thread(desk: Desk, window: Window, qtbot: QtBot) -> None:
    threads: list[int] = []

    def work(_task: Task) -> int:
        threads.append(threading.get_ident())
        return 41

    got: list[tuple[int, int]] = []
    desk.operations.run(window, work, lambda value: got.append((value, threading.get_ident())))
    until(qtbot, lambda: bool(got))
    assert got == [(41, threading.get_ident())]
    assert threads != [threading.get_ident()]
    assert desk.operations.live == 0


def test_a_problem_goes_to_the_starter_when_it_wants_it_else_to_the_message_surface(
    desk: Desk, window: Window, qtbot: QtBot
) -> None:
    problem = Problem("No such file", "It is gone.", "Look elsewhere.")

    def work(_task: Task) -> None:
        raise problem

    taken: list[Exception] = []
    desk.operations.run(window, work, print, failed=taken.append)
    until(qtbot, lambda: bool(taken))
    assert taken == [problem]
    assert desk.messages.shown == ()
    desk.operations.run(window, work, print)
    until(qtbot, lambda: bool(desk.messages.shown))
    assert desk.messages.shown[0].title == "No such file"


def test_a_bug_leaves_a_report_and_says_so(desk: Desk, window: Window, qtbot: QtBot, tmp_path: object) -> None:
    def work(_task: Task) -> None:
        raise ZeroDivisionError("one by nought")

    desk.operations.run(window, work, print)
    until(qtbot, lambda: bool(desk.messages.shown))
    message = desk.messages.shown[0]
    assert message.title == "Something went wrong"
    reports = list((tmp_path / "crashes").glob("crash-*.txt"))  # type: ignore[operator]
    assert len(reports) == 1
    assert "one by nought" in reports[0].read_text(encoding="utf-8")
    assert str(reports[0]) in message.remedy


def test_a_cancelled_operation_delivers_nothing(desk: Desk, window: Window, qtbot: QtBot) -> None:
    begun, got = threading.Event(), []

    def work(task: Task) -> int:
        begun.set()
        task.token.wait(10)
        task.token.check()
        return 1

    operation = desk.operations.run(window, work, got.append, failed=got.append)
    assert begun.wait(10)
    operation.cancel()
    until(qtbot, lambda: desk.operations.live == 0)
    assert got == []
    assert desk.messages.shown == ()


def test_a_later_operation_of_the_same_key_makes_the_former_stale(desk: Desk, window: Window, qtbot: QtBot) -> None:
    gate, got = threading.Event(), []

    def slow(_task: Task) -> str:
        gate.wait(10)
        return "old"

    desk.operations.run(window, slow, got.append, key="look")
    desk.operations.run(window, lambda _task: "new", got.append, key="look")
    until(qtbot, lambda: got == ["new"])
    gate.set()
    until(qtbot, lambda: desk.operations.live == 0)
    assert got == ["new"]


def test_operations_of_other_owners_do_not_disturb_each_other(desk: Desk, window: Window, qtbot: QtBot) -> None:
    got: list[str] = []
    desk.operations.run(window, lambda _task: "a", got.append, key="look")
    desk.operations.run(window.header, lambda _task: "b", got.append, key="look")
    until(qtbot, lambda: sorted(got) == ["a", "b"])


def test_nothing_is_delivered_to_a_destroyed_owner(desk: Desk, qtbot: QtBot) -> None:
    gate, got = threading.Event(), []
    owner = QObject()

    def work(_task: Task) -> int:
        gate.wait(10)
        return 1

    desk.operations.run(owner, work, got.append)
    owner.deleteLater()
    qtbot.wait(1)
    del owner
    gate.set()
    until(qtbot, lambda: desk.operations.live == 0)
    assert got == []


def test_reports_arrive_in_order_before_the_result(desk: Desk, window: Window, qtbot: QtBot) -> None:
    got: list[object] = []

    def work(task: Task) -> str:
        for number in range(50):
            task.report(number)
        return "end"

    desk.operations.run(window, work, got.append, reported=got.append)
    until(qtbot, lambda: "end" in got)
    assert got == [*range(50), "end"]


def test_closing_cancels_waits_and_refuses_more(desk: Desk, window: Window) -> None:
    ended = threading.Event()

    def work(task: Task) -> None:
        task.token.wait(10)
        ended.set()

    desk.operations.run(window, work, print)
    window.close()
    assert ended.is_set()
    with pytest.raises(RuntimeError):
        desk.operations.run(window, work, print)
