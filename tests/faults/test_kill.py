"""``kill -9`` at 100 seeded moments of a life of changes: afterwards every document is there once, whole, or in the trash.

Between two kills the deal's folder changes as folders do: files come, change, move, vanish and come back. Half of the moments are drawn
over the whole run, from the program's start to its end; the others wait for a named moment, such as the writing of the index.
"""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.storage import doctor
from tests.support.deal import text_of, write_mail, write_pdf

KILLS = 100
SEED = 20260301
WHOLE_RUN = 2.4  #: seconds over which moments are drawn
PATIENCE = 6.0  #: seconds that a named moment is waited for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal of POSIX systems")


class Deal:
    """A folder that changes."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self.folder = folder
        self._rng = rng
        self._number = 0
        folder.mkdir()
        for _ in range(4):
            self.add()
        self.add_pdf()
        self.add_mail()

    def change(self) -> None:
        """Let one thing happen to the folder."""
        acts = (
            self.add,
            self.add_pdf,
            self.add_mail,
            self.edit,
            self.move,
            self.move,
            self.delete,
            self.copy,
            self.rename_folder,
        )
        self._rng.choice(acts)()

    def files(self) -> list[Path]:
        return sorted(file for file in self.folder.rglob("*") if file.is_file())

    def add(self) -> None:
        self._new(".txt").write_text(text_of(self._rng, "AGREEMENT", 3), encoding="utf-8", newline="")

    def add_pdf(self) -> None:
        write_pdf(self._new(".pdf"), [text_of(self._rng, "LEASE", 2), text_of(self._rng, "ANNEX", 2)])

    def add_mail(self) -> None:
        annex = text_of(self._rng, "ANNEX", 2).encode()
        write_mail(self._new(".eml"), "Offer", text_of(self._rng, "OFFER", 1), {"annex.txt": annex, "twin.txt": annex})

    def edit(self) -> None:
        texts = [file for file in self.files() if file.suffix == ".txt"]
        if texts:
            self._rng.choice(texts).write_text(text_of(self._rng, "AMENDED", 2), encoding="utf-8", newline="")

    def move(self) -> None:
        file = self._rng.choice(self.files())
        file.rename(self._new(file.suffix))

    def delete(self) -> None:
        if len(self.files()) > 6:
            self._rng.choice(self.files()).unlink()

    def copy(self) -> None:
        file = self._rng.choice(self.files())
        self._new(file.suffix).write_bytes(file.read_bytes())

    def rename_folder(self) -> None:
        folders = [folder for folder in self.folder.iterdir() if folder.is_dir()]
        if folders:
            self._number += 1
            self._rng.choice(folders).rename(self.folder / f"folder {self._number}")

    def _new(self, suffix: str) -> Path:
        self._number += 1
        folder = self.folder / self._rng.choice(("", "1 Contracts", "2 Letters"))
        folder.mkdir(exist_ok=True)
        return folder / f"{self._number}{suffix}"


def any_file(folder: Path, pattern: str) -> Callable[[], bool]:
    """Return a function that tells whether a file now matches ``pattern``; folders may go while it looks."""

    def there() -> bool:
        try:
            return next(folder.glob(pattern), None) is not None
        except OSError:
            return False

    return there


def index_grows(room: Path) -> Callable[[], bool]:
    before = len(list(room.glob("passages.lance/_versions/*")))
    return lambda: len(list(room.glob("passages.lance/_versions/*"))) > before


def moments(room: Path) -> dict[str, Callable[[], bool]]:
    """Return by name how to tell that a moment is there, from outside."""
    scratch = room / "scratch"
    return {
        "the room is being opened": any_file(room, "room.lock.json"),
        "an original is being copied": any_file(room / "blobs" / "incoming", "*"),
        "workers are starting": any_file(scratch, "workers/*.log"),
        "a file is being read": any_file(scratch, "*/pages.parquet"),
        "what was read enters the room": any_file(scratch, "*/passages.parquet"),
        "texts go to the embedder": any_file(scratch, "*/texts.json"),
        "vectors come back": any_file(scratch, "*/vectors.npy"),
        "the index is written": index_grows(room),
    }


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
    process.kill()  # SIGKILL; nothing where it has ended already
    process.wait()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert alive == [], "a worker outlived the app"


def wait_for(process: subprocess.Popen[bytes], there: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not there() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.002)


def contents(home: Path) -> dict[str, object]:
    """What stands in a room, in terms that two rooms of the same folder must share; versions' numbers are history."""
    with open_workspace(home, "Deal") as workspace:
        rows = workspace.documents.rows()
        pages = [(p.path, p.page, str(p.coverage), p.text) for p in workspace.documents.page_rows()]
        by_version = workspace.storage.passages.version_counts()
        return {
            "documents": sorted((r.path, r.sha256, r.state, r.pages, by_version.get(r.version_id, 0)) for r in rows),
            "pages": sorted(pages, key=str),
            "unfinished": workspace.unfinished(),
            "findings": [
                finding.what
                for finding in doctor.examine(workspace.storage).findings
                if "no document names"
                not in finding.what  # bytes of a file that changed again before it was registered
            ],
        }


