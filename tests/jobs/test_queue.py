"""The queue's rules, on a real database, with a clock that moves when told to."""

from __future__ import annotations

import json

import pytest

from datazoom_desktop.jobs import failures
from datazoom_desktop.jobs.model import Failure, JobState, NewJob
from datazoom_desktop.jobs.queue import Lease, Queue
from datazoom_desktop.kernel.cancel import Cancelled
from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.kernel.errors import Problem, Unavailable
from tests.jobs.conftest import Bench


def take(bench: Bench, *names: str, patient: bool = False) -> Lease:
    kinds = {name: bench.kind(name) for name in names or ("read",)}
    bench.queue.declare(kinds.values(), bench.bus)
    lease = bench.queue.lease("tester", kinds, patient=patient)
    assert lease is not None
    return lease


def nothing_to_take(bench: Bench, *names: str, patient: bool = False) -> bool:
    return bench.queue.lease("tester", {n: bench.kind(n) for n in names or ("read",)}, patient=patient) is None


def test_a_job_from_queued_to_done(bench: Bench) -> None:
    job_id = bench.add("read", "v1", {"file": "a.pdf"})
    waiting = bench.job(job_id)
    assert (waiting.state, waiting.attempt, waiting.title) == (JobState.QUEUED, 0, "v1.pdf")
    assert json.loads(waiting.payload) == {"file": "a.pdf"}
    lease = take(bench)
    running = bench.job(job_id)
    assert (running.state, running.attempt, running.unit, running.lease_owner) == (
        JobState.RUNNING,
        1,
        "pages",
        "tester",
    )
    lease.progress(3, 7)
    bench.queue.write_progress()
    assert (bench.job(job_id).done_units, bench.job(job_id).total_units) == (3, 7)
    lease.progress(7, 7)
    bench.queue.finish(lease, lambda tx: bench.apply(tx, lease.job, {}, bench.storage.scratch))
    done = bench.job(job_id)
    assert (done.state, done.done_units, done.lease_owner) == (JobState.DONE, 7, None)
    assert done.finished_at == bench.clock()
    assert bench.effects() == [("read", "v1")]


def test_jobs_come_by_priority_then_age(bench: Bench) -> None:
    for subject, priority in (("old", 0), ("new", 0), ("urgent", -5), ("idle", 9)):
        bench.add("read", subject, priority=priority)
        bench.clock.advance(1)
    assert [job.subject for job in bench.queue.list([JobState.QUEUED])] == ["urgent", "old", "new", "idle"]
    assert [take(bench).job.subject for _ in range(4)] == ["urgent", "old", "new", "idle"]
    assert nothing_to_take(bench)


def test_only_kinds_asked_for_are_taken(bench: Bench) -> None:
    bench.add("read")
    assert nothing_to_take(bench, "embed")
    assert take(bench, "embed", "read").job.kind == "read"


def test_the_patient_wait_for_everything_sooner(bench: Bench) -> None:
    bench.add("read", "v1")
    bench.add("tidy", "room", priority=100)
    assert nothing_to_take(bench, "tidy", patient=True)
    lease = take(bench)
    assert nothing_to_take(bench, "tidy", patient=True)
    bench.queue.fail(lease, failures.disk_full())
    assert take(bench, "tidy", patient=True).job.kind == "tidy"


def test_one_waiting_job_of_a_kind_about_a_subject(bench: Bench) -> None:
    first = bench.add("read", "v1", {"n": 1}, priority=5)
    assert bench.add("read", "v1", {"n": 2}, priority=3) == first
    assert bench.add("read", "v2") != first
    assert bench.add("embed", "v1") != first
    job = bench.job(first)
    assert (json.loads(job.payload), job.priority) == ({"n": 2}, 3)


def test_a_running_job_does_not_stand_in_for_a_new_one(bench: Bench) -> None:
    first = bench.add("read", "v1")
    lease = take(bench)
    second = bench.add("read", "v1")
    assert second != first
    bench.queue.finish(lease, lambda tx: Changes.of(Topic.JOBS))
    assert bench.add("read", "v1") == second


