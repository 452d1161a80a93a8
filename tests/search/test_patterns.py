"""One definition of a match, in the database and in Python."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datazoom_desktop.search.finders import Words
from datazoom_desktop.search.lexer import split_words
from datazoom_desktop.search.patterns import Dialect, is_plain, likely_pattern, phrase_pattern, rest_pattern
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
    assert matches(cursor, text, phrase_pattern(split_words(typed), Dialect.RE2)) is bool(found)


LETTERS = st.sampled_from([*"abfils", "A", "é", "e\u0301", "ﬁ", "ß", "\u00ad", "-\n", "\u200b", "1", "Ｆ"])
GAPS = st.sampled_from([" ", "\n", ", ", "-", "_", "\u00a0", "\n3\n", "’", "\npage 2 of 9\n", "¹"])
WRITTEN = st.lists(st.one_of(LETTERS, LETTERS, GAPS), max_size=24).map("".join)
TYPED = st.lists(
    st.sampled_from(["a", "ab", "fi", "f*", "?a", "b?", "s-s", "ss", "el", "*", "1"]), min_size=1, max_size=3
)


@settings(max_examples=400, deadline=None)
@given(words=TYPED, text=WRITTEN)
def test_the_database_and_python_agree(words: list[str], text: str, cursor: Cursor) -> None:
    if words == ["*"]:
        words = ["a"]
    found = Words(tuple(words), 0).spans(text)
    assert matches(cursor, text, phrase_pattern(words, Dialect.RE2)) is bool(found)
    for span in found:
        assert matches(cursor, text[span.start : span.end], phrase_pattern(words, Dialect.RE2))


PLAIN = st.text(st.sampled_from("abfils AB1 -,_\n"), max_size=30).filter(is_plain)


@settings(max_examples=400, deadline=None)
@given(words=TYPED, text=PLAIN)
def test_the_quick_ways_change_nothing_in_plain_texts(words: list[str], text: str, cursor: Cursor) -> None:
    slow = Words(tuple(words), 0)
    marked = f"{text} \N{SNOWMAN}"
    assert slow.spans(text) == slow.spans(marked)
    if slow.spans(text):
        assert matches(cursor, text, likely_pattern(words))


@settings(max_examples=200, deadline=None)
@given(words=TYPED.filter(lambda words: len(words) > 1 and "*" not in words), cut=st.integers(1, 2), gap=GAPS)
def test_the_end_of_a_phrase_at_the_start_of_a_text_is_told(
    words: list[str], cut: int, gap: str, cursor: Cursor
) -> None:
    rest = [word.replace("*", "a").replace("?", "a") for word in words[min(cut, len(words) - 1) :]]
    assert matches(cursor, " " + " ".join(rest) + gap, rest_pattern(words))
    assert not matches(cursor, f"before {' '.join(rest)}{gap}", rest_pattern(words))


@given(st.text(max_size=20))
def test_words_are_split_once_and_for_all(typed: str) -> None:
    words = split_words(typed)
    assert split_words(" ".join(words)) == words
