"""Defined terms and where they are defined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.search.terms import definitions, is_term


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("“Change of Control” means any sale", ["Change of Control"]),
        ('"Affiliate" shall mean with respect to', ["Affiliate"]),
        ("“Term” has the meaning set forth in Section 2", ["Term"]),
        ("“Permitted Liens”, when used with respect to any Person, means", ["Permitted Liens"]),
        ("“Buyer” and “Purchaser” mean", ["Buyer", "Purchaser"]),
        ("Halyard, Inc. (the “Company”)", ["Company"]),
        ("(together with its subsidiaries, the “Company” or “Halyard”)", ["Company", "Halyard"]),
        ('(each, a "Party" and\ncollectively, the "Parties")', ["Party", "Parties"]),
        ("Confidential Information means all data", ["Confidential Information"]),
        ("1.1 Disclosing Party means the one", ["Disclosing Party"]),
        ("Purchase Price | means $5", ["Purchase Price"]),
        ("“Net Sales”: the gross amount", ["Net Sales"]),
        ("hereinafter called “Lessee”", ["Lessee"]),
        ("“Change of\nControl” means", ["Change of Control"]),
    ],
)
def test_a_definition_is_found_by_its_form(text: str, terms: list[str]) -> None:
    assert [definition.term for definition in definitions(text)] == terms


@pytest.mark.parametrize(
    "text",
    ["upon a “Change of Control” the Lender may", "This Agreement includes all", "he means well", "“” means", ""],
)
def test_a_use_is_no_definition(text: str) -> None:
    assert definitions(text) == []


def test_a_definition_reaches_from_the_term_to_what_makes_it_one() -> None:
    text = "In this Deed, “Security” means the mortgage."
    [definition] = definitions(text)
    assert text[definition.span.start : definition.span.end] == "“Security” means"


def test_a_term_is_the_same_in_the_plural_and_with_an_article() -> None:
    assert is_term("the Affiliates", "affiliate")
    assert is_term("Change  of Control", "change of control")
    assert not is_term("Control", "change of control")
    assert not is_term("", "control")


@given(st.text(st.sampled_from('“”"()the Xmeans ,:\n'), max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    for definition in definitions(text):
        assert 0 <= definition.span.start < definition.span.end <= len(text)
