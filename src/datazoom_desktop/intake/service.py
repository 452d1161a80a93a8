"""Intake: the door through which files enter a room."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath

from datazoom_desktop.activity import trail
from datazoom_desktop.documents import store
from datazoom_desktop.documents.model import TrashedRow
from datazoom_desktop.engines.embedders import Embedders
from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.intake import store as sources
from datazoom_desktop.intake.folders import Found, LeftOut, walk
from datazoom_desktop.intake.indexing import EMBED, OPTIMIZE, ROOM
from datazoom_desktop.intake.jobs import READ, SCAN, IntakeJobs, free_name
from datazoom_desktop.intake.readers import registry
from datazoom_desktop.intake.reindexing import Standing
from datazoom_desktop.intake.rereading import Reading, outdated, worth_reading_again
from datazoom_desktop.intake.scan import register_source
from datazoom_desktop.intake.store import SourceRow
from datazoom_desktop.jobs.model import JobKind
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.kernel.changes import ChangeBus, Changes, Topic
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.paths import recorded, room_path
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage

_LOOKED_AT = -20  #: priority of what the user looks at
_LEFT = Changes.of(Topic.DOCUMENTS, Topic.PAGES, Topic.PASSAGES, Topic.JOBS)


class Intake:
    """Takes files into a room; the work itself runs as jobs, so nothing here waits for it."""

    def __init__(self, storage: RoomStorage, queue: Queue, bus: ChangeBus, embedders: Embedders | None = None) -> None:
        """Serve an open room, whose index names one of ``embedders`` (None: those that ship)."""
        self._storage = storage
        self._queue = queue
        self._bus = bus
        self._jobs = IntakeJobs(storage, queue, embedders or Embedders())

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of job that intake's work consists of."""
        return self._jobs.kinds()

    def add(self, paths: Sequence[Path], passwords: Sequence[str] = ()) -> list[str]:
        """Queue files and folders to be taken in; return the ids of the jobs that look through them.

        A folder's files stand in the room by their path relative to it; where several folders come at once, each one's name comes
        first, and so does the name of its folder before a file whose name another file has. A folder that was taken in before keeps
        its place, and what changed in it since is noticed: see ``scan``. A file that is named itself comes in even if the user had
        removed it. Passwords are kept in memory only, and files that waited for one are tried again.

        Raises:
            Problem: A path does not exist, or is neither a file nor a folder.
        """
        roots = list(dict.fromkeys(Path(path).expanduser().absolute() for path in paths))
        for root in roots:
            if not _exists(root):
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

        def work(tx: Cursor) -> list[str]:
            ids = []
            for root, prefix in zip(roots, _prefixes(roots, sources.sources(tx)), strict=True):
                name, payload = recorded(root), {"root": str(root), "prefix": prefix}
                register_source(tx, root, prefix)
                if root.is_file():
                    sources.drop_removals(tx, [item.path for item in walk(root, prefix) if isinstance(item, Found)])
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

    def hasten(self, version_ids: Sequence[str]) -> bool:
        """Let what somebody waits for be read and indexed before everything else; return whether it was still waiting."""
        return bool(self._queue.hasten(version_ids, _LOOKED_AT))

    def outdated(self) -> int:
        """Return how many documents were read by an older reader than there is now."""
        editions = registry.editions()
        return sum(outdated(reading, editions) for reading in self._readings())

    def read_anew(self, *, everything: bool = False) -> int:
        """Queue what a better reader may read better, or ``everything``, to be read again; return how many versions.

        That is what an older reader read, and what was left out, such as for want of another program. Until it is read again,
        what was read before can be searched.
        """
        editions = registry.editions()
        chosen = [each for each in self._readings() if everything or worth_reading_again(each, editions)]
        if not chosen:
            return 0

        def work(tx: Cursor) -> None:
            store.mark_new(tx, *(reading.version_id for reading in chosen if reading.state == "unreadable"))
            self._jobs.enqueue_reading(tx, [reading.version_id for reading in chosen])
            detail = {"versions": len(chosen), "everything": everything}
            trail.record(tx, actor="user", intent="intake.read_anew", subject="room", detail=detail)

        self._storage.db.write(work)
        self._bus.publish(Changes.of(Topic.JOBS, Topic.DOCUMENTS))
        return len(chosen)

    def embedder_standing(self) -> Standing:
        """Return which embedder answers in this room, and how far a change to another is."""
        return self._jobs.reindexing.standing()

    def change_embedder(self, embedder: OnnxEmbedder) -> bool:
        """Let the room change to another embedder; return whether there is anything to do. See ``Reindexing.begin``.

        Raises:
            Problem: Its files are missing or damaged.
        """
        begun = self._jobs.reindexing.begin(embedder)
        self._bus.publish(Changes.of(Topic.JOBS, Topic.PASSAGES))
        return begun

    def keep_embedder(self) -> bool:
        """Give up a change to another embedder; return whether there was one."""
        kept = self._jobs.reindexing.give_up()
        self._bus.publish(Changes.of(Topic.JOBS, Topic.PASSAGES))
        return kept

    def before_exchange(self, prepare: Callable[[OnnxEmbedder], None]) -> None:
        """Have ``prepare`` called, off the window's thread, with each embedder that is about to answer."""
        self._jobs.reindexing.prepare_for = prepare

    def _readings(self) -> list[Reading]:
        with self._storage.db.read() as cursor:
            return [Reading(*row) for row in store.readings(cursor)]

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What the folders looked through since the room was opened held but was not taken in, and why."""
        return tuple(item for items in self._jobs.scan.left_out.values() for item in items)

    @property
    def moved(self) -> tuple[tuple[str, str], ...]:
        """Paths, before and after, of documents whose files were found elsewhere in their folder since the room was opened."""
        return tuple(self._jobs.scan.moved)

    @property
    def gone(self) -> tuple[str, ...]:
        """Paths that went to the trash since the room was opened because their files are not in their folder any more."""
        return tuple(self._jobs.scan.gone)

    def trash(self) -> list[TrashedRow]:
        """Return what is in the trash, by path, what left last first."""
        return self._jobs.trash.rows()

    def remove(self, paths: Sequence[str]) -> list[str]:
        """Move documents and folders of the room to the trash; return the paths that left. See ``Trash.remove``.

        Raises:
            Problem: Nothing stands at one of the paths; then nothing is removed.
        """
        taken = self._jobs.trash.remove(_cleaned(paths))
        self._bus.publish(_LEFT)
        return taken

    def restore(self, paths: Sequence[str]) -> list[str]:
        """Bring documents and folders back from the trash, to be read again; return their paths.

        Raises:
            Problem: One of the paths is not in the trash, or something else stands there now; then nothing is restored.
        """

        def wait_to_be_read(tx: Cursor, version_id: str, path: str) -> None:
            self._jobs.enqueue(tx, READ, version_id, title=path)

        back = self._jobs.trash.restore(_cleaned(paths), wait_to_be_read)
        self._bus.publish(_LEFT)
        return back

    def empty_trash(self, paths: Sequence[str] = ()) -> int:
        """Delete for good what is in the trash, or some of it; return how many originals were deleted. See ``Trash.empty``.

        Raises:
            Problem: One of the paths is not in the trash; then nothing is deleted.
        """
        number = self._jobs.trash.empty(_cleaned(paths), self._jobs.indexing.enqueue_purge)
        self._bus.publish(_LEFT)
        return number

    def resume(self) -> int:
        """Queue what an earlier run left unfinished (after a kill, a repair or a change of embedder); return how many versions.

        A version that is new without a job to read it gets one; so does one that is read but not searchable. What the room had let
        go of is deleted.
        """
        self._jobs.trash.sweep()

        def work(tx: Cursor) -> int:
            pending = {(job.kind, job.subject) for job in self._queue.pending(tx)}
            gone = set(store.versions_in_state(tx, "trashed")).intersection(subject for _, subject in pending)
            self._queue.forget(tx, gone)
            held = {(EMBED, version_id) for version_id in self._jobs.indexing.resume(tx)}
            count = 0
            for state, kind in (("new", READ), ("read", EMBED)):
                for version_id in store.versions_in_state(tx, state):
                    if (kind, version_id) not in pending | held:
                        self._jobs.enqueue(tx, kind, version_id)
                        count += 1
            if count and (OPTIMIZE, ROOM) not in pending:
                self._jobs.indexing.enqueue_optimize(tx)
            self._jobs.reindexing.resume(tx)
            return count

        count = self._storage.db.write(work)
        if count:
            self._bus.publish(Changes.of(Topic.JOBS))
        return count

    def _read_again(self, tx: Cursor, version_id: str) -> None:
        store.mark_new(tx, version_id)
        self._jobs.enqueue(tx, READ, version_id)
        trail.record(tx, actor="user", intent="intake.read_again", subject=version_id, detail={})


def _prefixes(roots: Sequence[Path], known: Sequence[SourceRow]) -> list[str]:
    """Return what comes before the paths of each root, so that no two of them put different files at one path.

    A root that is ``known`` keeps what it has; others do not get what belongs to a known one.
    """
    before = {row.root_bytes: row.prefix for row in known}
    several = sum(root.is_dir() for root in roots) > 1
    folders = {row.prefix for row in known}
    files: set[str] = set()
    prefixes = []
    for root in roots:
        prefix = before.get(os.fsencode(root), "")
        if os.fsencode(root) not in before and ((several and root.is_dir()) or root.name in files):
            prefix = free_name(root.name if root.is_dir() else root.parent.name, folders)
            folders.add(prefix)
        elif not root.is_dir():
            files.add(root.name)
        prefixes.append(prefix)
    return prefixes


def _exists(root: Path) -> bool:
    """Return whether anything is there; a path that the system does not take leads to nothing.

    Raises:
        Problem: It cannot be told, since a folder above is closed.
    """
    try:
        return root.exists()
    except PermissionError as error:
        remedy = "Ask for permission to open the folder it is in."
        raise Problem("Cannot be reached", f"You may not open {root}.", remedy, str(root)) from error
    except OSError:
        return False


def _cleaned(paths: Sequence[str]) -> list[str]:
    """Return paths in a room as it writes them, without a slash at the end."""
    return list(dict.fromkeys(room_path(PurePath(path.rstrip("/") or path)) for path in paths))
