"""Mailboxes (MBOX): every message is a document of its own; the mailbox's pages list them by date, sender and subject.

A message begins at a line "From ..." as mail programs write it, and nowhere else: a sentence that begins with "From" does not part one,
and a separator that lost its empty line still does. Quoting (">From ", ">>From ") is undone by one step.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from email._policybase import Compat32
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import IO

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.letter import safe_name
from datazoom_desktop.intake.readers.mail_headers import dated, header
from datazoom_desktop.intake.readers.pagetext import PageText, row
from datazoom_desktop.kernel.coverage import Coverage

_STAMP = re.compile(rb"From (?=.{0,400}\d\d?:\d\d)(?=.{0,400}\b(?:19|20)\d\d\b)")
_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,60}:")
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|sender|received|return-path|message-id|mime-version|content-type|delivered-to|x-[\w-]+|status|"
    rb"reply-to|dkim-signature|authentication-results|arc-[\w-]+):",
    re.IGNORECASE,
)
_QUOTED = re.compile(rb">+From ")
_LONGEST_LINE = 1 << 20  #: bytes read at once where no line break comes
_MOST_HEADERS = 1 << 17  #: bytes of a message looked at for the list
_MOST_MESSAGES = 50_000
_ROWS_A_PAGE = 500
_LINES_A_CHECK = 2000


class MboxReader:
    """Reads mailboxes, a message at a time."""

    name = "mbox"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield each message as an attachment, and after every few hundred a page that lists them."""
        folder = context.scratch / "messages"
        folder.mkdir(parents=True, exist_ok=True)
        listing = _Listing(source.name)
        pages = 0
        with source.file.open("rb") as stream:
            for message in _Splitter(stream, folder, context).messages():
                if message.number > _MOST_MESSAGES:
                    message.file.unlink()
                    break
                yield Attachment(listing.add(message), message.file)
                if message.number % _ROWS_A_PAGE == 0:
                    pages += 1
                    yield listing.page(pages)
                context.progress(message.number, 0)
            else:
                if not listing.count:
                    raise Unreadable(Coverage.FAILED, "No message could be found in this mailbox.")
        if listing.waiting:
            pages += 1
            yield listing.page(pages)
        if listing.count == _MOST_MESSAGES:
            reason = f"The mailbox holds more than {_MOST_MESSAGES:,} messages; those after were not taken out."
            yield ReadPage(pages + 1, Coverage.SKIPPED, reason=reason)


class _Message:
    """One message: written to a file, the beginning kept for the list."""

    def __init__(self, number: int, folder: Path) -> None:
        self.number = number
        self.file = folder / str(number)
        self.head = bytearray()
        self._stream = self.file.open("wb")
        self._blank = b""  #: an empty line that may belong to the separator after it
        self.empty = True

    def write(self, line: bytes) -> None:
        """Add a line."""
        self._stream.write(self._blank)
        self._blank = line if line in (b"\n", b"\r\n") else b""
        if not self._blank:
            self._stream.write(line)
            self.empty = self.empty and not line.strip()
        if len(self.head) < _MOST_HEADERS:
            self.head += line

    def close(self) -> None:
        """End the message."""
        self._stream.close()


class _Splitter:
    def __init__(self, stream: IO[bytes], folder: Path, context: ReadContext) -> None:
        self._stream = stream
        self._folder = folder
        self._context = context
        self._ahead: deque[bytes] = deque()

    def messages(self) -> Iterator[_Message]:
        """Yield the messages that hold anything, numbered from 1."""
        number, after_blank, whole = 1, True, True
        current = _Message(number, self._folder)
        count = 0
        try:
            while line := self._next():
                count += 1
                if count % _LINES_A_CHECK == 0:
                    self._context.check()
                if whole and line.startswith(b"From ") and self._separates(line, after_blank):
                    current.close()
                    if not current.empty:
                        yield current
                        number += 1
                    current = _Message(number, self._folder)
                else:
                    quoted = whole and line[:1] == b">" and _QUOTED.match(line)
                    current.write(line[1:] if quoted else line)
                after_blank = line in (b"\n", b"\r\n")
                whole = line.endswith(b"\n")
        finally:
            current.close()
        if not current.empty:
            yield current

    def _separates(self, line: bytes, after_blank: bool) -> bool:
        """Return whether a line that begins "From " parts two messages."""
        following = [self._peek(0), self._peek(1)]
        field = bool(_FIELD.match(following[0])) or following[0].startswith(b">From ")
        if _STAMP.match(line):
            return field or (after_blank and not following[0].strip())
        known = all(_KNOWN.match(item) or item[:1] in (b" ", b"\t") for item in following)
        return after_blank and bool(_KNOWN.match(following[0])) and known

    def _peek(self, number: int) -> bytes:
        while len(self._ahead) <= number:
            self._ahead.append(self._stream.readline(_LONGEST_LINE))
        return self._ahead[number]

    def _next(self) -> bytes:
        return self._ahead.popleft() if self._ahead else self._stream.readline(_LONGEST_LINE)


class _Listing:
    """The list of a mailbox's messages."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._page = PageText()
        self._first = 1
        self.count = 0
        self.waiting = 0

    def add(self, message: _Message) -> str:
        """List a message, and return the name it gets as a document."""
        fields = BytesHeaderParser(policy=Compat32()).parsebytes(_headers(bytes(message.head)))
        subject = header(fields, "Subject")
        if not len(self._page):
            self._page.add(f"Mailbox {self._name}", BlockKind.HEADING, 1)
        number = f"{message.number:04d}"
        cells = [number, dated(header(fields, "Date")), header(fields, "From"), subject or "(no subject)"]
        self._page.add(row(cells), BlockKind.TABLE_ROW)
        self.count += 1
        self.waiting += 1
        stem = safe_name(f"{number} {subject or 'message'}"[:110], message.number)
        return f"{stem}.eml"

    def page(self, number: int) -> ReadPage:
        """Return the list so far as a page and begin the next."""
        label = f"Messages {self._first:,} to {self.count:,}"
        page = self._page.page(number, label)
        self._page, self._first, self.waiting = PageText(), self.count + 1, 0
        return page


def _headers(head: bytes) -> bytes:
    """Return the part of a message before its first empty line."""
    return re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0] + b"\n\n"
