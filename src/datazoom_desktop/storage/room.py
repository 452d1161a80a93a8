"""A room's folder while it is open: its lock, database, originals and passage index."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from datazoom_desktop.kernel.clock import now
from datazoom_desktop.storage.blobs import Blobs
from datazoom_desktop.storage.database import Database
from datazoom_desktop.storage.faults import file_faults
from datazoom_desktop.storage.lock import RoomLock
from datazoom_desktop.storage.manifest import MANIFEST, Manifest, read_manifest, write_manifest
from datazoom_desktop.storage.migrate import migrate
from datazoom_desktop.storage.room_index import RoomIndex

DATABASE = "room.duckdb"
BLOBS = "blobs"
PREVIEWS = "previews"
SCRATCH = "scratch"


class RoomStorage:
    """One open room. Made by ``create`` or ``open``, ended by ``close``; also a context manager.

    Attributes:
        folder: The room's folder.
        manifest_file: Its ``room.json``.
        manifest: What that said when the room was opened.
        db: Every fact.
        blobs: The original files.
        passages: What is searched; derived.
        scratch: For work in progress; empty when a room is opened.
        previews: For pictures of pages; derived.
    """

    def __init__(self, folder: Path, manifest: Manifest, lock: RoomLock) -> None:
        """Open what the folder holds, under ``lock``, which ``close`` releases; use ``create`` or ``open`` instead."""
        self.folder = folder
        self.manifest_file = folder / MANIFEST
        self.manifest = manifest
        self.scratch = folder / SCRATCH
        self.previews = folder / PREVIEWS
        self._lock = lock
        with file_faults(folder):
            if self.scratch.exists():
                shutil.rmtree(self.scratch)
            self.scratch.mkdir()
            self.previews.mkdir(exist_ok=True)
        self.blobs = Blobs(folder / BLOBS)
        self.blobs.clear_incoming()
        self.db = Database(folder / DATABASE)
        try:
            migrate(self.db, folder)
            self.passages = RoomIndex(folder, self.db)
        except BaseException:
            self.db.close()
            raise

    @classmethod
    def create(cls, folder: Path, room_id: str, name: str) -> RoomStorage:
        """Make a room in ``folder``, which must be absent or empty, and open it.

        Raises:
            Problem: The disk is full.
            FileExistsError: The folder already holds something.
        """
        with file_faults(folder):
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise FileExistsError(f"{folder} is not empty")
            write_manifest(folder, Manifest(room_id, name, now()))
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> RoomStorage:
        """Open the room in ``folder``, bringing it to the present schema.

        Raises:
            Problem: It is no room, is damaged, is held by another process (the message says which), was last opened with
                a newer version, or the disk is full.
        """
        manifest = read_manifest(folder)
        lock = RoomLock(folder, manifest.name)
        try:
            return cls(folder, manifest, lock)
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Finish queued writes, close everything and let go of the room; more calls do nothing."""
        try:
            self.passages.close()
            self.db.close()
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        """Return the room itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the room."""
        self.close()
