"""What disks and databases report, in words."""

from __future__ import annotations

import errno
from pathlib import Path

import duckdb
import pytest

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.faults import file_faults, is_disk_full

FULL = [
    OSError(errno.ENOSPC, "x"),
    duckdb.TransactionException('Failed to commit: Could not write file "a.wal": No space left on device'),
    duckdb.IOException("There is not enough space on the disk."),
    RuntimeError("lance error: LanceError(IO): No space left on device (os error 28)"),
]


@pytest.mark.parametrize("error", FULL)
def test_a_full_disk_is_recognised_however_it_is_told(error: Exception) -> None:
    assert is_disk_full(error)
    outer = RuntimeError("while writing")
    outer.__cause__ = error
    assert is_disk_full(outer)


def test_other_errors_are_not_a_full_disk() -> None:
    assert not is_disk_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_disk_full(duckdb.ConstraintException("Duplicate key"))


@pytest.mark.parametrize("error", FULL[:3])
def test_inside_the_block_it_becomes_a_problem_with_its_cause(error: Exception) -> None:
    with pytest.raises(Problem) as caught, file_faults(Path("/rooms/a")):
        raise error
    assert caught.value.title == "The disk is full"
    assert "/rooms/a" in caught.value.message.replace("\\", "/")
    assert caught.value.__cause__ is error


def test_an_input_or_output_error_of_the_database_becomes_a_problem_and_bugs_stay_bugs() -> None:
    with pytest.raises(Problem, match="cannot be read or written"), file_faults(Path("/rooms/a")):
        raise duckdb.IOException("Could not read from file")
    for bug in (duckdb.BinderException("no such column"), KeyError("x"), OSError(errno.EINVAL, "Invalid argument")):
        with pytest.raises(type(bug)), file_faults(Path("/rooms/a")):
            raise bug
