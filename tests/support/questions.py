"""Questions about the small deal of ``tests.support.answers``, and a chat that answers them as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection

from datazoom_desktop.chat.model import Answer, AnswerStatus, Citation, Claim, Searched, Verdict
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.model import Route, SearchResult

RENT, LIABILITY, LAW, PENSION = "What is the rent?", "What is the cap?", "Which law governs?", "Is there a pension?"
QUESTIONS = (
    {"id": "rent", "question": RENT, "document": "5 Property/Lease.pdf", "page": 2, "quote": "base rent of $4,000 per month"},
    {"id": "cap", "question": LIABILITY, "document": "Northgate supply.pdf", "page": 3, "quote": "limited to $250,000"},
    {"id": "law", "question": LAW, "document": "Northgate supply.pdf", "page": 3, "quote": "the law of the State of Ohio"},
    {"id": "pension", "question": PENSION},
)  # fmt: skip
TEXT = "\n".join(json.dumps(row) for row in QUESTIONS)
ANSWERS = {RENT: "base rent of $4,000 per month", LIABILITY: "limited to $250,000", LAW: "the law of the State of Ohio"}


class ToldChat:
    """Answers a question with the words it is told, wherever they stand; "not found" for all others."""

    def __init__(self, documents: Documents, answers: dict[str, str]) -> None:
        self.documents = documents
        self.answers = answers
        self.asked: list[str] = []
        self.gate: threading.Semaphore | None = None
        self.problem: Problem | None = None

    def ask(self, question: str, engine: str = "quote", cancel: CancelToken | None = None) -> Answer:
        while self.gate is not None and not self.gate.acquire(timeout=0.01):
            if cancel is not None:
                cancel.check()
        if self.problem is not None:
            raise self.problem
        self.asked.append(question)
        quote = self.answers.get(question)
        if quote is None:
            return Answer(AnswerStatus.NOT_FOUND, question, "Not found.", (), Searched(8, 8, 4), engine)
        claims = (Claim(quote, (self._citation(quote),)),)
        return Answer(AnswerStatus.ANSWERED, question, quote, claims, Searched(8, 8, 4), engine)

    def _citation(self, quote: str) -> Citation:
        for row in self.documents.rows():
            for number in range(1, row.pages + 1):
                view = self.documents.page(row.version_id, number)
                if quote in view.text:
                    start = view.char_start + view.text.index(quote)
                    return Citation(
                        row.document_id,
                        row.version_id,
                        row.path,
                        number,
                        Span(start, start + len(quote)),
                        quote,
                        Verdict.VERIFIED,
                    )
        raise AssertionError(quote)


class NoSearch:
    """Finds nothing."""

    def search(self, question: str, k: int = 8, documents: Collection[str] | None = None) -> SearchResult:
        return SearchResult((), Route(question, "", (), ""), {})
