"""``kill -9`` while a room changes its search model: before the exchange the old index answers whole, after it the new one."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.storage import doctor
from tests.faults.test_kill import any_file, kill_app, wait_for
from tests.support.deal import make_deal
from tests.support.small_embedder import make_small_embedder

KILLS = 20
SEED = 20260302
MODELS = ("words-96", "all-MiniLM-L6-v2")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal of POSIX systems")


def start_switch(home: Path, model: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "datazoom_desktop", "--home", str(home), "index", "Deal", "switch", model]
    with (home / "errors.log").open("ab") as errors:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)


def others_than(room: Path, indexes: set[Path]) -> Callable[[], bool]:
    """Return a function that tells whether an index was begun or deleted."""
    return lambda: set(room.glob("passages*.lance")) != indexes


def assert_it_answers_whole(home: Path, room: Path) -> str:
    """Look at a room as the next start finds it; return the model that answers."""
    with open_workspace(home, "Deal") as workspace:
        assert doctor.examine(workspace.storage, deep=False).findings == ()
        assert workspace.search.search("notice before a termination").hits
        standing = workspace.intake.embedder_standing()
        expected = {workspace.storage.passages.path.name}
        if (beside := workspace.storage.passages.next) is not None:
            expected.add(beside.path.name)
        assert {entry.name for entry in room.glob("passages*.lance")} <= expected
        return standing.model_id


@pytest.mark.timeout(900)
def test_killed_at_any_moment_of_a_change_one_of_the_two_answers_whole(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    make_deal(tmp_path / "deal", copies=3)
    home = tmp_path / "home"
    room = Rooms(home).create("Deal").folder
    with open_workspace(home, "Deal") as workspace:
        workspace.embedders.install(make_small_embedder(tmp_path / "brought"))
        workspace.start()
        workspace.intake.add([tmp_path / "deal"])
        workspace.runner.drain(300)
        before = workspace.storage.passages.version_counts()
    moments = {
        "the room is being opened": "room.lock.json",
        "texts go to the embedder": "scratch/*/texts.json",
        "vectors come back": "scratch/*/vectors.npy",
    }
    answering, in_time, changes = "all-MiniLM-L6-v2", 0, 0
    for number in range(KILLS):
        target = next(model for model in MODELS if model != answering)
        beside = set(room.glob("passages*.lance"))
        process = start_switch(home, target)
        if number % 3 == 0:
            wait_for(process, any_file(room, moments[rng.choice(sorted(moments))]))
        elif number % 3 == 1:
            wait_for(process, others_than(room, beside))
        time.sleep(rng.uniform(0.0, 0.6))
        in_time += process.poll() is None
        kill_app(process)
        answers_now = assert_it_answers_whole(home, room)
        changes += answers_now != answering
        answering = answers_now
    assert in_time > KILLS * 0.6, "the work was over before the kill too often: give it more"
    target = next(model for model in MODELS if model != answering)
    last = start_switch(home, target)
    assert last.wait(timeout=300) == 0, (home / "errors.log").read_text()
    assert assert_it_answers_whole(home, room) == target
    with open_workspace(home, "Deal") as workspace:
        assert workspace.storage.passages.version_counts() == before
        assert workspace.storage.passages.next is None
        assert workspace.unfinished() == 0
        assert doctor.examine(workspace.storage).findings == ()
