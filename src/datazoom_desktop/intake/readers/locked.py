"""Office files whose content is encrypted: opened with one of the passwords and read as what they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.office import decrypt, lock_of
from datazoom_desktop.kernel.coverage import Coverage


class LockedReader:
    """Takes an Office file's encryption off with one of the passwords and hands it to its format's reader."""

    name = "locked"
    version = 2

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield what the file inside yields."""
        from datazoom_desktop.intake.readers.registry import reader_for

        inside = opened(source, context)
        if inside == source.file:
            reason = (
                "This is a file of an old kind of container whose content no reader here knows. It is kept and listed."
            )
            raise Unreadable(Coverage.SKIPPED, reason, "Save it as PDF and add that.")
        kind = detect.media_type(inside, source.name)
        reader = reader_for(kind) if kind != detect.OLE else None
        if reader is None:
            raise Unreadable(Coverage.FAILED, "The file opened with its password, but what is inside cannot be read.")
        yield from reader.read(replace(source, file=inside, media_type=kind), context)


def opened(source: Source, context: ReadContext) -> Path:
    """Return the file itself when it is not encrypted, else what is inside, in the job's scratch folder.

    Raises:
        Unreadable: None of the passwords opens it, or its encryption is damaged or of a kind that is not known.
    """
    lock = lock_of(source.file)
    if not lock:
        return source.file
    if lock == "rights":
        raise Unreadable(
            Coverage.FAILED,
            "This file is protected by rights management: it opens only for the people whom its owner has named.",
            "Ask its owner for a copy without that protection.",
        )
    data = decrypt(source.file, source.passwords, context.check)
    if data is None:
        tried = "None of the passwords given so far opens this file." if source.passwords else ""
        raise Unreadable(
            Coverage.ENCRYPTED,
            tried or "A password is needed to open this file.",
            "Add the password and read the file again.",
        )
    inside = context.scratch / "decrypted"
    inside.write_bytes(data)
    return inside
