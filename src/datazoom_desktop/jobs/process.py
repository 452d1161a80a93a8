"""A child process that runs work which may crash, hang, or eat all memory, and turns each of these into a ``Failure``.

Usable without a queue: the viewer renders pages through one.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psutil

from datazoom_desktop.jobs import failures, wire
from datazoom_desktop.jobs.model import MEBIBYTE, Failure, Payload, WorkerFailure
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken

WORKER_FLAG = "--worker"
"""The hidden argument by which a frozen build's program becomes a worker process."""

_POLL_SECONDS = 0.05
_LOOK_SECONDS = 0.2  #: between two looks at memory
_GRACE_SECONDS = 0.5  #: a cancelled worker has this long to stop by itself
_EXIT_SECONDS = 1.0
_TRACE_SECONDS = 0.2
_RECYCLE_CALLS = 1_000
_RECYCLE_BYTES = 1024 * MEBIBYTE
_LOG_BYTES = 8 * MEBIBYTE
_LOG_TAIL_BYTES = 16 << 10
_THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
_numbers = itertools.count(1)
_log = logging.getLogger(__name__)


def command() -> list[str]:
    """Return the command line that starts a worker process."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_FLAG]
    return [sys.executable, "-P", "-m", "datazoom_desktop.jobs.child"]


class WorkerProcess:
    """One worker process, started when first needed and replaced after a failure, many calls, or when it has grown large.

    Thread-safe; calls from several threads take turns.
    """

    def __init__(self, logs: Path, *, threads: int = 1, recycle_calls: int = _RECYCLE_CALLS) -> None:
        """Keep a worker whose log lies in folder ``logs`` and whose native libraries use ``threads`` threads each."""
        self._logs = logs
        self._threads = threads
        self._recycle_calls = recycle_calls
        self._taking_turns = threading.Lock()
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """The process's id, or None while there is none."""
        child = self._child
        return child.process.pid if child is not None else None

    def call(
        self,
        work: str,
        payload: Payload,
        *,
        scratch: Path,
        on_progress: Callable[[int, int], None] | None = None,
        cancel: CancelToken | None = None,
        memory_bytes: int = 2048 * MEBIBYTE,
        silence_seconds: float = 120.0,
    ) -> Payload:
        """Run ``package.module:function`` on ``payload`` in the process and return what it returns.

        ``on_progress`` is called on this thread with units done and in all.

        Raises:
            Cancelled: ``cancel`` was raised; the work has stopped, within a second.
            WorkerFailure: The work raised, crashed, was silent for ``silence_seconds`` or held more than ``memory_bytes``.
        """
        token = cancel or CancelToken()
        with self._taking_turns:
            for last_try in (False, True):
                child = self._alive()
                request = wire.Call(child.next_number(), work, payload, str(scratch), silence_seconds)
                watch = _Watch(child, request, memory_bytes)
                try:
                    result = watch.wait(on_progress, token)
                except WorkerFailure:
                    if watch.begun or last_try:
                        raise
                    continue  # it was killed while it waited for work, say, which is not this call's doing
                finally:
                    if not watch.over:
                        self._end()
                self._recycle()
                return result
        raise AssertionError("the last try returns or raises")

    def start(self) -> None:
        """Start the process now, so that the first call finds it warm."""
        with self._taking_turns:
            self._alive()

    def close(self) -> None:
        """End the process; a later call starts another."""
        with self._taking_turns:
            self._end()

    def _alive(self) -> _Child:
        if self._child is not None and self._child.process.poll() is not None:
            self._end()
        if self._child is None:
            self._child = _Child(self._logs, self._threads)
        return self._child

    def _recycle(self) -> None:
        child = self._child
        if child is not None and (child.calls >= self._recycle_calls or child.memory() > _RECYCLE_BYTES):
            self._end()

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()


