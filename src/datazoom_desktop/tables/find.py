"""Finds the tables of a sheet, or says why it holds none. Pure: the same cells give the same tables.

A table is a block of cells with headings above its figures. Blocks are parted by empty rows and columns; a block without headings that
goes on under the columns of the one above it belongs to that one; names with a value beside each are figures of their own. What is none
of these is said to be none: nothing is added up whose meaning is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from datazoom_desktop.kernel.cells import CellRange, column_letters, reference, sheet_prefix
from datazoom_desktop.tables import blocks, columns, headings
from datazoom_desktop.tables.blocks import Block
from datazoom_desktop.tables.columns import Held
from datazoom_desktop.tables.headings import Layout
from datazoom_desktop.tables.lexis import keys
from datazoom_desktop.tables.model import Cell, Column, Grid, Kind, Row, RowKind, Shape, Table, Unfit, Value
from datazoom_desktop.tables.rows import Sorted, sort_rows
from datazoom_desktop.tables.values import read

MOST_CELLS = 400_000  #: of a sheet
_NEAR = 3  #: rows between a table and what goes on with it, or its title
_MOST_ABOVE = 8  #: lines above a table that are its title and headings
_FEW = 4  #: cells of a block that is not worth a word when it is no table


@dataclass(frozen=True, slots=True)
class Source:
    """The document that a sheet belongs to; ``path`` is the one it stands at."""

    document_id: str
    version_id: str
    path: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """A table in the making."""

    block: Block
    place: Layout
    columns: tuple[Column, ...]
    held: dict[int, Held]
    rows: Sorted
    shape: Shape
    label: int | None
    titles: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def ended(self) -> bool:
        """Whether its rows were added up, so that what follows is none of them."""
        return self.shape is Shape.RECORDS and RowKind.TOTAL in self.rows.kinds.values()


def find(grid: Grid, source: Source) -> tuple[list[Table], list[Unfit]]:
    """Return the tables of a sheet, top to bottom, and what of it is none; ``Table.name`` is still without the file's part."""
    if len(grid.cells) > MOST_CELLS:
        return [], [_whole(grid, source, f"it has more than {MOST_CELLS:,} filled cells, too many to be asked about")]
    drafts: list[_Draft] = []
    reasons: list[tuple[Block, str]] = []
    waiting: Block | None = None  # lines that may be the title or the headings of what follows
    for block in blocks.split(grid):
        before, joined, waiting = waiting, _joined(waiting, block), None
        if joined is not None and (made := _drafts(joined)[0]):
            drafts += made
            reasons = [(part, reason) for part, reason in reasons if part is not before]
            continue
        if (longer := _continued(block, drafts)) is not None:
            drafts[-1] = longer
            continue
        made, amiss = _drafts(block)
        drafts += made
        reasons += amiss
        waiting = block if not made and _may_head(block) else None
    unfit = [_unfit(part, source, reason) for part, reason in reasons if part.count >= _FEW]
    if not drafts and not unfit:
        unfit = [_whole(grid, source, _why_none(grid))]
    return [_table(draft, source) for draft in drafts], unfit


def _is_lines(block: Block) -> bool:
    """Return whether a block is but lines of text in one column."""
    return len(block.columns) == 1 and all(
        read(cell.text).value.number is None for line in block.lines.values() for cell in line.values()
    )


def _may_head(block: Block) -> bool:
    """Return whether a block is nothing but a few lines of text, the last of which may head what follows."""
    return len(block.rows) <= _MOST_ABOVE and all(headings.is_heading(line) for line in block.lines.values())


def _joined(before: Block | None, block: Block) -> Block | None:
    """Return a block with the title or headings that stand just above it; None where there are none."""
    if before is None or block.rows[0] - before.rows[-1] > _NEAR or _is_lines(block):
        return None
    return before.with_block(block) if _is_lines(before) or set(before.columns) & set(block.columns) else None


