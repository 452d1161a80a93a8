"""Parsing a mail within limits, and writing a message found inside another as it stood there."""

from __future__ import annotations

import base64
import binascii
import quopri
from collections.abc import Callable
from email._policybase import Compat32
from email.errors import CloseBoundaryNotFoundDefect, MessageError
from email.message import Message
from email.parser import BytesFeedParser
from typing import IO, Any

from datazoom_desktop.intake.encodings import decode, decode_as
from datazoom_desktop.intake.readers.mail_headers import plain

MOST_PARTS = 2000
_DEEPEST = 60  #: messages and multiparts inside each other
_AT_ONCE = 1 << 17  #: bytes parsed between two checks


class _TooMuch(Exception):
    """The message goes beyond a limit, which its first argument says."""


class _Part(Message):
    """A part that knows how deep it lies."""

    depth = 0

    def attach(self, payload: Message) -> None:  # type: ignore[override]
        """Take in a part below this one."""
        if isinstance(payload, _Part):
            payload.depth = self.depth + 1
            if payload.depth > _DEEPEST:
                raise _TooMuch(f"Parts of this mail lie more than {_DEEPEST} deep inside each other")
        super().attach(payload)


class _AsWritten(Compat32):
    """Writes headers as they were read, neither folded anew nor encoded."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return a header's line."""
        return f"{name}: {value}{self.linesep}".encode("utf-8", "surrogateescape")


def parse(stream: IO[bytes], check: Callable[[], None]) -> tuple[Message, str]:
    """Return a message, and in words the limit that cut it short, empty when none did."""
    made: list[_Part] = []

    def part(policy: Compat32 | None = None) -> _Part:
        if len(made) > MOST_PARTS:
            raise _TooMuch(f"This mail has more than {MOST_PARTS:,} parts")
        made.append(_Part(policy=policy or Compat32()))
        return made[-1]

    parser = BytesFeedParser(part, policy=Compat32())
    probe = len(made)  # the parser makes one to see whether it can
    try:
        while chunk := stream.read(_AT_ONCE):
            check()
            parser.feed(chunk)
        return parser.close(), ""
    except _TooMuch as limit:
        return made[probe], f"{limit}; what lies beyond was not read."


def ends_early(message: Message) -> bool:
    """Return whether a mail stops before the mark that closes it, within an attachment, which may then be incomplete."""
    part, unclosed = message, False
    while (inner := held_by(part)) and isinstance(inner[-1], Message):
        unclosed = unclosed or any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in part.defects)
        part = inner[-1]
    return unclosed and str(part.get("Content-Transfer-Encoding") or "").strip().lower() == "base64"


def held_by(part: Message) -> list[Any]:
    """Return what a part holds, none where it holds bytes; asked for those, the library trips over an odd character set."""
    held = part.get_payload() if part.is_multipart() else None
    return held if isinstance(held, list) else []


def written(message: Message) -> bytes | None:
    """Return the message as a file of its own, or None when that cannot be done."""
    ending = "\r\n" if any("\r\n" in str(value) for _, value in message.raw_items()) else "\n"
    try:
        return message.as_bytes(policy=_AsWritten(linesep=ending))
    except (MessageError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def inner_messages(part: Message) -> list[bytes | None]:
    """Return the messages that a part of a message's type holds, None for each that cannot be written."""
    coding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
    out: list[bytes | None] = []
    for message in held_by(part):
        data = written(message) if isinstance(message, Message) else None
        if data is not None and coding == "base64":  # against the standard, yet found
            data = _unpacked(data)
        elif data is not None and coding == "quoted-printable":
            data = quopri.decodestring(data)
        out.append(data)
    return out


def payload(part: Message) -> bytes:
    """Return a part's bytes, transfer encoding undone as far as it is sound."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, AssertionError, LookupError, TypeError):
        data = None
    return data if isinstance(data, bytes) else b""


def text_of(part: Message) -> str:
    """Return a text part's characters."""
    data = payload(part)
    label = parameter(part, "charset")
    return decode_as(data, label) if label else decode(data).removeprefix("\ufeff")


def file_name(part: Message) -> str:
    """Return the name a part gives its content, empty when it gives none."""
    return parameter(part, "filename", "Content-Disposition") or parameter(part, "name")


def parameter(part: Message, name: str, of: str = "Content-Type") -> str:
    """Return a parameter of a part's header in plain characters, empty when it has none."""
    try:
        value = part.get_param(name, None, of)
    except (ValueError, IndexError, AttributeError, TypeError, LookupError, MessageError):
        return ""
    if isinstance(value, tuple):  # RFC 2231: character set, language, bytes as characters
        charset, _, text = value
        return decode_as(text.encode("latin-1", "replace"), charset or "")
    return plain(value) if isinstance(value, str) else ""


def _unpacked(data: bytes) -> bytes:
    try:
        return base64.b64decode(data)
    except (binascii.Error, ValueError):
        return data
