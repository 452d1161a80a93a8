"""Words as they may be written, found in Python; and what the database says of the same texts beforehand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datazoom_desktop.search.finders import Words
from datazoom_desktop.search.lexer import split_words
from datazoom_desktop.search.patterns import (
    ODD,
    exact_pattern,
    is_plain,
    likely_patterns,
    loose_pattern,
    loose_rest_pattern,
    rest_pattern,
)
from datazoom_desktop.storage.database import Cursor, Database


@pytest.fixture(scope="module")
def cursor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cursor]:
    database = Database(tmp_path_factory.mktemp("patterns") / "x.duckdb")
    with database.read() as reading:
        yield reading
    database.close()


def matches(cursor: Cursor, text: str, pattern: str) -> bool:
    row = cursor.execute("SELECT regexp_matches(?, ?)", [text, pattern]).fetchone()
    assert row is not None
    return bool(row[0])


def places(typed: str, text: str) -> list[str]:
    return [text[span.start : span.end] for span in Words(split_words(typed), 0).spans(text)]


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("control", "Control, control; uncontrolled controls", ["Control", "control"]),
        ("change of control", "change\nof  control and change-of-control", ["change\nof  control", "change-of-control"]),
        ("control", "con-\ntrol and con-  \n  trol, con- trol", ["con-\ntrol", "con-  \n  trol"]),
        ("control", "con\u00adtrol con\u200btrol con\u2010\ntrol", ["con\u00adtrol", "con\u200btrol", "con\u2010\ntrol"]),
        ("office first", "The oﬃce ﬁrst, the ofﬁce ﬁrst", ["oﬃce ﬁrst", "ofﬁce ﬁrst"]),
        ("Société Générale", "SOCIETE GENERALE, Socie\u0301te\u0301 Générale", ["SOCIETE GENERALE", "Socie\u0301te\u0301 Générale"]),
        ("strasse", "Straße STRASSE", ["Straße", "STRASSE"]),
        ("tenant's", "Tenant's, tenant’s", ["Tenant's", "tenant’s"]),
        ("250,000", "$250,000 and 250\u00a0000 and 250000", ["250,000", "250\u00a0000"]),
        ("non-disclosure", "non-disclosure, nondisclosure, non disclosure, non-\ndisclosure", ["non-disclosure", "nondisclosure", "non disclosure", "non-\ndisclosure"]),
        ("nondisclosure", "non-disclosure and non-\ndisclosure", ["non-\ndisclosure"]),
        ("assign*", "assign, Assignment; reassign", ["assign", "Assignment"]),
        ("*assign", "assign, reassign", ["assign", "reassign"]),
        ("wom?n", "woman women womn", ["woman", "women"]),
        ("term?", "term terms termed", ["term", "terms"]),
        ("notice of * days", "notice of thirty days, notice of  days", ["notice of thirty days"]),
        ("name", "Name____ and _name_", ["Name", "name"]),
        ("agreement", "Agreement¹ agreement2", ["Agreement"]),
        ("change of control", "change of\n12\ncontrol, change of\n\n- 12 -\n\ncontrol, change of\nPage 3 of 40\ncontrol", ["change of\n12\ncontrol", "change of\n\n- 12 -\n\ncontrol", "change of\nPage 3 of 40\ncontrol"]),
        ("change of control", "change of 12 control", []),
        ("договор аренды", "Договор аренды; договору", ["Договор аренды"]),
        ("变更", "控制权变更条款", ["变更"]),
        ("the the", "the the the the", ["the the", "the the"]),
        ("a b a", "xa b a b a", ["a b a"]),
    ],
)  # fmt: skip
def test_a_phrase_is_found_however_it_is_written(typed: str, text: str, found: list[str], cursor: Cursor) -> None:
    assert places(typed, text) == found
    if found:
        assert matches(cursor, text, loose_pattern(split_words(typed)))


LETTERS = st.sampled_from([*"abfils", "A", "é", "e\u0301", "ﬁ", "ß", "\u00ad", "-\n", "\u200b", "1", "Ｆ"])
GAPS = st.sampled_from([" ", "\n", ", ", "-", "_", "\u00a0", "\n3\n", "’", "\npage 2 of 9\n", "¹"])
WRITTEN = st.lists(st.one_of(LETTERS, LETTERS, GAPS), max_size=24).map("".join)
TYPED = st.lists(
    st.sampled_from(["a", "ab", "fi", "f*", "?a", "b?", "s-s", "ss", "el", "*", "1"]), min_size=1, max_size=3
)


@settings(max_examples=400, deadline=None)
@given(words=TYPED, text=WRITTEN)
def test_the_database_overlooks_no_text_that_has_the_words(words: list[str], text: str, cursor: Cursor) -> None:
    if Words(tuple(words), 0).spans(text):
        assert matches(cursor, text, loose_pattern(words))
        assert not is_plain(text) or matches(cursor, text, exact_pattern(words))


PLAIN = st.text(st.sampled_from("abfils AB1 -,_\n“’–\u00a0"), max_size=30).filter(is_plain)


def test_plain_signs_are_no_letters_and_have_no_other_case(cursor: Cursor) -> None:
    signs = [chr(code) for code in range(0x80, 0xFFFF) if not 0xD800 <= code < 0xE000 and is_plain(chr(code))]
    assert set("“”‘’–—…•§\u00a0€") <= set(signs)
    assert not any(sign.isalnum() or sign.lower() != sign for sign in signs)
    assert not {*"éﬁ½²ªß", "\u00ad", "\u0301", "\u200b", "\u2010"} & set(signs)
    assert not matches(cursor, "".join(signs), ODD)


@settings(max_examples=400, deadline=None)
@given(words=TYPED, text=PLAIN)
def test_the_quick_ways_change_nothing_in_plain_texts(words: list[str], text: str, cursor: Cursor) -> None:
    slow = Words(tuple(words), 0)
    marked = f"{text} \N{SNOWMAN}"
    assert slow.spans(text) == slow.spans(marked)
    assert matches(cursor, text, exact_pattern(words)) is bool(slow.spans(text))
    if slow.spans(text):
        assert all(matches(cursor, text, likely) for likely in likely_patterns(words))


@settings(max_examples=200, deadline=None)
@given(words=TYPED.filter(lambda words: len(words) > 1 and "*" not in words), cut=st.integers(1, 2), gap=GAPS)
def test_the_end_of_a_phrase_at_the_start_of_a_text_is_told(
    words: list[str], cut: int, gap: str, cursor: Cursor
) -> None:
    cut = min(cut, len(words) - 1)
    written = [word.replace("*", "a").replace("?", "a") for word in words]
    rest = " " + " ".join(written[cut:]) + gap
    assert matches(cursor, rest, rest_pattern(words))
    assert matches(cursor, rest, loose_rest_pattern(words))
    assert not matches(cursor, f"before {rest}", rest_pattern(words))
    start = "xx " + " ".join(written[:cut])
    assert Words(tuple(words), 0).may_cross(start)
    assert Words(tuple(words), 0).may_cross(f"{start}\n\n- 3 -")
    assert any(span.end > len(start) for span in Words(tuple(words), 0).spans(f"{start}\n{rest}"))


@given(st.text(max_size=20))
def test_words_are_split_once_and_for_all(typed: str) -> None:
    words = split_words(typed)
    assert split_words(" ".join(words)) == words
