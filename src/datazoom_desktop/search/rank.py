"""Words of questions and passages weighed, what a document's name is worth, and room for several documents; pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from datazoom_desktop.search.words import content

NAMED_SHARE = (
    1.5  #: what a document whose name has all the question's words adds to a score where no document was chosen
)
PREFERRED_SHARE = 2.5  #: what standing in a document that the question names adds to a score


def rarity(texts: Iterable[Collection[str]]) -> dict[str, float]:
    """Return the inverse document frequency of every word of ``texts`` (each a list of stems), 0 < value."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        counts.update(set(text))
        total += 1
    return {word: math.log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in counts.items()}


def overlap(question: Sequence[str], text: Collection[str], idf: Mapping[str, float]) -> float:
    """Return the share, 0 to 1, of the weight of the question's words (stems) that ``text`` has; 0 without words."""
    weights = {word: idf.get(word, 0.0) for word in question}
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in text) / total if total else 0.0


def question_words(question: str) -> list[str]:
    """Return the question's stems that carry meaning, without repeats, in order."""
    return list(dict.fromkeys(content(question)))


def cap_per_document(ordered: Sequence[tuple[str, str]], cap: int) -> list[int]:
    """Return positions of ``ordered`` (document id, anything), those beyond ``cap`` of a document moved behind all others."""
    seen: Counter[str] = Counter()
    first: list[int] = []
    later: list[int] = []
    for position, (document, _) in enumerate(ordered):
        seen[document] += 1
        (first if seen[document] <= cap else later).append(position)
    return first + later
