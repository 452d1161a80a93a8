"""``kill -9`` in the middle of intake: after reopening, the same documents, no doubles, nothing half-indexed."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.storage import doctor
from tests.support.deal import make_deal

KILLS = 20
SEED = 20260301

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal of POSIX systems")


def start_ingest(home: Path, *paths: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "datazoom_desktop", "--home", str(home), "ingest", "Deal", *map(str, paths)]
    with (home / "errors.log").open("ab") as errors:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)


def children_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def kill_one_worker(process: subprocess.Popen[bytes], rng: random.Random) -> None:
    workers = children_of(process)
    if workers:
        with contextlib.suppress(psutil.NoSuchProcess):
            rng.choice(workers).kill()


def kill_app(process: subprocess.Popen[bytes]) -> None:
    workers = children_of(process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert alive == [], "a worker outlived the app"


def contents(home: Path) -> dict[str, object]:
    """What a room holds, in terms that two rooms of the same deal must share."""
    with open_workspace(home, "Deal") as workspace:
        rows = workspace.documents.rows()
        pages = [(p.path, p.page, str(p.coverage), p.text) for p in workspace.documents.page_rows()]
        by_version = workspace.storage.passages.version_counts()
        report = doctor.examine(workspace.storage)
        indexed = {row.sha256: by_version.get(row.version_id, 0) for row in rows}
        return {
            "documents": sorted((r.path, r.sha256, r.version, r.state, r.pages) for r in rows),
            "pages": sorted(pages, key=str),
            "passages": indexed,
            "in_all": workspace.storage.passages.count(),
            "findings": [f.what for f in report.findings],
            "unfinished": workspace.unfinished(),
        }


def test_killed_twenty_times_a_room_is_as_if_never_killed(tmp_path: Path) -> None:
    deal = tmp_path / "deal"
    expected_documents = make_deal(deal)
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    for home in (calm, stormy):
        Rooms(home).create("Deal")
    control = start_ingest(calm, deal)
    began = time.monotonic()
    control.wait()
    whole = time.monotonic() - began
    expected = contents(calm)
    assert len(expected["documents"]) == expected_documents
    assert expected["findings"] == []

    rng = random.Random(SEED)
    for number in range(KILLS):
        process = start_ingest(stormy, deal)
        time.sleep(rng.uniform(0.3, max(1.0, whole)))
        if number % 4 == 3:
            kill_one_worker(process, rng)
            time.sleep(rng.uniform(0.1, 0.5))
        kill_app(process)
    last = start_ingest(stormy, deal)
    last.wait(timeout=300)
    assert last.returncode in (0, 3), (stormy / "errors.log").read_text()
    assert contents(stormy) == expected
