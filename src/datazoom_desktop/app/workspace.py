"""A workspace: one open room and its services, wired together."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from datazoom_desktop.chat.conversations import Conversations
from datazoom_desktop.chat.evaluations.service import Evaluations
from datazoom_desktop.chat.service import Chat
from datazoom_desktop.documents.render import PageRenderer
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.engines.choice import Choice, none_chosen
from datazoom_desktop.engines.device import usable_cores
from datazoom_desktop.engines.embedders import ChosenEmbedder, Embedders
from datazoom_desktop.intake.service import Intake
from datazoom_desktop.jobs.model import JobState
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.jobs.runner import Runner
from datazoom_desktop.kernel.changes import ChangeBus
from datazoom_desktop.organizations.model import RoomInfo
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.search.clause_index import ClauseSource
from datazoom_desktop.search.exact import ExactSearch
from datazoom_desktop.search.service import Search
from datazoom_desktop.storage.room import RoomStorage
from datazoom_desktop.tables.service import Tables

_MEMORY_PER_WORKER = 3 << 30


def worker_count() -> int:
    """Return how many worker processes suit this machine: one a core, three gibibytes of memory each, at most eight."""
    memory = int(psutil.virtual_memory().total)
    return max(1, min(usable_cores(), memory // _MEMORY_PER_WORKER, 8))


class Workspace:
    """One open room: its storage, services and pipeline.

    Reading starts only with ``start``: opening a room to look at it starts no process.
    """

    def __init__(
        self,
        info: RoomInfo,
        storage: RoomStorage,
        home: Path,
        llm: Callable[[str], Choice],
        bus: ChangeBus | None = None,
    ) -> None:
        """Build the services of an open room in ``home``; ``llm`` is asked, with the room's id, what answers, at each question."""
        self.info = info
        self.storage = storage
        self.bus = bus or ChangeBus()
        self.queue = Queue(storage.db)
        self.documents = Documents(storage)
        self.embedders = Embedders(home / "embedders")
        embedder = ChosenEmbedder(self.embedders, lambda: storage.passages.model_id)
        clauses = ClauseSource(home, embedder)
        self.intake = Intake(storage, self.queue, self.bus, self.embedders)
        self.intake.before_exchange(clauses.prepare)
        self.runner = Runner(
            storage.db, self.queue, self.intake.kinds(), self.bus, storage.scratch, workers=worker_count()
        )
        self.search = Search(storage, self.documents, embedder, clauses)
        self.exact = ExactSearch(storage, self.documents)
        self.tables = Tables(storage)
        self.chat = Chat(self.search, self.documents, lambda: llm(info.room_id), self.tables)
        self.conversations = Conversations(storage, self.chat, self.documents, self.search.is_name, self.bus)
        self.evaluations = Evaluations(storage, self.chat, self.search, self.documents)
        self.renderer = PageRenderer(self.documents, storage.previews, storage.scratch / "viewer")

    def start(self) -> int:
        """Start the pipeline: take up what an earlier run left, then wait for more; return how many versions were left."""
        resumed = self.intake.resume()
        self.runner.start()
        return resumed

    def unfinished(self) -> int:
        """Return how many jobs wait or run."""
        return sum(
            number
            for states in self.queue.counts().values()
            for state, number in states.items()
            if not JobState(state).ended
        )

    def close(self) -> None:
        """Stop the pipeline (what runs goes back to the queue) and let go of the room."""
        with contextlib.ExitStack() as ends:
            ends.callback(self.storage.close)
            ends.callback(self.renderer.close)
            ends.callback(self.runner.stop)

    def __enter__(self) -> Self:
        """Return the workspace."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def no_model(_room_id: str) -> Choice:
    """Return that no language model answers: for work that asks none."""
    return none_chosen("no language model was asked for")


def open_workspace(
    home: Path, room: str, llm: Callable[[str], Choice] = no_model, bus: ChangeBus | None = None
) -> Workspace:
    """Open a room by name or id; see ``Workspace`` for ``llm``.

    Raises:
        Problem: There is no such room, another process holds it, or it is damaged.
    """
    rooms = Rooms(home)
    info = rooms.find(room)
    storage = rooms.open(info.room_id)
    try:
        return Workspace(info, storage, home, llm, bus)
    except BaseException:
        storage.close()
        raise
