"""Office files in the old container: opened with a password when they are encrypted, else said to be of an old format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.office import decrypt, is_encrypted
from datazoom_desktop.kernel.coverage import Coverage


class LockedReader:
    """Takes an Office file's encryption off with one of the passwords and hands it to its format's reader."""

    name = "locked"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield what the file inside yields."""
        from datazoom_desktop.intake.readers.registry import reader_for

        if not is_encrypted(source.file):
            reason = "Office files of before 2007 cannot be read yet. The file is kept and listed."
            raise Unreadable(Coverage.SKIPPED, reason, "Save it as DOCX, XLSX, PPTX or PDF and add that.")
        context.check()
        data = decrypt(source.file, source.passwords)
        if data is None:
            remedy = "Add the password and read the file again."
            raise Unreadable(Coverage.ENCRYPTED, "A password is needed to open this file.", remedy)
        inside = context.scratch / "decrypted"
        inside.write_bytes(data)
        kind = detect.media_type(inside, source.name)
        reader = reader_for(kind) if kind != detect.OLE else None
        if reader is None:
            raise Unreadable(Coverage.FAILED, "The file opened with its password, but what is inside cannot be read.")
        yield from reader.read(replace(source, file=inside, media_type=kind), context)
