"""7z archives: their directory and unpackers by the library, block by block, each member checked against its sum."""

from __future__ import annotations

import datetime as dt
import lzma
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import py7zr
from py7zr.exceptions import ArchiveError

from datazoom_desktop.intake.model import ReadContext, Source
from datazoom_desktop.intake.readers.unpacking import (
    Entry,
    Trouble,
    Unpacking,
    damaged,
    damaged_archive,
    locked_archive,
    needs_password,
)
from datazoom_desktop.kernel.coverage import Coverage

_CHUNK = 1 << 20
_SMALL_CHUNK = 4 << 10  #: of packed bytes at a time, for methods that unpack all they are fed at once
_PROOF_BYTES = 1 << 30  #: a password is tried on no more than this
_MOST_MEMORY = 1 << 30  #: bytes that a method may ask for
_LZMA, _LZMA2, _PPMD, _COPY, _BZIP2 = b"\x03\x01\x01", b"\x21", b"\x03\x04\x01", b"\x00", b"\x04\x02\x02"
_AES = b"\x06\xf1\x07\x01"
_BOUNDED = frozenset((_LZMA, _LZMA2, _PPMD, _COPY, _BZIP2, _AES))
#: What the library and the unpackers below it raise over data that is not what it should be.
_DAMAGE = (
    ArchiveError,
    lzma.LZMAError,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    AssertionError,
    OverflowError,
)


@dataclass(slots=True)
class _Block:
    """Members that are packed together; ``folder`` is the library's word for how, None where there is nothing to unpack."""

    folder: Any
    start: int = 0
    packed: int = 0
    members: list[Any] = field(default_factory=list)


def unpack(source: Source, context: ReadContext, unpacking: Unpacking) -> None:
    """Take the members out.

    Raises:
        Unreadable: There is nothing that could be taken out, or even the list of members is locked.
    """
    with source.file.open("rb") as file:
        for block in _blocks(_opened(file, source.passwords, context)):
            trouble = _unlock(file, block, source.passwords, context)
            unpacker = _Unpacker(file, block)
            for member in block.members:
                chunks = unpacker.content(member)
                _take(member, chunks, trouble, unpacking)
                if trouble is None and not unpacking.ended:
                    _proves(chunks, context)  # what was left out stands before the next all the same


def _take(member: Any, chunks: Iterator[bytes], trouble: Trouble | None, unpacking: Unpacking) -> None:
    entry = Entry(str(member.filename), member.uncompressed, _moment(member))
    if member.is_directory:
        return
    if trouble is not None:
        unpacking.leave(entry, trouble)
    elif not member.is_file:
        unpacking.leave(entry, Trouble(Coverage.SKIPPED, "A link or a device, not a file."))
    else:
        unpacking.take(entry, chunks)


def _opened(file: BinaryIO, passwords: Sequence[str], context: ReadContext) -> py7zr.SevenZipFile:
    """Return the archive, its list of members read, under the first password that opens the list where it is locked."""
    locked = False
    for password in (None, *passwords):
        context.check()
        file.seek(0)
        try:
            return py7zr.SevenZipFile(file, password=password)
        except py7zr.PasswordRequired:
            locked = True
        except _DAMAGE as error:
            if not locked:
                raise damaged_archive() from error
        except OSError as error:
            if error.errno is not None:
                raise
            raise damaged_archive() from error
    raise locked_archive()


def _blocks(archive: py7zr.SevenZipFile) -> Iterable[_Block]:
    """Return the archive's members by block, in order.

    Raises:
        Unreadable: Its directory makes no sense.
    """
    try:
        streams: Any = getattr(archive.header, "main_streams", None)
        blocks: dict[int | None, _Block] = {None: _Block(None)}
        stream = 0
        for folder in streams.unpackinfo.folders if streams is not None else ():
            start = archive.afterheader + streams.packinfo.packpos + streams.packinfo.packpositions[stream]
            blocks[id(folder)] = _Block(folder, start, streams.packinfo.packsizes[stream])
            stream += len(folder.packed_indices)
        for member in archive.files:
            blocks[None if member.folder is None else id(member.folder)].members.append(member)
    except _DAMAGE as error:
        raise damaged_archive() from error
    return blocks.values()


def _unlock(file: BinaryIO, block: _Block, passwords: Sequence[str], context: ReadContext) -> Trouble | None:
    """Give a locked block the password that opens it; return why it cannot be opened."""
    folder = block.folder
    if folder is None:
        return None
    methods = [coder["method"] for coder in folder.coders]
    if any(_memory(coder) > _MOST_MEMORY for coder in folder.coders):
        return Trouble(Coverage.FAILED, "Unpacking it needs more memory than a document should.")
    if _AES not in methods:
        return None
    first = next((member for member in block.members if member.uncompressed), None)
    for password in passwords if first is not None else ():
        folder.password = password
        if _proves(_Unpacker(file, block).content(first), context):
            return None
    return needs_password()


def _proves(chunks: Iterable[bytes], context: ReadContext) -> bool:
    """Return whether a member unpacks to what its sum says, as far as that is looked at."""
    seen = 0
    try:
        for chunk in chunks:
            context.check()
            seen += len(chunk)
            if seen > _PROOF_BYTES:
                break
    except Trouble:
        return False
    return True


def _memory(coder: dict[str, Any]) -> int:
    """Return the bytes that a method asks for, as far as that is known of it."""
    method, properties = coder["method"], coder.get("properties") or b""
    if method in (_LZMA, _PPMD) and len(properties) >= 5:
        return int.from_bytes(properties[1:5], "little")
    if method == _LZMA2 and properties:
        bits = properties[0] & 0x3F
        return (2 | bits & 1) << (bits // 2 + 11)
    return 0


class _Unpacker:
    """Unpacks a block from its beginning; its members come one after the other."""

    def __init__(self, file: BinaryIO, block: _Block) -> None:
        self._file = file
        self._block = block
        self._library: Any = None
        self._broken = False

    def content(self, member: Any) -> Iterator[bytes]:
        """Yield the bytes of the next member.

        Raises:
            Trouble: They are damaged, or packed by a method that is not known.
        """
        left, total = int(member.uncompressed or 0), 0
        if self._block.folder is None:
            return
        while left:
            chunk = self._next(min(left, _CHUNK))
            left -= len(chunk)
            total = zlib.crc32(chunk, total)
            yield chunk
        if member.crc32 is not None and member.crc32 != total:
            raise damaged()

    def _next(self, most: int) -> bytes:
        if self._broken:
            raise damaged()
        try:
            if self._library is None:
                self._begin()
            while True:
                at = self._file.tell()
                chunk: bytes = self._library.decompress(self._file, most)
                if chunk:
                    return chunk
                if self._file.tell() == at:
                    raise damaged()
        except py7zr.UnsupportedCompressionMethodError as error:
            self._broken = True
            raise Trouble(Coverage.FAILED, "Packed by a method that is not known here.") from error
        except (*_DAMAGE, py7zr.PasswordRequired) as error:
            self._broken = True
            raise damaged() from error

    def _begin(self) -> None:
        block = self._block
        self._file.seek(block.start)
        self._library = block.folder.get_decompressor(block.packed, reset=True)
        bounded = all(coder["method"] in _BOUNDED for coder in block.folder.coders)
        self._library.block_size = _CHUNK if bounded else _SMALL_CHUNK


def _moment(member: Any) -> dt.datetime | None:
    stamp = member.lastwritetime
    try:
        return None if stamp is None else dt.datetime.fromtimestamp(stamp.totimestamp(), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
