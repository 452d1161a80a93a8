"""The words by which each kind of clause is told from the others, taken from the clause library; pure.

"Merger" speaks for a change of control, "agreement" for nothing in particular. A sentence that has many of a clause's words, weighted
by how much they tell it apart, is likely to be such a clause, whatever its meaning resembles.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from datazoom_desktop.search.clause_file import Clause
from datazoom_desktop.search.words import content

WORDS = 25  #: the most telling words of a clause that are kept
NAMED = 0.6  #: what standing in a clause's name or heading adds to the share of its phrasings that have a word


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The telling words of one clause.

    Attributes:
        weights: By stem; they add up to 1.
        phrasings: The stems of each of its phrasings.
    """

    weights: Mapping[str, float]
    phrasings: tuple[frozenset[str], ...]

    def share(self, stems: Collection[str]) -> float:
        """Return the share, 0 to 1, of the weight of the clause's words that ``stems`` has."""
        return sum(weight for word, weight in self.weights.items() if word in stems)

    def phrasing_share(self, stems: Collection[str], idf: Mapping[str, float]) -> float:
        """Return the largest share, 0 to 1, of the weight of the words of one phrasing that ``stems`` has."""
        best = 0.0
        for phrasing in self.phrasings:
            total = sum(idf.get(word, 0.0) for word in phrasing)
            if total > 0.0:
                best = max(best, sum(idf.get(word, 0.0) for word in phrasing if word in stems) / total)
        return best


def lexicons(clauses: Sequence[Clause]) -> tuple[Lexicon, ...]:
    """Return the lexicon of each clause, in order."""
    said = [tuple(frozenset(content(text)) for text in clause.phrasings) for clause in clauses]
    uses = [_uses(clause, phrasings) for clause, phrasings in zip(clauses, said, strict=True)]
    spread = Counter(word for words in uses for word in words)
    return tuple(
        Lexicon(_telling(words, spread, len(clauses)), phrasings) for words, phrasings in zip(uses, said, strict=True)
    )


def _uses(clause: Clause, phrasings: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return how usual each word is in a clause: the share of its phrasings, more for a word of its names and headings."""
    counts = Counter(word for phrasing in phrasings for word in phrasing)
    named = {word for text in (clause.name, *clause.aliases, *clause.headings) for word in content(text)}
    number = max(1, len(phrasings))
    return {word: counts[word] / number + (NAMED if word in named else 0.0) for word in {*counts, *named}}


def _telling(uses: Mapping[str, float], spread: Mapping[str, int], clauses: int) -> dict[str, float]:
    weighed = {word: use * math.log((clauses + 1) / spread[word]) for word, use in uses.items()}
    kept = sorted(weighed.items(), key=lambda pair: (-pair[1], pair[0]))[:WORDS]
    total = sum(weight for _, weight in kept) or 1.0
    return {word: weight / total for word, weight in kept}
