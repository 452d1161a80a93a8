"""What both mail readers share: a message's headers and body as a page, safe names for attachments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

from datazoom_desktop.intake.encodings import decode
from datazoom_desktop.intake.model import Attachment, Block, BlockKind, ReadPage
from datazoom_desktop.intake.readers.markup import pages_of
from datazoom_desktop.intake.readers.pagetext import PageText, fold
from datazoom_desktop.intake.structure import blocks_of_text
from datazoom_desktop.kernel.coverage import Coverage

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_LONGEST_NAME = 120
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message: header names and values in the order they are shown, the body as plain text or HTML, its attachments' names."""

    headers: Sequence[tuple[str, str]]
    plain: str
    html: str
    attached: Sequence[str] = ()


def page_of(letter: Letter, number: int, check: Callable[[], None]) -> ReadPage:
    """Return the message as a page: a block of headers, then the body."""
    head = PageText()
    shown = [(name, fold(value).replace("\n", " ")) for name, value in letter.headers]
    if letter.attached:
        shown.append(("Attachments", "; ".join(letter.attached)))
    subject = next((value for name, value in shown if name == "Subject"), "")
    if subject:
        head.add(f"Subject: {subject}", BlockKind.TITLE)
    head.add("\n".join(f"{name}: {value}" for name, value in shown if value and name != "Subject"))
    top = head.page(number)
    text, blocks = _body(letter, check)
    if not text.strip():
        return replace(top, label=subject or None)
    joined = top.text + "\n" if top.text else ""
    moved = tuple(Block(b.start + len(joined), b.end + len(joined), b.kind, b.level) for b in blocks)
    return ReadPage(number, Coverage.TEXT, joined + text, subject or None, blocks=top.blocks + moved)


def safe_name(name: str, number: int, suffix: str = "") -> str:
    """Return a name for an attachment that is one component of a path on every system; ``number`` is 1-based."""
    tidy = _UNSAFE.sub("_", fold(name).replace("\n", " ")).strip(" .")
    if not tidy or _RESERVED.fullmatch(tidy):
        tidy = f"attachment-{number}{suffix}" if not tidy else f"_{tidy}"
    if len(tidy) > _LONGEST_NAME:
        stem, dot, end = tidy.rpartition(".")
        tidy = stem[: _LONGEST_NAME - len(end) - 1] + dot + end if dot and len(end) <= 10 else tidy[:_LONGEST_NAME]
    return tidy


def header(message: Message, name: str) -> str:
    """Return a header's value as it was written, encoded words put into plain characters; empty when there is none."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    if any("\udc80" <= c <= "\udcff" for c in raw):  # bytes beyond ASCII that the sender did not encode
        raw = decode(raw.encode("ascii", "surrogateescape"))
    unfolded = " ".join(raw.split())
    try:
        return str(make_header(decode_header(unfolded)))
    except (HeaderParseError, UnicodeError, LookupError, ValueError):
        return unfolded


def dated(text: str) -> str:
    """Return a date header in its usual form, such as "Wed, 04 Jan 2023 11:36:14 -0600"; as it stands where it is no date."""
    try:
        return format_datetime(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return text


class Attachments:
    """Writes attachments into the scratch folder under numbers, and gives each a name of its own."""

    def __init__(self, scratch: Path) -> None:
        """Write below ``scratch``."""
        self._folder = scratch / "attachments"
        self._names: set[str] = set()
        self.items: list[Attachment] = []

    def add(self, name: str, data: bytes, suffix: str = "") -> None:
        """Keep one."""
        number = len(self.items) + 1
        tidy = safe_name(name, number, suffix)
        stem, dot, end = tidy.rpartition(".")
        unique, again = tidy, 2
        while unique.casefold() in self._names:
            unique = f"{stem} ({again}).{end}" if dot else f"{tidy} ({again})"
            again += 1
        self._names.add(unique.casefold())
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / str(number)
        file.write_bytes(data)
        self.items.append(Attachment(unique, file))


def _body(letter: Letter, check: Callable[[], None]) -> tuple[str, tuple[Block, ...]]:
    """Return the body's text and blocks: the plain text, or the HTML's where there is no plain text worth the name."""
    plain = _CONTROL.sub("", letter.plain.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")
    if letter.html.strip():
        pages = list(pages_of(letter.html, check))
        shown = "".join(page.text for page in pages)
        if len(plain.strip()) < 0.3 * len(shown):
            at = 0
            blocks: list[Block] = []
            for page in pages:
                blocks.extend(Block(b.start + at, b.end + at, b.kind, b.level) for b in page.blocks)
                at += len(page.text)
            return shown, tuple(blocks)
    text = plain + "\n" if plain.strip() else ""
    return text, blocks_of_text(text)
