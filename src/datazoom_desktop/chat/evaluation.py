"""Sets of questions with known answers, and how the room's answers compare; pure but for what the caller asks in between.

A set is JSON lines (or one JSON list, or an object with the lists "questions" and "unanswerable"), an object a question, in either of two forms: ``{"id", "query", "doc", "spans"}`` with 0-based
half-open character offsets into the document's text, or ``{"question", "document", "page", "quote"}`` with a 1-based page. A question
without a place (``spans`` empty, no ``document``) is one that the room does not answer: "not found" is then right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from datazoom_desktop.chat.model import Answer, AnswerStatus
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.metrics import Coverage, Retrieved, coverage, same_document

CITED = 3  #: citations among which the right place must stand


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set.

    Attributes:
        path: Of the document that answers, as the room has it or its end; None when nothing does.
        spans: Gold characters in that document's text; may be empty where ``page`` or ``quote`` says the place.
        page: 1-based, or None.
        quote: Words of the document that answer, or None.
        group: Whatever the set sorts its questions by, or "".
    """

    id: str
    text: str
    path: str | None
    spans: tuple[Span, ...] = ()
    page: int | None = None
    quote: str | None = None
    group: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the room is said to answer it."""
        return self.path is not None


@dataclass(frozen=True, slots=True)
class Cited:
    """A place that an answer cited, as it was then: ``page`` is 1-based, ``start`` and ``end`` are in the version's text."""

    version_id: str
    path: str
    page: int
    start: int
    end: int
    quote: str
    cells: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question went.

    Attributes:
        refused: The answer was "not found".
        right: Refused when the room does not answer; else the right place stands among the first ``CITED`` citations.
        coverage: Of the passages found, for questions whose gold characters are known; else None.
        said: The answer's text.
        seconds: From question to answer.
        expected: Where the set says that the answer stands, for a person; empty where the room does not answer.
        cited: The first ``CITED`` places that the answer cited, or the nearest passages where it cited none.
    """

    id: str
    text: str
    answerable: bool
    refused: bool
    right: bool
    coverage: Coverage | None
    said: str
    seconds: float
    group: str = ""
    expected: str = ""
    cited: tuple[Cited, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the outcome as it is printed and kept."""
        return asdict(self)


def outcome_of(row: Mapping[str, Any]) -> Outcome:
    """Return the outcome that ``as_dict`` wrote.

    Raises:
        TypeError: Something is missing, or unknown.
    """
    covered = Coverage(**row["coverage"]) if row.get("coverage") else None
    cited = tuple(Cited(**each) for each in row.get("cited", ()))
    return Outcome(**{**row, "coverage": covered, "cited": cited})


def parse(text: str, name: str) -> tuple[list[Question], list[Problem]]:
    """Return the questions of a file's text, and a problem for each that is not understood; ``name`` is the file's."""
    questions: list[Question] = []
    problems: list[Problem] = []
    for where, row in _rows(text, name, problems):
        question = _question(row, len(questions) + 1) if isinstance(row, Mapping) else None
        if question is None:
            problems.append(
                Problem(
                    "A question is not understood",
                    f"{where} of {name} has no question, or its place is not given as in the description of question sets.",
                    'Give each as {"question", "document", "page", "quote"}, and leave out "document" where nothing answers.',
                    name,
                )
            )
        else:
            questions.append(question)
    return questions, problems


def judge(
    question: Question, answer: Answer, hits: Sequence[Retrieved], gold: Sequence[Span], seconds: float
) -> Outcome:
    """Return how an answer compares; ``gold`` are the characters that answer, as far as they are known."""
    refused = answer.status is AnswerStatus.NOT_FOUND
    return Outcome(
        question.id,
        question.text,
        question.answerable,
        refused,
        _right(question, answer, gold) if question.answerable else refused,
        coverage(hits, question.path, gold) if question.path is not None and gold else None,
        answer.text,
        round(seconds, 3),
        question.group,
        _expected(question),
        _cited(answer),
    )


