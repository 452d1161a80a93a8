"""Leak fixtures for Qt: a test that leaves a thread, a running timer or a top-level widget behind fails."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

_PATIENCE_SECONDS = 5.0
_WHOLE_PROCESS = frozenset(
    {"LanceDBBackgroundEventLoop"}
)  # started once by a library, for as long as the process lives


@pytest.fixture
def no_leaks(qapp: QApplication) -> Iterator[None]:
    """Compare threads, timers and windows before and after the test."""
    threads = set(threading.enumerate())
    windows = set(map(id, QApplication.topLevelWidgets()))
    yield
    _settle()
    left = [t.name for t in _left_threads(threads)]
    assert left == [], f"threads left running: {left}"
    shown = [w for w in QApplication.topLevelWidgets() if id(w) not in windows and w.isVisible()]
    assert shown == [], f"windows left open: {shown}"
    ticking = [t for t in _timers() if t.isActive()]
    assert ticking == [], f"timers left running: {[t.parent() for t in ticking]}"


def _settle() -> None:
    """Let deferred deletions happen."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    gc.collect()


def _left_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        left = [t for t in threading.enumerate() if t not in before and t.is_alive() and t.name not in _WHOLE_PROCESS]
        if not left or time.monotonic() > end:
            return left
        left[0].join(0.05)


def _timers() -> list[QTimer]:
    widgets: list[QObject] = [w for w in QApplication.allWidgets() if w.isVisible()]
    return [timer for widget in widgets for timer in widget.findChildren(QTimer)]
