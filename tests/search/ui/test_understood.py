"""An exact search told in plain words."""

from __future__ import annotations

import pytest

from datazoom_desktop.search.lexer import Mistake
from datazoom_desktop.search.parser import parse
from datazoom_desktop.search.ui.examples import GROUPS
from datazoom_desktop.search.ui.understood import in_words


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("rent", "“rent”"),
        ('"Change of Control"', "“change of control”"),
        ("tenant consent", "“tenant” and “consent” in one document"),
        ("escrow OR deposit", "“escrow” or “deposit”"),
        ("(escrow OR deposit) bank", "(“escrow” or “deposit”) and “bank” in one document"),
        ("assign*", "words that begin with “assign”"),
        ("wom?n", "“wom?n”"),
        ("terminate /5 notice", "“terminate” within 5 words of “notice”"),
        ("notice pre/5 days", "“notice” within 5 words before “days”"),
        ("notice /1 days", "“notice” right beside “days”"),
        ("liable /s profits", "“liable” in one sentence with “profits”"),
        ("liable pre/p profits", "“liable” before “profits” in one passage"),
        ("sublet NOT /4 consent", "“sublet” where it is not within 4 words of “consent”"),
        ("fee NOT /s tax", "“fee” where it is not in one sentence with “tax”"),
        (
            '"written notice"~3',
            "“written” and “notice” in any order, with at most 3 other words among them",
        ),
        ("§7.2(b)", "section 7.2(b)"),
        ('section:"Schedule 3"', "Schedule 3"),
        ("§7 sale", "“sale”, in section 7"),
        ("page:1..3 rent", "“rent”, on pages 1 to 3"),
        ("rent page:3", "“rent”, on page 3"),
        ("rent page:>=3", "“rent”, from page 3 on"),
        ("heading:assignment consent", "“consent”, under a heading with “assignment”"),
        ('term:"Change of Control"', "where “change of control” is defined"),
        ("amount:>=1m", "an amount of at least 1,000,000"),
        ("amount:USD 1m..5m", "an amount from USD 1,000,000 to 5,000,000"),
        ("amount:<250000", "an amount below 250,000"),
        ("when:2028-12-31", "a date on 31 December 2028"),
        ("when:2028-Q2", "a date in quarter 2 of 2028"),
        ("when:2024..2026", "a date from 2024 to 2026"),
        ("when:>=2024-03", "a date from March 2024 on"),
        ("type:lease", "documents of the type “lease”"),
        ('party:"Acme Corp" -draft', "documents with the party “acme corp”, without “draft”"),
        (
            "rent type:lease folder:commercial",
            "“rent”, in documents of the type “lease” and in the folder “commercial”",
        ),
        ("lease NOT sublease", "“lease”, without “sublease”"),
        ("-halyard", "documents without “halyard”"),
        ("date:2024", "documents dated in 2024"),
    ],
)
def test_a_search_is_told_as_it_was_read(typed: str, told: str) -> None:
    expression = parse(typed)
    assert not isinstance(expression, Mistake), expression
    assert in_words(expression).replace("December 31, 2028", "31 December 2028") == told


def test_every_example_of_the_help_can_be_read_and_told() -> None:
    for _, examples in GROUPS:
        for example in examples:
            expression = parse(example.typed)
            assert not isinstance(expression, Mistake), example
            assert in_words(expression)
