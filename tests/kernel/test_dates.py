"""Dates with how much of them is known, and ranges of them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.kernel.dates import DateRange, LooseDate, Precision

YEARS = st.integers(1, 9999)
LOOSE = st.one_of(
    st.builds(LooseDate.of, YEARS),
    st.builds(LooseDate.of, YEARS, st.integers(1, 12)),
    st.builds(LooseDate.quarter, YEARS, st.integers(1, 4)),
    st.dates().map(lambda day: LooseDate(day, day)),
)


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2024", "2024-01-01", "2024-12-31", Precision.YEAR),
        ("2024-02", "2024-02-01", "2024-02-29", Precision.MONTH),
        ("2023-Q4", "2023-10-01", "2023-12-31", Precision.QUARTER),
        ("2023-q1", "2023-01-01", "2023-03-31", Precision.QUARTER),
        ("2024-2-9", "2024-02-09", "2024-02-09", Precision.DAY),
    ],
)
def test_a_written_date_is_the_days_it_can_mean(text: str, first: str, last: str, precision: Precision) -> None:
    date = LooseDate.parse(text)
    assert date == LooseDate(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    assert date.precision is precision


@pytest.mark.parametrize("text", ["", "2024-13", "2024-02-30", "24", "0000", "2024-Q5", "yesterday", "2024-03-31T00"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert LooseDate.parse(text) is None


@given(LOOSE)
def test_a_date_is_read_as_it_is_printed(date: LooseDate) -> None:
    assert LooseDate.parse(str(date)) == date


@given(LOOSE, st.integers(-400, 400))
def test_shifting_there_and_back_changes_nothing(date: LooseDate, by: int) -> None:
    there = date.shifted(by)
    if there is not None:
        assert there.precision is date.precision
        assert there.shifted(-by) == date


def test_neighbours_share_no_day() -> None:
    for text, after in [("2024", "2025"), ("2024-12", "2025-01"), ("2024-Q4", "2025-Q1"), ("2024-02-29", "2024-03-01")]:
        date = LooseDate.parse(text)
        assert date is not None
        assert date.shifted(1) == LooseDate.parse(after)
    assert LooseDate.of(9999).shifted(1) is None


@pytest.mark.parametrize(
    ("low", "high", "inside", "outside"),
    [
        ("2024", "2024", ["2024", "2024-Q1", "2024-12-31"], ["2023-12-31", "2025"]),
        ("2024-06", None, ["2024-06-01", "2030"], ["2024", "2024-Q2"]),
        (None, "2024-06", ["2024-06-30", "1999"], ["2024-Q3", "2024"]),
    ],
)
def test_a_range_holds_dates_all_of_whose_days_lie_in_it(
    low: str | None, high: str | None, inside: list[str], outside: list[str]
) -> None:
    wanted = DateRange(LooseDate.parse(low or ""), LooseDate.parse(high or ""))
    for text, expected in [*((text, True) for text in inside), *((text, False) for text in outside)]:
        date = LooseDate.parse(text)
        assert date is not None
        assert wanted.holds(date) is expected, text


def test_a_range_is_printed_as_it_is_searched_for() -> None:
    year = LooseDate.of(2024)
    assert [str(DateRange(low, high)) for low, high in [(year, year), (year, None), (None, year)]] == [
        "2024",
        ">=2024",
        "<=2024",
    ]
    assert str(DateRange(year, LooseDate.of(2025, 3))) == "2024..2025-03"
