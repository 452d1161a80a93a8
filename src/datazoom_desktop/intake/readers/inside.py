"""Paths of files inside other files, made safe: whatever an archive calls a member, it stands below the archive in the room."""

from __future__ import annotations

import re
import unicodedata

from datazoom_desktop.intake.readers.letter import safe_name

_SEPARATORS = re.compile(r"[/\\]+")
_DRIVE = re.compile(r"[A-Za-z]:")
_DEEPEST = 32  #: folders above a file; deeper ones are left out of its path, the innermost first
_LONGEST = 800  #: characters of a whole path


def safe_path(name: str, number: int) -> str:
    """Return the path, "/"-separated, at which a member called ``name`` (1-based ``number``) stands below its archive.

    Both slashes part folders, since archives from Windows and others differ. Steps upwards, roots and drive letters are dropped; each
    component is one that every system allows.
    """
    raw = [part for part in _SEPARATORS.split(name) if part.strip(" .") or part.strip(" ").startswith("...")]
    if raw and _DRIVE.fullmatch(raw[0].strip()):
        raw = raw[1:]
    parts = [unicodedata.normalize("NFC", safe_name(part, number)) for part in raw]
    folders, last = parts[:-1][:_DEEPEST], parts[-1] if parts else safe_name("", number)
    while folders and sum(map(len, folders)) + len(folders) + len(last) > _LONGEST:
        folders.pop()
    return "/".join((*folders, last))


class Places:
    """Gives every member of an archive a path of its own: paths that differ only in case count as one."""

    def __init__(self) -> None:
        """Start with no path taken."""
        self._files: set[str] = set()
        self._folders: dict[str, str] = {}
        self._numbers: dict[str, int] = {}

    def place(self, path: str) -> str:
        """Return ``path``, its folders spelled as they were first, numbered like "name (2).pdf" when it is taken."""
        folder, slash, name = path.rpartition("/")
        above = self._folder(folder) + slash if folder else ""
        stem, dot, suffix = name.rpartition(".")
        wanted = _key(above + name)
        key, placed, number = wanted, above + name, self._numbers.get(wanted, 1)
        while key in self._files or key in self._folders:
            number += 1
            placed = above + (f"{stem} ({number}).{suffix}" if dot and stem else f"{name} ({number})")
            key = _key(placed)
        self._numbers[wanted] = number
        self._files.add(key)
        return placed

    def _folder(self, path: str) -> str:
        """Return a folder's path as it was first spelled; where a file stands at it, a folder beside the file."""
        above, slash, name = path.rpartition("/")
        base = (self._folder(above) if above else "") + slash + name
        if _key(base) in self._folders:
            return self._folders[_key(base)]
        placed, number = base, 1
        while _key(placed) in self._files:
            number += 1
            placed = f"{base} ({number})"
        self._folders[_key(base)] = self._folders[_key(placed)] = placed
        return placed


def _key(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
