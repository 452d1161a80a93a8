"""A question to one table, in parts, as it is turned into SQL by ``store.sql``. Pure."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from decimal import Decimal

from datazoom_desktop.tables.model import Column, Table

Plain = str | Decimal | dt.date


class Op(enum.StrEnum):
    """What is asked of the rows that pass the filters."""

    ROWS = "rows"  #: the columns shown, row by row
    COUNT = "count"  #: how many rows; with a column, how many different values it has
    SUM = "sum"
    AVERAGE = "average"  #: told as sum and number, so that nothing is rounded on the way
    MOST = "most"  #: the rows with the highest values of the column
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a column: ``sign`` is one of = <> < <= > >=; of several values any may be met (all, for <>)."""

    column: Column
    sign: str
    values: tuple[Plain, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a table.

    Attributes:
        target: The column that is added up, ordered by or looked up; None where rows are counted.
        shown: Columns of the result for rows; the first names the row.
        rows: Numbers of the only rows asked for, where filters cannot say it; else empty.
        by: The column whose values the rows are grouped by.
        number: How many rows of ``MOST`` and ``LEAST``, ties included.
        rising: Whether groups stand with the lowest first; else the highest.
        every: Whether rows that are sums are looked at too: only where single rows are looked up.
    """

    table: Table
    op: Op
    target: Column | None = None
    shown: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    rows: tuple[int, ...] = ()
    by: Column | None = None
    number: int = 1
    every: bool = False
    rising: bool = False
