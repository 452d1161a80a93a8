"""A mail's parts sorted into body, attachments, and what only the mail program needs."""

from __future__ import annotations

import io
import mimetypes
import re
from collections.abc import Iterator
from email.message import Message

from datazoom_desktop.intake.model import ReadContext
from datazoom_desktop.intake.readers.invitation import event_lines
from datazoom_desktop.intake.readers.letter import Attachments, Piece
from datazoom_desktop.intake.readers.mail_headers import header
from datazoom_desktop.intake.readers.mail_parse import (
    file_name,
    held_by,
    inner_messages,
    parameter,
    parse,
    payload,
    text_of,
)
from datazoom_desktop.intake.readers.markup import decode_html
from datazoom_desktop.intake.readers.ole_objects import picture_size
from datazoom_desktop.intake.readers.smime import unwrap
from datazoom_desktop.intake.readers.uuencode import files_in

_BODIES = ("text/plain", "text/html")
_MESSAGES = ("message/rfc822", "message/global", "message/news")
_SIGNATURES = (
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
)
_CRYPTIC = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_RIGHTS = ("application/x-microsoft-rpmsg-message",)
_PGP_TEXT = "-----BEGIN PGP MESSAGE-----"
_MOST_LAYERS = 5  #: signatures around each other
_SMALL = 40_000  #: pixels in all; a smaller picture within the text is a logo, an icon or a tracking dot
_CID = re.compile(r"cid:([^\"'\s>)]{1,250})", re.IGNORECASE)
SIGNED = "Signature: {} (kept with the mail, not checked)"
ENCRYPTED = "The text and attachments of this mail are encrypted ({}) and open only with its recipient's own key."


