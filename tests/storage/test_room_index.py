"""The index that answers and the one made beside it: what enters and leaves them, and how they change places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.passage_index import IndexRow
from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import direction

SHORT = 8


def rows(version: str, *texts: str, dims: int = 384) -> list[IndexRow]:
    return [
        IndexRow(f"{version}:{n}", version, text, np.ascontiguousarray(direction(text)[:dims]))
        for n, text in enumerate(texts)
    ]


def nothing(tx: Cursor) -> None:
    """Note nothing."""


def indexes(room: RoomStorage) -> list[str]:
    return sorted(entry.name for entry in room.folder.glob("passages*.lance"))


def again(room: RoomStorage) -> RoomStorage:
    room.close()
    return RoomStorage.open(room.folder)


def test_a_room_answers_with_the_model_that_ships_until_it_is_told_otherwise(room: RoomStorage) -> None:
    assert (room.passages.model_id, room.passages.dims) == ("all-MiniLM-L6-v2", 384)
    assert room.passages.next is None
    room.passages.replace("a", rows("a", "the rent"))
    assert indexes(room) == ["passages.lance"]


def test_the_old_index_answers_until_the_exchange_and_is_gone_after_it(room: RoomStorage) -> None:
    index = room.passages
    index.replace("a", rows("a", "the rent"))
    index.begin("short", SHORT, nothing)
    assert index.next is not None
    index.next.replace("a", rows("a", "the rent", dims=SHORT))
    assert (index.model_id, index.name) == ("all-MiniLM-L6-v2", "passages")
    assert index.nearest(direction("the rent"), 1)[0][0] == "a:0"
    assert index.exchange(lambda tx: "noted") == "noted"
    assert (index.model_id, index.dims, index.next) == ("short", SHORT, None)
    assert index.nearest(direction("the rent")[:SHORT], 1)[0][0] == "a:0"
    assert indexes(room) == ["passages-2.lance"]
    with again(room) as opened:
        assert (opened.passages.model_id, opened.passages.dims) == ("short", SHORT)
        assert opened.passages.version_counts() == {"a": 1}
        opened.passages.begin("all-MiniLM-L6-v2", 384, nothing)
        opened.passages.exchange(nothing)
        assert indexes(opened) == []
        opened.passages.replace("a", rows("a", "the rent"))
        assert indexes(opened) == ["passages-3.lance"]


def test_what_enters_or_leaves_the_index_leaves_the_one_beside_it(room: RoomStorage) -> None:
    index = room.passages
    index.replace_many({name: rows(name, "words") for name in ("a", "b", "c")})
    index.begin("short", SHORT, nothing)
    assert index.next is not None
    index.next.replace_many({name: rows(name, "words", dims=SHORT) for name in ("a", "b", "c")})
    index.replace("a", rows("a", "other words"))
    index.remove(["b"])
    assert index.next.version_counts() == {"c": 1}
    assert index.version_counts() == {"a": 1, "c": 1}


def test_an_index_begun_is_still_being_made_after_the_room_is_opened_again(room: RoomStorage) -> None:
    room.passages.replace("a", rows("a", "words"))
    room.passages.begin("short", SHORT, nothing)
    assert room.passages.next is not None
    room.passages.next.replace("a", rows("a", "words", dims=SHORT))
    with again(room) as opened:
        assert opened.passages.model_id == "all-MiniLM-L6-v2"
        assert opened.passages.next is not None
        assert (opened.passages.next.planned_model_id, opened.passages.next.dims) == ("short", SHORT)
        assert opened.passages.next.version_counts() == {"a": 1}


def test_giving_up_and_beginning_anew_leave_nothing_of_the_index_beside(room: RoomStorage) -> None:
    index = room.passages
    assert not index.abandon(nothing)
    index.replace("a", rows("a", "words"))
    index.begin("short", SHORT, nothing)
    assert index.next is not None
    index.next.replace("a", rows("a", "words", dims=SHORT))
    index.begin("shorter", 4, nothing)
    assert index.next is not None
    assert index.next.version_counts() == {}
    assert indexes(room) == ["passages.lance"]
    index.next.replace("a", rows("a", "words", dims=4))
    assert index.abandon(nothing)
    assert index.next is None
    assert indexes(room) == ["passages.lance"]
    with pytest.raises(RuntimeError):
        index.exchange(nothing)


def test_what_the_note_raises_leaves_everything_as_it_was(room: RoomStorage) -> None:
    def refuse(tx: Cursor) -> None:
        raise KeyError

    index = room.passages
    index.replace("a", rows("a", "words"))
    with pytest.raises(KeyError):
        index.begin("short", SHORT, refuse)
    assert index.next is None
    index.begin("short", SHORT, nothing)
    for act in (index.exchange, index.abandon):
        with pytest.raises(KeyError):
            act(refuse)
    assert index.next is not None
    with again(room) as opened:
        assert opened.passages.name == "passages"
        assert opened.passages.next is not None


@pytest.mark.parametrize("name", ["passages-7.lance", "passages.lance.old", "notes.lance"])
def test_indexes_that_the_room_does_not_name_are_deleted_and_nothing_else(room: RoomStorage, name: str) -> None:
    room.passages.replace("a", rows("a", "words"))
    stray: Path = room.folder / name
    stray.mkdir()
    (stray / "data").write_text("x")
    with again(room) as opened:
        assert stray.exists() == (name != "passages-7.lance")
        assert opened.passages.version_counts() == {"a": 1}
