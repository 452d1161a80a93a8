"""The worker process: does one piece of work at a time, and never outlives the program that started it.

Run as ``python -m datazoom_desktop.jobs.child``. Requests come on standard input, replies go to what was standard output; both are
moved aside first, so that whatever a library prints lands in the log, which is standard error.
"""

from __future__ import annotations

import faulthandler
import functools
import importlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, NoReturn

from datazoom_desktop.jobs import failures, wire
from datazoom_desktop.jobs.model import Payload, WorkContext
from datazoom_desktop.kernel.cancel import Cancelled

_NICENESS = 5
_REPORT_EVERY = 0.1  #: seconds between two progress messages
_ORPHAN_SECONDS = 30.0  #: how much longer than the program's patience a hung worker lives when nobody kills it


def main() -> NoReturn:
    """Serve until the program closes the pipe or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, replies = _move_pipes_aside()
    faulthandler.enable(file=2, all_threads=True)
    if sys.platform != "win32":
        faulthandler.register(signal.SIGUSR1, file=2, all_threads=True)  # the program asks a hung worker where it is
    _step_back()
    worker = _Worker(replies)
    threading.Thread(target=worker.listen, args=(requests,), name="requests", daemon=True).start()
    worker.serve()


class _Worker:
    """Hands calls from the listening thread to the main thread, and what comes of them back."""

    def __init__(self, replies: IO[bytes]) -> None:
        self._replies = replies
        self._sending = threading.Lock()
        self._calls: queue.SimpleQueue[wire.Call] = queue.SimpleQueue()
        self._stopped = -1  #: number of the last call that was asked to stop

    def listen(self, requests: IO[bytes]) -> NoReturn:
        """Take requests in; when the program is gone, so is this process."""
        while (request := wire.receive_request(requests)) is not None:
            if isinstance(request, wire.Stop):
                self._stopped = request.number
            else:
                self._calls.put(request)
        os._exit(0)

    def serve(self) -> NoReturn:
        """Do the calls in turn."""
        while True:
            call = self._calls.get()
            self._send(wire.pack(wire.Begun(call.number)))
            os.ftruncate(2, 0)  # the log tells of this call only
            reply = self._answer(call)
            faulthandler.cancel_dump_traceback_later()
            self._send(reply)

    def _answer(self, call: wire.Call) -> bytes:
        """Do a call and return its packed reply; whatever it raises, an exit out of a library too, ends only the call."""
        context = self._context(call)
        try:
            result = _resolve(call.work)(call.payload, context)
            context.check()
            return wire.pack(wire.Returned(call.number, result))
        except BaseException as error:  # noqa: BLE001 - the reply carries it
            how = failures.failure_of(error)
            return wire.pack(wire.Failed(call.number, how.error_class, how.reason, how.remedy, how.retry, how.detail))

    def _context(self, call: wire.Call) -> WorkContext:
        patience = call.silence_seconds + _ORPHAN_SECONDS
        last_sent, units = 0.0, (0, 0)

        def tell(*, now: float) -> None:
            nonlocal last_sent
            last_sent = now
            faulthandler.dump_traceback_later(patience, exit=True, file=2)
            self._send(wire.pack(wire.Progress(call.number, *units)))

        def progress(done: int, total: int) -> None:
            nonlocal units
            units = (done, total)
            now = time.monotonic()
            if now - last_sent >= _REPORT_EVERY or done == total:
                tell(now=now)

        def check() -> None:
            if self._stopped == call.number:
                raise Cancelled
            now = time.monotonic()
            if now - last_sent >= 1.0:
                tell(now=now)

        faulthandler.dump_traceback_later(patience, exit=True, file=2)
        return WorkContext(Path(call.scratch), progress, check)

    def _send(self, packed: bytes) -> None:
        with self._sending:
            try:
                wire.send(self._replies, packed)
            except OSError:
                os._exit(0)


@functools.cache
def _resolve(work: str) -> Callable[[Payload, WorkContext], Payload]:
    """Return the function that ``package.module:function`` names."""
    module, _, name = work.partition(":")
    function: Callable[[Payload, WorkContext], Payload] = getattr(importlib.import_module(module), name)
    return function


def _move_pipes_aside() -> tuple[IO[bytes], IO[bytes]]:
    """Return the two pipes, unbuffered by nothing but us, and point standard input at nothing and output at the log."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, replies


def _step_back() -> None:
    """Give way to everything the user does meanwhile."""
    if sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(_NICENESS)


if __name__ == "__main__":
    main()
