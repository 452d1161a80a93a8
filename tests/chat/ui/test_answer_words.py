"""Numbers of citations are kept, and an answer says honestly what it is."""

from __future__ import annotations

import dataclasses

import pytest

from datazoom_desktop.chat.model import Answer, AnswerStatus, Claim, Searched
from datazoom_desktop.chat.ui import answer_words
from datazoom_desktop.chat.ui.numbering import Numbering, place_words
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.shell.theme.tokens import DARK, LIGHT
from tests.support.fake_workspace import answer, citation, not_found, quoted


def test_each_place_keeps_its_number_and_a_part_of_a_quote_shares_it() -> None:
    numbers = Numbering()
    first, second = citation(7, 1), citation(8, 3)
    assert [numbers.number(c) for c in (first, second, first)] == [1, 2, 1]
    part = dataclasses.replace(first, span=Span(first.span.start + 4, first.span.end - 1))
    assert numbers.number(part) == 1
    elsewhere = dataclasses.replace(first, version_id="v9")
    assert numbers.number(elsewhere) == 3
    assert numbers.citation(2) == second
    with pytest.raises(IndexError):
        numbers.citation(0)


def test_a_place_is_named_by_file_and_page() -> None:
    assert place_words(citation(7)) == "Lease with Northgate, p. 7"
    in_a_sheet = dataclasses.replace(citation(7), path="2 Equity/Options.xlsx", cells="'Cap table'!B4:H9")
    assert place_words(in_a_sheet) == "Options, 'Cap table'!B4:H9"


def test_sentences_are_escaped_and_carry_their_numbers_as_links() -> None:
    claims = (Claim("Rent is < 5 & rising.", (citation(7, 1), citation(7, 1))),)
    told = answer_words.claims_html(claims, Numbering(), LIGHT)
    assert "Rent is &lt; 5 &amp; rising." in told
    assert told.count('href="cite:1"') == 1
    assert LIGHT.accent in told
    assert DARK.accent in answer_words.claims_html(claims, Numbering(), DARK)


@pytest.mark.parametrize(
    ("withheld", "told"),
    [
        ((), ""),
        (("a",), "One sentence was withheld: its source could not be verified."),
        (("a", "b"), "2 sentences were withheld: their sources could not be verified."),
    ],
)
def test_withheld_sentences_are_told(withheld: tuple[str, ...], told: str) -> None:
    assert answer_words.withheld_words(withheld) == told


def test_what_was_searched_is_told_with_separators() -> None:
    searched = Searched(1930, 1912, 41, (("a.pdf", 3, "faint"), ("b.pdf", None, "damaged")))
    assert answer_words.searched_words(searched) == "Searched 1,912 of 1,930 pages in 41 documents."
    assert answer_words.unreadable_words(searched) == "2 pages could not be read"
    assert answer_words.unreadable_words(Searched(5, 5, 1)) == ""


@pytest.mark.parametrize(
    ("given", "incomplete"),
    [
        (answer(), False),
        (not_found(), False),
        (answer(AnswerStatus.PARTIAL, withheld=("a",)), False),
        (answer(AnswerStatus.PARTIAL), True),
    ],
)
def test_a_partial_answer_says_so_unless_the_withheld_line_does(given: Answer, incomplete: bool) -> None:
    assert ("incomplete" in answer_words.status_words(given)) is incomplete


def test_who_answered_is_told() -> None:
    assert answer_words.engine_words(quoted()) == "Quoted from the documents in 0.2 seconds"
    assert answer_words.engine_words(answer()) == "Written by Qwen2.5 1.5B in 2.4 seconds"
    why = "local: the largest that fits in memory"
    assert answer_words.engine_words(answer(engine_reason=why)) == f"Written by Qwen2.5 1.5B in 2.4 seconds ({why})"
    assert answer_words.engine_words(answer(engine="quote", engine_reason="none: Ask again.")).endswith("(Ask again)")
    assert answer_words.engine_words(not_found()).startswith("Looked through")


def test_words_before_the_quotes_are_kept() -> None:
    given = quoted()
    text = "\n".join(claim.text for claim in given.claims)
    assert answer_words.preface_words(dataclasses.replace(given, text=text)) == ""
    assert answer_words.preface_words(dataclasses.replace(given, text=f"No sentence could be verified.\n{text}")) == (
        "No sentence could be verified."
    )


def test_a_copied_answer_carries_its_citations() -> None:
    given = answer()
    told = answer_words.plain_text(given, given.claims, Numbering())
    assert told.startswith("When does the lease end?")
    assert "It expires on 31 December 2028. [1]" in told
    assert "[3] Lease with Northgate, p. 8: “" in told
