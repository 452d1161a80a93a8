"""What the columns of a table hold: numbers with a unit, dates or text; decided for a whole column, never for a cell alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from datazoom_desktop.search.words import words
from datazoom_desktop.tables.headings import currency
from datazoom_desktop.tables.model import Cell, Kind, Value
from datazoom_desktop.tables.values import CODES, Read, Style, read

ENOUGH = 0.6  #: share of a column's filled cells that must be numbers, or dates, for it to be a column of them
_MOST_TOLD = 3  #: cells named in a note
_MOST_DIGITS = 26  #: before the point, and
_MOST_DECIMALS = 10  #: behind it, that are kept
_IDENTIFIES = frozenset(
    {"id", "no", "number", "nr", "code", "zip", "postcode", "phone", "telephone", "fax", "ref", "reference", "#"}
)
_WORDS_OF_SQL = """
    all and any as asc between by case cast column create desc distinct else end from full group having in inner into is join left
    like limit not null offset on or order outer right select set table then to union unique using values when where with
"""
_RESERVED = frozenset(_WORDS_OF_SQL.split())


class Held(NamedTuple):
    """What a column holds; ``values`` by row, ``notes`` as sentences; the rest as in ``Column``."""

    kind: Kind
    unit: str
    mixed: tuple[str, ...]
    decimals: int
    values: dict[int, Value]
    notes: list[str]


def held(cells: dict[int, Cell], heading: str, name: str, commas: bool | None) -> Held:
    """Return what a column's cells hold.

    Args:
        cells: By row.
        heading: The column's.
        name: What to call the column in a note.
        commas: Whether commas mark decimals in this table; None where nothing tells.
    """
    reads = {row: read(cell.text) for row, cell in cells.items()}
    filled = {row: one for row, one in reads.items() if not one.value.empty}
    numbers = {row for row, one in filled.items() if one.value.number is not None}
    days = {row for row, one in filled.items() if one.value.date is not None}
    nothing = {row: one.value for row, one in reads.items() if one.value.empty}
    text = Held(Kind.TEXT, "", (), 0, nothing, [])
    if nothing and not filled:
        return Held(Kind.NUMBER, "%" if "%" in heading else currency(heading), (), 0, nothing, [])
    if not filled or max(len(numbers), len(days)) < ENOUGH * len(filled):
        return text
    if len(days) > len(numbers):
        return _dates(cells, filled, days, name, text)
    if _identifies(heading):
        return text
    if commas is None and all(reads[row].style is Style.EITHER and "." in cells[row].text for row in numbers):
        first = cells[min(numbers)].text
        return text._replace(
            notes=[f"{name} is left as text: “{first}” can be read with the point as decimal mark or not."]
        )
    values = {row: _number(filled[row], commas) for row in numbers}
    if any(abs(v.number or 0) >= 10**_MOST_DIGITS for v in values.values()):
        return text._replace(notes=[f"{name} is left as text: its numbers are too long to be amounts."])
    named = {value.unit for value in values.values() if value.unit}
    bare = any(value.number and not value.unit for value in values.values())
    mixed = tuple(sorted(named)) if len(named) > 1 else ()
    unit = "" if mixed else next(iter(named), "") or ("%" if "%" in heading else currency(heading))
    if unit and unit not in CODES and named and bare:
        unit, mixed = "", (unit, "numbers without it")
    decimals = max((filled[row].decimals[bool(commas)] for row in numbers), default=0)
    notes = _others(cells, filled, numbers, name, "a number")
    if mixed:
        notes.append(f"{name} holds {' and '.join(mixed)} side by side and is not added up.")
    return Held(Kind.NUMBER, unit, mixed, min(decimals, _MOST_DECIMALS), values | nothing, notes)


def _dates(cells: dict[int, Cell], filled: dict[int, Read], days: set[int], name: str, text: Held) -> Held:
    reads = {row: read(cells[row].text) for row in days}
    doubtful = [row for row, one in reads.items() if one.other is not None]
    sure = [row for row, one in reads.items() if one.other is None]
    if doubtful:
        # figures such as 03/04/2024: a day beyond 12 elsewhere in the column tells which comes first
        orders = {_day_first(cells[row].text) for row in sure} - {None}
        if len(orders) != 1:
            first = cells[min(doubtful)].text
            return text._replace(
                notes=[f"{name} is left as text: “{first}” can be read with the day or the month first."]
            )
        if orders == {True}:
            swapped = {row: reads[row].other for row in doubtful}
            values = {row: Value(date=d.first, last=d.last) for row, d in swapped.items() if d is not None}
            values |= {row: reads[row].value for row in sure}
        else:
            values = {row: one.value for row, one in reads.items()}
    else:
        values = {row: one.value for row, one in reads.items()}
    return Held(Kind.DATE, "", (), 0, values | text.values, _others(cells, filled, days, name, "a date"))


def _day_first(text: str) -> bool | None:
    """Return whether a date in figures has its day first; None where it is not in figures or does not tell."""
    found = re.fullmatch(r"\s*(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}\s*", text)
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    return True if first > 12 else False if second > 12 else None


def _others(cells: dict[int, Cell], filled: Iterable[int], fitting: set[int], name: str, what: str) -> list[str]:
    """Return a note about cells that do not hold what their column holds."""
    odd = [cells[row] for row in sorted(filled) if row not in fitting]
    if not odd:
        return []
    told = ", ".join(f"{cell.place} (“{_short(cell.text)}”)" for cell in odd[:_MOST_TOLD])
    more = f" and {len(odd) - _MOST_TOLD:,} more" if len(odd) > _MOST_TOLD else ""
    verb = "is" if len(odd) == 1 else "are"
    return [f"{name}: {told}{more} {verb} not {what} and left out."]


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:28].rstrip() + "…"


def _number(one: Read, commas: bool | None) -> Value:
    if not commas and one.decimals[0] <= _MOST_DECIMALS:
        return one.value
    chosen = one.comma if commas and one.comma is not None else one.value.number
    assert chosen is not None
    return Value(
        round(chosen, _MOST_DECIMALS) if one.decimals[bool(commas)] > _MOST_DECIMALS else chosen, one.value.unit
    )


def _identifies(heading: str) -> bool:
    """Return whether a column's numbers only name things, such as certificate numbers: "Number of shares" does not."""
    said = words(heading) or [heading.strip()]
    if not said or said[-1] not in _IDENTIFIES:
        return False
    return "of" not in said


def decimal_comma(cells: Iterable[Cell]) -> bool | None:
    """Return whether commas mark decimals in these cells; None where none tells, or they disagree."""
    styles = {read(cell.text).style for cell in cells if "," in cell.text or "." in cell.text}
    point, comma = Style.POINT in styles, Style.COMMA in styles
    return comma if point != comma else None


def names(headings: Sequence[str]) -> list[str]:
    """Return a name for SQL for each heading, all different; "item" for a first column without one, else "column_N"."""
    taken: set[str] = set()
    out: list[str] = []
    for number, heading in enumerate(headings, 1):
        plain = slug(heading) or ("item" if number == 1 else f"column_{number}")
        name, more = plain, 2
        while name in taken:
            name, more = f"{plain}_{more}", more + 1
        taken.add(name)
        out.append(name)
    return out


def slug(text: str) -> str:
    """Return a text as a name for SQL: lower case letters, digits and "_"; may be empty."""
    plain = re.sub(r"[^a-z0-9]+", "_", " ".join(words(text.replace("%", " percent ").replace("#", " number ")))).strip(
        "_"
    )[:48]
    if not plain:
        return ""
    return f"n_{plain}" if plain[0].isdigit() or plain in _RESERVED else plain
