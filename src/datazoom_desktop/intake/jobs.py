"""Intake's kinds of job: look through a folder, read a version, index it, tidy the index.

Each job is idempotent: run twice, it leaves the room as if run once. Results enter the room in the transaction that marks the job done.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datazoom_desktop.activity import trail
from datazoom_desktop.documents import register, store
from datazoom_desktop.documents.register import Incoming, Placed
from datazoom_desktop.engines.embedders import Embedders
from datazoom_desktop.intake import store as intake_store
from datazoom_desktop.intake.indexing import EMBED, Indexing, index_rows
from datazoom_desktop.intake.reindexing import Reindexing
from datazoom_desktop.intake.scan import FolderScan
from datazoom_desktop.intake.trash import Trash
from datazoom_desktop.jobs.model import Failure, Job, JobKind, NewJob
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.errors import Problem, Unavailable
from datazoom_desktop.storage import spool
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage

SCAN = "intake.scan"
READ = "intake.read"

_MEBIBYTE = 1 << 20
_LARGER = (1 << 17, 1 << 21, 1 << 25)  #: bytes from which on a file is read after smaller ones
_HISTORY = 10  #: priority of reading versions that do not stand in the room
_READ_MEMORY = 2048 * _MEBIBYTE
_SILENCE_SECONDS = 120.0
_DEEPEST_INSIDE = 12  #: files inside files inside files ...; a mail chain seldom has more than three
_MOST_INSIDE = 50_000  #: files taken out of one that stands at one path
_MOST_PLACES = 20_000  #: paths that what is inside one file may take up at all of several paths of that file together
_MOST_PATHS = (
    1000  #: what is inside a file that stands at more paths is not taken out: archives of archives of archives grow so
)


class IntakeJobs:
    """Intake's handlers, bound to an open room."""

    def __init__(self, storage: RoomStorage, queue: Queue, embedders: Embedders) -> None:
        """Serve an open room, whose index names one of ``embedders``."""
        self._storage = storage
        self._queue = queue
        self._passwords: tuple[str, ...] = ()
        self.indexing = Indexing(storage, queue, embedders)
        self.reindexing = Reindexing(storage, queue, embedders, self.indexing)
        self.trash = Trash(storage, queue, self.indexing.lock)
        self.scan = FolderScan(storage, self.trash, self._place)

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds that the runner needs."""
        return (
            JobKind(
                name=SCAN,
                unit="files",
                where="here",
                work="",
                run=self.scan.run,
                apply=self._scanned,
                failed=self._scan_failed,
                max_attempts=3,
            ),
            JobKind(
                name=READ,
                unit="pages",
                where="worker",
                work="datazoom_desktop.intake.work:read",
                prepare=self._prepare_read,
                settle=self._settle_read,
                apply=self._apply_read,
                failed=self._read_failed,
                max_attempts=2,
                memory_bytes=_READ_MEMORY,
                silence_seconds=_SILENCE_SECONDS,
            ),
            *self.indexing.kinds(),
            *self.reindexing.kinds(),
        )

    def offer_passwords(self, passwords: Sequence[str]) -> None:
        """Try these on encrypted files from now on, as long as the room stays open; they are never stored."""
        self._passwords = tuple(dict.fromkeys((*self._passwords, *passwords)))

    def enqueue(self, tx: Cursor, kind: str, version_id: str, priority: int = 0, title: str | None = None) -> None:
        """Queue a job about a version, in the caller's transaction; ``title``: a path it stands at, where that is known."""
        if title is None:
            title = next(iter(store.paths_of_version(tx, version_id)), version_id)
        self._queue.enqueue(tx, kind, version_id, title, {}, priority=priority)

    def enqueue_reading(self, tx: Cursor, version_ids: Sequence[str]) -> None:
        """Queue many versions to be read, in the caller's transaction."""
        titles = store.paths_of_versions(tx, version_ids)
        new = [NewJob(version_id, titles.get(version_id, version_id), {}) for version_id in version_ids]
        self._queue.enqueue_many(tx, READ, new)

    # --- looking through a folder -------------------------------------------------------------------------------------------------

    def _place(self, tx: Cursor, arriving: Sequence[Incoming]) -> list[Placed]:
        out = register.place_many(tx, arriving, clock.now())
        waiting: dict[str, NewJob] = {}
        for incoming, placed in zip(arriving, out, strict=True):
            if placed.fresh:
                waiting[placed.version_id] = NewJob(placed.version_id, incoming.path, {}, priority_of(incoming.bytes))
            for version_id in placed.also:
                waiting.setdefault(version_id, NewJob(version_id, incoming.path, {}, _HISTORY))
        if waiting:
            self._queue.enqueue_many(tx, READ, list(waiting.values()))
        return out

    def _scanned(self, tx: Cursor, job: Job, result: dict[str, Any], scratch: Path) -> Changes:
        trail.record(tx, actor="intake", intent="intake.scanned", subject=job.subject, detail=result)
        return Changes.of(Topic.DOCUMENTS, Topic.PASSAGES, Topic.JOBS)

    def _scan_failed(self, tx: Cursor, job: Job, failure: Failure) -> Changes:
        return Changes.of(Topic.DOCUMENTS, Topic.JOBS)

    # --- reading a version --------------------------------------------------------------------------------------------------------

    def _prepare_read(self, job: Job, scratch: Path) -> dict[str, Any]:
        with self._storage.db.read() as cursor:
            version = store.version(cursor, job.subject)
            paths = store.paths_of_version(cursor, job.subject)
            depth = min((store.depth_of(cursor, path) for path in paths[:1]), default=0)
        if _left(version):
            raise Problem("No such document", "The document has left the room.")
        assert version is not None
        if version.state == "unreadable":
            self._storage.db.write(lambda tx: store.mark_new(tx, version.version_id))
        # What was read before stays searchable until what is read now is in the room: then the index comes after that.
        at_once = self.indexing.at_once() if version.read_at is None else {}
        return {
            "file": str(self._storage.blobs.path(version.sha256)),
            "name": (paths[0] if paths else job.title).rsplit("/", 1)[-1],
            "version_id": version.version_id,
            "passwords": list(self._passwords),
            "most_inside": _most_inside(len(paths), depth),
            **at_once,
        }

    def _settle_read(self, job: Job, result: dict[str, Any], scratch: Path) -> None:
        """Move attachments among the originals before the transaction that registers them; forget what is unreadable now.

        Raises:
            ValueError: One lies outside the job's scratch folder, so it is not ours to move.
        """
        if result.get("coverage") not in (None, Coverage.ENCRYPTED):  # of a locked file, what was read before stays
            self._storage.passages.remove([job.subject])
        attachments = result.get("attachments", ())
        files = [scratch / attachment["file"] for attachment in attachments]
        if not all(file.is_relative_to(scratch) for file in files):
            raise ValueError("an attachment outside scratch")
        for attachment, (sha256, size) in zip(attachments, self._storage.blobs.adopt(files), strict=True):
            attachment["sha256"], attachment["bytes"] = sha256, size
        if result.get("vectors"):
            result["rows"] = index_rows(job.subject, spool.passage_texts(scratch / "passages.parquet"), scratch)
            self.indexing.wait_for_room()

    def _apply_read(self, tx: Cursor, job: Job, result: dict[str, Any], scratch: Path) -> Changes:
        version_id = job.subject
        at = clock.now()
        version = store.version(tx, version_id)
        if version is None or _left(version):  # while it was read
            attached = [attachment["sha256"] for attachment in result.get("attachments", ())]
            intake_store.add_leftovers(tx, intake_store.ORIGINAL, attached)
            return Changes.of(Topic.JOBS)
        if result.get("coverage") == Coverage.ENCRYPTED and self._kept_as_before(tx, version, job.title):
            return Changes.of(Topic.DOCUMENTS, Topic.JOBS, ids=(version_id,))
        if version.read_at is not None:
            spool.clear_text(tx, version_id)
        if result.get("coverage"):
            reason = " ".join(filter(None, (result["reason"], result.get("remedy"))))
            coverage = Coverage(result["coverage"])
            store.mark_unreadable(tx, version_id, result["media_type"], result["reader"], coverage, reason, at)
        else:
            first = version.read_at is None
            spool.load_pages(tx, scratch / "pages.parquet", first=first)
            spool.load_passages(tx, scratch / "passages.parquet", first=first)
            store.mark_read(
                tx,
                version_id,
                media_type=result["media_type"],
                reader=result["reader"],
                title=result["title"],
                pages=result["pages"],
                chars=result["chars"],
                at=at,
            )
            # What is read becomes searchable before more is read.
            if result.get("vectors"):
                self.indexing.take(tx, version_id, clock.iso(at), result["rows"], result["model"])
            else:
                self.enqueue(tx, EMBED, version_id, priority=min(-1, job.priority), title=job.title)
        for attachment in result.get("attachments", ()):
            if not self._storage.blobs.has(attachment["sha256"]):
                raise Unavailable("Not kept", "What is attached was deleted with the trash meanwhile.", "Try again.")
        if result.get("attachments") or version.read_at is not None:
            anew = not result.get("coverage") and not result.get("locked")  # what a password opened once, stays
            self._attach(tx, version, result.get("attachments", ()), anew=anew)
        trail.record(
            tx,
            actor="intake",
            intent="intake.read",
            subject=version_id,
            detail={"pages": result.get("pages", 0), "coverage": result.get("coverage")},
        )
        return Changes.of(Topic.DOCUMENTS, Topic.PAGES, Topic.JOBS, ids=(version_id,))

    def _attach(
        self, tx: Cursor, version: store.VersionRow, attachments: Sequence[dict[str, Any]], *, anew: bool
    ) -> None:
        """Place attachments under every path of their version; ``anew``: what an earlier reading found besides goes."""
        removals = intake_store.removals(tx)
        for parent in store.paths_of_version(tx, version.version_id):
            taken: set[str] = set()
            arriving: list[Incoming] = []
            for attachment in attachments:
                name = free_name(attachment["name"], taken)
                taken.add(name)
                modified_ns = attachment.get("modified_ns", 0)
                incoming = Incoming(
                    f"{parent}/{name}",
                    attachment["sha256"],
                    attachment["bytes"],
                    parent,
                    modified_ns,
                    version.document_id,
                )
                if (incoming.path, incoming.sha256) not in removals:
                    arriving.append(incoming)
            self._place(tx, arriving)
            left = [
                path
                for path in (store.attached_paths(tx, parent) if anew else ())
                if taken.isdisjoint(itertools.accumulate(path[len(parent) + 1 :].split("/"), "{}/{}".format))
            ]
            store.drop_paths(tx, left)

    def _read_failed(self, tx: Cursor, job: Job, failure: Failure) -> Changes:
        version = store.version(tx, job.subject)
        if version is None or _left(version):
            return Changes.of(Topic.JOBS)
        if self._kept_as_before(tx, version, job.title):
            return Changes.of(Topic.DOCUMENTS, Topic.JOBS, ids=(job.subject,))
        coverage = Coverage.SKIPPED if failure.error_class == "cancelled" else Coverage.FAILED
        reason = " ".join(filter(None, (failure.reason, failure.remedy)))
        spool.clear_text(tx, job.subject)
        store.mark_unreadable(tx, job.subject, None, None, coverage, reason, clock.now())
        return Changes.of(Topic.DOCUMENTS, Topic.JOBS, ids=(job.subject,))

    def _kept_as_before(self, tx: Cursor, version: store.VersionRow, title: str) -> bool:
        """Let stand what an earlier reading found, where reading it again came to nothing; return whether there was one.

        So it is when it failed, was cancelled, or the file is locked and its password is not known any more.
        """
        known = version.state in ("read", "indexed")
        state = version.state if known else store.mark_as_before(tx, version.version_id)
        if state == "read":
            self.enqueue(tx, EMBED, version.version_id, priority=-1, title=title)
        return state is not None


def priority_of(size: int) -> int:
    """Return the priority of reading a file of ``size`` bytes: short ones first, so that most of a room can be searched soon.

    Of a hundred notes that stand after four long files, the mean one was searchable after 12 seconds instead of 53.
    """
    return sum(size >= least for least in _LARGER)


def _left(version: store.VersionRow | None) -> bool:
    """Return whether a version is in the room no more, or in its trash only."""
    return version is None or version.state == "trashed"


def _most_inside(paths: int, depth: int) -> int:
    """Return how many files inside one may be taken out that stands at ``paths`` paths and lies inside ``depth`` others."""
    if depth >= _DEEPEST_INSIDE or paths > _MOST_PATHS:
        return 0
    return _MOST_INSIDE if paths <= 1 else _MOST_PLACES // paths


def free_name(name: str, taken: set[str]) -> str:
    """Return ``name``, numbered like "name (2).pdf" when it is taken."""
    stem, dot, suffix = name.rpartition(".")
    candidate, number = name, 2
    while candidate in taken:
        plain = not dot or "/" in suffix
        candidate = f"{name} ({number})" if plain else f"{stem} ({number}){dot}{suffix}"
        number += 1
    return candidate