def _drafts(block: Block) -> tuple[list[_Draft], list[tuple[Block, str]]]:
    """Return the tables of a block, side by side or one below the other, or why it is none."""
    if _is_lines(block):
        return [], []
    parts = blocks.beside(block)
    if len(parts) > 1:
        tried = [_draft(part) for part in parts]
        fine = [one for one in tried if isinstance(one, _Draft) and one.label == one.columns[0].position]
        if fine and len(fine) + sum(_is_lines(part) for part in parts) >= len(parts):
            return [longer for one in fine for longer in _stacked(one)], []
    one = _draft(block)
    if isinstance(one, _Draft):
        return _stacked(one), []
    whole = _figures(block)
    figures = [whole] if whole is not None else [_figures(part) for part in parts if not _is_lines(part)]
    named = [each for each in figures if each is not None]
    return (named, []) if len(named) == len(figures) else ([], [(block, one)])


def _draft(block: Block, place: Layout | None = None) -> _Draft | str:
    """Return a block as a table, or why it is none; ``place`` where that is known already."""
    found = place or headings.layout(block)
    if isinstance(found, str):
        return found
    cells: dict[int, dict[int, Cell]] = {}
    for row in found.body:
        for column, cell in block.lines[row].items():
            cells.setdefault(column, {})[row] = cell
    heads = {c: headings.heading_cells(block, found.headings, c) for c in block.columns}
    used = [c for c in block.columns if c in cells or heads[c]]
    texts = {c: headings.plain(heads[c]) for c in used}
    commas = columns.decimal_comma(cell for column in cells.values() for cell in column.values())
    held = {c: columns.held(cells.get(c, {}), texts[c], _name(texts[c], c), commas) for c in used}
    if (reason := _headless(block, found, held, texts)) is not None:
        return reason
    label = _label(held, cells, len(found.body))
    shape = _shape(held, texts, label)
    rows = sort_rows(block, found.body, label, held, set(texts.values()), statement=shape is Shape.STATEMENT)
    held = _without_sums(held, cells, texts, rows, commas)
    titles = tuple(cell.text for row in found.titles for cell in block.lines[row].values())
    made = tuple(
        Column(c, texts[c], name, held[c].kind, held[c].unit, held[c].mixed, held[c].decimals, tuple(heads[c]))
        for c, name in zip(used, columns.names([texts[c] for c in used]), strict=True)
    )
    notes = tuple(note for c in used for note in held[c].notes) + tuple(rows.notes)
    return _Draft(block, found, made, held, rows, shape, label, titles, notes)


def _without_sums(
    held: dict[int, Held], cells: dict[int, dict[int, Cell]], texts: dict[int, str], rows: Sorted, commas: bool | None
) -> dict[int, Held]:
    """Look again at what the columns hold, now that it is known which rows are remarks and headings between."""
    aside = {row for row, kind in rows.kinds.items() if kind in (RowKind.SECTION, RowKind.NOTE)}
    if not aside:
        return held
    return {
        c: columns.held(
            {r: cell for r, cell in cells.get(c, {}).items() if r not in aside}, texts[c], _name(texts[c], c), commas
        )
        for c in held
    }


def _name(heading: str, column: int) -> str:
    return f"Column {column_letters(column)} (“{heading}”)" if heading else f"Column {column_letters(column)}"


def _headless(block: Block, place: Layout, held: dict[int, Held], texts: dict[int, str]) -> str | None:
    """Return why the rows taken for headings are none; None when they are."""
    typed = [c for c, one in held.items() if one.kind is not Kind.TEXT]
    if not typed:
        if headings.is_table_of_text(block, place):
            return None
        return "it holds text only, and its first row cannot be told from the others"
    if not all(headings.fits(held[c].kind, texts[c]) for c in typed):
        return f"no row of headings stands above its rows: row {place.headings[-1]:,} is like those below it"
    if sum(bool(texts[c]) for c in typed) * 2 < len(typed):
        return "most of its columns of figures have no heading"
    return None


def _label(held: dict[int, Held], cells: dict[int, dict[int, Cell]], rows: int) -> int | None:
    texts = [c for c, one in held.items() if one.kind is Kind.TEXT and len(one.values) < len(cells.get(c, ()))]
    return next((c for c in texts if len(cells[c]) * 2 >= rows), texts[0] if texts else None)


def _shape(held: dict[int, Held], texts: dict[int, str], label: int | None) -> Shape:
    others = [c for c in held if c != label]
    if label != next(iter(held)) or not others or any(held[c].kind is not Kind.NUMBER for c in others if texts[c]):
        return Shape.RECORDS
    generic = not texts[label] or headings.scale(texts[label])[1]
    periods = sum(headings.period(texts[c]) is not None for c in others)
    return Shape.STATEMENT if generic or periods * 2 > len(others) else Shape.RECORDS


