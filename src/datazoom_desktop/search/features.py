"""What speaks for a passage or a sentence as the answer to a question, as numbers with names; pure.

Every feature is something a person can check: how near in meaning, how many of the question's words, how near to the way such clauses
are drafted and how much nearer than to any other clause. ``judge`` weighs them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from datazoom_desktop.search.clause_index import AskedClause, ClauseIndex, Matrix, Nearness
from datazoom_desktop.search.rank import overlap
from datazoom_desktop.search.tighten import is_heading
from datazoom_desktop.search.words import content

PLAIN_PASSAGE = ("meaning", "words")
CLAUSE_PASSAGE = (*PLAIN_PASSAGE, "phrasing", "phrasing_margin", "clause_words")
PLAIN_SENTENCE = ("meaning", "passage_meaning", "words", "passage_words", "length", "heading")
CLAUSE_SENTENCE = (
    *PLAIN_SENTENCE,
    *("phrasing", "next_phrasings", "passage_phrasing", "phrasing_margin", "passage_phrasing_margin"),
    *("clause_words", "passage_clause_words", "phrasing_words"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for.

    Attributes:
        vector: (dims,) of the question.
        words: Its stems that carry meaning, without repeats.
        idf: Weight of stems among the passages looked at.
        clause: The clause it asks for, if it is sure which.
    """

    vector: Matrix
    words: Sequence[str]
    idf: Mapping[str, float]
    clause: AskedClause | None
    index: ClauseIndex

    @property
    def sureness(self) -> float:
        """How much the clause counts, 0 to 1."""
        return self.clause.sureness if self.clause is not None else 0.0


@dataclass(frozen=True, slots=True)
class Texts:
    """Passages or sentences looked at: their vectors (N, dims), stems, cosines with the question and shares of its words."""

    vectors: Matrix
    stems: Sequence[frozenset[str]]
    meaning: Matrix
    words: Matrix


def texts(wanted: Wanted, vectors: Matrix, stems: Sequence[frozenset[str]]) -> Texts:
    """Return what is to be known of texts, given their vectors (N, dims) and stems."""
    shares = np.array([overlap(wanted.words, own, wanted.idf) for own in stems], np.float32)
    meaning = np.asarray(vectors @ wanted.vector, np.float32) if stems else np.empty(0, np.float32)
    return Texts(vectors, stems, meaning, shares)


def stems_of(said: Sequence[str]) -> list[frozenset[str]]:
    """Return the stems of each text."""
    return [frozenset(content(text)) for text in said]


def passage_features(wanted: Wanted, passages: Texts) -> Matrix:
    """Return (N, F) features in the order of ``CLAUSE_PASSAGE``, or of ``PLAIN_PASSAGE`` where no clause is asked for."""
    columns = [passages.meaning, passages.words]
    if wanted.clause is not None:
        near = _near(wanted, passages)
        columns += [near.best, near.margin, _shares(wanted.clause, passages)]
    return np.stack(columns, axis=1)


def sentence_features(
    wanted: Wanted, passages: Texts, sentences: Texts, said: Sequence[str], of: Sequence[int]
) -> Matrix:
    """Return (N, F) features in the order of ``CLAUSE_SENTENCE``, or of ``PLAIN_SENTENCE`` where no clause is asked for.

    Args:
        wanted: What is looked for.
        passages: The passages that the sentences were cut from.
        sentences: The sentences.
        said: Their texts.
        of: For each sentence, the position of its passage.
    """
    at = np.asarray(of, np.intp)
    length = np.log(np.maximum(1, [len(text) for text in said])).astype(np.float32)
    heading = np.array([is_heading(text) for text in said], np.float32)
    columns = [sentences.meaning, passages.meaning[at], sentences.words, passages.words[at], length, heading]
    if wanted.clause is not None:
        clause = wanted.clause
        above, near = _near(wanted, passages), _near(wanted, sentences)
        columns += [near.best, near.following, above.best[at], near.margin, above.margin[at]]
        shared = [clause.lexicon.phrasing_share(own, wanted.idf) for own in sentences.stems]
        columns += [_shares(clause, sentences), _shares(clause, passages)[at], np.array(shared, np.float32)]
    return np.stack(columns, axis=1)


def _near(wanted: Wanted, of: Texts) -> Nearness:
    assert wanted.clause is not None
    return wanted.index.nearness(wanted.clause.position, of.vectors)


def _shares(clause: AskedClause, of: Texts) -> Matrix:
    return np.array([clause.lexicon.share(own) for own in of.stems], np.float32)
