"""Looking through a folder: what is new or changed is taken in, what moved is followed, and what is gone is noticed.

A file counts as gone only when its folder was looked through and it was not there. A folder that is missing, that cannot be opened,
that lay on a drive which is not connected, or that is empty all of a sudden, says nothing about its files: they stay in the room.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, TypeVar

from datazoom_desktop.activity import trail
from datazoom_desktop.documents import leaving
from datazoom_desktop.documents import store as register
from datazoom_desktop.documents.model import Cause
from datazoom_desktop.documents.register import Incoming, Placed, Placement
from datazoom_desktop.documents.store import PathRow
from datazoom_desktop.intake import store
from datazoom_desktop.intake.folders import LeftOut, walk
from datazoom_desktop.intake.store import FileRow, SourceRow
from datazoom_desktop.intake.trash import Trash
from datazoom_desktop.jobs.model import Job, WorkContext
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.errors import Problem, Unavailable
from datazoom_desktop.kernel.ids import new_id
from datazoom_desktop.kernel.paths import recorded, room_path
from datazoom_desktop.storage.blobs import LARGEST_BYTES, ChangedWhileReadError
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage

T = TypeVar("T")

_FILES_AT_ONCE = 32  #: files registered in one transaction
_REMOVED = "It was removed from this room. To take it in again, restore it from the trash, or add the file itself instead of its folder."


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that stands in a folder; ``path`` is its path in the room, ``file_text`` its own as a person reads it."""

    file: Path
    file_text: str
    path: str
    modified_ns: int
    bytes: int
    mounted: bool


@dataclass(slots=True)
class Look:
    """What one look through a source found.

    Attributes:
        known: What the source held the last time, by path.
        live: By path in the room: the file it was taken from, its time, bytes and SHA-256.
        removals: (path, SHA-256) that the user keeps out.
        vanished: Known files that are not there any more, by path; moved ones are taken from here.
        moves: Known files and where they stand now.
        kept_out: Files not taken in because the user removed their bytes, here or where they stood before (else None).
        arrived: By SHA-256: a path at which these bytes were registered.
    """

    known: dict[str, FileRow]
    live: dict[str, tuple[str, int, int, str]]
    removals: frozenset[tuple[str, str]]
    entries: list[Entry] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    vanished: dict[str, FileRow] = field(default_factory=dict)
    moves: list[tuple[FileRow, FileRow]] = field(default_factory=list)
    kept_out: list[tuple[FileRow | None, FileRow]] = field(default_factory=list)
    arrived: dict[str, str] = field(default_factory=dict)
    counts: dict[Placement, int] = field(default_factory=lambda: dict.fromkeys(Placement, 0))


