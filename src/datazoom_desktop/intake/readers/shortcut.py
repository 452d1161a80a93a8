"""Shortcuts (.url, .webloc, .lnk): files that hold nothing but where another file or page is."""

from __future__ import annotations

import plistlib
import re
import struct
from collections.abc import Iterator
from xml.parsers.expat import ExpatError

from datazoom_desktop.intake.encodings import decode
from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.pagetext import PageText
from datazoom_desktop.kernel.coverage import Coverage

_LARGEST = 1 << 20  #: bytes
_TARGET = re.compile(r"^\s*(?:base)?url\s*=\s*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_HEADER = 0x4C  #: bytes of a Windows shortcut before its parts
_HAS_LIST, _HAS_PLACE, _WIDE = 0x01, 0x02, 0x80
_STRINGS = ((0x04, "Description"), (0x08, "Relative path"), (0x10, "Working folder"), (0x20, "Arguments"))
_ON_DISK, _ON_NETWORK = 0x01, 0x02

Lines = list[tuple[str, str]]


class ShortcutReader:
    """Reads shortcuts of Windows and macOS."""

    name = "shortcut"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield one page that says where the shortcut leads."""
        data = source.file.read_bytes()[:_LARGEST]
        if data.startswith(b"\x4c\x00\x00\x00"):
            lines = _windows(data)
        elif data.startswith(b"bplist00") or b"<plist" in data:
            lines = _apple(data)
        else:
            lines = [("This shortcut leads to", found.group(1)) for found in _TARGET.finditer(decode(data))]
        shown = [f"{label}: {value}" for label, value in dict.fromkeys(lines) if value.strip()]
        if not shown:
            raise Unreadable(Coverage.FAILED, "The shortcut does not say where it leads.")
        page = PageText()
        page.add(shown[0], BlockKind.PARAGRAPH)
        page.add("\n".join(shown[1:]))
        yield page.page(1)


def _apple(data: bytes) -> Lines:
    try:
        content = plistlib.loads(data)
        place = content.get("URL") if isinstance(content, dict) else None
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        OverflowError,
        RecursionError,
        ExpatError,
        struct.error,
        MemoryError,
    ):
        place = None
    return [("This shortcut leads to", place)] if isinstance(place, str) else []


def _windows(data: bytes) -> Lines:
    """Return what a Windows shortcut says ([MS-SHLLINK]), as far as it is sound."""
    lines: Lines = []
    try:
        (flags,) = struct.unpack_from("<I", data, 0x14)
        at = _HEADER
        if flags & _HAS_LIST:
            at += 2 + int(struct.unpack_from("<H", data, at)[0])
        if flags & _HAS_PLACE:
            (size,) = struct.unpack_from("<I", data, at)
            place = _place(data[at : at + size])
            lines += [("This shortcut leads to", place)] if place else []
            at += size
        for bit, label in _STRINGS:
            if flags & bit:
                text, at = _string(data, at, wide=bool(flags & _WIDE))
                lines.append((label, text))
    except (struct.error, ValueError):
        pass  # what comes before the damage counts
    return lines


def _place(data: bytes) -> str:
    """Return the path of the target on a disk or in the network, empty when neither is stated."""
    head, flags, _, local, network, rest = struct.unpack_from("<IIIIII", data, 4)
    wide = struct.unpack_from("<II", data, 28) if head >= 0x24 else (0, 0)
    ending = _wide_text(data, wide[1]) if wide[1] else _text(data, rest)
    if flags & _ON_DISK and local:
        return (_wide_text(data, wide[0]) if wide[0] else _text(data, local)) + ending
    if flags & _ON_NETWORK and network:
        (share,) = struct.unpack_from("<I", data, network + 8)
        return f"{_text(data, network + share)}\\{ending}".rstrip("\\")
    return ""


def _string(data: bytes, at: int, *, wide: bool) -> tuple[str, int]:
    (count,) = struct.unpack_from("<H", data, at)
    end = at + 2 + count * (2 if wide else 1)
    raw = data[at + 2 : end]
    return (raw.decode("utf-16-le", "replace") if wide else decode(raw)), end


def _text(data: bytes, at: int) -> str:
    return decode(data[at : data.index(b"\x00", at)]) if at else ""


def _wide_text(data: bytes, at: int) -> str:
    end = at
    while data[end : end + 2] not in (b"\x00\x00", b"", b"\x00"):
        end += 2
    return data[at:end].decode("utf-16-le", "replace")
