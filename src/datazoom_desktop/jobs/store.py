"""The queue's SQL: rows in and out, on a cursor that is handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from datazoom_desktop.jobs.model import Failure, Job, JobState
from datazoom_desktop.storage.database import Cursor

_COLUMNS = (
    "job_id, kind, subject, title, payload, state, priority, attempt, max_attempts, not_before, lease_owner, lease_until, "
    "done_units, total_units, unit, error_class, reason, remedy, created_at, started_at, finished_at"
)
_PAUSED_KEY = "jobs.paused"


def insert(cursor: Cursor, job: Job) -> None:
    """Add a job."""
    values = [getattr(job, name) for name in _COLUMNS.split(", ")]
    values[5] = str(job.state)
    cursor.execute(f"INSERT INTO jobs ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)


def get(cursor: Cursor, job_id: str) -> Job | None:
    """Return a job."""
    row = cursor.execute(f"SELECT {_COLUMNS} FROM jobs WHERE job_id = ?", [job_id]).fetchone()
    return _job(row) if row else None


def latest_not_done(cursor: Cursor, kind: str, subject: str) -> tuple[str, JobState] | None:
    """Return id and state of the newest job of a kind about a subject that is neither done nor running."""
    rows = cursor.execute(
        "SELECT created_at, job_id, state FROM jobs WHERE subject = ? AND kind = ? AND state NOT IN ('done', 'running')",
        [subject, kind],
    ).fetchall()
    if not rows:
        return None
    _, job_id, state = max(rows)
    return job_id, JobState(state)


def in_states(
    cursor: Cursor, states: Collection[JobState] | None = None, limit: int | None = None, offset: int = 0
) -> list[Job]:
    """Return jobs in any of ``states`` (None: all): running first, then waiting in their order, then ended, newest first."""
    where = "" if states is None else "WHERE state IN (SELECT unnest(?))"
    values: list[object] = [] if states is None else [[str(state) for state in states]]
    cursor.execute(
        f"SELECT {_COLUMNS} FROM jobs {where} ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'queued' THEN 1 WHEN 'paused' THEN 1 "
        "ELSE 2 END, finished_at DESC NULLS FIRST, priority, created_at, job_id"
        + (" LIMIT ? OFFSET ?" if limit is not None else ""),
        values if limit is None else [*values, limit, offset],
    )
    return [_job(row) for row in cursor.fetchall()]


def counts(cursor: Cursor) -> list[tuple[str, str, int]]:
    """Return kind, state and number of jobs for every pair that occurs."""
    rows = cursor.execute("SELECT kind, state, count(*) FROM jobs GROUP BY kind, state ORDER BY kind, state").fetchall()
    return [(row[0], row[1], row[2]) for row in rows]


def finished_units(cursor: Cursor, since: dt.datetime) -> dict[str, int]:
    """Return what jobs that were done after ``since`` did, by unit."""
    rows = cursor.execute(
        "SELECT unit, sum(done_units) FROM jobs WHERE state = 'done' AND finished_at > ? GROUP BY unit", [since]
    ).fetchall()
    return {row[0]: int(row[1]) for row in rows}


def next_due(cursor: Cursor, kinds: Sequence[str], now: dt.datetime, *, patient: bool) -> Job | None:
    """Return the queued job of ``kinds`` whose turn it is.

    ``patient``: not while a due or running job of any kind has a smaller priority.
    """
    if not kinds:
        return None
    row = cursor.execute(
        f"SELECT job_id FROM jobs WHERE state = 'queued' AND not_before <= ? AND kind IN ({', '.join('?' * len(kinds))}) "
        "ORDER BY priority, created_at, job_id LIMIT 1",
        [now, *kinds],
    ).fetchone()
    job = get(cursor, row[0]) if row is not None else None
    if job is None:
        return None
    if patient:
        sooner = cursor.execute(
            "SELECT 1 FROM jobs WHERE (state = 'running' OR (state = 'queued' AND not_before <= ?)) AND priority < ? LIMIT 1",
            [now, job.priority],
        ).fetchone()
        if sooner is not None:
            return None
    return job


def held_up(cursor: Cursor) -> str | None:
    """Return the reason of the queued job that is to be tried again next."""
    row = cursor.execute(
        "SELECT reason FROM jobs WHERE state = 'queued' AND error_class IS NOT NULL ORDER BY not_before LIMIT 1"
    ).fetchone()
    return row[0] if row else None


def running_about(cursor: Cursor, subjects: Collection[str]) -> list[str]:
    """Return the running jobs about any of ``subjects``."""
    rows = cursor.execute(
        "SELECT job_id FROM jobs WHERE state = 'running' AND subject IN (SELECT unnest(?))", [list(subjects)]
    ).fetchall()
    return [row[0] for row in rows]


def delete_about(cursor: Cursor, subjects: Collection[str]) -> None:
    """Delete the jobs about ``subjects`` that do not run."""
    cursor.execute("DELETE FROM jobs WHERE state <> 'running' AND subject IN (SELECT unnest(?))", [list(subjects)])


def start(cursor: Cursor, job: Job) -> None:
    """Write down that a job runs: its attempt, limits, lease and start."""
    cursor.execute(
        "UPDATE jobs SET state = 'running', attempt = ?, max_attempts = ?, unit = ?, lease_owner = ?, lease_until = ?, "
        "started_at = ?, done_units = 0, total_units = 0, error_class = NULL, reason = NULL, remedy = NULL WHERE job_id = ?",
        [job.attempt, job.max_attempts, job.unit, job.lease_owner, job.lease_until, job.started_at, job.job_id],
    )


def beat(cursor: Cursor, job_id: str, done: int, total: int, until: dt.datetime) -> None:
    """Write a running job's progress and prolong its lease."""
    cursor.execute(
        "UPDATE jobs SET done_units = ?, total_units = ?, lease_until = ? WHERE job_id = ? AND state = 'running'",
        [done, total, until, job_id],
    )


