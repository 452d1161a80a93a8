"""A room in one file and back."""

from __future__ import annotations

import json
import random
import zipfile
from pathlib import Path

import pytest

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage import doctor
from datazoom_desktop.storage.backup import backup, name_in, restore
from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import add_document, make_room

FACTS = ("documents", "paths", "pages", "passages", "jobs", "activity", "room_settings", "schema_migrations")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A backup of a room with two documents."""
    with make_room(tmp_path / "room", "Blue") as room:
        add_document(room, "a.txt", ["one ", "two"])
        add_document(room, "b/c.txt", ["é😀"])
        file = tmp_path / "blue.zip"
        backup(room, file)
        assert list(room.scratch.iterdir()) == []
    return file


def test_a_restored_room_holds_what_the_room_held_and_waits_to_be_indexed(tmp_path: Path, saved: Path) -> None:
    assert name_in(saved) == "Blue"
    restore(saved, tmp_path / "again", room_id="new-id", name="Red")
    with RoomStorage.open(tmp_path / "room") as old, RoomStorage.open(tmp_path / "again") as new:
        assert (new.manifest.room_id, new.manifest.name) == ("new-id", "Red")
        for table in FACTS:
            with old.db.read() as one, new.db.read() as other:
                statement = f"SELECT * FROM {table} ORDER BY ALL"
                assert one.execute(statement).fetchall() == other.execute(statement).fetchall(), table
        assert list(new.blobs.all()) == list(old.blobs.all())
        assert all(new.blobs.verify(sha256) for sha256 in new.blobs.all())
        assert not new.passages.exists()
        with new.db.read() as cursor:
            assert cursor.execute("SELECT DISTINCT state FROM versions").fetchall() == [("read",)]
        assert doctor.examine(new).findings == ()


def test_a_room_goes_on_while_and_after_it_is_backed_up(tmp_path: Path) -> None:
    with make_room(tmp_path / "room") as room:
        version = add_document(room, "a.txt", ["one"])
        backup(room, tmp_path / "x.zip")
        backup(room, tmp_path / "x.zip")
        assert [passage for passage, _score in room.passages.match("one", 1)] == [f"{version}:0"]
        add_document(room, "b.txt", ["two"])
    assert sorted(file.name for file in tmp_path.iterdir()) == ["room", "x.zip"]


def test_a_damaged_original_is_not_backed_up_silently(tmp_path: Path) -> None:
    with make_room(tmp_path / "room") as room:
        sha256, _size = room.blobs.add_bytes(b"original")
        room.blobs.path(sha256).chmod(0o644)
        room.blobs.path(sha256).write_bytes(b"altered!")
        (tmp_path / "x.zip").write_bytes(b"earlier backup")
        with pytest.raises(Problem, match=sha256):
            backup(room, tmp_path / "x.zip")
    assert (tmp_path / "x.zip").read_bytes() == b"earlier backup"


def test_a_backup_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    with make_room(tmp_path / "room") as room, pytest.raises(Problem, match="absent"):
        backup(room, tmp_path / "absent" / "x.zip")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 nothing"])
def test_a_file_that_is_no_backup_is_a_problem(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    for use in (lambda: name_in(file), lambda: restore(file, tmp_path / "r"), lambda: name_in(tmp_path / "absent")):
        with pytest.raises(Problem):
            use()
    assert [one.name for one in tmp_path.iterdir()] == ["x.zip"]


@pytest.mark.parametrize("seed", range(12))
def test_no_altered_byte_comes_back_unnoticed(tmp_path: Path, saved: Path, seed: int) -> None:
    """One byte changed anywhere either makes a problem and leaves nothing, or changed nothing that is kept."""
    content = bytearray(saved.read_bytes())
    place = random.Random(seed).randrange(len(content))
    content[place] ^= 0x55
    saved.write_bytes(content)
    try:
        restore(saved, tmp_path / "again", name="Again")
    except Problem:
        assert not (tmp_path / "again").exists()
        assert not list(tmp_path.glob(".*"))
        return
    with RoomStorage.open(tmp_path / "again") as room:
        assert [finding.what for finding in doctor.examine(room).findings] == []
        with room.db.read() as cursor:
            assert cursor.execute("SELECT text FROM pages ORDER BY ALL").fetchall() == [("one ",), ("two",), ("é😀",)]


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "blobs/../../evil", "room.json", "C:\\evil"])
def test_a_backup_cannot_write_outside_its_room(tmp_path: Path, saved: Path, name: str) -> None:
    with zipfile.ZipFile(saved) as archive:
        members = {entry: archive.read(entry) for entry in archive.namelist()}
    described = json.loads(members["backup.json"])
    described["members"][name] = {"sha256": "a" * 64, "bytes": 1}
    members["backup.json"] = json.dumps(described).encode()
    with zipfile.ZipFile(saved, "w") as archive:
        for entry, content in {**members, name: b"x"}.items():
            archive.writestr(entry, content)
    before = sorted(tmp_path.parent.rglob("*evil*"))
    with pytest.raises(Problem, match="does not belong"):
        restore(saved, tmp_path / "again")
    assert sorted(tmp_path.parent.rglob("*evil*")) == before
    assert not (tmp_path / "again").exists()


def test_a_missing_member_and_a_newer_format_are_problems(tmp_path: Path, saved: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        members = {entry: archive.read(entry) for entry in archive.namelist()}
    lost = next(entry for entry in members if entry.startswith("blobs/"))
    newer = json.dumps({**json.loads(members["backup.json"]), "format": 2}).encode()
    cases = (
        ({**members, "backup.json": newer}, "newer version"),
        ({k: v for k, v in members.items() if k != lost}, "missing"),
    )
    for content, words in cases:
        with zipfile.ZipFile(saved, "w") as archive:
            for entry, data in content.items():
                archive.writestr(entry, data)
        with pytest.raises(Problem, match=words):
            restore(saved, tmp_path / "again")
        assert not (tmp_path / "again").exists()


def test_an_existing_folder_is_never_restored_into(tmp_path: Path, saved: Path) -> None:
    with pytest.raises(FileExistsError):
        restore(saved, tmp_path / "room")
