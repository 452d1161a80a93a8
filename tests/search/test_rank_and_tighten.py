"""Words weighed, passages cut to sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search import rank, tighten
from datazoom_desktop.search.words import content, stem, words


def test_overlap_counts_rare_words_more() -> None:
    idf = rank.rarity([["lease", "rent"], ["lease", "deposit"], ["lease", "repair"]])
    question = ["lease", "rent"]
    assert rank.overlap(question, ["rent"], idf) > rank.overlap(question, ["lease"], idf) > 0
    assert rank.overlap(question, ["rent", "lease"], idf) == pytest.approx(1.0)
    assert rank.overlap([], ["rent"], idf) == 0.0


def test_cap_moves_the_rest_of_a_document_behind_the_others() -> None:
    assert rank.cap_per_document([("a", ""), ("a", ""), ("a", ""), ("b", "")], 2) == [0, 1, 3, 2]


def test_word_forms_meet() -> None:
    assert stem("assigned") == stem("assigns") == stem("assigning")
    assert words("Non-Disclosure VELCO’s café") == ["non", "disclosure", "velco", "cafe"]
    assert content("What is the notice of the parties?") == [stem("notice"), stem("parties")]


def test_best_sentence_is_quoted_with_an_equally_good_neighbour() -> None:
    text = "The rent is one thousand dollars a month. It is due on the first day of it. Nothing else is payable here at all."
    pieces = tighten.cut([(100, text)])
    assert [text[p.span.start - 100 : p.span.end - 100] for p in pieces] == [p.text for p in pieces]
    first, *_ = tighten.choose(pieces, [5.0, 4.9, 1.0], 3)
    assert text[first.span.start - 100 : first.span.end - 100].endswith("first day of it.")
    alone, *_ = tighten.choose(pieces, [5.0, 1.0, 1.0], 3)
    assert text[alone.span.start - 100 : alone.span.end - 100] == "The rent is one thousand dollars a month."


def test_quotes_never_cross_passages() -> None:
    pieces = tighten.cut(
        [(0, "This is the first passage, a sentence long."), (60, "This is the second passage, just as long.")]
    )
    assert [q.passage for q in tighten.choose(pieces, [2.0, 2.0], 4)] == [0, 1]


def test_headings_say_nothing_and_sentences_do() -> None:
    assert tighten.is_heading("EXHIBIT C Conditions for the Test Tank")
    assert tighten.is_heading("Invention Assignment Agreement Page 1")
    assert tighten.is_heading("17 6.4 Taxes; Pensions . . . . . . . . . . . . . .")
    assert not tighten.is_heading("The tank shall be emptied once a year.")
    assert not tighten.is_heading("Common Stock | 18,000,000")


@given(
    st.integers(0, 50), st.integers(1, 200), st.lists(st.tuples(st.integers(0, 250), st.integers(1, 80)), max_size=4)
)
def test_remainder_never_overlaps_what_was_taken(start: int, length: int, cuts: list[tuple[int, int]]) -> None:
    span, taken = Span(start, start + length), [Span(a, a + n) for a, n in cuts]
    left = tighten.remainder(span, taken)
    assert all(not part.overlap(cut) for part in left for cut in taken)
    assert all(span.start <= part.start and part.end <= span.end for part in left)
    gone = sum(len(part) for part in left) + sum(
        1 for i in range(span.start, span.end) if any(c.start <= i < c.end for c in taken)
    )
    assert gone <= len(span)
    assert len(span) - gone <= tighten.LEAST_REMAINDER * (len(taken) + 1)
