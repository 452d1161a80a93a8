"""What a job is, what a feature declares about a kind of job, and how a job may fail."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from datazoom_desktop.kernel.changes import Changes

Payload: TypeAlias = dict[str, Any]
"""What travels between the program and a worker: a mapping of plain JSON values."""

ErrorClass: TypeAlias = Literal[
    "bad_file", "memory", "timeout", "crash", "disk_full", "unavailable", "cancelled", "bug"
]
"""Whose fault a failure is: the file's, a limit's, the worker process's, the disk's, a missing drive's, nobody's (the user's wish),
or ours."""

MEBIBYTE = 1 << 20


class JobState(enum.StrEnum):
    """Where a job stands."""

    QUEUED = "queued"  #: waits for its turn, or for its next try; then ``reason`` says why
    PAUSED = "paused"  #: would be queued, but the user paused everything
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  #: ended by what it worked on (``bad_file``); never tried again by itself
    DEAD = "dead"  #: ended by anything else, after its last try: a dead letter
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to the job by itself."""
        return self in (JobState.DONE, JobState.FAILED, JobState.DEAD, JobState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the queue.

    Attributes:
        kind: Such as ``intake.read``.
        subject: Id of what it works on.
        title: What a person calls that.
        payload: JSON.
        priority: Smaller is sooner.
        attempt: Attempts begun; an attempt that the program itself cut short does not count.
        not_before: Earliest moment of the next attempt, UTC.
        done_units: Out of ``total_units`` (0 while unknown), counted in ``unit``.
        error_class: Of the last failure; set together with ``reason`` and ``remedy``, in the user's words.
    """

    job_id: str
    kind: str
    subject: str
    title: str
    payload: str
    state: JobState
    priority: int
    attempt: int
    max_attempts: int
    not_before: dt.datetime
    lease_owner: str | None
    lease_until: dt.datetime | None
    done_units: int
    total_units: int
    unit: str
    error_class: str | None
    reason: str | None
    remedy: str | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be queued: what it works on, what a person calls that, its input; a smaller priority is sooner."""

    subject: str
    title: str
    payload: Payload
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """How an attempt ended badly.

    Attributes:
        reason: What happened, one or two sentences for a person.
        remedy: What they can do; may be empty.
        retry: Another attempt may end better.
        detail: For a report, never shown: a traceback, an exit code, what the worker wrote last.
    """

    error_class: ErrorClass
    reason: str
    remedy: str = ""
    retry: bool = False
    detail: str = ""


class WorkerFailure(Exception):
    """Work in a worker process ended badly.

    Attributes:
        failure: How.
    """

    def __init__(self, failure: Failure) -> None:
        """Keep the failure; the exception's text is its class and reason."""
        super().__init__(f"{failure.error_class}: {failure.reason}")
        self.failure = failure


@dataclass(frozen=True, slots=True)
class WorkContext:
    """What work may use while it runs, in a worker process or here.

    Attributes:
        scratch: Folder of this job, deleted when it ends.
        progress: Called with units done and units in all (0 while unknown), as often as wanted.
        check: Called at least every second of work; raises ``Cancelled`` to stop. Both calls count as signs of life.
    """

    scratch: Path
    progress: Callable[[int, int], None]
    check: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """What a feature declares about one kind of job. Every callable may run more than once for a job and must not mind.

    Attributes:
        name: Such as ``intake.read``.
        unit: What progress counts, plural.
        where: ``worker``: ``work`` runs in a worker process. ``here``: ``run`` runs on the program's one thread for such jobs, and
            waits until every waiting or running job of smaller priority is through. ``beside``: the same on a thread of its own,
            which waits for nothing but lets a moment pass between two jobs, so that more comes together.
        work: ``package.module:function`` with ``def function(payload, context) -> Payload``; importable without Qt or a database.
        run: The same for ``here`` and ``beside``, with the job itself.
        prepare: ``(job, scratch) -> payload`` before ``work``; may read the room and write input files into scratch.
        settle: ``(job, result, scratch)`` after the work and outside the transaction, such as writing the passage index.
        apply: ``(tx, job, result, scratch) -> Changes`` in the transaction that marks the job done; may enqueue more jobs.
        failed: ``(tx, job, failure) -> Changes`` in the transaction that marks the job failed, dead or cancelled.
        max_attempts: For crash, timeout and memory; a full disk is waited for longer.
        memory_bytes: Resident memory at which a worker is killed.
        silence_seconds: Without a sign of life for this long, a worker is killed.
    """

    name: str
    unit: str
    where: Literal["worker", "here", "beside"]
    apply: Callable[[Any, Job, Payload, Path], Changes]
    work: str = ""
    run: Callable[[Job, WorkContext], Payload] | None = None
    prepare: Callable[[Job, Path], Payload] | None = None
    settle: Callable[[Job, Payload, Path], None] | None = None
    failed: Callable[[Any, Job, Failure], Changes] | None = None
    max_attempts: int = 2
    memory_bytes: int = 2048 * MEBIBYTE
    silence_seconds: float = 120.0

    def __post_init__(self) -> None:
        """Refuse a kind that says where it runs but not what."""
        if (self.where == "worker" and ":" not in self.work) or (self.where != "worker" and self.run is None):
            raise ValueError(f"job kind {self.name} has nothing to run")
