"""Files inside Office files: taken out of their wrappings and handed on as documents of their own."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

import olefile

from datazoom_desktop.intake.model import Attachment
from datazoom_desktop.intake.readers.letter import Attachments
from datazoom_desktop.intake.readers.office import Link, read_part

KINDS: Final = frozenset({"package", "oleObject"})  #: relationships that lead to a file inside
_LARGEST = 256 << 20
_SUFFIX_BY_STREAM = (("WordDocument", ".doc"), ("Workbook", ".xls"), ("Book", ".xls"), ("PowerPoint Document", ".ppt"))
_SUFFIX_BY_START = ((b"%PDF-", ".pdf"), (b"PK\x03\x04", ".zip"), (b"\xd0\xcf\x11\xe0", ".ole"), (b"{\\rtf", ".rtf"))
_OPEN_XML = (("word/", ".docx"), ("xl/", ".xlsx"), ("ppt/", ".pptx"))
_DRAWN_ONLY = (
    "Equation",
    "MathType",
    "Forms.",
    "Package.Control",
    "ShockwaveFlash",
)  #: programs whose objects hold no file


class Inside(NamedTuple):
    """A file found inside: its own name, or "" where it has none, and its bytes."""

    name: str
    data: bytes


class Embeddings:
    """Takes files out of one Office file, each once, however often it is shown."""

    def __init__(self, package: zipfile.ZipFile, scratch: Path) -> None:
        """Write below ``scratch``."""
        self._package = package
        self._attachments = Attachments(scratch)
        self._names: dict[str, str | None] = {}
        self._handed = 0

    def take(self, link: Link, program: str = "") -> str | None:
        """Take out the file that a part's link leads to; return the name it goes by, None where it is no file.

        Args:
            link: Of a kind in ``KINDS``, not external.
            program: What the document says the object was made with, such as "Excel.Sheet.12".

        Raises:
            ValueError: It is damaged.
        """
        if link.target not in self._names:
            self._names[link.target] = self._take(link, program)
        return self._names[link.target]

    def fresh(self) -> list[Attachment]:
        """Return what was taken out since the last call."""
        out = self._attachments.items[self._handed :]
        self._handed = len(self._attachments.items)
        return out

    def _take(self, link: Link, program: str) -> str | None:
        if program.startswith(_DRAWN_ONLY):
            return None
        data = read_part(self._package, link.target)
        if data is None or len(data) > _LARGEST:
            raise ValueError(f"{link.target} is missing or too large")
        stem = PurePosixPath(link.target)
        inside = unwrapped(data)
        if inside is None:
            return None
        suffix = _suffix(inside.data)
        own = inside.name or f"{stem.stem.replace('_', ' ')}{suffix or stem.suffix}"
        self._attachments.add(own, inside.data, suffix)
        return self._attachments.items[-1].name


def unwrapped(data: bytes) -> Inside | None:
    """Return the file that an embedded object holds: itself, or what lies in an OLE wrapping; None when that is no file.

    Raises:
        ValueError: The wrapping is damaged.
    """
    if not data.startswith(b"\xd0\xcf\x11\xe0"):
        return Inside("", data)
    try:
        with olefile.OleFileIO(BytesIO(data)) as storage:
            for stream in ("Package", "CONTENTS", "EmbeddedOdf", "package_stream"):
                if storage.exists(stream):
                    return Inside("", storage.openstream(stream).read())
            if storage.exists("\x01Ole10Native"):
                return _native(storage.openstream("\x01Ole10Native").read())
            if any(storage.exists(stream) for stream, _ in _SUFFIX_BY_STREAM) or storage.exists("EncryptedPackage"):
                return Inside("", data)
            return Inside("", data) if storage.exists("__properties_version1.0") else None
    except (OSError, ValueError, IndexError, TypeError, struct.error) as error:
        raise ValueError("the object's wrapping is damaged") from error


def _native(data: bytes) -> Inside:
    """Return the file in a stream of the object packager: sizes, its name, its path, its bytes."""
    at = 6
    label, at = _string(data, at)
    path, at = _string(data, at)
    at += 4
    (length,) = struct.unpack_from("<I", data, at)
    at += 4 + length
    (size,) = struct.unpack_from("<I", data, at)
    content = data[at + 4 : at + 4 + size]
    if len(content) < size:
        raise ValueError("the object ends early")
    name = (label or path).replace("\\", "/").rpartition("/")[2]
    return Inside(name, content)


def _string(data: bytes, at: int) -> tuple[str, int]:
    end = data.find(b"\x00", at)
    if end < 0:
        raise ValueError("a name does not end")
    return data[at:end].decode("cp1252", errors="replace"), end + 1


def _suffix(data: bytes) -> str:
    """Return the ending that a file without a name gets by its content, or ""."""
    found = next((suffix for start, suffix in _SUFFIX_BY_START if data.startswith(start)), "")
    try:
        if found == ".zip":
            with zipfile.ZipFile(BytesIO(data)) as package:
                names = package.namelist()
            return next((s for folder, s in _OPEN_XML if any(n.startswith(folder) for n in names)), found)
        if found == ".ole":
            with olefile.OleFileIO(BytesIO(data)) as storage:
                return next((s for stream, s in _SUFFIX_BY_STREAM if storage.exists(stream)), ".msg")
    except (OSError, ValueError, IndexError, TypeError, struct.error, zipfile.BadZipFile, NotImplementedError):
        return found
    return found
