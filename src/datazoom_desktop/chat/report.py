"""A conversation as a report: what stands in it, in order, whatever file it is written to; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from datazoom_desktop.chat.conversation import Conversation, Place, Turn, place_of
from datazoom_desktop.chat.model import TABLES, AnswerStatus, Citation, Searched, Verdict, engine_in_words

_MONTH_NAMES = "January February March April May June July August September October November December"
_MONTHS = _MONTH_NAMES.split()  #: in English, whatever the system's language
_UNREADABLE_NAMED = 20  #: pages that could not be read which are named; the others are counted
_VERDICTS = {
    Verdict.VERIFIED: "verified: these words stand there",
    Verdict.REPAIRED: "repaired: nearly these words were cited, these stand there",
    Verdict.UNVERIFIED: "not verified",
}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence of an answer, and the numbers of its sources."""

    text: str
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """One source of a turn.

    Attributes:
        number: Unique in the report, 1-based.
        place: Path, and page or cells.
        note: What is to be known of it today; empty where it stands as it did.
        nearest: It is a passage near a question that was not answered, no evidence.
    """

    number: int
    place: str
    quote: str
    verdict: str
    note: str
    nearest: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One turn."""

    question: str
    paragraphs: tuple[Paragraph, ...]
    sources: tuple[Source, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole conversation."""

    title: str
    lines: tuple[str, ...]
    sections: tuple[Section, ...]


def report(conversation: Conversation, room: str, at: dt.datetime) -> Report:
    """Return a conversation of ``room`` as a report made ``at`` (UTC)."""
    summary = conversation.summary
    sections, number = [], 1
    for turn in conversation.turns:
        section = _section(turn, number)
        sections.append(section)
        number += len(section.sources)
    lines = (
        f"Conversation in the data room {room}, begun {moment(summary.created_at)}; exported {moment(at)}.",
        "Every quote is the document’s own text at the place named, as it was when the question was answered.",
    )
    return Report(summary.title, lines, tuple(sections))


def moment(at: dt.datetime) -> str:
    """Return a moment in UTC, the month in letters: "25 November 2026, 03:04 UTC"."""
    utc = at.astimezone(dt.UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"


def place_in_words(citation: Citation) -> str:
    """Return where a citation stands: its path, and its page or its range of cells."""
    return f"{citation.path}, {citation.cells or f'page {citation.page}'}"


def searched_in_words(searched: Searched, scope: str) -> str:
    """Return what was searched, such as "Searched 60 of 61 pages in 2 documents: Lease, Amendment 1."."""
    named = scope.partition(": ")[2] if scope.startswith("Searching ") else ""
    pages = f"{searched.searched:,} of {_count(searched.pages, 'page')} in {_count(searched.documents, 'document')}"
    return f"Searched {pages}{f': {named}' if named else ''}."


def _section(turn: Turn, first: int) -> Section:
    answer = turn.answer
    numbers: dict[Place, int] = {}
    sources: list[Source] = []

    def number(citation: Citation, *, nearest: bool = False) -> int:
        place = place_of(citation)
        if place not in numbers:
            numbers[place] = first + len(sources)
            quote, verdict = " ".join(citation.quote.split()), _VERDICTS[citation.verdict]
            sources.append(
                Source(numbers[place], place_in_words(citation), quote, verdict, turn.note(citation), nearest=nearest)
            )
        return numbers[place]

    paragraphs = [
        Paragraph(claim.text, tuple(dict.fromkeys(number(citation) for citation in claim.citations)))
        for claim in answer.claims
    ]
    if not paragraphs:
        paragraphs.append(Paragraph(" ".join(answer.text.split())))
    for citation in answer.nearest:
        number(citation, nearest=True)
    return Section(answer.question, tuple(paragraphs), tuple(sources), tuple(_facts(turn)))


def _facts(turn: Turn) -> list[str]:
    answer, out = turn.answer, [f"Asked {moment(turn.asked_at)}."]
    if turn.continues:
        out.append(f"Continues: {turn.continues}. Searched for as “{turn.restated}”")
    out.append(searched_in_words(answer.searched, answer.scope))
    out.extend(_unreadable(answer.searched.unreadable))
    if answer.withheld:
        one = len(answer.withheld) == 1
        were = "sentence was withheld: its source" if one else "sentences were withheld: their sources"
        out.append(f"{len(answer.withheld)} {were} could not be verified.")
    if answer.status is not AnswerStatus.NOT_FOUND:
        written = " from these sources" if answer.engine not in ("quote", TABLES) else ""
        out.append(f"{engine_in_words(answer.engine)}{written}.")
    out.extend(answer.remarks)
    if answer.sql:
        out.append(f"Query: {' '.join(answer.sql.split())}")
    return out


def _unreadable(rows: Sequence[tuple[str, int | None, str]]) -> list[str]:
    named = [f"{path}{f', page {page}' if page else ''}: {reason}" for path, page, reason in rows[:_UNREADABLE_NAMED]]
    left = len(rows) - len(named)
    return [f"Could not be read: {line}" for line in named] + ([f"Nor could {left:,} more."] if left else [])


def _count(number: int, word: str) -> str:
    return f"{number:,} {word if number == 1 else word + 's'}"
