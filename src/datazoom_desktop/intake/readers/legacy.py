"""Office files of before 2007, and binary workbooks: turned into present ones by LibreOffice, and read as those.

A Word file becomes DOCX rather than PDF, although only a PDF would have pages with a place for every word: on a printed page a deleted
clause looks like a live one, while in DOCX what was inserted, deleted, hidden or commented on stays told apart. Slides are pages in
themselves, and sheets have cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.libreoffice import convert
from datazoom_desktop.intake.readers.locked import opened

_INTO: Final = {
    detect.DOC: (".doc", detect.DOCX),
    detect.XLS: (".xls", detect.XLSX),
    detect.XLSB: (".xlsb", detect.XLSX),
    detect.PPT: (".ppt", detect.PPTX),
    detect.WPD: (".wpd", detect.DOCX),
}


class LegacyReader:
    """Reads old Office files, encrypted ones with one of the passwords."""

    name = "legacy"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield what the file yields once it has been converted."""
        from datazoom_desktop.intake.readers.registry import reader_for

        suffix, target = _INTO[source.media_type]
        file = opened(source, context)
        converted = convert(file, suffix, target, context)
        reader = reader_for(target)
        assert reader is not None
        yield from reader.read(replace(source, file=converted, media_type=target), context)
