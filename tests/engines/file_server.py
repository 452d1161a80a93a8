"""A real web server on loopback that serves bytes by path, understands Range, and can misbehave on request."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import time
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass
class FileServer:
    """Serves ``content``; see its fields for how it can fail.

    Attributes:
        cut: Path -> bytes after which the connection breaks, once.
        status: Path -> status answered instead of the content.
        pace: Seconds slept between blocks of 64 KiB.
        ranges: Whether Range is understood.
        sent: Bytes of content sent so far.
        requests: Every (path, Range header) received.
    """

    content: dict[str, bytes] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    pace: float = 0.0
    ranges: bool = True
    sent: int = 0
    requests: list[tuple[str, str | None]] = field(default_factory=list)

    def __enter__(self) -> Self:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                asked = self.headers.get("Range")
                outer.requests.append((self.path, asked))
                if self.path not in outer.content or self.path in outer.status:
                    self.send_error(outer.status.get(self.path, 404))
                    return
                data = outer.content[self.path]
                start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and outer.ranges else 0
                self.send_response(206 if start else 200)
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
                self.send_header("Content-Length", str(len(data) - start))
                self.end_headers()
                self._body(data, start)

            def _body(self, data: bytes, start: int) -> None:
                end = outer.cut.pop(self.path, len(data))
                for offset in range(start, end, 1 << 16):
                    self.wfile.write(data[offset : min(offset + (1 << 16), end)])
                    outer.sent += min(1 << 16, end - offset)
                    time.sleep(outer.pace)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A client that goes away is what these tests are about."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, path: str) -> str:
        """Return the address of ``path``."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def add_wheel(self, package: str, version: str, data: bytes, *, lie: bool = False) -> str:
        """Publish a data wheel in the index at ``/simple``; with ``lie`` its listed hash is wrong. Return its path."""
        module = package.replace("-", "_")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as wheel:
            wheel.writestr(f"{module}/__init__.py", "raise SystemExit('nothing of a wheel may be run')")
            wheel.writestr(f"{module}/data/part.bin", data)
            wheel.writestr(f"{module}-{version}.dist-info/METADATA", f"Name: {package}\n")
            wheel.writestr(f"{module}-{version}.dist-info/data/odd.bin", b"not data of the package")
        path = f"/files/{module}-{version}-py3-none-any.whl"
        self.content[path] = archive.getvalue()
        digest = hashlib.sha256(b"lie" if lie else archive.getvalue()).hexdigest()
        listed = {"filename": path.rpartition("/")[2], "url": f"../..{path}", "hashes": {"sha256": digest}}
        files = [
            {**listed, "filename": f"{module}-{version}.tar.gz", "size": 1},
            {**listed, "filename": f"{module}-{version}0-py3-none-any.whl", "size": 1},
            {**listed, "size": len(archive.getvalue())},
        ]
        self.content[f"/simple/{package}/"] = json.dumps({"name": package, "files": files}).encode()
        return path

    def asked(self, path: str) -> list[str | None]:
        """Return the Range headers with which ``path`` was asked for."""
        return [asked for wanted, asked in self.requests if wanted == path]
