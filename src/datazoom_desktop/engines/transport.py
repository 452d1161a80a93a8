"""Fetching one address into one file, with resume: the only code of the product that downloads.

A file in the making is called a part. It grows on disk, survives a kill at any moment, and the next attempt asks the server
only for what is missing.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import httpx

from datazoom_desktop.kernel.cancel import CancelToken

_BLOCK = 1 << 18
_ATTEMPTS = 3
_TIMEOUT = httpx.Timeout(30.0, connect=15.0)


class SourceError(Exception):
    """One source could not give the file; the text says why, in plain words, and the next source may be tried."""


class BusyError(SourceError):
    """A source that failed for a reason that may pass: a broken connection or an answer of the 500s."""


def trusted_certificates() -> ssl.SSLContext:
    """Return a context that trusts the system's certificates (``SSL_CERT_FILE`` included) and the bundled ones."""
    context = httpx.create_ssl_context()
    context.load_default_certs()
    return context


def new_client() -> httpx.Client:
    """Return a client for addresses outside the machine; close it after use."""
    return httpx.Client(verify=trusted_certificates(), timeout=_TIMEOUT, follow_redirects=True)


def fetch_text(client: httpx.Client, url: str, accept: str) -> httpx.Response:
    """Return a small answer in the media type ``accept``.

    Raises:
        SourceError: The server cannot be reached or answers with an error.
    """
    try:
        response = client.get(url, headers={"Accept": accept})
    except httpx.HTTPError as error:
        raise SourceError(_why(error)) from error
    if response.status_code != httpx.codes.OK:
        raise SourceError(f"it answered {response.status_code}")
    return response


def fetch_part(
    client: httpx.Client, url: str, part: Path, size: int, grew: Callable[[int], None], cancel: CancelToken
) -> None:
    """Bring ``part`` to ``size`` bytes with the bytes at ``url``, starting from what it already holds.

    Args:
        client: From ``new_client``.
        url: Where the bytes are.
        part: The file in the making.
        size: Its bytes once complete; more are refused.
        grew: Called with the part's size, in bytes, whenever it grew.
        cancel: Stops it between two blocks.

    Raises:
        SourceError: After three attempts without a new byte, or at once when another attempt cannot help.
        Cancelled: ``cancel`` was raised; the part stays for the next time.
    """
    failures = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        try:
            _attempt(client, url, part, size, grew, cancel)
        except BusyError:
            grown = part.exists() and part.stat().st_size > before
            failures = 1 if grown else failures + 1
            if failures >= _ATTEMPTS:
                raise
            cancel.wait(0.5 * failures)
            cancel.check()
        else:
            return


def _attempt(
    client: httpx.Client, url: str, part: Path, size: int, grew: Callable[[int], None], cancel: CancelToken
) -> None:
    have = part.stat().st_size if part.exists() else 0
    if have > size:
        part.unlink()
        have = 0
    if have == size:
        grew(have)
        return
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        with client.stream("GET", url, headers={**headers, "Accept-Encoding": "identity"}) as response:
            have = _resume_at(response, have)
            with part.open("ab" if have else "wb") as stream:
                for block in response.iter_bytes(_BLOCK):
                    cancel.check()
                    have += len(block)
                    if have > size:
                        raise SourceError(f"it sent more than the {size} bytes expected")
                    stream.write(block)
                    grew(have)
    except httpx.TransportError as error:
        lost = not isinstance(error, httpx.ConnectError | httpx.UnsupportedProtocol)
        raise (BusyError if lost else SourceError)(_why(error)) from error
    except httpx.HTTPError as error:
        raise SourceError(_why(error)) from error
    if have < size:
        raise BusyError(f"it stopped after {have} of {size} bytes")


def _resume_at(response: httpx.Response, have: int) -> int:
    """Return the offset at which the answer's bytes start: ``have`` for a partial answer, 0 for a whole one."""
    status = response.status_code
    if status == httpx.codes.PARTIAL_CONTENT and have:
        if response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
            return have
        raise SourceError("it answered with another part of the file than the one asked for")
    if status == httpx.codes.OK:
        return 0
    if status >= 500 or status == httpx.codes.TOO_MANY_REQUESTS:
        raise BusyError(f"it answered {status}")
    raise SourceError(f"it answered {status}")


def _why(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "it did not answer in time"
    if isinstance(error, httpx.ConnectError):
        return "it cannot be reached"
    return f"the connection failed ({error or type(error).__name__})"
