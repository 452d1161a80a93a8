"""Worker processes: what work does to them, and what the program makes of it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from datazoom_desktop.jobs.model import MEBIBYTE, Failure, WorkerFailure
from datazoom_desktop.jobs.process import WorkerProcess, command
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from tests.jobs.conftest import until

WORK = "tests.support.work:"


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[WorkerProcess]:
    made = WorkerProcess(tmp_path / "logs")
    yield made
    made.close()
    assert not list((tmp_path / "logs").glob("*"))


def failure_in(worker: WorkerProcess, work: str, scratch: Path, **limits: float) -> Failure:
    with pytest.raises(WorkerFailure) as caught:
        worker.call(WORK + work, {}, scratch=scratch, **limits)  # type: ignore[arg-type]
    return caught.value.failure


def test_a_worker_is_light_and_stays_warm(worker: WorkerProcess, tmp_path: Path) -> None:
    first = worker.call(WORK + "about_itself", {}, scratch=tmp_path)
    second = worker.call(WORK + "about_itself", {}, scratch=tmp_path)
    assert first["pid"] == second["pid"] == worker.pid
    heavy = {"PySide6", "duckdb", "lancedb", "pyarrow", "numpy", "psutil"}
    assert not heavy & set(first["modules"])
    assert first["threads"] == "1"
    assert first["niceness"] >= 5


def test_a_worker_does_not_import_from_the_current_folder(
    worker: WorkerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('imported from a folder of documents')")
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path) not in worker.call(WORK + "about_itself", {}, scratch=tmp_path)["path"]


def test_plain_data_travels_both_ways(worker: WorkerProcess, tmp_path: Path) -> None:
    payload = {"text": "Zürich \U0001f600", "numbers": [1, 2.5, None, True], "nested": {"a": ["b" * 300_000]}}
    assert worker.call(WORK + "echo", payload, scratch=tmp_path) == payload


def test_progress_arrives_in_order_and_complete(worker: WorkerProcess, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    worker.call(
        WORK + "pages",
        {"pages": 8, "seconds": 0.05},
        scratch=tmp_path,
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == sorted(seen)
    assert seen[-1] == (8, 8)
    assert len(seen) > 2


@pytest.mark.parametrize(
    ("work", "error_class", "stays"),
    [
        ("bad_file", "bad_file", True),
        ("mistaken", "bug", True),
        ("unfit", "bug", True),
        ("leave_politely", "bug", True),
        ("no such function", "bug", True),
        ("fill_disk", "disk_full", True),
        ("no_memory", "memory", False),
        ("segfault", "crash", False),
        ("leave", "crash", False),
    ],
)
def test_every_ending_has_its_class(
    worker: WorkerProcess, tmp_path: Path, work: str, error_class: str, stays: bool
) -> None:
    worker.start()
    pid = worker.pid
    assert failure_in(worker, work, tmp_path).error_class == error_class
    assert (worker.pid == pid) is stays
    assert worker.call(WORK + "echo", {"still": "of use"}, scratch=tmp_path) == {"still": "of use"}


def test_a_crash_tells_where(worker: WorkerProcess, tmp_path: Path) -> None:
    detail = failure_in(worker, "segfault", tmp_path).detail
    assert "exit code" in detail
    assert "string_at" in detail


def test_a_memory_hog_is_killed(worker: WorkerProcess, tmp_path: Path) -> None:
    failure = failure_in(worker, "hog", tmp_path, memory_bytes=200 * MEBIBYTE)
    assert failure.error_class == "memory"
    assert "200 MB" in failure.reason


def test_a_hung_worker_is_killed(worker: WorkerProcess, tmp_path: Path) -> None:
    with pytest.raises(WorkerFailure) as caught:
        worker.call(WORK + "stubborn", {"marker": str(tmp_path / "m")}, scratch=tmp_path, silence_seconds=1.0)
    assert caught.value.failure.error_class == "timeout"
    if sys.platform != "win32":  # where the system can ask a process where it is
        assert "in stubborn" in caught.value.failure.detail
    assert worker.pid is None


def test_signs_of_life_keep_slow_work_alive(worker: WorkerProcess, tmp_path: Path) -> None:
    result = worker.call(WORK + "pages", {"pages": 8, "seconds": 0.4}, scratch=tmp_path, silence_seconds=2.0)
    assert result == {"pages": 8}


def test_noise_does_not_reach_the_conversation(worker: WorkerProcess, tmp_path: Path) -> None:
    assert worker.call(WORK + "noisy", {}, scratch=tmp_path) == {"read": ""}


def test_rubbish_in_the_pipe_ends_the_worker(worker: WorkerProcess, tmp_path: Path) -> None:
    assert failure_in(worker, "garble", tmp_path).error_class == "crash"


@pytest.mark.parametrize(("work", "stays"), [("endless", True), ("stubborn", False)])
def test_cancel_inside_the_work(worker: WorkerProcess, tmp_path: Path, work: str, stays: bool) -> None:
    worker.start()
    pid, marker, token = worker.pid, tmp_path / "marker", CancelToken()
    _when(marker.exists, token.cancel)
    with pytest.raises(Cancelled):
        worker.call(WORK + work, {"marker": str(marker)}, scratch=tmp_path, cancel=token)
    assert (worker.pid == pid) is stays
    assert worker.call(WORK + "echo", {"a": 1}, scratch=tmp_path) == {"a": 1}


def test_a_worker_killed_from_outside_is_a_crash(worker: WorkerProcess, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    _when(marker.exists, lambda: psutil.Process(worker.pid).kill())
    with pytest.raises(WorkerFailure) as caught:
        worker.call(WORK + "endless", {"marker": str(marker)}, scratch=tmp_path)
    assert caught.value.failure.error_class == "crash"


def test_a_worker_killed_while_idle_costs_nothing(worker: WorkerProcess, tmp_path: Path) -> None:
    worker.start()
    victim = psutil.Process(worker.pid)
    victim.kill()
    assert worker.call(WORK + "echo", {"a": 1}, scratch=tmp_path) == {"a": 1}
    assert worker.pid != victim.pid


def test_a_worker_is_replaced_after_many_calls(tmp_path: Path) -> None:
    worker = WorkerProcess(tmp_path / "logs", recycle_calls=2)
    pids = [worker.call(WORK + "about_itself", {}, scratch=tmp_path)["pid"] for _ in range(5)]
    worker.close()
    assert [pid == pids[0] for pid in pids] == [True, True, False, False, False]
    assert len(set(pids)) == 3


def test_callers_take_turns(worker: WorkerProcess, tmp_path: Path) -> None:
    results: list[dict[str, object]] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(worker.call(WORK + "echo", {"n": n}, scratch=tmp_path)))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result["n"] for result in results) == list(range(8))  # type: ignore[type-var]


def test_an_error_in_the_progress_listener_ends_the_work(worker: WorkerProcess, tmp_path: Path) -> None:
    def listener(done: int, total: int) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        worker.call(WORK + "pages", {"pages": 1000, "seconds": 0.01}, scratch=tmp_path, on_progress=listener)
    assert worker.call(WORK + "echo", {"a": 1}, scratch=tmp_path) == {"a": 1}


def test_a_frozen_build_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert command()[-1] == "datazoom_desktop.jobs.child"
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert command()[1:] == ["--worker"]


def _when(condition: Callable[[], bool], action: Callable[[], object]) -> None:
    """Do something on another thread once a condition holds."""

    def wait() -> None:
        until(condition)
        action()

    threading.Thread(target=wait).start()
