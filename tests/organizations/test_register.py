"""The register of rooms is the file system."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.storage.manifest import MANIFEST
from tests.support.processes import output_of, running
from tests.support.rooms import add_document


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return Rooms(tmp_path / "home")


def names(rooms: Rooms) -> list[str]:
    return [room.name for room in rooms.list()]


def test_rooms_are_listed_by_name_and_found_by_name_or_id(rooms: Rooms, tmp_path: Path) -> None:
    for name in ("Zebra", "apple", "Müller & Söhne GmbH"):
        rooms.create(name)
    assert names(rooms) == ["apple", "Müller & Söhne GmbH", "Zebra"]
    apple = rooms.find("APPLE")
    assert apple.problem is None
    assert apple.created_at is not None
    assert rooms.find(apple.room_id) == apple == rooms.find(" apple ")
    assert apple.folder.parent == tmp_path / "home" / "organizations" / "personal" / "rooms"
    assert apple.folder.name == f"{apple.room_id}-apple"
    assert names(Rooms(tmp_path / "home")) == names(rooms)


def test_a_name_is_taken_once_whatever_its_case(rooms: Rooms) -> None:
    rooms.create("Project Blue")
    with pytest.raises(Problem, match="already a data room called “Project Blue”"):
        rooms.create("project  BLUE")
    with pytest.raises(Problem, match="needs a name"):
        rooms.create("  ")
    assert names(rooms) == ["Project Blue"]
    assert len(list(rooms.list()[0].folder.parent.iterdir())) == 1


def test_a_name_that_is_not_there_is_answered_with_near_ones(rooms: Rooms) -> None:
    with pytest.raises(Problem, match="create one first"):
        rooms.find("Blue")
    rooms.create("Project Blue")
    with pytest.raises(Problem, match="Did you mean “Project Blue”"):
        rooms.find("Projekt Blue")
    with pytest.raises(Problem, match="List the rooms"):
        rooms.open("zzzzz")


def test_names_may_be_anything_a_file_name_may_not(rooms: Rooms) -> None:
    for name in ("../../etc", "CON", "a/b\\c:d*e?", "日本語", "...", "💼"):
        created = rooms.create(name)
        assert created.name == name
        assert created.folder.parent.name == "rooms"
        rooms.open(name).close()


def test_listing_renaming_and_finding_work_while_a_room_is_open(rooms: Rooms) -> None:
    rooms.create("Blue")
    with rooms.open("blue") as room:
        assert names(rooms) == ["Blue"]
        renamed = rooms.rename("Blue", "Red")
        assert names(rooms) == ["Red"]
        assert renamed.folder == room.folder
        assert renamed.room_id == room.manifest.room_id
        with pytest.raises(Problem, match="is open in"):
            rooms.remove("Red")
    with rooms.open("Red") as room:
        assert room.manifest.name == "Red"


def test_a_room_cannot_be_renamed_to_another_ones_name_but_to_its_own_in_other_case(rooms: Rooms) -> None:
    rooms.create("Blue")
    rooms.create("Red")
    with pytest.raises(Problem, match="already a data room called “Red”"):
        rooms.rename("Blue", "RED")
    assert rooms.rename("Blue", "BLUE").name == "BLUE"
    assert names(rooms) == ["BLUE", "Red"]


def test_a_removed_room_is_in_the_trash_and_comes_back_whole(rooms: Rooms) -> None:
    rooms.create("Blue")
    with rooms.open("Blue") as room:
        add_document(room, "a.txt", ["words"])
    removed = rooms.remove("Blue")
    assert removed.removed_at is not None
    assert names(rooms) == []
    assert rooms.trash() == [removed]
    back = rooms.restore_from_trash(removed.room_id)
    assert (back.name, back.room_id, back.removed_at) == ("Blue", removed.room_id, None)
    assert rooms.trash() == []
    with rooms.open("Blue") as room:
        assert [passage.split(":")[1] for passage, _score in room.passages.match("words", 5)] == ["0"]
    with pytest.raises(Problem, match="holds no data room"):
        rooms.restore_from_trash(removed.room_id)


def test_a_room_from_the_trash_makes_way_for_the_one_that_took_its_name(rooms: Rooms) -> None:
    for _again in range(3):
        rooms.create("Blue")
        rooms.remove("Blue")
    rooms.create("Blue")
    assert [room.name for room in rooms.trash()] == ["Blue"] * 3
    latest = rooms.trash()[0]
    assert rooms.restore_from_trash("blue").room_id == latest.room_id
    for room in rooms.trash():
        rooms.restore_from_trash(room.room_id)
    assert names(rooms) == ["Blue", "Blue (2)", "Blue (3)", "Blue (4)"]
    for name in names(rooms):
        rooms.open(name).close()


def test_a_damaged_room_is_listed_with_its_problem_and_can_be_removed(rooms: Rooms) -> None:
    rooms.create("Sound")
    damaged = rooms.create("Damaged")
    (damaged.folder / MANIFEST).write_text("{")
    foreign = damaged.folder.parent / "something else"
    foreign.mkdir()
    listed = {room.folder: room for room in rooms.list()}
    assert len(listed) == 3
    assert listed[damaged.folder].room_id == damaged.room_id
    assert "cannot be read" in (listed[damaged.folder].problem or "")
    assert "room.json" in (listed[foreign].problem or "")
    with pytest.raises(Problem, match="cannot be read"):
        rooms.open(damaged.room_id)
    removed = rooms.remove(damaged.room_id)
    assert removed.room_id == damaged.room_id
    assert removed.problem is not None
    assert rooms.restore_from_trash(damaged.room_id).folder == damaged.folder
    rooms.open("Sound").close()


def test_a_room_removed_by_hand_is_simply_gone(rooms: Rooms) -> None:
    shutil.rmtree(rooms.create("Blue").folder)
    assert names(rooms) == []
    rooms.create("Blue")


def test_a_backup_becomes_a_room_of_its_own(rooms: Rooms, tmp_path: Path) -> None:
    original = rooms.create("Blue")
    with rooms.open("Blue") as room:
        add_document(room, "a.txt", ["words"])
    rooms.backup("Blue", tmp_path / "blue.zip")
    with pytest.raises(Problem, match="already a data room called “Blue”"):
        rooms.restore(tmp_path / "blue.zip")
    copy = rooms.restore(tmp_path / "blue.zip", "Blue again")
    assert copy.room_id != original.room_id
    with rooms.open("Blue again") as room, room.db.read() as cursor:
        assert cursor.execute("SELECT text FROM pages").fetchall() == [("words",)]
    rooms.remove("Blue")
    assert rooms.restore(tmp_path / "blue.zip").name == "Blue"
    assert rooms.size_bytes("Blue") > 0


def test_a_failed_restore_leaves_no_room(rooms: Rooms, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"nothing")
    with pytest.raises(Problem):
        rooms.restore(tmp_path / "x.zip", "Blue")
    assert rooms.list() == []


def test_of_many_who_create_the_same_name_one_succeeds(rooms: Rooms) -> None:
    def create(number: int) -> bool:
        try:
            rooms.create("Blue")
        except Problem:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(create, range(4))) == [False, False, False, True]
    assert names(rooms) == ["Blue"]


def test_another_process_sees_the_rooms_and_who_has_them_open(rooms: Rooms) -> None:
    room = rooms.create("Blue")
    with running("tests.storage.programs", "hold", str(room.folder)) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        assert names(rooms) == ["Blue"]
        for use in (rooms.open, rooms.remove):
            with pytest.raises(Problem, match=f"process {holder.pid}"):
                use("Blue")
        assert rooms.rename("Blue", "Red").name == "Red"
    assert output_of("tests.storage.programs", "try_open", str(room.folder)) == "opened"


def test_a_home_that_cannot_be_used_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(Problem, match="cannot be used"):
        Rooms(tmp_path / "home")


def test_the_organization_is_described(rooms: Rooms) -> None:
    described = json.loads((rooms.folder / "organization.json").read_text())
    assert (described["format"], described["organization_id"]) == (1, "personal")
