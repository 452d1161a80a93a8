"""Words and meaning together choose the clause of a question."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.search.clause_choice import choose
from datazoom_desktop.search.clause_match import ClauseMatcher
from datazoom_desktop.search.clause_vectors import ClauseVectorStore
from datazoom_desktop.search.clauses import folders, load

WANTED = """
    renewal-term governing-law non-compete termination-for-convenience cap-on-liability holdover liquidation-preference vesting
    loan-maturity retained-copies severance personal-data-breach
"""
EMBEDDER = OnnxEmbedder()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ClauseVectorStore:
    return ClauseVectorStore(tmp_path_factory.mktemp("cache"), EMBEDDER)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Can the customer leave whenever it likes?", "termination-for-convenience"),
        ("What do we owe the bank on the final day?", "loan-maturity"),
        ("How much does the manager get when fired?", "severance"),
        ("Which country's rules decide a quarrel over the wording?", "governing-law"),
        ("Could a founder lose shares by quitting?", "vesting"),
        ("How soon must hacking be reported?", "personal-data-breach"),
        ("What is the liability cap?", "cap-on-liability"),
        ("Is there an automatic renewal?", "renewal-term"),
    ],
)
def test_a_question_in_plain_words_finds_its_clause(store: ClauseVectorStore, question: str, wanted: str) -> None:
    library, _ = load(folders(Path("nowhere"))[0])
    clauses = [clause for clause in library.clauses if clause.id in WANTED.split()]
    vector = EMBEDDER.embed([question])[0]
    matches = choose(question, vector, ClauseMatcher(clauses), store.of(clauses), limit=3)
    assert len(matches) == 3
    assert matches[0].clause.id == wanted
    assert matches[0].because
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] <= 1


def test_no_clauses_give_no_choice(store: ClauseVectorStore) -> None:
    assert choose("governing law", np.ones(384, np.float32), ClauseMatcher(()), store.of(())) == []
