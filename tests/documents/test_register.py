"""Placing content: one version for the same bytes, the next version for new bytes at a path, nothing lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.documents import store
from datazoom_desktop.documents.index import index_numbers
from datazoom_desktop.documents.register import Incoming, Placed, Placement, place, place_many
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.storage.room import RoomStorage

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomStorage]:
    with RoomStorage.create(tmp_path / "room", "r1", "Halyard") as storage:
        yield storage


def put(room: RoomStorage, path: str, content: str, parent: str | None = None) -> Placed:
    return room.db.write(
        lambda tx: place(tx, Incoming(path, content * 8, len(content), f"/deal/{path}", 1, parent), AT)
    )


def paths(room: RoomStorage) -> dict[str, str]:
    with room.db.read() as cursor:
        return {row.path: row.version_id for row in store.path_rows(cursor)}


def test_many_at_once_are_placed_as_one_after_the_other_would_be(tmp_path: Path) -> None:
    before = [("a.pdf", "aa"), ("b.pdf", "bb"), ("c.pdf", "cc"), ("c.pdf", "c2")]
    arriving = [
        *(
            ("new.pdf", "nn"),
            ("a.pdf", "aa"),
            ("b.pdf", "b2"),
            ("copy.pdf", "aa"),
            ("c.pdf", "cc"),
            ("twice.pdf", "tt"),
        ),
        *(("also.pdf", "tt"), ("new.pdf", "n2"), ("mail.eml/x.pdf", "xx"), ("last.pdf", "n2")),
    ]
    told = []
    for together in (False, True):
        with RoomStorage.create(tmp_path / f"{together}", "r1", "Halyard") as room:
            for path, content in before:
                put(room, path, content)
            items = [Incoming(path, content * 8, 2, f"/deal/{path}", 1) for path, content in arriving]
            placed = room.db.write(
                lambda tx, items=items, together=together: (
                    place_many(tx, items, AT) if together else [place(tx, each, AT) for each in items]
                )
            )
            standing = {path: numbered(room, version) for path, version in paths(room).items()}
            told.append(([(each.placement, each.fresh) for each in placed], standing))
    assert told[0] == told[1]


def numbered(room: RoomStorage, version_id: str) -> tuple[str, int]:
    with room.db.read() as cursor:
        version = store.version(cursor, version_id)
    assert version is not None
    return version.sha256, version.number


def test_new_bytes_at_a_new_path_are_a_new_document(room: RoomStorage) -> None:
    first, second = put(room, "a.pdf", "aa"), put(room, "b.pdf", "bb")
    assert (first.placement, first.fresh) == (Placement.NEW, True)
    assert first.document_id != second.document_id


def test_the_same_bytes_twice_are_one_document_with_two_paths(room: RoomStorage) -> None:
    first, second = put(room, "a.pdf", "aa"), put(room, "copy/a.pdf", "aa")
    assert (second.placement, second.fresh) == (Placement.DUPLICATE, False)
    assert (second.document_id, second.version_id) == (first.document_id, first.version_id)
    assert paths(room) == {"a.pdf": first.version_id, "copy/a.pdf": first.version_id}


def test_new_bytes_at_a_known_path_are_the_next_version(room: RoomStorage) -> None:
    first, second = put(room, "a.pdf", "aa"), put(room, "a.pdf", "bb")
    assert (second.placement, second.fresh) == (Placement.VERSION, True)
    assert second.document_id == first.document_id
    with room.db.read() as cursor:
        version = store.version(cursor, second.version_id)
    assert version is not None
    assert version.number == 2
    assert paths(room) == {"a.pdf": second.version_id}


def test_bytes_that_come_back_are_the_version_they_were(room: RoomStorage) -> None:
    first = put(room, "a.pdf", "aa")
    put(room, "a.pdf", "bb")
    third = put(room, "a.pdf", "aa")
    assert (third.placement, third.fresh, third.version_id) == (Placement.RETURNED, False, first.version_id)


def test_a_copy_that_changes_parts_from_its_twin(room: RoomStorage) -> None:
    first = put(room, "a.pdf", "aa")
    put(room, "copy/a.pdf", "aa")
    changed = put(room, "copy/a.pdf", "bb")
    assert changed.fresh
    assert changed.document_id != first.document_id
    assert paths(room)["a.pdf"] == first.version_id


def test_the_same_again_changes_nothing(room: RoomStorage) -> None:
    first, again = put(room, "a.pdf", "aa"), put(room, "a.pdf", "aa")
    assert (again.placement, again.version_id) == (Placement.UNCHANGED, first.version_id)


def test_attachments_follow_their_mail(room: RoomStorage) -> None:
    mail = put(room, "m.eml", "mm")
    attached = put(room, "m.eml/annex.pdf", "xx", parent=mail.document_id)
    put(room, "copy/m.eml", "mm")
    assert paths(room)["copy/m.eml/annex.pdf"] == attached.version_id
    put(room, "m.eml", "m2")
    assert "m.eml/annex.pdf" not in paths(room)
    assert "copy/m.eml/annex.pdf" in paths(room)


def test_index_numbers_follow_folders_in_natural_order() -> None:
    numbers = index_numbers(["10 Tax/a.pdf", "2 Equity/b.pdf", "2 Equity/a.pdf", "readme.txt", "m.eml", "m.eml/x.pdf"])
    assert numbers == {
        "2 Equity/a.pdf": "1.1",
        "2 Equity/b.pdf": "1.2",
        "10 Tax/a.pdf": "2.1",
        "m.eml": "3",
        "m.eml/x.pdf": "3.1",
        "readme.txt": "4",
    }


def test_index_numbers_are_the_same_whatever_order_paths_come_in() -> None:
    names = ["Ärzte.pdf", "Arzt.pdf", "Zoo.pdf", "a.pdf", "A.pdf", "b 10.pdf", "b 9.pdf"]
    ordered = sorted(index_numbers(names).items(), key=lambda each: int(each[1]))
    assert [name for name, _ in ordered] == [
        "A.pdf",
        "a.pdf",
        "Arzt.pdf",
        "Ärzte.pdf",
        "b 9.pdf",
        "b 10.pdf",
        "Zoo.pdf",
    ]
    assert index_numbers(reversed(names)) == index_numbers(names)


def test_a_part_of_the_index_is_as_in_the_whole_and_follows_changes(room: RoomStorage) -> None:
    documents = Documents(room)
    for number in range(12):
        put(room, f"{number % 3} Folder/{number}.pdf", f"{number}x")
    put(room, "9 Copies/3.pdf", "3x")
    whole = documents.rows()
    assert [row.index for row in whole] == [f"{folder}.{n}" for folder in (1, 2, 3) for n in (1, 2, 3, 4)] + ["4.1"]
    assert [row for start in range(0, 13, 5) for row in documents.rows(start, 5)] == whole
    assert documents.rows_at(["no such", whole[3].path]) == [whole[3]]
    assert documents.row_of(whole[5].version_id) == whole[5]
    assert next(row for row in whole if row.path == "0 Folder/3.pdf").also_at == ("9 Copies/3.pdf",)
    put(room, "0 Folder/1.pdf", "new")
    assert [row.index for row in documents.rows(0, 2)] == ["1.1", "1.2"]
    assert documents.rows(1, 1)[0].path == "0 Folder/1.pdf"
    assert len(documents.waiting()) == 14
