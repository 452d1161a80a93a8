"""Cells of a sheet and how people name them: "B4", "B4:H9", "'Cap table'!B4:H9". Columns and rows are 1-based. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

LAST_COLUMN = 16_384  #: "XFD", the last that a spreadsheet has
LAST_ROW = 1_048_576
_PLAIN = re.compile(r"[^\W\d][\w.]*")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*(?:[Cc]\d*)?|[Cc]\d*|TRUE|FALSE", re.IGNORECASE)
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


class CellRange(NamedTuple):
    """A rectangle of cells; all four are 1-based and the last ones belong to it."""

    column: int
    row: int
    last_column: int
    last_row: int

    def joined(self, other: CellRange) -> CellRange:
        """Return the smallest range that holds both."""
        return CellRange(
            min(self.column, other.column),
            min(self.row, other.row),
            max(self.last_column, other.last_column),
            max(self.last_row, other.last_row),
        )

    def __str__(self) -> str:
        """Return the range as a spreadsheet writes it, such as "B4:H9", or "B4" for one cell."""
        first = f"{column_letters(self.column)}{self.row}"
        if self[:2] == self[2:]:
            return first
        return f"{first}:{column_letters(self.last_column)}{self.last_row}"


def column_letters(column: int) -> str:
    """Return the letters of a column (1-based): "A" for 1, "AA" for 27."""
    if column < 1:
        raise ValueError(f"not a column: {column}")
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the number (1-based) of the column that these letters name."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def cell_range(address: str) -> CellRange | None:
    """Return the range that an address such as "B4", "$B$4" or "B4:H9" names, or None when it names none."""
    first, _, last = address.partition(":")
    corners = [_ADDRESS.fullmatch(part) for part in (first, last or first)]
    if corners[0] is None or corners[1] is None:
        return None
    columns = sorted(column_number(corner[1]) for corner in corners if corner)
    rows = sorted(int(corner[2]) for corner in corners if corner)
    if rows[0] < 1 or rows[1] > LAST_ROW or columns[1] > LAST_COLUMN:
        return None
    return CellRange(columns[0], rows[0], columns[1], rows[1])


def sheet_prefix(sheet: str) -> str:
    """Return what stands before a range to name its sheet: "Sheet1!", quoted as a spreadsheet quotes it where it must be."""
    plain = _PLAIN.fullmatch(sheet) and not _LIKE_A_CELL.fullmatch(sheet)
    return f"{sheet}!" if plain else "'" + sheet.replace("'", "''") + "'!"


def reference(places: Iterable[tuple[str | None, CellRange]]) -> str | None:
    """Return the words for stretches of cells on sheets, in order, such as "'Cap table'!B4:H9"; None when there are none.

    Stretches of one sheet become the smallest range that holds them; several sheets are parted by commas. A sheet without a
    name (None), as in a CSV file, is its ranges alone.
    """
    sheets: dict[str | None, CellRange] = {}
    for sheet, cells in places:
        sheets[sheet] = sheets[sheet].joined(cells) if sheet in sheets else cells
    named = [f"{sheet_prefix(sheet) if sheet is not None else ''}{cells}" for sheet, cells in sheets.items()]
    return ",".join(named) or None
