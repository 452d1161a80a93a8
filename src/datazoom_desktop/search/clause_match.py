"""Which clauses a question asks for, by its words; pure.

A question fits a clause as well as it says one of its names, or as well as it resembles one of the questions that the clause's
file gives. A word counts for as much as it tells clauses apart: "assignment" much, "agreement" nothing to speak of.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz, process

from datazoom_desktop.search.clause_file import Clause
from datazoom_desktop.search.words import STOP, content, stem, words

ALMOST = 0.8  #: what a nearly equal word counts
ALMOST_RATIO = 86.0  #: rapidfuzz ratio from which two words are nearly equal
ALMOST_LENGTH = 5  #: characters from which a word is compared at all
IN_ORDER = 1.0  #: the share of a name's value that it has when its words stand side by side in the question
SCATTERED = 0.75  #: the same when they stand apart
PLAIN = 2.5  #: weight of a name that is worth half of what a very telling one is
SECOND = 0.25  #: what the weaker of the two kinds of evidence adds
LEAST = 0.12  #: score below which a clause is not offered


class ClauseMatch(NamedTuple):
    """A clause that a question may ask for.

    Attributes:
        score: 0 to 1, comparable across questions.
        because: The name or the question of the clause that fits best, to be shown to the user.
    """

    clause: Clause
    score: float
    because: str


class _Wording(NamedTuple):
    """One name or question of a clause: its text, its stems in order, and their set."""

    text: str
    stems: tuple[str, ...]
    known: frozenset[str]


class ClauseMatcher:
    """The names and questions of clauses, ready to be matched; never changed once made, so threads may share it."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        """Fold the words of every clause and count in how many clauses each occurs."""
        self._clauses = tuple(clauses)
        self._names = [_wordings((clause.name, *clause.aliases)) for clause in clauses]
        self._questions = [_wordings(clause.questions) for clause in clauses]
        self._counts: Counter[str] = Counter()
        for names, questions in zip(self._names, self._questions, strict=True):
            self._counts.update(frozenset().union(*(wording.known for wording in (*names, *questions))))
        self._vocabulary = sorted(word for word in self._counts if len(word) >= ALMOST_LENGTH)

    def clause_types_of(self, question: str, limit: int = 8) -> list[ClauseMatch]:
        """Return up to ``limit`` clauses that ``question`` may ask for, best first, equal ones in the library's order.

        Args:
            question: The bare question, without its reference to a document.
            limit: How many clauses at most.
        """
        said = self._said(question)
        total = sum(self._weight(word) for word in said.asked)
        if not total:
            return []
        matches = []
        for clause, names, questions in zip(self._clauses, self._names, self._questions, strict=True):
            named = max(((self._named(said, total, name), name.text) for name in names), default=(0.0, ""))
            alike = max(((self._alike(said, total, other), other.text) for other in questions), default=(0.0, ""))
            better, weaker = max(named, alike), min(named, alike)
            score = min(1.0, better[0] + SECOND * weaker[0] * (1.0 - better[0]))
            if score >= LEAST:
                matches.append(ClauseMatch(clause, score, better[1]))
        matches.sort(key=lambda match: -match.score)
        return matches[:limit]

    def _weight(self, word: str) -> float:
        """Return how much a word tells clauses apart; 0 < weight, that of an unknown word the middle one."""
        n = len(self._clauses)
        count = self._counts.get(word, math.sqrt(n))
        return math.log(1 + (n - count + 0.5) / (count + 0.5))

    def _said(self, question: str) -> _Said:
        asked = dict.fromkeys(content(question))
        sure: dict[str, float] = dict.fromkeys(asked, 1.0)
        sure.update(dict.fromkeys(_joined(question), 1.0))
        order = content(question)
        for position, word in enumerate(order):
            near = self._near(word) if word not in self._counts else ()
            for other in near:
                sure.setdefault(other, ALMOST)
            if near:
                order[position] = near[0]
        return _Said(tuple(asked), sure, f" {' '.join(order)} ")

    def _near(self, word: str) -> tuple[str, ...]:
        if len(word) < ALMOST_LENGTH:
            return ()
        found = process.extract(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=ALMOST_RATIO, limit=2)
        return tuple(match[0] for match in found)

    def _named(self, said: _Said, total: float, name: _Wording) -> float:
        """Return how well the question says a name, 0 to 1: all of it, in order, and little else."""
        weight = sum(self._weight(word) for word in name.known)
        if not weight:
            return 0.0
        met = sum(self._weight(word) * said.sure.get(word, 0.0) for word in name.known)
        covered = met / weight
        telling = weight / (weight + PLAIN)
        order = IN_ORDER if f" {' '.join(name.stems)} " in said.order else SCATTERED
        explained = min(1.0, met / total)
        return covered**3 * telling * order * (0.6 + 0.4 * explained)

    def _alike(self, said: _Said, total: float, other: _Wording) -> float:
        """Return how alike the question and one of a clause's are, 0 to 1: the cosine of their weighted words."""
        weight = sum(self._weight(word) ** 2 for word in other.known)
        if not weight:
            return 0.0
        met = sum(self._weight(word) ** 2 * said.sure.get(word, 0.0) for word in other.known)
        asked = sum(self._weight(word) ** 2 for word in said.asked)
        return min(1.0, met / math.sqrt(weight * asked))


class _Said(NamedTuple):
    """What a question says.

    Attributes:
        asked: Its stems without repeats.
        sure: How surely it says a stem, 0 to 1; misspelt and joined words included.
        order: All its stems in order, a space before, between and after, misspelt ones mended.
    """

    asked: tuple[str, ...]
    sure: dict[str, float]
    order: str


def _wordings(texts: Iterable[str]) -> list[_Wording]:
    return [_Wording(text, tuple(stems), frozenset(stems)) for text in texts if (stems := content(text))]


def _joined(question: str) -> set[str]:
    """Return the stems of each two neighbours written as one word: "non compete" as "noncompete"."""
    joined = (a + b for a, b in pairwise(words(question)) if len(a) + len(b) >= ALMOST_LENGTH)
    return {stem(word) for word in joined if word not in STOP}
