"""The durable queue: what is to be done in a room, what came of it, and the user's hand on it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

from datazoom_desktop.jobs import failures, store
from datazoom_desktop.jobs.model import Failure, Job, JobKind, JobState, NewJob, Payload
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.changes import ChangeBus, Changes, Topic
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import new_id
from datazoom_desktop.storage.database import Cursor, Database

Counts: TypeAlias = dict[str, dict[str, int]]
"""Number of jobs by kind and state."""

Jobs: TypeAlias = list[Job]

_log = logging.getLogger(__name__)

AT_ONCE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""``not_before`` of a job that need not wait, whatever the clock says."""

_DONE_KEPT = 1_000  #: done jobs that stay listed
_CANCELLED_AT_ONCE = 200  #: in one transaction
_LEASE_FOR = dt.timedelta(minutes=1)
_WAITING = (JobState.QUEUED, JobState.PAUSED)
_PENDING = (*_WAITING, JobState.RUNNING)
_RETRIED = (*_WAITING, JobState.FAILED, JobState.DEAD)


class Lease:
    """A running job in the hands of whoever runs it.

    Attributes:
        token: Raised to stop the work.
        since: Seconds of a steady clock.
        by_user: The user asked for that, so the job is cancelled; otherwise it goes back to its place.
        forgotten: What it works on is gone, and so will be the job.
        trouble: Why what came of it cannot be written down yet, None while it can.
    """

    def __init__(self, job: Job) -> None:
        """Hold a job that was just marked running."""
        self.job = job
        self.token = CancelToken()
        self.since = time.monotonic()
        self.by_user = False
        self.forgotten = False
        self.trouble: str | None = None
        self.units = (0, 0)
        self._told = (0, 0)

    def progress(self, done: int, total: int) -> None:
        """Keep units done and in all (0 while unknown); they are written down a few times a second."""
        self.units = (done, total)

    def cancel(self) -> None:
        """Stop the work because the user asked."""
        self.by_user = True
        self.token.cancel()

    def news(self) -> tuple[int, int] | None:
        """Return the progress since the last call, if any."""
        units = self.units
        if units == self._told:
            return None
        self._told = units
        return units


