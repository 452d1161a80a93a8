"""From ``kernel.changes`` to Qt: changes published on any thread arrive on the window's thread, joined, about ten times a second."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from datazoom_desktop.kernel.changes import ChangeBus, Changes

INTERVAL_MS = 100


class ChangesBridge(QObject):
    """Listens to one bus while it lives.

    Attributes:
        changed: ``Changes``, on the window's thread; everything published since the last one, joined.
    """

    changed = Signal(object)
    _woken = Signal()

    def __init__(self, bus: ChangeBus, parent: QObject | None = None) -> None:
        """Subscribe to ``bus``; must be made on the window's thread."""
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: Changes | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._flush)
        self._woken.connect(self._start, Qt.ConnectionType.QueuedConnection)
        self._unsubscribe = bus.subscribe(self._take)

    def close(self) -> None:
        """Stop listening; what has not been delivered is dropped."""
        self._unsubscribe()
        self._timer.stop()
        with self._lock:
            self._waiting = None

    def _take(self, changes: Changes) -> None:
        """Run on the publisher's thread."""
        with self._lock:
            first = self._waiting is None
            self._waiting = changes if self._waiting is None else joined(self._waiting, changes)
        if first:
            self._woken.emit()

    def _start(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _flush(self) -> None:
        with self._lock:
            changes, self._waiting = self._waiting, None
        if changes is not None:
            self.changed.emit(changes)


def joined(one: Changes, other: Changes) -> Changes:
    """Return both changes as one; no ids means "any of them", so it wins over ids."""
    ids = one.ids | other.ids if one.ids and other.ids else frozenset[str]()
    return Changes(one.topics | other.topics, ids)
