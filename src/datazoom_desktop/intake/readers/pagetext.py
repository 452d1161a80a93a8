"""Building one page's text from pieces that already know their role, as word processors and markup do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from datazoom_desktop.intake.model import Block, BlockKind, ReadPage
from datazoom_desktop.intake.structure import clause_depth
from datazoom_desktop.kernel.coverage import Coverage

_INNER = re.compile(r"[ \t\r\f\v\u00a0]+")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b\u2060\ufeff]|[\ud800-\udfff]")
_LINES = re.compile(r" *\n[ \n]*")


class PageText:
    """Collects pieces of text, each on a line of its own; an empty line stands before a heading and between paragraphs."""

    def __init__(self) -> None:
        """Start an empty page."""
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._at = 0

    def __len__(self) -> int:
        """Return how many characters were collected."""
        return self._at

    @property
    def letters(self) -> int:
        """How many letters were collected."""
        return sum(letter.isalpha() for part in self._parts for letter in part)

    def add(self, text: str, kind: BlockKind = BlockKind.PARAGRAPH, level: int = 0) -> None:
        """Add a piece; white space inside is folded, line breaks are kept, an empty piece is left out."""
        tidy = fold(text)
        if tidy:
            self.put(tidy, kind, level)

    def put(self, tidy: str, kind: BlockKind = BlockKind.PARAGRAPH, level: int = 0) -> int:
        """Add a piece that is neither empty nor untidy, as it is; return where it starts in the page's text."""
        last = self._blocks[-1].kind if self._blocks else None
        tight = kind is last and kind in (BlockKind.TABLE_ROW, BlockKind.LIST_ITEM, BlockKind.FURNITURE)
        if last is not None:
            self._write("\n" if tight else "\n\n")
        start = self._at
        self._write(tidy)
        self._blocks.append(Block(start, self._at, kind, level))
        return start

    def page(self, number: int, label: str | None = None) -> ReadPage:
        """Return what was collected as a page, blank when there is nothing."""
        if not self._blocks:
            return ReadPage(number, Coverage.BLANK, label=label)
        return ReadPage(number, Coverage.TEXT, "".join(self._parts) + "\n", label, blocks=tuple(self._blocks))

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._at += len(text)


def fold(text: str) -> str:
    """Return the text with runs of blanks as one space, empty lines and control characters gone."""
    return _LINES.sub("\n", _INNER.sub(" ", _UNSEEN.sub("", text))).strip()


def followed(page: ReadPage, text: str, blocks: Sequence[Block]) -> ReadPage:
    """Return the page with more text after an empty line, ``blocks`` being that text's; unchanged when the text is blank."""
    if not text.strip():
        return page
    before = page.text + "\n" if page.text else ""
    moved = tuple(Block(b.start + len(before), b.end + len(before), b.kind, b.level) for b in blocks)
    return replace(page, coverage=Coverage.TEXT, text=before + text, blocks=page.blocks + moved)


def row(cells: list[str]) -> str:
    """Return a table row as one line, its cells parted by " | ", empty cells at either end left out."""
    tidy = [fold(cell).replace("\n", " ") for cell in cells]
    while tidy and not tidy[0]:
        tidy.pop(0)
    while tidy and not tidy[-1]:
        tidy.pop()
    return " | ".join(tidy) if any(tidy) else ""


def paragraph_kind(text: str) -> BlockKind:
    """Return the kind of a paragraph that nothing else marks: a list item when it opens with a bullet, else a paragraph."""
    return (
        BlockKind.LIST_ITEM
        if text[:2] in ("\u2022 ", "- ", "* ", "\u2013 ") and not clause_depth(text)
        else BlockKind.PARAGRAPH
    )
