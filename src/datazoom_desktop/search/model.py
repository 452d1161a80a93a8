"""Hits, routes and results: what a search hands out."""

from __future__ import annotations

from dataclasses import dataclass

from datazoom_desktop.kernel.spans import Box, Span


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked passage, quoted tightly.

    Attributes:
        rank: 1-based.
        version: 1-based number of the document's version.
        page: 1-based page of its first character.
        span: In the version's text.
        text: The version's text at the span.
        score: Higher is better; comparable within one result only.
        boxes: Where the words are on their pages; empty where the format has no geometry, as a sheet has none.
        cells: Where the words are in a sheet, such as "'Cap table'!B4:H9"; None where there are no cells.
        passage_id: The passage it came from; "" where it is in none, as a running header is.
        similarity: Cosine of question and passage, -1 to 1: comparable across questions.
    """

    rank: int
    document_id: str
    version_id: str
    path: str
    version: int
    page: int
    span: Span
    text: str
    score: float
    boxes: tuple[Box, ...]
    passage_id: str
    similarity: float
    heading: str = ""
    cells: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the hit as the command line prints it."""
        return {
            "rank": self.rank,
            "document_id": self.document_id,
            "path": self.path,
            "version": self.version,
            "page": self.page,
            "char_start": self.span.start,
            "char_end": self.span.end,
            "text": self.text,
            "score": round(self.score, 6),
            "boxes": [box.as_list() for box in self.boxes],
            "range": self.cells,
        }


@dataclass(frozen=True, slots=True)
class Route:
    """Which documents a question is about, and why.

    Attributes:
        question: The bare question, without its reference to a document.
        reference: The words that refer to a document, or "".
        document_ids: Best first; empty means the whole room.
        reason: For a person, such as "names Lease Agreement"; "" when the whole room is searched alike.
        preferred: Documents put first although the whole room is searched: named inside the question, where the answer may
            well stand elsewhere.
    """

    question: str
    reference: str
    document_ids: tuple[str, ...]
    reason: str
    preferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """How strongly the best quote speaks for a clause being there.

    Attributes:
        clause: The kind of clause that the question asks for, as people call it.
        value: Logarithm of the odds that the documents have such a clause, as learned.
        found: From this value on it counts as found; ``strong``: from this one on there is hardly a doubt.
        clause_id: By which the library knows the clause.
        signs: What speaks for the clause, before it is weighed how common it is and what usually speaks for it.
    """

    clause: str
    value: float
    found: float
    strong: float
    clause_id: str = ""
    signs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first, and how they were looked for; times in milliseconds by step.

    Attributes:
        evidence: Where the question asks for a known kind of clause, else None.
    """

    hits: tuple[Hit, ...]
    route: Route
    timings_ms: dict[str, float]
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class ExactHit:
    """One place where an exact search holds.

    Attributes:
        hit: The place; its score is higher where more of what was looked for stands together and in documents with more places.
        marks: The words, amounts and dates that were looked for, in order, in the version's text; all within the hit's span.
        before: What stands before the place in its sentence, the end of it where it is long; so is ``after``, its beginning.
    """

    hit: Hit
    marks: tuple[Span, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PlacesIn:
    """How many places of a document an exact search found."""

    document_id: str
    version_id: str
    path: str
    places: int


@dataclass(frozen=True, slots=True)
class ExactResult:
    """What an exact search found.

    Attributes:
        hits: The part of the places that was asked for, best document first, in the order of its text.
        places: How many places there are in all.
        documents: Every document that has a place or was chosen by its fields alone, best first.
        searched: How many documents were looked into.
        understood: The search as it was read.
        timings_ms: Milliseconds by step.
    """

    hits: tuple[ExactHit, ...]
    places: int
    documents: tuple[PlacesIn, ...]
    searched: int
    understood: str
    timings_ms: dict[str, float]
