"""Learning how sure it is that a clause was found: what other documents tell, and no more."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging"))

import certainty  # a script's part, beside the scripts


def seen(clause: str, doc: str, answered: bool, sign: float, fold: int = 0) -> certainty.Seen:
    return certainty.Seen(clause, doc, fold, answered, (sign, sign, sign))


def test_a_clause_never_asked_for_is_like_all_and_a_rare_one_below() -> None:
    known = [seen("law", f"d{i}", answered=i > 0, sign=1.0) for i in range(4)]
    known += [seen("price", f"d{i}", answered=i == 0, sign=-1.0) for i in range(4)]
    other = certainty.expected(known, "other", {})
    assert other.usual == pytest.approx((0.0, 0.0, 0.0))
    assert other.common == pytest.approx(0.0)
    assert certainty.expected(known, "law", {}).common > 0 > certainty.expected(known, "price", {}).common
    assert certainty.expected(known, "law", {}).usual[0] == pytest.approx(0.5)
    assert certainty.expected(known, "price", {"price": 0.2}).common == pytest.approx(math.log(0.25))


def test_what_is_said_of_a_document_was_learned_from_others() -> None:
    chance = np.random.default_rng(3)
    known = []
    for number in range(60):
        for clause in ("a", "b"):
            answered = bool(chance.random() < 0.5)
            sign = float(chance.normal(3.0 * answered + (5.0 if clause == "a" else 0.0)))
            known.append(seen(clause, f"d{number}", answered, sign, fold=number % 5))
    values = certainty.crossed(known, {})
    answered = np.array([one.answered for one in known])
    score = np.array([one.signs[0] for one in known])

    def refused(of: np.ndarray) -> float:
        return float(np.mean(of[~answered] < np.quantile(of[answered], 0.1)))

    assert refused(values) > refused(score) + 0.2
    turned = [
        certainty.Seen(one.clause, one.doc, 0, not one.answered, one.signs) if one.fold == 0 else one for one in known
    ]
    own = [one.fold == 0 for one in known]
    assert np.allclose(values[own], certainty.crossed(turned, {})[own])
    assert not np.allclose(values[np.invert(own)], certainty.crossed(turned, {})[np.invert(own)])
    sure, table = certainty.learn(known, {}), certainty.table(known, {})
    assert set(table) == {"", "a", "b"}
    assert np.isfinite(sure.weights).all()
