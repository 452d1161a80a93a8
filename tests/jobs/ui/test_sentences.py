"""What the pipeline's page says about jobs."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from datazoom_desktop.jobs.model import Job, JobState
from datazoom_desktop.jobs.ui.sentences import (
    View,
    can_cancel,
    can_retry,
    details,
    held_up,
    state_role,
    state_words,
    summary,
    tally,
)

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
JOB = Job(
    job_id="j",
    kind="read",
    subject="v",
    title="5 Property/Lease.pdf",
    payload="{}",
    state=JobState.QUEUED,
    priority=0,
    attempt=0,
    max_attempts=2,
    not_before=NOW,
    lease_owner=None,
    lease_until=None,
    done_units=0,
    total_units=0,
    unit="pages",
    error_class=None,
    reason=None,
    remedy=None,
    created_at=NOW,
    started_at=None,
    finished_at=None,
)


def job(state: JobState, **changes: object) -> Job:
    return dataclasses.replace(JOB, state=state, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "words", "role"),
    [
        (job(JobState.QUEUED), "Waiting", "ink_soft"),
        (job(JobState.PAUSED), "Paused", "ink_soft"),
        (job(JobState.RUNNING), "Running", "ink"),
        (job(JobState.RUNNING, done_units=1), "Running, 1 page", "ink"),
        (job(JobState.RUNNING, done_units=12, total_units=40), "Running, 12 of 40 pages", "ink"),
        (
            job(JobState.QUEUED, error_class="crash", not_before=NOW + dt.timedelta(minutes=2)),
            "Tries again in 2 min",
            "warn",
        ),
        (job(JobState.QUEUED, error_class="crash"), "Waiting", "warn"),
        (job(JobState.DONE), "Done", "ink_soft"),
        (job(JobState.FAILED), "Could not be done", "bad"),
        (job(JobState.DEAD), "Could not be done", "bad"),
        (job(JobState.CANCELLED), "Cancelled", "ink_soft"),
    ],
)
def test_every_state_has_its_words_and_colour(of: Job, words: str, role: str) -> None:
    assert (state_words(of, NOW), state_role(of)) == (words, role)


def test_the_summary_counts_and_tells_the_speed() -> None:
    counts = {"read": {"running": 2, "queued": 10, "failed": 1}, "embed": {"queued": 4, "dead": 1, "done": 7}}
    assert summary(tally(counts, False, {"pages": 310, "passages": 1}, None)) == (
        "2 running, 14 waiting, 2 could not be done. 155 pages a minute"
    )
    assert summary(tally(counts, True, {}, None)).startswith("Paused. 2 running, 14 waiting")
    assert summary(tally({}, True, {}, None)) == "Paused. New work waits until you resume"
    assert tally(counts, False, {}, None).of(View.ENDED) == 7


def test_what_holds_work_up_is_said_unless_the_user_paused_it() -> None:
    assert held_up(tally({}, False, {}, "The drive is not there.")) == "Waiting to try again: The drive is not there."
    assert held_up(tally({}, True, {}, "The drive is not there.")) == ""
    assert held_up(tally({}, False, {}, None)) == ""


def test_details_tell_the_reason_and_what_to_do() -> None:
    failed = job(JobState.DEAD, attempt=2, reason="It crashed.", remedy="Save a new copy.", error_class="crash")
    assert details(failed, "Reading", NOW) == (
        "5 Property/Lease.pdf  ·  Reading  ·  Could not be done  ·  2 tries so far\nIt crashed. Save a new copy."
    )


def test_what_can_be_done_follows_from_the_state() -> None:
    assert {state for state in JobState if can_cancel(job(state))} == {
        JobState.QUEUED,
        JobState.PAUSED,
        JobState.RUNNING,
    }
    assert {state for state in JobState if can_retry(job(state))} == {
        JobState.FAILED,
        JobState.DEAD,
        JobState.CANCELLED,
    }
    assert can_retry(job(JobState.QUEUED, error_class="crash"))
