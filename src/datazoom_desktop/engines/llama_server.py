"""The local language model: llama.cpp in a child process, started when needed, watched, and started again after a crash.

The parent keeps the one authoritative state (``LlmStatus``) from what the child reports and from its end. The child listens
on loopback only, on a port of the system's choice, behind a key made afresh at every start.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from datazoom_desktop.engines.llama_child import CHILD_ARGUMENT
from datazoom_desktop.engines.llm import LlmState, LlmStatus, Message, Phase, Usage
from datazoom_desktop.engines.openai_client import OpenAIClient
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.errors import Problem

CONTEXT_TOKENS = 4096
BATCH_TOKENS = 256
_START_SECONDS = 300.0
_STOP_SECONDS = 5.0
# Idle threads of llama.cpp's OpenMP pool spin while they wait for each other. On a machine that is also indexing, that made
# answers thirty times slower (1.3 tokens a second against 43, two cores); a short spin loses nothing on a quiet one.
_PATIENCE = {"GOMP_SPINCOUNT": "1000", "KMP_BLOCKTIME": "0"}
_SETTLED = frozenset({Phase.READY, Phase.FAILED, Phase.ABSENT})


@dataclass(frozen=True, slots=True)
class LlamaSettings:
    """What to run and how.

    Attributes:
        model: The GGUF file.
        name: What people call the model.
        log: File that receives the child's own words; it is emptied at every start.
        threads: Processor threads; None takes one for each physical core.
        gpu_layers: Layers on the graphics card; None plans them from its free memory.
        memory_bytes: What the model takes when the processor does all: where less is free it is not loaded. 0 when unknown.
    """

    model: Path
    name: str
    log: Path
    context_tokens: int = CONTEXT_TOKENS
    threads: int | None = None
    gpu_layers: int | None = None
    memory_bytes: int = 0


def physical_cores() -> int:
    """Return the number of physical cores, at least 1: more threads than that slow llama.cpp down."""
    return psutil.cpu_count(logical=False) or os.cpu_count() or 1


class LlamaServer:
    """A ``LanguageModel`` that owns its process."""

    def __init__(self, settings: LlamaSettings, status: LlmStatus | None = None) -> None:
        """Keep the settings; nothing starts before ``start`` or the first question."""
        self.status = status or LlmStatus()
        self._settings = settings
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._client: OpenAIClient | None = None
        self._watcher: threading.Thread | None = None
        self._answering = 0

    @property
    def name(self) -> str:
        """What people call the model."""
        return self._settings.name

    @property
    def context_tokens(self) -> int:
        """How many tokens a conversation and its answer may have together."""
        return self._settings.context_tokens

    @property
    def local(self) -> bool:
        """Always: nothing leaves this machine."""
        return True

    @property
    def pid(self) -> int | None:
        """The child's process id, or None when none runs."""
        with self._lock:
            return self._process.pid if self._process else None

    @property
    def busy(self) -> bool:
        """Whether it is answering."""
        with self._lock:
            return self._answering > 0

    @property
    def base_url(self) -> str | None:
        """The address it answers at, once ready."""
        with self._lock:
            return self._client.base_url if self._client else None

    def start(self) -> None:
        """Start the child unless one runs; returns at once, the state tells the rest."""
        with self._lock:
            if self._process is not None:
                return
            key = secrets.token_urlsafe(32)
            self._set(Phase.STARTING)
            process = self._spawn(key)
            self._process = process
            self._watcher = threading.Thread(target=self._watch, args=(process, key), name="llm-watch", daemon=True)
            self._watcher.start()

    def stop(self) -> None:
        """End the child, if one runs, and wait for its end; the state becomes absent."""
        with self._lock:
            process, watcher = self._process, self._watcher
            self._process = None
        if process is None:
            return
        with contextlib.suppress(OSError):  # the child may have closed its end first
            if process.stdin:
                process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if watcher is not None and watcher is not threading.current_thread():
            watcher.join()

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def wait_ready(self, cancel: CancelToken | None = None, seconds: float = _START_SECONDS) -> None:
        """Start it if need be and wait until it answers.

        Raises:
            Problem: It failed, was stopped, or took longer than ``seconds``.
            Cancelled: ``cancel`` was raised; the start goes on.
        """
        self.start()
        deadline = time.monotonic() + seconds
        while True:
            state = self.status.wait_for(_SETTLED, 0.1)
            if state.phase is Phase.READY:
                return
            if state.phase in _SETTLED:
                raise self._failure(state.reason, state.remedy)
            if cancel is not None:
                cancel.check()
            if time.monotonic() > deadline:
                raise self._failure(f"it was not ready after {seconds:.0f} seconds")

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
        """Yield the answer piece by piece, starting the child first where none runs; see ``LanguageModel.chat``."""
        with self._lock:
            self._answering += 1
        try:
            yield from self._ready_client(cancel).chat(
                messages,
                max_tokens=max_tokens,
                temperature=temperature,
                json_schema=json_schema,
                stop=stop,
                cancel=cancel,
                on_usage=on_usage,
            )
        finally:
            with self._lock:
                self._answering -= 1

    def count_tokens(self, text: str) -> int:
        """Return exactly how many tokens ``text`` takes, starting the child first where none runs."""
        return self._ready_client(None).count_tokens(text)

    def _ready_client(self, cancel: CancelToken | None) -> OpenAIClient:
        self.wait_ready(cancel)
        with self._lock:
            if self._client is None:
                raise self._failure(self.status.state.reason or "it stopped again at once")
            return self._client

    def _failure(self, reason: str, remedy: str = "") -> Problem:
        return Problem(
            "The language model is not available",
            f"{self.name} could not answer: {reason or 'it was stopped'}.",
            remedy or "Ask again to start it anew, or choose another model. Answers by quotation work without it.",
            str(self._settings.log),
        )

    def _spawn(self, key: str) -> subprocess.Popen[bytes]:
        settings = self._settings
        settings.log.parent.mkdir(parents=True, exist_ok=True)
        order = {
            "model": str(settings.model),
            "name": settings.name,
            "key": key,
            "context_tokens": settings.context_tokens,
            "threads": settings.threads or physical_cores(),
            "batch_tokens": BATCH_TOKENS,
            "gpu_layers": settings.gpu_layers,
            "memory_bytes": settings.memory_bytes,
        }
        with settings.log.open("wb") as log:
            process = subprocess.Popen(
                child_command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**_PATIENCE, **os.environ},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # a child that died at once is reported by its watcher
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.flush()
        return process

    def _watch(self, process: subprocess.Popen[bytes], key: str) -> None:
        """Follow the child's reports until it ends, then say how it ended."""
        assert process.stdout is not None
        reason = remedy = ""
        with process.stdout as reports:
            for line in reports:
                report = json.loads(line)
                if report["state"] == "loading":
                    self._set(Phase.LOADING)
                elif report["state"] == "ready":
                    self._became_ready(process, report, key)
                else:
                    reason, remedy = report["reason"], report["remedy"]
        status = process.wait()
        with contextlib.suppress(OSError):
            if process.stdin:
                process.stdin.close()
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None
            wanted = self._process is not process
            if not wanted:
                self._process = None
        if wanted:
            self._set(Phase.ABSENT, reason="it was stopped")
        else:
            self._set(Phase.FAILED, reason=reason or _how_it_ended(status), remedy=remedy)

    def _became_ready(self, process: subprocess.Popen[bytes], report: dict[str, Any], key: str) -> None:
        client = OpenAIClient(
            f"http://127.0.0.1:{report['port']}/v1",
            model=self.name,
            name=self.name,
            context_tokens=report["context_tokens"],
            api_key=key,
            local=True,
        )
        with self._lock:
            if self._process is not process:
                client.close()
                return
            self._client = client
        facts = {name: report[name] for name in ("gpu_layers", "layers", "notice")}
        self.status.set(LlmState(Phase.READY, self.name, **facts))

    def _set(self, phase: Phase, reason: str = "", remedy: str = "") -> None:
        self.status.set(LlmState(phase, self.name, reason, remedy))


def child_command() -> list[str]:
    """Return the command that becomes the child: this interpreter with a module, or a frozen build with an argument."""
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_ARGUMENT]
    return [sys.executable, "-m", "datazoom_desktop.engines.llama_child"]


def _how_it_ended(status: int) -> str:
    if status < 0:
        try:
            return f"its process was ended by {signal.Signals(-status).name}"
        except ValueError:
            return f"its process was ended by signal {-status}"
    return f"its process ended unexpectedly (status {status})"
