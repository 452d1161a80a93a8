"""From passages looked at to what is handed out: judge passages, cut the best to sentences, judge those, quote the best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search import store, tighten
from datazoom_desktop.search.clause_index import Matrix
from datazoom_desktop.search.features import (
    CLAUSE_SENTENCE,
    Texts,
    Wanted,
    passage_features,
    sentence_features,
    stems_of,
    texts,
)
from datazoom_desktop.search.judge import Judge
from datazoom_desktop.search.model import Evidence
from datazoom_desktop.search.tighten import Sentence

TIGHTENED = 10  #: best passages that are cut to sentences
QUOTES = 12  #: quotes that come before whole passages
DECIDES = 0.33  #: sureness of the clause from which its evidence decides whether anything was found

SentencesOf = Callable[[Sequence[str], Sequence[Sentence]], Matrix]
"""Given passage ids and sentences (whose ``passage`` is a position among the ids), returns the sentences' vectors."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is looked at for one question.

    Attributes:
        rows: The passages.
        passages: What is known of them, in the same order.
        bonus: By passage id, what its document's name adds to its score.
    """

    wanted: Wanted
    rows: Sequence[store.PassageRow]
    passages: Texts
    bonus: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch to hand out, before it has its place in the room."""

    row: store.PassageRow
    span: Span
    score: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The sentences of some passages.

    Attributes:
        of: For each sentence, the position of its passage among the rows gathered.
        features: (N, F), as ``sentence_features`` gives them.
    """

    pieces: Sequence[Sentence]
    of: Sequence[int]
    meaning: Matrix
    features: Matrix


def ranked(gathered: Gathered, judge: Judge) -> tuple[list[int], Matrix]:
    """Return the positions of the passages, best first, and what each one's document's name adds to its score."""
    added = np.array([gathered.bonus.get(row.passage_id, 0.0) for row in gathered.rows], np.float32)
    scores = judge.passages(passage_features(gathered.wanted, gathered.passages), gathered.wanted.sureness) + added
    order = sorted(range(len(gathered.rows)), key=lambda i: (-scores[i], gathered.rows[i].passage_id))
    return order, added


def cut(gathered: Gathered, top: Sequence[int], vectors_of: SentencesOf) -> Cut:
    """Return the sentences of the passages at the positions ``top``, with their features."""
    rows = [gathered.rows[i] for i in top]
    pieces = tighten.cut([(row.char_start, row.text) for row in rows])
    vectors = vectors_of([row.passage_id for row in rows], pieces)
    said = [piece.text for piece in pieces]
    known = texts(gathered.wanted, vectors, stems_of(said))
    of = [top[piece.passage] for piece in pieces]
    return Cut(pieces, of, known.meaning, sentence_features(gathered.wanted, gathered.passages, known, said, of))


def judged(gathered: Gathered, judge: Judge, vectors_of: SentencesOf, k: int) -> tuple[list[Found], Evidence | None]:
    """Return up to ``k`` stretches, best first, quotes before passages less what was quoted; and the evidence for a clause."""
    if not gathered.rows:
        return [], None
    order, added = ranked(gathered, judge)
    top = order[:TIGHTENED]
    sentences = cut(gathered, top, vectors_of)
    clause, sureness = gathered.wanted.clause, gathered.wanted.sureness
    scores = judge.sentences(sentences.features, sureness) + added[np.asarray(sentences.of, np.intp)]
    quotes = tighten.choose(sentences.pieces, scores.tolist(), min(QUOTES, k))
    found = [Found(gathered.rows[top[q.passage]], q.span, q.score, float(sentences.meaning[q.best])) for q in quotes]
    found += _remainders(gathered, order, quotes, k - len(found), min((f.score for f in found), default=0.0))
    if clause is None or not quotes or sureness < DECIDES:
        return found, None
    signs = _signs(gathered, judge, sentences)
    value = judge.certainty(clause.clause.id, signs)
    return found, Evidence(clause.clause.name, value, judge.found, judge.strong, clause.clause.id, signs)


def _signs(gathered: Gathered, judge: Judge, sentences: Cut) -> tuple[float, ...]:
    """Return the ``judge.SIGNS`` of the clause that is asked for."""
    scores = judge.clause_sentence.scores(sentences.features)
    best = int(scores.argmax())
    passages = judge.clause_passage.scores(passage_features(gathered.wanted, gathered.passages))
    words = sentences.features[best][CLAUSE_SENTENCE.index("clause_words")]
    return float(scores[best]), float(passages.max()), float(words)


def _remainders(
    gathered: Gathered, order: Sequence[int], quotes: Sequence[tighten.Quote], room: int, least: float
) -> list[Found]:
    """Return what of the passages was not quoted, in their order, up to ``room`` stretches, each scored below ``least``."""
    out: list[Found] = []
    for position, i in enumerate(order):
        if len(out) >= room:
            break
        row = gathered.rows[i]
        taken = [q.span for q in quotes if q.passage == position]
        for span in tighten.remainder(Span(row.char_start, row.char_end), taken):
            least -= 1e-3
            out.append(Found(row, span, least, float(gathered.passages.meaning[i])))
    return out[: max(0, room)]