class Parts:
    """Goes through a message; its attributes hold what was found.

    Attributes:
        pieces: The body, in order.
        attachments: Files and messages to be documents of their own, written into the scratch folder.
        notes: What a reader of the mail should know, a line each.
        encrypted: Why the content cannot be read, or empty.
        limit: What was not read because it goes beyond a limit, or empty.
    """

    def __init__(self, context: ReadContext) -> None:
        """Write attachments below the context's scratch folder."""
        self._context = context
        self._pictures: list[tuple[str, Message]] = []
        self._names = mimetypes.MimeTypes()
        self._layers = 0
        self.pieces: list[Piece] = []
        self.attachments = Attachments(context.scratch)
        self.notes: list[str] = []
        self.encrypted = ""
        self.limit = ""

    def take(self, root: Message) -> None:
        """Sort the parts in order, without recursion."""
        waiting: list[tuple[Message, Piece | None]] = [(root, None)]
        while waiting:
            self._context.check()
            part, shared = waiting.pop()
            kind = part.get_content_type()
            if kind in _MESSAGES:
                self._messages(part)
            elif kind == "multipart/encrypted":
                self.encrypted = ENCRYPTED.format("PGP" if "pgp" in parameter(part, "protocol") else "S/MIME")
            elif kind.startswith("message/") and part.is_multipart():
                self._report(part)
            elif part.is_multipart():
                alternative = Piece() if kind == "multipart/alternative" and shared is None else shared
                if alternative is not shared and alternative is not None:
                    self.pieces.append(alternative)
                waiting.extend((item, alternative) for item in reversed(_held(part)))
            else:
                waiting.extend((item, shared) for item in self._leaf(part, kind, shared))
        self._finish()

    def _leaf(self, part: Message, kind: str, shared: Piece | None) -> Iterator[Message]:
        """Take in a part that holds no others; yield what a signature was wrapped around."""
        name = file_name(part)
        if kind in _BODIES and part.get_content_disposition() != "attachment" and not name:
            self._text(part, kind, shared)
        elif kind in _SIGNATURES:
            self.notes.append(SIGNED.format("PGP" if "pgp" in kind else "S/MIME"))
        elif kind in _CRYPTIC or name.lower().endswith(".p7m"):
            yield from self._cryptic(part, name)
        elif kind in _RIGHTS or name.lower().endswith(".rpmsg"):
            self.encrypted = ENCRYPTED.format("Microsoft rights management")
        elif kind == "text/x-amp-html" and shared is not None:
            pass  # says the same as its alternatives
        elif part.get_content_maintype() == "image" and _inline(part):
            self._pictures.append((name, part))
        else:
            if kind == "text/calendar":
                self.notes += event_lines(text_of(part))
            self._attach(part, name)

    def _text(self, part: Message, kind: str, shared: Piece | None) -> None:
        piece = shared if shared is not None else Piece()
        if kind == "text/html":
            data, label = payload(part), parameter(part, "charset")
            piece.html = "\n".join(filter(None, (piece.html, decode_html(data, label))))
        else:
            text, files = files_in(text_of(part))
            for name, data in files:
                self.attachments.add(name, data)
            if text.lstrip().startswith(_PGP_TEXT):
                self.encrypted = ENCRYPTED.format("PGP")
                return
            piece.plain = "\n\n".join(filter(None, (piece.plain, text)))
        if shared is None:
            self.pieces.append(piece)

    def _messages(self, part: Message) -> None:
        for data in inner_messages(part):
            message = parse(io.BytesIO(data), self._context.check)[0] if data else None
            if data is None or message is None:
                self.limit = "A message inside this mail is nested too deep or damaged and could not be taken out."
                continue
            name = header(message, "Subject") or file_name(part).removesuffix(".eml") or "message"
            self.attachments.add(f"{name}.eml", data, ".eml")

    def _report(self, part: Message) -> None:
        """Take in a delivery report or the like: fields without a body."""
        lines = [f"{name}: {header(item, name)}" for item in _held(part) for name in dict.fromkeys(item.keys())]
        self.pieces.append(Piece(plain="\n".join(lines)))

    def _cryptic(self, part: Message, name: str) -> Iterator[Message]:
        found = unwrap(payload(part))
        self._layers += 1
        if found.kind == "signed" and found.content and self._layers <= _MOST_LAYERS:
            self.notes.append(SIGNED.format("S/MIME"))
            message, limit = parse(io.BytesIO(found.content), self._context.check)
            self.limit = self.limit or limit
            yield message
        elif found.kind == "encrypted" or "enveloped" in parameter(part, "smime-type"):
            self.encrypted = ENCRYPTED.format("S/MIME")
        else:
            self._attach(part, name)

    def _attach(self, part: Message, name: str) -> None:
        data = payload(part)
        if data:
            kind = part.get_content_type()
            suffix = ".ics" if kind == "text/calendar" else self._names.guess_extension(kind) or ""
            self.attachments.add(name or ("invitation.ics" if kind == "text/calendar" else ""), data, suffix)

    def _finish(self) -> None:
        """Attach the pictures within the text that may show something, and name the others."""
        shown = {cid for piece in self.pieces for cid in _CID.findall(piece.html)}
        for name, part in self._pictures:
            self._context.check()
            cid = str(part.get("Content-ID") or "").strip(" <>")
            within = not shown or not cid or cid in shown or part.get_content_disposition() != "attachment"
            small = small_picture(name or cid, payload(part)) if within else ""
            if small:
                self.notes.append(small)
            else:
                self._attach(part, name)


def small_picture(name: str, data: bytes) -> str:
    """Return words that name a picture too small to show more than a logo or an icon; empty for any other file."""
    size = picture_size(data)
    if size is None or size[0] * size[1] >= _SMALL:
        return ""
    return f"Small picture left out: {name or 'unnamed'} ({size[0]} x {size[1]} pixels)"


def _held(part: Message) -> list[Message]:
    return [item for item in held_by(part) if isinstance(item, Message)]


def _inline(part: Message) -> bool:
    """Return whether a picture belongs to the text rather than being sent along with it."""
    return part.get_content_disposition() == "inline" or part.get("Content-ID") is not None
