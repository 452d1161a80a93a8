"""Sentences of legal text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.search.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


def test_abbreviations_and_numbers_do_not_end_a_sentence() -> None:
    text = "Acme Corp. shall pay Mr. Smith $1,000.50 on Jan. 5 under Sec. 4.2 of the Note. It may not assign this Agreement."
    assert cut(text) == [text[:79].strip(), "It may not assign this Agreement."] or len(cut(text)) == 2
    assert cut(text)[1] == "It may not assign this Agreement."


def test_clause_number_and_heading_belong_to_the_sentence_after_them() -> None:
    assert cut("12. Term.\n\nThis Agreement starts on the Effective Date and lasts two years.") == [
        "12. Term.\n\nThis Agreement starts on the Effective Date and lasts two years."
    ]


def test_list_items_are_sentences_of_their_own() -> None:
    text = "The Tenant shall:\n(a) pay the rent on the first day of every month;\n(b) keep the premises in good repair; and\n(c) insure them against fire and flood."
    assert [piece[:3] for piece in cut(text)][-2:] == ["(b)", "(c)"]


def test_hard_wrapped_line_does_not_end_a_sentence() -> None:
    text = "The Supplier shall deliver the goods to the\nplace named in the order within thirty days."
    assert cut(text) == [text]


def test_page_break_inside_a_sentence_does_not_end_it() -> None:
    text = "Affiliate agrees that in the event of a sale,\n\n\nall expenses shall be paid before closing."
    assert cut(text) == [text]


@given(st.text(alphabet="aB1 .;:\n()\t,“”?é", max_size=300))
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    spans = sentences(text)
    covered = [i for span in spans for i in range(span.start, span.end)]
    assert len(covered) == len(set(covered))
    assert {i for i, char in enumerate(text) if not char.isspace()} <= set(covered)
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() for s in spans)
    assert [s.start for s in spans] == sorted(s.start for s in spans)
