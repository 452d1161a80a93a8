"""The lock that lets one process hold a room open, and the note that says which."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from datazoom_desktop.kernel.clock import iso, now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.faults import cannot_write, disk_full, is_disk_full
from datazoom_desktop.storage.files import write_json

LOCK = "room.lock"
HOLDER = "room.lock.json"
PROGRAM = "DataZoom Desktop"


class RoomLock:
    """Held from construction to ``release``; the system lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path, name: str) -> None:
        """Take the lock of the room in ``folder``, called ``name``, without waiting.

        Raises:
            Problem: Another process, or another part of this one, holds the room (the message says who), or the folder cannot be
                written to.
        """
        self._holder = folder / HOLDER
        self._lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise _held(folder, name) from error
        except OSError as error:
            raise (disk_full(folder) if is_disk_full(error) else cannot_write(folder, error)) from error
        try:
            write_json(self._holder, _myself())
        except OSError as error:
            self._lock.release()
            raise (disk_full(folder) if is_disk_full(error) else cannot_write(folder, error)) from error

    def release(self) -> None:
        """Let go of the room; more calls do nothing."""
        if self._lock.is_locked:
            self._holder.unlink(missing_ok=True)
            self._lock.release()


def _myself() -> Mapping[str, object]:
    return {
        "program": PROGRAM,
        "pid": os.getpid(),
        "host": platform.node(),
        "user": _user(),
        "since": iso(now()),
    }


def _user() -> str:
    """Return who runs this program; its number where the system has no name for it, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def _held(folder: Path, name: str) -> Problem:
    try:
        note = json.loads((folder / HOLDER).read_bytes())
        since = dt.datetime.fromisoformat(note["since"]).astimezone(dt.UTC)
        who = (
            f"{note['program']} (process {int(note['pid'])} on {note['host']}, user {note['user']}, "
            f"since {since:%d %b %Y %H:%M} UTC)"
        )
    except (OSError, ValueError, KeyError, TypeError):
        who = "another program"
    return Problem(
        "The room is already open",
        f"The room “{name}” is open in {who}.",
        "Close it there, then try again.",
        str(folder),
    )