def test_what_ended_badly_begins_again_when_queued_again(bench: Bench) -> None:
    job_id = bench.add("read", "v1")
    bench.queue.fail(take(bench), Failure("bad_file", "The file is damaged."))
    assert bench.add("read", "v1", {"again": True}) == job_id
    job = bench.job(job_id)
    assert (job.state, job.attempt, job.reason, job.finished_at) == (JobState.QUEUED, 0, None, None)


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (Failure("bad_file", "The file is damaged.", "Ask for another copy."), JobState.FAILED),
        (failures.bug("trace"), JobState.DEAD),
        (failures.CANCELLED, JobState.CANCELLED),
    ],
)
def test_what_no_try_can_mend_ends_at_once(bench: Bench, failure: Failure, state: JobState) -> None:
    job_id = bench.add("read", "v1")
    bench.queue.fail(take(bench), failure)
    job = bench.job(job_id)
    assert (job.state, job.error_class, job.reason, job.remedy) == (
        state,
        failure.error_class,
        failure.reason,
        failure.remedy,
    )
    assert [subject for subject, _ in bench.failures] == ["v1"]


def test_a_crash_is_tried_once_more_then_dead_then_retried_by_hand(bench: Bench) -> None:
    job_id = bench.add("read", "v1")
    bench.queue.fail(take(bench), failures.crashed())
    waiting = bench.job(job_id)
    assert (waiting.state, waiting.error_class) == (JobState.QUEUED, "crash")
    assert bench.failures == []
    assert nothing_to_take(bench)
    bench.clock.advance(1)
    bench.queue.fail(take(bench), failures.crashed())
    assert bench.job(job_id).state is JobState.DEAD
    assert bench.job(job_id).reason == failures.crashed().reason
    [(_, told)] = bench.failures
    assert not told.retry
    assert bench.queue.retry(job_id) == 1
    again = bench.job(job_id)
    assert (again.state, again.attempt, again.reason) == (JobState.QUEUED, 0, None)
    assert take(bench).job.attempt == 1


def test_a_full_disk_is_waited_for_and_says_so(bench: Bench) -> None:
    job_id = bench.add("read", "v1")
    for wait in (30, 120, 600, 1800):
        bench.queue.fail(take(bench), failures.disk_full())
        job = bench.job(job_id)
        assert (job.state, job.reason) == (JobState.QUEUED, "The disk is full.")
        assert (job.not_before - bench.clock()).total_seconds() == wait
        bench.clock.advance(wait - 1)
        assert nothing_to_take(bench)
        bench.clock.advance(1)
    bench.queue.fail(take(bench), failures.disk_full())
    assert bench.job(job_id).state is JobState.DEAD


def test_retry_all_takes_what_failed_and_what_waits_for_its_next_try(bench: Bench) -> None:
    ids = {subject: bench.add("read", subject) for subject in ("damaged", "crashed", "full", "fine", "cancelled")}
    for failure in (Failure("bad_file", "Damaged."), failures.bug("trace"), failures.disk_full()):
        bench.queue.fail(take(bench), failure)
    bench.queue.finish(take(bench), lambda tx: Changes.of(Topic.JOBS))
    bench.queue.cancel(ids["cancelled"])
    assert bench.queue.retry() == 3
    states = {subject: bench.job(job_id).state for subject, job_id in ids.items()}
    assert states == dict.fromkeys(("damaged", "crashed", "full"), JobState.QUEUED) | {
        "fine": JobState.DONE,
        "cancelled": JobState.CANCELLED,
    }
    assert bench.queue.retry(ids["fine"]) == 0
    assert bench.queue.retry(ids["cancelled"]) == 1


def test_cancel_waiting_and_running(bench: Bench) -> None:
    waiting, running = bench.add("read", "w", priority=1), bench.add("read", "r")
    lease = take(bench)
    assert bench.queue.cancel() == 2
    assert bench.job(waiting).state is JobState.CANCELLED
    assert bench.failures == [("w", failures.CANCELLED)]
    assert lease.by_user
    with pytest.raises(Cancelled):
        bench.queue.finish(lease, lambda tx: bench.apply(tx, lease.job, {}, bench.storage.scratch))
    assert bench.effects() == []
    bench.queue.fail(lease, failures.CANCELLED)
    assert bench.job(running).state is JobState.CANCELLED
    assert bench.queue.cancel() == 0


