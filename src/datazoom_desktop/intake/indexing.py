"""Intake's second half: a version's passages become vectors, and vectors enter the index, many versions at a time.

A short document is turned into vectors where it is read; a long one by a job of its own. Either way its rows are kept in memory until
the next writing of the index, which takes all that are there: one write for a hundred short notes costs as much as one for a single
note. A program that ends before that has lost nothing but the vectors; they are made again. So are those of another embedder than the
one whose index answers when they are written, since that may have been exchanged meanwhile (see ``reindexing``).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from datazoom_desktop.documents import store
from datazoom_desktop.engines.device import usable_cores
from datazoom_desktop.engines.embedders import Embedders
from datazoom_desktop.jobs.model import MEBIBYTE, Failure, Job, JobKind, NewJob, WorkContext
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage import spool
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.passage_index import IndexRow
from datazoom_desktop.storage.room import RoomStorage

EMBED = "intake.embed"
INDEX = "intake.index"
OPTIMIZE = "intake.optimize"
PURGE = "intake.purge"
_HERE = frozenset((INDEX, OPTIMIZE, PURGE))  #: kinds that no worker does
ROOM = "room"  #: what the jobs of the index are about

EMBED_WHILE_READING = 128  #: passages of a document that are turned into vectors where it is read

_BEFORE_READING = -5  #: priority of writing the index; also before anything else but looking through folders
_LAST = 100
_ROWS_HELD = 20_000  #: rows in memory, about 50 MB, above which making more waits for the index
_PATIENCE = 30.0  #: seconds that it waits for that at most
_MEMORY = 2048 * MEBIBYTE
_SILENCE_SECONDS = 120.0


class _Held(NamedTuple):
    """The rows of one reading of a version, with the embedder that made their vectors."""

    reading: str
    model_id: str
    rows: Sequence[IndexRow]


class Indexing:
    """Makes vectors and writes the index of an open room.

    Attributes:
        lock: Held from looking whether a reading is still the latest until it is in the index.
    """

    def __init__(self, storage: RoomStorage, queue: Queue, embedders: Embedders) -> None:
        """Serve an open room, whose index names one of ``embedders``."""
        self.lock = threading.Lock()
        self._storage = storage
        self._queue = queue
        self._embedders = embedders
        self._changed = threading.Condition()  # guards what follows
        self._held: dict[str, _Held] = {}
        self._unconfirmed: dict[str, str] = {}  #: readings that are in the index but may not be marked so
        self._written_to = storage.passages.name  #: the index that those are in

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds that the runner needs."""
        return (
            JobKind(
                name=EMBED,
                unit="passages",
                where="worker",
                work="datazoom_desktop.intake.work:embed",
                prepare=self._prepare,
                settle=self._settle,
                apply=self._apply,
                failed=_failed,
                max_attempts=3,
                memory_bytes=_MEMORY,
                silence_seconds=_SILENCE_SECONDS,
            ),
            JobKind(
                name=INDEX,
                unit="documents",
                where="beside",
                run=self._write,
                apply=self._written,
                failed=_failed,
                max_attempts=3,
            ),
            JobKind(
                name=OPTIMIZE,
                unit="steps",
                where="here",
                run=self._optimize,
                apply=lambda tx, job, result, scratch: Changes.of(Topic.PASSAGES),
                failed=_failed,
                max_attempts=3,
            ),
            JobKind(
                name=PURGE,
                unit="steps",
                where="here",
                run=self._purge,
                apply=lambda tx, job, result, scratch: Changes.of(Topic.PASSAGES),
                failed=_failed,
                max_attempts=3,
            ),
        )

    def wait_for_room(self) -> None:
        """Wait while very much is held already; not from the database's lane."""
        with self._changed:
            self._changed.wait_for(lambda: sum(len(one.rows) for one in self._held.values()) < _ROWS_HELD, _PATIENCE)

    def at_once(self) -> dict[str, Any]:
        """Return what a worker that reads is told, so that it turns short documents into vectors too; nothing where it cannot."""
        try:
            return {"embed": EMBED_WHILE_READING, "model": self._model_folder()}
        except Problem:  # told by the job that does nothing but that
            return {}

    def take(self, tx: Cursor, version_id: str, reading: str, rows: Sequence[IndexRow], model_id: str) -> None:
        """Hold the rows of a reading until the index is written, and queue that in the caller's transaction."""
        with self._changed:
            self._held[version_id] = _Held(reading, model_id, rows)
        self._queue.enqueue(tx, INDEX, ROOM, "Index", {}, priority=_BEFORE_READING)

    def resume(self, tx: Cursor) -> frozenset[str]:
        """Queue the writing of what is held, if anything is, in the caller's transaction; return the versions held."""
        with self._changed:
            held = frozenset(self._held)
        if held:
            self._queue.enqueue(tx, INDEX, ROOM, "Index", {}, priority=_BEFORE_READING)
        return held

    def enqueue_optimize(self, tx: Cursor) -> None:
        """Queue tidying the index once everything before it is done."""
        self._queue.enqueue(tx, OPTIMIZE, ROOM, "Index", {}, priority=_LAST)

    def enqueue_purge(self, tx: Cursor) -> None:
        """Queue deleting from the disk what the index still holds of rows that were taken out, once everything before it is done."""
        self._queue.enqueue(tx, PURGE, ROOM, "Index", {}, priority=_LAST)

    # --- vectors ------------------------------------------------------------------------------------------------------------------

    def _prepare(self, job: Job, scratch: Path) -> dict[str, Any]:
        with self._storage.db.read() as cursor:
            version = store.version(cursor, job.subject)
            rows = store.passage_texts(cursor, job.subject)
        ids = {"reading": reading_of(version), "ids": [passage_id for passage_id, _ in rows]}
        (scratch / "ids.json").write_text(json.dumps(ids), encoding="utf-8")
        (scratch / "texts.json").write_text(json.dumps([text for _, text in rows]), encoding="utf-8")
        return {"texts": str(scratch / "texts.json"), "model": self._model_folder(), "threads": self._threads()}

    def _threads(self) -> int:
        """Return on how many threads to make vectors: on all cores when nothing waits that another worker could do instead."""
        waiting = sum(states.get("queued", 0) for kind, states in self._queue.counts().items() if kind not in _HERE)
        return 1 if waiting else usable_cores()

    def _settle(self, job: Job, result: dict[str, Any], scratch: Path) -> None:
        made = json.loads((scratch / "ids.json").read_text(encoding="utf-8"))
        texts = json.loads((scratch / "texts.json").read_text(encoding="utf-8"))
        result["reading"] = made["reading"]
        result["rows"] = index_rows(job.subject, list(zip(made["ids"], texts, strict=True)), scratch)
        self.wait_for_room()

    def _apply(self, tx: Cursor, job: Job, result: dict[str, Any], scratch: Path) -> Changes:
        """Hold what was made, unless the version was read again meanwhile: then the job that this queued does."""
        version = store.version(tx, job.subject)
        if version is not None and version.state == "read" and reading_of(version) == result["reading"]:
            self.take(tx, job.subject, result["reading"], result["rows"], result["model"])
        return Changes.of(Topic.DOCUMENTS, Topic.JOBS, ids=(job.subject,))

    # --- the index ----------------------------------------------------------------------------------------------------------------

    def _write(self, job: Job, context: WorkContext) -> dict[str, Any]:
        batch = self._storage.db.write(lambda _tx: self._let_out())
        try:
            with self.lock:
                index = self._storage.passages
                if self._written_to != index.name:
                    self._written_to, self._unconfirmed = index.name, {}
                with self._storage.db.read() as cursor:
                    latest = _latest(cursor, {*batch, *self._unconfirmed})
                fresh = {one: held for one, held in batch.items() if latest.get(one) == held.reading}
                current = {one: held for one, held in fresh.items() if held.model_id == index.model_id}
                index.replace_many({one: held.rows for one, held in current.items()})
        except BaseException:
            with self._changed:
                self._held = {**batch, **self._held}
            raise
        done = {one: reading for one, reading in self._unconfirmed.items() if latest.get(one) == reading}
        done.update((one, held.reading) for one, held in current.items())
        self._unconfirmed = done
        context.progress(len(done), len(done))
        return {"readings": done, "index": self._written_to, "outdated": sorted(fresh.keys() - current.keys())}

    def _let_out(self) -> dict[str, _Held]:
        """Return all that is held, which then is held no more.

        On the database's lane, since rows are held before the transaction that marks their version as read is committed: taken
        out in between, they would pass for those of an older reading.
        """
        with self._changed:
            batch, self._held = self._held, {}
            self._changed.notify_all()
        return batch

    def _written(self, tx: Cursor, job: Job, result: dict[str, Any], scratch: Path) -> Changes:
        readings: dict[str, str] = result["readings"]
        outdated: list[str] = result["outdated"]
        latest = _latest(tx, {*readings, *outdated})
        versions = [one for one, reading in readings.items() if latest.get(one) == reading]
        if result["index"] != self._storage.passages.name:  # exchanged meanwhile for one that lacks them
            outdated, versions = [*outdated, *versions], []
        store.mark_indexed(tx, versions, clock.now())
        self.embed_again(tx, [one for one in outdated if one in latest])
        if versions:
            self.enqueue_optimize(tx)
        return Changes.of(Topic.DOCUMENTS, Topic.PASSAGES, Topic.JOBS, ids=tuple(versions))

    def _model_folder(self) -> str:
        """Return the folder of the embedder whose index answers; not from the database's lane.

        Raises:
            Problem: It is not on this machine.
        """
        return str(self._embedders.find(self._storage.passages.model_id).folder)

    def embed_again(self, tx: Cursor, version_ids: Sequence[str]) -> None:
        """Queue turning these versions' passages into vectors, in the caller's transaction."""
        titles = store.paths_of_versions(tx, version_ids)
        new = [NewJob(one, titles.get(one, one), {}, -1) for one in version_ids]
        if new:
            self._queue.enqueue_many(tx, EMBED, new)

    def _optimize(self, job: Job, context: WorkContext) -> dict[str, Any]:
        self._storage.passages.optimize()
        context.progress(1, 1)
        return {}

    def _purge(self, job: Job, context: WorkContext) -> dict[str, Any]:
        self._storage.passages.purge()
        context.progress(1, 1)
        return {}


def reading_of(version: store.VersionRow | None) -> str | None:
    """Return what tells one reading of a version from the next, None where there is none."""
    return None if version is None or version.read_at is None else clock.iso(version.read_at)


def index_rows(version_id: str, texts: Sequence[tuple[str, str]], scratch: Path) -> list[IndexRow]:
    """Return the rows of a version's passages, each (passage id, text), with the vectors that a worker left in ``scratch``."""
    vectors = spool.read_vectors(scratch / "vectors.npy")
    return [
        IndexRow(passage_id, version_id, text, vector)
        for (passage_id, text), vector in zip(texts, vectors, strict=True)
    ]


def _latest(cursor: Cursor, version_ids: Collection[str]) -> dict[str, str]:
    """Return the latest reading of those versions that are read and not yet marked as indexed."""
    rows = store.unindexed_readings(cursor, list(version_ids))
    return {version_id: clock.iso(read_at) for version_id, read_at in rows}


def _failed(tx: Cursor, job: Job, failure: Failure) -> Changes:
    return Changes.of(Topic.DOCUMENTS, Topic.JOBS, ids=(job.subject,))
