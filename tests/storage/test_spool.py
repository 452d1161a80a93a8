"""What workers hand back arrives in the database as it was."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datazoom_desktop.storage import spool
from datazoom_desktop.storage.room import RoomStorage
from datazoom_desktop.storage.spool import PageRecord, PassageRecord
from tests.support.rooms import make_room, page_records, passage_records

TEXTS = st.lists(st.text(st.characters(exclude_categories=()), max_size=30), max_size=6)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomStorage]:
    with make_room(tmp_path_factory.mktemp("spool") / "room") as storage:
        yield storage


def _load(room: RoomStorage, file: Path, kind: str) -> int:
    return room.db.write(lambda tx: (spool.load_pages if kind == "pages" else spool.load_passages)(tx, file))


def _rows(room: RoomStorage, statement: str) -> list[tuple[object, ...]]:
    with room.db.read() as cursor:
        return cursor.execute(statement).fetchall()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS)
def test_any_text_arrives_character_for_character(room: RoomStorage, texts: list[str]) -> None:
    """Lone surrogates, which cannot be kept, become one replacement character each; everything else is as it was."""
    pages = page_records(texts)
    file = room.scratch / "any.parquet"
    assert spool.write_pages(file, "any", pages) == len(texts)
    room.db.write(lambda tx: spool.clear_text(tx, "any"))
    assert _load(room, file, "pages") == len(texts)
    kept = [text for (text,) in _rows(room, "SELECT text FROM pages WHERE version_id = 'any' ORDER BY page")]
    assert kept == ["".join("\ufffd" if 0xD800 <= ord(sign) < 0xE000 else sign for sign in text) for text in texts]
    tiled = _rows(
        room,
        "SELECT bool_and(length(text) = char_end - char_start) FROM pages WHERE version_id = 'any' AND length(text) > 0",
    )
    assert tiled[0][0] in (True, None)


def test_every_column_of_a_page_arrives(room: RoomStorage) -> None:
    page = PageRecord(
        page=1,
        label="iv",
        coverage="ocr",
        reason="read from its picture",
        char_start=0,
        char_end=11,
        text="lorem ipsum",
        width=595.5,
        height=842.25,
        confidence=0.875,
        word_starts=np.array([0, 6], np.int64),
        word_ends=[5, 11],
        word_boxes=np.array([[1, 2, 3, 4], [5, 6, 7, 8.5]], np.float64),
        geometry="points",
        sheet="Cap table",
    )
    file = room.scratch / "one.parquet"
    spool.write_pages(file, "one", [page])
    _load(room, file, "pages")
    assert _rows(room, "SELECT * FROM pages WHERE version_id = 'one'") == [
        ("one", 1, "iv", "ocr", "read from its picture", 0, 11, "lorem ipsum", 595.5, 842.25, 0.875, [0, 6], [5, 11],
         [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.5], "points", "Cap table")
    ]  # fmt: skip


def test_every_column_of_a_passage_arrives(room: RoomStorage) -> None:
    file = room.scratch / "one.parquet"
    assert spool.write_passages(file, "p", [PassageRecord(3, 10, 14, 2, 3, "A > B", "Lease: ", "rent")]) == 1
    _load(room, file, "passages")
    assert _rows(room, "SELECT * FROM passages WHERE version_id = 'p'") == [
        ("p:3", "p", 3, 10, 14, 2, 3, "A > B", "Lease: ", "rent")
    ]


def test_loading_again_replaces_and_leaves_other_versions_alone(room: RoomStorage) -> None:
    for version, count in (("x", 5), ("y", 2), ("x", 3)):
        file = room.scratch / "again.parquet"
        spool.write_pages(file, version, page_records(["text"] * count))
        assert _load(room, file, "pages") == count
    assert _rows(
        room, "SELECT version_id, count(*) FROM pages WHERE version_id IN ('x', 'y') GROUP BY 1 ORDER BY 1"
    ) == [("x", 3), ("y", 2)]


def test_pages_are_written_as_they_come_in_groups_of_bounded_size(room: RoomStorage) -> None:
    written = 0

    def pages() -> Iterator[PageRecord]:
        nonlocal written
        for page in page_records(["x" * 1_000_000] * 10):
            written += 1
            yield page

    file = room.scratch / "big.parquet"
    assert spool.write_pages(file, "big", pages()) == written == 10
    assert pq.ParquetFile(file).num_row_groups == 2
    assert spool.write_pages(file, "none", iter(())) == 0
    assert _load(room, file, "pages") == 0


def test_ten_thousand_pages_with_words_load_in_one_statement(room: RoomStorage) -> None:
    texts = ["word " * 100] * 10_000
    words = np.arange(0, 500, 5, dtype=np.int32)
    boxes = np.ones((100, 4), np.float32)
    pages = (
        page._replace(word_starts=words, word_ends=words + 4, word_boxes=boxes, geometry="cells")
        for page in page_records(texts)
    )
    file = room.scratch / "many.parquet"
    spool.write_pages(file, "many", pages)
    assert _load(room, file, "pages") == 10_000
    assert _rows(room, "SELECT sum(len(word_boxes)), max(char_end) FROM pages WHERE version_id = 'many'") == [
        (4_000_000, 5_000_000)
    ]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"page": 3}, "page 3 follows page 1"),
        ({"char_start": 4}, "range does not fit"),
        ({"char_end": 9}, "range does not fit"),
        ({"word_ends": [1, 2]}, "differ in number"),
        ({"word_boxes": [1.0]}, "differ in number"),
        ({"word_ends": [5]}, "outside its text"),
        ({"word_starts": [-1]}, "outside its text"),
        ({"geometry": None}, "do not go together"),
        ({"word_boxes": []}, "do not go together"),
        ({"word_starts": [0, 1], "word_ends": [2, 3], "word_boxes": [1.0] * 8, "geometry": "cells"}, "out of order"),
    ],
)
def test_pages_that_do_not_fit_are_refused(tmp_path: Path, change: dict[str, object], complaint: str) -> None:
    first, second = page_records(["one", "two"])
    with pytest.raises(ValueError, match=complaint):
        spool.write_pages(tmp_path / "x.parquet", "v", [first, second._replace(**change)])


def test_a_passage_that_is_not_as_long_as_its_range_is_refused(tmp_path: Path) -> None:
    (passage,) = passage_records(page_records(["one"]))
    with pytest.raises(ValueError, match="not as long as its range"):
        spool.write_passages(tmp_path / "x.parquet", "v", [passage._replace(char_end=2)])


def test_vectors_come_back_as_they_were(tmp_path: Path) -> None:
    matrix = np.random.default_rng(1).standard_normal((7, 384)).astype(np.float32)
    spool.write_vectors(tmp_path / "v.npy", matrix)
    np.testing.assert_array_equal(spool.read_vectors(tmp_path / "v.npy"), matrix)


def test_a_worker_that_spools_loads_no_database() -> None:
    code = "import sys, datazoom_desktop.storage.spool; print([m for m in ('duckdb', 'lancedb') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"
