"""Files and pictures that other documents carry inside them: what they are, and their bytes."""

from __future__ import annotations

import io
import struct
import warnings
from typing import NamedTuple

import olefile

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMBEDDED = 2
_NATIVE = "\x01Ole10Native"
_LONGEST_NAME = 1000
_OLD = {"word": ".doc", "excel": ".xls", "powerpoint": ".ppt"}
_NEW = {"word": ".docx", "excel": ".xlsx", "powerpoint": ".pptx"}
_MAGIC = ((b"%PDF", ".pdf"), (b"PK\x03\x04", ".zip"), (b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"BM", ".bmp"))


class Embedded(NamedTuple):
    """A file found inside another."""

    name: str
    data: bytes


def ole_object(data: bytes) -> Embedded | None:
    """Return the file in an embedded object as RTF and old Office keep it ([MS-OLEDS] 2.2), or None when it holds none."""
    try:
        _, kind = struct.unpack_from("<II", data)
        at, names = 8, []
        for _ in range(3):
            (length,) = struct.unpack_from("<I", data, at)
            if length > _LONGEST_NAME:
                return None
            names.append(data[at + 4 : at + 4 + length].rstrip(b"\x00").decode("latin-1"))
            at += 4 + length
        (size,) = struct.unpack_from("<I", data, at)
    except struct.error:
        return None
    native = data[at + 4 : at + 4 + size]
    if kind != _EMBEDDED or not native:
        return None
    return packaged(native) if names[0] == "Package" else contents(native, names[0])


def contents(data: bytes, program: str = "") -> Embedded:
    """Return an object's native data as the file it is; ``program`` names who made it, such as "Excel.Sheet.12"."""
    maker = program.lower().partition(".")[0]
    if data.startswith(_COMPOUND):
        try:
            with olefile.OleFileIO(io.BytesIO(data)) as storage:
                for stream, suffix in (("Package", _NEW.get(maker, ".zip")), ("CONTENTS", "")):
                    if storage.exists(stream):
                        inner = bytes(storage.openstream(stream).read())
                        return Embedded(f"embedded{suffix or _suffix(inner)}", inner)
                if storage.exists(_NATIVE):
                    found = packaged(bytes(storage.openstream(_NATIVE).read())[4:])
                    if found is not None:
                        return found
        except (OSError, ValueError, IndexError, TypeError, struct.error):
            pass  # kept whole, damaged as it is
        return Embedded(f"embedded{_OLD.get(maker, '.ole')}", data)
    return Embedded(f"embedded{_suffix(data)}", data)


def packaged(data: bytes) -> Embedded | None:
    """Return the file that Windows' packager wrapped, or None when the wrapping is damaged."""
    try:
        name, at = _text(data, 2)
        _, at = _text(data, at)
        (length,) = struct.unpack_from("<I", data, at + 4)
        at += 8 + length
        (size,) = struct.unpack_from("<I", data, at)
    except (struct.error, ValueError):
        return None
    content = data[at + 4 : at + 4 + size]
    return Embedded(name.rpartition("\\")[2] or "embedded", content) if content else None


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return a picture's width and height in pixels, or None when it does not say them plainly."""
    from PIL import Image  # only files with pictures need it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large pictures, which are kept anyway
            with Image.open(io.BytesIO(data), formats=("PNG", "GIF", "JPEG", "BMP", "WEBP")) as picture:
                return picture.size
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, Image.DecompressionBombError):
        return None


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\x00", at, at + _LONGEST_NAME)
    return data[at:end].decode("cp1252", "replace"), end + 1


def _suffix(data: bytes) -> str:
    return next((suffix for magic, suffix in _MAGIC if data.startswith(magic)), ".bin")
