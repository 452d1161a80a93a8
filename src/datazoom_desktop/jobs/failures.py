"""Rules about failures: which class an error belongs to, its words for a person, and when the job is tried again."""

from __future__ import annotations

import datetime as dt
import errno
import traceback
from collections.abc import Iterator

from datazoom_desktop.jobs.model import MEBIBYTE, ErrorClass, Failure
from datazoom_desktop.kernel.cancel import Cancelled
from datazoom_desktop.kernel.errors import Problem, Unavailable

_WAITS_SECONDS: dict[ErrorClass, tuple[int, ...]] = {
    "crash": (1,),
    "timeout": (5,),
    "memory": (5,),
    "disk_full": (30, 120, 600, 1800),
    "unavailable": (2, 10, 30),
}
LONGEST_WAIT = dt.timedelta(seconds=max(max(waits) for waits in _WAITS_SECONDS.values()))
"""No job waits longer than this for its next try; a moment further ahead was written by a clock that has been set back since."""

_PATIENT: tuple[ErrorClass, ...] = ("disk_full", "unavailable")
_WINDOWS_DISK_FULL = 112
_DISK_FULL_ERRNOS = frozenset(getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name))

CANCELLED = Failure("cancelled", "Cancelled.")


def failure_of(error: BaseException) -> Failure:
    """Return the failure that an exception raised by work means."""
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, Cancelled):
        return CANCELLED
    if any(_says_disk_full(each) for each in _chain(error)):
        return disk_full(detail)
    if isinstance(error, Unavailable):
        return Failure("unavailable", error.message, error.remedy, retry=True, detail=detail)
    if isinstance(error, Problem):
        return Failure("bad_file", error.message, error.remedy, detail=detail)
    if isinstance(error, MemoryError):
        return out_of_memory(None, detail)
    return bug(detail)


def disk_full(detail: str = "") -> Failure:
    """Return the failure of work that found no room on the disk."""
    return Failure(
        "disk_full",
        "The disk is full.",
        "Free some space; this is then tried again by itself.",
        retry=True,
        detail=detail,
    )


def out_of_memory(limit_bytes: int | None, detail: str = "") -> Failure:
    """Return the failure of work that needed more memory than allowed (``limit_bytes``) or than there was (None)."""
    allowed = "there was" if limit_bytes is None else f"is allowed ({limit_bytes // MEBIBYTE:,} MB)"
    return Failure(
        "memory",
        f"This needed more memory than {allowed}.",
        "Close other programs and try again, or split the file into smaller ones.",
        retry=True,
        detail=detail,
    )


def silent(seconds: float, detail: str = "") -> Failure:
    """Return the failure of work that gave no sign of life for ``seconds``."""
    return Failure(
        "timeout",
        f"The work on this stood still for {seconds:,.0f} seconds and was stopped.",
        "If the file opens elsewhere, save a new copy of it there and add that.",
        retry=True,
        detail=detail,
    )


def crashed(detail: str = "") -> Failure:
    """Return the failure of work whose process ended without a word."""
    return Failure(
        "crash",
        "The process that worked on this ended unexpectedly.",
        "If the file opens elsewhere, save a new copy of it there and add that.",
        retry=True,
        detail=detail,
    )


def bug(detail: str) -> Failure:
    """Return the failure that is our own fault."""
    return Failure(
        "bug",
        "Something went wrong inside DataZoom.",
        "A report was kept on this computer, in the room's reports folder. Try again, or send us the report.",
        detail=detail,
    )


def not_kept(problem: Problem) -> Failure:
    """Return the failure of work that went well but whose result the room could not keep, in the problem's words."""
    return Failure("bug", problem.message, problem.remedy, detail="".join(traceback.format_exception(problem)))


def wait_before_retry(failure: Failure, attempt: int, max_attempts: int) -> dt.timedelta | None:
    """Return how long to wait before the next attempt after ``attempt`` attempts, or None when there is none.

    A full disk and a missing drive are waited for as long as their waits last, whatever ``max_attempts`` says: they are nobody's
    fault that a try can mend.
    """
    waits = _WAITS_SECONDS.get(failure.error_class, ())
    if not failure.retry or not waits:
        return None
    if attempt >= (len(waits) + 1 if failure.error_class in _PATIENT else max_attempts):
        return None
    return dt.timedelta(seconds=waits[min(attempt, len(waits)) - 1])


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _says_disk_full(error: BaseException) -> bool:
    if not isinstance(error, OSError):
        return False
    return error.errno in _DISK_FULL_ERRNOS or getattr(error, "winerror", None) == _WINDOWS_DISK_FULL
