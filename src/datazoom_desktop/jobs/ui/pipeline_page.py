"""The pipeline's page: every job by state with live progress, why something could not be done, and the user's hand on it all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from datazoom_desktop.jobs.model import Job
from datazoom_desktop.jobs.ui import sentences
from datazoom_desktop.jobs.ui.sentences import RATE_SECONDS, STATES, Tally, View
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.shell import words
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.operations import Task
from datazoom_desktop.shell.states import States
from datazoom_desktop.shell.table import Column, LazyTable, Table
from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_6, SPACE_8

if TYPE_CHECKING:
    from datazoom_desktop.jobs.queue import Queue

REFRESH_MS = 500  #: while there is work, the page looks again at most this often
_NOTHING = {
    View.ACTIVE: ("Nothing to do", "No work runs or waits. It shows here while files are read."),
    View.STUCK: (
        "Nothing went wrong",
        "What could not be done is listed here, with the reason and another try.",
    ),
    View.ENDED: ("Nothing finished yet", "Work that is done is listed here."),
}


class PipelinePage(QWidget):
    """Shows one room's queue.

    Attributes:
        tallied: Emitted with the ``Tally`` after every look at the queue.
    """

    tallied = Signal(object)

    def __init__(self, desk: Desk, queue: Queue, stage: Callable[[str], str], parent: QWidget | None = None) -> None:
        """Show ``queue``; ``stage`` names what a kind of job does, such as "Reading"."""
        super().__init__(parent)
        self.setProperty("role", "page")
        self._desk = desk
        self._queue = queue
        self._stage = stage
        self._view = View.ACTIVE
        self.tally = Tally({}, paused=False, done_units={})
        columns = self._columns()
        self.model: LazyTable[Job] = LazyTable(
            desk.theme,
            desk.operations,
            columns,
            lambda: queue.count(STATES[self._view]),
            lambda offset, limit: queue.list(STATES[self._view], limit, offset),
            self,
        )
        self.table = Table(self.model, columns)
        self.table.setAccessibleName("Work of this room")
        self.states = States(desk.theme, self.table)
        self.summary = QLabel()
        self.held_up = QLabel()
        self.views = {view: _switch(view.value) for view in View}
        self.pause = WordButton(desk.theme, "pause", "Pause")
        self.resume = WordButton(desk.theme, "resume", "Resume", "primary")
        self.retry_all = WordButton(desk.theme, "restore", "Try all again")
        self.details = QLabel()
        self.retry = QPushButton("Try again")
        self.cancel = QPushButton("Cancel")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._lay_out()
        self._connect()
        self._show_view(View.ACTIVE)

    def refresh(self) -> None:
        """Look at the queue again; what is on show stays until then."""
        if self.states.state == "blank" or (not self.model.rowCount() and self.states.state != "told"):
            self.states.show_loading()
        self.model.refresh()
        queue = self._queue

        def work(_task: Task) -> Tally:
            return sentences.tally(queue.counts(), queue.paused, queue.finished_units(RATE_SECONDS), queue.held_up())

        self._desk.operations.run(self, work, self._show_tally, key="tally", failed=self._failed)

    def take_changes(self, changes: Changes) -> None:
        """Refresh soon when ``changes`` concern jobs."""
        if Topic.JOBS in changes.topics and not self._timer.isActive():
            self._timer.start()

    def show_view(self, view: View) -> None:
        """List the jobs of ``view``."""
        if view is not self._view:
            self._show_view(view)
            self.states.show_loading()
            self.model.refresh()

    def current(self) -> Job | None:
        """Return the selected job, when it is in memory."""
        index = self.table.currentIndex()
        return self.model.row(index.row()) if index.isValid() and self.model.rowCount() else None

    def _show_tally(self, tally: Tally) -> None:
        self.tally = tally
        self.summary.setText(sentences.summary(tally))
        self.held_up.setText(sentences.held_up(tally))
        self.held_up.setVisible(bool(self.held_up.text()))
        for view, button in self.views.items():
            number = tally.of(view)
            button.setText(f"{view.value}  {words.number(number)}" if number else view.value)
        self.pause.setVisible(not tally.paused)
        self.resume.setVisible(tally.paused)
        self.retry_all.setVisible(tally.of(View.STUCK) > 0)
        self._show_details()
        self.tallied.emit(tally)

    def _counted(self, rows: int) -> None:
        if not rows:
            title, text = _NOTHING[self._view]
            self.states.show_empty("check" if self._view is View.STUCK else "pipeline", title, text)
        else:
            self.states.show_content()
            if not self.table.currentIndex().isValid():
                self.table.selectRow(0)
        self._show_details()

    def _show_details(self) -> None:
        job = self.current()
        self.details.setText(sentences.details(job, self._stage(job.kind), now()) if job is not None else "")
        self.retry.setVisible(job is not None and sentences.can_retry(job))
        self.cancel.setVisible(job is not None and sentences.can_cancel(job))

    def _show_view(self, view: View) -> None:
        self._view = view
        for each, button in self.views.items():
            button.setChecked(each is view)

    def _do(self, change: Callable[[], object]) -> None:
        """Ask the queue for a change in the background, then look again."""
        self._desk.operations.run(self, lambda _task: change(), lambda _result: self.refresh())

    def _on_current(self, change: Callable[[str], object]) -> None:
        job = self.current()
        if job is not None:
            job_id = job.job_id
            self._do(lambda: change(job_id))

    def _failed(self, error: Exception) -> None:
        self.states.show_error(error, self.refresh)

    def _columns(self) -> tuple[Column[Job], ...]:
        return (
            Column("Stage", lambda job: self._stage(job.kind), role=lambda _job: "ink_soft", width=144),
            Column("What", lambda job: job.title, tip=lambda job: job.title),
            Column(
                "State",
                lambda job: sentences.state_words(job, now()),
                role=sentences.state_role,
                width=224,
                tip=lambda job: job.reason or "",
            ),
            Column("When", lambda job: sentences.when_words(job, now()), role=lambda _job: "ink_soft", width=144),
        )

    def _lay_out(self) -> None:
        title = QLabel("Pipeline")
        title.setProperty("role", "page-title")
        self.summary.setProperty("role", "soft")
        self.held_up.setProperty("role", "warn")
        self.held_up.setTextFormat(Qt.TextFormat.PlainText)
        self.held_up.setWordWrap(True)
        self.details.setProperty("role", "small")
        self.details.setTextFormat(Qt.TextFormat.PlainText)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details.setWordWrap(True)
        self.details.setMinimumHeight(36)
        head = QHBoxLayout()
        head.setSpacing(SPACE_2)
        head.addWidget(title)
        head.addStretch()
        for button in (self.retry_all, self.pause, self.resume):
            head.addWidget(button)
        switch = QHBoxLayout()
        switch.setSpacing(SPACE_1)
        switch.addWidget(self.summary)
        switch.addStretch()
        for view in View:
            switch.addWidget(self.views[view])
        below = QHBoxLayout()
        below.setSpacing(SPACE_2)
        below.addWidget(self.details, 1)
        below.addWidget(self.retry)
        below.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_8, SPACE_6, SPACE_8, SPACE_3)
        column.setSpacing(SPACE_3)
        column.addLayout(head)
        column.addLayout(switch)
        column.addWidget(self.held_up)
        column.addWidget(self.states, 1)
        column.addLayout(below)
        for shown_later in (self.held_up, self.retry_all, self.resume, self.retry, self.cancel):
            shown_later.hide()

    def _connect(self) -> None:
        self.model.counted.connect(self._counted)
        self.model.failed.connect(self._failed)
        self.model.dataChanged.connect(self._show_details)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self._timer.timeout.connect(self.refresh)
        for view, button in self.views.items():
            button.clicked.connect(lambda _checked=False, v=view: self._choose(v))
        self.pause.clicked.connect(lambda: self._do(self._queue.pause))
        self.resume.clicked.connect(lambda: self._do(self._queue.resume))
        self.retry_all.clicked.connect(lambda: self._do(self._queue.retry))
        self.retry.clicked.connect(lambda: self._on_current(self._queue.retry))
        self.cancel.clicked.connect(lambda: self._on_current(self._queue.cancel))

    def _choose(self, view: View) -> None:
        self.views[view].setChecked(True)
        self.show_view(view)

    def _row_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_details()


def _switch(label: str) -> QPushButton:
    button = QPushButton(label)
    button.setProperty("kind", "quiet")
    button.setCheckable(True)
    return button
