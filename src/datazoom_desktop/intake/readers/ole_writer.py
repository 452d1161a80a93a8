"""Writing an OLE compound file ([MS-CFB], version 3): what lies in a folder of one container as a container of its own."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096  #: bytes
_FREE, _END, _FAT, _DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
_NONE: Final = 0xFFFFFFFF
_IN_HEADER = 109  #: sectors of the allocation table that the header lists
_PER_SECTOR = _SECTOR // 4
_ROOT, _STORAGE, _STREAM = 5, 1, 2

Tree = Mapping[str, "bytes | Tree"]


def compound_file(tree: Tree) -> bytes:
    """Return a compound file with the streams (bytes) and storages (mappings) of ``tree``; names of at most 31 characters."""
    return _Writer(tree).written()


class _Writer:
    def __init__(self, tree: Tree) -> None:
        self._sectors: list[bytes] = []
        self._table: list[int] = []  #: for each sector the next of its chain
        self._minis = bytearray()
        self._mini_table: list[int] = []
        self._entries: list[bytes] = [b""]
        child = self._children(tree)
        start, size = self._chain(bytes(self._minis)) if self._minis else (_END, 0)
        self._entries[0] = _entry("Root Entry", _ROOT, child, start, size)

    def written(self) -> bytes:
        """Return the file."""
        mini_table, mini_sectors = _END, 0
        if self._mini_table:
            packed = struct.pack(f"<{len(self._mini_table)}I", *self._mini_table)
            mini_sectors = -(-len(packed) // _SECTOR)
            mini_table, _ = self._chain(packed.ljust(mini_sectors * _SECTOR, b"\xff"))
        while len(self._entries) % 4:
            self._entries.append(_entry("", 0, _NONE, 0, 0))
        directory, _ = self._chain(b"".join(self._entries))
        tables, lists = self._tables()
        first_list = len(self._sectors) + tables if lists else _END
        header = struct.pack(
            "<8s16x5H6x9I",
            *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, directory, 0, _CUTOFF),
            *(mini_table, mini_sectors, first_list, lists),
        )
        numbers = list(range(len(self._sectors), len(self._sectors) + tables))
        table = self._table + [_FAT] * tables + [_DIFAT] * lists
        table += [_FREE] * (tables * _PER_SECTOR - len(table))
        listed = numbers[:_IN_HEADER] + [_FREE] * (_IN_HEADER - len(numbers[:_IN_HEADER]))
        body = [header, _packed(listed), *self._sectors, _packed(table)]
        for position in range(lists):
            part = numbers[_IN_HEADER + position * (_PER_SECTOR - 1) :][: _PER_SECTOR - 1]
            part += [_FREE] * (_PER_SECTOR - 1 - len(part))
            body.append(_packed([*part, first_list + position + 1 if position + 1 < lists else _END]))
        return b"".join(body)

    def _tables(self) -> tuple[int, int]:
        """Return how many sectors the allocation table takes, itself and its lists included, and how many lists there are."""
        tables = lists = 0
        while True:
            need = -(-(len(self._sectors) + tables + lists) // _PER_SECTOR)
            more = -(-max(0, need - _IN_HEADER) // (_PER_SECTOR - 1))
            if (need, more) == (tables, lists):
                return tables, lists
            tables, lists = need, more

    def _children(self, tree: Tree) -> int:
        """Write the entries of a storage, and return the number of the one its children hang from."""
        numbers: list[int] = []
        for name in sorted(tree, key=lambda text: (len(text.encode("utf-16-le")), text.upper())):
            content = tree[name]
            number = len(self._entries)
            numbers.append(number)
            self._entries.append(b"")
            if isinstance(content, bytes):
                start, size = self._stream(content)
                self._entries[number] = _entry(name, _STREAM, _NONE, start, size)
            else:
                self._entries[number] = _entry(name, _STORAGE, self._children(content), 0, 0)
        return self._balanced(numbers)

    def _balanced(self, numbers: list[int]) -> int:
        """Hang entries in order into a tree, and return its top."""
        if not numbers:
            return _NONE
        middle = len(numbers) // 2
        left, right = self._balanced(numbers[:middle]), self._balanced(numbers[middle + 1 :])
        entry = self._entries[numbers[middle]]
        self._entries[numbers[middle]] = entry[:68] + struct.pack("<II", left, right) + entry[76:]
        return numbers[middle]

    def _stream(self, content: bytes) -> tuple[int, int]:
        if not content:
            return _END, 0
        if len(content) >= _CUTOFF:
            return self._chain(content)
        first, count = len(self._mini_table), -(-len(content) // _MINI)
        self._mini_table += [*range(first + 1, first + count), _END]
        self._minis += content.ljust(count * _MINI, b"\x00")
        return first, len(content)

    def _chain(self, content: bytes) -> tuple[int, int]:
        first, count = len(self._sectors), -(-len(content) // _SECTOR)
        self._table += [*range(first + 1, first + count), _END]
        padded = content.ljust(count * _SECTOR, b"\x00")
        self._sectors += [padded[at : at + _SECTOR] for at in range(0, len(padded), _SECTOR)]
        return first, len(content)


def _packed(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    """Return a directory entry, black and without neighbours."""
    text = name.encode("utf-16-le")[:62]
    length = len(text) + 2 if kind else 0
    return struct.pack(
        "<64sHBBIII16x4x16xIQ", text, length, kind, 1, _NONE, _NONE, child, start if kind != _STORAGE else 0, size
    )
