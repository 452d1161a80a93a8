"""The index while documents come and go: what came a moment ago is found, what left is gone, and many small writes do not add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from datazoom_desktop.storage.files import folder_bytes
from datazoom_desktop.storage.passage_index import DIMS, IndexRow, PassageIndex
from tests.support.rooms import direction

ALL_ROWS = 500  #: from which on the tests' indexes have one of their vectors


def cloud(rows: int, seed: int) -> np.ndarray:
    """Return vectors in twenty clusters."""
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(1).standard_normal((20, DIMS))
    matrix = (centres[chance.integers(0, 20, rows)] + chance.standard_normal((rows, DIMS))).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def put(index: PassageIndex, version: str, matrix: np.ndarray, word: str = "common") -> None:
    index.replace(
        version, [IndexRow(f"{version}:{n}", version, f"{word} text {n}", vector) for n, vector in enumerate(matrix)]
    )


def names(table_index: PassageIndex) -> list[str]:
    table = table_index._existing()
    assert table is not None
    return sorted(one.name for one in table.list_indices())


def meaning(index: PassageIndex) -> str | None:
    return next((name for name in names(index) if name.startswith("meaning_")), None)


@pytest.fixture
def index(tmp_path: Path) -> PassageIndex:
    """An index of two thousand rows in forty versions, tidied, so that its vectors have an index."""
    made = PassageIndex(tmp_path, all_rows=ALL_ROWS)
    matrix = cloud(2_000, 2)
    made.replace_many(
        {
            f"v{v}": [IndexRow(f"v{v}:{n}", f"v{v}", f"common text {n}", matrix[v * 50 + n]) for n in range(50)]
            for v in range(40)
        }
    )
    made.optimize()
    assert meaning(made) is not None
    return made


def test_what_came_a_moment_ago_is_found_beside_the_index(index: PassageIndex) -> None:
    for number in range(12):
        late = direction(f"late {number}")
        put(index, f"late{number}", late[None], f"zebra{number}")
        assert index.nearest(late, 1) == [(f"late{number}:0", pytest.approx(1.0, abs=1e-5))]
        assert index.nearest(late, 1, [f"late{number}", "v1", "v2"])[0][0] == f"late{number}:0"
        assert [passage for passage, _ in index.match(f"zebra{number}", 5)] == [f"late{number}:0"]
        np.testing.assert_array_equal(index.vectors([f"late{number}:0"])[f"late{number}:0"], late)


def test_what_left_is_found_no_more_neither_before_nor_after_tidying(index: PassageIndex) -> None:
    target = index.vectors(["v7:3"])["v7:3"]
    index.remove(["v7"])
    index.replace("v8", [IndexRow("v8:0", "v8", "other words", direction("other words"))])
    for _ in range(2):
        found = [passage for passage, _ in index.nearest(target, 200)]
        assert len(found) == len(set(found)) == 200
        assert not [passage for passage in found if passage.startswith("v7:")]
        assert all(passage == "v8:0" for passage in found if passage.startswith("v8:"))
        assert index.vectors(["v7:3", "v8:1"]) == {}
        assert len(index.match("common", 5_000)) == 38 * 50
        index._loose_writes = 1_000  # so that tidying is worth it
        put(index, "v9", cloud(50, 9))
        index.optimize()


def test_many_small_writes_are_merged(index: PassageIndex) -> None:
    for number in range(60):
        put(index, f"small{number}", cloud(1, 100 + number))
    index.optimize()
    table = index._existing()
    assert table is not None
    pieces = table.stats()["fragment_stats"]["num_fragments"]
    assert pieces <= 2
    for one in table.list_indices():
        stats = table.index_stats(one.name)
        assert stats is not None
        assert (one.name, stats.num_unindexed_rows) == (one.name, 0)


def test_the_index_of_the_vectors_never_has_many_parts(index: PassageIndex) -> None:
    table = index._existing()
    assert table is not None
    for number in range(8):
        put(index, f"batch{number}", cloud(300, 200 + number))
        index.optimize()
        name = meaning(index)
        assert name is not None
        stats = table.index_stats(name)
        assert stats is not None
        assert stats.num_indices is not None
        assert stats.num_indices <= 5
    assert index.count() == 2_000 + 8 * 300
    matrix = cloud(300, 207)
    for number in (0, 100, 299):
        assert index.nearest(matrix[number], 1)[0][0] == f"batch7:{number}"


def test_the_index_of_the_vectors_is_made_anew_for_twice_as_many_rows(tmp_path: Path) -> None:
    index = PassageIndex(tmp_path, all_rows=ALL_ROWS)
    put(index, "first", cloud(4_200, 1))
    index.optimize()
    assert meaning(index) == "meaning_1"
    put(index, "second", cloud(3_000, 2))
    index.optimize()
    assert meaning(index) == "meaning_1"
    matrix = cloud(2_000, 3)
    put(index, "third", matrix)
    index.optimize()
    assert meaning(index) == "meaning_2"
    again = PassageIndex(tmp_path, all_rows=ALL_ROWS)
    for one in (index, again):
        assert [one.nearest(matrix[n], 1)[0][0] for n in (0, 999, 1_999)] == ["third:0", "third:999", "third:1999"]


def test_tidying_deletes_what_nobody_reads_any_more(index: PassageIndex) -> None:
    for number in range(4):
        put(index, "again", cloud(400, 300 + number))
        index.optimize()
    rows = index.count()
    assert folder_bytes(index.path) < rows * (DIMS * 4 * 1.6) + 1_000_000


def test_a_room_that_became_small_is_compared_exactly_again(index: PassageIndex) -> None:
    index.remove([f"v{number}" for number in range(35)])
    put(index, "more", cloud(40, 4))
    index._loose_writes = 1_000
    index.optimize()
    assert meaning(index) is None
    assert len(index.nearest(direction("x"), 1_000)) == index.count() == 290


def test_an_index_of_former_days_is_replaced(index: PassageIndex) -> None:
    from lancedb.index import IvfSq

    table = index._existing()
    assert table is not None
    name = meaning(index)
    assert name is not None
    table.drop_index(name)
    table.create_index("vector", config=IvfSq(distance_type="cosine", num_partitions=64))
    table.drop_index("passage_id_idx")
    put(index, "more", cloud(300, 4))
    index.optimize()
    assert names(index) == ["meaning_1", "passage_id_idx", "text_idx", "version_id_idx"]


def test_after_purging_nothing_of_what_left_is_on_the_disk(index: PassageIndex) -> None:
    secret = direction("secret")
    put(index, "secret", np.stack([secret] * 3), "zyzzyva")
    index.optimize()
    kept = index.vectors(["v3:3"])["v3:3"]
    assert on_disk(index, secret)
    index.remove(["secret"])
    before = index.version_counts(), index.nearest(kept, 20), len(index.match("common", 5_000))
    index.purge()
    assert not on_disk(index, secret)
    assert not on_disk(index, b"zyzzyva")
    again = PassageIndex(index.folder, all_rows=ALL_ROWS)
    for one in (index, again):
        assert one.version_counts() == before[0]
        assert [passage for passage, _ in one.nearest(kept, 20)] == [passage for passage, _ in before[1]]
        assert len(one.match("common", 5_000)) == before[2]
        assert one.match("zyzzyva", 5) == []


def on_disk(index: PassageIndex, what: np.ndarray | bytes) -> bool:
    wanted = what if isinstance(what, bytes) else what.astype("<f4").tobytes()[:64]
    return any(wanted in file.read_bytes() for file in index.path.rglob("*") if file.is_file())
