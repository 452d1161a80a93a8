"""One open room in the window: its workspace, its pages, what they tell each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from datazoom_desktop.app.stages import work_in_words
from datazoom_desktop.app.ui.status import Pace, engine_words, status_of
from datazoom_desktop.chat.ui.ask_page import AskPage
from datazoom_desktop.chat.ui.evaluation_page import EvaluationPage
from datazoom_desktop.documents.ui.documents_page import DocumentsPage, Overview
from datazoom_desktop.documents.ui.sentences import Reading
from datazoom_desktop.documents.ui.viewer import Viewer
from datazoom_desktop.engines.choice import Plan
from datazoom_desktop.engines.llm import LlmState, LlmStatus
from datazoom_desktop.jobs.model import JobState
from datazoom_desktop.jobs.ui.pipeline_page import PipelinePage
from datazoom_desktop.jobs.ui.sentences import Tally, View
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.search.ui.search_page import SearchPage, Way
from datazoom_desktop.shell.changes_bridge import ChangesBridge
from datazoom_desktop.shell.commands import Command
from datazoom_desktop.shell.navigation import Place
from datazoom_desktop.shell.operations import Task
from datazoom_desktop.shell.status_line import Status
from datazoom_desktop.shell.window import Window

if TYPE_CHECKING:
    from datazoom_desktop.app.workspace import Workspace

COMMANDS = "room."


class RoomSession(QObject):
    """Shows one workspace until it is closed.

    Attributes:
        status_changed: Emitted with the ``Status`` for the status line.
        counted: Emitted with the number of documents in the room, and of jobs that run or wait in its pipeline.
    """

    status_changed = Signal(object)
    counted = Signal(int, int)
    _engine_moved = Signal(object)

    def __init__(
        self, window: Window, workspace: Workspace, engine: LlmStatus, plan: Callable[[], Plan], parent: QObject
    ) -> None:
        """Build the pages of ``workspace``; ``plan`` tells what answers questions."""
        super().__init__(parent)
        self._window = window
        self._engine = engine
        self._plan = plan
        self._pace = Pace()
        self._overview: Overview | None = None
        self._counts = (0, 0)
        self._scans: set[str] = set()
        self._passwords: tuple[str, ...] = ()
        self.workspace = workspace
        self.info = workspace.info
        desk = window.desk
        self.documents = DocumentsPage(desk, workspace.documents, self._reading)
        self.search = SearchPage(desk, workspace.exact, workspace.search, workspace.documents, self._new_viewer)
        self.ask = AskPage(desk, workspace.conversations, self._new_viewer)
        self.evaluation = EvaluationPage(desk, workspace.evaluations, self._new_viewer)
        self.pipeline = PipelinePage(desk, workspace.queue, work_in_words)
        self.viewer = self._new_viewer()
        self._bridge = ChangesBridge(workspace.bus, self)
        self._unsubscribe = engine.subscribe(self._engine_moved.emit)
        self._connect()
        self._add_commands()
        self.documents.refresh()
        self.pipeline.refresh()
        self.ask.talks.refresh()

    @property
    def room(self) -> str:
        """The room's id."""
        return self.info.room_id

    def add(self, paths: Sequence[Path]) -> None:
        """Take files and folders into the room; they are read in the background."""
        self.documents.expect(paths)

        def done(jobs: list[str]) -> None:
            self._scans.update(jobs)
            self.documents.refresh()

        def failed(error: Exception) -> None:
            self.documents.found()
            self._window.desk.messages.show_error(error)

        self._window.desk.operations.run(self, lambda _task: self.workspace.intake.add(paths), done, failed=failed)

    def unlock(self, passwords: Sequence[str]) -> None:
        """Try passwords on every locked document; they are kept in memory, to show their pages, while the room is open."""
        self._passwords = tuple(dict.fromkeys((*self._passwords, *passwords)))
        intake = self.workspace.intake
        self._window.desk.operations.run(
            self, lambda _task: intake.add([], passwords), lambda _jobs: self.documents.passwords_offered()
        )

    def open_document(self, version_id: str, _path: str, page: int) -> None:
        """Go to the viewer at a page; a document that still waits to be read comes next."""
        self._window.go(Place("document", self.room, version_id, page))
        intake = self.workspace.intake
        self._window.desk.operations.run(self, lambda _task: intake.hasten([version_id]), lambda _waited: None)

    def detach(self) -> None:
        """Take the room off the window: nothing is shown or delivered any more. The workspace is still to be closed."""
        self._unsubscribe()
        self._bridge.close()
        self._window.remove_commands(COMMANDS)
        self._window.desk.operations.cancel_all(self)
        for page in (self.documents, self.ask, self.search, self.evaluation, self.pipeline, self.viewer):
            for part in page.findChildren(QObject):
                self._window.desk.operations.cancel_all(part)
            self._window.drop_page(page)
        self.deleteLater()

    def _new_viewer(self) -> Viewer:
        viewer = Viewer(self._window.desk, self.workspace.documents, self._picture)
        viewer.password_asked.connect(self._ask_password)
        return viewer

    def _picture(self, version_id: str, page: int, scale: float) -> Path:
        """Run on a background thread: draw a page, unlocked with the passwords that were given."""
        return self.workspace.renderer.picture(version_id, page, scale, self._passwords)

    def _ask_password(self, version_id: str) -> None:
        self._window.go(Place("documents", self.room))
        self.documents.ask_password(version_id)

    def _reading(self) -> dict[str, Reading]:
        """Run on a background thread: how far each version being read or indexed is."""
        jobs = self.workspace.queue.list([JobState.RUNNING])
        return {job.subject: Reading(True, job.done_units, job.total_units, job.unit) for job in jobs}

    def _looked(self, overview: Overview) -> None:
        self._overview = overview
        self._count(overview.coverage.documents, self._counts[1])
        self._tell()

    def _tallied(self, tally: Tally) -> None:
        self._count(self._counts[0], tally.of(View.ACTIVE))

    def _count(self, documents: int, active: int) -> None:
        if (documents, active) != self._counts:
            self._counts = (documents, active)
            self.counted.emit(documents, active)

    def _tell(self) -> None:
        if self._overview is not None:
            engine = engine_words(self._engine.state, self._plan())
            overview = self._overview
            status: Status = status_of(overview.coverage, overview.reading, engine, self._pace, time.monotonic())
            self.status_changed.emit(status)

    def _engine_changed(self, _state: LlmState) -> None:
        self._tell()

    def _changed(self, changes: Changes) -> None:
        self.documents.take_changes(changes)
        self.search.take_changes(changes)
        self.pipeline.take_changes(changes)
        self.ask.take_changes(changes)
        if self._scans and Topic.JOBS in changes.topics:
            self._look_for_scans()
        if changes.topics & {Topic.DOCUMENTS, Topic.PAGES} and self.viewer.showing == "told":
            self.viewer.retry()

    def _look_for_scans(self) -> None:
        """Find out whether the folders added last are looked through, so that an empty one does not look busy for ever."""
        queue, waiting = self.workspace.queue, tuple(self._scans)

        def work(_task: Task) -> set[str]:
            jobs = [queue.get(job) for job in waiting]
            return {job.job_id for job in jobs if job is not None and not job.state.ended}

        def done(left: set[str]) -> None:
            self._scans = left
            if not left:
                self.documents.found()

        self._window.desk.operations.run(self, work, done, key="scans")

    def _control(self, change: Callable[[], None]) -> None:
        self._window.desk.operations.run(self, lambda _task: change(), lambda _done: self.pipeline.refresh())

    def _search(self, way: Way) -> None:
        self._window.go(Place("search", self.room))
        self.search.choose_way(way)

    def _show_unreadable(self) -> None:
        self._window.go(Place("documents", self.room))
        self.documents.show_unreadable()

    def _talk_commands(self) -> tuple[Command, ...]:
        """Return what can be done to conversations; what is done to one is done to the open one."""
        ask, talks = self.ask, self.ask.talks

        def on_page(run: Callable[[], None]) -> Callable[[], None]:
            def go() -> None:
                self._window.go(Place("ask", self.room))
                run()

            return go

        def is_open() -> bool:
            return bool(talks.open)

        return (
            Command(COMMANDS + "talk_new", "Begin a new conversation", on_page(ask.new_conversation), "Ctrl+Shift+N"),
            Command(COMMANDS + "talk_find", "Find words in conversations", on_page(ask.find_words)),
            Command(COMMANDS + "talk_rename", "Rename this conversation", on_page(ask.rename), enabled=is_open),
            Command(
                COMMANDS + "talk_export",
                "Export this conversation",
                on_page(lambda: talks.choose_export(talks.open)),
                enabled=is_open,
            ),
            Command(
                COMMANDS + "talk_delete",
                "Delete this conversation",
                on_page(lambda: talks.delete(talks.open)),
                enabled=is_open,
            ),
        )

    def _connect(self) -> None:
        self._bridge.changed.connect(self._changed)
        self._engine_moved.connect(self._engine_changed)
        self.documents.looked.connect(self._looked)
        self.pipeline.tallied.connect(self._tallied)
        self.documents.added.connect(self.add)
        self.documents.passwords_given.connect(self.unlock)
        self.documents.opened.connect(self.open_document)
        self.ask.unreadable_asked.connect(self._show_unreadable)
        self.search.unreadable_asked.connect(self._show_unreadable)
        self.search.documents_asked.connect(lambda: self._window.go(Place("documents", self.room)))

    def _add_commands(self) -> None:
        go = self._window.go
        self._window.add_commands(
            Command(COMMANDS + "documents", "Go to documents", lambda: go(Place("documents", self.room)), "Ctrl+1"),
            Command(COMMANDS + "ask", "Ask this room", lambda: go(Place("ask", self.room)), "Ctrl+2"),
            Command(COMMANDS + "search", "Search this room", lambda: go(Place("search", self.room)), "Ctrl+3"),
            Command(COMMANDS + "exact", "Search for exact words", lambda: self._search(Way.EXACT), "Ctrl+Shift+F"),
            Command(COMMANDS + "meaning", "Search by meaning", lambda: self._search(Way.MEANING)),
            Command(COMMANDS + "pipeline", "Go to the pipeline", lambda: go(Place("pipeline", self.room)), "Ctrl+4"),
            *self._talk_commands(),
            Command(COMMANDS + "evaluate", "Evaluate this room", lambda: go(Place("evaluation", self.room)), "Ctrl+5"),
            Command(COMMANDS + "pause", "Pause reading", lambda: self._control(self.workspace.queue.pause)),
            Command(COMMANDS + "resume", "Resume reading", lambda: self._control(self.workspace.queue.resume)),
            Command(COMMANDS + "add_folder", "Add a folder", self.documents.choose_folder, "Ctrl+O"),
            Command(COMMANDS + "add_files", "Add files", self.documents.choose_files, "Ctrl+Shift+O"),
            Command(COMMANDS + "unreadable", "Show what could not be read", self._show_unreadable),
        )
