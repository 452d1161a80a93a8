"""Cooperative cancellation shared by threads."""

from __future__ import annotations

import threading


class Cancelled(Exception):
    """Raised where work stops because its user asked it to; never reported as an error."""


class CancelToken:
    """A flag that one thread raises and others look at between units of work."""

    def __init__(self) -> None:
        """Start not cancelled."""
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop; safe from any thread, any number of times."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether stopping was asked for."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise ``Cancelled`` when stopping was asked for."""
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Sleep up to ``seconds``, waking at once on cancel; return whether cancelled."""
        return self._event.wait(seconds)
