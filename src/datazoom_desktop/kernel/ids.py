"""Identifiers: time-ordered random ids for things, SHA-256 for bytes."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from pathlib import Path

_BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
_READ_BYTES = 1 << 20


def new_id() -> str:
    """Return a fresh 26-character id: 48 bits of Unix milliseconds, 80 random bits, Crockford base 32, sortable by time."""
    value = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "".join(_BASE32[(value >> shift) & 31] for shift in range(125, -1, -5))


def sha256_file(path: Path, check: Callable[[], None] | None = None) -> str:
    """Return the lowercase hex SHA-256 of a file's bytes.

    ``check`` is called after every mebibyte and may raise to stop.
    Raises OSError when the file cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_READ_BYTES):
            digest.update(block)
            if check is not None:
                check()
    return digest.hexdigest()


def slug(name: str) -> str:
    """Return ``name`` as a lowercase file-system-safe word (letters, digits, hyphens), at most 48 characters, never empty."""
    words = re.sub(r"[^\w]+", "-", name.casefold(), flags=re.UNICODE).strip("-_")
    return words[:48].rstrip("-") or "room"
