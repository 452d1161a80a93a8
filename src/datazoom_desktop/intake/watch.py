"""Watching folders: what changes in them is taken in a moment after it settles."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

SETTLE_SECONDS = 1.0  #: how long a folder must be quiet before it is looked through


class FolderWatch(FileSystemEventHandler):
    """Calls back with the folders in which something changed, on a thread of its own, once they have been quiet for a moment."""

    def __init__(self, folders: Sequence[Path], changed: Callable[[list[Path]], object]) -> None:
        """Watch ``folders`` and everything beneath them; nothing happens before the watch is entered."""
        self._folders = [folder.absolute() for folder in folders]
        self._changed = changed
        self._observer = Observer()
        self._lock = threading.Lock()
        self._dirty: set[Path] = set()
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

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note which watched folder an event belongs to and wait until it is quiet."""
        if event.event_type in ("opened", "closed_no_write"):
            return
        where = Path(str(event.src_path))
        with self._lock:
            self._dirty.update(folder for folder in self._folders if where.is_relative_to(folder))
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(SETTLE_SECONDS, self._settled)
            self._timer.daemon = True
            self._timer.start()

    def _settled(self) -> None:
        with self._lock:
            dirty, self._dirty, self._timer = sorted(self._dirty), set(), None
        if dirty:
            self._changed(dirty)
