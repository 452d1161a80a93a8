"""Which rows of a block are its title and its headings, and which words mean a period or a unit. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from datazoom_desktop.kernel.dates import LooseDate
from datazoom_desktop.search.words import stem, words
from datazoom_desktop.search.written_dates import dates
from datazoom_desktop.tables.blocks import Block
from datazoom_desktop.tables.model import Cell, Kind
from datazoom_desktop.tables.values import CODES, read

LONGEST_HEADING = 80  #: characters
_MOST_LINES = 4  #: rows of headings
_YEAR = re.compile(r"(?:FY|CY)?\s?['’]?((?:19|20)\d\d|\d\d)\s?[AEFBP]?", re.IGNORECASE)
_PLAIN_YEAR = re.compile(r"(?:19|20)\d\d")
_FOOTNOTE = re.compile(r"(?:\s*(?:\[\d{1,2}\]|\([a-z]\)|[*†‡]+))+$")
_UNIT_ROW = re.compile(
    r"\(?(?:in\s+)?(?:[A-Z]{3}|US\$|[$€£¥%#x]|000s?|[$€£]?\s?'?000s?|thousands?|millions?|billions?|units?|shares|months|days|years)+\)?"
    r"(?:\s(?:thousands?|millions?|000s?))?",
    re.IGNORECASE,
)
_SCALES = (
    (Decimal(1_000), re.compile(r"\b(?:in|as)\s+(?:[\w$€£.]+\s+){0,3}?(thousands|000['’]?s?)\b|[$€£]\s?['’]?000s?\b|\b(?:US\$|[A-Z]{3})\s?['’]?000s?\b|\bthousands\s+of\b|\b(?:US\$|USD|EUR|GBP|[$€£])\s?k\b", re.IGNORECASE)),
    (Decimal(1_000_000), re.compile(r"\b(?:in|as)\s+(?:[\w$€£.]+\s+){0,3}?millions?\b|\bmillions\s+of\b|[$€£]\s?(?:m|mm|mn)\b|\b(?:USD|EUR|GBP)\s?(?:m|mm|mn)\b", re.IGNORECASE)),
    (Decimal(1_000_000_000), re.compile(r"\b(?:in|as)\s+(?:[\w$€£.]+\s+){0,3}?billions?\b|\bbillions\s+of\b", re.IGNORECASE)),
)  # fmt: skip
_CURRENCY_NAMES = (
    (re.compile(r"US\$|\bUSD\b|\bU\.?S\.?\s+dollars?\b", re.IGNORECASE), "USD"),
    (re.compile(r"€|\bEUR\b|\beuros?\b", re.IGNORECASE), "EUR"),
    (re.compile(r"£|\bGBP\b|\bpounds?\s+sterling\b", re.IGNORECASE), "GBP"),
    (re.compile(r"\$"), "USD"),
)
_KNOWN = """
    name names date dates type types kind kinds status title titles number no id description descriptions holder holders owner owners
    shareholder stockholder investor investors party parties customer customers client clients supplier suppliers vendor vendors
    counterparty country countries state address email phone contact department role position employee employees security series
    class document documents category comment comments note notes remark remarks reference region city location industry sector
    company entity entities item items project product products contract contracts agreement agreements term terms responsible
    assignee priority jurisdiction law licence license licenses owner code currency expiry start end signed question answer
    file folder bank director officer property tenant landlord lender borrower grantee optionholder member organization result
"""
KNOWN_HEADINGS = frozenset(stem(word) for word in _KNOWN.split())
"""Stems of words that head columns of text; a table of nothing but text needs one to be told from prose."""
_FIGURES = """
    amount amounts shares units price value quantity fee fees revenue cost costs balance rent salary options granted outstanding
    exercised percent total sum mrr arr number rate payment principal
"""
FIGURE_HEADINGS = frozenset(stem(word) for word in _FIGURES.split())
"""Stems of words that head columns of figures."""


class Layout(NamedTuple):
    """Where things stand in a block; rows of the sheet, 1-based."""

    titles: list[int]
    headings: list[int]
    body: list[int]


def layout(block: Block) -> Layout | str:
    """Return where a block's title, headings and body stand, or why that cannot be told, as the end of a sentence."""
    rows = block.rows
    start = 0
    while start < len(rows) - 1 and _is_title(block, rows[start]):
        start += 1
    titles, rest = rows[:start], rows[start:]
    if len(rest) < 2:
        return "it has one row only" if titles or len(rows) == 1 else "it has no rows below its headings"
    many = 0
    while many < min(_MOST_LINES, len(rest)) and is_heading(block.lines[rest[many]]):
        many += 1
    if not many:
        return f"no row of headings stands above its figures: row {rest[0]:,} already holds some"
    count = 1
    while count < min(many, len(rest) - 1) and _goes_on(block, rest[count - 1], rest[count]):
        count += 1
    above = [row for row in rest[: count - 1] if _over_all(block, row, rest[count - 1])]
    return Layout([*titles, *above], [row for row in rest[:count] if row not in above], rest[count:])


def _over_all(block: Block, row: int, last: int) -> bool:
    """Return whether a row of headings stands over all columns: it has one text beside its first, which is not merged over some."""
    first = block.columns[0]
    beside = [cell for column, cell in block.lines[row].items() if column != first]
    under = [column for column in block.lines[last] if column != first]
    return len(beside) == 1 and len(under) > 2 and beside[0].place.last_column == beside[0].place.column


