"""The child process's face: the part of the OpenAI chat protocol that this product uses, on loopback, behind a key.

``POST /v1/chat/completions`` (streaming only), ``POST /v1/tokens`` and ``GET /v1/models``. One conversation is answered at a
time; others wait. While a request waits or its conversation is read, a comment line goes out now and then, so that a client
that went away is noticed and its work given up.
"""

from __future__ import annotations

import hmac
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from datazoom_desktop.engines.llama_model import LoadedModel, TooLongError, grammar_for

_MAX_BODY = 8 << 20
_WAIT = 0.5


class BadRequestError(Exception):
    """A request that cannot be served; its text goes to the client."""


class LlamaHttpServer(ThreadingHTTPServer):
    """Serves one loaded model on a port of the system's choice; ``server_port`` says which."""

    daemon_threads = True

    def __init__(self, model: LoadedModel, name: str, key: str) -> None:
        """Bind to loopback.

        Args:
            model: What answers.
            name: What ``/v1/models`` lists.
            key: The bearer key that every request must carry.
        """
        super().__init__(("127.0.0.1", 0), _Handler)
        self.model = model
        self.model_name = name
        self.key = key
        self.turn = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Write an error of a request to the log, except that its client went away."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: LlamaHttpServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it so)
        """Keep requests out of the log: it must not say what was asked."""
        del format, args

    def do_GET(self) -> None:
        """List the one model."""
        if self._admitted() and self._known(self.path == "/v1/models"):
            self._reply(200, {"object": "list", "data": [{"id": self.server.model_name, "object": "model"}]})

    def do_POST(self) -> None:
        """Answer a conversation, or count the tokens of a text."""
        if not self._admitted() or not self._known(self.path in ("/v1/chat/completions", "/v1/tokens")):
            return
        try:
            body = self._body()
            if self.path == "/v1/tokens":
                self._reply(200, {"count": self.server.model.count(_text(body, "text"))})
            else:
                self._chat(body)
        except TooLongError as error:
            self._fault(400, str(error), "context_length_exceeded")
        except BadRequestError as error:
            self._fault(400, str(error), "invalid_request_error")

    def _admitted(self) -> bool:
        given = self.headers.get("Authorization", "")
        if hmac.compare_digest(given.encode("utf-8"), f"Bearer {self.server.key}".encode()):
            return True
        self._fault(401, "the key is wrong or missing", "invalid_api_key")
        return False

    def _known(self, known: bool) -> bool:
        if not known:
            self._fault(404, "there is nothing here", "not_found")
        return known

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _MAX_BODY:
            raise BadRequestError("the request has no length or is too large")
        try:
            body = json.loads(self.rfile.read(int(length)))
        except ValueError as error:
            raise BadRequestError("the request is not JSON") from error
        if not isinstance(body, dict):
            raise BadRequestError("the request is not a JSON object")
        return body

    def _chat(self, body: dict[str, Any]) -> None:
        if body.get("stream") is not True:
            raise BadRequestError("this server only streams")
        model = self.server.model
        tokens = model.tokens_of(_messages(body))
        schema = _schema(body)
        try:
            grammar = grammar_for(schema) if schema is not None else None
        except ValueError as error:
            raise BadRequestError(f"the schema cannot be enforced: {error}") from error
        stop = body.get("stop") or []
        self._start("text/event-stream")
        while not self.server.turn.acquire(timeout=_WAIT):
            self._send(": waiting\n\n")
        try:
            began = time.perf_counter()
            fresh = len(tokens)
            for number, done in enumerate(model.read(tokens)):
                if number == 0:
                    fresh = len(tokens) - done
                self._send(f": reading {done} of {len(tokens)}\n\n")
            read = time.perf_counter()
            pieces = model.write(
                tokens,
                max_tokens=int(body.get("max_tokens") or model.context_tokens),
                temperature=float(body.get("temperature") or 0.0),
                stop=[stop] if isinstance(stop, str) else [str(item) for item in stop],
                grammar=grammar,
            )
            written = 0
            for text, finish in pieces:
                written += finish is None  # the last piece only says why it ends
                self._event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]})
            ended = time.perf_counter()
        except (RuntimeError, ValueError) as error:  # what llama.cpp's binding raises while it works
            self._event({"error": {"message": str(error), "type": "server_error"}})
            raise
        finally:
            self.server.turn.release()
        usage = {"prompt_tokens": len(tokens), "completion_tokens": written, "total_tokens": len(tokens) + written}
        timings = {
            "prompt_n": fresh,
            "prompt_ms": round((read - began) * 1000, 1),
            "predicted_n": written,
            "predicted_ms": round((ended - read) * 1000, 1),
        }
        self._event({"choices": [], "usage": usage, "timings": timings})
        self._send("data: [DONE]\n\n")

    def _event(self, value: dict[str, Any]) -> None:
        data = json.dumps({"object": "chat.completion.chunk", "model": self.server.model_name, **value})
        self._send(f"data: {data}\n\n")

    def _start(self, media_type: str, status: int = 200, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Cache-Control", "no-store")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _send(self, text: str) -> None:
        self.wfile.write(text.encode("utf-8"))
        self.wfile.flush()

    def _reply(self, status: int, value: dict[str, Any]) -> None:
        data = json.dumps(value)
        self._start("application/json", status, len(data.encode("utf-8")))
        self._send(data)

    def _fault(self, status: int, message: str, code: str) -> None:
        self._reply(status, {"error": {"message": message, "type": "invalid_request_error", "code": code}})


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise BadRequestError(f"{key} is missing or not text")
    return value


def _messages(body: dict[str, Any]) -> list[dict[str, str]]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise BadRequestError("messages are missing")
    for message in messages:
        if not isinstance(message, dict) or not all(isinstance(message.get(key), str) for key in ("role", "content")):
            raise BadRequestError("a message lacks its role or content")
    return messages


def _schema(body: dict[str, Any]) -> dict[str, Any] | None:
    form = body.get("response_format")
    if form is None:
        return None
    schema = form.get("json_schema", {}).get("schema") if isinstance(form, dict) else None
    if not isinstance(schema, dict):
        raise BadRequestError("response_format is not a json_schema")
    return schema