def owner(cursor: Cursor, job_id: str) -> str | None:
    """Return who runs a job; None when nobody does."""
    row = cursor.execute("SELECT lease_owner FROM jobs WHERE job_id = ? AND state = 'running'", [job_id]).fetchone()
    return row[0] if row else None


def finish(cursor: Cursor, job_id: str, done: int, total: int, at: dt.datetime) -> None:
    """Mark a job done with its last progress."""
    cursor.execute(
        "UPDATE jobs SET state = 'done', done_units = ?, total_units = ?, finished_at = ?, lease_owner = NULL, lease_until = NULL, "
        "error_class = NULL, reason = NULL, remedy = NULL WHERE job_id = ?",
        [done, total, at, job_id],
    )


def end_badly(cursor: Cursor, job_id: str, state: JobState, failure: Failure, at: dt.datetime) -> None:
    """Mark a job failed, dead or cancelled, with why."""
    cursor.execute(
        "UPDATE jobs SET state = ?, finished_at = ?, lease_owner = NULL, lease_until = NULL, error_class = ?, reason = ?, "
        "remedy = ? WHERE job_id = ?",
        [str(state), at, failure.error_class, failure.reason, failure.remedy, job_id],
    )


def try_later(cursor: Cursor, job_id: str, state: JobState, failure: Failure, not_before: dt.datetime) -> None:
    """Put a job back for another attempt, with why."""
    cursor.execute(
        "UPDATE jobs SET state = ?, not_before = ?, lease_owner = NULL, lease_until = NULL, error_class = ?, reason = ?, "
        "remedy = ? WHERE job_id = ?",
        [str(state), not_before, failure.error_class, failure.reason, failure.remedy, job_id],
    )


def put_back(cursor: Cursor, job_ids: Collection[str], state: JobState) -> None:
    """Put running jobs back as if the attempt had not begun."""
    cursor.execute(
        "UPDATE jobs SET state = ?, attempt = greatest(attempt - 1, 0), lease_owner = NULL, lease_until = NULL, done_units = 0, "
        "total_units = 0 WHERE state = 'running' AND job_id IN (SELECT unnest(?))",
        [str(state), list(job_ids)],
    )


def begin_again(cursor: Cursor, job_ids: Collection[str], state: JobState, now: dt.datetime) -> None:
    """Put ended jobs back with all their attempts before them."""
    cursor.execute(
        "UPDATE jobs SET state = ?, attempt = 0, not_before = ?, done_units = 0, total_units = 0, error_class = NULL, reason = NULL, "
        "remedy = NULL, started_at = NULL, finished_at = NULL WHERE job_id IN (SELECT unnest(?))",
        [str(state), now, list(job_ids)],
    )


def renew(cursor: Cursor, job_id: str, payload: str, priority: int) -> None:
    """Give a waiting job newer input; it keeps the sooner of both priorities."""
    cursor.execute(
        "UPDATE jobs SET payload = ?, priority = least(priority, ?) WHERE job_id = ?", [payload, priority, job_id]
    )


def move(cursor: Cursor, source: JobState, target: JobState) -> None:
    """Turn every job of one state into another."""
    cursor.execute("UPDATE jobs SET state = ? WHERE state = ?", [str(target), str(source)])


def set_paused(cursor: Cursor, paused: bool) -> None:
    """Remember whether the queue is paused, beyond this run of the program."""
    if paused:
        cursor.execute("INSERT INTO room_settings VALUES (?, 'yes') ON CONFLICT DO NOTHING", [_PAUSED_KEY])
    else:
        cursor.execute("DELETE FROM room_settings WHERE key = ?", [_PAUSED_KEY])


def is_paused(cursor: Cursor) -> bool:
    """Return whether the queue is paused."""
    return cursor.execute("SELECT 1 FROM room_settings WHERE key = ?", [_PAUSED_KEY]).fetchone() is not None


def _job(row: Sequence[object]) -> Job:
    values = list(row)
    values[5] = JobState(str(values[5]))
    return Job(*values)  # type: ignore[arg-type]
