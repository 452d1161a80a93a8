"""Reading an Outlook message's container: properties by number ([MS-OXMSG], [MS-OXPROPS]), and a message inside it as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

import olefile

from datazoom_desktop.intake.encodings import code_page, decode
from datazoom_desktop.intake.readers.ole_writer import Tree

_PROPERTIES = "__properties_version1.0"
_NAMES = "__nameid_version1.0"
_DATA: Final = 0x3701
EMBEDDED = f"__substg1.0_{_DATA:04X}000D"
_CODE_PAGE = 0x3FFD
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_TOP_HEADER, _INNER_HEADER = 32, 24  #: bytes before the properties of a message, and of one inside another
_DEEPEST = 60

Folder = tuple[str, ...]


class Storage:
    """A container's folders and their properties.

    Attributes:
        cut_short: Whether a stream that was read holds less than the container says.
    """

    def __init__(self, storage: olefile.OleFileIO, check: Callable[[], None]) -> None:
        """Read from an open container."""
        self._storage = storage
        self._check = check
        self.cut_short = False
        self._folders: dict[Folder, list[str]] = {}
        for entry in storage.listdir(streams=True, storages=True):
            self._folders.setdefault(tuple(entry[:-1]), []).append(entry[-1])
        self._fixed: dict[Folder, dict[int, bytes]] = {}
        page = self.number((), _CODE_PAGE)
        self._code_page = code_page(page) if page else "cp1252"
        self._named = self._names()

    def inside(self, folder: Folder, prefix: str) -> list[Folder]:
        """Return the sub-folders whose names start so, in order."""
        return [(*folder, name) for name in sorted(self._folders.get(folder, ())) if name.startswith(prefix)]

    def data(self, folder: Folder, number: int, kind: int = 0x0102) -> bytes:
        """Return a property's stream, empty when there is none."""
        return self._stream((*folder, f"__substg1.0_{number:04X}{kind:04X}"))

    def text(self, folder: Folder, number: int) -> str:
        """Return a text property, empty when there is none."""
        wide = self.data(folder, number, 0x001F)
        if wide:
            return wide.decode("utf-16-le", errors="replace").rstrip("\x00")
        narrow = self.data(folder, number, 0x001E).rstrip(b"\x00")
        try:
            return narrow.decode(self._code_page)
        except UnicodeDecodeError:
            return decode(narrow)

    def named_text(self, folder: Folder, name: int) -> str:
        """Return a text property that is known by a number in the container's own list, empty when there is none."""
        return self.text(folder, self._named[name]) if name in self._named else ""

    def number(self, folder: Folder, number: int) -> int | None:
        """Return a property that is a whole number, or None when there is none."""
        value = self._values(folder).get(number)
        return int.from_bytes(value[:4], "little") if value is not None else None

    def moment(self, folder: Folder, number: int) -> datetime | None:
        """Return a property that is a point in time, to the microsecond, in UTC, None when there is none."""
        value = self._values(folder).get(number)
        if not value or not any(value):
            return None
        try:
            return _EPOCH + timedelta(microseconds=int.from_bytes(value, "little") // 10)
        except OverflowError:
            return None

    def date(self, folder: Folder, number: int) -> str:
        """Return a property that is a point in time, in the form of a mail's date, empty when there is none."""
        moment = self.moment(folder, number)
        return format_datetime(moment) if moment is not None else ""

    def named_date(self, folder: Folder, name: int) -> str:
        """Return a point in time that is known by a number in the container's own list, empty when there is none."""
        return self.date(folder, self._named[name]) if name in self._named else ""

    def tree(self, folder: Folder, depth: int = 0) -> Tree:
        """Return what lies in a folder, to be written as a container of its own."""
        self._check()
        out: dict[str, bytes | Tree] = {}
        for name in self._folders.get(folder, ()):
            path = (*folder, name)
            if self._storage.get_type(list(path)) == olefile.STGTY_STREAM:
                out[name] = self._stream(path)
            elif depth < _DEEPEST:
                out[name] = self.tree(path, depth + 1)
        return out

    def message_tree(self, folder: Folder) -> Tree:
        """Return a message inside this one, to be written as a container of its own."""
        out = dict(self.tree(folder))
        values = out.get(_PROPERTIES)
        if isinstance(values, bytes):
            out[_PROPERTIES] = values[:_INNER_HEADER] + bytes(_TOP_HEADER - _INNER_HEADER) + values[_INNER_HEADER:]
        return {**out, _NAMES: self.tree((_NAMES,))}

    def _stream(self, path: Folder) -> bytes:
        if path[-1] not in self._folders.get(path[:-1], ()):
            return b""
        if self._storage.get_type(list(path)) != olefile.STGTY_STREAM:
            return b""
        data = bytes(self._storage.openstream(list(path)).read())
        self.cut_short = self.cut_short or len(data) < self._storage.get_size(list(path))
        return data

    def _values(self, folder: Folder) -> dict[int, bytes]:
        """Return the eight bytes of each property of fixed length."""
        if folder not in self._fixed:
            data = self._stream((*folder, _PROPERTIES))
            start = _TOP_HEADER if not folder else _INNER_HEADER if folder[-1] == EMBEDDED else 8
            self._fixed[folder] = {
                int.from_bytes(data[at + 2 : at + 4], "little"): data[at + 8 : at + 16]
                for at in range(start, len(data) - 15, 16)
            }
        return self._fixed[folder]

    def _names(self) -> dict[int, int]:
        """Return the properties that the container's list knows by a number."""
        entries = self.data((_NAMES,), 0x0003)
        found: dict[int, int] = {}
        for at in range(0, len(entries) - 7, 8):
            if not entries[at + 4] & 1:
                name = int.from_bytes(entries[at : at + 4], "little")
                found.setdefault(name, 0x8000 + int.from_bytes(entries[at + 6 : at + 8], "little"))
        return found
