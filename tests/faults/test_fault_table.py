"""The fault table: whatever happens, the user is told, and every document that went in is accounted for.

| fault | what the user is told | what is left of it |
|---|---|---|
| the room's disk is full | "The disk is full." at each document that waits, tried again by itself | nothing, once there is space |
| a worker finds the disk full | the same | nothing, once there is space |
| the room's folder is read-only | "cannot be read or written", before anything is begun | nothing, once it may be written |
| the source's folder is read-only | nothing: a source is never written to | - |
| the source is unplugged while it is looked through | "is not there any more", tried again by itself | nothing, once it is back |
| the source is unplugged while a file is copied | the same | nothing, once it is back |
| the source was unplugged and is an empty mount point | "is empty, although ... files came from it" | nothing |
| a worker hangs | "stood still", at the one document | that document, unreadable with the reason |
| a worker eats memory | "needed more memory", at the one document | that document, unreadable with the reason |
| a worker segfaults | "ended unexpectedly", at the one document | that document, unreadable with the reason |
| a worker leaves without a word | the same | the same |
| the clock goes backwards, a day at every look | nothing | - |
| the search index is lost while it is written | "The search index", at what could not be indexed | nothing, after the doctor's repair |

The program and its workers killed at any moment: ``test_kill``. A worker over its limits in every way: ``tests/jobs/test_runner``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.intake.indexing import ROOM
from datazoom_desktop.intake.jobs import READ, SCAN, IntakeJobs
from datazoom_desktop.jobs.model import MEBIBYTE, JobKind, JobState
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.storage import doctor
from tests.support.deal import make_deal

WAIT = 120.0


class Scene:
    """A folder to take in, a home to take it into, and what the user was told.

    Attributes:
        lasting: Documents that the fault leaves unreadable.
        silence: Seconds after which a worker counts as hung.
    """

    def __init__(self, folder: Path, ends: ExitStack) -> None:
        self.deal, self.home = folder / "deal", folder / "home"
        self.ends = ends
        self.lasting: set[str] = set()
        self.refused = ""
        self.silence = 60.0
        make_deal(self.deal, copies=1)
        self._workspace: Workspace | None = None

    @property
    def room(self) -> Workspace:
        """The open room, working."""
        if self._workspace is None:
            if not Rooms(self.home).list():
                Rooms(self.home).create("Deal")
            self._workspace = self.ends.enter_context(open_workspace(self.home, "Deal"))
            self._workspace.start()
        return self._workspace

    def deadly(self, word: str) -> None:
        """Add a file that is deadly to a worker."""
        (self.deal / "deadly.txt").write_text(f"{word} \nand so on")

    def until(self, there: Callable[[], bool]) -> None:
        """Wait for a moment of the intake."""
        end = time.monotonic() + WAIT
        while not there():
            assert time.monotonic() < end, "waited too long"
            time.sleep(0.005)

    def told(self) -> str:
        """Return everything the user can read about what went wrong."""
        said = [self.refused]
        if self._workspace is not None:
            room = self._workspace
            said += [room.queue.held_up() or "", *(job.reason or "" for job in room.queue.list())]
            said += [page.reason for page in room.documents.unreadable()]
            said += [item.reason for item in room.intake.left_out]
        return "\n".join(said)

    def assert_accounted_for(self) -> None:
        """Every file is a document, or left out with a reason, or its folder waits to be looked through again with a reason."""
        if self._workspace is None:
            assert self.refused
            return
        room = self._workspace
        files = {file.relative_to(self.deal).as_posix() for file in self.deal.rglob("*") if file.is_file()}
        known = {row.path for row in room.documents.rows()} | {
            item.path for item in room.intake.left_out if item.reason
        }
        folder_waits = any(
            job.kind == SCAN and job.state is not JobState.DONE and job.reason for job in room.queue.list()
        )
        assert folder_waits or files <= known, files - known
        self.until(
            lambda: not self.without_a_word()
        )  # documents and jobs are looked up one after the other while both go on

    def without_a_word(self) -> list[str]:
        """Return the documents that are neither searchable nor waited for, and say nothing of why."""
        room = self.room
        pending = {job.subject for job in room.queue.list() if job.state is not JobState.DONE}
        return [
            row.path
            for row in room.documents.rows()
            if row.state != "indexed"
            and not row.reason
            and row.version_id not in pending
            and not (row.state == "read" and ROOM in pending)
        ]


def _may_mount() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount something at ``folder``; skip where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    if (
        not _may_mount()
        or subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False).returncode
    ):
        pytest.skip("mounting a drive needs the administrator of a Linux system")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with ExitStack() as ends:
        made = Scene(tmp_path, ends)
        declared = IntakeJobs.kinds

        def kinds(jobs: IntakeJobs) -> tuple[JobKind, ...]:
            deadly = {
                "work": "tests.support.faulty:read",
                "memory_bytes": 700 * MEBIBYTE,
                "silence_seconds": made.silence,
            }
            return tuple(
                dataclasses.replace(kind, **deadly) if kind.name == READ else kind
                for kind in declared(jobs)  # type: ignore[arg-type]
            )

        monkeypatch.setattr(IntakeJobs, "kinds", kinds)
        yield made


Mend = Callable[[], None]


def take_in(scene: Scene) -> None:
    scene.room.intake.add([scene.deal])
    scene.room.runner.drain(WAIT)


def until_told(scene: Scene, words: str) -> None:
    scene.room.intake.add([scene.deal])
    scene.until(lambda: words in scene.told())


def full_disk(scene: Scene) -> Mend:
    scene.ends.enter_context(mounted(scene.home, "-t", "tmpfs", "-o", "size=80m", "tmpfs"))
    scene.room.queue.list()
    free = shutil.disk_usage(scene.home).free
    filler = scene.home / "filler"
    with filler.open("wb") as stream:
        stream.write(b"x" * (free - 400_000))
    until_told(scene, "The disk is full.")
    return filler.unlink


def full_disk_in_a_worker(scene: Scene) -> Mend:
    filler = scene.deal.with_name("filler")
    filler.touch()
    scene.deadly(f"FULL {filler}")
    until_told(scene, "The disk is full.")
    return filler.unlink


def read_only_room(scene: Scene) -> Mend:
    Rooms(scene.home).create("Deal")
    with suppress(Problem), ExitStack() as held:
        held.enter_context(mounted(scene.home, "--bind", str(scene.home)))
        subprocess.run(["mount", "-o", "remount,bind,ro", str(scene.home)], check=True)
        try:
            open_workspace(scene.home, "Deal")
        except Problem as problem:
            scene.refused = str(problem)
            raise
    return lambda: None


def read_only_source(scene: Scene) -> Mend:
    scene.ends.enter_context(mounted(scene.deal, "--bind", str(scene.deal)))
    subprocess.run(["mount", "-o", "remount,bind,ro", str(scene.deal)], check=True)
    take_in(scene)
    return lambda: None


def unplugged_while_looked_through(scene: Scene) -> Mend:
    for number in range(120):
        (scene.deal / f"{number}.txt").write_text(f"{number}. A short note.")
    away = scene.deal.with_name("unplugged")
    scene.room.intake.add([scene.deal])
    scene.until(lambda: scene.room.documents.count() > 30)
    scene.deal.rename(away)
    scene.until(lambda: "is not there any more" in scene.told())
    return lambda: away.rename(scene.deal) and None


def unplugged_while_copying(scene: Scene) -> Mend:
    with (scene.deal / "0 large.bin").open("wb") as stream:
        stream.truncate(256 << 20)
    away = scene.deal.with_name("unplugged")
    room = scene.room
    room.intake.add([scene.deal])
    scene.until(lambda: any(room.storage.blobs.incoming.iterdir()))
    scene.deal.rename(away)
    scene.until(lambda: "is not there any more" in scene.told())
    scene.lasting = {"0 large.bin"}
    return lambda: away.rename(scene.deal) and None


def empty_mount_point(scene: Scene) -> Mend:
    take_in(scene)
    away = scene.deal.with_name("unplugged")
    scene.deal.rename(away)
    scene.deal.mkdir()
    take_in(scene)

    def plug_in() -> None:
        scene.deal.rmdir()
        away.rename(scene.deal)

    return plug_in


def deadly_file(word: str) -> Callable[[Scene], Mend]:
    def fault(scene: Scene) -> Mend:
        scene.deadly(word)
        scene.silence = 8.0 if word == "HANG" else scene.silence
        scene.lasting = {"deadly.txt"}
        take_in(scene)
        return lambda: None

    return fault


def clock_goes_backwards(scene: Scene) -> Mend:
    looks = 0

    def earlier() -> dt.datetime:
        nonlocal looks
        looks += 1
        return clock.now() - dt.timedelta(days=looks)

    scene.room.queue.now = earlier
    scene.deadly("SEGV")  # so that a job waits for its next try
    scene.lasting = {"deadly.txt"}
    take_in(scene)
    assert looks > 20
    return lambda: None


def index_lost(scene: Scene) -> Mend:
    room = scene.room
    index = room.storage.passages.path
    room.intake.add([scene.deal])
    scene.until(lambda: bool(room.storage.passages.version_counts()))
    index.rename(index.with_name("lost"))
    index.mkdir(exist_ok=True)
    shutil.rmtree(index / "_versions", ignore_errors=True)  # what was written since
    (index / "_versions").write_text("rubbish")
    room.runner.drain(WAIT)

    def repair() -> None:
        doctor.repair(room.storage)
        room.intake.resume()

    return repair


FAULTS: dict[str, tuple[Callable[[Scene], Mend], str]] = {
    "the room's disk is full": (full_disk, "The disk is full."),
    "a worker finds the disk full": (full_disk_in_a_worker, "The disk is full."),
    "the room's folder is read-only": (read_only_room, "cannot be"),
    "the source's folder is read-only": (read_only_source, ""),
    "the source is unplugged while it is looked through": (unplugged_while_looked_through, "is not there any more"),
    "the source is unplugged while a file is copied": (unplugged_while_copying, "is not there any more"),
    "the source was unplugged and is an empty mount point": (empty_mount_point, "is empty, although"),
    "a worker hangs": (deadly_file("HANG"), "stood still"),
    "a worker eats memory": (deadly_file("HOG"), "needed more memory"),
    "a worker segfaults": (deadly_file("SEGV"), "ended unexpectedly"),
    "a worker leaves without a word": (deadly_file("EXIT"), "ended unexpectedly"),
    "the clock goes backwards": (clock_goes_backwards, ""),
    "the search index is lost while it is written": (index_lost, "The search index"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_user_is_told_and_every_document_is_accounted_for(name: str, scene: Scene) -> None:
    fault, words = FAULTS[name]
    mend = fault(scene)
    assert words in scene.told()
    scene.assert_accounted_for()
    mend()
    scene.room.queue.retry()
    take_in(scene)
    scene.assert_accounted_for()
    rows = scene.room.documents.rows()
    files = {file.relative_to(scene.deal).as_posix() for file in scene.deal.rglob("*") if file.is_file()}
    assert files <= {row.path for row in rows}
    broken = {"2 Letters/broken.pdf"}
    assert {row.path for row in rows if row.state != "indexed"} == broken | scene.lasting
    assert all(row.reason for row in rows if row.state != "indexed")
    assert scene.room.intake.trash() == []
    assert [finding.what for finding in doctor.examine(scene.room.storage).findings] == []


def test_every_fault_stands_in_the_table() -> None:
    assert __doc__ is not None
    missing = [name for name in FAULTS if f"| {name}" not in __doc__]
    assert missing == []
