"""A real room with a queue, and jobs whose effects are rows that can be counted."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from datazoom_desktop.jobs.model import Failure, Job, JobKind, JobState, Payload
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.jobs.runner import Runner
from datazoom_desktop.kernel.changes import ChangeBus, Changes, Topic
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import make_room

WAIT_SECONDS = 60.0


def until(condition: Callable[[], Any], what: str = "it") -> None:
    """Wait for a condition; fail when it never comes."""
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"waited in vain for {what}")
        time.sleep(0.01)


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += dt.timedelta(seconds=seconds)


@dataclass
class Bench:
    """A room, its queue and bus, and what happened."""

    storage: RoomStorage
    queue: Queue
    bus: ChangeBus
    clock: Clock
    failures: list[tuple[str, Failure]] = field(default_factory=list)
    runners: list[Runner] = field(default_factory=list)

    def kind(self, name: str, work: str = "echo", **options: Any) -> JobKind:
        """Return a worker kind that does ``tests.support.work:work`` and counts its effect."""
        return JobKind(
            **{
                "name": name,
                "unit": "pages",
                "where": "worker",
                "work": f"tests.support.work:{work}",
                "apply": self.apply,
                "failed": self.failed,
                **options,
            }
        )

    def here(self, name: str, run: Callable[..., Payload], **options: Any) -> JobKind:
        """Return a kind that runs here."""
        return self.kind(name, where="here", run=run, **options)

    def apply(self, tx: Cursor, job: Job, result: Payload, scratch: Path) -> Changes:
        tx.execute("INSERT INTO effects VALUES (?, ?)", [job.kind, job.subject])
        return Changes.of(Topic.PAGES, ids=(job.subject,))

    def failed(self, tx: Cursor, job: Job, failure: Failure) -> Changes:
        self.failures.append((job.subject, failure))
        return Changes.of(Topic.PAGES, ids=(job.subject,))

    def effects(self) -> list[tuple[str, str]]:
        """Return kind and subject of every effect, in order."""
        with self.storage.db.read() as cursor:
            return cursor.execute("SELECT kind, subject FROM effects ORDER BY rowid").fetchall()

    def add(self, kind: str, subject: str = "s", payload: Payload | None = None, priority: int = 0) -> str:
        """Queue a job."""
        job_id = self.storage.db.write(
            lambda tx: self.queue.enqueue(tx, kind, subject, f"{subject}.pdf", payload or {}, priority)
        )
        self.bus.publish(Changes.of(Topic.JOBS))
        return job_id

    def job(self, job_id: str) -> Job:
        job = self.queue.get(job_id)
        assert job is not None
        return job

    def run(self, *kinds: JobKind, workers: int = 1) -> Runner:
        """Start a runner, stopped when the test ends."""
        runner = Runner(self.storage.db, self.queue, kinds, self.bus, self.storage.scratch, workers=workers)
        self.runners.append(runner)
        runner.start()
        return runner

    def end_of(self, *kinds: JobKind, workers: int = 1) -> dict[str, dict[str, int]]:
        """Run until nothing is left, and return the counts."""
        return self.run(*kinds, workers=workers).drain(WAIT_SECONDS)

    def left_in_scratch(self) -> list[Path]:
        """Return what jobs left behind (the workers' logs are not theirs)."""
        return [path for path in self.storage.scratch.iterdir() if path.name != "workers"]

    def wait_for_state(self, job_id: str, state: JobState) -> Job:
        until(lambda: self.job(job_id).state is state, f"{job_id} to be {state}")
        return self.job(job_id)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A room with an empty queue; afterwards nothing of the runners is left."""
    clock = Clock()
    with make_room(tmp_path / "room") as storage:
        storage.db.write(lambda tx: tx.execute("CREATE TABLE effects (kind VARCHAR, subject VARCHAR)") and None)
        bus = ChangeBus()
        made = Bench(storage, Queue(storage.db, bus, now=clock), bus, clock)
        yield made
        for runner in made.runners:
            runner.stop()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith(("jobs-", "worker-"))]
        assert not made.left_in_scratch()