def _stacked(draft: _Draft) -> list[_Draft]:
    """Return a table, parted where another one with headings of its own starts inside it."""
    typed = [c.position for c in draft.columns if c.kind is not Kind.TEXT]
    for row in draft.place.body[1:-1]:
        line = draft.block.lines[row]
        odd = [line[c].text for c in typed if c in line and row not in draft.held[c].values]
        if (
            len(odd) < max(1, len(typed) * columns.ENOUGH)
            or len(line) * 2 < len(draft.columns)
            or not headings.heads(odd)
        ):
            continue
        below = _draft(draft.block.below(row))
        if not isinstance(below, _Draft) or below.place.headings[0] != row:
            continue
        place = draft.place._replace(body=[r for r in draft.place.body if r < row])
        lines = {r: line for r, line in draft.block.lines.items() if r < row}
        above = _draft(Block(draft.block.grid, lines), place)
        return [*([above] if isinstance(above, _Draft) else []), *_stacked(below)]
    return [draft]


def _continued(block: Block, drafts: Sequence[_Draft]) -> _Draft | None:
    """Return the last table with a block that goes on with it below an empty row; None where it does not."""
    last = drafts[-1] if drafts else None
    if last is None or last.shape is Shape.FIGURES or block.rows[0] - last.block.rows[-1] > _NEAR:
        return None
    known = {column.position: column.kind for column in last.columns}
    if last.ended or last.label not in block.columns:
        return None
    beyond = block.only([c for c in block.columns if c not in known])
    if any(read(cell.text).value.number is not None for line in beyond.lines.values() for cell in line.values()):
        return None
    block = block.only([c for c in block.columns if c in known])
    typed = [(known[c], cell) for line in block.lines.values() for c, cell in line.items() if known[c] is not Kind.TEXT]
    fitting = sum(_is(kind, cell) for kind, cell in typed)
    if (
        not typed
        or fitting < len(typed) * columns.ENOUGH
        or (not isinstance(headings.layout(block), str) and last.shape is not Shape.STATEMENT)
    ):
        return None
    full = [len(line) for line in last.block.lines.values() if len(line) > 1]
    sparse = [line for line in block.lines.values() if len(line) > 1 and len(line) * 2 < max(full)]
    whole = last.block.with_block(block)
    longer = _draft(whole, last.place._replace(body=[*last.place.body, *block.rows]))
    if not isinstance(longer, _Draft):
        return None
    if sparse and not all(longer.rows.kinds[row] is RowKind.TOTAL for row in block.rows):
        return None
    return longer


def _is(kind: Kind, cell: Cell) -> bool:
    value = read(cell.text).value
    return value.empty or (value.number is not None if kind is Kind.NUMBER else value.date is not None)


def _figures(block: Block) -> _Draft | None:
    """Return a block that is nothing but names with a value beside each; None where it is not."""
    body = [row for row in block.rows if len(block.lines[row]) > 1]
    if not body:
        return None
    ends = {tuple(block.lines[row]) for row in body}
    if len(ends) != 1 or len(first := next(iter(ends))) != 2:
        return None
    name, value = first
    reads = [read(block.lines[row][value].text).value for row in body]
    names = [block.lines[row][name].text for row in body]
    told = sum(one.number is not None or one.date is not None for one in reads)
    if told * 2 < len(body) or any(
        read(text).value.number is not None or len(text) > headings.LONGEST_HEADING for text in names
    ):
        return None
    held = {
        name: Held(Kind.TEXT, "", (), 0, {}, []),
        value: columns.held({row: block.lines[row][value] for row in body}, "", "Its values", None)._replace(
            mixed=(), notes=[]
        ),
    }
    made = (
        Column(name, "", "item", Kind.TEXT),
        Column(value, "", "value", held[value].kind, held[value].unit, (), held[value].decimals),
    )
    titles = tuple(c.text for row in block.rows if row < body[0] for c in block.lines[row].values())
    place = Layout([], [], body)
    note = "It has no headings: each row is read as a name and its value, and nothing is added up."
    return _Draft(
        block,
        place,
        made,
        held,
        Sorted(dict.fromkeys(body, RowKind.DATA), {}, []),
        Shape.FIGURES,
        name,
        titles,
        (note,),
    )


