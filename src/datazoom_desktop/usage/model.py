"""A call of a language model as the ledger knows it, and what calls add up to."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from datazoom_desktop.engines.choice import EngineKind, Purpose
from datazoom_desktop.kernel.money import Money


class Outcome(enum.StrEnum):
    """How a call ended."""

    OPEN = "open"  #: not yet; or the program ended before it did
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    REFUSED = "refused"  #: a budget stopped it before it was made


class By(enum.StrEnum):
    """What a summary adds up by."""

    DAY = "day"
    MODEL = "model"
    PURPOSE = "purpose"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Sent:
    """What went to a server: SHA-256 and size in bytes of the messages as JSON, and the ids of the passages in them."""

    sha256: str
    bytes: int
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spending:
    """What a call takes: tokens read and written, and what they cost (None when nobody knows).

    Attributes:
        counted: Whether the server counted the tokens; else they are a careful guess.
    """

    prompt_tokens: int
    completion_tokens: int
    cost: Money | None
    counted: bool = False

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Call:
    """A call.

    Attributes:
        started_at: UTC.
        room_id: None for a call that concerns no room.
        address: The server's; empty for a local model.
        spending: What it took; while it is open, what it may take at most.
        sent: None for a local model: nothing left the machine.
        reason: Why it failed or was refused, in a few words; never the server's own.
        first_token_seconds: Until the first piece of the answer; None when none came.
        seconds: In all.
    """

    call_id: str
    started_at: dt.datetime
    organization: str
    room_id: str | None
    purpose: Purpose
    kind: EngineKind
    address: str
    model: str
    spending: Spending
    sent: Sent | None = None
    outcome: Outcome = Outcome.OPEN
    reason: str = ""
    first_token_seconds: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Sum:
    """What calls with the same ``key`` add up to.

    Attributes:
        key: A day (UTC, ISO), a model, a purpose or a room's id ("" for no room).
        calls: Made, however they ended.
        refused: Stopped by a budget; not among ``calls``.
        unfinished: Open ones among ``calls``, counted with what they may take at most.
        unpriced: Those among ``calls`` whose model has no price.
        costs: One amount for each currency.
    """

    key: str
    calls: int
    refused: int
    unfinished: int
    unpriced: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    costs: tuple[Money, ...]
