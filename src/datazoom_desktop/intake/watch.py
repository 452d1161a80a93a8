"""Watching folders: what changes in them is taken in a moment after it settles."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from datazoom_desktop.kernel.errors import Problem

_log = logging.getLogger(__name__)

SETTLE_SECONDS = 1.0  #: how long a folder must be quiet before it is looked through


class FolderWatch(FileSystemEventHandler):
    """Calls back when something changed in any of its folders and they have been quiet for a moment, on a thread of its own.

    The callback gets all the folders, always in the same order: what stands before a folder's paths in the room depends on which
    others it is taken in with.
    """

    def __init__(self, folders: Sequence[Path], changed: Callable[[list[Path]], object]) -> None:
        """Watch ``folders`` and everything beneath them; nothing happens before the watch is entered."""
        self._folders = [folder.absolute() for folder in folders]
        self._changed = changed
        self._observer = Observer()
        self._lock = threading.Lock()
        self._telling = threading.Lock()  #: held while the callback runs
        self._ended = False
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Self:
        """Start watching."""
        for folder in self._folders:
            self._observer.schedule(self, str(folder), recursive=True)
        self._observer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop watching; a change that has not settled yet is left for the next look."""
        self._observer.stop()
        self._observer.join()
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
        with self._telling:
            self._ended = True

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Wait until it is quiet."""
        if event.event_type in ("opened", "closed_no_write"):
            return
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(SETTLE_SECONDS, self._settled)
            self._timer.daemon = True
            self._timer.start()

    def _settled(self) -> None:
        with self._telling:
            if self._ended:
                return
            try:
                self._changed(list(self._folders))
            except Problem as problem:  # such as a drive that was taken away; the next change is looked at again
                _log.warning("%s", problem)
