"""What a language model is to the rest of the product, and the one authoritative state of the local one.

Callers hold a ``LanguageModel`` and never ask which kind it is: the local llama.cpp process, Ollama and remote servers all
look alike.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

from datazoom_desktop.kernel.cancel import CancelToken


class Message(TypedDict):
    """One turn of a conversation; ``role`` is ``system``, ``user`` or ``assistant``."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer took, as the model's own server counts it, in tokens."""

    prompt_tokens: int
    completion_tokens: int


class LanguageModel(Protocol):
    """Something that continues a conversation."""

    @property
    def name(self) -> str:
        """What people call it, for the engine line of an answer."""

    @property
    def context_tokens(self) -> int:
        """How many tokens a conversation and its answer may have together."""

    @property
    def local(self) -> bool:
        """Whether nothing of the conversation leaves this machine."""

    def chat(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        json_schema: Mapping[str, Any] | None = None,
        stop: Sequence[str] = (),
        cancel: CancelToken | None = None,
        passages: Sequence[str] = (),
        on_usage: Callable[[Usage], None] | None = None,
    ) -> Iterator[str]:
        """Yield the answer piece by piece, as it is written.

        Args:
            messages: The conversation so far; the last turn is the user's.
            max_tokens: At most this many tokens are written.
            temperature: 0 gives the same answer every time.
            json_schema: The whole answer is one JSON value of this schema (cut short only by ``max_tokens``).
            stop: Texts that end the answer; they are not part of it.
            cancel: Ends the answer early.
            passages: Ids of the passages whose text stands in the messages: for the ledger, never sent.
            on_usage: Told once, before the end, what the answer took; not called when the server does not say, or it is cut off.

        Raises:
            Problem: The model is not available, the conversation is too long for it, or a budget does not allow the call.
            Cancelled: ``cancel`` was raised.
        """

    def count_tokens(self, text: str) -> int:
        """Return how many tokens ``text`` takes: exactly for the local model, a careful estimate for others."""


def estimated_tokens(text: str) -> int:
    """Return a careful guess of the tokens of ``text`` for a model whose tokenizer is not at hand: rather too many than too few.

    One for every three ASCII characters, and for every two bytes that UTF-8 takes for the others.
    """
    ascii_characters = sum(character < "\x80" for character in text)
    return -(-ascii_characters // 3) + -(-(len(text.encode("utf-8", "replace")) - ascii_characters) // 2)


class Phase(enum.StrEnum):
    """Where the local model stands; in a good start it passes through these in this order."""

    ABSENT = "absent"  #: nothing runs: no model is installed, or it was not started, or it was stopped
    DOWNLOADING = "downloading"  #: a model is being fetched
    STARTING = "starting"  #: its process is being started
    LOADING = "loading"  #: its process reads the weights
    READY = "ready"  #: it answers
    FAILED = "failed"  #: it does not, for the reason given; the next question starts it again


@dataclass(frozen=True, slots=True)
class LlmState:
    """The local model's state, as everyone sees it.

    Attributes:
        model: Name of the model concerned, or empty.
        reason: Why it failed, or why it is absent, in plain words.
        remedy: What to do about that; empty for nothing out of the ordinary.
        done: Bytes fetched so far while downloading, of ``total``.
        gpu_layers: Layers on the graphics card once loaded, of ``layers``; 0 means that the processor does all.
        notice: Something its user should see although it works, such as a fall-back to the processor; or empty.
    """

    phase: Phase
    model: str = ""
    reason: str = ""
    remedy: str = ""
    done: int = 0
    total: int = 0
    gpu_layers: int = 0
    layers: int = 0
    notice: str = ""


class LlmStatus:
    """Holds the state and tells listeners of every change, on the thread that made it; pages hop to their own."""

    def __init__(self) -> None:
        """Start absent."""
        self._condition = threading.Condition()
        self._state = LlmState(Phase.ABSENT)
        self._listeners: list[Callable[[LlmState], None]] = []

    @property
    def state(self) -> LlmState:
        """The state now."""
        with self._condition:
            return self._state

    def set(self, state: LlmState) -> None:
        """Replace the state; listeners are called only when it differs."""
        with self._condition:
            if state == self._state:
                return
            self._state = state
            listeners = tuple(self._listeners)
            self._condition.notify_all()
        for listener in listeners:
            listener(state)

    def subscribe(self, listener: Callable[[LlmState], None]) -> Callable[[], None]:
        """Call ``listener`` on every later change; return a function that ends this."""
        with self._condition:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._condition:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def wait_for(self, phases: frozenset[Phase], seconds: float) -> LlmState:
        """Wait up to ``seconds`` for one of ``phases``; return the state then, whichever it is."""
        with self._condition:
            self._condition.wait_for(lambda: self._state.phase in phases, timeout=seconds)
            return self._state
