"""The lazy table loads only what is looked at, keeps little, and survives growth, shrinkage and failure."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.table import BLOCK, KEPT_BLOCKS, Column, LazyTable, Table
from tests.support.qt_window import until

COLUMNS: tuple[Column[int], ...] = (
    Column("Name", lambda row: f"row {row}"),
    Column("Pages", str, numbers=True, width=80, role=lambda row: "bad" if row % 2 else "ink"),
)


class Source:
    """Numbers as rows, with a note of what was fetched."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.offset = 0
        self.fetched: list[int] = []
        self.hold = threading.Event()
        self.hold.set()
        self.problem: Problem | None = None

    def count(self) -> int:
        return self.rows

    def fetch(self, offset: int, limit: int) -> list[int]:
        self.hold.wait(10)
        if self.problem is not None:
            raise self.problem
        self.fetched.append(offset)
        return [n + self.offset for n in range(offset, min(self.rows, offset + limit))]


def table_of(desk: Desk, source: Source) -> tuple[LazyTable[int], Table]:
    model: LazyTable[int] = LazyTable(desk.theme, desk.operations, COLUMNS, source.count, source.fetch)
    table = Table(model, COLUMNS)
    model.setParent(table)
    return model, table


def test_ten_thousand_rows_are_listed_by_loading_the_visible_ones(
    desk: Desk, shown: Callable[[QWidget], None], qtbot: QtBot
) -> None:
    source = Source(10_000)
    model, table = table_of(desk, source)
    shown(table)
    model.refresh()
    until(qtbot, lambda: model.index(0, 0).data() == "row 0")
    assert model.rowCount() == 10_000
    assert set(source.fetched) == {0}
    table.scrollToBottom()
    until(qtbot, lambda: model.index(9_999, 0).data() == "row 9999")
    assert model.loaded <= 3 * BLOCK
    assert len(set(source.fetched)) <= 3


def test_scrolling_through_everything_keeps_only_some_blocks(desk: Desk, qtbot: QtBot) -> None:
    source = Source(10_000)
    model, table = table_of(desk, source)
    qtbot.addWidget(table)
    model.refresh()
    until(qtbot, lambda: model.rowCount() == 10_000)
    for first in range(0, 10_000, BLOCK):
        model.row(first)
    until(qtbot, lambda: len(source.fetched) == 50 and desk.operations.live == 0)
    assert model.loaded == KEPT_BLOCKS * BLOCK


def test_a_refresh_keeps_what_is_on_show_until_newer_rows_arrive(
    desk: Desk, shown: Callable[[QWidget], None], qtbot: QtBot
) -> None:
    source = Source(300)
    model, table = table_of(desk, source)
    shown(table)
    model.refresh()
    until(qtbot, lambda: model.index(0, 0).data() == "row 0")
    source.offset = 1000
    source.hold.clear()
    with qtbot.waitSignal(model.counted, timeout=10_000):
        model.refresh()
    assert model.index(0, 0).data() == "row 0"
    source.hold.set()
    until(qtbot, lambda: model.index(0, 0).data() == "row 1000")


def test_rows_come_and_go(desk: Desk, qtbot: QtBot) -> None:
    source = Source(10)
    model, table = table_of(desk, source)
    qtbot.addWidget(table)
    for rows in (10, 250, 3, 0):
        source.rows = rows
        with qtbot.waitSignal(model.counted, timeout=10_000):
            model.refresh()
        assert model.rowCount() == rows
        for number in range(rows):
            model.row(number)
        until(qtbot, lambda: desk.operations.live == 0)


def test_the_model_keeps_qts_promises(desk: Desk, qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model, table = table_of(desk, Source(30))
    qtbot.addWidget(table)
    model.refresh()
    until(qtbot, lambda: model.index(29, 0).data() == "row 29")
    qtmodeltester.check(model)


def test_a_failed_fetch_is_told_and_can_be_tried_again(desk: Desk, qtbot: QtBot) -> None:
    source = Source(5)
    source.problem = Problem("Gone", "The disk is gone.")
    model, table = table_of(desk, source)
    qtbot.addWidget(table)
    model.refresh()
    until(qtbot, lambda: model.rowCount() == 5)
    with qtbot.waitSignal(model.failed, timeout=10_000) as told:
        model.row(0)
    assert told.args == [source.problem]
    source.problem = None
    until(qtbot, lambda: model.row(0) == 0)


def test_numbers_stand_right_in_figures_of_one_width_and_colours_follow_the_row(desk: Desk, qtbot: QtBot) -> None:
    model, table = table_of(desk, Source(5))
    qtbot.addWidget(table)
    model.refresh()
    until(qtbot, lambda: model.row(0) == 0)
    cell = model.index(1, 1)
    assert cell.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
    assert cell.data(Qt.ItemDataRole.FontRole).featureTags()
    assert cell.data(Qt.ItemDataRole.ForegroundRole) == desk.theme.colour("bad")
    assert model.index(0, 1).data(Qt.ItemDataRole.ForegroundRole) == desk.theme.colour("ink")


def test_enter_and_double_click_open_the_row(desk: Desk, shown: Callable[[QWidget], None], qtbot: QtBot) -> None:
    model, table = table_of(desk, Source(5))
    shown(table)
    model.refresh()
    until(qtbot, lambda: model.row(0) == 0)
    table.selectRow(2)
    with qtbot.waitSignal(table.opened, timeout=10_000) as entered:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert entered.args == [2]