class _Child:
    """A running worker process, its pipes, its log, and the thread that takes its replies in."""

    def __init__(self, logs: Path, threads: int) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self.log = logs / f"worker-{os.getpid()}-{next(_numbers)}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(threads),
                start_new_session=sys.platform != "win32",
                creationflags=_creation_flags(),
            )
        self.calls = 0
        self.inbox: queue.SimpleQueue[wire.Reply | None] = queue.SimpleQueue()
        self._requests, replies = _pipes(self.process)
        self._listener = threading.Thread(target=self._listen, args=(replies,), name="worker-replies", daemon=True)
        self._listener.start()

    def next_number(self) -> int:
        """Return the number of the next call."""
        self.calls += 1
        return self.calls

    def send(self, request: wire.Request) -> None:
        """Say something to the process; raises OSError when it is gone."""
        wire.send(self._requests, wire.pack(request))

    def memory(self) -> int:
        """Return the process's resident memory in bytes; 0 when it is gone."""
        try:
            return int(psutil.Process(self.process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def shorten_log(self) -> None:
        """Keep a library that never stops printing from filling the disk."""
        if self.log.stat().st_size > _LOG_BYTES:
            os.truncate(self.log, 0)

    def last_words(self) -> str:
        """Return how the process ended and the end of its log."""
        try:
            code: int | None = self.process.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:  # it only closed its pipe
            code = None
        return f"exit code {code}\n{self._log_tail()}"

    def whereabouts(self) -> str:
        """Return the end of a hung process's log, with where its threads are on systems that can ask."""
        if sys.platform != "win32" and self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)
            time.sleep(_TRACE_SECONDS)
        return self._log_tail()

    def _log_tail(self) -> str:
        return self.log.read_bytes()[-_LOG_TAIL_BYTES:].decode("utf-8", "replace")

    def kill(self) -> None:
        """End the process and whatever it started, at once, and remove its log."""
        _kill(self.process)
        self.process.wait()
        self._listener.join(_EXIT_SECONDS)
        with contextlib.suppress(OSError):  # what was still buffered for a dead process
            self._requests.close()
        self.log.unlink(missing_ok=True)

    def _listen(self, replies: IO[bytes]) -> None:
        try:
            with replies:
                while (reply := wire.receive_reply(replies)) is not None:
                    self.inbox.put(reply)
        except wire.GarbledError:
            _log.exception("a worker process does not keep to the protocol")
        finally:
            self.inbox.put(None)


class _Watch:
    """Waits for one call's end, and ends it when it goes over a limit.

    Attributes:
        begun: The process has taken the call up.
        over: The process has finished with the call and can take another.
    """

    def __init__(self, child: _Child, request: wire.Call, memory_bytes: int) -> None:
        self.begun = False
        self.over = False
        self._child = child
        self._request = request
        self._memory_bytes = memory_bytes
        self._heard = self._looked = self._awake = time.monotonic()
        self._asked_to_stop: float | None = None

    def wait(self, on_progress: Callable[[int, int], None] | None, cancel: CancelToken) -> Payload:
        """Return the call's result, or raise how it ended; see ``WorkerProcess.call``."""
        self._say(self._request)
        while True:
            try:
                reply = self._child.inbox.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                self._mind(cancel)
                continue
            if reply is None:
                raise self._gone()
            if reply.number != self._request.number:
                continue  # a thread that earlier work left behind
            self._heard = time.monotonic()
            self.begun = True
            if isinstance(reply, wire.Returned):
                self.over = True
                return reply.result
            if isinstance(reply, wire.Failed):
                raise self._failed(reply)
            if on_progress is not None and isinstance(reply, wire.Progress):
                on_progress(reply.done, reply.total)
            self._mind(cancel)

    def _say(self, request: wire.Request) -> None:
        with contextlib.suppress(OSError):  # gone already: its end is the next thing heard
            self._child.send(request)

    def _gone(self) -> Exception:
        if self._asked_to_stop is not None:
            return Cancelled()
        return WorkerFailure(failures.crashed(self._child.last_words()))

    def _failed(self, reply: wire.Failed) -> Exception:
        self.over = reply.error_class != "memory"  # after that, a fresh process is wiser
        if reply.error_class == "cancelled":
            return Cancelled()
        return WorkerFailure(Failure(reply.error_class, reply.reason, reply.remedy, reply.retry, reply.detail))

    def _mind(self, cancel: CancelToken) -> None:
        now = time.monotonic()
        self._heard += max(0.0, now - self._awake - 1.0)  # while this computer slept, nobody could speak
        self._awake = now
        if cancel.cancelled:
            self._stop(now)
        silence = self._request.silence_seconds
        if now - self._heard > silence:
            raise WorkerFailure(failures.silent(silence, self._child.whereabouts()))
        if now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            self._child.shorten_log()
            held = self._child.memory()
            if held > self._memory_bytes:
                raise WorkerFailure(failures.out_of_memory(self._memory_bytes, f"held {held} bytes"))

    def _stop(self, now: float) -> None:
        if self._asked_to_stop is None:
            self._asked_to_stop = now
            self._say(wire.Stop(self._request.number))
        elif now - self._asked_to_stop > _GRACE_SECONDS:
            raise Cancelled


def _environment(threads: int) -> dict[str, str]:
    """Return this process's environment, with the same import path and native libraries kept to ``threads`` threads."""
    environment = dict(os.environ, PYTHONUTF8="1", **dict.fromkeys(_THREAD_SETTINGS, str(threads)))
    if not getattr(sys, "frozen", False):
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return environment


def _creation_flags() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker process; on POSIX with all of its group, which it leads."""
    if sys.platform == "win32":
        process.kill()
    elif process.returncode is None:  # not yet waited for, so the id is still its own
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
