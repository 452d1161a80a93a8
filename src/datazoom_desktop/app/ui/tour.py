"""A tour of the window for screenshots: goes from state to state by itself and saves a picture of each, in both themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QSize, QTimer
from PySide6.QtGui import QCursor

from datazoom_desktop.app.ui.desktop import ROOMS, Desktop
from datazoom_desktop.app.ui.room_session import RoomSession
from datazoom_desktop.jobs.ui.sentences import View
from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.search.ui.search_page import Way
from datazoom_desktop.shell.navigation import Place
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import Scheme

QUESTIONS = (
    "When does the lease expire and can it be extended?",
    "Which regulator must clear the acquisition under foreign investment rules?",
)
SEARCHES = (
    ("consent OR assign* /5 landlord", "search-found"),
    ('rent "change of control', "search-mistake"),
    ("unobtainium page:3", "search-nothing"),
)
TALK = ("What is the monthly rent in the office lease?", "Who signed it?")
TYPED = "And for how long?"
SIZES = (QSize(1280, 800), QSize(1920, 1080))
_STEP_MS = 100
_PATIENCE = 1200  #: steps to wait for one state
_HALF = 0.4  #: of the reading, for a picture of it


class Tour(QObject):
    """Walks through the window once its first page is on show, then closes it."""

    def __init__(self, desktop: Desktop, theme: Theme, folder: Path, *, with_room: bool) -> None:
        """Save pictures into ``folder``."""
        super().__init__(desktop)
        folder.mkdir(parents=True, exist_ok=True)
        self._desktop = desktop
        self._theme = theme
        self._folder = folder
        self._number = 0
        self._waited = 0
        self._steps = self._walk(with_room=with_room)
        self._ready: Callable[[], bool] = lambda: True
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._step)
        (desktop.room_opened if with_room else desktop.listed).connect(lambda _shown: self._timer.start())

    def _step(self) -> None:
        """Go on once the state that was waited for is there (or has not come for two minutes)."""
        self._waited += 1
        if not self._ready() and self._waited < _PATIENCE:
            return
        self._waited = 0
        try:
            self._ready = next(self._steps)
        except StopIteration:
            self._timer.stop()
            self._desktop.window.close()

    def _walk(self, *, with_room: bool) -> Iterator[Callable[[], bool]]:
        """Yield what to wait for before each next step."""
        window, operations = self._desktop.window, self._desktop.window.desk.operations

        def quiet() -> bool:
            return operations.live == 0

        window.go(ROOMS)
        QCursor.setPos(
            window.mapToGlobal(QPoint(window.width(), window.height()))
        )  # nothing is hovered over in pictures
        yield quiet
        yield from self._shoot("rooms")
        session = self._desktop.session
        if with_room and session is not None:
            documents = session.documents
            window.go(Place("documents", session.room))
            yield lambda: documents.states.state != "blank" and quiet()
            if not documents.model.rowCount():
                yield from self._shoot("documents-empty")
                yield from self._read(session)
            yield from self._shoot("documents")
            documents.show_unreadable()
            yield quiet
            if documents.unread_model.rows:
                documents.unread.selectRow(len(documents.unread_model.rows) - 1)
                yield from self._shoot("unreadable")
            row = documents.model.row(1)
            if row is not None:
                session.open_document(row.version_id, row.path, 1)
                yield lambda: quiet() and session.viewer.showing not in ("loading", "blank")
                yield from self._shoot("document")
            yield from self._pipeline(session)
            yield from self._search(session)
            yield from self._evaluate(session)
            window.go(Place("ask", session.room))
            yield from self._shoot("ask-empty")
            for question in QUESTIONS:
                session.ask.ask(question)
                yield lambda: not session.ask.asking
                yield from self._shoot("answer")
                card = session.ask.cards[-1]
                if card.first:
                    session.ask.open_citation(card, card.first)
                    yield lambda: quiet() and session.ask.viewer is not None and session.ask.viewer.showing != "loading"
                    yield from self._shoot("citation")
            yield from self._conversations(session)
        window.palette_box.open()
        yield from self._shoot("commands")

    def _read(self, session: RoomSession) -> Iterator[Callable[[], bool]]:
        """Take the sample documents in, with a picture of the room while they are read."""
        status = self._desktop.window.status_line
        session.add([resource_path("sample_room", "files")])
        yield lambda: (status.status.progress or 0.0) > _HALF
        yield from self._shoot("reading")
        self._desktop.window.go(Place("pipeline", session.room))
        yield lambda: session.pipeline.model.rowCount() > 0
        yield from self._shoot("pipeline-busy")
        self._desktop.window.go(Place("documents", session.room))
        yield lambda: session.documents.model.rowCount() > 0 and not status.status.work

    def _conversations(self, session: RoomSession) -> Iterator[Callable[[], bool]]:
        """Keep a second conversation, look at a follow-up question, find words, and a document that has left."""
        ask, panel = session.ask, session.ask.talks.panel
        ask.new_conversation()
        yield self._settled
        yield from self._shoot("conversation-new")
        for question in TALK:
            ask.ask(question)
            yield lambda: not ask.asking
        ask.field.setPlainText(TYPED)
        yield lambda: self._settled() and ask.continues.isVisible()
        yield from self._shoot("conversation-follow-up")
        ask.field.clear()
        panel.field.setText("lease")
        yield lambda: self._settled() and self._waited > 6
        yield from self._shoot("conversation-found")
        panel.field.clear()
        yield lambda: self._settled() and self._waited > 6
        path = ask.cards[-1].numbers.citation(1).path
        self._desktop.window.desk.operations.run(
            self, lambda _task: session.workspace.intake.remove([path]), lambda _gone: None
        )
        yield lambda: self._settled() and self._waited > 25
        yield from self._shoot("conversation-removed")
        self._desktop.window.desk.operations.run(
            self, lambda _task: session.workspace.intake.restore([path]), lambda _back: None
        )
        panel.rename(ask.talks.open)
        yield lambda: self._settled() and self._waited > 6
        yield from self._shoot("conversation-rename")

    def _pipeline(self, session: RoomSession) -> Iterator[Callable[[], bool]]:
        """Show the pipeline at rest, what it finished, and what it could not do."""
        self._desktop.window.go(Place("pipeline", session.room))
        yield self._settled
        yield from self._shoot("pipeline-idle")
        for view, name in ((View.ENDED, "pipeline-finished"), (View.STUCK, "pipeline-stuck")):
            session.pipeline.show_view(view)
            yield self._settled
            yield from self._shoot(name)

    def _search(self, session: RoomSession) -> Iterator[Callable[[], bool]]:
        """Show the search page: its help, what was found, a place in its document, a mistake, nothing found, and by meaning."""
        page = session.search
        self._desktop.window.go(Place("search", session.room))
        yield self._settled
        yield from self._shoot("search-empty")
        page.help.open()
        yield from self._shoot("search-help")
        page.help.close_card()
        for text, name in (*SEARCHES, (QUESTIONS[0], "search-meaning")):
            page.search(text, Way.MEANING if text == QUESTIONS[0] else Way.EXACT)
            yield self._settled
            yield from self._shoot(name)
            if name == "search-found":
                page.exact.open_line(1)
                yield self._settled
                yield from self._shoot("search-opened")
                page.close_document()

    def _evaluate(self, session: RoomSession) -> Iterator[Callable[[], bool]]:
        """Show the evaluation page: empty, and what came of asking the sample room's questions."""
        page = session.evaluation
        self._desktop.window.go(Place("evaluation", session.room))
        yield self._settled
        yield from self._shoot("evaluation-empty")
        page.take_file(resource_path("sample_room", "facts.json"))
        yield self._settled
        page.start()
        yield lambda: not page.running and self._settled()
        yield from self._shoot("evaluation")
        page.open_citation(0)
        yield self._settled
        yield from self._shoot("evaluation-opened")

    def _shoot(self, name: str) -> Iterator[Callable[[], bool]]:
        """Take a picture of the present state in every size and theme."""
        self._number += 1
        window = self._desktop.window
        for size in SIZES:
            window.resize(size)
            for scheme in Scheme:
                self._theme.choose(scheme)
                yield self._settled
                file = self._folder / f"{self._number:02d}-{name}-{size.width()}-{scheme}.png"
                window.grab().save(str(file))
        window.resize(SIZES[0])
        self._theme.choose(Scheme.LIGHT)
        yield self._settled

    def _settled(self) -> bool:
        """Whether nothing is under way and the layout had time to follow."""
        return self._waited >= 3 and self._desktop.window.desk.operations.live == 0
