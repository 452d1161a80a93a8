"""Dates as documents give them: a day, or only a month, a quarter or a year; and ranges of them. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
import enum
import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"(\d{4})(?:-(?:(\d{1,2})(?:-(\d{1,2}))?|[Qq]([1-4])))?")


class Precision(enum.StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class LooseDate:
    """A date and how much of it is known; ordered by its first day, then by its last.

    Attributes:
        first: The first day it can mean.
        last: The last day it can mean; the same as ``first`` for a day.
    """

    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, year: int, month: int | None = None, day: int | None = None) -> LooseDate:
        """Return a year, a month of a year (1 to 12) or a day.

        Raises:
            ValueError: There is no such date.
        """
        if month is None:
            return cls(dt.date(year, 1, 1), dt.date(year, 12, 31))
        if day is None:
            return cls._months(year, month, month)
        return cls(dt.date(year, month, day), dt.date(year, month, day))

    @classmethod
    def quarter(cls, year: int, quarter: int) -> LooseDate:
        """Return a quarter (1 to 4) of a calendar year.

        Raises:
            ValueError: There is no such quarter.
        """
        return cls._months(year, 3 * quarter - 2, 3 * quarter)

    @classmethod
    def parse(cls, text: str) -> LooseDate | None:
        """Return the date written "2024", "2024-03", "2024-Q1" or "2024-03-31", or None when it is none of these."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            return None
        year, month, day, quarter = (int(part) if part else None for part in found.groups())
        assert year is not None
        try:
            return cls.of(year, month, day) if quarter is None else cls.quarter(year, quarter)
        except ValueError:
            return None

    @property
    def precision(self) -> Precision:
        """Return how much of the date is known."""
        months = (self.last.month - self.first.month) + 1
        if self.first == self.last:
            return Precision.DAY
        return {1: Precision.MONTH, 3: Precision.QUARTER}.get(months, Precision.YEAR)

    def shifted(self, by: int) -> LooseDate | None:
        """Return the date of the same precision ``by`` days, months, quarters or years later; None beyond the calendar."""
        try:
            if self.precision is Precision.DAY:
                return LooseDate(self.first + dt.timedelta(by), self.last + dt.timedelta(by))
            width = (self.last.month - self.first.month) + 1
            years, month = divmod(self.first.month - 1 + by * width, 12)
            return self._months(self.first.year + years, month + 1, month + width)
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        """Return the date as ``parse`` reads it."""
        year = f"{self.first.year:04d}"
        match self.precision:
            case Precision.YEAR:
                return year
            case Precision.QUARTER:
                return f"{year}-Q{(self.first.month + 2) // 3}"
            case Precision.MONTH:
                return f"{year}-{self.first.month:02d}"
            case Precision.DAY:
                return self.first.isoformat()

    @classmethod
    def _months(cls, year: int, first: int, last: int) -> LooseDate:
        if not 1 <= first <= last <= 12:
            raise ValueError(f"no such month: {first} to {last}")
        return cls(dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1]))


@dataclass(frozen=True, slots=True)
class DateRange:
    """From one date to another, both included; an end that is None is open."""

    low: LooseDate | None
    high: LooseDate | None

    def holds(self, date: LooseDate) -> bool:
        """Return whether every day that ``date`` can mean lies in the range."""
        return (self.low is None or date.first >= self.low.first) and (self.high is None or date.last <= self.high.last)

    def __str__(self) -> str:
        """Return the range as it is written in a search: "2024", "2024..2025", ">=2024" or "<=2025-Q1"."""
        if self.low is None or self.high is None:
            return f">={self.low}" if self.low is not None else f"<={self.high}" if self.high is not None else ".."
        return str(self.low) if self.low == self.high else f"{self.low}..{self.high}"
