"""Killed without warning, again and again: every job's effect is there exactly once in the end."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psutil

from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.storage.room import RoomStorage
from tests.jobs import programs
from tests.jobs.conftest import until
from tests.support.rooms import make_room

KILLS = 10


def _start(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.programs", str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "working\n"
    return process


def test_killed_at_ten_moments_every_job_is_done_exactly_once(tmp_path: Path) -> None:
    folder = tmp_path / "room"
    with make_room(folder) as storage:
        programs.fill(storage)
    moments = random.Random(20261123)
    victims = 0
    for _ in range(KILLS):
        process = _start(folder)
        time.sleep(moments.uniform(0.05, 0.6))
        workers = psutil.Process(process.pid).children()
        victims += process.poll() is None
        process.kill()
        process.communicate()
        until(lambda workers=workers: not any(map(_lives, workers)), "the workers to follow")
    assert victims == KILLS, "the work was over before the last kill: give it more"
    last = _start(folder)
    assert last.communicate()[0] == "done\n"
    with RoomStorage.open(folder) as storage:
        counts = Queue(storage.db).counts()
        with storage.db.read() as cursor:
            effects = Counter(cursor.execute("SELECT kind, subject FROM effects").fetchall())
        left = [path for path in storage.scratch.rglob("*") if path.is_file()]
    everything = [(kind, f"v{number}") for kind in ("first", "second") for number in range(programs.SUBJECTS)]
    assert effects == Counter(everything)
    assert counts == {"first": {"done": programs.SUBJECTS}, "second": {"done": programs.SUBJECTS}}
    assert not left


def _lives(worker: psutil.Process) -> bool:
    try:
        return worker.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
