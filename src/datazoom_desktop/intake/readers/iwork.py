"""Documents of Apple's Pages, Numbers and Keynote: only the preview that those programs keep in them can be read."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.office import damaged
from datazoom_desktop.intake.readers.unpacking import Trouble
from datazoom_desktop.intake.readers.zip_content import Passwords, content
from datazoom_desktop.intake.readers.zip_members import packed
from datazoom_desktop.kernel.coverage import Coverage

_PREVIEWS = ("QuickLook/Preview.pdf", "preview.jpg", "QuickLook/Preview.jpg", "QuickLook/Thumbnail.jpg")
_LOCK = ".iwpv2"
_LARGEST = 256 << 20  #: bytes of a preview
_REMEDY = "Open it in Pages, Numbers or Keynote, save it as PDF or as a Microsoft Office file, and add that."


class AppleReader:
    """Reads previews, and says that it is no more."""

    name = "iwork"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the pages of the preview, then one that says what it leaves out."""
        from datazoom_desktop.intake.readers.registry import reader_for

        preview, name = _preview(source.file, context)
        kind = detect.media_type(preview, name)
        reader = reader_for(kind) if kind in (detect.PDF, detect.JPEG, detect.PNG, detect.TIFF) else None
        if reader is None:
            raise _unreadable()
        number = 0
        for item in reader.read(replace(source, file=preview, name=name, media_type=kind), context):
            number += isinstance(item, ReadPage)
            yield item
        what = "all pages as they looked when it was saved" if kind == detect.PDF else "a picture of its first page"
        reason = f"Only the preview in this Apple document could be read ({what}), not the document itself. {_REMEDY}"
        yield ReadPage(number + 1, Coverage.SKIPPED, label="The document itself", reason=reason)


def _preview(file: Path, context: ReadContext) -> tuple[Path, str]:
    """Write the document's preview into scratch; return it and its name."""
    try:
        with zipfile.ZipFile(file) as package:
            members = {member.filename: member for member in package.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged("Apple document") from error
    if any(name.endswith(_LOCK) for name in members):
        raise Unreadable(
            Coverage.ENCRYPTED, "This Apple document is locked and only Apple's programs can open it.", _REMEDY
        )
    for name in _PREVIEWS:
        member = members.get(name)
        if member is not None and member.file_size <= _LARGEST:
            out = context.scratch / "preview"
            with file.open("rb") as stream, out.open("wb") as target:
                try:
                    for chunk in content(stream, packed(member), Passwords(()), context.check):
                        target.write(chunk)
                except Trouble:
                    continue
            return out, name.rpartition("/")[2]
    raise _unreadable()


def _unreadable() -> Unreadable:
    reason = "This is a document of Apple's Pages, Numbers or Keynote, which only those programs can read, and it holds no preview."
    return Unreadable(Coverage.SKIPPED, reason, _REMEDY)
