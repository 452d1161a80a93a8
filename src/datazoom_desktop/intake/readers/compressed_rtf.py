"""The compressed RTF that Outlook keeps as a message's body ([MS-OXRTFCP]), unpacked. Pure."""

from __future__ import annotations

import struct
from collections.abc import Callable

_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_HEADER = 16  #: bytes
_WINDOW = 4096
_LARGEST = 64 << 20  #: bytes unpacked
_RUNS_A_CHECK = 100_000
_PRELOAD = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbol"
    b"ArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def unpack(data: bytes, check: Callable[[], None]) -> bytes:
    """Return the RTF, as much of it as is sound; empty when the bytes are not compressed RTF."""
    if len(data) < _HEADER:
        return b""
    packed, plain, kind, _ = struct.unpack_from("<IIII", data)
    body = data[_HEADER : max(_HEADER, packed + 4)]
    if kind == _PLAIN:
        return body[:plain]
    return _expanded(body, min(plain, _LARGEST), check) if kind == _COMPRESSED else b""


def _expanded(body: bytes, size: int, check: Callable[[], None]) -> bytes:
    """Undo the compression: runs of eight items, each a byte or a place and length in the last 4096 bytes."""
    out = bytearray(_PRELOAD)
    at, runs, wanted = 0, 0, size + len(_PRELOAD)
    while at < len(body) and len(out) < wanted:
        runs += 1
        if runs % _RUNS_A_CHECK == 0:
            check()
        flags = body[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += body[at : at + 1]
                at += 1
                continue
            if at + 2 > len(body):
                return bytes(out[len(_PRELOAD) :])
            place, length = body[at] << 4 | body[at + 1] >> 4, (body[at + 1] & 15) + 2
            at += 2
            back = (len(out) - place) % _WINDOW
            if back == 0:  # the end, by agreement
                return bytes(out[len(_PRELOAD) : wanted])
            for _ in range(length):
                out.append(out[-back] if back <= len(out) else 0x20)
    return bytes(out[len(_PRELOAD) : wanted])
