"""Runs the queue's jobs: a thread for each worker process, and two for the jobs that run here."""

from __future__ import annotations

import itertools
import json
import logging
import secrets
import shutil
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from datazoom_desktop.jobs import failures, reports
from datazoom_desktop.jobs.model import Failure, JobKind, JobState, Payload, WorkContext, WorkerFailure
from datazoom_desktop.jobs.process import WorkerProcess
from datazoom_desktop.jobs.queue import Counts, Lease, Queue
from datazoom_desktop.kernel.cancel import Cancelled
from datazoom_desktop.kernel.changes import ChangeBus, Changes, Topic
from datazoom_desktop.kernel.errors import Problem, Unavailable
from datazoom_desktop.storage.database import Database
from datazoom_desktop.storage.faults import is_disk_full

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0  #: an idle thread looks for a job that has come due at least this often
_PATIENT_SECONDS = (
    0.2  #: the thread for jobs that run here, which mostly wait for all others, looks no more often than this
)
_GATHER_SECONDS = 0.6  #: between two jobs of the thread that works beside the others
_PROGRESS_SECONDS = 0.2
_BRIEF_SECONDS = 1.0  #: of a job that takes no longer, progress is not written down
_DRAIN_SECONDS = 0.2
_STOP_SECONDS = 10.0
_RECORD_WAITS = (1.0, 5.0, 30.0)  #: between tries to write an outcome down on a full disk; the last one repeats


