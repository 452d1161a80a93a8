"""Numbers as a spreadsheet shows them."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from datazoom_desktop.intake.readers.numbers import shown

ACCOUNTING = '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (5000000, "General", "5000000"),
        (0.1 + 0.2, "General", "0.3"),
        (1234567.891, "#,##0", "1,234,568"),
        (1.005, "0.00", "1.01"),
        (2.5, "0", "3"),
        (-0.001, "0.00", "0.00"),
        (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"),
        (-1234.5, "#,##0.00", "-1,234.50"),
        (1234.5, ACCOUNTING, "$1,234.50"),
        (-1234.5, ACCOUNTING, "$(1,234.50)"),
        (0, ACCOUNTING, "$-"),
        (0.3, "0%", "30%"),
        (0.12345, "0.0%", "12.3%"),
        (99.5, "[$€-407] #,##0.00", "€ 99.50"),
        (1000, '"USD" #,##0', "USD 1,000"),
        (1234, "#,##0 [$GBP]", "1,234 GBP"),
        (1234567, "#,##0,", "1,235"),
        (1234567890, '$#,##0.0,,"M"', "$1,234.6M"),
        (0.5, "0.##", "0.5"),
        (0.5, "#.00", ".50"),
        (12, "0.00E+00", "1.20E+01"),
        (0.00123, "0.00E+00", "1.23E-03"),
        (1.5, "# ?/?", "1 1/2"),
        (0.375, "# ?/8", "3/8"),
        (123456789, "000-00-0000", "123-45-6789"),
        (12.3, '0.0"x"', "12.3x"),
        (5, "[<10]0.0;[>=10]0", "5.0"),
        (15, "[<10]0.0;[>=10]0", "15"),
        (-5, "#,##0;[Red]-#,##0", "-5"),
        (7, ";;;", "[Hidden: 7]"),
        (0, ";;;", ""),
        (0, "#,##0;-#,##0;", ""),
        (12, 'General" units"', "12 units"),
        (3, "@", "3"),
        (1e20, "#,##0", "100,000,000,000,000,000,000"),
    ],
)
def test_numbers_are_shown_as_their_format_says(value: float, code: str, text: str) -> None:
    assert shown(value, code, CALENDAR_WINDOWS_1900) == text


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (45352, "m/d/yy", "2024-03-01"),
        (45352, "dd/mm/yyyy", "2024-03-01"),
        (45352.5, "yyyy-mm-dd hh:mm", "2024-03-01 12:00"),
        (45352, "d mmm yyyy", "1 Mar 2024"),
        (45352, "mmm-yy", "Mar-24"),
        (45352, "[$-409]mmmm d, yyyy;@", "March 1, 2024"),
        (45352, "[$-407]d. mmmm yyyy", "2024-03-01"),
        (45352, "yyyy", "2024"),
        (0.604166, "h:mm AM/PM", "2:29 PM"),
        (1.5, "[h]:mm", "36:00"),
        (0, "d mmm yyyy", "0"),
        (-1, "m/d/yy", "-1"),
        (1e9, "m/d/yy", "1000000000"),
    ],
)
def test_dates_are_shown_so_that_they_can_be_read_in_one_way_only(value: float, code: str, text: str) -> None:
    assert shown(value, code, CALENDAR_WINDOWS_1900) == text


def test_the_calendar_of_1904_counts_from_there() -> None:
    assert shown(45352 - 1462, "d mmm yyyy", CALENDAR_MAC_1904) == "1 Mar 2024"
    assert shown(0, "yyyy-mm-dd", CALENDAR_MAC_1904) == "1904-01-01"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.floats(), st.text('#0?,.%E+-/@;[]"\\_*<>=$ ymdhs()General€AM', max_size=30))
def test_no_format_and_no_number_is_too_odd(value: float, code: str) -> None:
    text = shown(value, code, datetime(1899, 12, 30))  # noqa: DTZ001 - a spreadsheet's calendar has no zone
    assert len(text) < 500
