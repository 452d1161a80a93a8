"""Mail as Outlook saves it (MSG): headers, body from whatever form it was kept in, attachments; a message inside is an attachment."""

from __future__ import annotations

import email
import io
import struct
from collections.abc import Iterator
from email.message import Message

import olefile

from datazoom_desktop.intake.encodings import code_page
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.letter import Letter, Piece, page_of
from datazoom_desktop.intake.readers.mail_headers import dated, header
from datazoom_desktop.intake.readers.mail_parse import parse
from datazoom_desktop.intake.readers.mail_parts import ENCRYPTED, SIGNED, Parts, small_picture
from datazoom_desktop.intake.readers.markup import decode_html
from datazoom_desktop.intake.readers.msg_storage import EMBEDDED, Folder, Storage
from datazoom_desktop.intake.readers.office import damaged
from datazoom_desktop.intake.readers.ole_objects import contents
from datazoom_desktop.intake.readers.ole_writer import compound_file
from datazoom_desktop.intake.readers.outlook_body import body_of
from datazoom_desktop.intake.readers.smime import unwrap
from datazoom_desktop.kernel.coverage import Coverage

_SUBJECT, _BODY, _HTML, _RTF, _CLASS = 0x0037, 0x1000, 0x1013, 0x1009, 0x001A
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_SENT, _DELIVERED = 0x0039, 0x0E06
_DISPLAY_TO, _DISPLAY_CC, _DISPLAY_BCC = 0x0E04, 0x0E03, 0x0E02
_NAME, _ADDRESS, _SMTP, _RECIPIENT_TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
_FILE_NAME, _SHORT_NAME, _DATA, _METHOD, _PATH = 0x3707, 0x3704, 0x3701, 0x3705, 0x370D
_CONTENT_ID, _HIDDEN = 0x3712, 0x7FFE
_TRANSPORT_HEADERS, _PAGE_OF_HTML = 0x007D, 0x3FDE
_MESSAGE_ID, _IN_REPLY_TO, _IMPORTANCE, _SENSITIVITY = 0x1035, 0x1042, 0x0017, 0x0036
_IMPORTANCES: dict[int | None, str] = {0: "low", 2: "high"}
_SENSITIVITIES: dict[int | None, str] = {1: "personal", 2: "private", 3: "company-confidential"}
#: What calendar entries, tasks and contacts say besides: labels, and numbers of properties or of names in the container's list.
_TIMES = (("Starts", 0x820D), ("Ends", 0x820E), ("Due", 0x8105))
_PLACES = (("Where", 0x8208), ("E-mail", 0x8083))
_CONTACT = (("Company", 0x3A16), ("Position", 0x3A17), ("Phone", 0x3A08), ("Mobile", 0x3A1C), ("Address", 0x3A15))
_LARGEST = 512 << 20  #: bytes
_BROKEN = (OSError, ValueError, IndexError, TypeError, KeyError, RecursionError, struct.error)


