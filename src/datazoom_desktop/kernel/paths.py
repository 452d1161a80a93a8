"""Where things are kept: the home folder, and the form in which a room knows its documents' paths."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path, PurePath

import platformdirs

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def home_dir(chosen: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder that holds everything: ``chosen``, else ``DATAZOOM_HOME``, else the platform's data folder."""
    where = chosen or os.environ.get("DATAZOOM_HOME")
    return (
        Path(where).expanduser().resolve() if where else Path(platformdirs.user_data_dir("DataZoom", appauthor=False))
    )


def room_path(path: PurePath) -> str:
    """Return a relative path as a room writes it: ``/``-separated, Unicode NFC, whatever bytes the file system has for it."""
    return unicodedata.normalize("NFC", "/".join(map(_readable, path.as_posix().split("/"))))


def recorded(path: PurePath) -> str:
    r"""Return a path as text that any database or file can hold: bytes that are no UTF-8 stand as ``\xe9``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace") if _undecoded(str(path)) else str(path)


def _readable(name: str) -> str:
    """Return a file's name; one that is no UTF-8 as older systems wrote it, so that two such names stay two.

    Signs that steer a terminal, end a line or turn the direction of writing stand as their number: nothing that shows a path is led
    astray by it, and two names that differ in them stay two.
    """
    if _undecoded(name):
        try:
            name = os.fsencode(name).decode("cp1252")
        except UnicodeDecodeError:
            name = os.fsencode(name).decode("latin-1")
    return name if name.isprintable() else _STEERING.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", name)


def _undecoded(text: str) -> bool:
    """Return whether Python stands in for bytes that it could not decode."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)
