"""A room's folder, its lock, and what a crash leaves."""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from pathlib import Path

import pytest

from datazoom_desktop.activity import trail
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage import doctor
from datazoom_desktop.storage.manifest import MANIFEST, read_manifest
from datazoom_desktop.storage.room import RoomStorage
from tests.support.processes import output_of, running
from tests.support.rooms import add_document, make_room

PROGRAMS = "tests.storage.programs"


def test_a_room_keeps_what_it_was_given(tmp_path: Path) -> None:
    folder = tmp_path / "a room's folder"
    with make_room(folder, "Müller & Söhne") as room:
        version = add_document(room, "lease.txt", ["The tenant pays rent.\n", "", "End."])
        room_id = room.manifest.room_id
    with RoomStorage.open(folder) as room:
        assert (room.manifest.name, room.manifest.room_id) == ("Müller & Söhne", room_id)
        with room.db.read() as cursor:
            texts = cursor.execute("SELECT text FROM pages WHERE version_id = ? ORDER BY page", [version]).fetchall()
        assert texts == [("The tenant pays rent.\n",), ("",), ("End.",)]
        assert [passage for passage, _score in room.passages.match("tenant", 5)] == [f"{version}:0"]
        assert len(list(room.blobs.all())) == 1
        assert doctor.examine(room, (trail.verify,)).findings == ()


def test_what_is_only_for_the_moment_is_cleared_on_opening(tmp_path: Path) -> None:
    with make_room(tmp_path / "room") as room:
        (room.scratch / "job" / "deep").mkdir(parents=True)
        (room.scratch / "job" / "deep" / "file").write_text("x")
        (room.blobs.incoming / "half").write_text("x")
        (room.previews / "kept.png").write_text("x")
    with RoomStorage.open(tmp_path / "room") as room:
        assert list(room.scratch.iterdir()) == []
        assert list(room.blobs.incoming.iterdir()) == []
        assert (room.previews / "kept.png").exists()


def test_a_folder_that_holds_something_is_not_made_a_room(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(FileExistsError):
        RoomStorage.create(tmp_path, "id", "name")
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (None, "Not a data room"),
        (b"", "The room's description is damaged"),
        (b"\xff\xfe{", "The room's description is damaged"),
        (b"[]", "The room's description is damaged"),
        (
            b'{"format": 1, "room_id": "x", "name": "", "created_at": "2024-01-01T00:00:00Z"}',
            "The room's description is damaged",
        ),
        (b'{"format": 1, "room_id": "x", "name": "n", "created_at": "yesterday"}', "The room's description is damaged"),
        (b'{"format": 2, "room_id": "x"}', "This room is from a newer version"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_a_problem(tmp_path: Path, content: bytes | None, title: str) -> None:
    if content is not None:
        (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(Problem) as caught:
        RoomStorage.open(tmp_path)
    assert caught.value.title == title
    with pytest.raises(Problem):
        read_manifest(tmp_path)


def test_a_damaged_database_is_a_problem_and_the_room_is_let_go(tmp_path: Path) -> None:
    with make_room(tmp_path / "room"):
        pass
    file = tmp_path / "room" / "room.duckdb"
    sound = file.read_bytes()
    file.write_bytes(b"\x00" * 5000)
    for _again in range(2):
        with pytest.raises(Problem, match="cannot be read or written"):
            RoomStorage.open(tmp_path / "room")
    file.write_bytes(sound)
    RoomStorage.open(tmp_path / "room").close()


def test_a_room_is_opened_once_at_a_time_within_a_process(tmp_path: Path) -> None:
    folder = tmp_path / "room"
    match = re.escape(f"“Blue” is open in DataZoom Desktop (process {os.getpid()} ")
    with make_room(folder, "Blue"), pytest.raises(Problem, match=match):
        RoomStorage.open(folder)
    RoomStorage.open(folder).close()


def test_a_second_process_is_told_who_holds_the_room(tmp_path: Path) -> None:
    folder = tmp_path / "room"
    with make_room(folder, "Blue"):
        title, message = output_of(PROGRAMS, "try_open", str(folder)).split("|")
        note = json.loads((folder / "room.lock.json").read_text())
    assert title == "The room is already open"
    for part in ("Blue", str(os.getpid()), note["host"], note["user"], "since"):
        assert part in message
    assert output_of(PROGRAMS, "try_open", str(folder)) == "opened"


def test_a_room_whose_holder_was_killed_opens_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "room"
    make_room(folder).close()
    with running(PROGRAMS, "hold", str(folder)) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(Problem, match=f"process {holder.pid}"):
            RoomStorage.open(folder)
        holder.kill()
        holder.wait()
        assert (folder / "room.lock.json").exists()
        RoomStorage.open(folder).close()
    assert not (folder / "room.lock.json").exists()


def test_a_note_that_cannot_be_read_still_gives_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "room"
    with make_room(folder):
        (folder / "room.lock.json").write_text("{")
        with pytest.raises(Problem, match="is open in another program"):
            RoomStorage.open(folder)


@pytest.mark.parametrize("seed", range(3))
def test_a_room_whose_writer_was_killed_is_whole(tmp_path: Path, seed: int) -> None:
    """Kill the writer at a moment chosen by the seed, twice over; whatever it had reported as done must be there, whole."""
    folder = tmp_path / "room"
    make_room(folder).close()
    rng = random.Random(seed)
    reported = 0
    for turn in range(2):
        with running(PROGRAMS, "write_for_ever", str(folder), f"{seed}-{turn}") as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "open\n"
            for _document in range(rng.randrange(1, 6)):
                writer.stdout.readline()
                reported += 1
            time.sleep(rng.random() * 0.15)
            writer.kill()
            writer.wait()
            reported += sum(1 for line in writer.stdout if line.endswith("\n"))
        with RoomStorage.open(folder) as room:
            with room.db.read() as cursor:
                (count,) = cursor.execute("SELECT count(*) FROM versions").fetchone() or (0,)
                assert trail.verify(cursor) is None
                assert len(trail.recent(cursor, 10_000)) == count
            assert count >= reported
            report = doctor.examine(room)
            assert [finding.what for finding in report.findings if finding.severity != doctor.Severity.NOTE] == []
            doctor.repair(room)
            assert doctor.examine(room).findings == ()


@pytest.mark.skipif(sys.platform == "win32", reason="users always have names there")
def test_a_room_opens_for_a_user_without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_123)  # as in a container that runs under a bare number
    with RoomStorage.create(tmp_path / "room", "r1", "Halyard"):
        assert json.loads((tmp_path / "room" / "room.lock.json").read_bytes())["user"] == "4000123"
