"""Places of one term in one text."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.expression import Unit
from datazoom_desktop.search.fact_finders import headings
from datazoom_desktop.search.finders import Close, Finder, Spread, Words
from datazoom_desktop.search.stretches import merged, windows


def found(finder: Finder, text: str) -> list[str]:
    return [text[span.start : span.end] for span in finder.spans(text)]


def word(text: str) -> Words:
    return Words((text,), 0)


def test_of_places_within_each_other_only_the_shortest_counts() -> None:
    text = "Assignment. Neither party may assign without consent; consent is assigned."
    close = Close(word("assign*"), word("consent"), 9)
    assert found(close, text) == ["assign without consent", "consent is assigned"]


def test_a_term_is_not_near_itself() -> None:
    assert found(Close(word("a*"), word("ab"), 5), "ab") == []
    assert found(Close(word("a*"), word("ab"), 5), "ab ab") == ["ab ab"]


def test_sentences_and_order_are_kept_apart() -> None:
    text = "The price is to be paid in full by the buyer. The seller delivers the goods at once to the buyer."
    assert found(Close(word("seller"), word("buyer"), Unit.SENTENCE), text) == [
        "seller delivers the goods at once to the buyer"
    ]
    assert found(Close(word("buyer"), word("seller"), 3, ordered=True), text) == ["buyer. The seller"]
    assert found(Close(word("seller"), word("price"), 99, ordered=True), text) == []


def test_spread_words_may_have_so_many_others_among_them() -> None:
    text = "control of any change, change in the control"
    assert found(Spread((word("change"), word("control")), 1), text) == []
    assert found(Spread((word("change"), word("control")), 2), text) == [
        "control of any change",
        "change in the control",
    ]


def test_headings_stand_alone_or_before_a_clause() -> None:
    text = "ARTICLE 9\nASSIGNMENT\n\n9.1 Consent. No party may assign.\nThe rest is text."
    assert [text[span.start : span.end] for span in headings(text)] == ["ARTICLE 9\nASSIGNMENT", "9.1 Consent"]


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 5)).map(lambda at: Span(at[0], at[0] + at[1])), max_size=8
)


@given(st.lists(SPANS, min_size=1, max_size=3))
def test_windows_hold_one_of_each_and_the_shortest_is_among_them(groups: list[list[Span]]) -> None:
    groups = [sorted(group) for group in groups]
    hulls = windows(groups)
    for hull in hulls:
        assert all(any(hull.start <= span.start and span.end <= hull.end for span in group) for group in groups)
    if all(groups):
        combined = [(span,) for span in groups[0]]
        for group in groups[1:]:
            combined = [(*chosen, span) for chosen in combined for span in group]
        every = [Span(min(s.start for s in chosen), max(s.end for s in chosen)) for chosen in combined]
        assert min(map(len, hulls)) == min(map(len, every))


@given(SPANS)
def test_merged_spans_cover_the_same_and_do_not_overlap(spans: list[Span]) -> None:
    out = merged(spans)
    assert {i for span in spans for i in range(span.start, span.end)} == {
        i for span in out for i in range(span.start, span.end)
    }
    assert all(a.end <= b.start for a, b in pairwise(out))
