"""TAR archives, plain or compressed, and single files compressed by themselves, read once from front to back."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING, cast

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import ReadContext, Source
from datazoom_desktop.intake.readers.unpacking import Entry, Trouble, Unpacking, damaged, damaged_archive
from datazoom_desktop.kernel.coverage import Coverage

if TYPE_CHECKING:
    from typing import Self

_BLOCK = 256 << 10
_RECORD = 512
_PATIENCE = 100  #: readings at the end of the stream
_LONGEST_HEADER = 1 << 20  #: bytes of a member's extended header, such as its name
_SUFFIXES = frozenset((".gz", ".bz2", ".xz", ".zst", ".lzma", ".z"))
_HEADERS = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)
_DAMAGE = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, ValueError, IndexError, OverflowError)


def unpack(source: Source, context: ReadContext, unpacking: Unpacking) -> None:
    """Take the members out.

    Raises:
        Unreadable: There is nothing that could be taken out.
    """
    with ExitStack() as stack:
        stream = _Counted(stack.enter_context(_opened(source.file, source.media_type)), unpacking, context.check)
        try:
            head = stream.peek(_RECORD)
        except _damage() as error:
            raise damaged_archive() from error
        if source.media_type == detect.TAR or detect.is_tar(head):
            _unpack_tar(stream, unpacking)
        else:
            _unpack_single(source.name, stream, unpacking)


def _opened(file: Path, kind: str) -> IO[bytes]:
    if kind == detect.GZIP:
        return cast("IO[bytes]", gzip.open(file, "rb"))
    if kind == detect.BZIP2:
        return cast("IO[bytes]", bz2.open(file, "rb"))
    if kind == detect.XZ:
        return cast("IO[bytes]", lzma.open(file, "rb"))
    if kind == detect.ZSTD:
        from datazoom_desktop.intake.readers.zstandard import ZstdFile

        return cast("IO[bytes]", ZstdFile(file, "rb"))
    return file.open("rb")


def _damage() -> tuple[type[Exception], ...]:
    """Return what the libraries raise over damaged data."""
    from datazoom_desktop.intake.readers.zstandard import ZstdError

    return (*_DAMAGE, gzip.BadGzipFile, ZstdError)


class _Counted:
    """An unpacked stream that stops where an archive unpacks to more than it may, and where the work is to stop."""

    def __init__(self, stream: IO[bytes], unpacking: Unpacking, check: Callable[[], None]) -> None:
        self._stream = stream
        self._unpacking = unpacking
        self._check = check
        self._head = b""
        self._seen = self._empty = 0

    def peek(self, size: int) -> bytes:
        """Return the first bytes; the next reading begins with them."""
        self._head = self.read(size)
        return self._head

    def read(self, size: int) -> bytes:
        """Return at most ``size`` bytes, none at the end; raises ``Trouble`` when there are far too many."""
        self._check()
        if self._head:
            head, self._head = self._head[:size], self._head[size:]
            return head
        try:
            data = self._stream.read(min(size, _BLOCK))
        except (OSError, RuntimeError) as error:  # which the decompressors raise over data that is none
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise EOFError(str(error)) from error
        self._seen += len(data)
        self._empty = 0 if data else self._empty + 1
        if self._empty > _PATIENCE:  # the library would read on until it is where a header says
            raise EOFError("a header leads beyond the end")
        self._unpacking.count_unpacked(self._seen)
        return data


class _Member(tarfile.TarInfo):
    """A member whose header nobody vouches for."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        """Read the next header; remember on the archive when what stands there is none."""
        try:
            return super().fromtarfile(archive)
        except (tarfile.EmptyHeaderError, tarfile.EOFHeaderError):  # type: ignore[attr-defined]
            raise
        except tarfile.HeaderError:
            cast("_Tar", archive).broken = True
            raise

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.size < 0 or (self.type in _HEADERS and self.size > _LONGEST_HEADER):
            raise tarfile.InvalidHeaderError("a size that cannot be")  # type: ignore[attr-defined]
        return cast("tarfile.TarInfo", super()._proc_member(archive))  # type: ignore[misc]


class _Tar(tarfile.TarFile):
    """An archive that tells when it ended at something that is no header; the library takes that for its end."""

    tarinfo = _Member
    broken = False


def _unpack_tar(stream: _Counted, unpacking: Unpacking) -> None:
    try:
        with _Tar.open(fileobj=cast("IO[bytes]", stream), mode="r|", errors="surrogateescape") as archive:
            while (member := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined] # the library would keep them all
                _take(archive, member, unpacking)
                if unpacking.ended:
                    return
            broken = archive.broken
    except Trouble as trouble:
        unpacking.end(trouble)
        return
    except _damage():
        broken = True
    if broken:
        if not unpacking.attachments:
            raise damaged_archive()
        reason = (
            "The archive is damaged or not complete; what stands before the damage was taken out, more may be missing."
        )
        unpacking.end(Trouble(Coverage.FAILED, reason))


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, unpacking: Unpacking) -> None:
    entry = Entry(_readable(member.name), member.size, _moment(member.mtime))
    if member.isdir():
        return
    if member.islnk():
        reason = "A second name of another file in the archive."
        unpacking.leave(entry, Trouble(Coverage.SKIPPED, reason))
    elif not member.isreg():
        unpacking.leave(entry, Trouble(Coverage.SKIPPED, "A link or a device, not a file."))
    else:
        unpacking.take(entry, _content(archive, member))


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[bytes]:
    file = archive.extractfile(member)
    assert file is not None
    try:
        while chunk := file.read(_BLOCK):
            yield chunk
    except _damage() as error:
        raise damaged() from error


def _unpack_single(name: str, stream: _Counted, unpacking: Unpacking) -> None:
    path = PurePath(name)
    inner = path.stem if path.suffix.lower() in _SUFFIXES else f"{name} (unpacked)"
    unpacking.take(Entry(inner), _chunks(stream))


def _chunks(stream: _Counted) -> Iterator[bytes]:
    try:
        while chunk := stream.read(_BLOCK):
            yield chunk
    except _damage() as error:
        raise damaged() from error


def _readable(name: str) -> str:
    """Return a member's name; bytes that are no UTF-8 as Western systems wrote them."""
    raw = name.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _moment(seconds: float) -> dt.datetime | None:
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
