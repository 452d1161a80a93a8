"""Learns from questions that their documents do and do not answer how sure it is that a clause was found; pure.

What is said of a question is learned from other documents: what usually speaks for its clause and, where no figure is published, how
often contracts have such a clause, both drawn towards the mean of all clauses by a few imagined questions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from datazoom_desktop.search.judge import SURE, Expected, Linear
from learning import Matrix, logistic

SIGNS_IMAGINED = 4  #: questions with the mean of all signs that every clause begins with
ANSWERS_IMAGINED = 3  #: questions, answered as often as all, that every clause begins with


@dataclass(frozen=True, slots=True)
class Seen:
    """A question for a clause: whether its document has it, and what speaks for it."""

    clause: str
    doc: str
    fold: int
    answered: bool
    signs: tuple[float, ...]


def expected(seen: Sequence[Seen], clause: str, shares: Mapping[str, float]) -> Expected:
    """Return what ``seen`` tells of a clause; ``shares`` are the published shares of contracts that have one, by its id."""
    of = [one for one in seen if one.clause == clause]
    mean = np.mean([one.signs for one in seen], axis=0)
    summed = np.sum([one.signs for one in of], axis=0) if of else 0.0
    usual = tuple(((summed + SIGNS_IMAGINED * mean) / (len(of) + SIGNS_IMAGINED) - mean).tolist())
    if clause in shares:
        return Expected(usual, math.log(shares[clause] / (1 - shares[clause])), 1.0)
    rate = sum(one.answered for one in seen) / len(seen)
    answered = sum(one.answered for one in of)
    odds = (answered + ANSWERS_IMAGINED * rate) / (len(of) - answered + ANSWERS_IMAGINED * (1 - rate))
    return Expected(usual, math.log(odds), 0.0)


def learn(seen: Sequence[Seen], shares: Mapping[str, float]) -> Linear:
    """Return the weights of ``SURE``; of each question is told what the other documents tell of its clause."""
    rows = [_row(one, [other for other in seen if other.doc != one.doc], shares) for one in seen]
    return logistic(np.array(rows, np.float32), np.array([one.answered for one in seen]), SURE, SURE)


def table(seen: Sequence[Seen], shares: Mapping[str, float]) -> dict[str, Expected]:
    """Return what is to be expected of each clause that was asked for, and under "" of any other."""
    return {
        clause: expected(seen, clause, shares) for clause in ("", *sorted({one.clause for one in seen} | set(shares)))
    }


def crossed(seen: Sequence[Seen], shares: Mapping[str, float]) -> Matrix:
    """Return (N,) how sure it is for each question, learned from the other folds."""
    values = np.empty(len(seen), np.float32)
    for fold in {one.fold for one in seen}:
        others = [one for one in seen if one.fold != fold]
        sure = learn(others, shares)
        for i, one in enumerate(seen):
            if one.fold == fold:
                values[i] = sure.scores(np.array([_row(one, others, shares)], np.float32))[0]
    return values


def _row(one: Seen, others: Sequence[Seen], shares: Mapping[str, float]) -> list[float]:
    return expected(others, one.clause, shares).beside(one.signs)
