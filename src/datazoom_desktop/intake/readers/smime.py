"""What a cryptographic message (S/MIME's PKCS #7, RFC 5652) is: signed, encrypted or compressed, and the content a signature wraps.

Only the outermost layers are taken apart: enough to hand the signed text on. No signature is checked. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENCRYPTED = (bytes.fromhex("2a864886f70d010703"), bytes.fromhex("2a864886f70d0109100117"))
_DATA = bytes.fromhex("2a864886f70d010701")
_IDENTIFIER, _OCTETS, _SEQUENCE, _CONSTRUCTED = 0x06, 0x04, 0x30, 0x20
_DEEPEST = 12
_MOST_ELEMENTS = 2_000_000  #: looked at, so that nothing takes more than seconds


class Wrapped(NamedTuple):
    """What was found: ``kind`` is "signed", "encrypted" or "unknown"; ``content`` is what a signature wraps, else empty."""

    kind: str
    content: bytes = b""


class _Element(NamedTuple):
    tag: int
    start: int  #: of its content; ``end`` is exclusive, ``after`` is where the next element begins
    end: int
    after: int


def unwrap(data: bytes) -> Wrapped:
    """Return what kind of cryptographic message the bytes are."""
    try:
        return _Message(data).unwrap()
    except (ValueError, StopIteration):
        return Wrapped("unknown")


class _Message:
    """Goes through a message's elements; ``ValueError`` when they are damaged, too deep or too many."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _MOST_ELEMENTS

    def unwrap(self) -> Wrapped:
        """Return the message's kind, and the content where it is signed."""
        outer = self._element(0, len(self._data), 0)
        parts = list(self._inside(outer, 0)) if outer.tag == _SEQUENCE else []
        kind = self._identifier(parts[0]) if parts else b""
        if kind in _ENCRYPTED:
            return Wrapped("encrypted")
        if kind == _SIGNED and len(parts) > 1:
            signed = next(self._inside(parts[1], 1))
            for part in self._inside(signed, 2):
                if part.tag == _SEQUENCE:
                    return Wrapped("signed", self._content(part))
        return Wrapped("unknown")

    def _content(self, wrapped: _Element) -> bytes:
        """Return the bytes of the content that a signed message wraps, empty when they lie elsewhere."""
        parts = list(self._inside(wrapped, 3))
        if len(parts) < 2 or self._identifier(parts[0]) != _DATA:
            return b""
        return b"".join(self._octets(next(self._inside(parts[1], 4)), 5))

    def _octets(self, element: _Element, depth: int) -> Iterator[bytes]:
        """Yield the bytes of a string that may come in pieces."""
        if element.tag == _OCTETS:
            yield self._data[element.start : element.end]
        elif element.tag == _OCTETS | _CONSTRUCTED:
            for piece in self._inside(element, depth):
                yield from self._octets(piece, depth + 1)

    def _identifier(self, element: _Element) -> bytes:
        return self._data[element.start : element.end] if element.tag == _IDENTIFIER else b""

    def _inside(self, parent: _Element, depth: int) -> Iterator[_Element]:
        at = parent.start
        while at < parent.end:
            element = self._element(at, parent.end, depth)
            yield element
            at = element.after

    def _element(self, at: int, limit: int, depth: int) -> _Element:
        """Return the element at an offset."""
        self._left -= 1
        if at + 2 > limit or depth > _DEEPEST or self._left < 0:
            raise ValueError("not an element")
        tag, length = self._data[at], self._data[at + 1]
        start = at + 2
        if length == 0x80:
            end = start
            while self._data[end : end + 2] != b"\x00\x00":
                end = self._element(end, limit, depth + 1).after
            return _Element(tag, start, end, end + 2)
        if length > 0x80:
            count = length - 0x80
            length = int.from_bytes(self._data[start : start + count], "big")
            start += count
        if start + length > limit:
            raise ValueError("longer than what holds it")
        return _Element(tag, start, start + length, start + length)
