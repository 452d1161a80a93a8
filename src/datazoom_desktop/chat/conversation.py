"""Conversations as they are kept: turns, what each was about, and whether its citations still stand as they were; pure."""

from __future__ import annotations

import datetime as dt
import enum
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from datazoom_desktop.chat.model import Answer, Citation
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.errors import Problem

LONGEST_TITLE = 120
_TITLE_FROM_QUESTION = 72

Place = tuple[str, int, int]
"""Where a citation stands: version id, and its 0-based half-open characters."""


class Stands(enum.StrEnum):
    """Whether a saved citation still is what it was when it was given."""

    HERE = "here"  #: the version stands in the room and has the quote at its place
    NEWER = "newer"  #: the document has a newer version since
    GONE = "gone"  #: the document is no longer in the room
    UNREAD = "unread"  #: the document is being read again, so that it cannot be told yet
    CHANGED = "changed"  #: the document was read again since and has other words at this place


@dataclass(frozen=True, slots=True)
class Standing:
    """How a saved citation stands today.

    Attributes:
        path: Where its document stands now, None when it stands nowhere.
    """

    stands: Stands
    path: str | None = None

    def words(self, citation: Citation) -> str:
        """Return what a reader of the citation is to know; empty where it stands as it did."""
        told = _WORDS[self.stands]
        if self.path is not None and self.path != citation.path:
            told = f"{told} It stands at {self.path} now.".strip()
        return told


_WORDS = {
    Stands.HERE: "",
    Stands.NEWER: "This is an earlier version: a newer one has come since.",
    Stands.GONE: "This document is no longer in the room.",
    Stands.UNREAD: "This document is being read again.",
    Stands.CHANGED: "This document was read again since: other words stand at this place now.",
}


@dataclass(frozen=True, slots=True)
class Focus:
    """What a turn was about, which the next one may take over.

    Attributes:
        question: The bare question as it was searched for, without its reference to a document.
        subject: What it asked about, without its question words; may be empty.
        reference: The words that named its documents, or "".
        documents: Their ids; empty for the whole room.
        named: Whether these were named (or chosen); else they are what the answer cited first.
    """

    question: str
    subject: str
    reference: str = ""
    documents: tuple[str, ...] = ()
    named: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer, as they were.

    Attributes:
        number: 1-based place in its conversation.
        asked_at: UTC.
        restated: The question as it was searched for; equal to the answer's question where it stood alone.
        continues: What was taken over from the turns before, for a person, such as "Lease · monthly rent"; or "".
        standings: How its citations stand today, by place; those that are not in it are not looked up.
    """

    conversation_id: str
    number: int
    asked_at: dt.datetime
    restated: str
    continues: str
    focus: Focus
    answer: Answer
    standings: Mapping[Place, Standing] = field(default_factory=dict)

    def note(self, citation: Citation) -> str:
        """Return what is to be known of a citation today; empty where it stands as it did."""
        standing = self.standings.get(place_of(citation))
        return "" if standing is None else standing.words(citation)

    def citations(self) -> list[Citation]:
        """Return every citation of its claims, then the nearest passages, in order."""
        return [*(c for claim in self.answer.claims for c in claim.citations), *self.answer.nearest]

    def as_dict(self) -> dict[str, object]:
        """Return the turn as the command line prints it: the answer, with how each of its citations stands today."""
        answer = self.answer
        return {
            "turn": self.number,
            "asked_at": clock.iso(self.asked_at),
            "question": answer.question,
            "restated": self.restated,
            "continues": self.continues or None,
            "scope": answer.scope,
            **answer.as_dict(),
            "claims": [{"text": c.text, "citations": [self._cited(x) for x in c.citations]} for c in answer.claims],
            "nearest": [self._cited(x) for x in answer.nearest],
        }

    def _cited(self, citation: Citation) -> dict[str, object]:
        standing = self.standings.get(place_of(citation))
        told = {} if standing is None else {"standing": str(standing.stands), "path_now": standing.path}
        return {**citation.as_dict(), "version_id": citation.version_id, **told}


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation as it is listed; times are UTC.

    Attributes:
        changed_at: When a question was added last, or it was renamed.
        turns: How many questions it has.
    """

    conversation_id: str
    title: str
    created_at: dt.datetime
    changed_at: dt.datetime
    turns: int

    def as_dict(self) -> dict[str, object]:
        """Return the summary as the command line prints it."""
        return {
            "conversation_id": self.conversation_id,
            "title": self.title,
            "created_at": clock.iso(self.created_at),
            "changed_at": clock.iso(self.changed_at),
            "turns": self.turns,
        }


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation, its turns in order."""

    summary: Summary
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class TurnText:
    """The words of one turn: what it asked, what was answered, and every quote it shows; white space as single spaces."""

    conversation_id: str
    turn: int
    question: str
    answer: str
    quotes: str


@dataclass(frozen=True, slots=True)
class Match:
    """A turn that has the words looked for; ``turn`` is 1-based, 0 where only the title has them.

    Attributes:
        snippet: The words around the first one found.
    """

    summary: Summary
    turn: int
    question: str
    snippet: str

    def as_dict(self) -> dict[str, object]:
        """Return the match as the command line prints it."""
        return {
            "conversation_id": self.summary.conversation_id,
            "title": self.summary.title,
            "turn": self.turn or None,
            "question": self.question or None,
            "snippet": self.snippet,
        }


def place_of(citation: Citation) -> Place:
    """Return where a citation stands."""
    return citation.version_id, citation.span.start, citation.span.end


def checked_title(title: str) -> str:
    """Return a conversation's title as it is kept: Unicode NFC, on one line.

    Raises:
        Problem: It is empty, longer than ``LONGEST_TITLE`` characters, or holds signs that cannot be shown.
    """
    tidy = " ".join(unicodedata.normalize("NFC", title).split())
    if not tidy:
        raise Problem("This title cannot be used", "A conversation needs a title.", "Type a few words.")
    if len(tidy) > LONGEST_TITLE:
        told = f"The title is {len(tidy)} characters long."
        raise Problem("This title cannot be used", told, f"Use at most {LONGEST_TITLE} characters.")
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Cn") for sign in tidy):
        raise Problem(
            "This title cannot be used", "It holds signs that cannot be shown.", "Use letters and common signs."
        )
    return tidy


def title_of(question: str) -> str:
    """Return the title of a conversation that begins with ``question``: its beginning, whole words."""
    tidy = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", unicodedata.normalize("NFC", question)).split())
    if len(tidy) <= _TITLE_FROM_QUESTION:
        return tidy
    return f"{tidy[:_TITLE_FROM_QUESTION].rsplit(' ', 1)[0]}…"
