"""Passages: the spans that are searched, cut along headings, clauses, table rows and sentences. Pure.

A passage is one contiguous span of the version's text. Every character that is neither white space nor furniture lies in exactly one.
Word pieces are counted once a piece of text, in one batch; since pieces never cross white space, a passage's count is the sum of
its parts. Linear in the length of the text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from datazoom_desktop.intake.model import BlockKind, Passage, ReadPage
from datazoom_desktop.intake.sentences import sentences, shorten, slices
from datazoom_desktop.intake.structure import clause_depth, ends_sentence, run_in_heading

MOST_PIECES = 254  #: of prefix and text together; the embedder adds two of its own
PREFIX_PIECES = 40
_ENOUGH = 80  #: a passage this long ends where the next paragraph or clause begins
_ENOUGH_ROWS = 150  #: list items and table rows are gathered up to here
_FEW = 24  #: a passage shorter than this takes in what follows, even a heading
_ATOM_CHARS = 500  #: longer blocks are taken apart into sentences before they are counted
_SLICE_CHARS = 400
_MOST_CHARS = 2400  #: of one passage, for text that has few pieces a character
_TITLE_CHARS = 70
_HEADING_CHARS = 70
_DEEPEST = 9

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(slots=True)
class _Atom:
    """A stretch that is never cut: ``pieces`` counts its word pieces."""

    start: int
    end: int
    pieces: int = 0


@dataclass(slots=True)
class _Unit:
    """A block, or a paragraph joined over a page break, as atoms; ``depth`` is a clause's, 1 outermost, 0 for none."""

    kind: BlockKind
    level: int
    depth: int
    heading: str
    atoms: list[_Atom]
    page: int
    glued: bool = False

    @property
    def pieces(self) -> int:
        """Return the unit's word pieces."""
        return sum(atom.pieces for atom in self.atoms)


@dataclass(slots=True)
class _Open:
    """The passage being gathered."""

    start: int = -1
    end: int = -1
    pieces: int = 0
    body: bool = False
    path: tuple[str, ...] = ()
    page: int = 0
    kind: BlockKind | None = None


@dataclass(slots=True)
class _Trail:
    """The headings above the place reached, outermost first."""

    entries: list[tuple[int, str]] = field(default_factory=list)

    def enter(self, level: int, heading: str) -> None:
        """Go under a heading, leaving those of its level and below."""
        self.leave(level)
        if heading:
            self.entries.append((level, heading))

    def leave(self, level: int) -> None:
        """Leave the headings of a level and deeper."""
        while self.entries and self.entries[-1][0] >= level:
            self.entries.pop()

    def path(self) -> tuple[str, ...]:
        """Return the headings."""
        return tuple(heading for _, heading in self.entries)


def passages(pages: Sequence[ReadPage], count_tokens: CountTokens, title: str) -> list[Passage]:
    """Return the passages of a version whose pages these are, in order.

    Args:
        pages: Every page, in order; their texts joined are the version's text.
        count_tokens: Returns the word pieces of each text, without the embedder's own marks.
        title: What the document calls itself; it opens every prefix.
    """
    text = "".join(page.text for page in pages)
    units = _units(pages, text)
    title = shorten(title, _TITLE_CHARS)
    counts = _count(units, text, title, count_tokens)
    builder = _Builder(text, pages, title, counts)
    for unit in units:
        builder.add(unit)
    return builder.done()


def _units(pages: Sequence[ReadPage], text: str) -> list[_Unit]:
    """Return the version's blocks as units; text that no block covers is a paragraph."""
    units: list[_Unit] = []
    body: _Unit | None = None
    base = 0
    for page in pages:
        at = 0
        spans: list[tuple[int, int, BlockKind, int]] = []
        for block in page.blocks:
            if block.start > at:
                spans.append((at, block.start, BlockKind.PARAGRAPH, 0))
            spans.append((block.start, block.end, block.kind, block.level))
            at = block.end
        spans.append((at, len(page.text), BlockKind.PARAGRAPH, 0))
        for start, end, kind, level in spans:
            if not page.text[start:end].strip():
                continue
            unit = _unit(text, base + start, base + end, kind, level, page.page)
            if kind is BlockKind.FURNITURE:
                units.append(unit)
                continue
            unit.glued = body is not None and body.page < page.page and _runs_on(text, body, unit)
            body = unit
            units.append(unit)
        base += len(page.text)
    return units