class Runner:
    """Leases jobs and does them, until stopped. Whatever happens in a job ends that job, never a thread."""

    def __init__(
        self, db: Database, queue: Queue, kinds: Sequence[JobKind], bus: ChangeBus, scratch: Path, *, workers: int = 1
    ) -> None:
        """Serve a room's queue with ``workers`` worker processes; jobs get folders of their own in ``scratch``."""
        self._db = db
        self._queue = queue
        self._bus = bus
        self._scratch = scratch
        self._reports = scratch.parent / "reports"
        self._kinds = {kind.name: kind for kind in kinds}
        self._workers = [WorkerProcess(scratch / "workers") for _ in range(workers)]
        self._threads: list[threading.Thread] = []
        self._progress_thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._bell = threading.Condition()
        self._rings = 0
        self._unsubscribe: Callable[[], None] | None = None
        queue.declare(kinds, bus)

    def start(self) -> None:
        """Put back what an earlier run left running, and begin.

        Raises:
            RuntimeError: Started before.
        """
        if self._threads:
            raise RuntimeError("a runner is started once")
        self._queue.recover()
        self._unsubscribe = self._bus.subscribe(self._on_changes)
        for where in ("here", "beside"):
            self._add_thread(f"jobs-{where}", self._serve, where, self._of(where), None)
        for number, worker in enumerate(self._workers, 1):
            self._add_thread(f"jobs-worker-{number}", self._serve, f"worker {number}", self._of("worker"), worker)
        self._progress_thread = self._add_thread("jobs-progress", self._write_progress)

    def stop(self) -> None:
        """End within seconds: running jobs go back to the queue as if not begun, worker processes end."""
        self._stopping.set()
        if self._unsubscribe is not None:
            self._unsubscribe()
        for lease in self._queue.running():
            lease.token.cancel()
        self.wake()
        until = time.monotonic() + _STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                _log.error("%s did not stop; its job is put back when the room is opened again", thread.name)
        for worker in self._workers:
            worker.close()

    def wake(self) -> None:
        """Look for jobs at once."""
        with self._bell:
            self._rings += 1
            self._bell.notify_all()

    def drain(self, timeout: float | None = None, on_progress: Callable[[Counts], None] | None = None) -> Counts:
        """Wait until nothing of this runner's kinds waits or runs, or for ``timeout`` seconds; return the counts then.

        A paused queue is waited for only as far as its running jobs. ``on_progress`` is called a few times a second.

        Raises:
            RuntimeError: The runner is not running.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            if not self._threads or self._stopping.is_set():
                raise RuntimeError("the runner is not running")
            counts = self._queue.counts()
            if on_progress is not None:
                on_progress(counts)
            busy = any(
                counts.get(kind, {}).get(state, 0)
                for kind in self._kinds
                for state in (JobState.QUEUED, JobState.RUNNING)
            )
            if not busy or (until is not None and time.monotonic() >= until):
                return counts
            self._stopping.wait(_DRAIN_SECONDS)

    # --- threads ----------------------------------------------------------------------------------------------------------------

    def _add_thread(self, name: str, target: Callable[..., None], *values: object) -> threading.Thread:
        thread = threading.Thread(target=target, args=values, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _of(self, where: str) -> dict[str, JobKind]:
        return {name: kind for name, kind in self._kinds.items() if kind.where == where}

    def _on_changes(self, changes: Changes) -> None:
        if Topic.JOBS in changes.topics and threading.current_thread() is not self._progress_thread:
            self.wake()

    def _serve(self, owner: str, kinds: Mapping[str, JobKind], worker: WorkerProcess | None) -> None:
        while not self._stopping.is_set():
            rings = self._rings
            try:
                lease = self._queue.lease(owner, kinds, patient=owner == "here")
                if lease is not None:
                    self._do(lease, kinds[lease.job.kind], worker)
                    if owner == "beside":
                        self._stopping.wait(_GATHER_SECONDS)
                    continue
            except Exception:  # noqa: BLE001 - logged with its trace; the thread lives on
                _log.exception("%s could not take or conclude a job", owner)
            if owner == "here" and self._stopping.wait(_PATIENT_SECONDS):
                return
            with self._bell:
                self._bell.wait_for(lambda: self._rings != rings or self._stopping.is_set(), _LOOK_SECONDS)  # noqa: B023

    def _write_progress(self) -> None:
        while not self._stopping.wait(_PROGRESS_SECONDS):
            try:
                self._queue.write_progress(_BRIEF_SECONDS)
            except Exception:  # noqa: BLE001 - logged with its trace; the thread lives on
                _log.exception("progress could not be written down")

    # --- one job ----------------------------------------------------------------------------------------------------------------

    def _do(self, lease: Lease, kind: JobKind, worker: WorkerProcess | None) -> None:
        """Do a leased job, from its scratch folder to writing down what came of it."""
        scratch = self._scratch / f"{lease.job.job_id}-{secrets.token_hex(4)}"  # a former try may have left its own
        try:
            self._attempt(lease, kind, worker, scratch)
        except Cancelled:
            self._insist(lease, lambda: self._stopped(lease))
        except Exception as error:  # noqa: BLE001 - recorded as the job's failure
            self._failed(lease, _explain(error))
        finally:
            self._queue.let_go(lease)
            if scratch.exists():
                shutil.rmtree(scratch)

    def _attempt(self, lease: Lease, kind: JobKind, worker: WorkerProcess | None, scratch: Path) -> None:
        job = lease.job
        if self._stopping.is_set():
            raise Cancelled
        scratch.mkdir(parents=True)
        result = self._work(lease, kind, worker, scratch)
        lease.token.check()
        try:
            if kind.settle is not None:
                kind.settle(job, result, scratch)
            self._queue.finish(lease, lambda tx: kind.apply(tx, job, result, scratch))
        except Problem as problem:
            if is_disk_full(problem) or isinstance(problem, Unavailable):
                raise
            raise WorkerFailure(failures.not_kept(problem)) from problem

    def _work(self, lease: Lease, kind: JobKind, worker: WorkerProcess | None, scratch: Path) -> Payload:
        job = lease.job
        if worker is None:
            assert kind.run is not None
            return kind.run(job, WorkContext(scratch, lease.progress, lease.token.check))
        payload = kind.prepare(job, scratch) if kind.prepare is not None else json.loads(job.payload)
        return worker.call(
            kind.work,
            payload,
            scratch=scratch,
            on_progress=lease.progress,
            cancel=lease.token,
            memory_bytes=kind.memory_bytes,
            silence_seconds=kind.silence_seconds,
        )

    def _stopped(self, lease: Lease) -> None:
        if lease.by_user:
            self._queue.fail(lease, failures.CANCELLED)
        else:
            self._queue.put_back(lease)

    def _failed(self, lease: Lease, failure: Failure) -> None:
        reports.keep(self._reports, lease.job, failure)
        try:
            self._insist(lease, lambda: self._queue.fail(lease, failure))
        except Exception:  # noqa: BLE001 - logged with its trace; the thread lives on
            _log.exception("the feature of %s could not take note of its failure", lease.job.kind)
            self._insist(lease, lambda: self._queue.fail(lease, failure, tell_feature=False))

    def _insist(self, lease: Lease, write: Callable[[], object]) -> None:
        """Write an outcome down, waiting for room on a full disk; on ``stop`` it is left to the next opening of the room."""
        for wait in itertools.chain(_RECORD_WAITS, itertools.repeat(_RECORD_WAITS[-1])):
            try:
                write()
            except Exception as error:
                if not is_disk_full(error):
                    raise
                _log.warning("what came of a job cannot be written down: the disk is full")
                lease.trouble = failures.disk_full().reason
            else:
                lease.trouble = None
                return
            if self._stopping.wait(wait):
                return


def _explain(error: Exception) -> Failure:
    if isinstance(error, WorkerFailure):
        return error.failure
    if is_disk_full(error):
        return failures.disk_full("".join(traceback.format_exception(error)))
    return failures.failure_of(error)
