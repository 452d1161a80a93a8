"""Mail in the Internet's own format (EML): headers, body, attachments; a message inside a message is an attachment."""

from __future__ import annotations

import io
from collections.abc import Iterator
from email.message import Message

from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.letter import Letter, page_of
from datazoom_desktop.intake.readers.mail_headers import dated, header
from datazoom_desktop.intake.readers.mail_parse import ends_early, parse
from datazoom_desktop.intake.readers.mail_parts import Parts
from datazoom_desktop.kernel.coverage import Coverage

_SHOWN = ("Subject", "From", "Sender", "To", "Cc", "Bcc", "Date", "Reply-To", "Importance", "Sensitivity")
_TRACE = ("Message-ID", "In-Reply-To")
_CUT_SHORT = "This mail stops before its end: its last attachment may be incomplete."
_LONGEST_COUNT = 20
_LARGEST = 256 << 20  #: bytes


class MailReader:
    """Reads EML files."""

    name = "mail"
    version = 2

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the message as one page, a page more for what is encrypted or beyond a limit, then its attachments."""
        if source.file.stat().st_size > _LARGEST:
            raise Unreadable(Coverage.SKIPPED, "The mail is larger than 256 MB.")
        with source.file.open("rb") as stream:
            first = stream.readline(_LONGEST_COUNT)
            if first.strip().isdigit():  # Apple's mail program: a count of bytes, the message, what the program notes
                message, limit = parse(io.BytesIO(stream.read(min(int(first), _LARGEST))), context.check)
            else:
                stream.seek(0)
                message, limit = parse(stream, context.check)
        parts = Parts(context)
        parts.take(message)
        names = [item.name for item in parts.attachments.items]
        trace = [(name, header(message, name)) for name in _TRACE]
        letter = Letter(headers_of(message), parts.pieces, names, list(dict.fromkeys(parts.notes)), trace)
        yield page_of(letter, 1, context.check)
        number = 1
        unread = (
            (Coverage.ENCRYPTED, parts.encrypted),
            (Coverage.SKIPPED, limit or parts.limit),
            (Coverage.FAILED, _CUT_SHORT if ends_early(message) and not limit else ""),
        )
        for coverage, reason in unread:
            if reason:
                number += 1
                yield ReadPage(number, coverage, reason=reason)
        context.progress(number, number)
        yield from parts.attachments.items


def headers_of(message: Message) -> list[tuple[str, str]]:
    """Return the headers a reader of the mail sees, names and values."""
    found = [(name, header(message, name)) for name in _SHOWN]
    sender = next((value for name, value in found if name == "From"), "")
    return [
        (name, dated(value) if name == "Date" else value)
        for name, value in found
        if not (name == "Sender" and value == sender)
        and not (name in ("Importance", "Sensitivity") and value.lower() in ("normal", "none", "personal=0"))
    ]
