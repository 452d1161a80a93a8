"""Mail in the Internet's own format (EML): headers, body, attachments; a message inside a message is an attachment."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage, Message

from datazoom_desktop.intake.encodings import decode
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.letter import Attachments, Letter, dated, header, page_of
from datazoom_desktop.intake.readers.markup import decode_html
from datazoom_desktop.kernel.coverage import Coverage

_HEADERS = ("Subject", "From", "To", "Cc", "Bcc", "Date", "Reply-To")
_LARGEST = 256 << 20  #: bytes
_MOST_PARTS = 2000


class MailReader:
    """Reads EML files."""

    name = "mail"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the message as one page, then its attachments."""
        if source.file.stat().st_size > _LARGEST:
            raise Unreadable(Coverage.SKIPPED, "The mail is larger than 256 MB.")
        message = email.message_from_bytes(source.file.read_bytes(), _class=EmailMessage, policy=email.policy.default)
        parts = _Parts(context)
        parts.take(message)
        headers = [
            (name, dated(header(message, name)) if name == "Date" else header(message, name)) for name in _HEADERS
        ]
        names = [item.name for item in parts.attachments.items]
        yield page_of(Letter(headers, "\n\n".join(parts.plain), "\n".join(parts.html), names), 1, context.check)
        context.progress(1, 1)
        yield from parts.attachments.items


class _Parts:
    """A message's parts, sorted into body and attachments."""

    def __init__(self, context: ReadContext) -> None:
        self._context = context
        self._seen = 0
        self.plain: list[str] = []
        self.html: list[str] = []
        self.attachments = Attachments(context.scratch)

    def take(self, root: Message) -> None:
        """Go through the parts in order, without recursion."""
        waiting: list[Message] = [root]
        while waiting and self._seen < _MOST_PARTS:
            self._context.check()
            self._seen += 1
            part = waiting.pop()
            kind = part.get_content_type()
            if kind == "message/rfc822" and part is not root:
                self._message(part)
            elif part.is_multipart():
                inner = part.get_payload()
                waiting.extend(
                    item for item in reversed(inner if isinstance(inner, list) else []) if isinstance(item, Message)
                )
            elif kind in ("text/plain", "text/html") and not _is_attached(part):
                data = _payload(part)
                text = _decoded(part, data)
                (self.html if kind == "text/html" else self.plain).append(text)
            elif part is not root or kind not in ("text/plain", "text/html"):
                self._attach(part)

    def _message(self, part: Message) -> None:
        inner = part.get_payload()
        for message in inner if isinstance(inner, list) else []:
            if isinstance(message, Message):
                name = header(message, "Subject") or "message"
                self.attachments.add(f"{name}.eml", message.as_bytes(policy=email.policy.compat32), ".eml")

    def _attach(self, part: Message) -> None:
        data = _payload(part)
        if data:
            suffix = "." + part.get_content_subtype() if part.get_content_maintype() in ("image", "text") else ""
            self.attachments.add(_file_name(part), data, suffix)


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):
        return ""


def _payload(part: Message) -> bytes:
    """Return a part's bytes, transfer encoding undone as far as it is sound."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, AssertionError, LookupError):
        data = None
    return data if isinstance(data, bytes) else b""


def _decoded(part: Message, data: bytes) -> str:
    charset = part.get_content_charset()
    if charset:
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError):
            pass
    return decode_html(data) if part.get_content_subtype() == "html" else decode(data)
