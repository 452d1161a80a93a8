"""Watching folders: what changes in them is taken in a moment after it settles."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch

from datazoom_desktop.kernel.errors import Problem, Unavailable

_log = logging.getLogger(__name__)

SETTLE_SECONDS = 1.0  #: how long a folder must be quiet before it is looked through
RESTLESS_SECONDS = 30.0  #: a folder that is never quiet is looked through this often
LOOK_SECONDS = 2.0  #: between two looks whether a folder is still there


def _log_problem(problem: Problem) -> None:
    _log.warning("%s", problem)


class FolderWatch(FileSystemEventHandler):
    """Calls back when something changed in any of its folders and they have been quiet for a moment, on a thread of its own.

    The callback gets all the folders that are there, always in the same order: what stands before a folder's paths in the room
    depends on which others it is taken in with. A folder that is taken away is told once and waited for; when it is back it is
    watched again.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        changed: Callable[[list[Path]], object],
        told: Callable[[Problem], None] = _log_problem,
    ) -> None:
        """Watch ``folders`` and everything beneath them; nothing happens before the watch is entered.

        ``told`` is called, on some thread, with problems such as a drive that was taken away; the watch goes on.
        """
        self._folders = [folder.absolute() for folder in folders]
        self._changed = changed
        self._told = told
        self._observer = Observer()
        self._watches: dict[Path, ObservedWatch] = {}
        self._there: dict[Path, tuple[int, int] | None] = {}
        self._lock = threading.Lock()
        self._telling = threading.Lock()  #: held while the callback runs
        self._ended = threading.Event()
        self._timer: threading.Timer | None = None
        self._restless_since: float | None = None
        self._looks = threading.Thread(target=self._look_after, name="folders", daemon=True)

    def __enter__(self) -> Self:
        """Start watching.

        Raises:
            Problem: A folder cannot be watched.
        """
        self._observer.start()
        try:
            for folder in self._folders:
                self._watch(folder)
        except BaseException:
            self._observer.stop()
            self._observer.join()
            raise
        self._looks.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching; a change that has not settled yet is left for the next look."""
        with self._telling:
            self._ended.set()
        self._looks.join()
        self._observer.stop()
        self._observer.join()
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Wait until it is quiet."""
        if event.event_type not in ("opened", "closed_no_write"):
            self._wait()

    def _wait(self) -> None:
        """Call back after a moment without another event, at the latest after half a minute of them."""
        with self._lock:
            now = time.monotonic()
            if self._restless_since is None:
                self._restless_since = now
            if self._timer is not None:
                self._timer.cancel()
            left = self._restless_since + RESTLESS_SECONDS - now
            self._timer = threading.Timer(max(0.0, min(SETTLE_SECONDS, left)), self._settled)
            self._timer.daemon = True
            self._timer.start()

    def _settled(self) -> None:
        with self._lock:
            self._restless_since = None
        with self._telling:
            if self._ended.is_set():
                return
            there = [folder for folder in self._folders if _identity(folder) is not None]
            try:
                if there:
                    self._changed(there)
            except Problem as problem:  # such as a drive that was taken away; the next change is looked at again
                self._told(problem)

    def _watch(self, folder: Path) -> None:
        self._there[folder] = _identity(folder)
        try:
            self._watches[folder] = self._observer.schedule(self, str(folder), recursive=True)
        except OSError as error:
            raise Problem(
                "This folder cannot be watched",
                f"{folder} cannot be watched for changes: {error.strerror or error}.",
                "Have fewer or smaller folders watched, or add this folder again whenever something in it changed.",
                str(folder),
            ) from error

    def _look_after(self) -> None:
        """Notice folders that go away and come back, of which no event tells."""
        while not self._ended.wait(LOOK_SECONDS):
            for folder in self._folders:
                before, now = self._there[folder], _identity(folder)
                if now == before:
                    continue
                self._there[folder] = now
                if now is None:
                    reason = f"{folder} is not there any more; its documents stay in the room."
                    self._told(Unavailable("Nothing there", reason, "Connect the drive it is on.", str(folder)))
                    continue
                try:
                    if (stale := self._watches.pop(folder, None)) is not None:
                        self._observer.unschedule(stale)
                    self._watch(folder)
                except Problem as problem:
                    self._told(problem)
                self._wait()


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another of the same name, None where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
