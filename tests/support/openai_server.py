"""A real server on loopback that speaks the OpenAI chat protocol as a test scripts it, and remembers all it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from datazoom_desktop.engines.openai_client import OpenAIClient

DONE = "data: [DONE]\n"


class OpenAIServer(ThreadingHTTPServer):
    """A server of another make: it speaks the protocol its own way.

    Attributes:
        bodies: What was asked, as JSON.
        keys: The Authorization header of each request.
        requests: Method and path of each request, also of those that nobody should make.
        reply: Called with what was asked; returns the lines of the answer.
    """

    daemon_threads = True

    def __init__(
        self,
        lines: Sequence[str] = (),
        status: int = 200,
        reply: Callable[[dict[str, Any]], Sequence[str]] | None = None,
    ) -> None:
        outer = self
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.requests: list[tuple[str, str]] = []
        self.reply = reply or (lambda body: lines)

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                outer.requests.append(("GET", self.path))
                self.send_error(404)

            def do_POST(self) -> None:
                outer.requests.append(("POST", self.path))
                outer.keys.append(self.headers.get("Authorization"))
                outer.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(status)
                self.end_headers()
                self.wfile.write("\n\n".join(outer.reply(outer.bodies[-1])).encode())

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """The address up to and including ``/v1``."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def client(self) -> OpenAIClient:
        """Return a client of this server."""
        return OpenAIClient(f"{self.url}/", model="big", name="Big", context_tokens=8192, api_key="k")

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what some tests are about."""


def event(value: dict[str, Any]) -> str:
    """Return one event of a stream."""
    return f"data: {json.dumps(value)}"


def says(*words: str, usage: tuple[int, int] | None = None) -> list[str]:
    """Return the lines of an answer in pieces; ``usage`` is the tokens read and written that the server claims."""
    lines = [event({"choices": [{"delta": {"content": word}}]}) for word in words]
    if usage is not None:
        lines.append(event({"choices": [], "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1]}}))
    return [*lines, DONE]