class FolderScan:
    """The job that looks through a source, bound to an open room."""

    def __init__(
        self, storage: RoomStorage, trash: Trash, place: Callable[[Cursor, Sequence[Incoming]], list[Placed]]
    ) -> None:
        """Serve an open room; ``place`` puts files that arrive into the register and has them read."""
        self._storage = storage
        self._trash = trash
        self._place = place
        self.left_out: dict[str, tuple[LeftOut, ...]] = {}  #: by source: what its last look did not take in
        self.moved: list[tuple[str, str]] = []  #: paths before and after, since the room was opened
        self.gone: list[str] = []  #: paths that went to the trash since then

    def run(self, job: Job, context: WorkContext) -> dict[str, Any]:
        """Look through the folder that the job names; return what there was to do.

        Raises:
            Unavailable: The folder is not there, or went away meanwhile.
        """
        payload = json.loads(job.payload)
        root = Path(payload["root"])
        device = _device(root)
        source = self._storage.db.write(lambda tx: register_source(tx, root, payload["prefix"]))
        look = self._look(root, source, device, context)
        self._take_in(source, look, context, lambda: _expect(root, device))
        _expect(root, device)
        gone = self._settle(source, look)
        self._trash.sweep()
        self.left_out[source.source_id] = tuple(look.left_out)
        return {
            "counts": {str(k): v for k, v in look.counts.items()},
            "moved": len(look.moves),
            "gone": len(gone),
            "left_out": [{"path": x.path, "reason": x.reason} for x in look.left_out],
        }

    def _look(self, root: Path, source: SourceRow, device: int, context: WorkContext) -> Look:
        """Return what stands in the folder, and what stood there before and does not now."""
        with self._storage.db.read() as cursor:
            look = Look(store.files(cursor, source.source_id), store.taken_from(cursor), store.removals(cursor))
        for found in walk(root, source.prefix):
            context.check()
            if isinstance(found, LeftOut):
                look.left_out.append(found)
                continue
            try:
                status = found.file.stat()
            except OSError as error:
                look.left_out.append(LeftOut(found.file, found.path, why_not(found.file, error)))
                continue
            text, mounted = recorded(found.file), status.st_dev != device
            entry = Entry(found.file, text, found.path, status.st_mtime_ns, status.st_size, mounted)
            look.entries.append(entry)
        if root.is_dir():
            look.vanished = _vanished(look, root, source.prefix, device)
        return look

    def _take_in(self, source: SourceRow, look: Look, context: WorkContext, expect: Callable[[], None]) -> None:
        """Register what is new or changed, a batch in a transaction; put what moved among the look's moves."""
        sizes = {row.bytes for row in look.vanished.values()} | {row[2] for row in look.live.values()}
        moved_from = _by_hash(look.vanished.values())
        done, total = 0, len(look.entries)
        for batch in _batches(look.entries, _FILES_AT_ONCE):
            arriving: list[FileRow] = []
            for entry in batch:
                context.check()
                done += 1
                if self._unchanged(look, entry):
                    continue
                try:
                    sha256, size = self._storage.blobs.add_file(entry.file, context.check, likely=entry.bytes in sizes)
                except (OSError, Problem) as error:
                    expect()
                    look.left_out.append(LeftOut(entry.file, entry.path, why_not(entry.file, error)))
                    continue
                row = FileRow(entry.path, entry.file_text, entry.modified_ns, size, sha256, entry.mounted)
                if not self._followed(look, row, entry, moved_from):
                    arriving.append(row)
            if arriving:
                placed = self._storage.db.write(lambda tx, rows=arriving: self._register(tx, source, rows))  # type: ignore[misc]
                look.arrived.update((row.sha256, row.path) for row in arriving)
                for each in placed:
                    look.counts[each.placement] += 1
            context.progress(done, total)
        context.progress(done, total)

    def _unchanged(self, look: Look, entry: Entry) -> bool:
        """Return whether nothing is to be done about a file, because it is as it was or because the user keeps it out."""
        row = look.known.get(entry.path)
        if row is None or (row.file, row.modified_ns, row.bytes) != (entry.file_text, entry.modified_ns, entry.bytes):
            return False
        if entry.path in look.live:
            look.counts[Placement.UNCHANGED] += 1
            return True
        if (entry.path, row.sha256) in look.removals:
            look.left_out.append(LeftOut(entry.file, entry.path, _REMOVED))
            return True
        return False

    def _followed(self, look: Look, row: FileRow, entry: Entry, moved_from: Mapping[str, list[FileRow]]) -> bool:
        """Return whether a file that was read needs no place of its own: it moved here, or the user keeps its bytes out."""
        before = _pop(moved_from.get(row.sha256), PurePath(row.path).name) if row.path not in look.live else None
        if (row.path, row.sha256) in look.removals:
            before = None
        elif before is None:
            return False
        elif (before.path, row.sha256) not in look.removals:
            if look.live.get(before.path, ("",))[0] != before.file:
                return False
            look.moves.append((before, row))
            del look.vanished[before.path]
            return True
        look.left_out.append(LeftOut(entry.file, entry.path, _REMOVED))
        look.kept_out.append((before, row))
        return True

    def _register(self, tx: Cursor, source: SourceRow, rows: Sequence[FileRow]) -> list[Placed]:
        incoming = [Incoming(row.path, row.sha256, row.bytes, row.file, row.modified_ns) for row in rows]
        store.keep_files(tx, source.source_id, rows)
        placed = self._place(tx, incoming)
        for row in rows:
            if not self._storage.blobs.has(row.sha256):  # the trash was emptied since it was looked up: begin again
                raise Unavailable(
                    "Not kept", f"The bytes of {row.file} were deleted meanwhile.", "Try again.", row.file
                )
        return placed

    def _settle(self, source: SourceRow, look: Look) -> list[str]:
        """Follow what moved and move to the trash what is gone, in one transaction; return the paths that are gone."""

        def work(tx: Cursor) -> tuple[list[tuple[str, str]], list[str]]:
            at = clock.now()
            moved = self._follow(tx, look)
            passed, gone = self._notice(tx, look)
            self._trash.let_go(tx)
            held = [row for _, row in (*look.moves, *look.kept_out)]
            store.drop_files(tx, source.source_id, [*look.vanished, *(before.path for before, _ in look.moves)])
            if held:
                store.keep_files(tx, source.source_id, held)
            store.looked_through(tx, source.source_id, at)
            if moved or passed or gone:
                detail = {"moved": [*moved, *passed], "gone": gone}
                trail.record(tx, actor="intake", intent="documents.followed", subject=source.root, detail=detail)
            return [*moved, *passed], gone

        moved, gone = self._storage.db.write(work)
        self.moved.extend(moved)
        self.gone.extend(gone)
        return gone

    def _follow(self, tx: Cursor, look: Look) -> list[tuple[str, str]]:
        """Let documents stand where their files stand now; what the user keeps out, he keeps out there too."""
        live = set(register.live_paths(tx))
        moves = [
            (before.path, PathRow(row.path, "", "", row.file, row.modified_ns, row.bytes))
            for before, row in look.moves
            if before.path in live and row.path not in live
        ]
        if moves:
            register.move_paths(tx, moves)
        if elsewhere := [(row.path, row.sha256) for before, row in look.kept_out if before is not None]:
            store.add_removals(tx, elsewhere, clock.now())
        return [(old, row.path) for old, row in moves]

    def _notice(self, tx: Cursor, look: Look) -> tuple[list[tuple[str, str]], list[str]]:
        """Take out the paths whose files are gone, if the room has them from there.

        Return (path before, path now) of those whose bytes turned up elsewhere, and the paths that went to the trash.
        """
        live = store.taken_from(tx) if look.vanished else {}
        ours = [row for path, row in look.vanished.items() if path in live and live[path][0] == row.file]
        passed = [(row.path, look.arrived[row.sha256]) for row in ours if row.sha256 in look.arrived]
        if passed:
            register.drop_paths(tx, leaving.beneath(register.live_paths(tx), [path for path, _ in passed]))
        gone = [row.path for row in ours if row.sha256 not in look.arrived]
        return passed, leaving.take_out(tx, gone, Cause.GONE, clock.now()) if gone else []


