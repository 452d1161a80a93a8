"""Dates in text."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.search.written_dates import dates, parse_date


def found(text: str) -> list[tuple[str, str]]:
    return [(text[m.span.start : m.span.end], str(m.date)) for m in dates(text)]


@pytest.mark.parametrize(
    ("text", "words", "date"),
    [
        ("on December 31, 2028 at noon", "December 31, 2028", "2028-12-31"),
        ("on 31 December 2028", "31 December 2028", "2028-12-31"),
        ("this 31st day of December, 2028", "31st day of December, 2028", "2028-12-31"),
        ("Dec. 31, 2028", "Dec. 31, 2028", "2028-12-31"),
        ("by May 1,\n2024", "May 1,\n2024", "2024-05-01"),
        ("12/31/2028", "12/31/2028", "2028-12-31"),
        ("31.12.2028", "31.12.2028", "2028-12-31"),
        ("1.2.2024", "1.2.2024", "2024-02-01"),
        ("2028-12-31", "2028-12-31", "2028-12-31"),
        ("as of 2020/01/05", "2020/01/05", "2020-01-05"),
        ("12-Mar-2024", "12-Mar-2024", "2024-03-12"),
        ("12-Mar-24", "12-Mar-24", "2024-03-12"),
        ("in December 2028", "December 2028", "2028-12"),
        ("Q3 2028", "Q3 2028", "2028-Q3"),
        ("the third quarter of 2028", "third quarter of 2028", "2028-Q3"),
        ("Q1'25", "Q1'25", "2025-Q1"),
        ("in fiscal year 2028", "2028", "2028"),
        ("31. Dezember 2028", "31. Dezember 2028", "2028-12-31"),
        ("le 1er janvier 2025", "1er janvier 2025", "2025-01-01"),
        ("31 de diciembre de 2028", "31 de diciembre de 2028", "2028-12-31"),
    ],
)
def test_a_date_is_read_with_what_is_known_of_it(text: str, words: str, date: str) -> None:
    assert found(text) == [(words, date)]


@pytest.mark.parametrize(
    "text",
    [
        "June 30",
        "may 2000 people",
        "$2,024",
        "Section 2024",
        "1,2024",
        "in 2024 shares",
        "Securities Act of 1933",
        "5.2.1",
    ],
)
def test_what_names_no_date_is_none(text: str) -> None:
    assert found(text) == []


def test_figures_that_can_be_read_two_ways_have_both() -> None:
    [mention] = dates("due 03/04/2025")
    assert (str(mention.date), str(mention.other)) == ("2025-03-04", "2025-04-03")
    [clear] = dates("due 13/04/2025")
    assert (str(clear.date), clear.other) == ("2025-04-13", None)


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)),
    st.sampled_from(["%B %d, %Y", "%d %B %Y", "%Y-%m-%d", "%d.%m.%Y", "%b %d, %Y", "%d-%b-%Y"]),
)
def test_any_day_is_read_as_it_was_written(day: dt.date, form: str) -> None:
    [mention] = dates(f"effective {day.strftime(form)} or later")
    assert (mention.date.first, mention.date.last) == (day, day)


@given(st.text(st.sampled_from("0123456789./- MayQDec'"), max_size=40))
def test_any_text_can_be_read(text: str) -> None:
    spans = [mention.span for mention in dates(text)]
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_a_date_alone() -> None:
    assert str(parse_date("31 December 2028")) == "2028-12-31"
    assert str(parse_date("2028-Q2")) == "2028-Q2"
    assert parse_date("on 31 December 2028") is None
