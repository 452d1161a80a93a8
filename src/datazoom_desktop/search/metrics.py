"""How well ranked passages cover the words that answer, counted in characters; pure.

The measure of LegalBench-RAG (arXiv 2408.10343): precision and recall over characters, means over questions. Recall says little
without the characters it cost, so it is also told at a fixed budget of characters read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from datazoom_desktop.kernel.spans import Span

BUDGET = 4_000  #: characters a person or a small model reads willingly


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One retrieved stretch: its document's path, and its span in the version's text."""

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class Coverage:
    """How one question's hits cover its gold characters; all 0 to 1.

    Attributes:
        first_document: 1 when the first hit is in the right document.
        precision_first: Share of the first hit's characters that are gold.
        recall_budget: Share of the gold characters within the first ``BUDGET`` characters retrieved.
        recall_all: Share of the gold characters among all hits.
    """

    first_document: float
    precision_first: float
    recall_budget: float
    recall_all: float


def coverage(hits: Sequence[Retrieved], path: str, gold: Iterable[Span]) -> Coverage:
    """Return how ``hits`` (best first) cover ``gold``, the spans in the document whose path is, or ends with, ``path``."""
    wanted = union(gold)
    total = sum(len(span) for span in wanted)
    if not hits or not total:
        return Coverage(float(bool(hits) and same_document(hits[0].path, path)), 0.0, 0.0, 0.0)
    first = hits[0]
    found_first = _gold_in(first, path, wanted)
    return Coverage(
        first_document=float(same_document(first.path, path)),
        precision_first=sum(map(len, found_first)) / len(first.span) if len(first.span) else 0.0,
        recall_budget=_recall(cut(hits, BUDGET), path, wanted) / total,
        recall_all=_recall(hits, path, wanted) / total,
    )


def same_document(path: str, named: str) -> bool:
    """Return whether ``path`` is the path ``named``, or stands below a folder that ``named`` leaves out."""
    return path == named or path.endswith("/" + named)


def cut(hits: Sequence[Retrieved], characters: int) -> list[Retrieved]:
    """Return the hits up to ``characters`` characters in all, the last of them shortened."""
    out: list[Retrieved] = []
    left = characters
    for hit in hits:
        if left <= 0:
            break
        out.append(Retrieved(hit.path, Span(hit.span.start, min(hit.span.end, hit.span.start + left))))
        left -= len(hit.span)
    return out


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the characters of ``spans`` as spans in order that neither overlap nor touch."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start <= out[-1].end:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def _recall(hits: Iterable[Retrieved], path: str, wanted: Sequence[Span]) -> int:
    return sum(map(len, union(part for hit in hits for part in _gold_in(hit, path, wanted))))


def _gold_in(hit: Retrieved, path: str, wanted: Sequence[Span]) -> list[Span]:
    """Return the gold characters that a hit holds."""
    if not same_document(hit.path, path):
        return []
    parts = ((max(hit.span.start, gold.start), min(hit.span.end, gold.end)) for gold in wanted)
    return [Span(start, end) for start, end in parts if start < end]
