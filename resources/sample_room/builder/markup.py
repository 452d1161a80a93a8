"""The light markup of the content files, and its parser.

A paragraph is a run of lines up to an empty line. Its first characters say what it is:

    # Title    ## Article heading    ^ centred line    > level one    >> level two    - bullet
    ===        a page break          @sig Entity | Name | Title       | cell | cell |   (table rows, the first is the head)

`**words**` is bold. `{{name}}` is filled from the values of the document. Straight quotes become typographic ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

CONTENT = Path(__file__).parent / "content"
_PREFIXES = (
    ("## ", "article"),
    ("# ", "title"),
    ("^ ", "centre"),
    (">> ", "level2"),
    ("> ", "level1"),
    ("- ", "bullet"),
)
_HOLE = re.compile(r"\{\{(\w+)\}\}")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-like thing of a document: its kind, its text (with bold marks) and, for tables and signatures, its cells."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = field(default=())


def load(name: str, values: Mapping[str, str] | None = None) -> list[Block]:
    """Read content file `name` (without suffix), fill its holes from `values` and parse it.

    Raises:
        KeyError: a hole has no value.
    """
    text = (CONTENT / f"{name}.txt").read_text(encoding="utf-8")
    return parse(fill(text, values or {}))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace every `{{name}}` by `values[name]`, again inside what was put in."""
    while _HOLE.search(text):
        text = _HOLE.sub(lambda found: values[found.group(1)], text)
    return text


def parse(text: str) -> list[Block]:
    """Split marked-up text into blocks, in order."""
    return [_block(lines) for part in re.split(r"\n\s*\n", text.strip("\n")) if (lines := part.strip().splitlines())]


def _block(lines: list[str]) -> Block:
    first = lines[0]
    if first.strip() == "===":
        return Block("break")
    if first.startswith("@sig "):
        cells = tuple(typographic(cell.strip()) for cell in first[5:].split("|"))
        return Block("signature", rows=(cells,))
    if first.startswith("|"):
        return Block("table", rows=tuple(_cells(line) for line in lines))
    text = typographic(" ".join(line.strip() for line in lines))
    for prefix, kind in _PREFIXES:
        if text.startswith(prefix):
            return Block(kind, text[len(prefix) :])
    return Block("clause", text)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(typographic(cell.strip()) for cell in line.strip().strip("|").split("|"))


def typographic(text: str) -> str:
    """Turn straight quotes into typographic ones; one character becomes one character."""
    text = re.sub(r'(^|[\s(\[/-])"', "\\1\u201c", text).replace('"', "\u201d")
    return re.sub(r"(^|[\s(\[\u201c])'", "\\1\u2018", text).replace("'", "\u2019")


def runs(text: str) -> list[tuple[str, bool]]:
    """Split text at its bold marks into (words, is bold) runs."""
    pieces = _BOLD.split(text)
    return [(piece, index % 2 == 1) for index, piece in enumerate(pieces) if piece]


def plain(text: str) -> str:
    """The text without its bold marks."""
    return _BOLD.sub(r"\1", text)
