"""The desktop: the window, the register of rooms, and the room that is open in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from datazoom_desktop.app.ui.room_session import RoomSession
from datazoom_desktop.engines.choice import Choice, Purpose, none_chosen
from datazoom_desktop.engines.llm import LlmStatus
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.organizations.model import RoomInfo
from datazoom_desktop.organizations.ui.rooms_page import RoomLists, RoomsPage
from datazoom_desktop.shell.commands import Command
from datazoom_desktop.shell.navigation import Place
from datazoom_desktop.shell.operations import Task
from datazoom_desktop.shell.sidebar import Entry
from datazoom_desktop.shell.states import States
from datazoom_desktop.shell.status_line import Status
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.window import Window

if TYPE_CHECKING:
    from datazoom_desktop.app.language import Language
    from datazoom_desktop.app.workspace import Workspace
    from datazoom_desktop.organizations.register import Rooms

ROOMS = Place("rooms")


class Desktop(QObject):
    """Runs one window over one home.

    Attributes:
        listed: Emitted with the ``RoomLists`` whenever the register was looked at; the first one makes the window usable.
        room_opened: Emitted with the ``RoomSession`` that is on show from now on.
    """

    listed = Signal(object)
    room_opened = Signal(object)

    def __init__(self, home: Path, theme: Theme) -> None:
        """Build the window; ``start`` shows it and looks at the register."""
        super().__init__()
        self._home = home
        self.window = Window(theme, home / "crashes")
        self.session: RoomSession | None = None
        self.rooms_page: RoomsPage | None = None
        self._lists = RoomLists((), ())
        self._documents = self._active = 0
        self._opening: str | None = None
        self._arriving = False
        self._held: dict[str, Workspace] = {}
        self._engine: Language | None = None
        self._status = LlmStatus()
        self._plan = none_chosen("no room is open").plan
        self._waiting = States(theme, QWidget())
        self.window.pages.addWidget(self._waiting)
        self.window.went.connect(self._went)
        self.window.closing.connect(self._close)
        self.window.status_line.opened.connect(self._open_status)
        self.window.palette_box.suggest = self._suggest
        self.window.sidebar.create_room.connect(self._new_room)
        self.window.add_commands(
            Command("rooms.list", "Go to all rooms", lambda: self.window.go(ROOMS), "Ctrl+Shift+R"),
            Command("rooms.new", "Create a room", self._new_room, "Ctrl+N"),
        )

    def start(self, room: str | None = None) -> None:
        """Show the window, then the rooms; with ``room`` (a name or an id), open that one."""
        self.window.show()
        self._show_waiting("Rooms")
        home = self._home

        def work(_task: Task) -> Rooms:
            from datazoom_desktop.organizations.register import Rooms

            return Rooms(home)

        def done(rooms: Rooms) -> None:
            self._make_rooms_page(rooms)
            self.window.go(ROOMS)
            if room is not None:
                self._find(rooms, room)

        self.window.desk.operations.run(self, work, done, failed=self._waiting.show_error)

    def open_room(self, info: RoomInfo) -> None:
        """Go to a room's documents, opening it first when another one (or none) is open."""
        self.window.go(Place("documents", info.room_id))

    def _went(self, place: Place) -> None:
        if place.room is None:
            if self.rooms_page is not None:
                self.rooms_page.refresh()
                self.window.show_page(self.rooms_page, [("Rooms", None)])
        elif self.session is not None and self.session.room == place.room:
            self._show(self.session, place)
        else:
            self._open(place)

    def _show(self, session: RoomSession, place: Place) -> None:
        name = session.info.name
        documents = Place("documents", session.room)
        if place.page == "ask":
            self.window.show_page(session.ask, [(name, documents), ("Ask", None)])
            session.ask.field.setFocus()
        elif place.page == "search":
            self.window.show_page(session.search, [(name, documents), ("Search", None)])
            session.search.focus_field()
        elif place.page == "evaluation":
            self.window.show_page(session.evaluation, [(name, documents), ("Evaluation", None)])
            session.evaluation.table.setFocus()
        elif place.page == "pipeline":
            self.window.show_page(session.pipeline, [(name, documents), ("Pipeline", None)])
            session.pipeline.table.setFocus()
        elif place.page == "document":
            session.viewer.open(place.item, place.at or 1)
            self._arriving = True
            crumbs = [(name, documents), ("Documents", documents), (session.viewer.title.whole, None)]
            self.window.show_page(session.viewer, crumbs)
            self.window.sidebar.set_place(documents)
        else:
            self.window.show_page(session.documents, [(name, documents), ("Documents", None)])
            session.documents.table.setFocus()

    def _open(self, place: Place) -> None:
        """Open the room of ``place`` in the background; what was open is let go first."""
        room = place.room or ""
        name = next((info.name for info in self._lists.rooms if info.room_id == room), "Room")
        self._show_waiting(name)
        if self._opening == room:
            return
        self._opening = room
        self._detach()
        home = self._home

        def work(task: Task) -> Workspace:
            from datazoom_desktop.app.workspace import open_workspace

            for held in tuple(self._held):
                self._release(held)
            self._look_for_engine()
            workspace = open_workspace(home, room, self._answering)
            self._held[room] = workspace
            task.token.check()
            workspace.start()
            return workspace

        def done(workspace: Workspace) -> None:
            self._opening = None
            self._attach(workspace)

        def failed(error: Exception) -> None:
            self._opening = None
            self._waiting.show_error(error, lambda: self._open(place))

        self.window.desk.operations.run(self, work, done, failed=failed)

    def _attach(self, workspace: Workspace) -> None:
        session = RoomSession(self.window, workspace, self._status, lambda: self._plan, self)
        self.session = session
        session.status_changed.connect(self.window.status_line.set_status)
        session.counted.connect(self._count)
        session.viewer.titled.connect(self._title_document)
        session.viewer.arrived.connect(lambda _version, _page: self._focus_document())
        leave = QShortcut(QKeySequence("Esc"), session.viewer)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(lambda: self.window.go(Place("documents", session.room)))
        self._show_entries()
        here = self.window.history.here
        if here is not None and here.room == session.room:
            self._show(session, here)
            self.window.sidebar.set_place(here)
        elif here is not None and here.room is not None:
            self._open(here)
        self.room_opened.emit(session)

    def _detach(self) -> None:
        """Take the open room off the window; its workspace stays in ``_held`` until it is released."""
        if self.session is not None:
            self.session.detach()
            self.session = None
            self._documents = self._active = 0
            self.window.status_line.set_status(Status())
            self._show_entries()

    def _release(self, room: str) -> None:
        """Run on a background thread: close a room's workspace, if there is one."""
        workspace = self._held.pop(room, None)
        if workspace is not None:
            workspace.close()

    def _language(self) -> Language:
        """Run on a background thread: the language models of this home."""
        if self._engine is None:
            from datazoom_desktop.app.language import Language

            self._engine = Language(self._home, self._status)
        return self._engine

    def _answering(self, room_id: str) -> Choice:
        """Run on a background thread: what answers a question."""
        choice = self._language().answers(room_id)
        self._plan = choice.plan
        return choice

    def _look_for_engine(self) -> None:
        """Run on a background thread: find out what would answer, for the status line; nothing is started."""
        try:
            self._plan = self._language().plans()[Purpose.ANSWERS]
        except Problem as problem:
            self._plan = none_chosen(problem.message).plan

    def _make_rooms_page(self, rooms: Rooms) -> None:
        page = RoomsPage(self.window.desk, rooms, self._release)
        page.opened.connect(self.open_room)
        page.removing.connect(self._leave_room)
        page.changed.connect(self._listed)
        self.rooms_page = page

    def _leave_room(self, info: RoomInfo) -> None:
        """Let go of a room that is about to be moved to the trash."""
        self.window.history.forget_room(info.room_id)
        if self.session is not None and self.session.room == info.room_id:
            self._detach()

    def _listed(self, lists: RoomLists) -> None:
        self._lists = lists
        self._show_entries()
        self.listed.emit(lists)

    def _show_entries(self) -> None:
        entries = [self._entry(info) for info in self._lists.rooms if info.problem is None]
        self.window.sidebar.set_entries([*entries, Entry(ROOMS, "All rooms", "room")])

    def _entry(self, info: RoomInfo) -> Entry:
        documents = Place("documents", info.room_id)
        if self.session is None or self.session.room != info.room_id:
            return Entry(documents, info.name, "forward")
        children = (
            Entry(documents, "Documents", "documents", self._documents or None),
            Entry(Place("ask", info.room_id), "Ask", "ask"),
            Entry(Place("search", info.room_id), "Search", "search"),
            Entry(Place("pipeline", info.room_id), "Pipeline", "pipeline", self._active or None),
            Entry(Place("evaluation", info.room_id), "Evaluation", "evaluate"),
        )
        return Entry(documents, info.name, "down", children=children)

    def _count(self, documents: int, active: int) -> None:
        self._documents, self._active = documents, active
        self._show_entries()

    def _focus_document(self) -> None:
        """Let arrows scroll a document that was just gone to."""
        here = self.window.history.here
        if self._arriving and self.session is not None and here is not None and here.page == "document":
            self._arriving = False
            self.session.viewer.focus_page()

    def _title_document(self, title: str) -> None:
        here = self.window.history.here
        if self.session is not None and here is not None and here.page == "document":
            documents = Place("documents", self.session.room)
            self.window.header.set_crumbs(
                [(self.session.info.name, documents), ("Documents", documents), (title, None)], self.window.go
            )

    def _find(self, rooms: Rooms, room: str) -> None:
        self.window.desk.operations.run(self, lambda _task: rooms.find(room), self.open_room)

    def _new_room(self) -> None:
        self.window.go(ROOMS)
        if self.rooms_page is not None:
            self.rooms_page.focus_new()

    def _open_status(self, part: str) -> None:
        if self.session is None:
            return
        room = self.session.room
        if part == "coverage":
            self.window.go(Place("documents", room))
            self.session.documents.show_unreadable()
        else:
            self.window.go(Place("ask" if part == "engine" else "pipeline", room))

    def _suggest(self, text: str) -> list[Command]:
        """Offer rooms by name, and to ask the open room what was typed."""
        from datazoom_desktop.shell.commands import ranked

        session = self.session
        rooms = [
            Command(f"open.{info.room_id}", f"Open {info.name}", lambda i=info: self.open_room(i))  # type: ignore[misc]
            for info in self._lists.rooms
            if session is None or info.room_id != session.room
        ]
        asked = text.strip()
        asking = (
            [
                Command("ask.typed", f"Ask “{asked}”", lambda: _ask(session, asked, self.window)),
                Command("search.typed", f"Search for “{asked}”", lambda: _search(session, asked, self.window)),
            ]
            if session and asked
            else []
        )
        return [*ranked(text, rooms), *asking]

    def _show_waiting(self, title: str) -> None:
        self._waiting.show_loading()
        self.window.show_page(self._waiting, [(title, None)])

    def _close(self) -> None:
        """Let go of everything; nothing runs in the background any more, so no room is being opened behind our back."""
        self._detach()
        for room in tuple(self._held):
            self._release(room)
        if self._engine is not None:
            self._engine.close()


def _ask(session: RoomSession, question: str, window: Window) -> None:
    window.go(Place("ask", session.room))
    session.ask.ask(question)


def _search(session: RoomSession, text: str, window: Window) -> None:
    window.go(Place("search", session.room))
    session.search.search(text)
