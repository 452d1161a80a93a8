"""Numbers as a spreadsheet shows them: dates, currencies, percentages, as far as the number format tells. Pure."""

from __future__ import annotations

import functools
import re
from datetime import datetime, time, timedelta

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import from_excel

_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]|\"([^\"]*)\"|([$\u20ac\u00a3\u00a5])")
_SYMBOL = re.compile("[$\u20ac\u00a3\u00a5\u20b9\u20bd]|\\b(?:USD|EUR|GBP|CHF|CAD|AUD|JPY)\\b")
_DECIMALS = re.compile(r"[0#?]\.([0#?]+)")
_NOT_DIGITS = re.compile(r"\[[^\]]*\]|\"[^\"]*\"|\\.|_.|\*.")
_PLAIN_DIGITS = 12  #: significant digits shown of a number without a format


def shown(value: float, code: str, epoch: datetime) -> str:
    """Return a cell's number as its format code shows it; dates in ISO form.

    Args:
        value: The number as stored.
        code: The number format, such as ``#,##0.00`` or ``m/d/yy``; "General" for none.
        epoch: Day 0 of the workbook's calendar.
    """
    if _is_date(code):
        moment = _moment(value, code, epoch)
        if moment:
            return moment
    section = code.split(";", maxsplit=1)[0]
    bare = _NOT_DIGITS.sub("", section)
    if code.lower() in ("general", "@", "") or not any(c in bare for c in "0#?") or "E+" in bare or "/" in bare:
        return plain(value)
    percent = "%" in bare
    decimals = _DECIMALS.search(bare)
    places = len(decimals.group(1)) if decimals else 0
    scaled = value * 100 if percent else value
    thousands = "," in bare
    digits = f"{abs(scaled):{',' if thousands else ''}.{places}f}"
    if decimals and "0" not in decimals.group(1):
        digits = digits.rstrip("0").rstrip(".")
    symbol = next(
        (
            s.group()
            for found in _CURRENCY.finditer(section)
            if (s := _SYMBOL.search("".join(filter(None, found.groups()))))
        ),
        "",
    )
    text = f"{symbol}{' ' if len(symbol) > 1 else ''}{digits}{'%' if percent else ''}"
    return f"-{text}" if scaled < 0 and any(c in "123456789" for c in digits) else text


_is_date = functools.lru_cache(maxsize=1_000)(is_date_format)


def plain(value: float) -> str:
    """Return a number without a format: whole numbers without a point, others to twelve digits."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.{_PLAIN_DIGITS}g}"


def _moment(value: float, code: str, epoch: datetime) -> str:
    try:
        moment = from_excel(value, epoch)
    except (ValueError, OverflowError, TypeError):
        return ""
    if isinstance(moment, datetime):
        clock = "h" in code.lower() and (moment.hour or moment.minute or moment.second)
        return moment.strftime("%Y-%m-%d %H:%M" if clock else "%Y-%m-%d")
    if isinstance(moment, time):
        return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    return str(moment) if isinstance(moment, timedelta) else ""
