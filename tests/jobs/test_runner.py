"""The runner with real worker processes: every ending, and the user's hand on it."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import psutil
import pytest

from datazoom_desktop.jobs.model import MEBIBYTE, Job, JobState, Payload, WorkContext
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.database import Cursor
from tests.jobs.conftest import Bench, until


def test_jobs_are_done_and_leave_nothing(bench: Bench) -> None:
    for number in range(12):
        bench.add("read", f"v{number}", {"pages": 2})
    counts = bench.end_of(bench.kind("read", "pages"), workers=2)
    assert counts == {"read": {"done": 12}}
    assert sorted(bench.effects()) == sorted(("read", f"v{number}") for number in range(12))
    assert not bench.left_in_scratch()


def test_the_stages_of_a_job_pass_things_on(bench: Bench) -> None:
    def prepare(job: Job, scratch: Path) -> Payload:
        (scratch / "input").write_text(job.subject)
        return {"pages": 1}

    def settle(job: Job, result: Payload, scratch: Path) -> None:
        result["input"] = (scratch / "input").read_text() + (scratch / "page-0").read_text()

    def apply(tx: Cursor, job: Job, result: Payload, scratch: Path) -> Changes:
        assert (scratch / "page-0").exists()
        bench.queue.enqueue(tx, "next", result["input"], "Next", {})
        return Changes.of(Topic.PAGES)

    bench.add("read", "v1")
    counts = bench.end_of(
        bench.kind("read", "pages", prepare=prepare, settle=settle, apply=apply), bench.kind("next"), workers=2
    )
    assert counts == {"read": {"done": 1}, "next": {"done": 1}}
    assert bench.effects() == [("next", "v1text")]


@pytest.mark.parametrize(
    ("work", "error_class", "state", "attempts"),
    [
        ("bad_file", "bad_file", JobState.FAILED, 1),
        ("mistaken", "bug", JobState.DEAD, 1),
        ("segfault", "crash", JobState.DEAD, 2),
        ("leave", "crash", JobState.DEAD, 2),
        ("stubborn", "timeout", JobState.DEAD, 2),
        ("hog", "memory", JobState.DEAD, 2),
    ],
)
def test_every_failure_ends_its_job_only(
    bench: Bench, work: str, error_class: str, state: JobState, attempts: int
) -> None:
    marker = bench.storage.scratch.parent / "marker"
    kind = bench.kind(
        "risky",
        work,
        prepare=lambda job, scratch: {"marker": str(marker)},
        memory_bytes=120 * MEBIBYTE,
        silence_seconds=1.0,
    )
    bad, good = bench.add("risky", "bad"), bench.add("read", "good", {}, 1)
    runner = bench.run(kind, bench.kind("read"))
    if attempts == 2:
        until(lambda: bench.job(bad).error_class == error_class, "the first try")
        assert bench.job(bad).state is JobState.QUEUED
        bench.clock.advance(60)
    runner.drain(60)
    job = bench.job(bad)
    assert (job.state, job.error_class, job.attempt) == (state, error_class, attempts)
    assert job.reason
    assert job.remedy
    assert bench.job(good).state is JobState.DONE
    assert [(subject, failure.error_class) for subject, failure in bench.failures] == [("bad", error_class)]
    reports = list((bench.storage.folder / "reports").glob("*.txt"))
    assert len(reports) == (attempts if error_class in ("bug", "crash", "timeout") else 0)
    assert all("bad.pdf" not in report.read_text(encoding="utf-8") for report in reports)


def test_a_full_disk_waits_with_its_reason_and_goes_on(bench: Bench) -> None:
    job_id = bench.add("read", "v1")
    runner = bench.run(bench.kind("read", "fill_disk"))
    until(lambda: bench.job(job_id).error_class == "disk_full", "the first try")
    assert bench.job(job_id).state is JobState.QUEUED
    assert runner.drain(0.5)["read"] == {"queued": 1}
    bench.clock.advance(30)
    runner.wake()
    until(lambda: bench.job(job_id).attempt == 2 and bench.job(job_id).state is JobState.QUEUED, "the second try")
    bench.queue.cancel(job_id)
    assert bench.failures[-1][1].error_class == "cancelled"


def test_a_worker_killed_in_the_middle_costs_one_attempt(bench: Bench, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    job_id = bench.add("read", "v1", {"marker": str(marker)})
    runner = bench.run(bench.kind("read", "endless_at_first"))
    until(marker.exists, "the work to begin")
    [child] = psutil.Process().children()
    child.kill()
    until(lambda: bench.job(job_id).error_class == "crash", "the crash to be noticed")
    bench.clock.advance(1)
    runner.drain(60)
    assert (bench.job(job_id).state, bench.job(job_id).attempt) == (JobState.DONE, 2)
    assert bench.effects() == [("read", "v1")]


@pytest.mark.parametrize("work", ["endless", "stubborn"])
def test_cancel_inside_a_file(bench: Bench, tmp_path: Path, work: str) -> None:
    marker = tmp_path / "marker"
    job_id = bench.add("read", "v1", {"marker": str(marker)})
    bench.run(bench.kind("read", work))
    until(marker.exists, "the work to begin")
    assert bench.queue.cancel(job_id) == 1
    bench.wait_for_state(job_id, JobState.CANCELLED)
    assert bench.effects() == []
    assert [failure.error_class for _, failure in bench.failures] == ["cancelled"]
    until(lambda: not bench.left_in_scratch(), "scratch to be cleared")


def test_priorities_order_the_work(bench: Bench) -> None:
    for subject, priority in (("third", 5), ("first", -5), ("second", 0)):
        bench.add("read", subject, priority=priority)
    bench.add("tidy", "last", priority=100)
    bench.end_of(bench.kind("read"), bench.here("tidy", lambda job, context: {}))
    assert [subject for _, subject in bench.effects()] == ["first", "second", "third", "last"]


def test_jobs_that_run_here(bench: Bench) -> None:
    threads = []

    def run(job: Job, context: WorkContext) -> Payload:
        threads.append(threading.current_thread().name)
        (context.scratch / "file").write_text("x")
        context.check()
        context.progress(4, 4)
        return {}

    def problem(job: Job, context: WorkContext) -> Payload:
        raise Problem("Nothing there", "The folder is not there any more.", "Connect the drive.")

    done, failed = bench.add("scan", "folder"), bench.add("lost", "folder")
    bench.end_of(bench.here("scan", run), bench.here("lost", problem))
    assert (bench.job(done).state, bench.job(done).done_units) == (JobState.DONE, 4)
    assert threads == ["jobs-here"]
    assert (bench.job(failed).state, bench.job(failed).reason) == (
        JobState.FAILED,
        "The folder is not there any more.",
    )


def test_cancel_of_a_job_that_runs_here(bench: Bench) -> None:
    begun = threading.Event()

    def run(job: Job, context: WorkContext) -> Payload:
        begun.set()
        while True:
            context.check()

    job_id = bench.add("scan", "folder")
    bench.run(bench.here("scan", run))
    assert begun.wait(60)
    bench.queue.cancel(job_id)
    bench.wait_for_state(job_id, JobState.CANCELLED)


def test_a_bug_in_apply_or_settle_ends_the_job_and_keeps_nothing(bench: Bench) -> None:
    def apply(tx: Cursor, job: Job, result: Payload, scratch: Path) -> Changes:
        bench.apply(tx, job, result, scratch)
        raise LookupError("a mistake")

    def settle(job: Job, result: Payload, scratch: Path) -> None:
        raise Problem("Damaged index", "The index cannot be written.", "Run doctor.")

    first, second = bench.add("wrong", "v1"), bench.add("unsettled", "v1")
    bench.end_of(bench.kind("wrong", apply=apply), bench.kind("unsettled", settle=settle))
    assert (bench.job(first).state, bench.job(first).error_class) == (JobState.DEAD, "bug")
    assert bench.effects() == []
    told = bench.job(second)
    assert (told.state, told.error_class, told.reason) == (JobState.DEAD, "bug", "The index cannot be written.")


def test_a_disk_that_fills_while_applying_is_waited_for(bench: Bench) -> None:
    full = [OSError(28, "No space left on device")]

    def apply(tx: Cursor, job: Job, result: Payload, scratch: Path) -> Changes:
        if full:
            raise full.pop()
        return bench.apply(tx, job, result, scratch)

    job_id = bench.add("read", "v1")
    runner = bench.run(bench.kind("read", apply=apply))
    until(lambda: bench.job(job_id).error_class == "disk_full", "the full disk")
    bench.clock.advance(30)
    runner.drain(60)
    assert bench.effects() == [("read", "v1")]


def test_a_feature_that_cannot_take_note_of_a_failure_loses_no_thread(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def failed(tx: Cursor, job: Job, failure: object) -> Changes:
        raise LookupError("a mistake in taking note")

    bad, good = bench.add("read", "v1"), bench.add("fine", "v2")
    with caplog.at_level(logging.ERROR):
        bench.end_of(bench.kind("read", "bad_file", failed=failed), bench.kind("fine"))
    assert bench.job(bad).state is JobState.FAILED
    assert bench.job(good).state is JobState.DONE
    assert "could not take note" in caplog.text


def test_progress_reaches_the_list_while_running(bench: Bench) -> None:
    job_id = bench.add("read", "v1", {"pages": 10_000, "seconds": 0.01})
    told = threading.Event()
    bench.bus.subscribe(lambda changes: told.set() if job_id in changes.ids else None)
    bench.run(bench.kind("read", "pages"))
    until(lambda: bench.job(job_id).done_units > 5, "progress")
    assert bench.job(job_id).total_units == 10_000
    assert told.is_set()


def test_stop_while_busy_puts_jobs_back(bench: Bench, tmp_path: Path) -> None:
    markers = [tmp_path / "a", tmp_path / "b"]
    ids = [
        bench.add(work, work, {"marker": str(marker)})
        for work, marker in zip(("endless", "stubborn"), markers, strict=True)
    ]
    runner = bench.run(bench.kind("endless", "endless"), bench.kind("stubborn", "stubborn"), workers=2)
    until(lambda: all(marker.exists() for marker in markers), "both to begin")
    runner.stop()
    assert [(bench.job(job_id).state, bench.job(job_id).attempt) for job_id in ids] == [(JobState.QUEUED, 0)] * 2
    assert bench.failures == []
    assert not psutil.Process().children()
    with pytest.raises(RuntimeError, match="not running"):
        runner.drain()


def test_pause_lets_what_runs_end_and_begins_nothing(bench: Bench) -> None:
    first = bench.add("read", "v1", {"pages": 20, "seconds": 0.05})
    second = bench.add("read", "v2", {"pages": 1})
    runner = bench.run(bench.kind("read", "pages"))
    until(lambda: bench.job(first).state is JobState.RUNNING, "the first to begin")
    bench.queue.pause()
    assert runner.drain(60) == {"read": {"done": 1, "paused": 1}}
    bench.queue.resume()
    assert runner.drain(60) == {"read": {"done": 2}}
    assert bench.job(second).state is JobState.DONE


def test_drain_tells_how_far_it_is_and_gives_up_in_time(bench: Bench) -> None:
    seen: list[dict[str, dict[str, int]]] = []
    bench.add("read", "v1", {"pages": 100_000, "seconds": 0.01})
    runner = bench.run(bench.kind("read", "pages"))
    assert runner.drain(1.0, seen.append)["read"]["running"] == 1
    assert len(seen) > 1


def test_jobs_of_a_kind_nobody_knows_wait_without_holding_anyone_up(bench: Bench) -> None:
    stranger = bench.add("from a newer version", "v1")
    bench.add("read", "v1")
    assert bench.end_of(bench.kind("read"))["read"] == {"done": 1}
    assert bench.job(stranger).state is JobState.QUEUED
    bench.queue.cancel(stranger)
    assert bench.job(stranger).state is JobState.CANCELLED


def test_a_runner_starts_once(bench: Bench) -> None:
    runner = bench.run(bench.kind("read"))
    with pytest.raises(RuntimeError, match="once"):
        runner.start()


def test_what_a_former_try_left_behind_stops_nothing(bench: Bench) -> None:
    job = bench.add("echo")
    left = bench.storage.scratch / job  # as where another program kept a file in it open
    left.mkdir()
    assert bench.end_of(bench.kind("echo")) == {"echo": {"done": 1}}
    left.rmdir()