def summary(outcomes: Iterable[Outcome]) -> dict[str, float | int]:
    """Return the figures of a whole set; shares are 0 to 1, and those of which nothing is known are left out."""
    known = list(outcomes)
    can, cannot = [o for o in known if o.answerable], [o for o in known if not o.answerable]
    covered = [o.coverage for o in known if o.coverage is not None]
    figures: dict[str, float | int] = {"questions": len(known), "answerable": len(can), "unanswerable": len(cannot)}
    if can:
        figures["right_place_cited"] = _share(o.right for o in can)
        figures["refused_by_mistake"] = _share(o.refused for o in can)
    if cannot:
        figures["rightly_refused"] = _share(o.refused for o in cannot)
    if covered:
        figures["right_document_first"] = _mean(c.first_document for c in covered)
        figures["precision_first"] = _mean(c.precision_first for c in covered)
        figures["recall_4000_characters"] = _mean(c.recall_budget for c in covered)
        figures["recall_all_hits"] = _mean(c.recall_all for c in covered)
    if known:
        figures["median_seconds"] = round(sorted(o.seconds for o in known)[len(known) // 2], 3)
    return figures


def changed(before: Iterable[Mapping[str, Any]], after: Iterable[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    """Return which questions became right and which became wrong since ``before``, a kept list of outcomes."""
    was = {str(row.get("id")): bool(row.get("right")) for row in before}
    now = [outcome for outcome in after if outcome.id in was]
    return [o for o in now if o.right and not was[o.id]], [o for o in now if not o.right and was[o.id]]


def wrong_words(outcome: Outcome) -> str:
    """Return what went wrong, for a person; empty where nothing did."""
    if outcome.right:
        return ""
    if not outcome.answerable:
        return "answered, though the room does not say"
    return "not found" if outcome.refused else "another place was cited"


def _expected(question: Question) -> str:
    if question.path is None:
        return ""
    return question.path if question.page is None else f"{question.path}, p. {question.page}"


def _cited(answer: Answer) -> tuple[Cited, ...]:
    cited = [citation for claim in answer.claims for citation in claim.citations] or list(answer.nearest)
    return tuple(
        Cited(c.version_id, c.path, c.page, c.span.start, c.span.end, c.quote, c.cells)
        for c in list(dict.fromkeys(cited))[:CITED]
    )


def _right(question: Question, answer: Answer, gold: Sequence[Span]) -> bool:
    cited = list(dict.fromkeys(citation for claim in answer.claims for citation in claim.citations))[:CITED]
    there = [citation for citation in cited if question.path and same_document(citation.path, question.path)]
    if gold:
        return any(citation.span.overlap(span) for citation in there for span in gold)
    return any(question.page is None or citation.page == question.page for citation in there)


def _rows(text: str, name: str, problems: list[Problem]) -> list[tuple[str, Any]]:
    """Return each question's object with the words that say where in the file it is."""
    if text.lstrip()[:1] == "[":
        try:
            return [(f"Question {number}", row) for number, row in enumerate(json.loads(text), 1)]
        except ValueError as error:
            problems.append(
                Problem("The questions cannot be read", f"{name} is not JSON: {error}.", "Correct it.", name)
            )
            return []
    whole = _whole(text)
    if whole is not None:
        return [(f"Question {number}", row) for number, row in enumerate(whole, 1)]
    rows: list[tuple[str, Any]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            rows.append((f"Line {number}", json.loads(line)))
        except ValueError:
            rows.append((f"Line {number}", None))
    return rows


def _whole(text: str) -> list[Any] | None:
    """Return the questions of a text that is one object holding lists of them, else None."""
    if text.lstrip()[:1] != "{":
        return None
    try:
        whole = json.loads(text)
    except ValueError:
        return None  # lines, an object each
    if not isinstance(whole, dict) or not isinstance(whole.get("questions"), list):
        return None
    more = whole.get("unanswerable")
    return [*whole["questions"], *(more if isinstance(more, list) else [])]


def _question(row: Mapping[str, Any], number: int) -> Question | None:
    text = row.get("question") or row.get("query")
    path = row.get("document") or row.get("doc")
    spans = row.get("spans")
    if not isinstance(text, str) or not text.strip() or not isinstance(path, str | None):
        return None
    if spans == []:
        path = None  # the document is named, and known not to answer
    try:
        gold = tuple(Span(int(start), int(end)) for start, end in spans or ())
        page = int(row["page"]) if row.get("page") is not None else None
    except (TypeError, ValueError):
        return None
    quote = row.get("quote")
    group = str(row.get("family") or row.get("kind") or "")
    named = str(row.get("id") or number)
    return Question(named, text, path, gold, page, quote if isinstance(quote, str) and quote.strip() else None, group)


def _share(values: Iterable[bool]) -> float:
    return _mean(float(value) for value in values)


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return round(sum(known) / len(known), 4)
