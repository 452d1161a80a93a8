"""What the mail readers share: a message's headers and body as a page, safe names for attachments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from datazoom_desktop.intake.model import Attachment, Block, BlockKind, ReadPage
from datazoom_desktop.intake.readers.markup import pages_of
from datazoom_desktop.intake.readers.pagetext import PageText, fold, followed
from datazoom_desktop.intake.structure import blocks_of_text

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_LONGEST_NAME = 120
_LONGEST_BYTES = 200  #: of a name as a file system keeps it
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]|[\ud800-\udfff]")
_TABLE = 2  #: rows of a table that plain text would have lost


@dataclass(slots=True)
class Piece:
    """A stretch of a message's body: the same words as plain text, as HTML, or as both."""

    plain: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message.

    Attributes:
        headers: Names and values in the order they are shown.
        pieces: The body, in order.
        attached: The attachments' names.
        notes: What else a reader of the message should know, a line each.
        trace: Headers that only tell messages apart: names and values.
    """

    headers: Sequence[tuple[str, str]]
    pieces: Sequence[Piece]
    attached: Sequence[str] = ()
    notes: Sequence[str] = ()
    trace: Sequence[tuple[str, str]] = ()


def page_of(letter: Letter, number: int, check: Callable[[], None]) -> ReadPage:
    """Return the message as a page: a block of headers, then the body."""
    head = PageText()
    shown = [(name, fold(value).replace("\n", " ")) for name, value in letter.headers]
    if letter.attached:
        shown.append(("Attachments", "; ".join(letter.attached)))
    subject = next((value for name, value in shown if name == "Subject"), "")
    if subject:
        head.add(f"Subject: {subject}", BlockKind.TITLE)
    lines = [f"{name}: {value}" for name, value in shown if value and name != "Subject"]
    head.add("\n".join([*lines, *letter.notes]))
    for name, value in letter.trace:
        if value:
            head.add(f"{name}: {value}", BlockKind.FURNITURE)
    page = head.page(number)
    for piece in letter.pieces:
        check()
        page = followed(page, *_body(piece, check))
    return replace(page, label=subject or None)


def safe_name(name: str, number: int, suffix: str = "") -> str:
    """Return a name for an attachment that is one component of a path on every system; ``number`` is 1-based."""
    tidy = _UNSAFE.sub("_", fold(name).replace("\n", " ")).strip(" .")
    if not tidy or _RESERVED.fullmatch(tidy):
        tidy = f"attachment-{number}{suffix}" if not tidy else f"_{tidy}"
    stem, dot, end = tidy.rpartition(".")
    if not dot or len(end) > 10 or not end.isascii():
        stem, dot, end = tidy, "", ""
    stem = stem[: _LONGEST_NAME - len(dot + end)]
    while len((stem + dot + end).encode()) > _LONGEST_BYTES:
        stem = stem[:-1]
    return f"{stem.rstrip(' .') if not dot else stem}{dot}{end}"


class Attachments:
    """Writes attachments into the scratch folder under numbers, and gives each a name of its own."""

    def __init__(self, scratch: Path) -> None:
        """Write below ``scratch``."""
        self._folder = scratch / "attachments"
        self._names: dict[str, int] = {}
        self.items: list[Attachment] = []

    def add(self, name: str, data: bytes, suffix: str = "") -> str:
        """Keep one, and return the name it was given."""
        number = len(self.items) + 1
        tidy = safe_name(name, number, suffix)
        stem, dot, end = tidy.rpartition(".")
        unique = tidy
        again = self._names.get(tidy.casefold(), 1)
        while unique.casefold() in self._names:
            again += 1
            unique = f"{stem} ({again}).{end}" if dot else f"{tidy} ({again})"
        self._names[tidy.casefold()] = again
        self._names.setdefault(unique.casefold(), 1)
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / str(number)
        file.write_bytes(data)
        self.items.append(Attachment(unique, file))
        return unique


def _body(piece: Piece, check: Callable[[], None]) -> tuple[str, tuple[Block, ...]]:
    """Return a piece's text and blocks: the plain text, unless the HTML says clearly more or has tables."""
    plain = _CONTROL.sub("", piece.plain.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")
    if piece.html.strip():
        pages = list(pages_of(piece.html, check))
        shown = "".join(page.text for page in pages)
        rows = sum(block.kind is BlockKind.TABLE_ROW for page in pages for block in page.blocks)
        if len(plain.strip()) < (0.3 if rows < _TABLE else 2.0) * len(shown):
            at = 0
            blocks: list[Block] = []
            for page in pages:
                blocks.extend(Block(b.start + at, b.end + at, b.kind, b.level) for b in page.blocks)
                at += len(page.text)
            return shown, tuple(blocks)
    text = plain + "\n" if plain.strip() else ""
    return text, blocks_of_text(text)
