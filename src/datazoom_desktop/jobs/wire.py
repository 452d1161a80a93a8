"""What the program and a worker process say to each other: length-prefixed MessagePack over a pair of pipes."""

from __future__ import annotations

import struct
from typing import IO, Any, TypeAlias

import msgspec

from datazoom_desktop.jobs.model import ErrorClass

_LENGTH = struct.Struct("<Q")
_LONGEST = 256 << 20  #: bytes; results larger than this belong in a file in scratch


class GarbledError(Exception):
    """The other side does not keep to the protocol."""


class Call(msgspec.Struct, frozen=True, tag="call"):
    """Program to worker: do this. ``number`` tells one call's messages from another's."""

    number: int
    work: str
    payload: dict[str, Any]
    scratch: str
    silence_seconds: float


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """Program to worker: stop the call of that number; ignored when it is over."""

    number: int


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """Worker to program: the call has been taken up; a process that dies before this died of something else."""

    number: int


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """Worker to program: a sign of life, with units done and in all (0 while unknown)."""

    number: int
    done: int
    total: int


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    """Worker to program: the call's result."""

    number: int
    result: dict[str, Any]


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """Worker to program: the call raised; the fields are those of ``Failure``."""

    number: int
    error_class: ErrorClass
    reason: str
    remedy: str
    retry: bool
    detail: str


Request: TypeAlias = Call | Stop
Reply: TypeAlias = Begun | Progress | Returned | Failed

_encode = msgspec.msgpack.Encoder().encode
_decode_request = msgspec.msgpack.Decoder(Request).decode
_decode_reply = msgspec.msgpack.Decoder(Reply).decode


def pack(message: Request | Reply) -> bytes:
    """Return a message as it travels.

    Raises:
        TypeError: It holds something that is not plain data.
    """
    body = _encode(message)
    return _LENGTH.pack(len(body)) + body


def send(stream: IO[bytes], packed: bytes) -> None:
    """Write a packed message, whole; raises OSError when the other side is gone."""
    stream.write(packed)
    stream.flush()


def receive_request(stream: IO[bytes]) -> Request | None:
    """Return the next request; None at the end of the stream."""
    body = _receive(stream)
    return None if body is None else _decode_request(body)


def receive_reply(stream: IO[bytes]) -> Reply | None:
    """Return the next reply; None at the end of the stream.

    Raises:
        GarbledError: What came is no reply; nothing after it can be trusted.
    """
    body = _receive(stream)
    try:
        return None if body is None else _decode_reply(body)
    except msgspec.DecodeError as error:
        raise GarbledError(str(error)) from error


def _receive(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > _LONGEST:
        raise GarbledError(f"a message of {length} bytes")
    body = stream.read(length)
    return body if len(body) == length else None
