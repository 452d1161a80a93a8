"""What Outlook wraps around a message for its own kind (winmail.dat, [MS-OXTNEF]): the formatted body and the attachments."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from datazoom_desktop.intake.encodings import code_page, decode
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.letter import Attachments, Letter, page_of
from datazoom_desktop.intake.readers.markup import decode_html
from datazoom_desktop.intake.readers.ole_objects import contents
from datazoom_desktop.intake.readers.outlook_body import body_of
from datazoom_desktop.kernel.coverage import Coverage

_SIGNATURE = b"\x78\x9f\x3e\x22"
_SUBJECT, _BODY, _FILE_NAME, _DATA, _CODE_PAGE = 0x8004, 0x800C, 0x8010, 0x800F, 0x9007
_NEXT_FILE, _FILE_PROPERTIES, _PROPERTIES = 0x9002, 0x9005, 0x9003
_P_SUBJECT, _P_BODY, _P_HTML, _P_RTF, _P_FROM, _P_TO = 0x0037, 0x1000, 0x1013, 0x1009, 0x0C1A, 0x0E04
_P_NAME, _P_SHORT_NAME, _P_DATA, _P_DISPLAY_NAME = 0x3707, 0x3704, 0x3701, 0x3001
_FIXED = {
    0x02: 4,
    0x03: 4,
    0x04: 4,
    0x05: 8,
    0x06: 8,
    0x07: 8,
    0x0A: 4,
    0x0B: 4,
    0x14: 8,
    0x40: 8,
    0x48: 16,
}  #: bytes by type
_TEXT, _WIDE_TEXT, _OBJECT, _BYTES = 0x1E, 0x1F, 0x0D, 0x102
_SEVERAL = 0x1000
_OBJECT_HEAD = 16  #: bytes that say what an object is
_MOST_VALUES = 10_000
_LARGEST = 256 << 20  #: bytes
_DAMAGED = "What Outlook wrapped here is damaged: attachments may be missing."


@dataclass(slots=True)
class _File:
    name: str = ""
    data: bytes = b""
    properties: dict[int, bytes | str] = field(default_factory=dict)


class TnefReader:
    """Reads winmail.dat files."""

    name = "tnef"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the message as one page, and the attachments."""
        if source.file.stat().st_size > _LARGEST:
            raise Unreadable(Coverage.SKIPPED, "What Outlook wrapped here is larger than 256 MB.")
        message = _Message(source.file.read_bytes(), context)
        attachments = Attachments(context.scratch)
        files = [message.keep(file, attachments) for file in message.files]
        text, html = message.text(_P_BODY, _BODY), message.values.get(_P_HTML, b"")
        shown = html if isinstance(html, str) else decode_html(html)
        packed = message.values.get(_P_RTF, b"")
        piece = body_of(text, shown, packed if isinstance(packed, bytes) else b"", context, attachments)
        headers = [
            ("Subject", message.text(_P_SUBJECT, _SUBJECT)),
            ("From", message.text(_P_FROM)),
            ("To", message.text(_P_TO)),
        ]
        yield page_of(Letter(headers, [piece], [name for name in files if name]), 1, context.check)
        if message.cut_short:
            yield ReadPage(2, Coverage.FAILED, reason=_DAMAGED)
        context.progress(1, 1)
        yield from attachments.items


