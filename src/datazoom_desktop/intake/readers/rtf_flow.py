"""Flows of an RTF document (body, header, note, text box): runs gathered into paragraphs, cells into table rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from datazoom_desktop.intake.readers.rtf_tokens import paired
from datazoom_desktop.intake.readers.runs import Runs

_MOST_CELLS = 2000  #: of one row


class Paragraph(NamedTuple):
    """A paragraph.

    Attributes:
        bold: Whether every letter is bold.
        style: Number of its style, or None.
        outline: Depth of a heading as the paragraph itself states it, 0 outermost, or None.
    """

    text: str
    bold: bool = False
    style: int | None = None
    outline: int | None = None


class Row(NamedTuple):
    """A table row: the paragraphs of each cell, and rows of tables inside it."""

    cells: tuple[tuple[Paragraph, ...], ...]
    inner: tuple[Row, ...] = ()


class Break(NamedTuple):
    """The end of a page."""


Item = Paragraph | Row | Break


@dataclass(slots=True)
class Look:
    """What a paragraph's control words say of it."""

    style: int | None = None
    outline: int | None = None
    in_table: bool = False
    level: int = 1  #: depth of the table it stands in
    breaks: bool = False  #: whether it starts a page


@dataclass(slots=True)
class _Table:
    """A row in the making."""

    cells: list[tuple[Paragraph, ...]] = field(default_factory=list)
    open: list[Paragraph] = field(default_factory=list)  #: paragraphs of the cell not yet ended
    inner: list[Row] = field(default_factory=list)


class Flow:
    """Gathers text; ``items`` holds what is complete, in order."""

    def __init__(self) -> None:
        """Start empty."""
        self.items: list[Item] = []
        self.look = Look()
        self._runs = Runs()
        self._table = _Table()
        self._inner = _Table()

    def write(self, text: str, *, bold: bool, marks: tuple[str, ...]) -> None:
        """Add a run, as :meth:`Runs.write` does."""
        self._runs.write(text, bold=bold, marks=marks)

    def paragraph(self) -> None:
        """End a paragraph."""
        made = self._made()
        if not self.look.in_table:
            self._end_table()
            self.items += [Break(), made] if self.look.breaks else [made]
        elif self.look.level > 1:
            self._inner.open.append(made)
        else:
            self._table.open.append(made)

    def cell(self, *, nested: bool = False) -> None:
        """End a cell."""
        table = self._inner if nested else self._table
        made = self._made()
        paragraphs = [*table.open, made]
        table.open = []
        if len(table.cells) < _MOST_CELLS:
            table.cells.append(tuple(item for item in paragraphs if item.text.strip()))
        elif table.cells:
            table.cells[-1] = (*table.cells[-1], *(item for item in paragraphs if item.text.strip()))

    def row(self, *, nested: bool = False) -> None:
        """End a table row."""
        if nested:
            self._cells_left(self._inner)
            self._table.inner.append(Row(tuple(self._inner.cells)))
            self._inner = _Table()
        else:
            self._end_table()

    def turn(self) -> None:
        """End a page."""
        if not self.look.in_table:
            self._end()
            self.items.append(Break())

    def end(self) -> list[Item]:
        """End the flow, and return its items."""
        self._end()
        return self.items

    def _end(self) -> None:
        if self._runs:
            self.paragraph()
        self._end_table()

    def _end_table(self) -> None:
        if self._inner.cells or self._inner.open:
            self.row(nested=True)
        self._cells_left(self._table)
        if self._table.cells or self._table.inner:
            self.items.append(Row(tuple(self._table.cells), tuple(self._table.inner)))
            self._table = _Table()

    @staticmethod
    def _cells_left(table: _Table) -> None:
        """Keep the paragraphs of a cell that nothing ended."""
        if table.open:
            table.cells.append(tuple(table.open))
            table.open = []

    def _made(self) -> Paragraph:
        text, bold = self._runs.finish()
        return Paragraph(paired(text), bold, self.look.style, self.look.outline)


def plain(items: list[Item]) -> str:
    """Return the text of a flow, a line for each paragraph or row."""
    lines: list[str] = []
    for item in items:
        if isinstance(item, Paragraph):
            lines.append(item.text)
        elif isinstance(item, Row):
            lines.append(" | ".join(" ".join(p.text for p in cell) for cell in item.cells if cell))
            lines += [plain([inner]) for inner in item.inner]
    return "\n".join(line for line in lines if line.strip())


def restyled(look: Look) -> Look:
    r"""Return the look of a paragraph after ``\\pard``."""
    return replace(look, style=None, outline=None, in_table=False, level=1, breaks=False)
