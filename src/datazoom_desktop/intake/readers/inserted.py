"""Documents that another document takes in as it is opened: read by their own format's reader, and given back as paragraphs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import BlockKind, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.office import read_part

_KINDS = (detect.DOCX, detect.HTML, detect.MHTML, detect.RTF, detect.TEXT, detect.XML)
_MISSING = "[A document that belongs here is missing or damaged and could not be read.]"
_DEEPEST = 2  #: documents inside documents


def inserted(package: zipfile.ZipFile, part: str, context: ReadContext) -> Iterator[tuple[BlockKind, int, str]]:
    """Yield kind, level and text of each block of the document in ``part``; a line that says so where it cannot be read."""
    from datazoom_desktop.intake.readers.registry import reader_for

    try:
        data = read_part(package, part)
    except ValueError:
        data = None
    depth = sum(folder.name.startswith("inserted") for folder in (context.scratch, *context.scratch.parents))
    folder = context.scratch / f"inserted-{len(list(context.scratch.iterdir()))}"
    if not data or depth >= _DEEPEST:
        yield BlockKind.PARAGRAPH, 0, _MISSING
        return
    folder.mkdir()
    file = folder / "document"
    file.write_bytes(data)
    name = PurePosixPath(part).name
    kind = detect.media_type(file, name)
    reader = reader_for(kind) if kind in _KINDS else None
    try:
        items = (
            reader.read(Source(file, name, kind), replace(context, scratch=folder)) if reader is not None else iter(())
        )
        pages = [item for item in items if isinstance(item, ReadPage)]
    except Unreadable:
        pages = []
    if not pages:
        yield BlockKind.PARAGRAPH, 0, _MISSING
    for page in pages:
        for block in page.blocks:
            yield block.kind, block.level, page.text[block.start : block.end]
