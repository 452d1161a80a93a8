"""Background operations: work runs on a pool of threads, what comes of it arrives on the window's thread.

An operation ends in exactly one of four ways: its result is delivered, its failure is delivered, it is cancelled (nothing is
delivered), or it is superseded by a later one with the same owner and key, or outlives its owner (nothing is delivered).
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from datazoom_desktop.kernel.cancel import Cancelled, CancelToken

T = TypeVar("T")


class _What(enum.Enum):
    RESULT = enum.auto()
    FAILURE = enum.auto()
    REPORT = enum.auto()
    CANCELLED = enum.auto()


@dataclass(frozen=True, slots=True)
class Task:
    """What running work may use.

    Attributes:
        token: Raised when the work should stop.
        report: Hands a value to the window's thread (progress, an event), in order; dropped when no longer wanted.
    """

    token: CancelToken
    report: Callable[[Any], None]


@dataclass(eq=False, slots=True)
class Operation:
    """A started operation, for its starter."""

    owner: QObject
    key: str | None
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    reported: Callable[[Any], None] | None
    token: CancelToken = field(default_factory=CancelToken)
    running: bool = True

    def cancel(self) -> None:
        """Ask the work to stop and deliver nothing more; safe at any time."""
        self.token.cancel()


class Operations(QObject):
    """Runs operations for one window."""

    _arrived = Signal(object, object, object)

    def __init__(self, failed: Callable[[Exception], None], threads: int = 4, parent: QObject | None = None) -> None:
        """Deliver failures that an operation's starter does not take to ``failed``."""
        super().__init__(parent)
        self._failed = failed
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="window")
        self._live: set[Operation] = set()
        self._latest: dict[tuple[int, str], Operation] = {}
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def live(self) -> int:
        """How many operations have not ended."""
        return len(self._live)

    def run(
        self,
        owner: QObject,
        work: Callable[[Task], T],
        done: Callable[[T], None],
        *,
        key: str | None = None,
        failed: Callable[[Exception], None] | None = None,
        reported: Callable[[Any], None] | None = None,
    ) -> Operation:
        """Run ``work`` on a thread and hand its result to ``done`` on the window's thread.

        Args:
            owner: Whose operation this is; nothing is delivered once it is destroyed.
            work: Gets a ``Task``; must not touch widgets.
            done: Takes the result.
            key: With a key, an earlier operation of the same owner and key is cancelled and its result dropped.
            failed: Takes an exception instead of the window's message surface.
            reported: Takes what the work reports.

        Raises:
            RuntimeError: after ``close``.
        """
        if self._closed:
            raise RuntimeError("the window is closing")
        operation = Operation(owner, key, done, failed or self._failed, reported)
        if key is not None:
            former = self._latest.get((id(owner), key))
            if former is not None:
                former.cancel()
            self._latest[id(owner), key] = operation
        self._live.add(operation)
        self._pool.submit(self._work, operation, work)
        return operation

    def cancel_all(self, owner: QObject | None = None) -> None:
        """Cancel every operation, or every one of ``owner``."""
        for operation in self._live:
            if owner is None or operation.owner is owner:
                operation.cancel()

    def close(self) -> None:
        """Cancel everything, wait for the threads to end, deliver nothing more."""
        self._closed = True
        self.cancel_all()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._live.clear()
        self._latest.clear()

    def _work(self, operation: Operation, work: Callable[[Task], Any]) -> None:
        """Run on a pool thread; every exception becomes the operation's failure."""
        try:
            operation.token.check()
            result = work(Task(operation.token, lambda value: self._send(operation, _What.REPORT, value)))
        except Cancelled:
            self._send(operation, _What.CANCELLED, None)
        except Exception as error:  # noqa: BLE001 (handed on to the window's thread, never swallowed)
            self._send(operation, _What.FAILURE, error)
        else:
            self._send(operation, _What.RESULT, result)

    def _send(self, operation: Operation, what: _What, value: object) -> None:
        if not self._closed:
            self._arrived.emit(operation, what, value)

    def _deliver(self, operation: Operation, what: _What, value: Any) -> None:
        wanted = not (self._closed or operation.token.cancelled) and shiboken6.isValid(operation.owner)
        if what is not _What.REPORT:
            self._end(operation)
        if not wanted or what is _What.CANCELLED:
            return
        if what is _What.RESULT:
            operation.done(value)
        elif what is _What.FAILURE:
            operation.failed(value)
        elif operation.reported is not None:
            operation.reported(value)

    def _end(self, operation: Operation) -> None:
        operation.running = False
        self._live.discard(operation)
        if operation.key is not None and self._latest.get((id(operation.owner), operation.key)) is operation:
            del self._latest[id(operation.owner), operation.key]
