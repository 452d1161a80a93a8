"""Archives as folders: their members become documents below them, and they themselves one page that lists what they hold."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import cast

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.unpacking import Unpacking

_KINDS = {
    detect.ZIP: ("ZIP archive", "zip_members"),
    detect.SEVENZ: ("7z archive", "seven_members"),
    detect.TAR: ("TAR archive", "tar_members"),
    detect.GZIP: ("Compressed file", "tar_members"),
    detect.BZIP2: ("Compressed file", "tar_members"),
    detect.XZ: ("Compressed file", "tar_members"),
    detect.ZSTD: ("Compressed file", "tar_members"),
}


class ArchiveReader:
    """Reads archives; a member that is an archive itself is read in its turn, as a document of its own."""

    name = "archive"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the list of members, a page for each reason why something was left out, then the members."""
        what, module = _KINDS[source.media_type]
        unpack = cast(
            "Callable[[Source, ReadContext, Unpacking], None]",
            importlib.import_module(f"datazoom_desktop.intake.readers.{module}").unpack,
        )
        unpacking = Unpacking(context, source.file.stat().st_size)
        unpack(source, context, unpacking)
        unpacking.raise_if_locked()
        yield from unpacking.pages(what)
        yield from unpacking.attachments
