"""Watching folders: told once it is quiet, of all folders together, and never after the end."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from datazoom_desktop.intake import watch
from datazoom_desktop.intake.watch import FolderWatch
from datazoom_desktop.kernel.errors import Problem

WAIT_SECONDS = 30


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setattr(watch, "SETTLE_SECONDS", 0.1)
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.05)
    made = [tmp_path / name for name in ("z", "a")]
    for folder in made:
        folder.mkdir()
    return made


def test_a_change_in_one_folder_is_told_with_all_of_them_in_order(folders: list[Path]) -> None:
    told: list[list[Path]] = []
    heard = threading.Event()

    def changed(paths: list[Path]) -> None:
        told.append(paths)
        heard.set()

    with FolderWatch(folders, changed):
        (folders[1] / "new.txt").write_text("new")
        assert heard.wait(WAIT_SECONDS)
    assert told[0] == folders


def test_a_problem_is_logged_and_the_watch_goes_on(folders: list[Path], caplog: pytest.LogCaptureFixture) -> None:
    tries = 0
    heard = [threading.Event(), threading.Event()]

    def changed(_paths: list[Path]) -> None:
        nonlocal tries
        tries += 1
        heard[min(tries, 2) - 1].set()
        if tries == 1:
            raise Problem("Nothing there", "The drive was taken away.", "Connect it again.")

    with caplog.at_level(logging.WARNING), FolderWatch(folders, changed):
        (folders[0] / "one.txt").write_text("1")
        assert heard[0].wait(WAIT_SECONDS)
        (folders[0] / "two.txt").write_text("2")
        assert heard[1].wait(WAIT_SECONDS)
    assert "The drive was taken away." in caplog.text


def test_nothing_is_told_after_the_end(folders: list[Path]) -> None:
    told: list[list[Path]] = []
    folder_watch = FolderWatch(folders, told.append)
    with folder_watch:
        pass
    folder_watch._settled()
    assert told == []


def test_a_folder_that_goes_away_is_told_and_watched_again_when_it_is_back(folders: list[Path]) -> None:
    told: list[Problem] = []
    changes: list[list[Path]] = []
    gone, heard, again = threading.Event(), threading.Event(), threading.Event()

    def problem(each: Problem) -> None:
        told.append(each)
        gone.set()

    def changed(paths: list[Path]) -> None:
        changes.append(paths)
        (again if (folders[0] / "new.txt").exists() else heard).set()

    away = folders[0].with_name("unplugged")
    with FolderWatch(folders, changed, problem):
        folders[0].rename(away)
        assert gone.wait(WAIT_SECONDS)
        assert "its documents stay in the room" in told[0].message
        changes.clear()
        heard.clear()
        away.rename(folders[0])
        assert heard.wait(WAIT_SECONDS)
        assert changes[-1] == folders
        (folders[0] / "new.txt").write_text("new")
        assert again.wait(WAIT_SECONDS)


def test_a_folder_that_is_never_quiet_is_looked_through_all_the_same(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SETTLE_SECONDS", 30.0)
    monkeypatch.setattr(watch, "RESTLESS_SECONDS", 0.3)
    heard = threading.Event()
    with FolderWatch(folders, lambda paths: heard.set()):
        (folders[0] / "one.txt").write_text("1")
        assert heard.wait(WAIT_SECONDS / 3)


def test_a_folder_that_cannot_be_watched_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be watched"), FolderWatch([tmp_path / "missing"], lambda paths: None):
        pass
