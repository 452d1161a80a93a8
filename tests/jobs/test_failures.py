"""The rules of failure: classes, words, waits."""

from __future__ import annotations

import errno

import pytest

from datazoom_desktop.jobs import failures
from datazoom_desktop.jobs.model import Failure, JobKind
from datazoom_desktop.kernel.cancel import Cancelled
from datazoom_desktop.kernel.changes import Changes
from datazoom_desktop.kernel.errors import Problem


def _wrapped(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "error_class", "retry"),
    [
        (Problem("Damaged", "The file is damaged.", "Ask for another."), "bad_file", False),
        (MemoryError(), "memory", True),
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full", True),
        (_wrapped(RuntimeError("cannot write"), OSError(errno.ENOSPC, "")), "disk_full", True),
        (OSError(errno.EACCES, "Permission denied"), "bug", False),
        (KeyError("x"), "bug", False),
        (Cancelled(), "cancelled", False),
        (SystemExit(1), "bug", False),
    ],
)
def test_class_of_an_error(error: BaseException, error_class: str, retry: bool) -> None:
    failure = failures.failure_of(error)
    assert (failure.error_class, failure.retry) == (error_class, retry)
    assert failure.reason.endswith(".")


def test_a_problem_keeps_its_words_and_a_bug_its_trace() -> None:
    told = failures.failure_of(Problem("Damaged", "The file is damaged.", "Ask for another copy."))
    assert (told.reason, told.remedy) == ("The file is damaged.", "Ask for another copy.")
    bug = failures.failure_of(KeyError("the key"))
    assert "the key" in bug.detail
    assert "the key" not in bug.reason + bug.remedy


def test_limits_are_told_in_words() -> None:
    assert "2,048 MB" in failures.out_of_memory(2 << 30).reason
    assert "120 seconds" in failures.silent(120.0).reason


@pytest.mark.parametrize(
    ("failure", "waits"),
    [
        (failures.crashed(), [1, None]),
        (failures.silent(10), [5, None]),
        (failures.out_of_memory(1), [5, None]),
        (failures.disk_full(), [30, 120, 600, 1800, None]),
        (failures.bug("trace"), [None]),
        (failures.CANCELLED, [None]),
        (Failure("bad_file", "Damaged."), [None]),
    ],
)
def test_waits_before_another_try(failure: Failure, waits: list[int | None]) -> None:
    got = [failures.wait_before_retry(failure, attempt, max_attempts=2) for attempt in range(1, len(waits) + 1)]
    assert [wait and wait.total_seconds() for wait in got] == waits


def test_more_attempts_repeat_the_last_wait() -> None:
    got = [failures.wait_before_retry(failures.crashed(), attempt, max_attempts=4) for attempt in (1, 2, 3, 4)]
    assert [wait and wait.total_seconds() for wait in got] == [1, 1, 1, None]


@pytest.mark.parametrize("parts", [{"where": "worker"}, {"where": "worker", "work": "module"}, {"where": "here"}])
def test_a_kind_without_anything_to_run_is_refused(parts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="nothing to run"):
        JobKind(name="k", unit="pages", apply=lambda *_: Changes.of(), **parts)  # type: ignore[arg-type]
