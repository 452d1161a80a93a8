"""Questions asked of a real room: quoted, refused, and written by a real small model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.chat.events import ChatEvent, ClaimChecked, Done, Quoted
from datazoom_desktop.chat.model import AnswerStatus, Verdict
from datazoom_desktop.chat.service import Chat
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.engines.llama_server import LlamaServer, LlamaSettings
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.search.service import Search
from datazoom_desktop.storage.room import RoomStorage
from tests.support.answers import clause_source, embedder, make_deal_room
from tests.support.models import chosen, small_llm_path
from tests.support.openai_server import OpenAIServer


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomStorage]:
    with make_deal_room(tmp_path_factory.mktemp("rooms") / "deal") as storage:
        yield storage


@pytest.fixture(scope="module")
def chat(room: RoomStorage) -> Chat:
    documents = Documents(room)
    return Chat(Search(room, documents, embedder(), clause_source()), documents, lambda: chosen(None))


def test_answer_quotes_the_document_at_its_page(chat: Chat, room: RoomStorage) -> None:
    answer = chat.ask("What is the monthly rent in the office lease?")
    assert answer.status is AnswerStatus.ANSWERED
    assert answer.engine == "quote"
    first = answer.claims[0].citations[0]
    assert (first.path, first.page, first.verdict) == ("5 Property/Lease.pdf", 2, Verdict.VERIFIED)
    assert "$4,000" in answer.text
    for claim in answer.claims:
        for citation in claim.citations:
            assert Documents(room).text(citation.version_id, citation.span) == citation.quote
    assert answer.searched.searched == answer.searched.pages > 0
    assert answer.timings_ms["total"] > 0


@pytest.mark.parametrize(
    "question",
    [
        "What earn-out do the founders receive?",
        "Who is the data protection officer?",
        "How many vessels were insured in Japan?",
    ],
)
def test_what_the_room_does_not_hold_is_not_found(chat: Chat, question: str) -> None:
    answer = chat.ask(question)
    assert answer.status is AnswerStatus.NOT_FOUND
    assert answer.claims == ()
    assert f"{answer.searched.pages} pages were searched" in answer.text
    assert 0 < len(answer.nearest) <= 3


def test_scope_names_the_documents_searched(chat: Chat) -> None:
    answer = chat.ask("Consider the Non-Disclosure Agreement with Tarn Energy; Which law governs?")
    assert answer.scope.startswith("Searching 1 of 4: ")
    assert answer.searched.documents == 1


def test_events_end_with_the_answer(chat: Chat) -> None:
    events: list[ChatEvent] = []
    answer = chat.ask("Is there a cap on liability?", on_event=events.append)
    assert events == [Done(answer)]


def test_impossible_requests_are_told(chat: Chat) -> None:
    with pytest.raises(Problem, match="language model"):
        chat.ask("What is the rent?", engine="llm")
    with pytest.raises(Problem, match="empty"):
        chat.ask("  ")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        chat.ask("What is the rent?", cancel=token)


def test_a_model_that_cannot_answer_leaves_the_quotes_and_its_reason(room: RoomStorage) -> None:
    documents = Documents(room)
    with OpenAIServer(['{"error": "out of order"}'], 503) as server:
        client = server.client()
        chat = Chat(Search(room, documents, embedder(), clause_source()), documents, lambda: chosen(client))
        events: list[ChatEvent] = []
        answer = chat.ask("What is the monthly rent in the office lease?", engine="auto", on_event=events.append)
        assert [type(event) for event in events] == [Quoted, Done]
        assert (answer.status, answer.engine) == (AnswerStatus.ANSWERED, "quote")
        assert "none: Big answered 503: out of order" in answer.engine_reason
        with pytest.raises(Problem, match="out of order"):
            chat.ask("What is the monthly rent in the office lease?", engine="llm")
        client.close()


def test_small_model_writes_an_answer_whose_every_claim_is_verified(room: RoomStorage, tmp_path: Path) -> None:
    documents = Documents(room)
    server = LlamaServer(LlamaSettings(small_llm_path(), "Small", tmp_path / "llama.log"))
    chat = Chat(Search(room, documents, embedder(), clause_source()), documents, lambda: chosen(server))
    events: list[ChatEvent] = []
    try:
        answer = chat.ask("What is the monthly rent in the office lease?", engine="llm", on_event=events.append)
    finally:
        server.stop()
    assert isinstance(events[0], Quoted)
    assert events[-1] == Done(answer)
    assert answer.status in (AnswerStatus.ANSWERED, AnswerStatus.PARTIAL)
    assert "4,000" in answer.text
    checked = [event.claim for event in events if isinstance(event, ClaimChecked) and event.claim]
    if answer.engine == "Small":
        assert list(answer.claims) == checked
    for claim in answer.claims:
        for citation in claim.citations:
            assert documents.text(citation.version_id, citation.span) == citation.quote
