"""The one door to language models: chosen by the organization's policy, started when first asked, and always metered.

Nothing else may ask the router for a model, which a test of the house checks, so that no call can miss the ledger.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from datazoom_desktop.engines.choice import Choice, EngineKind, Plan, Purpose
from datazoom_desktop.engines.device import total_memory
from datazoom_desktop.engines.llm import LlmState, LlmStatus
from datazoom_desktop.engines.models import Models
from datazoom_desktop.engines.router import Router
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.organizations import secrets
from datazoom_desktop.organizations.engines import Engines
from datazoom_desktop.organizations.register import PERSONAL, Rooms
from datazoom_desktop.usage.ledger import Ledger
from datazoom_desktop.usage.metered import Account, MeteredModel


class Language:
    """The language models of a home, for one session; thread-safe."""

    def __init__(self, home: Path, status: LlmStatus | None = None) -> None:
        """Start nothing; ``status`` is where the local model's state is told, for those who show it.

        Raises:
            Problem: The home cannot be used.
        """
        folder = Rooms(home).folder
        logs = home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        self._engines = Engines(folder)
        self._ledger = Ledger(folder)
        self._router = Router(Models(home), memory_bytes=total_memory(), log_folder=logs, status=status)

    def choose(self, purpose: Purpose, room_id: str | None, *, recorded_as: Purpose | None = None) -> Choice:
        """Return what serves ``purpose`` now, metered; the policy is read anew, so that a change counts at the next question.

        Args:
            purpose: What it is for.
            room_id: The room it is for, None for none.
            recorded_as: The purpose that the ledger tells instead.

        Raises:
            Problem: The policy cannot be read, or the key of the server that was chosen is not there.
        """
        settings = self._engines.read()
        policy = settings.policy()
        plan = self._router.plan(purpose, policy)
        if plan.kind not in (None, EngineKind.LOCAL) and settings.api_key_ref:
            policy = dataclasses.replace(policy, api_key=secrets.look_up(settings.api_key_ref))
        chosen = self._router.pick(purpose, policy)
        if chosen.model is None:
            return chosen
        account = Account(PERSONAL, room_id, recorded_as or purpose)
        metered = MeteredModel(chosen.model, chosen.plan, self._ledger, account, settings.prices)
        return dataclasses.replace(chosen, model=metered)

    def answers(self, room_id: str) -> Choice:
        """Return what answers questions about a room; see ``choose``."""
        return self.choose(Purpose.ANSWERS, room_id)

    def plans(self) -> Mapping[Purpose, Plan]:
        """Return what would serve each purpose; nothing is started, asked or looked up in the keyring.

        Raises:
            Problem: The policy cannot be read.
        """
        policy = self._engines.read().policy()
        return {purpose: self._router.plan(purpose, policy) for purpose in Purpose if purpose is not Purpose.TEST}

    @property
    def state(self) -> LlmState:
        """The state of the local model in this session."""
        return self._router.status.state

    def close(self) -> None:
        """Stop the local model and close connections."""
        self._router.close()


@contextmanager
def language(home: Path) -> Iterator[Language]:
    """Yield the language models of a home; what was started is stopped afterwards."""
    opened = Language(home)
    try:
        yield opened
    finally:
        opened.close()


def needed(plan: Plan) -> None:
    """Stop where a language model is needed and none would serve.

    Raises:
        Problem: None would.
    """
    if plan.kind is None:
        raise Problem(
            "No language model",
            f"Written answers need a language model ({plan.reason}).",
            "Fetch one with: datazoom models pull NAME (datazoom models list names them), or ask with --engine quote.",
        )
