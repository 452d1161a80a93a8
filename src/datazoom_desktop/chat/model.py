"""Answers, claims, citations: what ``ask`` hands out."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from datazoom_desktop.kernel.spans import Box, Span
from datazoom_desktop.search.model import Route

TABLES = "tables"
"""The engine of an answer that a query of the room's sheets gave."""


class Verdict(enum.StrEnum):
    """Whether a citation's quote stands at its span.

    Says nothing about whether the quote supports the claim.
    """

    VERIFIED = "verified"  #: the quote stands there character for character, white space apart
    REPAIRED = "repaired"  #: a nearly equal text stood there, and the quote was replaced by it
    UNVERIFIED = "unverified"  #: no such text was found; never shown as cited


class AnswerStatus(enum.StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    PARTIAL = "partial"  #: answered, but some claims were withheld or work on the room goes on


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of evidence; ``page`` is 1-based, ``quote`` the version's exact text at the span.

    Attributes:
        cells: Where it stands in a sheet, such as "'Cap table'!B4:H9"; None where there are no cells.
    """

    document_id: str
    version_id: str
    path: str
    page: int
    span: Span
    quote: str
    verdict: Verdict
    boxes: tuple[Box, ...] = ()
    cells: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the citation as the command line prints it."""
        return {
            "document_id": self.document_id,
            "path": self.path,
            "page": self.page,
            "range": self.cells,
            "char_start": self.span.start,
            "char_end": self.span.end,
            "quote": self.quote,
            "verdict": str(self.verdict),
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer with its evidence, best first."""

    text: str
    citations: tuple[Citation, ...]

    @property
    def quotes(self) -> bool:
        """Whether it is nothing but the words of its one citation."""
        return len(self.citations) == 1 and self.text == " ".join(self.citations[0].quote.split())


@dataclass(frozen=True, slots=True)
class Searched:
    """What an answer looked at.

    Attributes:
        pages: Pages in scope.
        searched: Of these, pages that are read and searchable.
        unreadable: (path, 1-based page or None for the whole file, reason) of those that could not be read.
        documents: Documents in scope.
    """

    pages: int
    searched: int
    documents: int
    unreadable: tuple[tuple[str, int | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its evidence.

    Attributes:
        text: The whole answer as one text; for "not found", what to say instead.
        claims: In order; a claim without a verified or repaired citation is never here.
        withheld: Sentences left out because their source could not be verified.
        nearest: Nearest passages when nothing was found.
        engine: "quote", ``TABLES``, or the language model's name.
        engine_reason: Why that one, such as "local: the largest that fits in memory", or why no model wrote; empty for a
            question that was to be answered by quotes.
        scope: For a person: what was searched, such as "Searching 2 of 41: Lease, Amendment 1".
        timings_ms: By step.
        route: How the question was read and which documents it was about; None where that is not known.
        sql: The queries of the room's sheets that gave the answer, parted by empty lines; "" where none did.
        remarks: What is to be known beside the claims of an answer from sheets, in sentences.
    """

    status: AnswerStatus
    question: str
    text: str
    claims: tuple[Claim, ...]
    searched: Searched
    engine: str
    engine_reason: str = ""
    scope: str = ""
    withheld: tuple[str, ...] = ()
    nearest: tuple[Citation, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    route: Route | None = None
    sql: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def computed(self) -> tuple[Claim, ...]:
        """The claims that a query of the sheets gave; the others are the documents' own words."""
        return tuple(claim for claim in self.claims if not claim.quotes) if self.engine == TABLES else ()

    def as_dict(self) -> dict[str, object]:
        """Return the answer as the command line prints it."""
        return {
            "status": str(self.status),
            "answer": self.text,
            "claims": [{"text": c.text, "citations": [x.as_dict() for x in c.citations]} for c in self.claims],
            "coverage": {
                "pages": self.searched.pages,
                "searched": self.searched.searched,
                "unreadable": [{"path": p, "page": n, "reason": r} for p, n, r in self.searched.unreadable],
            },
            "engine": self.engine,
            "engine_reason": self.engine_reason,
            "timings_ms": {k: round(v, 1) for k, v in self.timings_ms.items()},
            "withheld": list(self.withheld),
            "nearest": [c.as_dict() for c in self.nearest],
            "sql": self.sql,
            "remarks": list(self.remarks),
        }


def engine_in_words(engine: str) -> str:
    """Return who gave an answer, such as "Quoted from the documents" or "Written by Qwen3"."""
    if engine == TABLES:
        return "Computed from the sheets"
    return "Quoted from the documents" if engine == "quote" else f"Written by {engine}"
