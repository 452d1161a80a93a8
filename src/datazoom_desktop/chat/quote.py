"""The engine "quote": answer at once in the documents' own words, or say that the room does not hold it; pure.

Whether the room answers is decided from the evidence. Where the question asks for a known kind of clause, that is how sure it is that
the best quote is such a clause; else, how near in meaning it is, how many of the question's words the best quotes have, and how many of
its pairs of words, such as "performance bond". The weights of the latter are a logistic fit on annotated contracts with questions they
do and do not answer, but for that of the pairs, which was chosen on the sample room; both thresholds refuse about one answerable
question in eleven.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from datazoom_desktop.chat.model import Citation, Claim, Verdict
from datazoom_desktop.search.model import Evidence, Hit
from datazoom_desktop.search.words import content, placed

SIMILARITY_WEIGHT = 4.84  #: for the cosine of the first quote
WORDS_WEIGHT = 2.35  #: for the share of the question's words that the first three quotes have
LENGTH_WEIGHT = -0.18  #: for each word of the question, since long questions are matched more easily
PAIRS_WEIGHT = -0.25  #: for each pair of the question's words that the first three quotes do not have side by side
BIAS = -2.7
THRESHOLD = -0.85  #: evidence below which nothing counts as found
STRONG = 0.2  #: evidence from which quotes stand as the answer although a language model found nothing in them
MOST_WORDS = 8
NEAR = 4  #: words apart at most are side by side
CLAIMS = 3  #: quotes of an answer
WITHIN = 3.0  #: a quote this much worse than the best is left out
_WEAK_TEXT = (
    "contract agreement document clause provision party parties term terms include included specified section company"
)
_WEAK = frozenset(content(_WEAK_TEXT))


def evidence(core: str, hits: Sequence[Hit], clause: Evidence | None = None) -> float:
    """Return how strongly ``hits`` (best first) speak for an answer being there; compare with ``THRESHOLD`` and ``STRONG``.

    Args:
        core: What the question asks for, without its scaffolding.
        hits: As search ranked them.
        clause: How surely the best hit is the kind of clause that the question asks for, if it asks for one.
    """
    if not hits:
        return -10.0
    return _of_words(core, hits) if clause is None else _of_clause(clause)


def _of_clause(clause: Evidence) -> float:
    """Return a clause's evidence on the scale of ``THRESHOLD`` and ``STRONG``."""
    if clause.value >= clause.strong:
        return STRONG + clause.value - clause.strong
    if clause.value < clause.found:
        return THRESHOLD + clause.value - clause.found
    share = (clause.value - clause.found) / (clause.strong - clause.found)
    return THRESHOLD * (1 - share) + STRONG * share


def _of_words(core: str, hits: Sequence[Hit]) -> float:
    wanted = {word for word in content(core) if word not in _WEAK}
    have = {word for hit in hits[:3] for word in content(f"{hit.text} {hit.heading}")}
    share = len(wanted & have) / len(wanted) if wanted else 0.0
    said = [placed(hit.text) for hit in hits[:3]]
    unsaid = sum(not any(_side_by_side(pair, stems) for stems in said) for pair in _pairs(core))
    return (
        SIMILARITY_WEIGHT * hits[0].similarity
        + WORDS_WEIGHT * share
        + LENGTH_WEIGHT * min(len(wanted), MOST_WORDS)
        + PAIRS_WEIGHT * unsaid
        + BIAS
    )


def _pairs(core: str) -> list[tuple[str, str]]:
    """Return the stems of words that stand next to each other in a question and both carry meaning."""
    return [(a, b) for a, b in pairwise(placed(core)) if a and b]


def _side_by_side(pair: tuple[str, str], stems: Sequence[str]) -> bool:
    first, second = ([at for at, stem in enumerate(stems) if stem == wanted] for wanted in pair)
    return any(abs(a - b) <= NEAR for a in first for b in second)


def citation(hit: Hit) -> Citation:
    """Return a hit as evidence: its text is the document's own, so it is verified as it stands."""
    return Citation(
        hit.document_id, hit.version_id, hit.path, hit.page, hit.span, hit.text, Verdict.VERIFIED, hit.boxes, hit.cells
    )


def claims(hits: Sequence[Hit]) -> tuple[Claim, ...]:
    """Return up to ``CLAIMS`` quotes as claims, best first, each with itself as evidence."""
    if not hits:
        return ()
    least = hits[0].score - WITHIN
    chosen = [hit for hit in hits[:CLAIMS] if hit.score >= least]
    return tuple(Claim(" ".join(hit.text.split()), (citation(hit),)) for hit in chosen)
