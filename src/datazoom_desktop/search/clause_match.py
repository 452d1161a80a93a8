"""Which clauses a question asks for, by its words; pure.

A question fits a clause as well as it says one of its names, or as well as it resembles one of the questions that the clause's
file gives. A word counts for as much as it tells clauses apart: "assignment" much, "agreement" nothing to speak of.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz import fuzz, process

from datazoom_desktop.search.clause_file import Clause
from datazoom_desktop.search.words import STOP, content, stem, words

ALMOST = 0.8  #: what a nearly equal word counts
ALMOST_RATIO = 86.0  #: rapidfuzz ratio from which two words are nearly equal
ALMOST_LENGTH = 5  #: characters from which a word is compared at all
SCATTERED = 0.75  #: what a name is worth whose words stand apart in the question, of one whose words stand side by side
PLAIN = 2.5  #: weight of a name that is worth half of what a very telling one is
EXPLAINS = 0.4  #: the share of a name's value that it has for leaving little else in the question
IDIOM = 0.6  #: what a name is worth that has only words which say nothing alone, such as "at will"
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
    """One name or question of a clause.

    Attributes:
        clause: Position of its clause.
        known: Its stems, without repeats.
        order: All its stems in order, a space before, between and after.
        is_name: It is a name and not a question.
    """

    clause: int
    text: str
    known: frozenset[str]
    order: str
    is_name: bool


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


class ClauseMatcher:
    """The names and questions of clauses, ready to be matched; never changed once made, so threads may share it."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        """Fold the words of every clause and count in how many clauses each occurs."""
        self._clauses = tuple(clauses)
        self._wordings = [
            _Wording(position, text, frozenset(stems), f" {' '.join(stems)} ", is_name)
            for position, clause in enumerate(self._clauses)
            for texts, is_name in (((clause.name, *clause.aliases), True), (clause.questions, False))
            for text in texts
            if (stems := content(text))
        ]
        self._idioms = [
            (position, name, f" {' '.join(words(name))} ")
            for position, clause in enumerate(self._clauses)
            for name in (clause.name, *clause.aliases)
            if words(name) and not content(name)
        ]
        self._counts = Counter(word for _, word in {(w.clause, word) for w in self._wordings for word in w.known})
        self._vocabulary = sorted(word for word in self._counts if len(word) >= ALMOST_LENGTH)
        self._weights = [sum(self._weight(word) for word in wording.known) for wording in self._wordings]
        self._squares = [sum(self._weight(word) ** 2 for word in wording.known) for wording in self._wordings]
        self._places: dict[str, list[int]] = {}
        for place, wording in enumerate(self._wordings):
            for word in wording.known:
                self._places.setdefault(word, []).append(place)

    def clause_types_of(self, question: str, limit: int = 8) -> list[ClauseMatch]:
        """Return up to ``limit`` clauses that ``question`` may ask for, best first, equal ones in the library's order.

        Args:
            question: The bare question, without its reference to a document.
            limit: How many clauses at most.
        """
        said = self._said(question)
        best: dict[tuple[int, bool], tuple[float, str]] = {}
        for place, score in self._fits(said):
            wording = self._wordings[place]
            key = (wording.clause, wording.is_name)
            if score > best.get(key, (0.0, ""))[0]:
                best[key] = (score, wording.text)
        spoken = f" {' '.join(words(question))} "
        for position, name, idiom in self._idioms:
            if idiom in spoken:
                best[position, True] = max(best.get((position, True), (0.0, "")), (IDIOM, name))
        matches = []
        for position in sorted({clause for clause, _ in best}):
            weaker, better = sorted(best.get((position, is_name), (0.0, "")) for is_name in (True, False))
            score = better[0] + SECOND * weaker[0] * (1.0 - better[0])
            if score >= LEAST:
                matches.append(ClauseMatch(self._clauses[position], score, better[1]))
        matches.sort(key=lambda match: -match.score)
        return matches[:limit]

    def _fits(self, said: _Said) -> list[tuple[int, float]]:
        """Return the wordings that share a word with the question, and how well each fits it, 0 to 1."""
        met: dict[int, float] = {}
        met_squares: dict[int, float] = {}
        for word, sure in said.sure.items():
            weight = self._weight(word)
            for place in self._places.get(word, ()):
                met[place] = met.get(place, 0.0) + weight * sure
                met_squares[place] = met_squares.get(place, 0.0) + weight * weight * sure
        asked = sum(self._weight(word) for word in said.asked)
        asked_squares = sum(self._weight(word) ** 2 for word in said.asked)
        return [
            (
                place,
                self._named(said, place, met[place], asked)
                if self._wordings[place].is_name
                else min(1.0, met_squares[place] / math.sqrt(self._squares[place] * asked_squares)),
            )
            for place in met
        ]

    def _named(self, said: _Said, place: int, met: float, asked: float) -> float:
        """Return how well the question says a name: all of it, side by side, and little else."""
        weight = self._weights[place]
        side_by_side = self._wordings[place].order in said.order
        return (
            (met / weight) ** 3
            * (weight / (weight + PLAIN))
            * (1.0 if side_by_side else SCATTERED)
            * (1.0 - EXPLAINS + EXPLAINS * min(1.0, met / asked))
        )

    def _weight(self, word: str) -> float:
        """Return how much a word tells clauses apart; 0 < weight, that of an unknown word a middling one."""
        n = len(self._clauses)
        count = self._counts[word] or math.sqrt(n)
        return math.log(1 + (n - count + 0.5) / (count + 0.5))

    def _said(self, question: str) -> _Said:
        order = content(question)
        asked = tuple(dict.fromkeys(order))
        sure = dict.fromkeys((*asked, *_joined(question)), 1.0)
        mended: dict[str, str] = {}
        for word in asked:
            near = () if word in self._counts else self._near(word)
            for other in near:
                sure.setdefault(other, ALMOST)
            mended[word] = near[0] if near else word
        return _Said(asked, sure, f" {' '.join(mended[word] for word in order)} ")

    def _near(self, word: str) -> tuple[str, ...]:
        if len(word) < ALMOST_LENGTH:
            return ()
        found = process.extract(word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=ALMOST_RATIO, limit=2)
        return tuple(match[0] for match in found)


def _joined(question: str) -> set[str]:
    """Return the stems of each two neighbours written as one word: "non compete" as "noncompete"."""
    joined = (a + b for a, b in pairwise(words(question)) if len(a) + len(b) >= ALMOST_LENGTH)
    return {stem(word) for word in joined if word not in STOP}
