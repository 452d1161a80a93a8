"""The trail shows any later change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datazoom_desktop.activity import trail
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import make_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomStorage]:
    with make_room(tmp_path / "room") as storage:
        yield storage


def _record(room: RoomStorage, intent: str, detail: dict[str, object] | None = None) -> int:
    return room.db.write(
        lambda tx: trail.record(tx, actor="me", intent=intent, subject="s", detail=detail if detail is not None else {})
    )


def _verdict(room: RoomStorage) -> str | None:
    with room.db.read() as cursor:
        problem = trail.verify(cursor)
    return None if problem is None else problem.message


def test_rows_are_numbered_from_one_and_listed_newest_first(room: RoomStorage) -> None:
    before = dt.datetime.now(dt.UTC)
    assert [_record(room, f"step.{number}", {"é": [number, None]}) for number in range(3)] == [1, 2, 3]
    with room.db.read() as cursor:
        recent = trail.recent(cursor, 2)
        assert trail.recent(cursor, 0) == []
    assert [(row.seq, row.actor, row.intent, row.subject, row.detail) for row in recent] == [
        (3, "me", "step.2", "s", {"é": [2, None]}),
        (2, "me", "step.1", "s", {"é": [1, None]}),
    ]
    assert before <= recent[1].at <= recent[0].at <= dt.datetime.now(dt.UTC)
    assert _verdict(room) is None


def test_an_empty_trail_is_sound(room: RoomStorage) -> None:
    assert _verdict(room) is None


def test_a_row_lives_and_dies_with_the_change_it_tells_of(room: RoomStorage) -> None:
    def work(tx: Cursor) -> None:
        trail.record(tx, actor="me", intent="a.b", subject="s", detail={})
        raise LookupError

    with pytest.raises(LookupError):
        room.db.write(work)
    assert _record(room, "c.d") == 1
    assert _verdict(room) is None


def test_several_rows_in_one_transaction_are_chained(room: RoomStorage) -> None:
    def work(tx: Cursor) -> list[int]:
        return [trail.record(tx, actor="me", intent="a.b", subject=str(n), detail={}) for n in range(3)]

    assert room.db.write(work) == [1, 2, 3]
    assert _verdict(room) is None


def test_a_file_name_that_is_no_text_can_be_told_of(room: RoomStorage) -> None:
    _record(room, "a.b", {"path": "caf\udce9.pdf"})
    with room.db.read() as cursor:
        assert trail.recent(cursor, 1)[0].detail == {"path": "caf\udce9.pdf"}
    assert _verdict(room) is None


def test_detail_that_json_cannot_hold_is_refused(room: RoomStorage) -> None:
    with pytest.raises(TypeError):
        _record(room, "a.b", {"when": dt.datetime.now(dt.UTC)})
    assert _record(room, "a.b") == 1


@pytest.mark.parametrize(
    ("harm", "place"),
    [
        ("UPDATE activity SET detail = '{\"a\":1}' WHERE seq = 2", "entry 2"),
        ("UPDATE activity SET actor = 'you' WHERE seq = 2", "entry 2"),
        ("UPDATE activity SET intent = 'x' WHERE seq = 2", "entry 2"),
        ("UPDATE activity SET subject = 'x' WHERE seq = 2", "entry 2"),
        ('UPDATE activity SET "at" = "at" + INTERVAL 1 MICROSECOND WHERE seq = 2', "entry 2"),
        ("UPDATE activity SET hash = repeat('0', 64) WHERE seq = 2", "entry 2"),
        ("UPDATE activity SET previous_hash = repeat('0', 64) WHERE seq = 2", "entry 2"),
        ("DELETE FROM activity WHERE seq = 2", "entry 2 is missing"),
        ("DELETE FROM activity WHERE seq = 1", "entry 1 is missing"),
        ("INSERT INTO activity SELECT * FROM activity WHERE seq = 2", "entry 2 stands there twice"),
        ("UPDATE activity SET seq = CASE seq WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE seq END", "entry 2"),
    ],
)
def test_every_later_change_shows(room: RoomStorage, harm: str, place: str) -> None:
    for number in range(4):
        _record(room, f"step.{number}")
    assert _verdict(room) is None
    room.db.write(lambda tx: tx.execute(harm))
    verdict = _verdict(room)
    assert verdict is not None
    assert place in verdict


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    actor=st.text(max_size=10),
    subject=st.text(max_size=10),
    detail=st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=10) | st.booleans()),
)
def test_whatever_is_recorded_verifies_and_comes_back(
    room: RoomStorage, actor: str, subject: str, detail: dict[str, object]
) -> None:
    room.db.write(lambda tx: trail.record(tx, actor=actor, intent="x", subject=subject, detail=detail))
    with room.db.read() as cursor:
        assert trail.verify(cursor) is None
        (row,) = trail.recent(cursor, 1)
    assert (row.actor, row.subject, row.detail) == (actor, subject, detail)
