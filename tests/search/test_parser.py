"""The language of exact searches."""

from __future__ import annotations

import string
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datazoom_desktop.kernel.dates import DateRange, LooseDate
from datazoom_desktop.search.amounts import AmountRange
from datazoom_desktop.search.expression import (
    And,
    Expression,
    Field,
    Near,
    Not,
    Or,
    PageRange,
    Text,
    Unit,
    Where,
)
from datazoom_desktop.search.lexer import FIELDS, Mistake
from datazoom_desktop.search.parser import parse
from datazoom_desktop.search.sections import SectionNumber


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("change of control", "change AND of AND control"),
        ('"Change of Control"', '"change of control"'),
        ("“Change of Control” AND Assign*", '"change of control" AND assign*'),
        ("‘change of control’ or 'key man'", '"change of control" OR "key man"'),
        ("a OR b AND c", "a OR (b AND c)"),
        ("(a OR b) c", "(a OR b) AND c"),
        ("shall not assign", 'shall AND "not" AND assign'),
        ("assign* NOT consent", "assign* AND NOT consent"),
        ("assign and not consent", "assign AND NOT consent"),
        ("-escrow lease", "NOT escrow AND lease"),
        ("non-disclosure", "non-disclosure"),
        ("assign!", "assign*"),
        ("wom?n", "wom?n"),
        ("R&D", '"r d"'),
        ("Tenant’s", '"tenant s"'),
        ("Société Générale", "societe AND generale"),
        ("401(k)", '"401 k"'),
        ("term /5 date", "term /5 date"),
        ("term W/5 date", "term /5 date"),
        ("term pre/3 date /s rent", "term pre/3 date /s rent"),
        ("term NOT w/5 date", "term NOT /5 date"),
        ("(buyer OR seller) /p consent", "(buyer OR seller) /p consent"),
        ('"change control"~5', '"change control"~5'),
        ('"notice of * days"', '"notice of * days"'),
        ("doc:lease DOCUMENT:“office lease”", 'document:lease AND document:"office lease"'),
        ("party:(acme OR globex)", "party:acme OR party:globex"),
        ("type:nda date:2024..2025", "type:nda AND date:2024..2025"),
        ("date:>2024-03", "date:>=2024-04"),
        ("date:<2024", "date:<=2023"),
        ("when:≥2028-12-31", "when:>=2028-12-31"),
        ('when:"31 December 2028"', "when:2028-12-31"),
        ("page:3 rent", "page:3 AND rent"),
        ("rent page:2..5", "rent AND page:2..5"),
        ("rent page:>2", "rent AND page:>=3"),
        ("§7.2(b)", "section:7.2(b)"),
        ("section:Article IV", 'section:"article 4"'),
        ('section:"Schedule 3"', 'section:"schedule 3"'),
        ('term:"Change of Control"', 'term:"change of control"'),
        ("amount:>=1,000,000", "amount:>=1000000"),
        ("amount:1m..5m", "amount:1000000..5000000"),
        ("amount:USD 250,000 escrow", 'amount:"USD 250000" AND escrow'),
        ("amount:€3m…€5m", 'amount:"EUR 3000000..5000000"'),
        ('amount:>1m /10 "purchase price"', 'amount:>1000000 /10 "purchase price"'),
        ("heading:indemnif* cap", "heading:indemnif* AND cap"),
        ("Note: this", "note AND this"),
        ("see https://example.com", 'see AND "https example com"'),
    ],
)
def test_a_search_is_understood_as_lawyers_mean_it(typed: str, understood: str) -> None:
    read = parse(typed)
    assert not isinstance(read, Mistake), read
    assert str(read) == understood
    assert parse(understood) == read


@pytest.mark.parametrize(
    ("typed", "at", "says"),
    [
        ("", "", "nothing to look for"),
        ("  … ", "  … ", "nothing to look for"),
        ('rent "change of', '"', "never closed"),
        ("rent (a OR b", "(", "never closed"),
        ("rent)", ")", "closes nothing"),
        ("rent ()", "()", "nothing in these parentheses"),
        ("rent AND", "AND", "something after"),
        ("(rent OR) lease", "OR", "something after"),
        ("OR rent", "OR", "something before"),
        ("rent w/5", "w/5", "something after"),
        ("rent /0 lease", "/0", "0 words apart"),
        ("(a AND b) /5 c", "(a AND b) /5", "stands between words"),
        ("*", "*", "match everything"),
        ('"* *"', '"* *"', "no word"),
        ("word~3", "~3", "after a phrase"),
        ("partie:acme", "partie:", "no field"),
        ("lease date:2024-13", "date:2024-13", "date:"),
        ("date:2025..2024", "date:2025..2024", "date:"),
        ("amount:lots", "amount:", "amount:"),
        ("amount:5m-6m", "amount:5m-6m", "amount:"),
        ("amount:USD 5..EUR 6", "amount:USD 5..EUR 6", "amount:"),
        ("section:hello", "section:hello", "section:"),
        ("page:0 rent", "page:0", "page:"),
        ("page:3", "page:3", "beside it"),
        ("type:lease page:3", "page:3", "beside it"),
        ("rent OR page:3", "page:3", "beside it"),
        ("doc:", "doc:", "something after"),
        ("party:(a /5 b)", "party:", "words, phrases"),
    ],
)
def test_a_mistake_says_where_it_is_and_what_to_do(typed: str, at: str, says: str) -> None:
    mistake = parse(typed)
    assert isinstance(mistake, Mistake)
    assert typed[mistake.start : mistake.end] == at
    assert says in mistake.message
    assert mistake.remedy


