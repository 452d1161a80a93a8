"""Structure of plain lines: which of them are headings, clauses, list items, table rows, and which run on as one paragraph.

Every reader that has only lines (plain text, a PDF's layout, recognised words) describes them as :class:`Line` and gets blocks back.
Pure: no files, no state. Offsets are 0-based half-open code points of the page's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from datazoom_desktop.intake.model import Block, BlockKind

_DIVISION = re.compile(
    r"(?:ARTICLE|SECTION|CHAPTER|PART|TITLE|SCHEDULE|EXHIBIT|ANNEX|APPENDIX|ATTACHMENT|RIDER|ADDENDUM|RECITALS|ITEM)"
    r"(?:\s+(?:[IVXLC]+|\d+(?:\.\d+)*|[A-Z])(?:[-.]\d+)*(?:\([a-z0-9]+\))?\b[.:)]?|\s*$)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:§+\s*)?(\d{1,3}(?:\.\d{1,3})*)[.):]?(?=\s)")
_LETTERED = re.compile(r"\(?(?:[a-zA-Z]|[ivx]{2,5}|[IVX]{2,5}|\d{1,2})\)(?=\s|$)|\(?[A-Ha-h]\.(?=\s)")
_BULLET = re.compile("[-*+\u2022\u2023\u25aa\u25cf\u25cb\u25e6\u2013\u2014\u00b7\uf0b7\uf0a7](?=\\s)")
_ROMAN = re.compile(r"[IVX]{1,6}\.(?=\s)")
_CELL_GAP = re.compile(r"\S(?:\t| {3,}| \| )\s*\S")
_MARKDOWN = re.compile(r"(#{1,6})\s+\S")
_LINE = re.compile(r"[^\r\n\f\v\x85\u2028\u2029]+")
_WIDE_SPACE = re.compile(
    r"(?<![\d.)(])(?<!\s)[ \t\u00a0]{3,}(?=\S)|(?<=[a-z]{2}[.)])[ \t\u00a0]{3,}(?=\S)|(?<=\d{4}[.)])[ \t\u00a0]{3,}(?=\S)"
)
_NUMBER_ALONE = re.compile(r"[-\u2013 ]{0,2}(\d{1,4})[-\u2013 ]{0,2}")
_SPACES = re.compile(r"\s+")
_ENDS = frozenset(".;:!?。！？؟")
_CLOSERS = "\"'\u201d\u2019)]\u00bb"
_LONGEST_HEADING = 110
_WHOLE_PARAGRAPHS = 400  #: characters; a longer line holds paragraphs parted by wide spaces, not cells
_LONGEST_RUN_IN = 80


class Line(NamedTuple):
    """One line of a page.

    Attributes:
        start: Offset of its first character; ``end`` is exclusive and leaves the line break out.
        text: The characters between, without outer white space.
        gap: Whether clear space stands before it (an empty line, or more than the usual leading).
        strength: 0 like the body, 1 bold or otherwise set off, 2 larger than the body, 3 much larger.
        cells: Columns it has when it looks like a row of a table, else 1.
        short: Whether it ends well before the right edge, so that the next line is not its continuation.
        furniture: Whether it is a running header, footer or page number.
    """

    start: int
    end: int
    text: str
    gap: bool = False
    strength: int = 0
    cells: int = 1
    short: bool = False
    furniture: bool = False


def blocks_of_text(text: str) -> tuple[Block, ...]:
    """Return the blocks of plain text."""
    return blocks_of(list(lines_of_text(text)))


def lines_of_text(text: str) -> Iterator[Line]:
    """Yield the lines of plain text that hold anything, with what can be told from them alone."""
    spans: list[tuple[int, int, bool]] = []
    for found in _LINE.finditer(text):
        start, end = found.span()
        first = True
        for stop in [*(_WIDE_SPACE.finditer(text, start, end) if end - start > _WHOLE_PARAGRAPHS else ()), None]:
            piece = text[start : stop.start() if stop else end]
            if not piece.isspace() and piece:
                begin = start + len(piece) - len(piece.lstrip())
                spans.append((begin, begin + len(piece.strip()), not first))
                first = False
            start = stop.end() if stop else end
    widest = _usual_width([end - start for start, end, _ in spans])
    numbers = _page_numbers(text, spans)
    before = 0
    for start, end, parted in spans:
        stripped = text[start:end]
        breaks = text.count("\n", before, start) or text.count("\r", before, start)
        wide = "\t" in stripped or "  " in stripped or " | " in stripped
        cells = 1 + len(_CELL_GAP.findall(stripped)) if wide and end - start <= _WHOLE_PARAGRAPHS else 1
        yield Line(start, end, stripped, breaks > 1 or parted, 0, cells, end - start < 0.75 * widest, start in numbers)
        before = end


def _page_numbers(text: str, spans: list[tuple[int, int, bool]]) -> set[int]:
    """Return the starts of lines that are page numbers: numbers alone on a line that count on, three or more."""
    alone = [
        (start, int(found.group(1)))
        for start, end, _ in spans
        if end - start <= 8 and (found := _NUMBER_ALONE.fullmatch(text[start:end]))
    ]
    runs: list[list[tuple[int, int]]] = []
    for start, number in alone:
        if runs and number == runs[-1][-1][1] + 1:
            runs[-1].append((start, number))
        else:
            runs.append([(start, number)])
    return {start for run in runs if len(run) >= 3 for start, _ in run}


def blocks_of(lines: Sequence[Line]) -> tuple[Block, ...]:
    """Return the blocks that the lines of one page form, in order, without overlap, leaving out only white space."""
    out: list[Block] = []
    previous: Line | None = None
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        kind, level = _role(line, previous, following, out[-1].kind if out else None)
        last = out[-1] if out else None
        if last is not None and previous is not None and _continues(line, kind, level, previous, last):
            out[-1] = Block(last.start, line.end, last.kind, last.level)
        else:
            out.append(Block(line.start, line.end, kind, level))
        if not line.furniture:
            previous = line
    return tuple(out)


def clause_depth(text: str) -> int:
    """Return how deep a clause's own number stands (1 for "4.", 2 for "4.1"), or 0 when the text starts with none."""
    found = _NUMBERED.match(text)
    if found is not None:
        return found.group(1).count(".") + 1
    return 1 if _DIVISION.match(text) else 0


