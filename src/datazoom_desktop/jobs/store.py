"""The queue's SQL: rows in and out, on a cursor that is handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from datazoom_desktop.jobs.model import Failure, Job, JobState
from datazoom_desktop.storage.database import Cursor

_COLUMNS = (
    "job_id, kind, subject, title, payload, state, priority, attempt, max_attempts, not_before, lease_owner, lease_until, "
    "done_units, total_units, unit, error_class, reason, remedy, created_at, started_at, finished_at"
)
_PAUSED_KEY = "jobs.paused"


def insert(cursor: Cursor, jobs: Sequence[Job]) -> None:
    """Add jobs."""
    names = _COLUMNS.split(", ")
    columns = [[getattr(job, name) for job in jobs] for name in names]
    columns[5] = [str(state) for state in columns[5]]
    cursor.execute(f"INSERT INTO jobs ({_COLUMNS}) SELECT {', '.join(['unnest(?)'] * len(names))}", columns)


def get(cursor: Cursor, job_id: str) -> Job | None:
    """Return a job."""
    row = cursor.execute(f"SELECT {_COLUMNS} FROM jobs WHERE job_id = ?", [job_id]).fetchone()
    return _job(row) if row else None


class Standing(NamedTuple):
    """A job that is neither done nor running."""

    job_id: str
    state: JobState
    payload: str
    priority: int


def latest_not_done(cursor: Cursor, kind: str, subjects: Collection[str]) -> dict[str, Standing]:
    """Return by subject the newest job of a kind about it that is neither done nor running."""
    rows = cursor.execute(
        "SELECT subject, job_id, state, payload, priority FROM jobs WHERE subject IN (SELECT unnest(?)) AND kind = ? AND state NOT IN ('done', 'running')"
        " ORDER BY created_at, job_id",
        [list(subjects), kind],
    ).fetchall()
    return {row[0]: Standing(row[1], JobState(row[2]), row[3], row[4]) for row in rows}


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


def ids_in_states(cursor: Cursor, states: Collection[JobState]) -> list[str]:
    """Return the ids of jobs in any of ``states``."""
    rows = cursor.execute(
        "SELECT job_id FROM jobs WHERE state IN (SELECT unnest(?)) ORDER BY priority, created_at, job_id",
        [[str(state) for state in states]],
    ).fetchall()
    return [row[0] for row in rows]


def cleared(cursor: Cursor) -> list[tuple[str, str, int]]:
    """Return kind, "done" and number of the done jobs that were cleared away."""
    return cursor.execute("SELECT kind, 'done', number FROM finished_jobs").fetchall()


def clear_done(tx: Cursor, kept: int) -> None:
    """Delete all done jobs but the newest ``kept``, and remember their number by kind."""
    tx.execute(
        """
        INSERT INTO finished_jobs
        SELECT kind, count(*) FROM (SELECT kind FROM jobs WHERE state = 'done' ORDER BY finished_at DESC, job_id OFFSET ?) GROUP BY kind
        ON CONFLICT DO UPDATE SET number = number + excluded.number
        """,
        [kept],
    )
    tx.execute(
        "DELETE FROM jobs WHERE job_id IN (SELECT job_id FROM jobs WHERE state = 'done' ORDER BY finished_at DESC, job_id OFFSET ?)",
        [kept],
    )


def later_than(cursor: Cursor, subjects: Collection[str], priority: int) -> bool:
    """Return whether a job about any of ``subjects`` waits with a larger priority."""
    row = cursor.execute(
        "SELECT 1 FROM jobs WHERE state IN ('queued', 'paused') AND priority > ? AND subject IN (SELECT unnest(?)) LIMIT 1",
        [priority, list(subjects)],
    ).fetchone()
    return row is not None


def hasten(tx: Cursor, subjects: Collection[str], priority: int) -> int:
    """Give the waiting jobs about ``subjects`` this priority unless theirs is sooner; return how many."""
    rows = tx.execute(
        "UPDATE jobs SET priority = ? WHERE state IN ('queued', 'paused') AND priority > ? AND subject IN (SELECT unnest(?))"
        " RETURNING job_id",
        [priority, priority, list(subjects)],
    ).fetchall()
    return len(rows)


def next_due(
    cursor: Cursor, kinds: Sequence[str], now: dt.datetime, absurd: dt.datetime, *, patient: bool
) -> Job | None:
    """Return the queued job of ``kinds`` whose turn it is.

    A job is due after its ``not_before``, and also when that lies after ``absurd``, which only a clock set back explains.
    ``patient``: not while a due or running job of any kind has a smaller priority.
    """
    if not kinds:
        return None
    row = cursor.execute(
        f"SELECT {_COLUMNS} FROM jobs WHERE state = 'queued' AND (not_before <= ? OR not_before > ?) "
        f"AND kind IN ({', '.join('?' * len(kinds))}) ORDER BY priority, created_at, job_id LIMIT 1",
        [now, absurd, *kinds],
    ).fetchone()
    if row is None:
        return None
    job = _job(row)
    if patient:
        sooner = cursor.execute(
            "SELECT 1 FROM jobs WHERE (state = 'running' OR (state = 'queued' AND (not_before <= ? OR not_before > ?))) AND priority < ?"
            " LIMIT 1",
            [now, absurd, job.priority],
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


def delete_kinds(cursor: Cursor, kinds: Collection[str]) -> None:
    """Delete the jobs of these kinds that neither run nor are done."""
    cursor.execute(
        "DELETE FROM jobs WHERE state NOT IN ('running', 'done') AND kind IN (SELECT unnest(?))", [list(kinds)]
    )


def delete(cursor: Cursor, job_id: str) -> None:
    """Delete a job."""
    cursor.execute("DELETE FROM jobs WHERE job_id = ?", [job_id])


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


def finish(cursor: Cursor, job_id: str, lease_owner: str | None, done: int, total: int, at: dt.datetime) -> bool:
    """Mark a job done with its last progress, if this owner runs it; return whether he did."""
    row = cursor.execute(
        "UPDATE jobs SET state = 'done', done_units = ?, total_units = ?, finished_at = ?, lease_owner = NULL, lease_until = NULL, "
        "error_class = NULL, reason = NULL, remedy = NULL WHERE job_id = ? AND state = 'running' AND lease_owner = ? RETURNING 1",
        [done, total, at, job_id, lease_owner],
    ).fetchone()
    return row is not None


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


def renew(cursor: Cursor, jobs: Sequence[tuple[str, str, int]]) -> None:
    """Give waiting jobs newer input, each (id, payload, priority); they keep the sooner of both priorities."""
    cursor.execute(
        """
        UPDATE jobs SET payload = n.payload, priority = least(jobs.priority, n.priority)
        FROM (SELECT unnest(?) AS job_id, unnest(?) AS payload, unnest(?) AS priority) n WHERE jobs.job_id = n.job_id
        """,
        [list(column) for column in zip(*jobs, strict=True)],
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
