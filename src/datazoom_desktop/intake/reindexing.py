"""Another embedder for a room: its index is made beside the one that answers, and takes its place when it is complete.

Each version's passages are turned into vectors by a job of its own, after everything that is to be read; a last job makes sure that
nothing is missing and exchanges the two. Progress is what the new index holds, so a program killed at any moment goes on from there. What
is read meanwhile enters the index that answers, leaves the new one (see ``RoomIndex``), and is therefore found missing and taken in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from datazoom_desktop.activity import trail
from datazoom_desktop.documents import store as register
from datazoom_desktop.engines.embedders import Embedders
from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.intake import store
from datazoom_desktop.intake.indexing import ROOM, Indexing, index_rows
from datazoom_desktop.jobs.model import MEBIBYTE, Failure, Job, JobKind, JobState, NewJob, WorkContext
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.passage_index import IndexRow, PassageIndex
from datazoom_desktop.storage.room import RoomStorage

REEMBED = "intake.reembed"
EXCHANGE = "intake.exchange"

_AFTER_ALL = 110  #: priority of vectors for the new index: after tidying the one that answers
_LAST = 120
_ROWS_HELD = 2_000  #: rows, about 5 MB, that enter the new index together
_MEMORY = 2048 * MEBIBYTE
_SILENCE_SECONDS = 120.0


class Standing(NamedTuple):
    """How far a room's change of embedder is.

    Attributes:
        model_id: The embedder whose index answers.
        dims: The length of its vectors.
        passages: How many passages can be searched.
        next_model_id: The embedder that the room changes to, None when it does not.
        done: How many passages the new index holds.
    """

    model_id: str
    dims: int
    passages: int
    next_model_id: str | None
    done: int


class Reindexing:
    """Changes the embedder of an open room."""

    def __init__(self, storage: RoomStorage, queue: Queue, embedders: Embedders, indexing: Indexing) -> None:
        """Serve an open room."""
        self._storage = storage
        self._queue = queue
        self._embedders = embedders
        self._indexing = indexing
        self._held: dict[
            str, tuple[str, Sequence[IndexRow]]
        ] = {}  #: readings and rows for the new index; guarded by indexing.lock
        self.prepare_for: Callable[[OnnxEmbedder], None] = lambda embedder: (
            None
        )  #: called before an embedder begins to answer

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds that the runner needs."""
        return (
            JobKind(
                name=REEMBED,
                unit="passages",
                where="worker",
                work="datazoom_desktop.intake.work:embed",
                prepare=self._prepare,
                settle=self._settle,
                apply=lambda tx, job, result, scratch: Changes.of(Topic.JOBS),
                failed=_failed,
                max_attempts=3,
                memory_bytes=_MEMORY,
                silence_seconds=_SILENCE_SECONDS,
            ),
            JobKind(
                name=EXCHANGE,
                unit="passages",
                where="here",
                run=self._complete,
                apply=self._completed,
                failed=_failed,
                max_attempts=3,
            ),
        )

    # --- for the user -------------------------------------------------------------------------------------------------------------

    def standing(self) -> Standing:
        """Return which embedder answers, and how far a change to another is."""
        index = self._storage.passages
        with index.steady():
            beside = index.next
            done = sum(beside.version_counts().values()) if beside is not None else 0
            next_model = beside.planned_model_id if beside is not None else None
            return Standing(index.model_id, index.dims, index.count(), next_model, done)

    def begin(self, embedder: OnnxEmbedder) -> bool:
        """Let the room change to ``embedder``; return whether there is anything to do. One change begun before is given up.

        Asking for the change that goes on already goes on with it, and asking for the embedder that answers gives up the other one.

        Raises:
            Problem: The embedder's files are missing or damaged.
        """
        index = self._storage.passages
        wanted = embedder.model_id
        if index.model_id == wanted:
            return self.give_up()
        if index.next is not None and index.next.planned_model_id == wanted:
            self._storage.db.write(self._go_on)
            return True

        def note(tx: Cursor) -> None:
            trail.record(tx, actor="user", intent="index.change_begun", subject=wanted, detail={"dims": embedder.dims})
            self._queue.withdraw(tx, (REEMBED,))
            self._enqueue_exchange(tx)

        with self._indexing.lock:
            self._held.clear()
            index.begin(wanted, embedder.dims, note)
        return True

    def give_up(self) -> bool:
        """Keep the embedder that answers; return whether the room was changing to another."""

        def note(tx: Cursor) -> None:
            trail.record(tx, actor="user", intent="index.change_given_up", subject=ROOM, detail={})
            self._queue.withdraw(tx, (REEMBED, EXCHANGE))

        with self._indexing.lock:
            self._held.clear()
            return self._storage.passages.abandon(note)

    def resume(self, tx: Cursor) -> None:
        """Queue what is left of a change of embedder, in the caller's transaction."""
        if self._storage.passages.next is not None:
            self._enqueue_exchange(tx)

    def _go_on(self, tx: Cursor) -> None:
        """Queue what is left, and have what failed or was cancelled forgotten."""
        self._queue.withdraw(tx, (REEMBED,))
        self.resume(tx)

    # --- vectors ------------------------------------------------------------------------------------------------------------------

    def _prepare(self, job: Job, scratch: Path) -> dict[str, Any]:
        beside = self._storage.passages.next
        with self._storage.db.read() as cursor:
            readings = {one.version_id: clock.iso(one.read_at) for one in store.searchable(cursor, [job.subject])}
            rows = register.passage_texts(cursor, job.subject)
        wanted = rows if beside is not None and job.subject in readings else []
        ids = {
            "reading": readings.get(job.subject),
            "ids": [passage_id for passage_id, _ in wanted],
            "texts": [text for _, text in wanted],
        }
        (scratch / "ids.json").write_text(json.dumps(ids), encoding="utf-8")
        (scratch / "texts.json").write_text(json.dumps(ids["texts"]), encoding="utf-8")
        model = self._embedders.find(beside.planned_model_id).folder if beside is not None else None
        return {"texts": str(scratch / "texts.json"), "model": str(model) if model is not None else None}

    def _settle(self, job: Job, result: dict[str, Any], scratch: Path) -> None:
        made = json.loads((scratch / "ids.json").read_text(encoding="utf-8"))
        rows = index_rows(job.subject, list(zip(made["ids"], made["texts"], strict=True)), scratch)
        with self._indexing.lock:
            beside = self._storage.passages.next
            if beside is None or beside.planned_model_id != result["model"] or not rows:
                return  # given up meanwhile, or gone
            self._held[job.subject] = made["reading"], rows
            if sum(len(held) for _, held in self._held.values()) >= _ROWS_HELD:
                self._write(beside)

    def _write(self, beside: PassageIndex) -> None:
        """Let what is held enter the new index, less what was read again meanwhile; under the lock."""
        with self._storage.db.read() as cursor:
            latest = {one.version_id: clock.iso(one.read_at) for one in store.searchable(cursor, list(self._held))}
        beside.replace_many({one: rows for one, (reading, rows) in self._held.items() if latest.get(one) == reading})
        self._held.clear()

    # --- the exchange -------------------------------------------------------------------------------------------------------------

    def _complete(self, job: Job, context: WorkContext) -> dict[str, Any]:
        """Exchange the two when nothing is missing, else return the versions that are.

        Raises:
            Problem: Some could not be turned into vectors.
        """
        index = self._storage.passages
        beside = index.next
        if beside is None:
            return {"missing": []}
        embedder = self._embedders.find(beside.planned_model_id)
        if not beside.exists():
            beside.recreate()
        with self._indexing.lock:
            self._write(beside)
        if not self._missing(beside, context):
            beside.optimize()
            self.prepare_for(embedder)
        with self._indexing.lock:
            if index.next is not beside:
                return {"missing": []}
            self._write(beside)
            missing = self._missing(beside, context)
            if not missing:
                index.exchange(self._note_exchange(embedder.model_id))
                return {"missing": []}
        self._complain(missing)
        return {"missing": [(one.version_id, one.name) for one in missing]}

    def _missing(self, beside: PassageIndex, context: WorkContext) -> list[store.Searchable]:
        """Return the versions that the new index lacks; what it holds of others leaves it."""
        with self._storage.db.read() as cursor:
            wanted = store.searchable(cursor)
        there = beside.version_counts()
        right = {one.version_id for one in wanted if there.get(one.version_id) == one.passages}
        beside.remove(there.keys() - right)
        context.progress(sum(there[one] for one in right), sum(one.passages for one in wanted))
        return [one for one in wanted if one.version_id not in right]

    def _complain(self, missing: Sequence[store.Searchable]) -> None:
        names = {one.version_id: one.name for one in missing}
        ended = self._queue.list([JobState.FAILED, JobState.DEAD, JobState.CANCELLED])
        failed = [job for job in ended if job.kind == REEMBED and job.subject in names]
        if failed:
            raise Problem(
                "The room keeps its search model",
                f"{len(failed):,} of its documents could not be prepared for the other one, such as "
                f"“{names[failed[0].subject]}”: {failed[0].reason}",
                "Try again, or give the change up: datazoom index ROOM keep",
            )

    def _completed(self, tx: Cursor, job: Job, result: dict[str, Any], scratch: Path) -> Changes:
        missing = [NewJob(version_id, name, {}, _AFTER_ALL) for version_id, name in result["missing"]]
        if missing:
            self._queue.enqueue_many(tx, REEMBED, missing)
            self._enqueue_exchange(tx)
        return Changes.of(Topic.PASSAGES, Topic.JOBS)

    def _note_exchange(self, model_id: str) -> Callable[[Cursor], None]:
        def note(tx: Cursor) -> None:
            self._indexing.embed_again(tx, register.versions_in_state(tx, "read"))
            trail.record(tx, actor="intake", intent="index.changed", subject=model_id, detail={})

        return note

    def _enqueue_exchange(self, tx: Cursor) -> None:
        self._queue.enqueue(tx, EXCHANGE, ROOM, "Index", {}, priority=_LAST)


def _failed(tx: Cursor, job: Job, failure: Failure) -> Changes:
    return Changes.of(Topic.JOBS)
