"""Walking what the user dropped: which files to take in, under which path, and what is left out and why."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from datazoom_desktop.kernel.paths import room_path

#: Files that operating systems and office programs leave behind; they hold nothing of the deal's.
_LITTER_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db", ".localized"})
_LITTER_FOLDERS = frozenset({"__macosx", ".git", "$recycle.bin", ".spotlight-v100", ".trashes"})


@dataclass(frozen=True, slots=True)
class Found:
    """A file to take in; ``path`` is its path in the room."""

    file: Path
    path: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was not taken in, and why, in words for a person."""

    file: Path
    path: str
    reason: str


def is_litter(path: str) -> bool:
    """Return whether a "/"-separated path is of a file that systems and programs leave behind; it holds nothing of the deal's."""
    *folders, name = path.casefold().split("/")
    return (
        name in _LITTER_NAMES or name.startswith(("~$", "._")) or any(folder in _LITTER_FOLDERS for folder in folders)
    )


def walk(root: Path, prefix: str = "") -> Iterator[Found | LeftOut]:
    """Yield what ``root`` (a file or a folder) holds, in natural directory order, folders depth first.

    Paths are relative to ``root`` with ``prefix`` before them; a single file's path is its name. Links are followed only while they
    stay inside ``root``. Folders that cannot be listed are left out with their reason.
    """
    prefix = room_path(PurePath(prefix)) if prefix else ""
    if not root.is_dir():
        yield Found(root, _join(prefix, root.name))
        return
    yield from _walk_folder(root, root.resolve(), prefix, frozenset({root.resolve()}))


def _walk_folder(folder: Path, top: Path, prefix: str, above: frozenset[Path]) -> Iterator[Found | LeftOut]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield LeftOut(folder, prefix, f"This folder could not be opened: {error.strerror}.")
        return
    for entry in entries:
        file, path = Path(entry.path), _join(prefix, entry.name)
        if entry.is_symlink():
            target = file.resolve()
            if not target.is_relative_to(top):
                yield LeftOut(file, path, "It is a link to something outside the folder.")
                continue
            if target in above:
                yield LeftOut(file, path, "It is a link to a folder that contains it.")
                continue
        name = entry.name.casefold()
        if entry.is_dir():
            if name not in _LITTER_FOLDERS:
                yield from _walk_folder(file, top, path, above | {file.resolve()})
        elif not entry.is_file():
            yield LeftOut(file, path, "It is not a file that can be read (a device, a socket or a broken link).")
        elif not is_litter(name):
            yield Found(file, path)


def _join(prefix: str, name: str) -> str:
    path = room_path(PurePath(name))
    return f"{prefix}/{path}" if prefix else path