class Queue:
    """The jobs of an open room. Thread-safe; every method that changes something is one transaction."""

    def __init__(
        self, db: Database, bus: ChangeBus | None = None, *, now: Callable[[], dt.datetime] = clock.now
    ) -> None:
        """Serve a room's database; changes are told on ``bus``."""
        self._db = db
        self._bus = bus or ChangeBus()
        self.now = now
        self._kinds: dict[str, JobKind] = {}
        self._leases: dict[str, Lease] = {}
        self._guard = threading.Lock()
        self._finished = 0  #: jobs done since the room was opened
        with db.read() as cursor:
            self._paused = store.is_paused(cursor)

    def declare(self, kinds: Iterable[JobKind], bus: ChangeBus) -> None:
        """Know these kinds, so that cancelling a waiting job can tell its feature; tell changes on ``bus`` from now on."""
        self._kinds.update((kind.name, kind) for kind in kinds)
        self._bus = bus

    # --- for features -----------------------------------------------------------------------------------------------------------

    def enqueue(self, tx: Cursor, kind: str, subject: str, title: str, payload: Payload, priority: int = 0) -> str:
        """Queue a job in the caller's transaction and return its id.

        There is one waiting job of a kind about a subject: a second one gives the first its payload. One that ended badly or was
        cancelled begins again.
        """
        return self.enqueue_many(tx, kind, [NewJob(subject, title, payload, priority)])[0]

    def enqueue_many(self, tx: Cursor, kind: str, wanted: Sequence[NewJob]) -> list[str]:
        """Queue jobs of one kind about different subjects, as ``enqueue`` does each; return their ids."""
        known = store.latest_not_done(tx, kind, [new.subject for new in wanted])
        again = [one.job_id for one in known.values() if one.state not in _WAITING]
        if again:
            store.begin_again(tx, again, self._waiting_state(), AT_ONCE)
        ids, fresh, renewed = [], [], []
        for new in wanted:
            if (one := known.get(new.subject)) is not None:
                ids.append(one.job_id)
                text = json.dumps(new.payload)
                if (text, new.priority) != (one.payload, max(new.priority, one.priority)):
                    renewed.append((one.job_id, text, new.priority))
            else:
                fresh.append(self._fresh(kind, new))
                ids.append(fresh[-1].job_id)
        if renewed:
            store.renew(tx, renewed)
        if fresh:
            store.insert(tx, fresh)
        return ids

    def hasten(self, subjects: Collection[str], priority: int) -> int:
        """Let the waiting jobs about ``subjects`` come before those of larger priority; return how many were moved up."""
        with self._db.read() as cursor:
            if not store.later_than(cursor, subjects, priority):
                return 0
        number = self._db.write(lambda tx: store.hasten(tx, subjects, priority))
        self._tell([])
        return number

    def pending(self, tx: Cursor) -> Jobs:
        """Return the jobs that wait or run, as the caller's transaction sees them."""
        return store.in_states(tx, _PENDING)

    def forget(self, tx: Cursor, subjects: Collection[str]) -> None:
        """Delete the jobs about ``subjects``, which are gone, in the caller's transaction; those that run are stopped."""
        if not subjects:
            return
        for job_id in store.running_about(tx, subjects):
            lease = self._lease_of(job_id)
            if lease is not None:
                lease.forgotten = True
                lease.cancel()
        store.delete_about(tx, subjects)

    def withdraw(self, tx: Cursor, kinds: Collection[str]) -> None:
        """Delete the jobs of these kinds that are not wanted any more, in the caller's transaction; those that run go on."""
        store.delete_kinds(tx, kinds)

    # --- for the user -----------------------------------------------------------------------------------------------------------

    def list(self, states: Collection[JobState] | None = None, limit: int | None = None, offset: int = 0) -> Jobs:
        """Return jobs in any of ``states`` (None: all): running, then waiting in their order, then ended, newest first.

        With a ``limit``, that many from ``offset`` (0-based).
        """
        with self._db.read() as cursor:
            return store.in_states(cursor, states, limit, offset)

    def count(self, states: Collection[JobState]) -> int:
        """Return the number of jobs in any of ``states`` that can be listed."""
        with self._db.read() as cursor:
            return sum(number for _, state, number in store.counts(cursor) if state in states)

    def finished_units(self, seconds: float) -> dict[str, int]:
        """Return what was done within the last ``seconds``, by unit, such as {"pages": 310}."""
        with self._db.read() as cursor:
            return store.finished_units(cursor, self.now() - dt.timedelta(seconds=seconds))

    def get(self, job_id: str) -> Job | None:
        """Return a job."""
        with self._db.read() as cursor:
            return store.get(cursor, job_id)

    def counts(self) -> Counts:
        """Return the number of jobs by kind and state; the done ones that were cleared away count too."""
        out: Counts = {}
        with self._db.read() as cursor:
            for kind, state, number in (*store.counts(cursor), *store.cleared(cursor)):
                by_state = out.setdefault(kind, {})
                by_state[state] = by_state.get(state, 0) + number
        return out

    def held_up(self) -> str | None:
        """Return why a job waits for its next try, or to write down what came of it; None when none does."""
        for lease in self.running():
            if lease.trouble is not None:
                return lease.trouble
        with self._db.read() as cursor:
            return store.held_up(cursor)

    @property
    def paused(self) -> bool:
        """Whether nothing new is begun."""
        return self._paused

    def pause(self) -> None:
        """Begin nothing new, also after the program starts again; what runs ends in peace."""
        self._set_paused(True)

    def resume(self) -> None:
        """Go on after ``pause``."""
        self._set_paused(False)

    def cancel(self, job_id: str | None = None) -> int:
        """Cancel a job, or all that wait or run (None); return how many.

        A waiting job is cancelled when this returns; a running one within a second. One that has ended stays as it is.

        Raises:
            Problem: There is no such job.
        """
        with self._db.read() as cursor:
            if job_id is not None:
                self._existing(cursor, job_id)
            ids = [job_id] if job_id is not None else store.ids_in_states(cursor, _PENDING)
        number = 0
        for start in range(0, len(ids), _CANCELLED_AT_ONCE):  # so that other writes have their turn
            number += self._cancel(ids[start : start + _CANCELLED_AT_ONCE])
        return number

    def _cancel(self, job_ids: Sequence[str]) -> int:
        def work(tx: Cursor) -> tuple[int, list[Changes]]:
            found = (store.get(tx, job_id) for job_id in job_ids)
            jobs = [job for job in found if job is not None and not job.state.ended]
            told = []
            for job in jobs:
                # A job that waits for its next try may still be in the hands of whoever is ending this one.
                lease = self._lease_of(job.job_id) if job.state is JobState.RUNNING else None
                if lease is not None:
                    lease.cancel()
                else:
                    told.append(self._end_badly(tx, job, failures.CANCELLED))
            return len(jobs), told

        number, told = self._db.write(work)
        self._tell(told)
        return number

    def retry(self, job_id: str | None = None) -> int:
        """Put a job back to be done now, with all its attempts before it; return how many.

        None: everything that failed, whether for good or waiting for its next try.

        Raises:
            Problem: There is no such job.
        """

        def work(tx: Cursor) -> int:
            jobs = store.in_states(tx, _RETRIED) if job_id is None else [self._existing(tx, job_id)]
            again = [
                job.job_id
                for job in jobs
                if job.state not in (JobState.DONE, JobState.RUNNING)
                and (job_id is not None or job.error_class is not None)
            ]
            store.begin_again(tx, again, self._waiting_state(), AT_ONCE)
            return len(again)

        number = self._db.write(work)
        self._tell([])
        return number

    # --- for whoever runs them --------------------------------------------------------------------------------------------------

    def recover(self) -> int:
        """Put back the jobs that an earlier run of the program left running; return how many.

        For use before any job is leased: only one program holds a room, so nobody else can be running them. The attempt that was
        cut short does not count, since it says nothing about the job.
        """

        def work(tx: Cursor) -> int:
            stale = [
                job.job_id for job in store.in_states(tx, [JobState.RUNNING]) if self._lease_of(job.job_id) is None
            ]
            store.put_back(tx, stale, self._waiting_state())
            store.clear_done(tx, _DONE_KEPT)
            return len(stale)

        return self._db.write(work)

    def lease(self, owner: str, kinds: Mapping[str, JobKind], *, patient: bool = False) -> Lease | None:
        """Take the job of ``kinds`` whose turn it is and mark it running; ``patient``: after everything of smaller priority."""
        taken: list[Lease] = []
        if patient and not self._due(kinds):
            return None

        def work(tx: Cursor) -> None:
            now = self.now()
            due = store.next_due(tx, list(kinds), now, now + failures.LONGEST_WAIT, patient=patient)
            if due is None:
                return
            kind = kinds[due.kind]
            job = dataclasses.replace(
                due,
                state=JobState.RUNNING,
                attempt=due.attempt + 1,
                max_attempts=kind.max_attempts,
                unit=kind.unit,
                lease_owner=owner,
                lease_until=now + _LEASE_FOR,
                started_at=now,
            )
            store.start(tx, job)
            taken.append(Lease(job))
            with self._guard:
                self._leases[job.job_id] = taken[
                    0
                ]  # in the transaction, so that cancel never meets a running job without one

        try:
            self._db.write(work)
        except BaseException:
            for lease in taken:
                self.let_go(lease)
            raise
        for lease in taken:
            self._tell([], lease.job.job_id)
            return lease
        return None

    def write_progress(self, after: float = 0.0) -> bool:
        """Write down the progress of jobs that run for ``after`` seconds, if there is news; return whether there was."""
        since = time.monotonic() - after
        with self._guard:
            leases = [lease for lease in self._leases.values() if lease.since <= since]
        news = [(lease.job.job_id, units) for lease in leases if (units := lease.news()) is not None]
        if not news:
            return False

        def work(tx: Cursor) -> None:
            until = self.now() + _LEASE_FOR
            for job_id, (done, total) in news:
                store.beat(tx, job_id, done, total, until)

        self._db.write(work)
        self._tell([], *(job_id for job_id, _ in news))
        return True

    def finish(self, lease: Lease, apply: Callable[[Cursor], Changes]) -> None:
        """Mark a leased job done in one transaction with what it changes in the room.

        Raises:
            Cancelled: The job was cancelled before that; nothing is changed.
        """
        job = lease.job

        def work(tx: Cursor) -> Changes:
            lease.token.check()
            changes = apply(tx)
            if not store.finish(tx, job.job_id, job.lease_owner, *lease.units, self.now()):
                raise _not_held(job)
            self._finished += 1
            if self._finished % _DONE_KEPT == 0:
                store.clear_done(tx, _DONE_KEPT)
            return changes

        self._conclude(lease, [self._db.write(work)])

    def fail(self, lease: Lease, failure: Failure, *, tell_feature: bool = True) -> JobState:
        """Write down how a leased job's attempt ended badly and return where that leaves the job; a forgotten one is deleted.

        ``tell_feature``: if it is the end, the job's feature takes note in the same transaction.
        """
        job = lease.job
        wait = failures.wait_before_retry(failure, job.attempt, job.max_attempts)

        def work(tx: Cursor) -> tuple[JobState, list[Changes]]:
            self._still_held(tx, lease)
            if lease.forgotten:
                store.delete(tx, job.job_id)
                return JobState.CANCELLED, []
            ending = failures.CANCELLED if lease.by_user else failure
            if wait is not None and not lease.by_user:
                state = self._waiting_state()
                store.try_later(tx, job.job_id, state, failure, self.now() + wait)
                return state, []
            return _end_state(ending), [self._end_badly(tx, job, ending, tell_feature=tell_feature)]

        state, told = self._db.write(work)
        self._conclude(lease, told)
        return state

    def put_back(self, lease: Lease) -> None:
        """Put a leased job back as if the attempt had not begun."""
        self._db.write(lambda tx: store.put_back(tx, [lease.job.job_id], self._waiting_state()))
        self._conclude(lease, [])

    def let_go(self, lease: Lease) -> None:
        """Forget a lease whose end could not be written down; the job is put back when the room is opened again."""
        with self._guard:
            self._leases.pop(lease.job.job_id, None)

    def running(self) -> tuple[Lease, ...]:
        """Return the leases in hand."""
        with self._guard:
            return tuple(self._leases.values())

    # --- within -----------------------------------------------------------------------------------------------------------------

    def _fresh(self, kind: str, new: NewJob) -> Job:
        declared = self._kinds.get(kind)
        return Job(
            job_id=new_id(),
            kind=kind,
            subject=new.subject,
            title=new.title,
            payload=json.dumps(new.payload),
            state=self._waiting_state(),
            priority=new.priority,
            attempt=0,
            max_attempts=declared.max_attempts if declared else 1,
            not_before=AT_ONCE,
            lease_owner=None,
            lease_until=None,
            done_units=0,
            total_units=0,
            unit=declared.unit if declared else "",
            error_class=None,
            reason=None,
            remedy=None,
            created_at=self.now(),
            started_at=None,
            finished_at=None,
        )

    def _due(self, kinds: Mapping[str, JobKind]) -> bool:
        """Return whether a patient thread has its turn, without waiting for the database's lane."""
        now = self.now()
        with self._db.read() as cursor:
            return store.next_due(cursor, list(kinds), now, now + failures.LONGEST_WAIT, patient=True) is not None

    def _still_held(self, tx: Cursor, lease: Lease) -> None:
        if store.owner(tx, lease.job.job_id) != lease.job.lease_owner:
            raise _not_held(lease.job)

    def _end_badly(self, tx: Cursor, job: Job, failure: Failure, *, tell_feature: bool = True) -> Changes:
        final = dataclasses.replace(failure, retry=False)
        kind = self._kinds.get(job.kind)
        changes = Changes.of(Topic.JOBS)
        if tell_feature and kind is not None and kind.failed is not None:
            changes = kind.failed(tx, job, final)
        store.end_badly(tx, job.job_id, _end_state(failure), final, self.now())
        return changes

    def _set_paused(self, paused: bool) -> None:
        source, target = _WAITING if paused else _WAITING[::-1]

        def work(tx: Cursor) -> None:
            store.set_paused(tx, paused)
            store.move(tx, source, target)
            self._paused = paused  # on the lane, so that no job is queued between the two

        self._db.write(work)
        self._tell([])

    def _waiting_state(self) -> JobState:
        return JobState.PAUSED if self._paused else JobState.QUEUED

    def _existing(self, tx: Cursor, job_id: str) -> Job:
        job = store.get(tx, job_id)
        if job is None:
            raise Problem("No such job", f"There is no job {job_id}.", "List the jobs to see their ids.")
        return job

    def _lease_of(self, job_id: str) -> Lease | None:
        with self._guard:
            return self._leases.get(job_id)

    def _conclude(self, lease: Lease, told: Iterable[Changes]) -> None:
        self.let_go(lease)
        self._tell(told, lease.job.job_id)

    def _tell(self, told: Iterable[Changes], *job_ids: str) -> None:
        """Publish what was committed; a listener that fails cannot undo it, and must not make it look undone."""
        for changes in (*told, Changes.of(Topic.JOBS, ids=job_ids)):
            try:
                self._bus.publish(changes)
            except Exception:  # noqa: BLE001 - logged with its trace
                _log.exception("a listener failed on %s", changes)


def _not_held(job: Job) -> RuntimeError:
    return RuntimeError(f"job {job.job_id} is not {job.lease_owner}'s any more")


def _end_state(failure: Failure) -> JobState:
    if failure.error_class == "cancelled":
        return JobState.CANCELLED
    return JobState.FAILED if failure.error_class == "bad_file" else JobState.DEAD
