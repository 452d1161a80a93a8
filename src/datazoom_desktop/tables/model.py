"""Tables found in sheets: their columns, rows and values, and what was amiss; every cell knows where it stands in the document's text."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from decimal import Decimal

from datazoom_desktop.kernel.cells import CellRange, reference
from datazoom_desktop.kernel.spans import Span


class Kind(enum.StrEnum):
    """What the cells of a column hold."""

    NUMBER = "number"  #: exact decimal numbers
    DATE = "date"
    TEXT = "text"


class RowKind(enum.StrEnum):
    """What a row of a table is; only ``DATA`` rows are counted and added up."""

    DATA = "data"
    TOTAL = "total"  #: a sum of rows above it
    SUMMARY = "summary"  #: a figure told below the total
    SECTION = "section"  #: a heading inside the table
    NOTE = "note"  #: a remark below the table


class Shape(enum.StrEnum):
    """How a table is laid out."""

    RECORDS = "records"  #: a row for each thing, a column for each of its properties
    STATEMENT = "statement"  #: a row for each item, a column for each period or case; its rows are not added up
    FIGURES = "figures"  #: a name and its value in each row, without headings


@dataclass(frozen=True, slots=True)
class Cell:
    """A filled cell: the text that it shows, and where that stands.

    Attributes:
        place: The cell, or the cells that were merged into one.
        text: As shown.
        span: Of ``text`` in the version's text.
        page: 1-based.
    """

    place: CellRange
    text: str
    span: Span
    page: int


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell's text means; at most one of ``number`` and ``date`` is there, neither for text and for nothing.

    Attributes:
        unit: "%", "x", a currency's code, or a word that stands behind the number, such as "months"; "" for none.
        date: The first day of what is written.
        last: Its last day: the same, unless only a month, quarter or year is written.
        empty: The text says that there is no value, such as "-" or "n/a".
    """

    number: Decimal | None = None
    unit: str = ""
    date: dt.date | None = None
    last: dt.date | None = None
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        position: Of the sheet, 1-based.
        heading: As the sheet has it, several lines joined by a space; "" where there is none.
        name: For SQL: lower case letters, digits and "_", unlike that of any other column of the table.
        unit: Of all its numbers: a currency's code, "%", or a word; "" where there is none or it is not known.
        mixed: Units that stand side by side in it, such as two currencies, so that it cannot be added up; else empty.
        decimals: Most digits behind the point of its numbers.
        cells: Of its heading, topmost first.
    """

    position: int
    heading: str
    name: str
    kind: Kind
    unit: str = ""
    mixed: tuple[str, ...] = ()
    decimals: int = 0
    cells: tuple[Cell, ...] = ()

    @property
    def title(self) -> str:
        """What a person calls it."""
        return self.heading or self.name


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells and what they mean, both by position of their column.

    Attributes:
        number: Of the sheet, 1-based.
        section: The heading inside the table that it stands under; "" for none.
        hidden: Whether the sheet hides it.
    """

    number: int
    kind: RowKind
    cells: dict[int, Cell]
    values: dict[int, Value]
    section: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was found.

    Attributes:
        path: Of the document.
        sheet: None in a file without sheets, such as a CSV file.
        name: For SQL, unlike that of any other table.
        title: What stands above it; "" for nothing.
        range: All its cells, headings and totals included.
        scale: By how much its figures are to be multiplied, as it says ("in thousands" is 1000).
        scale_words: Those words; "" for none.
        notes: What a reader of its figures should know, in sentences.
    """

    document_id: str
    version_id: str
    path: str
    sheet: str | None
    name: str
    title: str
    shape: Shape
    range: CellRange
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    scale: Decimal = Decimal(1)
    scale_words: str = ""
    notes: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The range as a spreadsheet names it, such as "'Cap table'!B4:H9"."""
        return reference([(self.sheet, self.range)]) or ""

    @property
    def data(self) -> list[Row]:
        """The rows that are counted and added up."""
        return [row for row in self.rows if row.kind is RowKind.DATA]

    @property
    def label(self) -> Column | None:
        """The column that names what a row is about: the first one of text that is filled in nearly every row."""
        rows = self.data or self.rows
        for column in self.columns:
            if column.kind is Kind.TEXT and sum(column.position in row.cells for row in rows) * 10 >= len(rows) * 8:
                return column
        return None

    def column(self, name: str) -> Column:
        """Return the column that SQL calls ``name``.

        Raises:
            KeyError: There is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Unfit:
    """Cells of a sheet that are no table, or of which that cannot be told, and why.

    Attributes:
        where: The range of cells, or the sheet's name alone when it is about the whole sheet.
        reason: A sentence for a lawyer.
        cells: How many filled cells it is about.
        words: The forms of its words where it holds figures, so that a question about them can be told why there is no answer.
    """

    document_id: str
    path: str
    sheet: str | None
    where: str
    reason: str
    cells: int = 0
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: its filled cells by (row, column), both 1-based, of their first cell where several were merged.

    Attributes:
        hidden_sheet: Whether the workbook hides the sheet.
        sums: Cells that hold a formula which adds up cells above them.
    """

    sheet: str | None
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    sums: set[tuple[int, int]] = field(default_factory=set)
    hidden_sheet: bool = False
