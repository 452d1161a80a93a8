"""Passages found by meaning, by words and by id."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.passage_index import DIMS, IndexRow, PassageIndex
from tests.support.rooms import direction


@pytest.fixture
def index(tmp_path: Path) -> PassageIndex:
    return PassageIndex(tmp_path)


def rows(version: str, *texts: str) -> list[IndexRow]:
    return [IndexRow(f"{version}:{number}", version, text, direction(text)) for number, text in enumerate(texts)]


def found(index: PassageIndex, words: str, versions: list[str] | None = None) -> list[str]:
    return [passage for passage, _score in index.match(words, 10, versions)]


def test_without_an_index_nothing_is_found(index: PassageIndex) -> None:
    assert not index.exists()
    assert index.model_id is None
    assert index.count() == 0
    assert index.version_counts() == {}
    assert index.match("lease", 5) == []
    assert index.nearest(direction("lease"), 5) == []
    assert index.vectors(["a:0"]) == {}
    index.remove(["a"])
    index.optimize()
    assert not index.path.exists()


def test_rows_are_found_at_once_by_words_by_meaning_and_by_id(index: PassageIndex) -> None:
    index.replace("a", rows("a", "the tenant pays rent", "governing law is English law"))
    index.replace("b", rows("b", "the landlord keeps the deposit"))
    assert found(index, "tenant") == ["a:0"]
    assert found(index, "deposit") == ["b:0"]
    nearest = index.nearest(direction("governing law is English law"), 2)
    assert nearest[0][0] == "a:1"
    assert nearest[0][1] == pytest.approx(1.0, abs=1e-6)
    assert nearest[1][1] == pytest.approx(
        max(
            direction("governing law is English law") @ direction(t)
            for t in ("the tenant pays rent", "the landlord keeps the deposit")
        ),
        abs=1e-6,
    )
    vectors = index.vectors(["a:1", "b:0", "c:9"])
    assert sorted(vectors) == ["a:1", "b:0"]
    np.testing.assert_array_equal(vectors["a:1"], direction("governing law is English law"))
    assert index.model_id == "all-MiniLM-L6-v2"


def test_words_are_found_in_other_forms_and_without_accents(index: PassageIndex) -> None:
    index.replace("a", rows("a", "The agreements were terminated by Société Générale, ﬁnally", "nothing to see"))
    for words in ("agreement", "TERMINATES", "societe generale", "Société", "finally"):
        assert found(index, words) == ["a:0"], words


def test_any_of_the_words_is_enough_and_more_of_them_rank_higher(index: PassageIndex) -> None:
    index.replace("a", rows("a", "rent is due monthly", "rent and deposit", "neither"))
    assert found(index, "deposit rent absent") == ["a:1", "a:0"]


@settings(max_examples=60, deadline=None)
@given(words=st.text(max_size=60))
def test_no_question_breaks_the_search(shared: PassageIndex, words: str) -> None:
    for versions in (None, ["a"]):
        assert all(passage.startswith("a:") for passage, _score in shared.match(words, 3, versions))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> PassageIndex:
    index = PassageIndex(tmp_path_factory.mktemp("shared"))
    index.replace("a", rows("a", "payment of the purchase price", "OR NOT"))
    return index


@pytest.mark.parametrize(
    "words",
    [
        '"',
        "payment AND",
        "+payment -price",
        "text:payment",
        "(payment",
        "payment~2^5",
        "pay*",
        "'; DROP TABLE",
        "\x00",
        "OR",
    ],
)
def test_signs_of_query_languages_are_plain_text(shared: PassageIndex, words: str) -> None:
    wanted = ["a:0"] if "payment" in words else ["a:1"] if words == "OR" else []
    assert [passage for passage, _score in shared.match(words, 1)] == wanted


def test_replacing_twice_changes_nothing_and_replaced_rows_are_gone(index: PassageIndex) -> None:
    index.replace("a", rows("a", "first words", "second words", "third words"))
    for _again in range(2):
        index.replace_many({"a": rows("a", "other content"), "b": rows("b", "more content")})
        assert index.version_counts() == {"a": 1, "b": 1}
        assert index.count() == 2
        assert found(index, "first second third words") == []
        assert sorted(found(index, "content")) == ["a:0", "b:0"]
    index.replace("a", [])
    assert index.version_counts() == {"b": 1}
    index.remove(["b", "never there"])
    assert index.count() == 0


def test_a_row_under_the_wrong_version_or_of_the_wrong_length_is_refused(index: PassageIndex) -> None:
    with pytest.raises(ValueError, match="not of version"):
        index.replace("a", rows("b", "x"))
    with pytest.raises(ValueError, match="shape"):
        index.replace("a", [IndexRow("a:0", "a", "x", np.zeros(DIMS - 1, np.float32))])
    assert index.count() == 0


def test_searches_stay_within_the_versions_asked_for(index: PassageIndex) -> None:
    """From one to all of several hundred versions, so that every form of the condition is used."""
    names = [f"v'{number:04d}" for number in range(600)]
    index.replace_many({name: rows(name, f"clause of {name}", "common words") for name in names})
    target = direction("clause of v'0123")
    for count in (1, 2, 299, 301, 599, 600):
        chosen = names[:count]
        allowed = {f"{name}:{number}" for name in chosen for number in (0, 1)}
        by_words = {passage for passage, _score in index.match("common", 2000, chosen)}
        assert by_words == {f"{name}:1" for name in chosen}
        by_meaning = [passage for passage, _cosine in index.nearest(target, 2000, chosen)]
        assert set(by_meaning) == allowed
        assert (by_meaning[0] == "v'0123:0") == (count > 123)
    assert index.match("common", 10, []) == []
    assert index.nearest(target, 10, ["stranger"]) == []
    assert index.match("common", 10, ["stranger"]) == []
    assert {passage for passage, _score in index.match("common", 10, ["stranger", names[7]])} == {"v'0007:1"}


def test_merging_changes_no_answer(index: PassageIndex) -> None:
    names = [f"v{number}" for number in range(60)]
    for name in names:
        index.replace(name, rows(name, f"clause number{name} of the lease", "common words"))
    index.remove(names[:5])
    index.replace("v9", rows("v9", "rewritten entirely"))
    before = (
        index.version_counts(),
        sorted(found(index, "numberv30 rewritten")),
        index.nearest(direction("common words"), 200),
    )
    index.optimize()
    again = PassageIndex(index.folder)
    for one in (index, again):
        assert one.version_counts() == before[0]
        assert sorted(found(one, "numberv30 rewritten")) == before[1] == ["v30:0", "v9:0"]
        after = one.nearest(direction("common words"), 200)
        assert {passage for passage, _cosine in after} == {passage for passage, _cosine in before[2]}
        assert dict(after) == pytest.approx(dict(before[2]), abs=1e-6)
        assert found(one, "numberv3") == []


def test_reading_goes_on_while_others_write(index: PassageIndex) -> None:
    index.replace("base", rows("base", "steady words"))

    def write(writer: int) -> None:
        for number in range(10):
            index.replace(f"w{writer}-{number % 3}", rows(f"w{writer}-{number % 3}", "moving words", f"text {number}"))

    def read() -> None:
        for _number in range(20):
            assert found(index, "steady") == ["base:0"]
            assert [p for p, _c in index.nearest(direction("steady words"), 1, ["base"])] == ["base:0"]

    works = [lambda: write(0), lambda: write(1), read, read, index.optimize]
    with ThreadPoolExecutor(len(works)) as pool:
        assert [future.result() for future in [pool.submit(work) for work in works]] == [None] * len(works)
    assert index.version_counts() == {"base": 1, **{f"w{w}-{n}": 2 for w in (0, 1) for n in range(3)}}


def test_a_deleted_index_is_noticed_and_made_again(index: PassageIndex) -> None:
    index.replace("a", rows("a", "words"))
    shutil.rmtree(index.path)
    assert not index.exists()
    assert index.match("words", 5) == []
    index.replace("b", rows("b", "words"))
    assert index.exists()
    assert index.version_counts() == {"b": 1}


@pytest.mark.parametrize("victim", ["data", "_versions"])
def test_a_damaged_index_is_a_problem_until_it_is_made_anew(index: PassageIndex, victim: str) -> None:
    index.replace("a", rows("a", "words"))
    index.close()
    for file in (index.path / victim).rglob("*"):
        if file.is_file():
            file.write_bytes(b"\x00" * 10)
    assert not index.exists()
    with pytest.raises(Problem) as caught:
        index.match("words", 5, ["a"])
    assert "doctor" in caught.value.remedy
    index.recreate("another-model")
    assert index.exists()
    assert index.model_id == "another-model"
    assert index.count() == 0


def test_lone_surrogates_in_text_do_no_harm(index: PassageIndex) -> None:
    index.replace("a", [IndexRow("a:0", "a", "odd \udfff sign", direction("x"))])
    assert found(index, "sign") == ["a:0"]
    assert found(index, "\ud800 sign") == ["a:0"]


def test_a_large_index_finds_nearly_all_that_comparing_every_vector_finds(tmp_path: Path) -> None:
    """With the size from which vectors are indexed set to a thousand; few rows in scope are still compared exactly."""
    large = PassageIndex(tmp_path, all_rows=1_000)
    rng = np.random.default_rng(7)
    centres = rng.standard_normal((40, DIMS))
    matrix = (centres[rng.integers(0, 40, 4_000)] + rng.standard_normal((4_000, DIMS))).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    large.replace_many(
        {
            f"v{v}": [IndexRow(f"v{v}:{n}", f"v{v}", f"text {n}", matrix[v * 100 + n]) for n in range(100)]
            for v in range(40)
        }
    )
    large.optimize()
    ids = [f"v{v}:{n}" for v in range(40) for n in range(100)]
    late = matrix[5] + 0.01
    late /= np.linalg.norm(late)
    large.replace("late", [IndexRow("late:0", "late", "late", late)])
    found_of_ten, scope = [], ["v3", "v4"]
    for target in matrix[::100]:
        cosines = matrix @ target
        nearest = large.nearest(target, 10)
        best = {ids[number] for number in np.argsort(-cosines)[:10]}
        found_of_ten.append(len(best & {passage for passage, _cosine in nearest}))
        for passage, cosine in nearest:
            if passage != "late:0":
                assert cosine == pytest.approx(float(cosines[ids.index(passage)]), abs=1e-5)
        within = [passage for passage, _cosine in large.nearest(target, 10, scope)]
        assert within == [ids[300 + number] for number in np.argsort(-cosines[300:500])[:10]]
    assert np.mean(found_of_ten) > 9.5
    assert large.nearest(late, 1)[0][0] == "late:0"
    assert len(large.nearest(matrix[0], 1_500, [f"v{v}" for v in range(15)])) == 1_500
