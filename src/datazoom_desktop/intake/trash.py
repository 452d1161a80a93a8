"""The room's trash: what leaves takes with it everything derived from it, and can be brought back until the trash is emptied."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Sequence

from datazoom_desktop.activity import trail
from datazoom_desktop.documents import leaving
from datazoom_desktop.documents import store as register
from datazoom_desktop.documents.model import Cause, TrashedRow
from datazoom_desktop.intake import store
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage

_log = logging.getLogger(__name__)


class Trash:
    """Takes documents out of an open room and brings them back."""

    def __init__(self, storage: RoomStorage, queue: Queue, indexing: threading.Lock) -> None:
        """Serve an open room; ``indexing`` is held while a version's passages enter the index."""
        self._storage = storage
        self._queue = queue
        self._indexing = indexing

    def rows(self) -> list[TrashedRow]:
        """Return what is in the trash, by path, what left last first."""
        with self._storage.db.read() as cursor:
            return register.trashed_rows(cursor)

    def remove(self, paths: Sequence[str]) -> list[str]:
        """Move documents and folders of the room to the trash, with what is attached to them; return the paths that left.

        Their text, passages, vectors, pictures and jobs are gone when this returns, unless they stand at other paths too. The same
        bytes do not come back to these paths by themselves when their folder is looked through again.

        Raises:
            Problem: Nothing stands at one of the paths; then nothing is removed.
        """

        def work(tx: Cursor) -> list[str]:
            live = register.live_paths(tx)
            if (unknown := leaving.missing(live, paths)) is not None:
                raise _nothing_at(unknown, "List what there is with: datazoom documents ROOM")
            taken = leaving.beneath(live, paths)
            at = clock.now()
            store.remove_standing(tx, taken, at)
            leaving.take_out(tx, taken, Cause.REMOVED, at)
            self.let_go(tx)
            trail.record(
                tx, actor="user", intent="documents.removed", subject=", ".join(paths), detail={"paths": taken}
            )
            return taken

        taken = self._storage.db.write(work)
        self.sweep()
        return taken

    def restore(self, paths: Sequence[str], wait_to_be_read: Callable[[Cursor, str, str], None]) -> list[str]:
        """Bring documents and folders back from the trash; return their paths.

        ``wait_to_be_read`` is called in the transaction with the id of each version that has to be read again, and its path.

        Raises:
            Problem: One of the paths is not in the trash, or something else stands there now; then nothing is restored.
        """

        def work(tx: Cursor) -> list[str]:
            rows = self._chosen(tx, paths)
            for version_id, path in leaving.put_back(tx, rows):
                wait_to_be_read(tx, version_id, path)
            back = [row.path for row in rows]
            store.drop_removals(tx, back)
            trail.record(
                tx, actor="user", intent="documents.restored", subject=", ".join(paths), detail={"paths": back}
            )
            return back

        return self._storage.db.write(work)

    def empty(self, paths: Sequence[str], purge: Callable[[Cursor], None]) -> int:
        """Delete for good what is in the trash, or some of it (none named: all); return how many originals were deleted.

        ``purge`` is called in the transaction, to have the files rid of what was taken out of the index before.

        A document goes with all its versions and with what was attached to it, unless the room or the trash still holds it
        elsewhere.

        Raises:
            Problem: One of the paths is not in the trash; then nothing is deleted.
        """

        def work(tx: Cursor) -> int:
            rows = self._chosen(tx, paths) if paths else register.trashed_rows(tx)
            if paths:  # with what left the same path before
                chosen = {row.path for row in rows}
                rows = [row for row in register.trashed_rows(tx) if row.path in chosen]
            if not rows:
                return 0
            self.let_go(tx)
            register.leave_trash(tx, rows)
            gone = register.delete_documents(tx, sorted({row.document_id for row in rows}))
            self._queue.forget(tx, [version_id for version_id, _ in gone])
            store.add_leftovers(tx, store.VERSION, [version_id for version_id, _ in gone])
            store.add_leftovers(tx, store.ORIGINAL, [sha256 for _, sha256 in gone])
            purge(tx)
            detail = {"paths": sorted({row.path for row in rows}), "originals": len(gone)}
            trail.record(tx, actor="user", intent="trash.emptied", subject=", ".join(paths) or "trash", detail=detail)
            return len(gone)

        number = self._storage.db.write(work)
        self.sweep()
        return number

    def let_go(self, tx: Cursor) -> None:
        """Delete what is derived from documents that now stand in the trash only, in the caller's transaction.

        What lies outside the database is noted, and deleted by ``sweep``.
        """
        versions = leaving.strip(tx)
        if versions:
            self._queue.forget(tx, versions)
            store.add_leftovers(tx, store.VERSION, versions)

    def sweep(self) -> None:
        """Delete outside the database what the room has let go of; may be done again at any time.

        Raises:
            Problem: The index cannot be written.
        """
        with self._storage.db.read() as cursor:
            versions = store.leftovers(cursor, store.VERSION)
            originals = store.leftovers(cursor, store.ORIGINAL)
        if originals:
            self._storage.db.write(lambda tx: self._delete(tx, originals))
        if versions:
            with self._indexing:
                with self._storage.db.read() as cursor:
                    gone = store.still_gone(cursor, versions)
                self._storage.passages.remove(gone)
            shown = [version_id for version_id in gone if not self._without_previews(version_id)]
            done = [version_id for version_id in versions if version_id not in shown]
            self._storage.db.write(lambda tx: store.drop_leftovers(tx, store.VERSION, done))

    def _without_previews(self, version_id: str) -> bool:
        """Delete a version's pictures; return whether they are gone, which a program that shows one may prevent."""
        folder = self._storage.previews / version_id
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            return True
        except OSError:
            _log.warning("the pictures in %s are in use; they are deleted when the room is opened again", folder)
            return False
        return True

    def _delete(self, tx: Cursor, originals: Sequence[str]) -> None:
        """Delete originals on the lane that registers new ones, so that none is deleted which just came back."""
        for sha256 in store.unclaimed(tx, originals):
            self._storage.blobs.remove(sha256)
        store.drop_leftovers(tx, store.ORIGINAL, originals)

    def _chosen(self, tx: Cursor, paths: Sequence[str]) -> list[TrashedRow]:
        rows = register.trashed_rows(tx)
        if (unknown := leaving.missing([row.path for row in rows], paths)) is not None:
            raise _nothing_at(unknown, "List what is in the trash with: datazoom documents ROOM trash", " in the trash")
        return leaving.choose(rows, paths)


def _nothing_at(path: str, remedy: str, where: str = "") -> Problem:
    return Problem("No such document", f"Nothing{where} stands at “{path}”.", remedy, path)
