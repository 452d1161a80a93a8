"""Sentences held against their quotes."""

from __future__ import annotations

import pytest

from datazoom_desktop.chat.support import check, numbers

QUOTE = (
    "Tenant shall pay Landlord base rent of $4,000 per month, and shall not assign this Lease, before March 31, 2029."
)


@pytest.mark.parametrize(
    "claim",
    [
        "The base rent is $4,000 per month.",
        "Rent of 4,000 dollars is paid monthly by the tenant.",
        "The tenant shall not assign the lease.",
        "The lease may not be assigned before March 2029.",
    ],
)
def test_faithful_sentences_pass(claim: str) -> None:
    assert check(claim, QUOTE).ok


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The base rent is $5,000 per month.", "figure"),
        ("The tenant may not assign the lease before June 31, 2029.", "date"),
        ("The base rent is paid to Northgate Marine.", "name"),
        ("The tenant shall assign the lease.", "opposite"),
        ("Insurance must be kept against fire.", "something else"),
    ],
)
def test_unfaithful_sentences_fail(claim: str, reason: str) -> None:
    verdict = check(claim, QUOTE)
    assert not verdict.ok
    assert reason in verdict.reason


def test_added_negation_fails() -> None:
    assert not check("The rent is not payable monthly.", "The rent is payable monthly in advance.").ok


def test_question_echoed_as_an_answer_fails() -> None:
    quote = "The Company accepts the covenants in Sections 3.2 and 3.4 in place of a covenant not to compete."
    assert not check("Whitcombe is bound by a non-compete.", quote, "Is Whitcombe bound by a non-compete?").ok


def test_what_the_question_says_may_be_repeated() -> None:
    quote = "The base rent is $4,000 per month."
    assert not check("Under the Corvid lease the rent is $4,000.", quote).ok
    assert check("Under the Corvid lease the rent is $4,000.", quote, "What is the rent in the Corvid lease?").ok


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$1,500,000", {1_500_000.0}),
        ("1.5 million", {1.5, 1_500_000.0}),
        ("thirty (30) days", {30.0}),
        ("sixty-five percent", {65.0}),
        ("two hundred thousand", {200_000.0}),
        ("no figure", set()),
    ],
)
def test_figures_are_read(text: str, expected: set[float]) -> None:
    assert numbers(text) == expected


def test_an_amount_is_not_borne_by_the_number_of_a_section_or_a_date() -> None:
    quote = "1. Rent. From January 2, 2026 under Section 3 the monthly base rent is $4,250."
    assert check("The monthly base rent is $4,250.", quote).ok
    assert check("From January 2, 2026 the monthly base rent is $4,250.", quote).ok
    for amount in ("$1", "$2", "USD 3", "$2,026"):
        assert not check(f"The monthly base rent is {amount}.", quote).ok, amount
    assert check("The base rent was $900 thousand.", "Base rent 1,200 900 thousand").ok, "tables leave the sign out"


def test_zero_is_a_figure() -> None:
    assert not check("The rent is zero.", "The rent is due on the first day of each month.").ok
    assert check("The rent is zero.", "For two months the rent is 0.").ok
