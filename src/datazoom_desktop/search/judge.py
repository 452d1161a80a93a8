"""The small models that weigh features: sums of weighted features, learned from annotated contracts; pure but for reading their file.

``resources/ranking.json`` holds four of them, for passages and for sentences, each with and without a clause, and a fifth for how sure it is
that a clause was found: a score that is high for one kind of clause is low for another, and a clause that few contracts have takes more to
believe in. ``packaging/train_ranking.py`` learns them; what each feature adds to a score can be told, since a score is nothing but their sum.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.search.clause_index import Matrix
from datazoom_desktop.search.features import CLAUSE_PASSAGE, CLAUSE_SENTENCE, PLAIN_PASSAGE, PLAIN_SENTENCE

SIGNS = (
    "sentence",
    "passage",
    "words",
)  #: of a clause: the best sentence's score, the best passage's, and the clause's words in the former
SURE = (*SIGNS, *(f"usual_{sign}" for sign in SIGNS), "common", "published")


@dataclass(frozen=True, slots=True)
class Linear:
    """A weighted sum of features: the logarithm of the odds that a text answers.

    Attributes:
        features: Their names, in the order of the columns.
        weights: One a feature.
        bias: Added to the sum.
    """

    features: tuple[str, ...]
    weights: Matrix
    bias: float

    def scores(self, features: Matrix) -> Matrix:
        """Return (N,) scores of (N, F) features."""
        return np.asarray(np.einsum("nf,f->n", features, self.weights) + self.bias, np.float32)

    def parts(self, features: Sequence[float]) -> dict[str, float]:
        """Return what each feature adds to one text's score, the largest first."""
        added = {name: float(w) * value for name, w, value in zip(self.features, self.weights, features, strict=True)}
        return dict(sorted(added.items(), key=lambda part: -abs(part[1])))


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to be expected of one kind of clause before a document is looked at.

    Attributes:
        usual: Mean of each of ``SIGNS``, whether or not the contract has the clause, less that of all clauses.
        common: Logarithm of the odds that a contract has one.
        published: 1 where ``common`` is a published figure, 0 where it was learned together with the weights.
    """

    usual: tuple[float, ...]
    common: float
    published: float

    def beside(self, signs: Sequence[float]) -> list[float]:
        """Return the values of ``SURE`` for a document with these ``SIGNS``."""
        return [*signs, *self.usual, self.common, self.published]


@dataclass(frozen=True, slots=True)
class Judge:
    """The models, and from which certainty on a clause counts as found.

    Attributes:
        found: Below it, a document without the clause is the better guess.
        strong: From it on, hardly any document without the clause gets there.
        expected: By the clause's id; under "" what holds for every other clause.
    """

    plain_passage: Linear
    clause_passage: Linear
    plain_sentence: Linear
    clause_sentence: Linear
    sure: Linear
    expected: Mapping[str, Expected]
    found: float
    strong: float

    def passages(self, features: Matrix, sureness: float) -> Matrix:
        """Return (N,) scores of passages; ``sureness``, 0 to 1, is how much the clause's features count."""
        return _blend(self.plain_passage, self.clause_passage, features, sureness)

    def sentences(self, features: Matrix, sureness: float) -> Matrix:
        """Return (N,) scores of sentences; ``sureness``, 0 to 1, is how much the clause's features count."""
        return _blend(self.plain_sentence, self.clause_sentence, features, sureness)

    def certainty(self, clause_id: str, signs: Sequence[float]) -> float:
        """Return the logarithm of the odds that a document has a clause, given its ``SIGNS``."""
        expected = self.expected.get(clause_id) or self.expected[""]
        return float(self.sure.scores(np.array([expected.beside(signs)], np.float32))[0])


def _blend(plain: Linear, clause: Linear, features: Matrix, sureness: float) -> Matrix:
    """Return the scores of both models mixed; the plain model's features come first."""
    scores = plain.scores(features[:, : len(plain.features)])
    return scores if sureness <= 0 else (1 - sureness) * scores + sureness * clause.scores(features)


@functools.cache
def judge() -> Judge:
    """Return the judge that ships."""
    return parse(json.loads(resource_path("ranking.json").read_text(encoding="utf-8")))


def parse(content: Mapping[str, Any]) -> Judge:
    """Return the judge that ``content`` describes.

    Raises:
        ValueError: A model is missing or made for other features than this program computes.
    """
    try:
        return Judge(
            _linear(content["plain_passage"], PLAIN_PASSAGE),
            _linear(content["clause_passage"], CLAUSE_PASSAGE),
            _linear(content["plain_sentence"], PLAIN_SENTENCE),
            _linear(content["clause_sentence"], CLAUSE_SENTENCE),
            _linear(content["sure"], SURE),
            {
                identifier: Expected(tuple(one["usual"]), float(one["common"]), float(one["published"]))
                for identifier, one in content["expected"].items()
            },
            float(content["found"]),
            float(content["strong"]),
        )
    except KeyError as error:
        raise ValueError(f"the ranking has no {error}") from error


def _linear(content: Mapping[str, Any], features: tuple[str, ...]) -> Linear:
    weights: Mapping[str, float] = content["weights"]
    if tuple(weights) != features:
        raise ValueError(f"the ranking is made for {', '.join(weights)}, not for {', '.join(features)}")
    return Linear(features, np.array(list(weights.values()), np.float32), float(content["bias"]))