class _Message:
    """What was found in the file, as far as it is sound."""

    def __init__(self, data: bytes, context: ReadContext) -> None:
        self._data = data
        self._code_page = "cp1252"
        self._plain: dict[int, str] = {}
        self.values: dict[int, bytes | str] = {}
        self.files: list[_File] = []
        self.cut_short = not data.startswith(_SIGNATURE)
        try:
            for number, content in self._attributes(context):
                self._take(number, content)
        except (struct.error, ValueError):
            self.cut_short = True

    def text(self, number: int, older: int = 0) -> str:
        """Return a text property, or what an older attribute says in its place."""
        value = self.values.get(number)
        return value if isinstance(value, str) else self._plain.get(older, "")

    @staticmethod
    def keep(file: _File, attachments: Attachments) -> str:
        """Write an attachment, and return the name it was given, empty where it holds nothing."""
        names = (file.properties.get(key) for key in (_P_NAME, _P_SHORT_NAME, _P_DISPLAY_NAME))
        name = next((value for value in names if isinstance(value, str) and value), file.name)
        inside = file.properties.get(_P_DATA, b"")
        data = file.data or (inside if isinstance(inside, bytes) else b"")
        if data[_OBJECT_HEAD : _OBJECT_HEAD + 4] == _SIGNATURE:  # a message inside the message
            return attachments.add(f"{name or 'message'}.tnef", data[_OBJECT_HEAD:], ".tnef")
        if data.startswith(b"\xd0\xcf\x11\xe0") and "." not in name:
            found = contents(data)
            return attachments.add(found.name, found.data)
        return attachments.add(name, data) if data else ""

    def _attributes(self, context: ReadContext) -> Iterator[tuple[int, bytes]]:
        """Yield the number and content of each attribute."""
        at = 6
        while at < len(self._data):
            context.check()
            _, number, length = struct.unpack_from("<BII", self._data, at)
            at += 9
            if at + length + 2 > len(self._data):
                self.cut_short = True
            yield number & 0xFFFF, self._data[at : at + length]
            at += length + 2

    def _take(self, number: int, content: bytes) -> None:
        if number == _CODE_PAGE:
            self._code_page = code_page(struct.unpack_from("<I", content)[0])
        elif number in (_SUBJECT, _BODY):
            self._plain[number] = self._narrow(content)
        elif number == _PROPERTIES:
            self.values.update(self._properties(content))
        elif number == _NEXT_FILE:
            self.files.append(_File())
        elif self.files and number == _FILE_NAME:
            self.files[-1].name = self._narrow(content)
        elif self.files and number == _DATA:
            self.files[-1].data = content
        elif self.files and number == _FILE_PROPERTIES:
            self.files[-1].properties.update(self._properties(content))

    def _properties(self, content: bytes) -> dict[int, bytes | str]:
        """Return the texts and bytes among a list of properties, by number."""
        found: dict[int, bytes | str] = {}
        (count,) = struct.unpack_from("<I", content)
        at = 4
        for _ in range(min(count, _MOST_VALUES)):
            kind, number = struct.unpack_from("<HH", content, at)
            at += 4
            if number >= 0x8000:
                at = _named(content, at + 16)
            values, at = self._values(content, at, kind)
            if values:
                found[number] = values[0]
        return found

    def _values(self, content: bytes, at: int, kind: int) -> tuple[list[bytes | str], int]:
        """Return a property's values, none where they are numbers, and where the next property begins."""
        bare = kind & ~_SEVERAL
        if bare in _FIXED:
            count = struct.unpack_from("<I", content, at)[0] if kind & _SEVERAL else 1
            return [], at + (4 if kind & _SEVERAL else 0) + count * _FIXED[bare]
        if bare not in (_TEXT, _WIDE_TEXT, _OBJECT, _BYTES):
            raise ValueError("a property of an unknown type")
        (count,) = struct.unpack_from("<I", content, at)
        at += 4
        out: list[bytes | str] = []
        for _ in range(min(count, _MOST_VALUES)):
            (length,) = struct.unpack_from("<I", content, at)
            raw = content[at + 4 : at + 4 + length]
            at += 4 + length + -length % 4
            out.append(
                raw.decode("utf-16-le", "replace").rstrip("\x00")
                if bare == _WIDE_TEXT
                else self._narrow(raw)
                if bare == _TEXT
                else raw
            )
        return out, at

    def _narrow(self, raw: bytes) -> str:
        try:
            return raw.rstrip(b"\x00").decode(self._code_page)
        except UnicodeDecodeError:
            return decode(raw.rstrip(b"\x00"))


def _named(content: bytes, at: int) -> int:
    """Return where a property's values begin after its name, a number or a text."""
    kind, length = struct.unpack_from("<II", content, at)
    return at + 8 + (length + -length % 4 if kind == 1 else 0)