def _unit(text: str, start: int, end: int, kind: BlockKind, level: int, page: int) -> _Unit:
    head = text[start : min(end, start + 200)].lstrip()
    depth, heading = 0, ""
    if kind in (BlockKind.HEADING, BlockKind.TITLE):
        heading = shorten(text[start:end], _HEADING_CHARS)
    elif kind is not BlockKind.FURNITURE:
        depth = clause_depth(head)
        heading = shorten(run_in_heading(head), _HEADING_CHARS) if depth else ""
    spans = sentences(text, start, end) if end - start > _ATOM_CHARS else slices(text, start, end, end - start)
    short = [
        piece
        for a, b in spans
        for piece in (slices(text, a, b, _SLICE_CHARS) if b - a > 2 * _SLICE_CHARS else [(a, b)])
    ]
    return _Unit(kind, level, depth, heading, [_Atom(a, b) for a, b in short], page)


def _runs_on(text: str, above: _Unit, below: _Unit) -> bool:
    """Return whether a paragraph goes on over a page break."""
    if (
        above.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
        or below.kind is not BlockKind.PARAGRAPH
        or below.depth
    ):
        return False
    last, first = above.atoms[-1], below.atoms[0]
    return not ends_sentence(text[last.start : last.end]) or text[first.start].islower()


def _count(units: list[_Unit], text: str, title: str, count_tokens: CountTokens) -> dict[str, int]:
    """Count every atom once and cut those that are too long; return the counts of title and headings."""
    names = sorted({title, *(unit.heading for unit in units if unit.heading)})
    atoms = [atom for unit in units for atom in unit.atoms]
    counted = count_tokens([*names, *(text[atom.start : atom.end] for atom in atoms)])
    for atom, pieces in zip(atoms, counted[len(names) :], strict=True):
        atom.pieces = pieces
    limit = MOST_PIECES - PREFIX_PIECES
    for unit in units:
        if any(atom.pieces > limit or atom.end - atom.start > _MOST_CHARS for atom in unit.atoms):
            unit.atoms = [small for atom in unit.atoms for small in _halve(atom, text, limit, count_tokens)]
    return dict(zip(names, counted, strict=False))


