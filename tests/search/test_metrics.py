"""Characters that answer, against characters retrieved."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.metrics import BUDGET, Retrieved, coverage, cut, union

GOLD = (Span(100, 200),)


def hit(start: int, end: int, path: str = "a.txt") -> Retrieved:
    return Retrieved(path, Span(start, end))


def test_a_hit_that_is_the_answer_covers_it_whole() -> None:
    found = coverage([hit(100, 200)], "a.txt", GOLD)
    assert (found.first_document, found.precision_first, found.recall_budget, found.recall_all) == (1, 1, 1, 1)


def test_half_an_answer_in_a_long_hit() -> None:
    found = coverage([hit(150, 350)], "a.txt", GOLD)
    assert (found.precision_first, found.recall_all) == (0.25, 0.5)


def test_the_same_span_of_another_document_counts_nothing() -> None:
    found = coverage([hit(100, 200, "b.txt")], "a.txt", GOLD)
    assert (found.first_document, found.precision_first, found.recall_all) == (0, 0, 0)


def test_a_document_may_be_named_without_the_folders_above_it() -> None:
    assert coverage([hit(100, 200, "deal/x/a.txt")], "x/a.txt", GOLD).recall_all == 1
    assert coverage([hit(100, 200, "deal/xx/a.txt")], "x/a.txt", GOLD).recall_all == 0


def test_characters_beyond_the_budget_do_not_count() -> None:
    found = coverage([hit(1_000, 1_000 + BUDGET), hit(100, 200)], "a.txt", GOLD)
    assert (found.recall_budget, found.recall_all) == (0, 1)
    assert cut([hit(0, 10), hit(0, 10)], 15) == [hit(0, 10), hit(0, 5)]


def test_nothing_found_is_nothing_covered() -> None:
    assert coverage([], "a.txt", GOLD).recall_all == 0


spans = st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))


@given(st.lists(spans, max_size=8))
def test_a_union_holds_each_character_once(given_spans: list[Span]) -> None:
    joined = union(given_spans)
    characters = {c for span in given_spans for c in range(span.start, span.end)}
    assert {c for span in joined for c in range(span.start, span.end)} == characters
    assert sum(map(len, joined)) == len(characters)
    assert all(a.end < b.start for a, b in itertools.pairwise(joined))
