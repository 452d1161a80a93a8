"""Keeps the language models that were chosen: the local process, and the connection to a server; see ``choice`` for the rules."""

from __future__ import annotations

import threading
from pathlib import Path

from datazoom_desktop.engines.choice import Choice, EngineKind, EnginePolicy, Plan, Purpose, plan
from datazoom_desktop.engines.llama_server import LlamaServer, LlamaSettings
from datazoom_desktop.engines.llm import LlmStatus
from datazoom_desktop.engines.models import Models
from datazoom_desktop.engines.openai_client import OpenAIClient


class Router:
    """Chooses, and keeps what it chose until ``close``; thread-safe."""

    def __init__(self, models: Models, *, memory_bytes: int, log_folder: Path, status: LlmStatus | None = None) -> None:
        """Keep what to choose from.

        Args:
            models: The models on this machine.
            memory_bytes: This machine's memory in all.
            log_folder: Where the local model's log goes.
            status: The one state of the local model.
        """
        self.status = status or LlmStatus()
        self._models = models
        self._memory = memory_bytes
        self._log_folder = log_folder
        self._lock = threading.Lock()
        self._servers: dict[str, LlamaServer] = {}
        self._remote: OpenAIClient | None = None
        self._connected: tuple[object, ...] | None = None

    def plan(self, purpose: Purpose, policy: EnginePolicy) -> Plan:
        """Return what would serve ``purpose``, without starting or asking anything."""
        return plan(purpose, self._models.installed(), self._memory, policy)

    def pick(self, purpose: Purpose, policy: EnginePolicy) -> Choice:
        """Return what serves ``purpose`` under ``policy``, not yet started.

        Only ``app.language`` may call this: what it hands out is written into the ledger.
        """
        with self._lock:
            chosen = self.plan(purpose, policy)
            if chosen.kind is None:
                return Choice(None, chosen)
            if chosen.kind is EngineKind.LOCAL:
                return Choice(self._local(chosen), chosen)
            return Choice(self._elsewhere(chosen, policy), chosen)

    def close(self) -> None:
        """Stop the local model and close connections."""
        with self._lock:
            servers, remote = tuple(self._servers.values()), self._remote
            self._servers.clear()
            self._remote = self._connected = None
        for server in servers:
            server.stop()
        if remote is not None:
            remote.close()

    def _local(self, chosen: Plan) -> LlamaServer:
        """Return the process of a model; others are stopped to make room, save one that is answering."""
        for model_id, server in self._servers.items():
            if model_id != chosen.model and not server.busy:
                server.stop()
        if chosen.model in self._servers:
            return self._servers[chosen.model]
        (model,) = (model for model in self._models.installed() if model.id == chosen.model)
        path = self._models.path(model.id)
        assert path is not None, "an installed model has its weights"
        settings = LlamaSettings(path, model.name, self._log_folder / "llm.log", memory_bytes=model.memory_bytes)
        self._servers[model.id] = LlamaServer(settings, self.status)
        return self._servers[model.id]

    def _elsewhere(self, chosen: Plan, policy: EnginePolicy) -> OpenAIClient:
        wanted = (chosen.address, chosen.model, policy.api_key, policy.context_tokens)
        if self._remote is not None and self._connected == wanted:
            return self._remote
        if self._remote is not None:
            self._remote.close()
        self._remote = OpenAIClient(
            chosen.address,
            model=chosen.model,
            name=chosen.name,
            context_tokens=policy.context_tokens,
            api_key=policy.api_key,
        )
        self._connected = wanted
        return self._remote