class MsgReader:
    """Reads MSG files."""

    name = "msg"
    version = 3

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the message as one page, a page more for what is encrypted, then its attachments."""
        if source.file.stat().st_size > _LARGEST:
            raise Unreadable(Coverage.SKIPPED, "The mail is larger than 512 MB.")
        try:
            with olefile.OleFileIO(str(source.file)) as storage:
                message = _Message(Storage(storage, context.check), context)
        except _BROKEN as error:
            raise damaged("mail") from error
        yield page_of(message.letter(), 1, context.check)
        context.progress(1, 1)
        for number, (coverage, reason) in enumerate(message.unread(), start=2):
            yield ReadPage(number, coverage, reason=reason)
        yield from message.parts.attachments.items


class _Message:
    """A message: its properties read at once, since the container is closed afterwards."""

    def __init__(self, storage: Storage, context: ReadContext) -> None:
        self._storage = storage
        self._context = context
        self.parts = Parts(context)
        self._headers = _headers(storage)
        self._trace = [("Message-ID", storage.text((), _MESSAGE_ID)), ("In-Reply-To", storage.text((), _IN_REPLY_TO))]
        protected = storage.text((), _CLASS).upper().startswith("IPM.NOTE.SMIME")
        for place in storage.inside((), "__attach_version1.0_"):
            context.check()
            try:
                self._attached(place, protected=protected)
            except _BROKEN:
                self.parts.limit = "An attachment of this mail is damaged and could not be taken out."
        if not (protected and self.parts.pieces):
            try:
                self.parts.pieces.insert(0, self._body())
            except _BROKEN:
                self.parts.limit = "The text of this mail is damaged and could not be read."
        if storage.cut_short and not self.parts.limit:
            self.parts.limit = "This mail is damaged: parts of its text or attachments are missing."

    def letter(self) -> Letter:
        """Return the message as it is shown."""
        names = [item.name for item in self.parts.attachments.items]
        return Letter(self._headers, self.parts.pieces, names, list(dict.fromkeys(self.parts.notes)), self._trace)

    def unread(self) -> list[tuple[Coverage, str]]:
        """Return what of the message could not be read, and why."""
        found = [(Coverage.ENCRYPTED, self.parts.encrypted), (Coverage.FAILED, self.parts.limit)]
        return [(coverage, reason) for coverage, reason in found if reason]

    def _body(self) -> Piece:
        storage = self._storage
        data, page = storage.data((), _HTML), storage.number((), _PAGE_OF_HTML)
        html = decode_html(data, code_page(page) if page else "") if data else storage.text((), _HTML)
        text, packed = storage.text((), _BODY), storage.data((), _RTF)
        return body_of(text, html, packed, self._context, self.parts.attachments)

    def _attached(self, place: Folder, *, protected: bool) -> None:
        storage, parts = self._storage, self.parts
        name = storage.text(place, _FILE_NAME) or storage.text(place, _SHORT_NAME) or storage.text(place, _NAME)
        data = storage.data(place, _DATA)
        embedded = storage.inside(place, EMBEDDED)
        if embedded and storage.text(embedded[0], _CLASS):
            subject = storage.text(embedded[0], _SUBJECT) or name or "message"
            parts.attachments.add(f"{subject}.msg", compound_file(storage.message_tree(embedded[0])), ".msg")
        elif embedded:
            found = contents(compound_file(storage.tree(embedded[0])))
            given = parts.attachments.add(found.name, found.data)
            parts.notes.append(f"Embedded object{f' ({name})' if name else ''}: {given}")
        elif protected and data:
            self._protected(data)
        elif name.lower().endswith(".rpmsg"):
            parts.encrypted = ENCRYPTED.format("Microsoft rights management")
        elif data:
            inline = bool(storage.text(place, _CONTENT_ID)) or bool(storage.number(place, _HIDDEN))
            small = small_picture(name, data) if inline else ""
            if small:
                parts.notes.append(small)
            else:
                parts.attachments.add(name, data)
        elif storage.text(place, _PATH):
            parts.notes.append(f"Attached as a link only: {name or 'file'}, {storage.text(place, _PATH)}")

    def _protected(self, data: bytes) -> None:
        """Take in what a signature or encryption wraps: the whole message, kept as its only attachment."""
        found = unwrap(data)
        if found.kind == "encrypted":
            self.parts.encrypted = ENCRYPTED.format("S/MIME")
            return
        if found.kind == "signed":
            self.parts.notes.append(SIGNED.format("S/MIME"))
        content = found.content or data
        message, limit = parse(io.BytesIO(content), self._context.check)
        self.parts.take(message)
        self.parts.limit = self.parts.limit or limit


def _headers(storage: Storage) -> list[tuple[str, str]]:
    name = storage.text((), _SENDER_NAME)
    address = storage.text((), _SENDER_SMTP) or storage.text((), _SENDER_ADDRESS)
    people: dict[int, list[str]] = {1: [], 2: [], 3: []}
    for place in storage.inside((), "__recip_version1.0_"):
        role = (storage.number(place, _RECIPIENT_TYPE) or 0) & 0xF
        reached = storage.text(place, _SMTP) or storage.text(place, _ADDRESS)
        people.setdefault(role, []).append(_person(storage.text(place, _NAME), reached))
    original: Message = email.message_from_string(storage.text((), _TRANSPORT_HEADERS))
    date = dated(header(original, "Date")) or storage.date((), _SENT) or storage.date((), _DELIVERED)
    sent = storage.moment((), _SENT)
    return [
        ("Subject", storage.text((), _SUBJECT)),
        ("From", header(original, "From") or _person(name, address)),
        ("To", header(original, "To") or "; ".join(people[1]) or storage.text((), _DISPLAY_TO)),
        ("Cc", header(original, "Cc") or "; ".join(people[2]) or storage.text((), _DISPLAY_CC)),
        ("Bcc", "; ".join(people[3]) or storage.text((), _DISPLAY_BCC)),
        ("Date", date),
        (
            "Sent",
            str(sent) if sent is not None else "",
        ),  # as the mailbox kept it, which a resent mail's own date is not
        ("Reply-To", header(original, "Reply-To")),
        ("Importance", _IMPORTANCES.get(storage.number((), _IMPORTANCE), "")),
        ("Sensitivity", _SENSITIVITIES.get(storage.number((), _SENSITIVITY), "")),
        *((label, storage.named_date((), number)) for label, number in _TIMES),
        *((label, storage.named_text((), number)) for label, number in _PLACES),
        *((label, storage.text((), number)) for label, number in _CONTACT),
    ]


def _person(name: str, address: str) -> str:
    name, address = name.strip(), address.strip()
    if not address or address.startswith("/") or name == address:
        return name or address
    return f"{name} <{address}>" if name else address