def register_source(tx: Cursor, root: Path, prefix: str) -> SourceRow:
    """Return the source with this root and prefix, registered now if it was not; then with what the room already has from there."""
    name = os.fsencode(root)
    for row in store.sources(tx):
        if (row.root_bytes, row.prefix) == (name, prefix):
            return row
    row = SourceRow(new_id(), recorded(root), name, prefix)
    store.add_source(tx, row, clock.now())
    held = [
        FileRow(path, file, modified_ns, size, sha256, mounted=False)
        for path, (file, modified_ns, size, sha256) in store.taken_from(tx).items()
        if path == _path_beneath(row.root, file, prefix)
    ]
    if held:
        store.keep_files(tx, row.source_id, held)
    return row


def why_not(file: Path, error: OSError | Problem) -> str:
    """Return why one file was not taken in; an error that concerns more than this file is raised again."""
    cause = error.__cause__ if isinstance(error, Problem) else error
    if not isinstance(cause, OSError) or (isinstance(error, Problem) and error.path != str(file)):
        raise error
    if isinstance(cause, FileNotFoundError):
        return "It was moved or deleted while the folder was looked through."
    if isinstance(cause, ChangedWhileReadError):
        return "It was written to whenever it was read; it is taken in when the folder is looked through again."
    if cause.errno == errno.EFBIG:
        return f"It is larger than {LARGEST_BYTES >> 30} GB, which is the most that a file may have."
    return f"It could not be read: {cause.strerror or type(cause).__name__}."


