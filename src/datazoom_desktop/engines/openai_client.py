"""A language model behind any OpenAI-compatible server: the local one over loopback, Ollama, or a remote one.

The answer is read on a thread of its own, so that a cancel is felt at once even while the server is silent.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import httpx

from datazoom_desktop.engines.address import is_loopback
from datazoom_desktop.engines.llm import Message, Usage, estimated_tokens
from datazoom_desktop.engines.transport import trusted_certificates
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.errors import Problem

_TIMEOUT = httpx.Timeout(600.0, connect=10.0)
_LOOK = 0.05
_MOST_TOKENS = 100_000_000  #: a server that claims to have counted more is not believed
_MOST_CHARS_A_TOKEN = 64
_LONGEST_LINE = 1 << 22  #: bytes
_MOST_OF_A_REFUSAL = 1 << 16  #: bytes


class OpenAIClient:
    """Speaks the OpenAI chat protocol, streaming, with an optional bearer key."""

    def __init__(
        self,
        base_url: str,
        *,
        model: str,
        name: str,
        context_tokens: int,
        api_key: str | None = None,
        local: bool = False,
    ) -> None:
        """Keep where to ask.

        Args:
            base_url: Address up to and including ``/v1``.
            model: The server's own word for the model.
            name: What people call it.
            context_tokens: How long a conversation it takes.
            api_key: Sent as a bearer key.
            local: The server is this product's own process: no proxy is used and tokens are counted exactly.
        """
        self._base = base_url.rstrip("/")
        self._model = model
        self._name = name
        self._context = context_tokens
        self._local = local
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        verify = True if self._base.startswith("http://") else trusted_certificates()
        proxies = not is_loopback(self._base)  # what is meant for this machine goes through none
        self._client = httpx.Client(headers=headers, timeout=_TIMEOUT, trust_env=proxies, verify=verify)

    @property
    def name(self) -> str:
        """What people call the model."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """How many tokens a conversation and its answer may have together."""
        return self._context

    @property
    def local(self) -> bool:
        """Whether the server is this product's own process."""
        return self._local

    @property
    def base_url(self) -> str:
        """The address, up to and including ``/v1``."""
        return self._base

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

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
        """Yield the answer piece by piece; see ``LanguageModel.chat``."""
        body: dict[str, Any] = {
            "model": self._model,
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "stream": True,
        }
        if not self._local:
            body["stream_options"] = {"include_usage": True}
        if stop:
            body["stop"] = list(stop)
        if json_schema is not None:
            form = {"name": "answer", "schema": dict(json_schema), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        return self._deltas(body, cancel or CancelToken(), on_usage)

    def count_tokens(self, text: str) -> int:
        """Return the tokens of ``text``: exactly from the local server, else a careful guess."""
        if not self._local:
            return estimated_tokens(text)
        try:
            response = self._client.post(f"{self._base}/tokens", json={"text": text})
        except httpx.HTTPError as error:
            raise _lost(self._name, error) from error
        if response.status_code != httpx.codes.OK:
            raise _refused(self._name, response.status_code, response.text)
        return int(response.json()["count"])

    def _deltas(
        self, body: dict[str, Any], cancel: CancelToken, on_usage: Callable[[Usage], None] | None
    ) -> Iterator[str]:
        """Hand over what the reading thread puts into the queue: a piece, what it took, the end (None), or what went wrong."""
        pieces: queue.SimpleQueue[str | Usage | Exception | None] = queue.SimpleQueue()
        given_up = threading.Event()
        cancel.check()
        reader = threading.Thread(target=self._read, args=(body, pieces, given_up), name="llm-answer", daemon=True)
        reader.start()
        try:
            while True:
                try:
                    piece = pieces.get(timeout=_LOOK)
                except queue.Empty:
                    cancel.check()
                    continue
                if piece is None:
                    return
                if isinstance(piece, Exception):
                    raise piece
                if isinstance(piece, Usage):
                    if on_usage is not None:
                        on_usage(piece)
                    continue
                cancel.check()
                yield piece
        finally:
            given_up.set()

    def _read(
        self, body: dict[str, Any], pieces: queue.SimpleQueue[str | Usage | Exception | None], given_up: threading.Event
    ) -> None:
        room = body["max_tokens"] * _MOST_CHARS_A_TOKEN
        try:
            with self._client.stream("POST", f"{self._base}/chat/completions", json=body) as response:
                if response.status_code != httpx.codes.OK:
                    start = next(response.iter_bytes(_MOST_OF_A_REFUSAL), b"").decode("utf-8", "replace")
                    raise _refused(self._name, response.status_code, start)
                for line in _lines(response, self._name):
                    if given_up.is_set():
                        return
                    if not line.startswith("data:"):
                        continue
                    data = line[5:].strip()
                    if data == "[DONE]":
                        pieces.put(None)
                        return
                    event = _event(data, self._name)
                    text = _delta(event)
                    room -= len(text)
                    if room < 0:
                        raise _boundless(self._name, body["max_tokens"])
                    if text:
                        pieces.put(text)
                    if usage := _usage(event):
                        pieces.put(usage)
            raise httpx.RemoteProtocolError("the answer broke off")
        except httpx.HTTPError as error:
            pieces.put(_lost(self._name, error))
        except Exception as error:  # noqa: BLE001  (every failure of this thread belongs to the caller)
            pieces.put(error)


def _lines(response: httpx.Response, name: str) -> Iterator[str]:
    """Yield the lines of an answer, one that never ends aside.

    Raises:
        Problem: A line is longer than any event.
    """
    rest = b""
    for block in response.iter_bytes():
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace")
        if len(rest) > _LONGEST_LINE:
            raise _nonsense(name)
    yield rest.decode("utf-8", "replace")


def _event(data: str, name: str) -> dict[str, Any]:
    """Return one event of an answer.

    Raises:
        Problem: It is none.
    """
    try:
        event = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _nonsense(name) from error
    if not isinstance(event, dict):
        raise _nonsense(name)
    return event


def _delta(event: dict[str, Any]) -> str:
    """Return the text that one event of the stream adds.

    Raises:
        Problem: The event reports a failure.
    """
    if "error" in event:
        message = event["error"].get("message", "") if isinstance(event["error"], dict) else str(event["error"])
        raise Problem("The language model failed", f"It stopped while answering: {message}", "Ask again.")
    choices = event.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    delta = first.get("delta") if isinstance(first, dict) else None
    content = delta.get("content") if isinstance(delta, dict) else None
    return content if isinstance(content, str) else ""


def _usage(event: dict[str, Any]) -> Usage | None:
    """Return what an event says of the tokens used, or None where it says nothing that can be believed."""
    said = event.get("usage")
    if not isinstance(said, dict):
        return None
    counts = [said.get(key) for key in ("prompt_tokens", "completion_tokens")]
    numbers = [n for n in counts if isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= _MOST_TOKENS]
    return Usage(*numbers) if len(numbers) == len(counts) else None


def _nonsense(name: str) -> Problem:
    return Problem(
        "The language model failed",
        f"{name} answered with something that is no answer of an OpenAI-compatible server.",
        "Check the server's address; it usually ends in /v1.",
    )


def _boundless(name: str, max_tokens: int) -> Problem:
    return Problem(
        "The language model does not stop",
        f"{name} was asked for at most {max_tokens:,} tokens and wrote on; its answer was cut off.",
        "Ask again; if this repeats, use another model or server.",
    )


def _lost(name: str, error: Exception) -> Problem:
    return Problem(
        "The language model does not answer",
        f"The connection to {name} failed: {error or type(error).__name__}.",
        "Ask again; if this repeats, look at Models in the settings.",
    )


def _refused(name: str, status: int, text: str) -> Problem:
    try:
        reply = json.loads(text)
        fault = reply.get("error", {}) if isinstance(reply, dict) else {}
    except (ValueError, RecursionError):
        fault = {}
    message = fault.get("message", "") if isinstance(fault, dict) else str(fault)
    if status in (401, 403):
        return Problem(
            "The language model refused the key", f"{name} did not accept the key it was given.", "Check it."
        )
    if isinstance(fault, dict) and fault.get("code") == "context_length_exceeded":
        return Problem(
            "The question is too long for this model", f"{name} cannot take it: {message}", "Ask about fewer passages."
        )
    return Problem("The language model failed", f"{name} answered {status}: {message or text[:200]}", "Ask again.")
