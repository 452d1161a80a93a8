"""Numbers of sections where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.search.sections import SectionNumber, find_section, parse_section, roman, sections

LEASE = """ARTICLE IV
Term
4.1 Term. The term begins
4.2 Renewal.
(a) The first;
(b) the second
(i) one
(ii) two
(c) third
(h) eighth
(i) ninth
(j) tenth
pursuant to
Section 7.2 of this agreement, and
30 days after
Section 7.02 Assignment. Neither party
(A) Big
SCHEDULE 3
Exhibit B-1
5. Fees
a) first fee
b) second fee
§ 9 Law
12 Notices
"""


def test_every_number_has_its_whole_path() -> None:
    assert [str(section.number) for section in sections(LEASE)] == [
        "article 4", "4.1", "4.2", "4.2(a)", "4.2(b)", "4.2(b)(i)", "4.2(b)(ii)", "4.2(c)", "4.2(h)", "4.2(i)", "4.2(j)", "7.2",
        "7.2(a)", "schedule 3", "exhibit b-1", "5", "5(a)", "5(b)", "9", "12",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ("4.2(b)", ["(b) the second\n(i) one\n(ii) two"]),
        ("4.2(b)(ii)", ["(ii) two"]),
        ("4.2(i)", ["(i) ninth"]),
        ("7.2", ["Section 7.02 Assignment. Neither party\n(A) Big"]),
        ("schedule 3", ["SCHEDULE 3"]),
        ("exhibit b-1", ["Exhibit B-1"]),
        ("5(b)", ["b) second fee"]),
        ("9", ["§ 9 Law"]),
        ("3", []),
        ("7.2(b)", []),
    ],
)
def test_a_section_is_found_from_its_number_to_its_end(wanted: str, places: list[str]) -> None:
    number = parse_section(wanted)
    assert number is not None
    assert [LEASE[span.start : span.end] for span in find_section(LEASE, number)] == places


def test_a_plain_number_means_the_article_too() -> None:
    for wanted in ("4", "article iv"):
        number = parse_section(wanted)
        assert number is not None
        [span] = find_section(LEASE, number)
        assert LEASE[span.start : span.end].startswith("ARTICLE IV\nTerm\n4.1")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7.2(b)", SectionNumber("", ("7", "2"), ("b",))),
        ("§ 7.02", SectionNumber("", ("7", "2"))),
        ("Section 7.2 (b)(ii)", SectionNumber("", ("7", "2"), ("b", "ii"))),
        ("Article IV", SectionNumber("article", ("4",))),
        ("art. 12", SectionNumber("article", ("12",))),
        ("Schedule 3", SectionNumber("schedule", ("3",))),
        ("Exhibit C", SectionNumber("exhibit", ("c",))),
        ("IX", SectionNumber("", ("9",))),
    ],
)
def test_numbers_are_read_as_lawyers_write_them(text: str, number: SectionNumber) -> None:
    assert parse_section(text) == number


@pytest.mark.parametrize("text", ["", "hello", "7..2", "(b)", "7.2(toolong)", "seven"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_section(text) is None


@given(
    st.sampled_from(["", "article", "schedule"]),
    st.lists(st.integers(1, 120), min_size=1, max_size=3),
    st.lists(st.sampled_from(["a", "b", "iv", "2", "aa"]), max_size=3),
)
def test_a_number_is_read_as_it_is_printed(kind: str, base: list[int], marks: list[str]) -> None:
    number = SectionNumber(kind, tuple(map(str, base)), tuple(marks))
    assert parse_section(str(number)) == number


def test_roman_numerals() -> None:
    assert [roman(text) for text in ("i", "IV", "ix", "XL", "lxxxix", "XC", "c")] == [1, 4, 9, 40, 89, 90, 100]
    assert [roman(text) for text in ("", "iiii", "vx", "abc")] == [None] * 4


@given(st.text(st.sampled_from("ab ivx(1).\n§Sectionl"), max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    assert all(text[section.span.start : section.span.end].strip() for section in sections(text))
