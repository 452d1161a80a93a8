"""Mail as Outlook saves it (MSG): an OLE container of numbered properties ([MS-OXMSG], [MS-OXPROPS])."""

from __future__ import annotations

import email
import email.policy
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import olefile

from datazoom_desktop.intake.encodings import decode
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.letter import Attachments, Letter, Piece, page_of
from datazoom_desktop.intake.readers.mail_headers import header
from datazoom_desktop.intake.readers.markup import decode_html
from datazoom_desktop.kernel.coverage import Coverage

_SUBJECT, _BODY, _HTML = 0x0037, 0x1000, 0x1013
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_SENT, _DELIVERED = 0x0039, 0x0E06
_DISPLAY_TO, _DISPLAY_CC, _DISPLAY_BCC = 0x0E04, 0x0E03, 0x0E02
_NAME, _ADDRESS, _SMTP, _RECIPIENT_TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
_FILE_NAME, _SHORT_NAME, _DATA = 0x3707, 0x3704, 0x3701
_TRANSPORT_HEADERS = 0x007D
_CODE_PAGE = 0x3FFD
_PROPERTIES = "__properties_version1.0"
_EMBEDDED = f"__substg1.0_{_DATA:04X}000D"
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_DEEPEST = 5

Folder = tuple[str, ...]


class MsgReader:
    """Reads MSG files; a message inside a message is a page of its own."""

    name = "msg"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the message and those it holds as pages, then the attachments."""
        attachments = Attachments(context.scratch)
        try:
            with olefile.OleFileIO(str(source.file)) as storage:
                letters = list(_letters(_Storage(storage), (), attachments, context, 0))
        except (OSError, ValueError, IndexError, TypeError, struct.error) as error:
            raise Unreadable(
                Coverage.FAILED, "The mail is damaged and cannot be opened.", "Ask for a fresh copy of the file."
            ) from error
        for number, letter in enumerate(letters, start=1):
            yield page_of(letter, number, context.check)
            context.progress(number, len(letters))
        yield from attachments.items


class _Storage:
    """Reads properties of a folder of the container."""

    def __init__(self, storage: olefile.OleFileIO) -> None:
        self._storage = storage
        self._folders: dict[Folder, list[str]] = {}
        for entry in storage.listdir(streams=True, storages=True):
            self._folders.setdefault(tuple(entry[:-1]), []).append(entry[-1])
        page = self.fixed((), _CODE_PAGE)
        self._code_page = f"cp{int.from_bytes(page[:4], 'little')}" if page else "cp1252"

    def inside(self, folder: Folder, prefix: str) -> list[Folder]:
        """Return the sub-folders whose names start so, in order."""
        return [(*folder, name) for name in sorted(self._folders.get(folder, ())) if name.startswith(prefix)]

    def data(self, folder: Folder, number: int, kind: int) -> bytes:
        """Return a property's stream, empty when there is none."""
        name = f"__substg1.0_{number:04X}{kind:04X}"
        if name not in self._folders.get(folder, ()):
            return b""
        path = [*folder, name]
        return (
            bytes(self._storage.openstream(path).read())
            if self._storage.get_type(path) == olefile.STGTY_STREAM
            else b""
        )

    def text(self, folder: Folder, number: int) -> str:
        """Return a text property, empty when there is none."""
        wide = self.data(folder, number, 0x001F)
        if wide:
            return wide.decode("utf-16-le", errors="replace").rstrip("\x00")
        narrow = self.data(folder, number, 0x001E).rstrip(b"\x00")
        try:
            return narrow.decode(self._code_page)
        except (UnicodeDecodeError, LookupError):
            return decode(narrow)

    def fixed(self, folder: Folder, number: int) -> bytes:
        """Return the eight bytes of a property of fixed length, empty when there is none."""
        if _PROPERTIES not in self._folders.get(folder, ()):
            return b""
        data = bytes(self._storage.openstream([*folder, _PROPERTIES]).read())
        start = 32 if not folder else 24 if folder[-1] == _EMBEDDED else 8
        for at in range(start, len(data) - 15, 16):
            if int.from_bytes(data[at + 2 : at + 4], "little") == number:
                return data[at + 8 : at + 16]
        return b""


def _letters(
    storage: _Storage, folder: Folder, attachments: Attachments, context: ReadContext, depth: int
) -> Iterator[Letter]:
    """Yield the message in a folder, then the messages attached to it."""
    context.check()
    names: list[str] = []
    inner: list[Folder] = []
    for place in storage.inside(folder, "__attach_version1.0_"):
        context.check()
        name = storage.text(place, _FILE_NAME) or storage.text(place, _SHORT_NAME) or storage.text(place, _NAME)
        embedded = storage.inside(place, _EMBEDDED)
        data = storage.data(place, _DATA, 0x0102)
        if embedded and depth < _DEEPEST:
            inner.append(embedded[0])
            names.append(name or "message")
        elif data:
            attachments.add(name, data)
            names.append(attachments.items[-1].name)
    html = storage.data(folder, _HTML, 0x0102)
    shown = decode_html(html) if html else storage.text(folder, _HTML)
    yield Letter(_headers(storage, folder), [Piece(storage.text(folder, _BODY), shown)], names)
    for place in inner:
        yield from _letters(storage, place, attachments, context, depth + 1)


def _headers(storage: _Storage, folder: Folder) -> list[tuple[str, str]]:
    name = storage.text(folder, _SENDER_NAME)
    address = storage.text(folder, _SENDER_SMTP) or storage.text(folder, _SENDER_ADDRESS)
    people: dict[int, list[str]] = {1: [], 2: [], 3: []}
    for place in storage.inside(folder, "__recip_version1.0_"):
        role = int.from_bytes(storage.fixed(place, _RECIPIENT_TYPE)[:4], "little") & 0xF
        reached = storage.text(place, _SMTP) or storage.text(place, _ADDRESS)
        people.setdefault(role, []).append(_person(storage.text(place, _NAME), reached))
    original = email.message_from_string(storage.text(folder, _TRANSPORT_HEADERS), policy=email.policy.default)
    sent = storage.fixed(folder, _SENT) or storage.fixed(folder, _DELIVERED)
    return [
        ("Subject", storage.text(folder, _SUBJECT)),
        ("From", header(original, "From") or _person(name, address)),
        ("To", header(original, "To") or "; ".join(people[1]) or storage.text(folder, _DISPLAY_TO)),
        ("Cc", header(original, "Cc") or "; ".join(people[2]) or storage.text(folder, _DISPLAY_CC)),
        ("Bcc", "; ".join(people[3]) or storage.text(folder, _DISPLAY_BCC)),
        ("Date", _moment(sent)),
    ]


def _person(name: str, address: str) -> str:
    name, address = name.strip(), address.strip()
    if not address or address.startswith("/") or name == address:
        return name or address
    return f"{name} <{address}>" if name else address


def _moment(filetime: bytes) -> str:
    """Return a time counted in tenths of a microsecond since 1601 as UTC, or nothing."""
    if len(filetime) < 8:
        return ""
    try:
        return str(_EPOCH + timedelta(microseconds=int.from_bytes(filetime, "little") // 10))
    except OverflowError:
        return ""
