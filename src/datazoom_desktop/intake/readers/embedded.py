"""Files inside Office files: taken out of their wrappings and handed on as documents of their own."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final

from datazoom_desktop.intake.model import Attachment
from datazoom_desktop.intake.readers.letter import Attachments
from datazoom_desktop.intake.readers.office import Link, links, read_part
from datazoom_desktop.intake.readers.ole_objects import contents, picture_size

KINDS: Final = frozenset({"package", "oleObject"})  #: relationships that lead to a file inside
_LARGEST = 256 << 20
_NO_FILES = ("Equation", "MathType", "Forms.", "ShockwaveFlash")  #: programs whose objects hold no file
_OFFICE = (("word/", ".docx"), ("xl/", ".xlsx"), ("ppt/", ".pptx"))
_LONG_SIDE, _SHORT_SIDE = 600, 300  #: pixels; smaller pictures hold no page that could be read
_PICTURES = ((b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"), (b"BM", ".bmp"), (b"RIFF", ".webp"))
_NAMELESS = "embedded."


class Embeddings:
    """Takes files out of one Office file, each once, however often it is shown."""

    def __init__(self, package: zipfile.ZipFile, scratch: Path) -> None:
        """Write below ``scratch``."""
        self._package = package
        self._attachments = Attachments(scratch)
        self._names: dict[str, str | None] = {}
        self._handed = 0
        self._pictures = 0

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

    def behind_chart(self, chart: str) -> Iterator[str]:
        """Take out the workbooks behind a chart that have several sheets, and yield the names they go by.

        A chart that was pasted in brings along the whole workbook it was made in; one with a single sheet has the chart's numbers.
        """
        for link in links(self._package, chart):
            if link.kind != "package" or link.external:
                continue
            try:
                name = self.take(link) if _sheets(read_part(self._package, link.target) or b"") > 1 else None
            except ValueError:
                continue  # its numbers are told as the chart keeps them
            if name is not None:
                yield name

    def take_picture(self, link: Link) -> str | None:
        """Take out a picture that is large enough to hold a page of writing; return the name it goes by, None for any other.

        Raises:
            ValueError: It is missing or damaged.
        """
        if link.target not in self._names:
            data = read_part(self._package, link.target)
            if data is None:
                raise ValueError(f"{link.target} is missing")
            self._names[link.target] = self._picture(data) if len(data) <= _LARGEST else None
        return self._names[link.target]

    def _picture(self, data: bytes) -> str | None:
        size = picture_size(data)
        if size is None or max(size) < _LONG_SIDE or min(size) < _SHORT_SIDE:
            return None
        self._pictures += 1
        suffix = next((end for start, end in _PICTURES if data.startswith(start)), ".png")
        return self._attachments.add(f"Picture {self._pictures}{suffix}", data, suffix)

    def fresh(self) -> list[Attachment]:
        """Return what was taken out since the last call."""
        out = self._attachments.items[self._handed :]
        self._handed = len(self._attachments.items)
        return out

    def _take(self, link: Link, program: str) -> str | None:
        if program.startswith(_NO_FILES):
            return None
        data = read_part(self._package, link.target)
        if not data or len(data) > _LARGEST:
            raise ValueError(f"{link.target} is missing, empty or too large")
        part = PurePosixPath(link.target)
        inside = contents(data, program)
        if inside.name.startswith(_NAMELESS):
            suffix = part.suffix if part.suffix != ".bin" else _suffix(inside.data, PurePosixPath(inside.name).suffix)
            return self._attachments.add(f"{part.stem.replace('_', ' ')}{suffix}", inside.data, suffix)
        return self._attachments.add(inside.name, inside.data)


def _sheets(data: bytes) -> int:
    """Return how many sheets a workbook has; 1 when that cannot be told."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            return sum(name.startswith("xl/worksheets/sheet") for name in package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return 1


def _suffix(data: bytes, suffix: str) -> str:
    """Return the ending that suits a file without a name: that of an Office format for a zip that is one."""
    if suffix != ".zip":
        return suffix
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return suffix
    return next((end for folder, end in _OFFICE if any(name.startswith(folder) for name in names)), suffix)
