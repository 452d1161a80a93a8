"""Turns what a database or a disk reports into words the user can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from datazoom_desktop.kernel.errors import Problem

_FULL_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})
_FULL_WORDS = ("no space left", "disk quota exceeded", "not enough space", "disk full", "disk is full", "os error 28")


def is_disk_full(error: BaseException) -> bool:
    """Return whether an error, or one it came from, says that the disk is full."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and (seen.errno in _FULL_ERRNOS or getattr(seen, "winerror", None) == 112):
            return True
        if any(word in str(seen).casefold() for word in _FULL_WORDS):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def disk_full(path: Path) -> Problem:
    """Return the problem that says the disk holding ``path`` is full."""
    return Problem(
        "The disk is full",
        f"There is no space left on the disk that holds {path}.",
        "Free some space, then try again. Nothing that was already saved is lost.",
        str(path),
    )


def cannot_write(path: Path, error: BaseException) -> Problem:
    """Return the problem that says a room's files cannot be read or written, with the system's own words."""
    return Problem(
        "The room's files cannot be used",
        f"The files in {path} cannot be read or written: {error}.",
        "Check that the disk is connected and that you may write to this folder, then open the room again.",
        str(path),
    )


@contextmanager
def file_faults(path: Path) -> Iterator[None]:
    """Turn a full disk, and DuckDB's other input and output errors, inside the block into a ``Problem`` about ``path``."""
    try:
        yield
    except duckdb.IOException as error:
        raise (disk_full(path) if is_disk_full(error) else cannot_write(path, error)) from error
    except (OSError, duckdb.Error) as error:
        if is_disk_full(error):
            raise disk_full(path) from error
        raise
