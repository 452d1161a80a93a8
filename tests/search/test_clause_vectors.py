"""The clause library's vectors: made once, kept on disk, made again only for what is new or damaged."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.search.clause_file import Clause
from datazoom_desktop.search.clause_vectors import ClauseVectorStore
from datazoom_desktop.search.clauses import folders, load
from tests.support.rooms import direction

RENT = Clause(
    "rent", "Rent", "Leases", ("The tenant pays rent.", "Rent is due monthly."), questions=("How much rent?",)
)
LAW = Clause("law", "Governing law", "All", ("Maine law governs.",))


class Counting:
    """An embedder that tells equal texts by their vectors and remembers what it was asked."""

    dims, max_tokens = 384, 256

    def __init__(self, model_id: str = "test/model 1") -> None:
        self.model_id = model_id
        self.asked: list[list[str]] = []

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked.append(list(texts))
        return np.stack([direction(text) for text in texts])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def test_everything_is_embedded_in_one_batch_and_once(tmp_path: Path) -> None:
    embedder = Counting()
    store = ClauseVectorStore(tmp_path / "cache", embedder)
    made = store.of([RENT, LAW])
    assert store.of([RENT, LAW]) is made
    assert embedder.asked == [["Rent", "How much rent?", "Governing law", *RENT.phrasings, *LAW.phrasings]]
    assert store.unsaved is None


def test_another_start_embeds_nothing_and_a_changed_clause_only_its_own_texts(tmp_path: Path) -> None:
    first = ClauseVectorStore(tmp_path, Counting()).of([RENT, LAW])
    embedder = Counting()
    again = ClauseVectorStore(tmp_path, embedder).of([RENT, LAW])
    assert embedder.asked == []
    assert np.array_equal(again.asked, first.asked)
    assert np.array_equal(again.drafted, first.drafted)
    changed = dataclasses.replace(LAW, phrasings=("Maine law governs.", "English law governs."))
    ClauseVectorStore(tmp_path, embedder).of([RENT, changed])
    assert embedder.asked == [["English law governs."]]


def test_what_no_clause_says_any_more_is_forgotten(tmp_path: Path) -> None:
    ClauseVectorStore(tmp_path, Counting()).of([RENT, LAW])
    ClauseVectorStore(tmp_path, Counting()).of([RENT, dataclasses.replace(LAW, phrasings=("English law governs.",))])
    embedder = Counting()
    ClauseVectorStore(tmp_path, embedder).of([RENT, LAW])
    assert embedder.asked == [["Maine law governs."]]


def test_the_best_example_of_each_clause_counts(tmp_path: Path) -> None:
    vectors = ClauseVectorStore(tmp_path, Counting()).of([RENT, LAW])
    rows = np.stack([direction("Rent is due monthly."), direction("Maine law governs."), direction("How much rent?")])
    assert np.allclose(vectors.to_phrasings(rows)[[0, 1], [0, 1]], 1.0, atol=1e-5)
    assert vectors.to_questions(rows)[2].argmax() == 0
    assert vectors.to_phrasings(rows).shape == (3, 2)
    assert vectors.to_phrasings(rows)[0, 1] == pytest.approx(float(rows[0] @ direction("Maine law governs.")), abs=1e-5)


def test_a_library_without_clauses_has_no_columns(tmp_path: Path) -> None:
    vectors = ClauseVectorStore(tmp_path, Counting()).of([])
    assert vectors.to_phrasings(direction("x")[None]).shape == (1, 0)


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_damaged_cache_is_made_again(tmp_path: Path, damage: bytes) -> None:
    first = ClauseVectorStore(tmp_path, Counting()).of([RENT])
    [file] = tmp_path.iterdir()
    file.write_bytes(damage)
    embedder = Counting()
    assert np.array_equal(ClauseVectorStore(tmp_path, embedder).of([RENT]).drafted, first.drafted)
    assert len(embedder.asked) == 1
    assert ClauseVectorStore(tmp_path, Counting()).of([RENT]) is not None


def test_a_cut_off_cache_is_made_again(tmp_path: Path) -> None:
    ClauseVectorStore(tmp_path, Counting()).of([RENT])
    [file] = tmp_path.iterdir()
    whole = file.read_bytes()
    for cut in range(0, len(whole), 97):
        file.write_bytes(whole[:cut])
        embedder = Counting()
        ClauseVectorStore(tmp_path, embedder).of([RENT])
        assert len(embedder.asked) == 1
        assert file.read_bytes() == whole


def test_models_do_not_share_vectors(tmp_path: Path) -> None:
    ClauseVectorStore(tmp_path, Counting("one/model")).of([RENT])
    other = Counting("two")
    ClauseVectorStore(tmp_path, other).of([RENT])
    assert len(other.asked) == 1
    alike = Counting("one_model")  # the same file name
    ClauseVectorStore(tmp_path, alike).of([RENT])
    assert len(alike.asked) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="this user may write anywhere")
def test_a_folder_that_cannot_be_written_is_told_and_costs_only_the_cache(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    store = ClauseVectorStore(tmp_path / "cache", Counting())
    assert len(store.of([RENT]).drafted) == 2
    assert store.unsaved is not None
    assert store.unsaved.path == str(tmp_path / "cache")


def test_a_file_where_the_cache_should_be_is_told_and_costs_only_the_cache(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    store = ClauseVectorStore(tmp_path / "cache", Counting())
    assert len(store.of([RENT]).drafted) == 2
    assert store.unsaved is not None
    assert store.unsaved.remedy


def test_the_library_that_ships_needs_no_embedding_and_its_vectors_are_the_models(tmp_path: Path) -> None:
    library, _ = load(folders(tmp_path)[0])
    embedder = OnnxEmbedder()
    counting = Counting(embedder.model_id)
    made = ClauseVectorStore(tmp_path / "cache", counting).of(library.clauses)
    assert counting.asked == [], "run packaging/clause_vectors.py"
    assert not (tmp_path / "cache").exists()
    some = [library.clauses[i].name for i in range(0, len(library.clauses), 40)]
    own = made.asked[made.asked_from[::40]]
    assert np.all(np.sum(embedder.embed(some) * own, axis=1) > 0.97)


def test_the_phrasings_that_ship_reach_their_vectors_whole() -> None:
    library, _ = load(folders(Path("nowhere"))[0])
    embedder = OnnxEmbedder()
    texts = [text for clause in library.clauses for text in (*clause.phrasings, *clause.questions)]
    assert max(embedder.count_tokens(texts)) <= embedder.max_tokens
