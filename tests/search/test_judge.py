"""Features and the models that weigh them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.search.clause_index import ClauseIndex, ClauseSource
from datazoom_desktop.search.clauses import folders, load
from datazoom_desktop.search.features import (
    CLAUSE_PASSAGE,
    CLAUSE_SENTENCE,
    PLAIN_PASSAGE,
    PLAIN_SENTENCE,
    Wanted,
    passage_features,
    sentence_features,
    stems_of,
    texts,
)
from datazoom_desktop.search.judge import Linear, judge, parse
from datazoom_desktop.search.lexicon import lexicons
from datazoom_desktop.search.rank import question_words, rarity
from datazoom_desktop.search.words import stem
from tests.support.answers import clause_source, embedder

ASSIGNMENT = "Tenant shall not assign this Lease or sublet the premises without the prior written consent of Landlord."
LAW = "This Agreement is governed by the law of the State of Ohio, without regard to conflicts of law."
RENT = "Tenant shall pay base rent of $4,000 per month on the first day of each month."


@pytest.fixture(scope="module")
def index() -> ClauseIndex:
    return clause_source().index()


def asked(index: ClauseIndex, question: str) -> Wanted:
    vector = embedder().embed([question])[0]
    idf = rarity(stems_of([ASSIGNMENT, LAW, RENT]))
    return Wanted(vector, question_words(question), idf, index.asked(question, vector), index)


@pytest.mark.parametrize(
    ("question", "clause"),
    [
        ("Which law governs the agreement?", "governing-law"),
        ("Is there a cap on liability?", "cap-on-liability"),
        ("Can the contract be assigned without consent?", "anti-assignment"),
    ],
)
def test_a_question_for_a_clause_is_known_as_such(index: ClauseIndex, question: str, clause: str) -> None:
    found = asked(index, question).clause
    assert found is not None
    assert found.clause.id == clause
    assert found.because


def test_a_question_for_anything_else_asks_for_no_clause(index: ClauseIndex) -> None:
    assert asked(index, "To what level must the test tank be kept until the slab report is delivered?").clause is None


def test_a_text_is_nearest_to_its_own_kind_of_clause(index: ClauseIndex) -> None:
    vectors = embedder().embed([ASSIGNMENT, LAW, RENT])
    law = asked(index, "Which law governs the agreement?").clause
    assert law is not None
    near = index.nearness(law.position, vectors)
    assert near.best.argmax() == near.margin.argmax() == 1
    assert near.margin[1] > 0 > max(near.margin[0], near.margin[2])
    assert np.all(near.following <= near.best + 1e-6)


def test_the_judge_prefers_the_clause_that_is_asked_for(index: ClauseIndex) -> None:
    said = [ASSIGNMENT, LAW, RENT]
    vectors = embedder().embed(said)
    for question, best in (("Which law governs the agreement?", 1), ("Can the lease be assigned without consent?", 0)):
        wanted = asked(index, question)
        passages = texts(wanted, vectors, stems_of(said))
        first = judge().clause_passage.scores(passage_features(wanted, passages))
        then = judge().clause_sentence.scores(sentence_features(wanted, passages, passages, said, range(3)))
        assert first.argmax() == then.argmax() == best


def test_features_are_as_many_as_their_names(index: ClauseIndex) -> None:
    said = [RENT]
    for question, names in (
        ("Which law governs the agreement?", (CLAUSE_PASSAGE, CLAUSE_SENTENCE)),
        ("How many modules must Halyard buy?", (PLAIN_PASSAGE, PLAIN_SENTENCE)),
    ):
        wanted = asked(index, question)
        known = texts(wanted, embedder().embed(said), stems_of(said))
        assert passage_features(wanted, known).shape == (1, len(names[0]))
        assert sentence_features(wanted, known, known, said, [0]).shape == (1, len(names[1]))


def test_a_score_is_the_sum_of_its_parts() -> None:
    model = Linear(("a", "b"), np.array([2.0, -1.0], np.float32), 0.5)
    assert model.scores(np.array([[1.0, 3.0]], np.float32)).tolist() == [-0.5]
    assert model.parts([1.0, 3.0]) == {"b": -3.0, "a": 2.0}


def test_a_ranking_for_other_features_is_refused() -> None:
    content = json.loads(resource_path("ranking.json").read_text(encoding="utf-8"))
    parse(content)
    content["plain_passage"]["weights"]["luck"] = 1.0
    with pytest.raises(ValueError, match="luck"):
        parse(content)
    with pytest.raises(ValueError, match="clause_sentence"):
        parse(
            {
                key: value
                for key, value in json.loads(resource_path("ranking.json").read_text()).items()
                if key != "clause_sentence"
            }
        )


def test_the_telling_words_of_a_clause_are_its_own() -> None:
    library, _ = load(folders(Path("nowhere"))[0])
    by_id = dict(zip((clause.id for clause in library.clauses), lexicons(library.clauses), strict=True))
    control = by_id["change-of-control"]
    assert sum(control.weights.values()) == pytest.approx(1.0)
    assert stem("merger") in control.weights
    assert stem("agreement") not in control.weights
    merged = {stem(word) for word in ["merger", "sale", "of", "control", "acquisition"]}
    assert control.share(merged) > by_id["governing-law"].share(merged)
    assert control.phrasing_share(merged, {}) == 0.0


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "clauses").mkdir()
    return tmp_path


def test_a_clause_of_the_users_own_is_asked_for(home: Path) -> None:
    (home / "clauses" / "mine.toml").write_text(
        'area = "Mine"\n[[clause]]\nid = "kraken-insurance"\nname = "Kraken insurance"\nheadings = ["Krakens"]\n'
        'questions = ["Is there insurance against krakens?"]\n'
        'phrasings = ["Owner shall insure the vessel against damage by krakens and other monsters of the deep."]\n',
        encoding="utf-8",
    )
    source = ClauseSource(home, embedder())
    question = "Is there insurance against krakens?"
    found = source.index().asked(question, embedder().embed([question])[0])
    assert found is not None
    assert found.clause.id == "kraken-insurance"


def test_a_clause_that_few_contracts_have_takes_more_to_believe_in() -> None:
    weighed = judge()
    signs = (-1.0, -1.5, 0.4)
    assert weighed.certainty("governing-law", signs) > weighed.certainty("price-restrictions", signs)
    assert weighed.certainty("governing-law", (0.5, 0.5, 0.6)) > weighed.certainty("governing-law", signs)
    assert weighed.certainty("a-clause-of-the-users-own", signs) == weighed.certainty("", signs)