def _table(draft: _Draft, source: Source) -> Table:
    grid = draft.block.grid
    title = " ".join(" ".join(text.split()) for text in draft.titles)
    rows = tuple(_row(draft, row) for row in draft.place.body)
    shown = [row for row in (*draft.place.headings, *draft.place.body) if draft.rows.kinds.get(row) is not RowKind.NOTE]
    cells = [cell for row in shown for cell in draft.block.lines[row].values()]
    factor, words_of = _scale(draft, title)
    made = draft.columns
    if draft.shape is Shape.STATEMENT and (code := headings.currency(f"{title} {words_of}")):
        made = tuple(_with_unit(column, code) for column in made)
    return Table(
        source.document_id,
        source.version_id,
        source.path,
        grid.sheet,
        columns.slug(grid.sheet or ""),
        title,
        draft.shape,
        blocks.around(cells),
        made,
        rows,
        factor,
        words_of,
        (*_hidden(draft, blocks.around(cells)), *draft.notes),
    )


def _with_unit(column: Column, code: str) -> Column:
    if column.kind is not Kind.NUMBER or column.unit or column.mixed:
        return column
    return Column(column.position, column.heading, column.name, column.kind, code, (), column.decimals, column.cells)


def _row(draft: _Draft, row: int) -> Row:
    line = draft.block.lines[row]
    values = {c: held.values[row] for c, held in draft.held.items() if row in held.values}
    values |= {c: Value() for c in line if c not in values}
    kind, section = draft.rows.kinds[row], draft.rows.sections.get(row, "")
    return Row(row, kind, dict(line), values, section, row in draft.block.grid.hidden_rows)


def _scale(draft: _Draft, title: str) -> tuple[Decimal, str]:
    """Return by how much all figures are to be multiplied: said in the title, beside the items, or in every heading of figures."""
    label = next((column.heading for column in draft.columns if column.position == draft.label), "")
    for text in (title, label):
        if (found := headings.scale(text))[1]:
            return found
    said = {headings.scale(column.heading) for column in draft.columns if column.kind is Kind.NUMBER}
    return said.pop() if len(said) == 1 else (Decimal(1), "")


def _hidden(draft: _Draft, whole: CellRange) -> list[str]:
    grid = draft.block.grid
    notes = ["The sheet is hidden."] if grid.hidden_sheet else []
    rows = [row for row in draft.place.body if row in grid.hidden_rows]
    if rows:
        names = ", ".join(f"{row:,}" for row in rows[:5]) + (f" and {len(rows) - 5:,} more" if len(rows) > 5 else "")
        notes.append(
            f"{'Row' if len(rows) == 1 else 'Rows'} {names} {'is' if len(rows) == 1 else 'are'} hidden, and counted."
        )
    hidden = [column_letters(c.position) for c in draft.columns if c.position in grid.hidden_columns]
    if hidden:
        notes.append(
            f"{'Column' if len(hidden) == 1 else 'Columns'} {', '.join(hidden)} {'is' if len(hidden) == 1 else 'are'} hidden."
        )
    return notes


def _why_none(grid: Grid) -> str:
    if len({column for _, column in grid.cells}) == 1:
        return "its cells are lines of text in one column"
    if len({row for row, _ in grid.cells}) == 1:
        return "it has one row only"
    return "no row of headings with rows of figures below it could be told"


def _whole(grid: Grid, source: Source, reason: str) -> Unfit:
    name = f"Sheet “{grid.sheet}”" if grid.sheet is not None else "The file"
    where = sheet_prefix(grid.sheet).rstrip("!") if grid.sheet is not None else ""
    return Unfit(
        source.document_id, source.path, grid.sheet, where, f"{name} holds no table: {reason}.", len(grid.cells)
    )


def _unfit(block: Block, source: Source, reason: str) -> Unfit:
    sheet = block.grid.sheet
    where = reference([(sheet, block.range)]) or ""
    texts = [cell.text for line in block.lines.values() for cell in line.values()]
    figures = any(read(text).value.number is not None for text in texts)
    words = frozenset(word for text in texts for word in keys(text)) if figures else frozenset[str]()
    told = f"The cells {where} are not read as a table: {reason}."
    return Unfit(source.document_id, source.path, sheet, where, told, block.count, words)