def test_cancel_is_heard_while_an_attempt_is_ending_by_itself(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = bench.add("read", "before"), bench.add("read", "after")
    first, second = take(bench), take(bench)
    bench.queue.cancel(before)
    assert bench.queue.fail(first, failures.disk_full()) is JobState.CANCELLED
    monkeypatch.setattr(bench.queue, "let_go", lambda lease: None)  # the moment before the lease is let go
    assert bench.queue.fail(second, failures.disk_full()) is JobState.QUEUED
    bench.queue.cancel(after)
    assert [bench.job(job_id).state for job_id in (before, after)] == [JobState.CANCELLED, JobState.CANCELLED]
    assert [failure.error_class for _, failure in bench.failures] == ["cancelled", "cancelled"]


def test_an_unknown_job_is_a_problem(bench: Bench) -> None:
    with pytest.raises(Problem, match="no job nonsense"):
        bench.queue.cancel("nonsense")
    with pytest.raises(Problem):
        bench.queue.retry("nonsense")


def test_pause_holds_what_waits_and_what_comes(bench: Bench) -> None:
    first = bench.add("read", "v1")
    lease = take(bench)
    bench.add("read", "v2")
    bench.queue.pause()
    bench.add("read", "v3")
    assert nothing_to_take(bench)
    bench.queue.fail(lease, failures.crashed())
    assert bench.queue.counts() == {"read": {"paused": 3}}
    reopened = Queue(bench.storage.db)
    assert reopened.paused
    bench.queue.resume()
    assert bench.queue.counts() == {"read": {"queued": 3}}
    assert not Queue(bench.storage.db).paused
    assert bench.job(first).error_class == "crash"
    bench.queue.pause()
    bench.queue.pause()
    assert bench.queue.cancel() == 3


def test_recover_puts_back_what_nobody_runs(bench: Bench) -> None:
    stale = bench.add("read", "v1")
    take(bench)
    other = Queue(bench.storage.db, now=bench.clock)
    assert other.recover() == 1
    job = bench.job(stale)
    assert (job.state, job.attempt, job.lease_owner) == (JobState.QUEUED, 0, None)
    assert other.recover() == 0


def test_recover_leaves_what_is_in_hand(bench: Bench) -> None:
    job_id = bench.add("read", "v1")
    take(bench)
    assert bench.queue.recover() == 0
    assert bench.job(job_id).state is JobState.RUNNING


def test_a_result_of_a_job_that_is_not_ours_any_more_changes_nothing(bench: Bench) -> None:
    bench.add("read", "v1")
    lease = take(bench)
    Queue(bench.storage.db).recover()
    with pytest.raises(RuntimeError, match="not tester's any more"):
        bench.queue.finish(lease, lambda tx: bench.apply(tx, lease.job, {}, bench.storage.scratch))
    assert bench.effects() == []


def test_apply_and_done_are_one_transaction(bench: Bench) -> None:
    job_id = bench.add("read", "v1")
    lease = take(bench)

    def apply(tx: object) -> Changes:
        bench.apply(tx, lease.job, {}, bench.storage.scratch)  # type: ignore[arg-type]
        raise LookupError

    with pytest.raises(LookupError):
        bench.queue.finish(lease, apply)
    assert bench.effects() == []
    assert bench.job(job_id).state is JobState.RUNNING


def test_changes_are_told_and_a_listener_that_fails_undoes_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Changes] = []
    bench.bus.subscribe(seen.append)
    job_id = bench.add("read", "v1")
    lease = take(bench)
    end = bench.bus.subscribe(lambda changes: 1 / 0 and None)
    bench.queue.finish(lease, lambda tx: bench.apply(tx, lease.job, {}, bench.storage.scratch))
    end()
    assert bench.job(job_id).state is JobState.DONE
    assert Changes.of(Topic.PAGES, ids=("v1",)) in seen
    assert Changes.of(Topic.JOBS, ids=(job_id,)) in seen
    assert "a listener failed" in caplog.text


def test_the_list_runs_from_running_to_ended(bench: Bench) -> None:
    for subject in ("done", "running", "waiting"):
        bench.add("read", subject)
        bench.clock.advance(1)
    bench.queue.finish(take(bench), lambda tx: Changes.of(Topic.JOBS))
    take(bench)
    assert [job.subject for job in bench.queue.list()] == ["running", "waiting", "done"]
    assert [job.subject for job in bench.queue.list(limit=1)] == ["running"]


def test_a_clock_that_is_set_back_stops_nothing(bench: Bench) -> None:
    bench.add("read", "new")
    failed = bench.add("read", "failed", priority=-1)
    bench.queue.fail(take(bench), failures.crashed())
    bench.clock.advance(-86_400)
    assert {take(bench).job.subject for _ in range(2)} == {"new", "failed"}
    assert nothing_to_take(bench)
    assert bench.job(failed).attempt == 2


