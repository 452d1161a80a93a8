"""Sentence vectors: remembered while the words stay, made again when a document was read again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from datazoom_desktop.search.recall import SentenceVectors
from datazoom_desktop.search.tighten import cut
from tests.support.rooms import direction


class Counting:
    """An embedder that tells equal texts by their vectors and remembers what it was asked."""

    model_id, dims, max_tokens = "test", 384, 256

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.asked += texts
        return np.stack([direction(text) for text in texts])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


ONE = "The tenant shall pay the rent every month."
TWO = "The landlord shall keep the roof in repair."


def test_sentences_are_embedded_once() -> None:
    embedder = Counting()
    vectors = SentenceVectors(embedder)
    pieces = cut([(0, f"{ONE} {TWO}")])
    first = vectors.of(["v:0"], pieces)
    assert np.array_equal(vectors.of(["v:0"], pieces), first)
    assert embedder.asked == [ONE, TWO]


def test_a_passage_with_new_words_under_its_old_id_is_embedded_again() -> None:
    embedder = Counting()
    vectors = SentenceVectors(embedder)
    vectors.of(["v:0"], cut([(0, f"{ONE} {TWO}")]))
    again = vectors.of(["v:0"], cut([(0, TWO)]))
    assert again.shape == (1, 384)
    assert np.array_equal(again[0], direction(TWO))