def run_in_heading(text: str) -> str:
    """Return the heading a numbered clause carries in its first words ("2.3 Limits. Neither party ..." -> "2.3 Limits"), or ""."""
    found = _DIVISION.match(text) or _NUMBERED.match(text)
    if found is None:
        return ""
    head = text[: found.end() + _LONGEST_RUN_IN]
    stop = re.compile(r"[.:\u2014]\s|[.:]$|\n").search(head, found.end() + 1)
    if stop is None or not _titled(head[found.end() : stop.start()]):
        return ""
    return _SPACES.sub(" ", head[: stop.start()]).strip()


def heading_level(text: str, strength: int) -> int:
    """Return the level of the heading that a paragraph of its own is, 1 outermost, or 0; ``strength`` as in :class:`Line`."""
    return _heading_level(Line(0, len(text), text, strength=strength), None) if text and "\n" not in text else 0


def ends_sentence(text: str) -> bool:
    """Return whether the text's last character closes a sentence or clause, quotes and brackets aside."""
    return text.rstrip(_CLOSERS)[-1:] in _ENDS


def _usual_width(widths: list[int]) -> int:
    """Return the length that full lines of hard-wrapped text have: the 90th percentile."""
    return sorted(widths)[int(len(widths) * 0.9)] if widths else 0


def _role(line: Line, previous: Line | None, following: Line | None, above: BlockKind | None) -> tuple[BlockKind, int]:
    if line.furniture:
        return BlockKind.FURNITURE, 0
    opens = (
        previous is None
        or line.gap
        or above in (BlockKind.HEADING, BlockKind.TITLE)
        or ends_sentence(previous.text)
        or previous.short
    )
    if opens:
        level = _heading_level(line, following)
        if level:
            return BlockKind.HEADING, level
    if line.cells > 1 and _tabular(line, previous, following):
        return BlockKind.TABLE_ROW, 0
    if _BULLET.match(line.text) or _LETTERED.match(line.text):
        return BlockKind.LIST_ITEM, 1
    return BlockKind.PARAGRAPH, 0


