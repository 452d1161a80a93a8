"""A model's answer read as it is written and checked sentence by sentence; prompts and evidence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.chat import prompt, quote, scope
from datazoom_desktop.chat.model import Searched
from datazoom_desktop.chat.written import ClaimStream, checked
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.model import Evidence, Hit

ANSWER = {
    "found": True,
    "claims": [
        {"source": 1, "text": 'Rent is "$4,000", due {monthly}.'},
        {"source": 2, "text": "It ends in 2029 \\ at noon."},
    ],
}


def hit(text: str, *, score: float = 9.0, similarity: float = 0.6) -> Hit:
    return Hit(1, "d", "v", "a/Lease.pdf", 1, 1, Span(0, len(text)), text, score, (), "v:0", similarity)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=80), st.sampled_from([None, 2]))
def test_claims_come_out_once_however_the_answer_is_cut(sizes: list[int], indent: int | None) -> None:
    text, at, stream, out = json.dumps(ANSWER, indent=indent), 0, ClaimStream(), []
    for size in sizes:
        out += stream.feed(text[at : at + size])
        at += size
    out += stream.feed(text[at:])
    assert out == ANSWER["claims"]
    assert stream.found is True


def test_draft_shows_only_what_is_new() -> None:
    stream = ClaimStream()
    shown = []
    for piece in ['{"found": true, "claims": [{"source": 1, "te', 'xt": "Rent is', " due mon", 'thly."}]}']:
        stream.feed(piece)
        shown.append(stream.draft())
    assert shown == ["", "Rent is", " due mon", ""]


def test_answer_cut_short_keeps_the_complete_claims() -> None:
    stream = ClaimStream()
    whole = json.dumps(ANSWER)
    assert stream.feed(whole[: whole.index("It ends") + 3]) == ANSWER["claims"][:1]  # type: ignore[index]


def test_claim_is_bound_to_its_source_or_withheld() -> None:
    sources = [
        prompt.Source(1, hit("Tenant shall pay base rent of $4,000 per month."), "Lease"),
        prompt.Source(2, hit("Landlord may enter on notice."), "Lease"),
    ]
    asked = "What is the rent?"
    good = checked("The base rent is $4,000 per month.", 1, asked, sources)
    assert good is not None
    assert good.citations[0].quote == sources[0].hit.text
    moved = checked("The base rent is $4,000 per month.", 2, asked, sources)
    assert moved == good, "the right sentence under the wrong number is bound to the source that bears it"
    assert checked("Rent rises.", 2, asked, sources) is None
    assert checked("The base rent is $5,000 per month.", 1, asked, sources) is None
    assert checked("The base rent is $4,000 per month.", 7, asked, sources) is None
    assert checked('The tenant pays "base rent of four grand" per month.', 1, asked, sources) is None


def test_sources_fit_into_the_context() -> None:
    hits = [hit(f"Sentence number {i} says something about the rent and the term.") for i in range(300)]
    sources = prompt.pack(hits, ["Lease"] * len(hits), lambda text: len(text) // 4, 4_096)
    assert [source.number for source in sources] == list(range(1, len(sources) + 1))
    assert sum(len(source.hit.text) // 4 for source in sources) <= prompt.SOURCE_TOKENS
    assert prompt.pack(hits, ["Lease"] * len(hits), lambda text: len(text) // 4, 700) == []
    assert "[1] (Lease) Sentence number 0" in prompt.messages("What?", sources)[-1]["content"]
    assert prompt.schema(3)["properties"]["claims"]["items"]["properties"]["source"]["maximum"] == 3


def test_evidence_grows_with_meaning_and_words() -> None:
    near = [hit("The cap on liability is $250,000.", similarity=0.7)]
    far = [hit("The picnic is on Tuesday.", similarity=0.05)]
    assert quote.evidence("cap on liability", near) > quote.THRESHOLD > quote.evidence("cap on liability", far)
    assert quote.evidence("cap on liability", []) < quote.THRESHOLD < quote.STRONG


def test_evidence_for_a_clause_is_told_on_the_same_scale() -> None:
    hits = [hit("Either party may assign this Agreement.", similarity=0.1)]

    def told(value: float) -> float:
        return quote.evidence("assignment", hits, Evidence("Assignment", value, found=-2.0, strong=1.0))

    assert told(-2.0) == quote.THRESHOLD > told(-2.01)
    assert told(1.0) == pytest.approx(quote.STRONG)
    assert quote.STRONG > told(0.99) > quote.THRESHOLD
    assert quote.evidence("assignment", [], Evidence("Assignment", 9.0, found=-2.0, strong=1.0)) < quote.THRESHOLD


def test_not_found_says_what_was_searched() -> None:
    unreadable = tuple(("lease.pdf", page, "It is damaged.") for page in range(1, 18))
    text = scope.not_found_text(Searched(1_930, 1_912, 41, unreadable), scope.scope_text([], 41))
    assert "1,912 of 1,930 pages were searched; 17 could not be read; 1 is still being read." in text
    assert scope.scope_text(["Lease", "Amendment 1"], 41) == "Searching 2 of 41: Lease, Amendment 1"
    assert "no readable documents" in scope.not_found_text(Searched(0, 0, 0), "")