def _is_title(block: Block, row: int) -> bool:
    """Return whether a row is a line above the table: a single text at its left edge, or merged over several columns."""
    line = block.lines[row]
    if len(line) != 1:
        return False
    ((column, cell),) = line.items()
    if column == block.columns[0] or cell.place.last_column > cell.place.column:
        return read(cell.text).value.number is None
    return len(block.columns) > 2


def is_heading(line: dict[int, Cell]) -> bool:
    """Return whether a row holds nothing but short texts, dates, and years that follow each other."""
    years = []
    for cell in line.values():
        value = read(cell.text).value
        text = cell.text.strip()
        if value.empty or len(text) > LONGEST_HEADING:
            return False
        if _PLAIN_YEAR.fullmatch(text):
            years.append(int(text))
        elif value.number is not None:
            return False
    steps = {after - before for before, after in itertools.pairwise(years)}
    return steps <= {0, 1} or steps <= {0, -1}


def _goes_on(block: Block, row: int, below: int) -> bool:
    """Return whether the row below is a second line of headings: of units, or beneath headings that stand over several columns."""
    line, under = block.lines[row], block.lines[below]
    texts = [cell.text.strip() for cell in under.values()]
    if len(texts) > 1 and all(_UNIT_ROW.fullmatch(text) for text in texts):
        return True
    wide = any(c.place.last_column > c.place.column and c.place.last_row == c.place.row for c in line.values())
    if wide:
        return True
    first = block.columns[0]
    over = {column for column in line if column != first}
    beneath = {column for column in under if column != first}
    periods = sum(period(under[column].text) is not None for column in beneath)
    return bool(over) and over < beneath and (first not in under or periods * 2 > len(beneath))


def heading_cells(block: Block, rows: list[int], column: int) -> list[Cell]:
    """Return the cells that head a column, topmost first; one that stands over several columns heads each of them."""
    found: list[Cell] = []
    for number, row in enumerate(rows):
        line = block.lines.get(row, {})
        cell = line.get(column)
        if cell is None:
            over = [c for c in line.values() if c.place.column <= column <= c.place.last_column]
            left = max((c for c in line if c < column), default=None)
            lasts = number == len(rows) - 1
            if over:
                cell = over[0]
            elif (
                not lasts and left is not None and left != block.columns[0] and column in block.lines.get(rows[-1], {})
            ):
                cell = line[left]
        if cell is not None and cell not in found:
            found.append(cell)
    return found


def plain(cells: Iterable[Cell]) -> str:
    """Return the words of a heading, its lines joined, without the marks of footnotes."""
    return " ".join(filter(None, (_FOOTNOTE.sub("", " ".join(cell.text.split())) for cell in cells)))


def heads(texts: Iterable[str]) -> bool:
    """Return whether one of these texts has a word that heads columns."""
    stems = {stem(word) for text in texts for word in words(text)}
    return not stems.isdisjoint(KNOWN_HEADINGS | FIGURE_HEADINGS)


def is_table_of_text(block: Block, place: Layout) -> bool:
    """Return whether a block without figures and dates has a first row that can only be headings."""
    line = block.lines[place.headings[-1]]
    texts = [cell.text.strip() for cell in line.values()]
    if len(texts) < 2 or len(texts) < len(block.columns) or len({t.casefold() for t in texts}) < len(texts):
        return False
    below = {cell.text.strip().casefold() for row in place.body for cell in block.lines[row].values()}
    if any(len(text) > 40 or text.endswith((".", ";")) or text.casefold() in below for text in texts):
        return False
    return any(stem(word) in KNOWN_HEADINGS for text in texts for word in words(text))


def fits(kind: Kind, text: str) -> bool:
    """Return whether ``text`` can head a column of that kind: a date heads no column of dates, a year no column of years."""
    return not (kind is Kind.DATE and read(text).value.date is not None)


def period(text: str) -> LooseDate | None:
    """Return the time that a heading such as "FY2024", "2024E", "Q1 2024" or "Dec 31, 2024" names, None when it names none."""
    text = text.strip()
    year = _YEAR.fullmatch(text)
    if year is not None and (len(year[1]) == 4 or not text[0].isdigit()):
        return LooseDate.of(int(year[1]) + (0 if len(year[1]) == 4 else 2000))
    value = read(text).value
    if value.date is not None and value.last is not None:
        return LooseDate(value.date, value.last)
    found = dates(text)
    return found[-1].date if len(found) == 1 else None


def scale(text: str) -> tuple[Decimal, str]:
    """Return by how much figures are to be multiplied as ``text`` says, such as (1000, "in thousands"); (1, "") when it does not."""
    for factor, pattern in _SCALES:
        if (found := pattern.search(text)) is not None:
            said = " ".join(found[0].split())
            return factor, f"in{said[2:]}" if said.startswith("In ") else said
    return Decimal(1), ""


def currency(text: str) -> str:
    """Return the code of the currency that a heading or title names; "" for none or several."""
    found = {code for pattern, code in _CURRENCY_NAMES if pattern.search(text)}
    found |= {word for word in re.findall(r"\b[A-Z]{3}\b", text) if word in CODES}
    return next(iter(found)) if len(found) == 1 else ""
