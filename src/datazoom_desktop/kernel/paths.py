"""Where things are kept: the home folder, and the form in which a room knows its documents' paths."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path, PurePath

import platformdirs


def home_dir(chosen: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder that holds everything: ``chosen``, else ``DATAZOOM_HOME``, else the platform's data folder."""
    where = chosen or os.environ.get("DATAZOOM_HOME")
    return (
        Path(where).expanduser().resolve() if where else Path(platformdirs.user_data_dir("DataZoom", appauthor=False))
    )


def room_path(path: PurePath) -> str:
    """Return a relative path as a room writes it: ``/``-separated, Unicode NFC."""
    return unicodedata.normalize("NFC", path.as_posix())
