"""Put passages in order: the cosine of their meaning and the weight of their words, fused; pure.

Both are brought to one scale (about one standard deviation of the passages of a document) and added, so that a score compares
across the documents of one question. The constants were chosen by measuring on annotated contracts; they were not confirmed on
contracts kept aside for that, so how well they carry over is not known.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from datazoom_desktop.search.words import content

COSINE_SPREAD = 0.12  #: the standard deviation of a question's cosines with the passages of one document
WORDS_SHARE = 2.0  #: what the best word match of a question is worth, in the same deviations
NAMED_SHARE = 1.5  #: what a document whose name has all the question's words is worth where no document was chosen
PREFERRED_SHARE = 2.5  #: what standing in a document that the question names is worth
MISSING_STEP = 0.02  #: how far below the weakest known cosine a passage found only by its words is put


def fuse(
    cosines: Mapping[str, float], word_scores: Mapping[str, float], bonus: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return a score for every passage id of either mapping, higher is better.

    Args:
        cosines: -1 to 1, of the passages nearest in meaning.
        word_scores: BM25 of the passages with the question's words; 0 or more.
        bonus: By passage id, what its document's name adds (see ``NAMED_SHARE``, ``PREFERRED_SHARE``).
    """
    floor = min(cosines.values(), default=0.0) - MISSING_STEP
    most = max(word_scores.values(), default=0.0) or 1.0
    return {
        passage: cosines.get(passage, floor) / COSINE_SPREAD
        + WORDS_SHARE * word_scores.get(passage, 0.0) / most
        + (bonus or {}).get(passage, 0.0)
        for passage in dict.fromkeys((*cosines, *word_scores))
    }


def rarity(texts: Iterable[Sequence[str]]) -> dict[str, float]:
    """Return the inverse document frequency of every word of ``texts`` (each a list of stems), 0 < value."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        counts.update(set(text))
        total += 1
    return {word: math.log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in counts.items()}


def overlap(question: Sequence[str], text: Sequence[str], idf: Mapping[str, float]) -> float:
    """Return the share, 0 to 1, of the weight of the question's words (stems) that ``text`` has; 0 without words."""
    weights = {word: idf.get(word, 0.0) for word in question}
    total = sum(weights.values())
    have = set(text)
    return sum(weight for word, weight in weights.items() if word in have) / total if total else 0.0


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