def test_a_mistake_is_marked_with_carets() -> None:
    mistake = parse("rent\tAND (lease")
    assert isinstance(mistake, Mistake)
    assert mistake.marked("rent\tAND (lease") == "rent AND (lease\n         ^"


def test_too_much_is_refused_with_a_reason() -> None:
    for typed in ("(" * 60 + "a" + ")" * 60, " ".join(f"word{number}" for number in range(80)), "NOT " * 60 + "a"):
        mistake = parse(typed)
        assert isinstance(mistake, Mistake)
        assert "too" in mistake.message


WORD = st.one_of(
    st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=6),
    st.sampled_from(["and", "or", "not", "assign*", "wom?n", "non-disclosure", "page", "w", "*ment"]),
)
TEXT = st.builds(Text, st.lists(WORD, min_size=1, max_size=3).map(tuple))
SPREAD = st.builds(Text, st.lists(WORD, min_size=2, max_size=3).map(tuple), st.integers(0, 99))
DATE = st.one_of(
    st.dates().map(lambda day: LooseDate(day, day)),
    st.builds(LooseDate.of, st.integers(1900, 2100), st.integers(1, 12)),
    st.builds(LooseDate.quarter, st.integers(1900, 2100), st.integers(1, 4)),
)
DAYS = st.one_of(
    DATE.map(lambda date: DateRange(date, date)),
    DATE.map(lambda date: DateRange(date, None)),
    st.tuples(DATE, DATE).map(lambda two: DateRange(min(two), max(two))),
)
MONEY = st.one_of(
    st.builds(
        AmountRange, st.integers(1, 10**9).map(Decimal), st.none(), st.sampled_from([None, "EUR"]), st.booleans()
    ),
    st.integers(1, 10**9).map(lambda n: AmountRange(Decimal(n), Decimal(n) + 5, "USD")),
    st.integers(1, 10**9).map(lambda n: AmountRange(Decimal(n), Decimal(n))),
)
SECTION = st.builds(
    SectionNumber,
    st.sampled_from(["", "article", "schedule"]),
    st.lists(st.integers(1, 99).map(str), min_size=1, max_size=3).map(tuple),
    st.lists(st.sampled_from("abx"), max_size=2).map(tuple),
)
IN_TEXT = st.one_of(
    st.builds(Where, st.just(Field.TERM), TEXT),
    st.builds(Where, st.just(Field.WHEN), DAYS),
    st.builds(Where, st.just(Field.AMOUNT), MONEY),
    st.builds(Where, st.just(Field.SECTION), SECTION),
)
OPERAND = st.one_of(TEXT, SPREAD, IN_TEXT, st.lists(TEXT, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))))
REACH = st.one_of(st.integers(1, 999), st.sampled_from(list(Unit)))
NEAR = st.builds(
    Near, st.one_of(OPERAND, st.builds(Near, OPERAND, OPERAND, REACH)), OPERAND, REACH, st.booleans(), st.booleans()
)
OF_DOCUMENT = st.one_of(
    st.builds(Where, st.sampled_from([Field.DOCUMENT, Field.TYPE, Field.PARTY, Field.FOLDER]), TEXT),
    st.builds(Where, st.just(Field.DATE), DAYS),
)
HEADING = st.builds(Where, st.just(Field.HEADING), TEXT)
PAGE = st.builds(PageRange, st.integers(1, 9), st.one_of(st.none(), st.integers(9, 99))).map(
    lambda pages: Where(Field.PAGE, pages)
)


def both(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def flat(kind: type[And | Or]) -> st.SearchStrategy[Expression]:
        parts = st.lists(inner.filter(lambda part: not isinstance(part, kind)), min_size=2, max_size=3)
        return parts.map(lambda found: kind(tuple(found)))

    return st.one_of(flat(And), flat(Or), inner.map(Not))


TREE: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(TEXT, SPREAD, IN_TEXT, NEAR, OF_DOCUMENT, HEADING), both, max_leaves=6
)


@settings(max_examples=150)
@given(TREE)
def test_every_search_is_read_as_it_is_printed(tree: Expression) -> None:
    assert parse(str(tree)) == tree


@given(TEXT, PAGE)
def test_pages_are_read_as_they_are_printed(text: Text, page: Where) -> None:
    for tree in (And((text, page)), And((Not(page), text))):
        assert parse(str(tree)) == tree


TYPED = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "AND",
                "or",
                "NOT",
                "(",
                ")",
                '"',
                "“",
                "”",
                "/5",
                "w/s",
                "~3",
                "-",
                "*",
                "?",
                "§7.2(b)",
                "'",
                "!",
                " ",
                " ",
                "a",
                "the",
            ]
        ),
        st.sampled_from([f"{name}:" for name in FIELDS]),
        st.sampled_from(["2024", "..", ">=", "1m", "USD 5", "Ünïcode ﬁ", "x-y", "İ", "ß½", "\x00", "\u0301"]),
        st.text(max_size=3),
    ),
    max_size=12,
).map("".join)


@settings(max_examples=300)
@given(TYPED)
def test_anything_typed_is_understood_or_refused_with_a_place(typed: str) -> None:
    read = parse(typed)
    if isinstance(read, Mistake):
        assert 0 <= read.start <= read.end <= len(typed)
        assert read.message.endswith(".")
        assert read.remedy.endswith((".", "*"))
        assert "^" in read.marked(typed)
    else:
        assert parse(str(read)) == read