def _halve(atom: _Atom, text: str, limit: int, count_tokens: CountTokens) -> list[_Atom]:
    """Cut an atom until each part fits."""
    length = atom.end - atom.start
    if (atom.pieces <= limit and length <= _MOST_CHARS) or length < 2:
        return [atom]
    spans = slices(text, atom.start, atom.end, max(1, length // 2))
    counted = count_tokens([text[a:b] for a, b in spans])
    parts = [_Atom(a, b, pieces) for (a, b), pieces in zip(spans, counted, strict=True)]
    return [small for part in parts for small in _halve(part, text, limit, count_tokens)]


class _Builder:
    """Gathers units into passages."""

    def __init__(self, text: str, pages: Sequence[ReadPage], title: str, counts: dict[str, int]) -> None:
        self._text = text
        self._title = title
        self._counts = counts
        self._starts: list[int] = []
        at = 0
        for page in pages:
            self._starts.append(at)
            at += len(page.text)
        self._trail = _Trail()
        self._open = _Open()
        self._skipped = 0  #: word pieces of furniture since the passage's end
        self._out: list[Passage] = []

    def add(self, unit: _Unit) -> None:
        """Take in the next unit."""
        if unit.kind is BlockKind.FURNITURE:
            self._skipped += unit.pieces
        elif unit.kind in (BlockKind.HEADING, BlockKind.TITLE):
            self._heading(unit)
        else:
            self._body(unit)

    def done(self) -> list[Passage]:
        """Close the last passage and return all."""
        self._close()
        return self._out

    def _heading(self, unit: _Unit) -> None:
        level = 0 if unit.kind is BlockKind.TITLE else max(1, unit.level)
        now = self._open
        if (now.body and now.pieces >= _FEW) or now.pieces + self._skipped + unit.pieces > self._room() - _ENOUGH:
            self._close()
        self._trail.leave(level)
        for atom in unit.atoms:
            self._take(atom, unit)
        self._trail.enter(level, unit.heading if unit.kind is BlockKind.HEADING else "")

    def _body(self, unit: _Unit) -> None:
        if unit.depth:
            self._trail.leave(_DEEPEST + unit.depth)
        if self._breaks_before(unit):
            self._close()
        pieces = unit.pieces
        if len(unit.atoms) > 1 and self._open.pieces + self._skipped + pieces > self._room():
            self._spread(unit, pieces)
        else:
            for atom in unit.atoms:
                self._take(atom, unit)
        self._open.body = True
        if unit.depth and unit.heading:
            self._trail.enter(_DEEPEST + unit.depth, unit.heading)

    def _breaks_before(self, unit: _Unit) -> bool:
        now = self._open
        if not now.body:
            return False
        together = now.pieces + self._skipped + unit.pieces
        if unit.glued:
            return False
        if self._skipped and now.page != unit.page and now.pieces >= _FEW:
            return True
        if together > self._room():
            return now.pieces >= _FEW or unit.pieces <= self._room()
        gathers = unit.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW) and not (
            unit.kind is not now.kind and now.pieces >= _ENOUGH_ROWS
        )
        if (
            unit.kind is BlockKind.TABLE_ROW
            and now.kind not in (None, BlockKind.TABLE_ROW, BlockKind.HEADING)
            and now.pieces >= _ENOUGH
        ):
            return True
        return now.pieces >= (_ENOUGH_ROWS if gathers else _ENOUGH)

    def _spread(self, unit: _Unit, pieces: int) -> None:
        """Cut a long unit into passages of about the same length, at sentences."""
        room = self._room()
        parts = max(1, -(-(self._open.pieces + self._skipped + pieces) // int(room * 0.85)))
        aim = (self._open.pieces + self._skipped + pieces) / parts
        for atom in unit.atoms:
            now = self._open
            if now.body and now.pieces + atom.pieces / 2 > aim and now.pieces >= _FEW:
                self._close()
                if unit.depth and unit.heading and not self._inside(unit):
                    self._trail.enter(_DEEPEST + unit.depth, unit.heading)
            self._take(atom, unit)
            self._open.body = True

    def _inside(self, unit: _Unit) -> bool:
        return bool(self._trail.entries) and self._trail.entries[-1] == (_DEEPEST + unit.depth, unit.heading)

    def _take(self, atom: _Atom, unit: _Unit) -> None:
        """Add an atom to the open passage, closing that first where the atom would not fit."""
        now = self._open
        if now.start >= 0 and (
            now.pieces + self._skipped + atom.pieces > self._room() or atom.end - now.start > _MOST_CHARS
        ):
            self._close()
            now = self._open
        if now.start < 0:
            now.start = atom.start
            now.path = self._trail.path()
        else:
            now.pieces += self._skipped
        now.pieces += atom.pieces
        now.end = atom.end
        now.page = unit.page
        now.kind = unit.kind
        self._skipped = 0

    def _room(self) -> int:
        """Return the word pieces that a passage's text may have beside its prefix."""
        path = self._open.path if self._open.start >= 0 else self._trail.path()
        return MOST_PIECES - self._prefix(path)[1]

    def _prefix(self, path: tuple[str, ...]) -> tuple[str, int]:
        """Return the words before a passage: the title and as many of the last headings as fit, and their word pieces."""
        parts: list[str] = []
        pieces = 0
        for part in (self._title, *reversed(path)):
            cost = self._counts.get(part, 0) + 1
            if part and part not in parts and pieces + cost <= PREFIX_PIECES:
                parts.append(part)
                pieces += cost
        if not parts:
            return "", 0
        ordered = parts[:1] + parts[:0:-1] if parts[0] == self._title else parts[::-1]
        return " > ".join(ordered) + "\n", pieces

    def _close(self) -> None:
        now = self._open
        self._open = _Open()
        if now.start < 0:
            return
        self._skipped = 0
        self._out.append(
            Passage(
                ordinal=len(self._out),
                char_start=now.start,
                char_end=now.end,
                page_first=bisect_right(self._starts, now.start),
                page_last=bisect_right(self._starts, now.end - 1),
                heading=" > ".join(now.path),
                prefix=self._prefix(now.path)[0],
                text=self._text[now.start : now.end],
            )
        )