def _path_beneath(root: str, file: str, prefix: str) -> str | None:
    """Return the path in the room of a file that came from a source, None for another's; all as a person reads them."""
    if file == root:
        rest = PurePath(file).name
    elif file.startswith(root.rstrip(os.sep) + os.sep):
        rest = file[len(root.rstrip(os.sep)) + 1 :]
    else:
        return None
    path = room_path(PurePath(rest))
    return f"{prefix}/{path}" if prefix else path


def _vanished(look: Look, root: Path, prefix: str, device: int) -> dict[str, FileRow]:
    """Return the known files that are surely not there any more; what cannot be told is said among what was left out."""
    seen = {entry.path for entry in look.entries}
    vanished = {path: row for path, row in look.known.items() if path not in seen}
    untold = [item.path for item in look.left_out]
    if not vanished or prefix in untold:
        return {}
    if not look.entries:
        if any(path in look.live for path in vanished):
            reason = (
                f"This folder is empty, although {len(vanished):,} files came from it; their documents stay in the room."
                " If it lies on a drive, connect that and add the folder again. If you emptied it, remove the documents by hand."
            )
            look.left_out.append(LeftOut(root, prefix or root.name, reason))
        return {}
    kept = set(leaving.beneath(vanished, untold))
    for folder, paths in _unplugged(vanished.values(), device).items():
        reason = (
            f"{len(paths):,} files came from a drive that is not connected here; their documents stay in the room."
            " Connect it and add the folder again."
        )
        depth = len(PurePath(vanished[paths[0]].file).parts) - len(folder.parts)
        look.left_out.append(LeftOut(folder, "/".join(paths[0].split("/")[:-depth]), reason))
        kept.update(paths)
    return {path: row for path, row in vanished.items() if path not in kept}


def _unplugged(rows: Iterable[FileRow], device: int) -> dict[Path, list[str]]:
    """Return the paths of files whose drive is not connected, by the folder where it should be."""
    out: dict[Path, list[str]] = {}
    for row in rows:
        if row.mounted:
            folder = next(above for above in Path(row.file).parents if above.is_dir())
            if folder.stat().st_dev == device:
                out.setdefault(folder, []).append(row.path)
    return out


def _device(root: Path) -> int:
    """Return the drive on which a folder or file lies.

    Raises:
        Unavailable: It is not there, or out of reach.
    """
    try:
        return root.stat().st_dev
    except OSError as error:
        reason = "is not there any more" if error.errno == errno.ENOENT else f"cannot be reached: {error.strerror}"
        raise _unavailable(root, reason) from error


def _expect(root: Path, device: int) -> None:
    """Raise ``Unavailable`` unless the folder is still there, on the drive on which it was."""
    if _device(root) != device:
        raise _unavailable(root, "was taken away while it was looked through")


def _unavailable(root: Path, reason: str) -> Unavailable:
    remedy = "Connect the drive it is on and try again."
    return Unavailable("Nothing there", f"{recorded(root)} {reason}.", remedy, str(root))


def _by_hash(rows: Iterable[FileRow]) -> dict[str, list[FileRow]]:
    out: dict[str, list[FileRow]] = {}
    for row in rows:
        out.setdefault(row.sha256, []).append(row)
    return out


def _pop(rows: list[FileRow] | None, name: str) -> FileRow | None:
    """Take one of the rows, one whose file has this name if there is one."""
    if not rows:
        return None
    return rows.pop(next((i for i, row in enumerate(rows) if PurePath(row.path).name == name), 0))


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(itertools.islice(rest, size)):
        yield batch
