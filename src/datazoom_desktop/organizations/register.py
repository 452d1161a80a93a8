"""The register of rooms: create, list, find, open, rename, remove and bring back, back up and restore."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from filelock import FileLock

from datazoom_desktop.kernel.clock import iso, now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import new_id, slug
from datazoom_desktop.organizations.engines import ORGANIZATION
from datazoom_desktop.organizations.model import RoomInfo
from datazoom_desktop.organizations.names import checked_name, name_key, near_names
from datazoom_desktop.storage import backup
from datazoom_desktop.storage.faults import file_faults
from datazoom_desktop.storage.files import folder_bytes, write_json
from datazoom_desktop.storage.lock import RoomLock
from datazoom_desktop.storage.manifest import Manifest, read_manifest, write_manifest
from datazoom_desktop.storage.room import RoomStorage

PERSONAL = "personal"
RoomList: TypeAlias = list[RoomInfo]
"""A list of rooms, under a name that ``Rooms.list`` does not hide."""

_STAMP = "%Y%m%dT%H%M%S%fZ"
_ID_CHARS = 26


class Rooms:
    """The rooms of the personal organization under one home folder; safe to use from several processes at once."""

    def __init__(self, home: Path) -> None:
        """Use ``home``, making the organization's folders when they are absent.

        Raises:
            Problem: The disk is full or the folder cannot be written.
        """
        self.folder = home / "organizations" / PERSONAL
        self._rooms = self.folder / "rooms"
        self._trash = self.folder / "trash"
        try:
            with file_faults(home):
                self._rooms.mkdir(parents=True, exist_ok=True)
                self._trash.mkdir(exist_ok=True)
                file = self.folder / ORGANIZATION
                if not file.exists():
                    write_json(
                        file, {"format": 1, "organization_id": PERSONAL, "name": "Personal", "created_at": iso(now())}
                    )
        except OSError as error:
            raise Problem(
                "DataZoom cannot keep its files here",
                f"The folder {home} cannot be used: {error.strerror or error}.",
                "Choose another folder, or allow writing to this one.",
                str(home),
            ) from error

    def create(self, name: str) -> RoomInfo:
        """Make an empty room.

        Raises:
            Problem: The name cannot be used or is taken, or the disk is full.
        """
        name = checked_name(name)
        with self._naming():
            self._refuse_taken(name)
            room_id = new_id()
            folder = self._rooms / f"{room_id}-{slug(name)}"
            try:
                RoomStorage.create(folder, room_id, name).close()
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return _info(folder)

    def list(self) -> RoomList:
        """Return all rooms by name, damaged ones too."""
        found = [_info(folder) for folder in _folders(self._rooms)]
        return sorted(found, key=lambda room: (name_key(room.name), room.room_id))

    def find(self, name_or_id: str) -> RoomInfo:
        """Return the room with this id, or with this name (case aside).

        Raises:
            Problem: There is none (near names are suggested), or it is damaged.
        """
        rooms = self.list()
        room = self._pick(rooms, name_or_id)
        if room is None:
            raise _unknown(name_or_id, [one.name for one in rooms])
        read_manifest(room.folder)
        return room

    def open(self, name_or_id: str) -> RoomStorage:
        """Open a room; the caller closes it.

        Raises:
            Problem: There is none, it is damaged, or another process holds it.
        """
        return RoomStorage.open(self.find(name_or_id).folder)

    def size_bytes(self, name_or_id: str) -> int:
        """Return how much room it takes on the disk, in bytes."""
        return folder_bytes(self.find(name_or_id).folder)

    def rename(self, name_or_id: str, new_name: str) -> RoomInfo:
        """Give a room another name; its id and folder stay, so it may be open meanwhile.

        Raises:
            Problem: There is no such room, or the new name cannot be used or is taken.
        """
        new_name = checked_name(new_name)
        with self._naming():
            room = self.find(name_or_id)
            self._refuse_taken(new_name, but=room.room_id)
            kept = read_manifest(room.folder)
            with file_faults(room.folder):
                write_manifest(room.folder, Manifest(kept.room_id, new_name, kept.created_at))
        return _info(room.folder)

    def remove(self, name_or_id: str) -> RoomInfo:
        """Move a room to the trash, a damaged one too; return it as the trash lists it.

        Raises:
            Problem: There is no such room, or it is open somewhere.
        """
        with self._naming():
            room = self._pick(self.list(), name_or_id) or self.find(name_or_id)
            RoomLock(room.folder, room.name).release()
            target = self._trash / f"{now().strftime(_STAMP)}-{room.folder.name}"
            with file_faults(room.folder):
                room.folder.replace(target)
        return _trashed(target)

    def trash(self) -> RoomList:
        """Return removed rooms, latest first."""
        return [_trashed(folder) for folder in sorted(_folders(self._trash), key=lambda one: one.name, reverse=True)]

    def restore_from_trash(self, name_or_id: str) -> RoomInfo:
        """Bring the room with this id, or the latest with this name, back from the trash.

        When its name was taken meanwhile it gets a number behind it.

        Raises:
            Problem: The trash holds no such room.
        """
        with self._naming():
            room = self._pick(self.trash(), name_or_id)
            if room is None:
                raise Problem(
                    "Not in the trash",
                    f"The trash holds no data room “{name_or_id}”.",
                    "List the trash and choose again.",
                )
            if room.problem is None:
                self._free_name(room)
            target = self._rooms / room.folder.name.split("-", 1)[1]
            if target.exists():
                target = target.with_name(f"{target.name}-{new_id()}")
            with file_faults(room.folder):
                room.folder.replace(target)
        return _info(target)

    def backup(self, name_or_id: str, file: Path) -> None:
        """Write a room into one file; see ``storage.backup``.

        Raises:
            Problem: There is no such room, it is open in another process, or ``file`` cannot be written.
        """
        with self.open(name_or_id) as room:
            backup.backup(room, file)

    def restore(self, file: Path, name: str | None = None) -> RoomInfo:
        """Make a new room from a backup, called ``name`` or as it was; it gets an id of its own.

        Raises:
            Problem: The file is no backup or is damaged, the name cannot be used or is taken, or the disk is full.
        """
        wanted = checked_name(name if name is not None else backup.name_in(file))
        with self._naming():
            self._refuse_taken(wanted)
            room_id = new_id()
            folder = self._rooms / f"{room_id}-{slug(wanted)}"
            backup.restore(file, folder, room_id=room_id, name=wanted)
        return _info(folder)

    @contextmanager
    def _naming(self) -> Iterator[None]:
        """Keep other processes from changing names meanwhile."""
        with FileLock(self.folder / "names.lock", thread_local=False):
            yield

    @staticmethod
    def _pick(rooms: RoomList, name_or_id: str) -> RoomInfo | None:
        """Return the first of ``rooms`` with this id, else with this name, damaged or not."""
        key = name_key(name_or_id)
        by_id = (room for room in rooms if name_or_id == room.room_id)
        by_name = (room for room in rooms if name_key(room.name) == key)
        return next(by_id, None) or next(by_name, None)

    def _refuse_taken(self, name: str, but: str | None = None) -> None:
        for room in self.list():
            if room.room_id != but and name_key(room.name) == name_key(name):
                raise Problem(
                    "This name is taken", f"There is already a data room called “{room.name}”.", "Choose another name."
                )

    def _free_name(self, room: RoomInfo) -> None:
        """Number a trashed room's name when a listed room has it now."""
        taken = {name_key(one.name) for one in self.list()}
        free, number = room.name, 2
        while name_key(free) in taken:
            free, number = f"{room.name} ({number})", number + 1
        if free != room.name:
            kept = read_manifest(room.folder)
            write_manifest(room.folder, Manifest(kept.room_id, free, kept.created_at))