def _tabular(line: Line, previous: Line | None, following: Line | None) -> bool:
    near = [other.cells for other in (previous, following) if other is not None]
    marker = _NUMBERED.match(line.text) or _LETTERED.match(line.text) or _BULLET.match(line.text)
    return line.cells > 2 or (any(cells > 1 for cells in near) and not (marker and line.cells == 2))


def _heading_level(line: Line, following: Line | None) -> int:
    """Return the level of a heading that stands on a line of its own, 1 outermost, or 0 when the line is none."""
    text = line.text
    marked = _MARKDOWN.match(text)
    if marked is not None:
        return len(marked.group(1))
    if len(text) > _LONGEST_HEADING or text[-1] in ",;" or line.cells > 2 or not any(map(str.isalpha, text)):
        return 0
    closed = ends_sentence(text) and not text.endswith(":")
    division = _DIVISION.match(text)
    if (
        division is not None
        and not _reads_on(text[division.end() :])
        and (not closed or _titled(text[division.end() :]))
    ):
        return 2 if text[:4].casefold() in ("sect", "item") else 1
    numbered = _NUMBERED.match(text) or _ROMAN.match(text)
    rest = text[numbered.end() :].strip() if numbered is not None else text
    depth = numbered.group(1).count(".") + 1 if numbered is not None and numbered.re is _NUMBERED else 1
    if _capitals(rest) and len(rest) > 2 and not _LETTERED.match(text):
        return 1 + depth if numbered is not None else 2
    if numbered is not None:
        titled = len(rest) <= 70 and not closed and _titled(rest)
        alone = following is None or following.gap or following.text[:1].isupper() or clause_depth(following.text) > 0
        return 1 + depth if titled and alone else 0
    if line.strength and not closed and text[:1].isupper() and len(text.split()) <= 14:
        return {1: 4, 2: 3, 3: 2}[line.strength]
    return 0


def _reads_on(rest: str) -> bool:
    """Return whether what follows "Section 2.3" continues a sentence rather than naming the section."""
    rest = rest.strip(" .:-\u2013\u2014")
    return bool(rest) and (rest[0].islower() or rest[0] in "(,;" or (rest[-1:] in ",;"))


def _titled(text: str) -> bool:
    """Return whether the text is written as a title: not long, most longer words with a capital."""
    words = text.split()
    longer = [word for word in words if len(word.strip(_CLOSERS + "\u201c(,;:.")) > 3]
    marks = sum(word.lstrip("\u201c\"'(")[:1].isupper() or not word[:1].isalpha() for word in longer)
    return 0 < len(words) <= 14 and words[0][:1].isupper() and marks >= 0.6 * len(longer)


def _capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 3 and all(c.isupper() for c in letters) and text[-1] not in ".;," and "___" not in text


def _continues(line: Line, kind: BlockKind, level: int, previous: Line, last: Block) -> bool:
    """Return whether the line belongs to the block before it."""
    if kind is BlockKind.HEADING:
        return (
            last.kind is BlockKind.HEADING
            and last.end - last.start + len(line.text) < 160
            and _heading_runs_on(line, level, previous, last)
        )
    if kind is not BlockKind.PARAGRAPH or last.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
        return False
    if line.gap:
        return line.text[:1].islower() and not ends_sentence(previous.text) and not previous.short
    if _NUMBERED.match(line.text) or _DIVISION.match(line.text):
        return not ends_sentence(previous.text) and not previous.short
    return not (previous.short and ends_sentence(previous.text))


def _heading_runs_on(line: Line, level: int, previous: Line, last: Block) -> bool:
    bare = _DIVISION.match(previous.text)
    if bare is not None and bare.end() >= len(previous.text.rstrip(".:- ")) and clause_depth(line.text) == 0:
        return True
    return not line.gap and level == last.level and clause_depth(line.text) == 0 and not ends_sentence(previous.text)