def assert_everything_is_accounted_for(workspace: Workspace) -> None:
    """Every version ever taken in stands in the room or its trash, or is history of a document that does; nothing else lies about."""
    with workspace.storage.db.read() as cursor:
        lost = cursor.execute(
            """
            WITH RECURSIVE held AS (
                SELECT document_id FROM paths UNION SELECT document_id FROM trash
                UNION SELECT d.document_id FROM documents d JOIN held h ON d.parent_id = h.document_id
            )
            SELECT version_id FROM versions WHERE document_id NOT IN (SELECT document_id FROM held)
            """
        ).fetchall()
        doubled = cursor.execute("SELECT sha256 FROM versions GROUP BY sha256 HAVING count(*) > 1").fetchall()
        trashed = {
            row[0] for row in cursor.execute("SELECT version_id FROM versions WHERE state = 'trashed'").fetchall()
        }
        derived = {
            row[0]
            for row in cursor.execute("SELECT version_id FROM pages UNION SELECT version_id FROM passages").fetchall()
        }
    assert lost == []
    assert doubled == []
    assert not trashed & (derived | workspace.storage.passages.version_counts().keys())
    assert list(workspace.storage.blobs.incoming.iterdir()) == []
    assert list(workspace.storage.scratch.iterdir()) == []


@pytest.mark.timeout(1500)
def test_killed_a_hundred_times_a_room_is_as_if_never_killed(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    deal = Deal(tmp_path / "deal", rng)
    stormy, calm = tmp_path / "stormy", tmp_path / "calm"
    room = Rooms(stormy).create("Deal").folder
    in_time = 0
    for number in range(KILLS):
        named = moments(room)
        process = start_ingest(stormy, deal.folder)
        if number % 2:
            wait_for(process, named[rng.choice(sorted(named))])
            time.sleep(rng.uniform(0.0, 0.03))
        else:
            time.sleep(rng.uniform(0.2, WHOLE_RUN))
        if number % 4 == 3:
            kill_one_worker(process, rng)
            time.sleep(rng.uniform(0.0, 0.3))
        in_time += process.poll() is None
        kill_app(process)
        for _ in range(rng.randrange(3)):
            deal.change()
    assert in_time > KILLS * 0.8, "the work was over before the kill too often: give it more"

    Rooms(calm).create("Deal")
    with open_workspace(stormy, "Deal") as workspace:
        workspace.queue.retry()  # files whose worker was killed twice are given up, with the reason, until somebody tries again
    for home in (stormy, calm):
        last = start_ingest(home, deal.folder)
        last.wait(timeout=300)
        assert last.returncode == 0, (home / "errors.log").read_text()
    expected = contents(calm)
    assert expected["findings"] == []
    assert contents(stormy) == expected
    with open_workspace(stormy, "Deal") as workspace:
        assert workspace.intake.trash(), "something was deleted on the way"
        assert_everything_is_accounted_for(workspace)
