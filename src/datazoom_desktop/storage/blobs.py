"""Original files, kept by the SHA-256 of their bytes and never altered."""

from __future__ import annotations

import hashlib
import io
import os
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import sha256_file
from datazoom_desktop.storage.faults import file_faults
from datazoom_desktop.storage.files import settle_folder

_BLOCK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


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

        The copy and the hash come from one reading, so they agree even if the file changes meanwhile. ``check`` is called
        after every mebibyte and may raise to stop, which leaves nothing behind. ``likely``: the same bytes are probably kept here
        already, so look first and write nothing if they are.

        Raises:
            Problem: The file cannot be read, or the disk is full.
        """
        if likely:
            try:
                sha256 = sha256_file(path, check)
            except OSError as error:
                raise _cannot_read(path, error) from error
            if self.verify(sha256):
                return sha256, self.path(sha256).stat().st_size
        try:
            stream = path.open("rb")
        except OSError as error:
            raise _cannot_read(path, error) from error
        with stream:
            return self._take(stream, path, check)

    def adopt(self, path: Path) -> tuple[str, int]:
        """Take over a file that lies in the room's own scratch, moving it where it can; return its SHA-256 and size in bytes.

        Raises:
            Problem: The disk is full.
        """
        with file_faults(self.folder):
            sha256 = sha256_file(path)
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
                size = os.fstat(stream.fileno()).st_size
            target = self.path(sha256)
            if target.is_file() and target.stat().st_size == size and self.verify(sha256):
                path.unlink()
            else:
                self._place(path, target)
        return sha256, size

    def add_bytes(self, data: bytes) -> tuple[str, int]:
        """Keep ``data``; return its SHA-256 (lowercase hex) and size in bytes.

        Raises:
            Problem: The disk is full.
        """
        return self._take(io.BytesIO(data), None, None)

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

    def _take(self, source: BinaryIO, origin: Path | None, check: Callable[[], None] | None) -> tuple[str, int]:
        temporary = self.incoming / secrets.token_hex(16)
        try:
            with file_faults(self.folder):
                sha256, size = _copy(source, temporary, origin, check)
                target = self.path(sha256)
                if not (target.is_file() and target.stat().st_size == size and self.verify(sha256)):
                    self._place(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        return sha256, size

    def _place(self, temporary: Path, target: Path) -> None:
        fresh = not target.parent.is_dir()
        target.parent.mkdir(exist_ok=True)
        temporary.chmod(0o444)
        if target.exists():
            target.chmod(0o644)
        temporary.replace(target)
        settle_folder(target.parent)
        if fresh:
            settle_folder(self.folder)


def _copy(source: BinaryIO, target: Path, origin: Path | None, check: Callable[[], None] | None) -> tuple[str, int]:
    digest = hashlib.sha256()
    size = 0
    with target.open("xb") as stream:
        while block := _read(source, origin):
            digest.update(block)
            size += stream.write(block)
            if check is not None:
                check()
        stream.flush()
        os.fsync(stream.fileno())
    return digest.hexdigest(), size


def _read(source: BinaryIO, origin: Path | None) -> bytes:
    try:
        return source.read(_BLOCK_BYTES)
    except OSError as error:
        if origin is None:
            raise
        raise _cannot_read(origin, error) from error


def _cannot_read(path: Path, error: OSError) -> Problem:
    if isinstance(error, FileNotFoundError):
        return Problem("File not found", f"There is no file at {path}.", "Check the path and try again.", str(path))
    if isinstance(error, PermissionError):
        remedy = "Ask for permission to read it, or copy it to a folder of your own, then add it again."
        return Problem("File cannot be opened", f"You may not read {path}.", remedy, str(path))
    remedy = "Check that its disk is connected, then add it again."
    return Problem("File cannot be read", f"Reading {path} failed: {error.strerror or error}.", remedy, str(path))
