"""Original files, kept by the SHA-256 of their bytes and never altered."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import sha256_file
from datazoom_desktop.storage.faults import file_faults
from datazoom_desktop.storage.files import settle_folder

LARGEST_BYTES = 16 << 30  #: of one file; larger ones are disk images and the like, and would fill the disk unread
_BLOCK_BYTES = 1 << 20
_TRIES = 3
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


class ChangedWhileReadError(OSError):
    """A file was written to while it was read, so what was read never stood in it."""


class Blobs:
    """A folder of files named by their content: ``ab/abcd...``; new ones arrive through ``incoming``.

    A file under its final name is complete: it was written elsewhere, flushed to the disk and renamed. Thread-safe.
    """

    def __init__(self, folder: Path) -> None:
        """Use ``folder``, creating it when absent."""
        self.folder = folder
        self.incoming = folder / "incoming"
        with file_faults(folder):
            self.incoming.mkdir(parents=True, exist_ok=True)

    def add_file(self, path: Path, check: Callable[[], None] | None = None, *, likely: bool = False) -> tuple[str, int]:
        """Take a copy of a file; return its SHA-256 (lowercase hex) and size in bytes.

        The copy and the hash come from one reading, during which the file did not change: one that does is read again, a few times.
        ``check`` is called after every mebibyte and may raise to stop, which leaves nothing behind. ``likely``: the same bytes are
        probably kept here already, so look first and write nothing if they are.

        Raises:
            Problem: The file cannot be read, is no regular file, is larger than ``LARGEST_BYTES`` or does not stop changing; or the disk
                is full.
        """
        for _ in range(_TRIES):
            try:
                if likely:
                    sha256, size = _hash_of(_blocks(path, check))
                    if self.verify(sha256):
                        return sha256, size
                return self._take(_blocks(path, check))
            except ChangedWhileReadError as error:
                changed = error
        raise _cannot_read(path, changed) from changed

    def adopt(self, paths: Sequence[Path]) -> list[tuple[str, int]]:
        """Take over files that lie in the room's own scratch, moving them where it can; return SHA-256 and size in bytes of each.

        Raises:
            Problem: The disk is full.
        """
        out: list[tuple[str, int]] = []
        moved: set[Path] = set()
        with file_faults(self.folder):
            for path in paths:
                sha256 = sha256_file(path)
                with path.open("r+b") as stream:
                    os.fsync(stream.fileno())
                    size = os.fstat(stream.fileno()).st_size
                target = self.path(sha256)
                if target.is_file() and target.stat().st_size == size and self.verify(sha256):
                    path.unlink()
                else:
                    self._move(path, target)
                    moved.add(target.parent)
                out.append((sha256, size))
            for folder in (*moved, self.folder) if moved else ():
                settle_folder(folder)
        return out

    def add_bytes(self, data: bytes) -> tuple[str, int]:
        """Keep ``data``; return its SHA-256 (lowercase hex) and size in bytes.

        Raises:
            Problem: The disk is full.
        """
        return self._take(iter((data,)))

    def path(self, sha256: str) -> Path:
        """Return where the blob is or would be.

        Raises:
            ValueError: ``sha256`` is not 64 lowercase hex digits.
        """
        if not _SHA256.match(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.folder / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Return whether the blob is kept here."""
        return self.path(sha256).is_file()

    def verify(self, sha256: str) -> bool:
        """Return whether the blob is here and its bytes still have this hash."""
        file = self.path(sha256)
        return file.is_file() and sha256_file(file) == sha256

    def all(self) -> Iterator[str]:
        """Yield the hashes of all blobs kept, in order."""
        for folder in sorted(self.folder.iterdir()):
            if folder == self.incoming or not folder.is_dir():
                continue
            yield from sorted(file.name for file in folder.iterdir() if _SHA256.match(file.name))

    def remove(self, sha256: str) -> None:
        """Delete the blob; one that is not there is no error."""
        file = self.path(sha256)
        if file.exists():
            file.chmod(0o644)
            file.unlink(missing_ok=True)

    def clear_incoming(self) -> int:
        """Delete what copies interrupted by a crash left behind; return how many. Only while nobody adds."""
        leftovers = [file for file in self.incoming.iterdir() if file.is_file()]
        for file in leftovers:
            file.unlink()
        return len(leftovers)

    def _take(self, blocks: Iterator[bytes]) -> tuple[str, int]:
        temporary = self.incoming / secrets.token_hex(16)
        try:
            with file_faults(self.folder):
                sha256, size = _copy(blocks, temporary)
                target = self.path(sha256)
                if not (target.is_file() and target.stat().st_size == size and self.verify(sha256)):
                    self._place(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        return sha256, size

    def _place(self, temporary: Path, target: Path) -> None:
        fresh = not target.parent.is_dir()
        self._move(temporary, target)
        settle_folder(target.parent)
        if fresh:
            settle_folder(self.folder)

    def _move(self, temporary: Path, target: Path) -> None:
        target.parent.mkdir(exist_ok=True)
        temporary.chmod(0o444)
        if target.exists():
            target.chmod(0o644)
        temporary.replace(target)


def _copy(blocks: Iterator[bytes], target: Path) -> tuple[str, int]:
    with target.open("xb") as stream:

        def written() -> Iterator[bytes]:
            for block in blocks:
                stream.write(block)
                yield block

        sha256, size = _hash_of(written())
        stream.flush()
        os.fsync(stream.fileno())
    return sha256, size


def _hash_of(blocks: Iterator[bytes]) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    for block in blocks:
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def _blocks(path: Path, check: Callable[[], None] | None) -> Iterator[bytes]:
    """Yield a file's bytes.

    Raises:
        Problem: It cannot be read, is no regular file or is too large.
        ChangedWhileReadError: It was written to meanwhile.
    """
    with _opened(path) as stream:
        before, seen = os.fstat(stream.fileno()), 0
        if before.st_size > LARGEST_BYTES:
            error = OSError(errno.EFBIG, os.strerror(errno.EFBIG))
            raise _cannot_read(path, error) from error
        while block := _read(stream, path):
            seen += len(block)
            if seen > before.st_size:
                raise ChangedWhileReadError
            yield block
            if check is not None:
                check()
        after = os.fstat(stream.fileno())
        if seen != after.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise ChangedWhileReadError


def _opened(path: Path) -> BinaryIO:
    """Open a regular file; a pipe, which would be waited for, or a device that took its place is refused."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise _cannot_read(path, error) from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        wrong = OSError(errno.EINVAL, "it is not a file but a folder, a pipe or a device")
        raise _cannot_read(path, wrong) from wrong
    return os.fdopen(file, "rb", buffering=0)


def _read(source: BinaryIO, origin: Path) -> bytes:
    try:
        return source.read(_BLOCK_BYTES)
    except OSError as error:
        raise _cannot_read(origin, error) from error


def _cannot_read(path: Path, error: OSError) -> Problem:
    if isinstance(error, ChangedWhileReadError):
        remedy = "Close the program that writes to it, then add it again."
        return Problem("File keeps changing", f"{path} was written to whenever it was read.", remedy, str(path))
    if error.errno == errno.EFBIG:
        most = f"{LARGEST_BYTES >> 30} GB"
        return Problem("File is too large", f"{path} is larger than {most}.", "Split it, or leave it out.", str(path))
    if isinstance(error, FileNotFoundError):
        return Problem("File not found", f"There is no file at {path}.", "Check the path and try again.", str(path))
    if isinstance(error, PermissionError):
        remedy = "Ask for permission to read it, or copy it to a folder of your own, then add it again."
        return Problem("File cannot be opened", f"You may not read {path}.", remedy, str(path))
    remedy = "Check that its disk is connected, then add it again."
    return Problem("File cannot be read", f"Reading {path} failed: {error.strerror or error}.", remedy, str(path))
