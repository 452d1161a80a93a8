"""Amounts of money in text."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.search.amounts import Amount, AmountRange, amounts, parse_amount
from datazoom_desktop.search.number_words import number_of_words


def found(text: str) -> list[tuple[str, str, str | None]]:
    return [
        (text[m.span.start : m.span.end], f"{m.amount.value.normalize():f}", m.amount.currency) for m in amounts(text)
    ]


@pytest.mark.parametrize(
    ("text", "words", "value", "currency"),
    [
        ("a fee of USD 1.5 million on closing", "USD 1.5 million", "1500000", "USD"),
        ("limited to $250,000.00.", "$250,000.00", "250000", "USD"),
        ("EUR 3m", "EUR 3m", "3000000", "EUR"),
        ("Kaufpreis 1.250.000,00 €", "1.250.000,00 €", "1250000", "EUR"),
        ("EUR 1.250", "EUR 1.250", "1250", "EUR"),
        ("$1.250", "$1.250", "1.25", "USD"),
        ("250 000 € net", "250 000 €", "250000", "EUR"),
        ("1 250 000,50 €", "1 250 000,50 €", "1250000.5", "EUR"),
        ("CHF 1'250'000.00", "CHF 1'250'000.00", "1250000", "CHF"),
        ("₹12,50,000", "₹12,50,000", "1250000", "INR"),
        ("Rs. 5 lakh", "Rs. 5 lakh", "500000", "INR"),
        ("US$2.5bn.", "US$2.5bn", "2500000000", "USD"),
        ("C$ 5,000", "C$ 5,000", "5000", "CAD"),
        ("$5 CAD", "$5 CAD", "5", "CAD"),
        ("10 million euros", "10 million euros", "10000000", "EUR"),
        ("twelve thousand dollars", "twelve thousand dollars", "12000", "USD"),
        ("Twenty-five Thousand and 00/100 Dollars", "Twenty-five Thousand and 00/100 Dollars", "25000", "USD"),
        ("$0.0001 per share", "$0.0001", "0.0001", "USD"),
        ("GBP100m", "GBP100m", "100000000", "GBP"),
        ("paid $5, and", "$5", "5", "USD"),
        ("price:\nUSD\u00a0250,000", "USD\u00a0250,000", "250000", "USD"),
    ],
)
def test_an_amount_is_read_with_its_currency(text: str, words: str, value: str, currency: str) -> None:
    assert found(text) == [(words, value, currency)]


@pytest.mark.parametrize(
    "text",
    [
        "Section 5.2 and 1,000,000 shares",
        "30 days",
        "the year 2024",
        "ISO 9001",
        "an amount in dollars",
        "",
        "one of the euros",
    ],
)
def test_a_number_without_a_currency_is_no_amount(text: str) -> None:
    assert found(text) == []


def test_words_and_figures_of_one_amount_are_both_found() -> None:
    text = "One Million Five Hundred Thousand U.S. Dollars ($1,500,000)"
    assert [value for _, value, _ in found(text)] == ["1500000", "1500000"]


def test_cells_of_a_table_are_amounts_of_unknown_currency() -> None:
    assert found("Series A | 1,250,000 | 2.50 | 2024") == [("1,250,000", "1250000", None), ("2.50", "2.5", None)]
    assert found("Rent | $4,000") == [("$4,000", "4000", "USD")]


@given(
    st.decimals("0.01", "999999999", places=2),
    st.sampled_from(["USD {:,}", "${:,}", "{:,} EUR", "£{}", "total of {:,} dollars", "EUR\n{}"]),
)
def test_any_amount_is_read_as_it_was_written(value: Decimal, form: str) -> None:
    text = form.format(value)
    [mention] = amounts(text)
    assert mention.amount.value == value
    assert mention.amount.currency in ("USD", "EUR", "GBP")


@given(st.text(st.sampled_from("0123456789.,'  $€mUSDbn|\n()-"), max_size=40))
def test_any_text_can_be_read(text: str) -> None:
    spans = [mention.span for mention in amounts(text)]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    for span in spans:
        assert any(map(str.isdigit, text[span.start : span.end]))


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("1m", 1_000_000, None),
        ("USD 250,000", 250_000, "USD"),
        ("5.5bn", 5_500_000_000, None),
        ("3m EUR", 3_000_000, "EUR"),
    ],
)
def test_an_amount_alone_may_lack_its_currency(text: str, value: int, currency: str | None) -> None:
    assert parse_amount(text) == Amount(Decimal(value), currency)


@pytest.mark.parametrize("text", ["", "x", "$", "1m 2m", "about 5"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert parse_amount(text) is None


def test_a_range_of_one_currency_leaves_others_out() -> None:
    wanted = AmountRange(Decimal(100), Decimal(200), "USD")
    assert wanted.holds(Amount(Decimal(100), "USD"))
    assert wanted.holds(Amount(Decimal(200), None))
    assert not wanted.holds(Amount(Decimal(150), "EUR"))
    assert not wanted.holds(Amount(Decimal(201), "USD"))
    assert not AmountRange(Decimal(100), None, above=True).holds(Amount(Decimal(100), "USD"))
    assert not AmountRange(None, Decimal(100), below=True).holds(Amount(Decimal(100), "USD"))


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("twelve thousand", 12_000),
        ("one million two hundred and fifty thousand", 1_250_000),
        ("Twenty-five", 25),
        ("three hundred", 300),
        ("million", 1_000_000),
        ("five six", None),
        ("one thousand million", None),
        ("twenty eleven", None),
        ("dozen", None),
    ],
)
def test_numbers_in_words(words: str, number: int | None) -> None:
    assert number_of_words(words) == number
