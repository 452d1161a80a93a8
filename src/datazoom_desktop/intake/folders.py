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
    """Yield what ``root`` (a file or a folder) holds, folders depth first, in the order of their names.

    Paths are relative to ``root`` with ``prefix`` before them; a single file's path is its name. Links are followed only while they
    stay inside ``root``, and only once on the way down, or a few folders that link to each other would never end. Folders that cannot
    be listed are left out with their reason. The depth of folders is limited by the system only.
    """
    prefix = room_path(PurePath(prefix)) if prefix else ""
    if not root.is_dir():
        yield Found(root, _join(prefix, root.name))
        return
    top = root.resolve()
    stack = [_listing(_Folder(root, top, prefix, linked=False), top)]
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
        elif isinstance(found, _Folder):
            stack.append(_listing(found, top))
        else:
            yield found


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder on the way down; ``real`` is where it is without links, ``linked`` says that a link led here."""

    folder: Path
    real: Path
    path: str
    linked: bool


def _listing(folder: _Folder, top: Path) -> Iterator[_Folder | Found | LeftOut]:
    """Yield what stands in a folder; names that a room writes alike are numbered."""
    try:
        entries = sorted(os.scandir(folder.folder), key=lambda entry: entry.name)
    except OSError as error:
        yield LeftOut(folder.folder, folder.path, f"This folder could not be opened: {error.strerror}.")
        return
    taken: set[str] = set()
    for entry in entries:
        path, number = _join(folder.path, entry.name), 1
        while path in taken:
            number += 1
            name = PurePath(entry.name)
            path = _join(folder.path, f"{name.stem} ({number}){name.suffix}")
        taken.add(path)
        found = _look(entry, path, folder, top)
        if found is not None:
            yield found


def _look(entry: os.DirEntry[str], path: str, above: _Folder, top: Path) -> _Folder | Found | LeftOut | None:
    """Return what an entry is; None for what systems and programs leave behind."""
    file = Path(entry.path)
    real, linked = above.real / entry.name, above.linked
    try:
        if entry.is_symlink():
            real, linked = file.resolve(), True
            if not real.is_relative_to(top):
                return LeftOut(file, path, "It is a link to something outside the folder.")
            if above.real.is_relative_to(real):
                return LeftOut(file, path, "It is a link to a folder that contains it.")
            if above.linked and entry.is_dir():
                return LeftOut(
                    file, path, "It is a link in a folder that a link led to; what it leads to has its own place."
                )
        if entry.is_dir():
            return None if entry.name.casefold() in _LITTER_FOLDERS else _Folder(file, real, path, linked)
        if entry.is_file():
            return None if is_litter(entry.name) else Found(file, path)
    except (OSError, RuntimeError) as error:  # of links that lead round in a circle, among others
        reason = error.strerror if isinstance(error, OSError) else "its links lead round in a circle"
        return LeftOut(file, path, f"It could not be looked at: {reason}.")
    return LeftOut(file, path, "It is not a file that can be read (a device, a socket or a broken link).")


def _join(prefix: str, name: str) -> str:
    path = room_path(PurePath(name))
    return f"{prefix}/{path}" if prefix else path
