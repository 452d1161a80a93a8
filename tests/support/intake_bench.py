"""A room whose intake jobs are done by hand, in whatever order a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from datazoom_desktop.documents import store
from datazoom_desktop.intake.indexing import EMBED, INDEX
from datazoom_desktop.intake.jobs import READ, SCAN
from datazoom_desktop.intake.readers.text import TextReader
from datazoom_desktop.intake.service import Intake
from datazoom_desktop.jobs.model import Job, JobKind, JobState, WorkContext
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.kernel.changes import ChangeBus
from datazoom_desktop.storage import spool
from datazoom_desktop.storage.passage_index import DEFAULT_MODEL_ID
from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import direction, page_records, passage_records


class Bench:
    """A room and its intake jobs, done by hand in whatever order a test wants."""

    def __init__(self, folder: Path) -> None:
        self.room = RoomStorage.create(folder / "room", "r1", "Halyard")
        self.queue = Queue(self.room.db)
        self.intake = Intake(self.room, self.queue, ChangeBus())
        self.jobs = self.intake._jobs
        self.kinds: dict[str, JobKind] = {kind.name: kind for kind in self.jobs.kinds()}
        self.queue.declare(self.kinds.values(), ChangeBus())

    def waiting(self, kind: str, subject: str | None = None) -> Job:
        """Return the one waiting job of a kind."""
        found = [
            job for job in self.queue.list([JobState.QUEUED]) if job.kind == kind and subject in (None, job.subject)
        ]
        assert len(found) == 1, found
        return found[0]

    def scan(self, root: Path, check: Callable[[], None] = lambda: None, prefix: str = "") -> dict[str, Any]:
        """Look through a folder."""
        payload = {"root": str(root), "prefix": prefix}
        job = self.room.db.write(lambda tx: self.queue.enqueue(tx, SCAN, "s", "s", payload))
        found = self.queue.get(job)
        run = self.kinds[SCAN].run
        assert found is not None
        assert run is not None
        self.queue.cancel(job)
        return run(found, WorkContext(self.room.scratch, lambda done, total: None, check))

    def work(self) -> int:
        """Read and index everything that waits; a line "@name words" in a file is an attachment. Return how many were read."""
        number = 0
        while any(job.kind == READ for job in self.queue.list([JobState.QUEUED])):
            subject = next(job.subject for job in self.queue.list([JobState.QUEUED]) if job.kind == READ)
            lines = self.original(subject).read_text(encoding="utf-8").splitlines()
            attached = dict(line[1:].split(" ", 1) for line in lines if line.startswith("@"))
            text = "\n".join(line for line in lines if not line.startswith("@"))
            self.read(subject, text, {name: words.encode() for name, words in attached.items()})
            number += 1
        while any(job.kind == EMBED for job in self.queue.list([JobState.QUEUED])):
            self.end_embed(self.begin_embed())
        return number

    def original(self, version_id: str) -> Path:
        """Return where a version's bytes are."""
        with self.room.db.read() as cursor:
            version = store.version(cursor, version_id)
        assert version is not None
        return self.room.blobs.path(version.sha256)

    def read(self, version_id: str, text: str, attachments: dict[str, bytes] | None = None, **besides: object) -> None:
        """Read a version as if its text were ``text`` and the worker told ``besides`` of it, as the runner does."""
        self._conclude(*self.begin_read(version_id, text, attachments, **besides))

    def begin_read(
        self, version_id: str, text: str, attachments: dict[str, bytes] | None = None, **besides: object
    ) -> tuple[Any, dict[str, Any], Path]:
        """Lease the waiting job that reads a version, up to its worker's end."""
        lease = self.queue.lease("me", {READ: self.kinds[READ]})
        assert lease is not None
        assert lease.job.subject == version_id
        folder = self._folder(lease.job)
        pages = page_records([text])
        spool.write_pages(folder / "pages.parquet", version_id, pages)
        spool.write_passages(folder / "passages.parquet", version_id, passage_records(pages))
        listed = []
        for number, (name, data) in enumerate((attachments or {}).items()):
            (folder / str(number)).write_bytes(data)
            listed.append({"name": name, "file": str(folder / str(number))})
        result = {
            "media_type": "text/plain",
            "reader": f"text {TextReader.version}",
            "title": "T",
            "pages": 1,
            "chars": len(text),
        }
        return lease, {**result, "attachments": listed, **besides}, folder

    def begin_embed(self) -> tuple[Any, Path]:
        """Lease the waiting job that indexes, up to its worker's end."""
        lease = self.queue.lease("me", {EMBED: self.kinds[EMBED]})
        assert lease is not None
        folder = self._folder(lease.job)
        prepare = self.kinds[EMBED].prepare
        assert prepare is not None
        payload = prepare(lease.job, folder)
        texts = json.loads(Path(payload["texts"]).read_text(encoding="utf-8"))
        spool.write_vectors(folder / "vectors.npy", np.stack([direction(text) for text in texts]))
        return lease, folder

    def end_embed(self, begun: tuple[Any, Path]) -> None:
        """Bring what the worker made into the room, and into the index."""
        self._conclude(begun[0], {"count": 1, "model": DEFAULT_MODEL_ID}, begun[1])
        self.index()

    def index(self) -> None:
        """Write the index, if that waits to be done."""
        lease = self.queue.lease("me", {INDEX: self.kinds[INDEX]})
        if lease is None:
            return
        run = self.kinds[INDEX].run
        assert run is not None
        folder = self._folder(lease.job)
        self._conclude(lease, run(lease.job, WorkContext(folder, lambda done, total: None, lambda: None)), folder)

    def state(self, version_id: str) -> str:
        """Return where a version stands."""
        with self.room.db.read() as cursor:
            version = store.version(cursor, version_id)
        assert version is not None
        return version.state

    def paths(self) -> dict[str, str]:
        """Return what stands where."""
        with self.room.db.read() as cursor:
            return {row.path: row.version_id for row in store.path_rows(cursor)}

    def documents(self) -> dict[str, str]:
        """Return which document stands where."""
        with self.room.db.read() as cursor:
            return {row.path: row.document_id for row in store.path_rows(cursor)}

    def trash(self) -> dict[str, str]:
        """Return why what is in the trash is there, by path."""
        return {row.path: str(row.cause) for row in self.intake.trash()}

    def _folder(self, job: Job) -> Path:
        folder = self.room.scratch / f"{job.job_id}-{job.attempt}"
        folder.mkdir()
        return folder

    def _conclude(self, lease: Any, result: dict[str, Any], folder: Path) -> None:
        kind = self.kinds[lease.job.kind]
        if kind.settle is not None:
            kind.settle(lease.job, result, folder)
        self.queue.finish(lease, lambda tx: kind.apply(tx, lease.job, result, folder))
