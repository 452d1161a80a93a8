"""Quotes found again, whatever happened to them on the way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.chat.model import Verdict
from datazoom_desktop.chat.verify import find, fold

WORDS = ["the", "tenant", "shall", "pay", "rent", "of", "$40", "on", "1", "May"]
TEXT = "1.2 Rent.  The “Base Rent” is\n$4,000 per month – payable on the Tenant’s first busi-\nness day; no set-off is allowed."


def test_white_space_quotation_marks_and_hyphens_do_not_matter() -> None:
    found = find('The "Base Rent" is $4,000 per month - payable on the Tenant\'s first business day', TEXT)
    assert found is not None
    assert found.verdict is Verdict.VERIFIED
    assert TEXT[found.span.start : found.span.end] == TEXT[TEXT.index("The “Base") : TEXT.index(";")]


def test_slip_is_repaired_with_the_documents_words() -> None:
    found = find("The Base Rent is $4,000 per month, payable on the Tenants first business day", TEXT)
    assert found is not None
    assert found.verdict is Verdict.REPAIRED
    assert "$4,000 per month" in TEXT[found.span.start : found.span.end]


def test_what_is_not_there_is_not_found() -> None:
    assert find("The tenant may sublet the premises to anyone it likes", TEXT) is None
    assert find("", TEXT) is None
    assert find("Rent", "") is None
    assert find("set off", TEXT) is None, "too short to be nearly equal"


def test_ligatures_and_soft_hyphens() -> None:
    text = "The o\ufb03cer\u00ads consent is needed."
    found = find("officers consent", text)
    assert found is not None
    assert text[found.span.start : found.span.end] == "o\ufb03cer\u00ads consent"


@given(st.text(max_size=120), st.data())
def test_every_piece_of_a_text_is_found_at_a_span_that_folds_to_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quote = fold(text[start:end])[0]
    found = find(text[start:end], text)
    if found is not None and found.verdict is Verdict.VERIFIED:
        assert quote in fold(text)[0]
        assert quote.strip() in fold(text[found.span.start : found.span.end])[0] or not quote.strip()


@given(st.text(max_size=200))
def test_folding_keeps_offsets_in_order(text: str) -> None:
    folded, offsets = fold(text)
    assert len(folded) == len(offsets)
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)


@given(
    st.lists(
        st.sampled_from(["the", "tenant", "shall", "pay", "rent", "of", "$40", "on", "1", "May"]),
        min_size=2,
        max_size=30,
    ),
    st.data(),
)
def test_span_is_the_quote_exactly(parts: list[str], data: st.DataObject) -> None:
    text = " ".join(parts)
    i = data.draw(st.integers(0, len(parts) - 1))
    j = data.draw(st.integers(i + 1, len(parts)))
    quote = " ".join(parts[i:j])
    found = find(quote.replace(" ", "\n"), text)
    assert found is not None
    assert found.verdict is Verdict.VERIFIED
    assert text[found.span.start : found.span.end] == quote
