"""A gate that any number of threads pass at once, and that closes for the moment in which what lies behind it is exchanged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Passing waits while it is closed; closing waits until everyone is through, and those who come meanwhile wait for it.

    A thread that is inside may pass again, as often as it likes, but never close.
    """

    def __init__(self) -> None:
        """Start open."""
        self._changed = threading.Condition()
        self._inside = 0
        self._closed = False
        self._own = threading.local()

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Be inside for as long as the block lasts."""
        depth: int = getattr(self._own, "depth", 0)
        if not depth:
            with self._changed:
                self._changed.wait_for(lambda: not self._closed)
                self._inside += 1
        self._own.depth = depth + 1
        try:
            yield
        finally:
            self._own.depth = depth
            if not depth:
                with self._changed:
                    self._inside -= 1
                    self._changed.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Have nobody else inside for as long as the block lasts; the closing thread itself may pass.

        Raises:
            RuntimeError: Called from inside, where it would wait for itself.
        """
        if getattr(self._own, "depth", 0):
            raise RuntimeError("a gate cannot be closed from inside")
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._closed = True
            self._changed.wait_for(lambda: not self._inside)
        self._own.depth = 1
        try:
            yield
        finally:
            self._own.depth = 0
            with self._changed:
                self._closed = False
                self._changed.notify_all()
