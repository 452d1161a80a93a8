"""A run of a set of questions, as it is kept."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass


class End(enum.StrEnum):
    """How a run ended; the value is what is stored."""

    OPEN = ""  #: it goes on, or was cut off
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One time that a set was put to the room.

    Attributes:
        name: Of the set.
        engine: "quote" or "llm": who was to answer.
        questions: How many the set has.
        answered: How many of them were put.
        began_at: UTC; so is ``ended_at``, None where it has not ended.
        reason: Why it failed; else empty.
    """

    run_id: str
    name: str
    engine: str
    questions: int
    answered: int
    began_at: dt.datetime
    ended_at: dt.datetime | None
    end: End
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A set that was put to the room before: its name, its text, and how many questions it has."""

    name: str
    text: str
    questions: int
