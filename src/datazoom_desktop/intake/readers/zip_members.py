"""ZIP archives: the members by the archive's directory or, where that is lost, by what stands before each member."""

from __future__ import annotations

import datetime as dt
import stat
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from datazoom_desktop.intake.model import ReadContext, Source, Unreadable
from datazoom_desktop.intake.readers.unpacking import (
    MOST_MEMBERS,
    Entry,
    Trouble,
    Unpacking,
    damaged_archive,
)
from datazoom_desktop.intake.readers.zip_content import METHODS, Packed, Passwords, content, end_of, with_aes
from datazoom_desktop.intake.readers.zip_names import extras, likely_code_page, names_of
from datazoom_desktop.kernel.coverage import Coverage

_UNIX = 3
_DIRECTORY_LINE = 46  #: bytes at least, of one member in the directory
_END = struct.Struct("<4s4H2IH")
_END_MARK, _LOCAL_MARK = b"PK\x05\x06", b"PK\x03\x04"
_LONGEST_COMMENT = 65535
_LOCAL = struct.Struct("<4s5H3I2H")
_DESCRIBED_AFTER, _UTF8 = 0x8, 0x800
_UNKNOWN_SIZE = 0xFFFFFFFF
_BLOCK = 1 << 20
_TIME_STAMP, _NTFS = 0x5455, 0x000A
_NTFS_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


def unpack(source: Source, context: ReadContext, unpacking: Unpacking) -> None:
    """Take the members out.

    Raises:
        Unreadable: There is nothing that could be taken out.
    """
    passwords = Passwords(source.passwords)
    _refuse_parts(source.file)
    with source.file.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error, IndexError):
            _unpack_damaged(file, context, passwords, unpacking)
            return
        for member, name in zip(members, names_of(members), strict=True):
            if name.endswith(("/", "\\")):
                context.check()
                continue
            entry = Entry(name, member.file_size, _moment(member))
            mode = member.external_attr >> 16
            if member.create_system == _UNIX and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                unpacking.leave(entry, Trouble(Coverage.SKIPPED, "A link or a device, not a file."))
                continue
            unpacking.take(entry, content(file, packed(member), passwords, context.check))


def _refuse_parts(file: Path) -> None:
    """Raise when the archive is one of several parts, or its directory is larger than may be looked at."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        stream.seek(max(0, size - _LONGEST_COMMENT - _END.size))
        tail = stream.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        return
    _, disk, _, _, _, directory, _, _ = _END.unpack_from(tail, at)
    if 0 < disk < 0xFFFF:
        raise Unreadable(
            Coverage.FAILED,
            "This is one of several parts of an archive.",
            "Join the parts with the program that made them, and add the whole.",
        )
    if directory != _UNKNOWN_SIZE and directory > _DIRECTORY_LINE * 20 * MOST_MEMBERS:
        raise Unreadable(
            Coverage.SKIPPED,
            f"The archive lists far more than {MOST_MEMBERS:,} files.",
            "Unpack it and add the files as a folder.",
        )


def packed(member: zipfile.ZipInfo) -> Packed:
    """Return where and how a member is packed, by the archive's directory."""
    plain = Packed(
        member.header_offset,
        member.flag_bits,
        member.compress_type,
        member.compress_size,
        member.file_size,
        member.CRC,
        time=getattr(member, "_raw_time", 0),
    )
    return with_aes(plain, extras(member.extra))


def _moment(member: zipfile.ZipInfo) -> dt.datetime | None:
    """Return when a member was last changed: in universal time where the archive has it, else as its clock showed."""
    for kind, data in extras(member.extra):
        try:
            if kind == _TIME_STAMP and len(data) >= 5 and data[0] & 1:
                return dt.datetime.fromtimestamp(int.from_bytes(data[1:5], "little", signed=True), dt.UTC)
            if kind == _NTFS and len(data) >= 16 and data[4:8] == b"\x01\x00\x18\x00":
                return _NTFS_EPOCH + dt.timedelta(microseconds=int.from_bytes(data[8:16], "little") // 10)
        except (ValueError, OverflowError, OSError):
            continue
    try:
        return dt.datetime(*member.date_time, tzinfo=dt.UTC)
    except ValueError:
        return None


# --- a damaged archive ------------------------------------------------------------------------------------------------------------


def _unpack_damaged(file: BinaryIO, context: ReadContext, passwords: Passwords, unpacking: Unpacking) -> None:
    """Take out what the marks before members lead to; the rest of the archive is said to be lost."""
    for raw_name, member in _scan(file, context):
        utf8 = bool(member.flags & _UTF8)
        name = raw_name.decode("utf-8" if utf8 else likely_code_page([raw_name]), "replace")
        if not name.endswith(("/", "\\")):
            unpacking.take(Entry(name, member.size), content(file, member, passwords, context.check))
        if unpacking.ended:
            return
    unpacking.raise_if_locked()
    if not unpacking.attachments:
        raise damaged_archive()
    reason = "The archive is damaged or not complete; what could be found in it was taken out, more may be missing."
    unpacking.end(Trouble(Coverage.FAILED, reason))


def _scan(file: BinaryIO, context: ReadContext) -> Iterator[tuple[bytes, Packed]]:
    at = 0
    while (at := _find(file, at, context)) >= 0:
        file.seek(at)
        header = file.read(_LOCAL.size)
        if len(header) < _LOCAL.size:
            return
        _, _, flags, method, time, _, crc, packed, size, name_bytes, extra_bytes = _LOCAL.unpack(header)
        name, extra = file.read(name_bytes), file.read(extra_bytes)
        known = not flags & _DESCRIBED_AFTER and _UNKNOWN_SIZE not in (packed, size)
        member = Packed(
            at,
            flags,
            method,
            packed if known else None,
            size if known else None,
            crc if known else None,
            time=time,
        )
        member = with_aes(member, extras(extra))
        at += 4
        if method not in METHODS or not 0 < name_bytes <= 4096 or len(extra) < extra_bytes:
            continue
        yield name, member
        if known:
            try:
                at = end_of(file, member)
            except Trouble:
                continue


def _find(file: BinaryIO, start: int, context: ReadContext) -> int:
    """Return the offset of the next mark before a member at or after ``start``, -1 when there is none."""
    at, before = start, b""
    while True:
        context.check()
        file.seek(at)
        block = file.read(_BLOCK)
        if not block:
            return -1
        found = (before + block).find(_LOCAL_MARK)
        if found >= 0:
            return at - len(before) + found
        before = block[-3:]
        at += len(block)