def _folders(parent: Path) -> list[Path]:
    with os.scandir(parent) as entries:
        return [Path(entry.path) for entry in entries if entry.is_dir() and not entry.name.startswith(".")]


def _info(folder: Path) -> RoomInfo:
    try:
        manifest = read_manifest(folder)
    except Problem as problem:
        return RoomInfo(folder.name[:_ID_CHARS], folder.name, folder, None, problem.message)
    return RoomInfo(manifest.room_id, manifest.name, folder, manifest.created_at)


def _trashed(folder: Path) -> RoomInfo:
    stamp, _, former = folder.name.partition("-")
    moment = dt.datetime.strptime(stamp, _STAMP).replace(tzinfo=dt.UTC)
    room = _info(folder)
    if room.problem is not None:
        room = dataclasses.replace(room, room_id=former[:_ID_CHARS], name=former)
    return dataclasses.replace(room, removed_at=moment)


def _unknown(wanted: str, names: list[str]) -> Problem:
    near = near_names(wanted, names)
    if near:
        remedy = "Did you mean " + " or ".join(f"“{name}”" for name in near) + "?"
    elif names:
        remedy = "List the rooms and choose one of them."
    else:
        remedy = "There is no data room yet: create one first."
    return Problem("No such data room", f"There is no data room called “{wanted}”.", remedy)
