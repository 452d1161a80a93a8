"""Which language model answers: the local one first, another server only where the organization allows it, or none.

None is a good answer: the product then answers by quoting.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from datazoom_desktop.engines.catalogue import fits
from datazoom_desktop.engines.llama_server import LlamaServer, LlamaSettings
from datazoom_desktop.engines.llm import LanguageModel, LlmStatus
from datazoom_desktop.engines.model_store import InstalledModel
from datazoom_desktop.engines.models import Models
from datazoom_desktop.engines.openai_client import OpenAIClient


@dataclass(frozen=True, slots=True)
class EnginePolicy:
    """What an organization allows.

    Attributes:
        remote_allowed: Whether questions and passages may go to the server at ``base_url``; also for a server on this machine
            or in this office, since the product cannot know what it does with them.
        base_url: Address of an OpenAI-compatible server up to and including ``/v1``.
        model: That server's word for the model to use.
        api_key: Its key, if it wants one.
        context_tokens: How long a conversation that model takes.
    """

    remote_allowed: bool = False
    base_url: str | None = None
    model: str = ""
    api_key: str | None = field(default=None, repr=False)
    context_tokens: int = 8192


class Router:
    """Chooses, and keeps what it chose until ``close``."""

    def __init__(
        self,
        models: Models,
        policy: EnginePolicy,
        *,
        memory_bytes: int,
        log_folder: Path,
        status: LlmStatus | None = None,
    ) -> None:
        """Keep what to choose from.

        Args:
            models: The models on this machine.
            policy: What is allowed.
            memory_bytes: This machine's memory in all.
            log_folder: Where the local model's log goes.
            status: The one state of the local model.
        """
        self.status = status or LlmStatus()
        self._models = models
        self._policy = policy
        self._memory = memory_bytes
        self._log_folder = log_folder
        self._lock = threading.Lock()
        self._server: LlamaServer | None = None
        self._served: str | None = None
        self._remote: OpenAIClient | None = None

    def pick(self, purpose: str = "answers", prefer: str | None = None) -> LanguageModel | None:
        """Return the model for ``purpose``, not yet started, or None when there is none.

        Args:
            purpose: What it is for.
            prefer: Id of the installed model to take if it is there.
        """
        with self._lock:
            chosen = choose(self._models.installed(purpose), self._memory, prefer)
            if chosen is not None:
                return self._local(chosen)
            if self._policy.remote_allowed and self._policy.base_url:
                return self._elsewhere(self._policy.base_url)
            return None

    def close(self) -> None:
        """Stop the local model and close connections."""
        with self._lock:
            server, remote = self._server, self._remote
            self._server = self._remote = self._served = None
        if server is not None:
            server.stop()
        if remote is not None:
            remote.close()

    def _local(self, model: InstalledModel) -> LlamaServer:
        if self._server is not None and self._served == model.id:
            return self._server
        if self._server is not None:
            self._server.stop()
        path = self._models.path(model.id)
        assert path is not None, "an installed model has its weights"
        self._server = LlamaServer(LlamaSettings(path, model.name, self._log_folder / "llm.log"), self.status)
        self._served = model.id
        return self._server

    def _elsewhere(self, base_url: str) -> OpenAIClient:
        if self._remote is None:
            policy = self._policy
            self._remote = OpenAIClient(
                base_url,
                model=policy.model,
                name=policy.model or base_url,
                context_tokens=policy.context_tokens,
                api_key=policy.api_key,
            )
        return self._remote


def choose(installed: Sequence[InstalledModel], memory_bytes: int, prefer: str | None) -> InstalledModel | None:
    """Return the preferred model if it is there, else the largest that leaves a quarter of the memory free, else the smallest."""
    for model in installed:
        if model.id == prefer:
            return model
    by_need = sorted(installed, key=lambda model: (model.memory_bytes, model.id))
    fitting = [model for model in by_need if fits(model.memory_bytes, memory_bytes)]
    return fitting[-1] if fitting else next(iter(by_need), None)