def test_a_clock_that_is_set_forward_loses_nothing(bench: Bench) -> None:
    bench.add("read", "running")
    lease = take(bench)
    bench.add("read", "waiting")
    bench.queue.fail(take(bench), failures.disk_full())
    bench.clock.advance(10 * 365 * 86_400)
    lease.progress(1, 2)
    assert bench.queue.write_progress()
    bench.queue.finish(lease, lambda tx: bench.apply(tx, lease.job, {}, bench.storage.scratch))
    assert take(bench).job.subject == "waiting"
    assert bench.effects() == [("read", "running")]


def test_what_somebody_looks_at_comes_first(bench: Bench) -> None:
    for subject in ("a", "b", "c"):
        bench.add("read", subject)
        bench.clock.advance(1)
    bench.add("embed", "c", priority=-1)
    assert bench.queue.hasten(["c", "no such"], -20) == 2
    assert bench.queue.hasten(["c"], -20) == 0
    assert [take(bench, "read", "embed").job.subject for _ in range(4)] == ["c", "c", "a", "b"]
    assert bench.queue.hasten(["a"], -20) == 0, "it runs already"


def test_old_done_jobs_are_cleared_away_but_counted_and_failures_are_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datazoom_desktop.jobs.queue._DONE_KEPT", 3)
    bad = bench.add("read", "bad", priority=-1)
    bench.queue.fail(take(bench), Failure("bad_file", "Damaged."))
    for number in range(10):
        bench.add("read", f"v{number}")
        bench.clock.advance(1)
        bench.queue.finish(take(bench), lambda tx: Changes.of(Topic.JOBS))
    listed = [job.subject for job in bench.queue.list([JobState.DONE])]
    assert listed == ["v9", "v8", "v7", "v6"]
    assert bench.queue.count([JobState.DONE]) == 4
    assert bench.queue.counts() == {"read": {"done": 10, "failed": 1}}
    assert bench.job(bad).state is JobState.FAILED
    Queue(bench.storage.db).recover()
    assert bench.queue.count([JobState.DONE]) == 3
    assert bench.queue.counts() == {"read": {"done": 10, "failed": 1}}


def test_jobs_about_what_is_gone_are_forgotten_and_stopped(bench: Bench) -> None:
    for subject in ("running", "done", "waiting", "other"):
        bench.add("read", subject)
    running = take(bench)
    bench.queue.finish(take(bench), lambda tx: Changes.of(Topic.JOBS))
    bench.storage.db.write(lambda tx: bench.queue.forget(tx, ["running", "done", "waiting"]))
    assert sorted(job.subject for job in bench.queue.list()) == ["other", "running"]
    with pytest.raises(Cancelled):
        running.token.check()
    bench.queue.fail(running, failures.CANCELLED)
    assert [job.subject for job in bench.queue.list()] == ["other"]
    assert bench.failures == [], "what is gone is not told to have failed"


def test_many_jobs_are_queued_as_one_by_one(bench: Bench) -> None:
    first = bench.add("read", "v1", {"n": 1}, priority=5)
    bench.queue.fail(take(bench), Failure("bad_file", "Damaged."))
    waiting = bench.add("read", "v2", {"n": 1}, priority=5)
    wanted = [NewJob(f"v{number}", f"v{number}.pdf", {"n": 2}, 3) for number in (1, 2, 3)]
    ids = bench.storage.db.write(lambda tx: bench.queue.enqueue_many(tx, "read", wanted))
    assert ids[:2] == [first, waiting]
    jobs = [bench.job(job_id) for job_id in ids]
    assert [(job.state, json.loads(job.payload)["n"], job.priority) for job in jobs] == [(JobState.QUEUED, 2, 3)] * 3


def test_all_that_waits_is_cancelled_in_several_steps(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datazoom_desktop.jobs.queue._CANCELLED_AT_ONCE", 2)
    for number in range(5):
        bench.add("read", f"v{number}")
    take(bench)
    assert bench.queue.cancel() == 5
    assert bench.queue.counts() == {"read": {"cancelled": 4, "running": 1}}


def test_a_missing_drive_is_waited_for_a_moment(bench: Bench) -> None:
    job_id = bench.add("read", "v1")
    failure = failures.failure_of(Unavailable("Nothing there", "The drive is not there.", "Connect it."))
    for wait in (2, 10, 30):
        assert bench.queue.fail(take(bench), failure) is JobState.QUEUED
        assert bench.queue.held_up() == "The drive is not there."
        bench.clock.advance(wait)
    assert bench.queue.fail(take(bench), failure) is JobState.DEAD
    assert bench.queue.held_up() is None
    assert (bench.job(job_id).reason, bench.job(job_id).remedy) == ("The drive is not there.", "Connect it.")
