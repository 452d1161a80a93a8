"""Which addresses a language model may be asked at; pure, no name is ever looked up."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from datazoom_desktop.kernel.errors import Problem

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(url: str) -> bool:
    """Return whether an address is of this very machine."""
    return urlsplit(url).hostname in _LOOPBACK


def checked_url(text: str) -> str:
    """Return the address of a server as it is kept, without a slash at its end.

    Raises:
        Problem: It is no plain address of the web, holds a name or password, or would carry documents unencrypted over the
            internet.
    """
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _unusable(text, "it is not an address of the web") from None
    if parts.scheme not in ("http", "https") or not host or port == 0 or any(c.isspace() for c in url):
        raise _unusable(text, "it is not an address of the web")
    if parts.username or parts.password:
        raise _unusable(text, "it holds a name or a password, which would be kept in the open")
    if parts.query or parts.fragment:
        raise _unusable(text, "it has something behind the path")
    if parts.scheme == "http" and not _near(host):
        raise _unusable(text, "it would send documents unencrypted")
    return url


def _near(host: str) -> bool:
    """Return whether a host is this machine, or a number of the local network."""
    if host in _LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _unusable(text: str, why: str) -> Problem:
    return Problem(
        "This address cannot be used",
        f"“{text}” cannot be asked: {why}.",
        "Give the address of an OpenAI-compatible server, such as https://example.com/v1; plain http only for this machine "
        "or a number of the local network.",
    )
