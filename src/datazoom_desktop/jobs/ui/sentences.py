"""What the pipeline's page says about jobs, in plain English. Pure; knows no Qt widgets."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass

from datazoom_desktop.jobs.model import Job, JobState
from datazoom_desktop.shell.words import count, duration, moment, number

RATE_SECONDS = 120  #: throughput is told over the last two minutes
_MEASURED = ("pages", "passages")  #: units whose throughput says something; folders looked through and the like do not


class View(enum.Enum):
    """Which jobs the page lists; the value is what the button says."""

    ACTIVE = "In progress"
    STUCK = "Could not be done"
    ENDED = "Finished"


STATES = {
    View.ACTIVE: (JobState.RUNNING, JobState.QUEUED, JobState.PAUSED),
    View.STUCK: (JobState.FAILED, JobState.DEAD),
    View.ENDED: (JobState.DONE, JobState.CANCELLED),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How the queue stands.

    Attributes:
        by_state: Number of jobs in each state.
        paused: Nothing new is begun.
        done_units: What was finished within ``RATE_SECONDS``, by unit, such as {"pages": 310}.
        held_up: Why work waits for another try, such as that a drive is not there; None when none does.
    """

    by_state: Mapping[JobState, int]
    paused: bool
    done_units: Mapping[str, int]
    held_up: str | None = None

    def of(self, view: View) -> int:
        """Return how many jobs a view lists."""
        return sum(self.by_state.get(state, 0) for state in STATES[view])


def tally(
    counts: Mapping[str, Mapping[str, int]], paused: bool, done_units: Mapping[str, int], held_up: str | None
) -> Tally:
    """Return the tally of ``counts``, given by kind and state."""
    by_state: dict[JobState, int] = {}
    for states in counts.values():
        for state, amount in states.items():
            by_state[JobState(state)] = by_state.get(JobState(state), 0) + amount
    return Tally(by_state, paused, done_units, held_up)


def summary(now: Tally) -> str:
    """Return one line, such as "2 running, 14 waiting, 1 could not be done. 155 pages a minute"; no full stop at its end."""
    running = now.by_state.get(JobState.RUNNING, 0)
    waiting = now.by_state.get(JobState.QUEUED, 0) + now.by_state.get(JobState.PAUSED, 0)
    stuck = now.of(View.STUCK)
    parts = [f"{number(running)} running"] if running else []
    if waiting:
        parts.append(f"{number(waiting)} waiting")
    if stuck:
        parts.append(f"{number(stuck)} could not be done")
    line = ", ".join(parts) or "Nothing runs or waits"
    if now.paused:
        line = f"Paused. {line}" if parts else "Paused. New work waits until you resume"
    speed = ", ".join(
        f"{number(round(units * 60 / RATE_SECONDS))} {unit}"
        for unit in _MEASURED
        if (units := now.done_units.get(unit, 0)) * 60 >= RATE_SECONDS
    )
    return f"{line}. {speed} a minute" if speed and running else line


def held_up(now: Tally) -> str:
    """Return why work waits although nothing is paused, empty when none does."""
    return f"Waiting to try again: {now.held_up}" if now.held_up and not now.paused else ""


def state_words(job: Job, now: dt.datetime) -> str:
    """Return where a job stands, such as "Running, 12 of 40 pages", "Tries again in 2 min" or "Could not be done"."""
    if job.state is JobState.RUNNING:
        if job.total_units:
            return f"Running, {number(job.done_units)} of {count(job.total_units, job.unit.removesuffix('s'))}"
        return f"Running, {count(job.done_units, job.unit.removesuffix('s'))}" if job.done_units else "Running"
    if job.state is JobState.QUEUED:
        if job.error_class and job.not_before > now:
            return f"Tries again in {duration((job.not_before - now).total_seconds())}"
        return "Waiting"
    return _ENDS[job.state]


_ENDS = {
    JobState.PAUSED: "Paused",
    JobState.DONE: "Done",
    JobState.FAILED: "Could not be done",
    JobState.DEAD: "Could not be done",
    JobState.CANCELLED: "Cancelled",
}


def state_role(job: Job) -> str:
    """Return the colour role of ``state_words``: only what wants attention has a colour."""
    if job.state in STATES[View.STUCK]:
        return "bad"
    if job.state is JobState.RUNNING:
        return "ink"
    return "warn" if job.state is JobState.QUEUED and job.error_class else "ink_soft"


def when_words(job: Job, now: dt.datetime) -> str:
    """Return when a job ended, began, or was queued."""
    return moment(job.finished_at or job.started_at or job.created_at, now)


def details(job: Job, stage: str, now: dt.datetime) -> str:
    """Return what there is to know about one job: a line of facts and, where there is one, why it stopped and what to do."""
    facts = [job.title, stage, state_words(job, now)]
    if job.attempt > 1:
        facts.append(f"{count(job.attempt, 'try', 'tries')} so far")
    line = "  ·  ".join(facts)
    why = " ".join(filter(None, (job.reason, job.remedy)))
    return f"{line}\n{why}" if why else line


def can_retry(job: Job) -> bool:
    """Return whether trying again makes sense: it ended without being done, or waits for its next try."""
    return job.state in (JobState.FAILED, JobState.DEAD, JobState.CANCELLED) or (
        job.state is JobState.QUEUED and job.error_class is not None
    )


def can_cancel(job: Job) -> bool:
    """Return whether there is something to stop."""
    return not job.state.ended
