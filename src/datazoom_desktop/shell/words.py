"""Numbers, sizes and moments in the user's words: separators, month in letters, relative when recent."""

from __future__ import annotations

import datetime as dt
import re

from PySide6.QtCore import QDate, QLocale


def locale() -> QLocale:
    """Return the user's locale; English where the system names none."""
    system = QLocale()
    return QLocale(QLocale.Language.English) if system.language() == QLocale.Language.C else system


def number(value: int) -> str:
    """Return a whole number with the locale's separators."""
    return locale().toString(value)


def count(value: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun, such as "1 page" or "1,912 pages"; ``many`` defaults to ``one`` with an s."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def size(value: int) -> str:
    """Return a number of bytes as a person reads it, such as "1.4 MB"."""
    return locale().formattedDataSize(value, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def date(day: dt.date) -> str:
    """Return a day in the locale's long form, without the day of the week, such as "23 November 2026"."""
    here = locale()
    form = re.sub(r"[,،]?\s*dddd?[,،]?\s*(de\s+)?", "", here.dateFormat(QLocale.FormatType.LongFormat)).strip(" ,")
    return here.toString(QDate(day.year, day.month, day.day), form)


def moment(when: dt.datetime, now: dt.datetime) -> str:
    """Return a moment in the user's own time zone, relative within the last day: "5 minutes ago", "yesterday", or the date.

    Raises:
        ValueError: a moment has no zone.
    """
    if when.tzinfo is None or now.tzinfo is None:
        raise ValueError("a moment without a time zone is ambiguous")
    passed = (now - when).total_seconds()
    if 0 <= passed < 60:
        return "just now"
    if 0 <= passed < 3600:
        return f"{count(int(passed // 60), 'minute')} ago"
    here, today = when.astimezone(), now.astimezone().date()
    if here.date() == today:
        return f"today {here:%H:%M}"
    if here.date() == today - dt.timedelta(days=1):
        return f"yesterday {here:%H:%M}"
    return date(here.date())


def duration(seconds: float) -> str:
    """Return how long something will take, roundly: "less than a minute", "2 min", "1 h 20 min"."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    return f"{number(minutes)} min" if not hours else f"{number(hours)} h {rest} min" if rest else f"{number(hours)} h"
