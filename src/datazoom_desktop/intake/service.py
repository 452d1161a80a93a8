"""Intake: the door through which files enter a room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from datazoom_desktop.activity import trail
from datazoom_desktop.documents import store
from datazoom_desktop.intake.folders import LeftOut
from datazoom_desktop.intake.jobs import EMBED, OPTIMIZE, READ, SCAN, IntakeJobs, free_name
from datazoom_desktop.jobs.model import JobKind
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.kernel.changes import ChangeBus, Changes, Topic
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.paths import recorded
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage


class Intake:
    """Takes files into a room; the work itself runs as jobs, so nothing here waits for it."""

    def __init__(self, storage: RoomStorage, queue: Queue, bus: ChangeBus) -> None:
        """Serve an open room."""
        self._storage = storage
        self._queue = queue
        self._bus = bus
        self._jobs = IntakeJobs(storage, queue)

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of job that intake's work consists of."""
        return self._jobs.kinds()

    def add(self, paths: Sequence[Path], passwords: Sequence[str] = ()) -> list[str]:
        """Queue files and folders to be taken in; return the ids of the jobs that look through them.

        A folder's files stand in the room by their path relative to it; where several folders come at once, each one's name comes
        first, and so does the name of its folder before a file whose name another file has. Passwords are kept in memory only, and files that waited for one are tried again.

        Raises:
            Problem: A path does not exist, or is neither a file nor a folder.
        """
        roots = list(dict.fromkeys(Path(path).expanduser().absolute() for path in paths))
        for root in roots:
            if not root.exists():
                raise Problem(
                    "Nothing there",
                    f"{root} does not exist.",
                    "Check the path, or connect the drive it is on.",
                    str(root),
                )
            if not (root.is_dir() or root.is_file()):
                raise Problem(
                    "Not a file",
                    f"{root} is neither a file nor a folder (but a device, a pipe or a socket).",
                    "Choose a file or a folder.",
                    str(root),
                )
        self._jobs.offer_passwords(passwords)
        prefixes = _prefixes(roots)

        def work(tx: Cursor) -> list[str]:
            ids = []
            for root, prefix in zip(roots, prefixes, strict=True):
                name, payload = recorded(root), {"root": str(root), "prefix": prefix}
                ids.append(self._queue.enqueue(tx, SCAN, name, name, payload, priority=-10))
                trail.record(tx, actor="user", intent="intake.added", subject=name, detail={"prefix": prefix})
            if passwords:
                for version_id in store.encrypted_versions(tx):
                    self._read_again(tx, version_id)
            return ids

        ids = self._storage.db.write(work)
        self._bus.publish(Changes.of(Topic.JOBS, Topic.DOCUMENTS))
        return ids

    def read_again(self, version_ids: Sequence[str]) -> None:
        """Queue versions to be read again; they leave the search until then, and come back as they were if that is cancelled."""

        def work(tx: Cursor) -> None:
            for version_id in version_ids:
                self._read_again(tx, version_id)

        self._storage.db.write(work)
        self._bus.publish(Changes.of(Topic.JOBS, Topic.DOCUMENTS, ids=tuple(version_ids)))

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What the folders looked through since the room was opened held but was not taken in, and why."""
        return tuple(self._jobs.left_out.values())

    def resume(self) -> int:
        """Queue what an earlier run left unfinished (after a kill, a repair or a change of embedder); return how many versions.

        A version that is new without a job to read it gets one; so does one that is read but not searchable.
        """

        def work(tx: Cursor) -> int:
            pending = {(job.kind, job.subject) for job in self._queue.pending(tx)}
            count = 0
            for state, kind in (("new", READ), ("read", EMBED)):
                for version_id in store.versions_in_state(tx, state):
                    if (kind, version_id) not in pending:
                        self._jobs.enqueue(tx, kind, version_id)
                        count += 1
            if count and (OPTIMIZE, "room") not in pending:
                self._jobs.enqueue_optimize(tx)
            return count

        count = self._storage.db.write(work)
        if count:
            self._bus.publish(Changes.of(Topic.JOBS))
        return count

    def _read_again(self, tx: Cursor, version_id: str) -> None:
        store.mark_new(tx, version_id)
        self._jobs.enqueue(tx, READ, version_id)
        trail.record(tx, actor="user", intent="intake.read_again", subject=version_id, detail={})


def _prefixes(roots: Sequence[Path]) -> list[str]:
    """Return what comes before the paths of each root, so that no two of them put different files at one path."""
    several = sum(root.is_dir() for root in roots) > 1
    folders: set[str] = set()
    files: set[str] = set()
    prefixes = []
    for root in roots:
        prefix = ""
        if (several and root.is_dir()) or root.name in files:
            prefix = free_name(root.name if root.is_dir() else root.parent.name, folders)
            folders.add(prefix)
        elif not root.is_dir():
            files.add(root.name)
        prefixes.append(prefix)
    return prefixes
