"""Which engine serves a purpose, and why: pure rules over what is installed, what fits, and what the organization allows.

Local first: without a wish, a model on this machine is taken before any server. None is a good answer too: the product then
answers by quoting. Every choice carries its reason in words that are shown beside what the engine wrote.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from datazoom_desktop.engines.address import is_loopback
from datazoom_desktop.engines.catalogue import fits
from datazoom_desktop.engines.llm import LanguageModel
from datazoom_desktop.engines.model_store import InstalledModel

OLLAMA_URL = "http://127.0.0.1:11434/v1"  #: where Ollama answers unless told otherwise; asked only once it is allowed
_OLLAMA_PORT = 11434


class Purpose(enum.StrEnum):
    """What a language model is asked for."""

    ANSWERS = "answers"  #: a question about a room
    EXTRACTION = "extraction"  #: facts for tables and timelines
    MEMO = "memo"  #: longer texts
    TEST = "test"  #: a person's try whether an engine answers

    @property
    def words(self) -> str:
        """Return it as a sentence says it."""
        return "memos" if self is Purpose.MEMO else "tests" if self is Purpose.TEST else str(self)


class EngineKind(enum.StrEnum):
    """Where a language model runs."""

    LOCAL = "local"  #: this product's own process; nothing leaves the machine
    OLLAMA = "ollama"  #: Ollama on this machine: a program of its own, which may pass things on
    REMOTE = "remote"  #: any other server


class Side(enum.StrEnum):
    """Which engine an organization wishes for a purpose."""

    AUTO = "auto"  #: local first, the server where there is no local one
    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Wish:
    """What an organization wishes for a purpose; ``model`` is an installed model's id or the server's word, "" for any."""

    side: Side = Side.AUTO
    model: str = ""


@dataclass(frozen=True, slots=True)
class EnginePolicy:
    """What an organization allows and wishes.

    Attributes:
        remote_allowed: Whether questions and passages may go to the server at ``base_url``; also for a server on this machine
            or in this office, since the product cannot know what it does with them.
        base_url: Address of an OpenAI-compatible server up to and including ``/v1``.
        model: That server's word for the model to use.
        api_key: Its key, if it wants one.
        context_tokens: How long a conversation that model takes.
        wishes: By purpose; a purpose without one is ``AUTO``.
    """

    remote_allowed: bool = False
    base_url: str | None = None
    model: str = ""
    api_key: str | None = field(default=None, repr=False)
    context_tokens: int = 8192
    wishes: Mapping[Purpose, Wish] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would serve a purpose; nothing is started or asked for it.

    Attributes:
        kind: Where; None when nothing serves it.
        model: The installed model's id, or the server's word for its model.
        name: What people call that model.
        address: The server's, empty for a local model.
        reason: Why this one, or why none, such as "local: the largest that fits in memory".
    """

    kind: EngineKind | None
    model: str
    name: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What serves a purpose: the model, not yet started, or None; and the plan that says why."""

    model: LanguageModel | None
    plan: Plan

    @property
    def reason(self) -> str:
        """Why this one, or why none."""
        return self.plan.reason


def none_chosen(reason: str) -> Choice:
    """Return the choice of no model."""
    return Choice(None, Plan(None, "", "", "", f"none: {reason}"))


def kind_of(base_url: str) -> EngineKind:
    """Return what kind of engine answers at an address."""
    ours = is_loopback(base_url) and urlsplit(base_url).port == _OLLAMA_PORT
    return EngineKind.OLLAMA if ours else EngineKind.REMOTE


def plan(purpose: Purpose, installed: Sequence[InstalledModel], memory_bytes: int, policy: EnginePolicy) -> Plan:
    """Return what serves ``purpose``.

    Args:
        purpose: What it is for.
        installed: The models on this machine.
        memory_bytes: This machine's memory in all.
        policy: What the organization allows and wishes.
    """
    wish = policy.wishes.get(purpose, Wish())
    may_leave = policy.remote_allowed and bool(policy.base_url)
    if wish.side is Side.REMOTE and may_leave:
        return _remote(policy, wish.model, f"chosen for {purpose.words} and allowed by the organization")
    local = _local(purpose, installed, memory_bytes, wish)
    if local.kind is not None:
        return local
    if wish.side is not Side.LOCAL and may_leave:
        why = "no model on this machine fits its memory" if installed else "no model is installed"
        return _remote(policy, "", f"allowed by the organization; {why}")
    return local


def _remote(policy: EnginePolicy, model: str, why: str) -> Plan:
    assert policy.base_url is not None, "a server is asked only where there is one"
    word = model or policy.model
    kind = kind_of(policy.base_url)
    return Plan(kind, word, word or policy.base_url, policy.base_url, f"{kind}: {why}")


def _local(purpose: Purpose, installed: Sequence[InstalledModel], memory_bytes: int, wish: Wish) -> Plan:
    """Return the model that was chosen, else the largest that leaves a quarter of the memory free, else none."""
    note = ""
    if wish.side is Side.LOCAL and wish.model:
        for model in installed:
            if model.id == wish.model:
                return _here(model, f"chosen for {purpose.words}")
        note = f"{wish.model}, chosen for {purpose.words}, is not installed; "
    if wish.side is Side.REMOTE:
        note = f"a server is chosen for {purpose.words}, but the organization does not allow one; "
    by_need = sorted(installed, key=lambda model: (model.memory_bytes, model.id))
    fitting = [model for model in by_need if fits(model.memory_bytes, memory_bytes)]
    if fitting:
        why = "the largest that fits in memory" if len(by_need) > 1 else "the one on this machine"
        return _here(fitting[-1], note + why)
    if not by_need:
        return Plan(None, "", "", "", f"none: {note}no language model is installed")
    least = by_need[0]
    needs, has = least.memory_bytes / 1e9, memory_bytes / 1e9
    why = f"{least.name}, the smallest here, needs {needs:.1f} GB and this machine has {has:.1f} GB"
    return Plan(None, "", "", "", f"none: {note}{why}")


def _here(model: InstalledModel, why: str) -> Plan:
    return Plan(EngineKind.LOCAL, model.id, model.name, "", f"{EngineKind.LOCAL}: {why}")
