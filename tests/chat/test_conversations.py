"""Conversations in a real room: asked with what went before in mind, kept whole, found, changed, deleted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.activity import trail
from datazoom_desktop.chat.conversation import Stands, title_of
from datazoom_desktop.chat.conversations import Conversations
from datazoom_desktop.chat.events import ChatEvent, Continues, Done
from datazoom_desktop.chat.model import AnswerStatus
from datazoom_desktop.chat.service import Chat
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.engines.llm import LanguageModel
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.changes import ChangeBus, Changes, Topic
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.search.service import Search
from datazoom_desktop.storage.room import RoomStorage
from tests.support.answers import clause_source, embedder, make_deal_room
from tests.support.models import chosen
from tests.support.openai_server import OpenAIServer, says

RENT = "What is the monthly rent in the office lease?"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomStorage]:
    with make_deal_room(tmp_path / "deal") as storage:
        yield storage


def talks_of(room: RoomStorage, model: LanguageModel | None = None, bus: ChangeBus | None = None) -> Conversations:
    documents = Documents(room)
    search = Search(room, documents, embedder(), clause_source())
    return Conversations(
        room, Chat(search, documents, lambda: chosen(model)), documents, search.is_name, bus or ChangeBus()
    )


@pytest.fixture
def talks(room: RoomStorage) -> Conversations:
    return talks_of(room)


def test_a_turn_is_kept_with_everything_that_was_said(talks: Conversations) -> None:
    before = now()
    told: list[ChatEvent] = []
    turn = talks.ask(RENT, on_event=told.append)
    [summary] = talks.summaries()
    assert (summary.title, summary.turns) == (RENT, 1)
    assert before <= summary.created_at <= turn.asked_at <= summary.changed_at <= now()
    assert turn.asked_at.tzinfo == dt.UTC
    [kept] = talks.open(summary.conversation_id).turns
    last = told[-1]
    assert isinstance(last, Done)
    assert kept.answer.claims
    strip = [(c.text, [(x.path, x.page, x.span, x.quote, x.verdict) for x in c.citations]) for c in kept.answer.claims]
    assert strip == [
        (c.text, [(x.path, x.page, x.span, x.quote, x.verdict) for x in c.citations]) for c in last.answer.claims
    ]
    for name in (
        "status",
        "question",
        "text",
        "searched",
        "engine",
        "engine_reason",
        "scope",
        "withheld",
        "timings_ms",
    ):
        assert getattr(kept.answer, name) == getattr(last.answer, name), name
    assert {standing.stands for standing in kept.standings.values()} == {Stands.HERE}
    assert [kept.note(citation) for citation in kept.citations()] == [""] * len(kept.citations())


def test_what_was_not_found_is_kept_with_its_nearest_passages(talks: Conversations) -> None:
    turn = talks.ask("Who is the data protection officer?")
    [kept] = talks.open(turn.conversation_id).turns
    assert kept.answer.status is AnswerStatus.NOT_FOUND
    assert [c.quote for c in kept.answer.nearest] == [c.quote for c in turn.answer.nearest]
    assert kept.answer.nearest


def test_a_follow_up_looks_where_the_question_before_did_and_says_so(talks: Conversations) -> None:
    first = talks.ask(RENT)
    told: list[ChatEvent] = []
    second = talks.ask("And who signed it?", first.conversation_id, on_event=told.append)
    assert told[0] == Continues("Lease")
    assert second.continues == "Lease"
    assert second.restated == "Who signed the lease?"
    assert second.answer.question == "And who signed it?", "kept as the user wrote it"
    assert isinstance(told[-1], Done)
    assert told[-1].answer.question == "And who signed it?"
    assert second.answer.scope.startswith("Searching 1 of 4: ")
    assert {c.path for c in second.citations()} == {"5 Property/Lease.pdf"}
    third = talks.ask("And when?", first.conversation_id)
    assert (third.restated, third.continues) == ("When, as to who signed the lease?", "Lease · who signed the lease")
    assert [turn.number for turn in talks.open(first.conversation_id).turns] == [1, 2, 3]


def test_what_about_the_other_nda(talks: Conversations) -> None:
    first = talks.ask("Which law governs the NDA with Corvid?")
    assert first.answer.claims[0].citations[0].path == "3 Commercial/NDA Corvid.txt"
    tarn = talks.ask("What about the one with Tarn?", first.conversation_id)
    assert tarn.answer.claims[0].citations[0].path == "3 Commercial/NDA Tarn.txt"
    assert "England" in tarn.answer.claims[0].text
    back = talks.ask("And in the other one?", first.conversation_id)
    assert {c.path for c in back.citations()} == {"3 Commercial/NDA Corvid.txt"}
    assert back.continues.startswith("NDA Corvid · ")


def test_fresh_takes_nothing_over_nor_does_a_question_that_stands_alone(talks: Conversations) -> None:
    first = talks.ask(RENT)
    told: list[ChatEvent] = []
    fresh = talks.ask("And who signed it?", first.conversation_id, fresh=True, on_event=told.append)
    assert (fresh.continues, fresh.restated) == ("", "And who signed it?")
    assert not [event for event in told if isinstance(event, Continues)]
    assert fresh.answer.scope == "Searching all 4 documents"
    alone = talks.ask("Is there a cap on liability?", first.conversation_id)
    assert alone.continues == ""
    assert alone.answer.claims[0].citations[0].path == "3 Commercial/Northgate supply.pdf"


def test_a_document_that_left_is_not_taken_over(talks: Conversations, room: RoomStorage) -> None:
    first = talks.ask(RENT)
    room.db.write(lambda tx: tx.execute("DELETE FROM paths WHERE path = '5 Property/Lease.pdf'"))
    follow = talks.ask("And for how long?", first.conversation_id)
    assert follow.continues == "monthly rent"
    assert follow.answer.scope == "Searching all 3 documents"
    assert "5 Property/Lease.pdf" not in {c.path for c in follow.citations()}


def test_a_model_sees_the_question_restated_and_never_an_earlier_answer(room: RoomStorage) -> None:
    with OpenAIServer(says('{"found": false, "claims": []}')) as server:
        client = server.client()
        talks = talks_of(room, client)
        first = talks.ask(RENT, engine="quote")
        assert "$4,000" in first.answer.text
        talks.ask("And when does it end?", first.conversation_id, engine="llm")
        client.close()
    [body] = server.bodies
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "user"]
    sources, _, question = body["messages"][-1]["content"].rpartition("Question: ")
    assert question == "When does the lease end?"
    assert "March 31, 2029" in sources
    assert "module" not in sources, "only the lease is looked into"
    assert "monthly rent in" not in str(body["messages"])


def test_citations_tell_what_became_of_their_documents(talks: Conversations, room: RoomStorage) -> None:
    turn = talks.ask(RENT)
    cited = turn.answer.claims[0].citations[0]

    def note() -> str:
        [kept] = talks.open(turn.conversation_id).turns
        assert kept.answer.claims[0].citations[0].quote == cited.quote, "the user's work stays"
        return kept.note(cited)

    def change(statement: str, *values: object) -> None:
        room.db.write(lambda tx: tx.execute(statement, list(values)))

    assert note() == ""
    change("UPDATE paths SET path = 'Old/Lease.pdf' WHERE document_id = ?", cited.document_id)
    assert note() == "It stands at Old/Lease.pdf now."
    change("UPDATE paths SET path = ? WHERE document_id = ?", cited.path, cited.document_id)
    change("UPDATE pages SET text = replace(text, 'rent', 'RENT') WHERE version_id = ?", cited.version_id)
    assert note() == "This document was read again since: other words stand at this place now."
    change("UPDATE versions SET state = 'new' WHERE version_id = ?", cited.version_id)
    assert note() == "This document is being read again."
    change("UPDATE versions SET version_id = 'v2', state = 'indexed' WHERE version_id = ?", cited.version_id)
    change("UPDATE paths SET version_id = 'v2' WHERE document_id = ?", cited.document_id)
    assert note() == "This is an earlier version: a newer one has come since."
    change("DELETE FROM paths WHERE document_id = ?", cited.document_id)
    assert note() == "This document is no longer in the room."


def test_words_are_found_in_questions_answers_quotes_and_titles(talks: Conversations) -> None:
    rent = talks.ask(RENT)
    law = talks.ask("Which law governs the NDA with Corvid?", title="Négociations")
    assert [match.summary.conversation_id for match in talks.search("customs quay")] == []
    [match] = talks.search('"base rent of $4,000"')
    assert (match.summary.conversation_id, match.turn, match.question) == (rent.conversation_id, 1, RENT)
    assert "base rent of $4,000" in match.snippet
    assert [match.summary.conversation_id for match in talks.search("BAVARIA germany")] == [law.conversation_id]
    assert [match.turn for match in talks.search("negociations")] == [0], "a title has no turn"
    assert talks.search('"rent base"') == []
    assert talks.search("  ?? ") == []
    assert talks.search("monthly 100%_") == [], "signs that mean something to a database are words here"


def test_a_conversation_is_renamed_deleted_and_brought_back(room: RoomStorage) -> None:
    bus, told = ChangeBus(), list[Changes]()
    bus.subscribe(told.append)
    talks = talks_of(room, bus=bus)
    turn = talks.ask(RENT)
    talks.ask("And for how long?", turn.conversation_id)
    other = talks.ask("Is there a cap on liability?")
    assert told[0] == Changes.of(Topic.CHAT, ids=(turn.conversation_id,))
    assert talks.rename(turn.conversation_id, "  The   lease ").title == "The lease"
    assert talks.find("the LEASE").conversation_id == turn.conversation_id
    whole = talks.delete(turn.conversation_id)
    assert [row.conversation_id for row in talks.summaries()] == [other.conversation_id]
    with room.db.read() as cursor:
        for table in ("turns", "turn_claims", "turn_citations"):
            left = cursor.execute(f"SELECT DISTINCT conversation_id FROM {table}").fetchall()
            assert left == [(other.conversation_id,)], table
        assert cursor.execute("SELECT count(*) FROM activity WHERE contains(detail, 'rent')").fetchone() == (0,)
        assert [row.intent for row in trail.recent(cursor, 2)] == ["conversations.deleted", "conversations.renamed"]
        assert trail.verify(cursor) is None
    with pytest.raises(Problem, match="no conversation"):
        talks.open(turn.conversation_id)
    talks.restore(whole)
    assert talks.open(turn.conversation_id) == whole
    assert len(told) == 6


def test_nothing_is_kept_of_a_question_that_was_stopped_or_failed(talks: Conversations) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        talks.ask(RENT, cancel=token)
    with pytest.raises(Problem, match="empty"):
        talks.ask("  ")
    with pytest.raises(Problem, match="no conversation"):
        talks.ask(RENT, "gone")
    assert talks.summaries() == []


def test_a_conversation_that_goes_while_it_is_asked_takes_the_answer_with_it(talks: Conversations) -> None:
    turn = talks.ask(RENT)

    def delete(event: ChatEvent) -> None:
        if isinstance(event, Done):
            talks.delete(turn.conversation_id)

    with pytest.raises(Problem, match="may have been deleted"):
        talks.ask("And for how long?", turn.conversation_id, on_event=delete)
    assert talks.summaries() == []


@pytest.mark.parametrize(
    ("title", "told"), [(" ", "needs a title"), ("x" * 121, "121 characters"), ("a\u202eb", "cannot be shown")]
)
def test_titles_that_cannot_be_used_are_refused(talks: Conversations, title: str, told: str) -> None:
    turn = talks.ask(RENT)
    with pytest.raises(Problem, match=told):
        talks.rename(turn.conversation_id, title)
    assert talks.find(turn.conversation_id).title == RENT


def test_names_that_fit_several_or_none_are_told(talks: Conversations) -> None:
    first, second = talks.ask(RENT, title="Lease one"), talks.ask(RENT, title="Lease two")
    assert talks.find("lease o").conversation_id == first.conversation_id
    with pytest.raises(Problem, match="2 conversations") as several:
        talks.find("lease")
    assert second.conversation_id in several.value.remedy
    with pytest.raises(Problem, match="No conversation") as none:
        talks.find("Leese two")
    assert "“Lease two”" in none.value.remedy


def test_a_long_question_gives_a_short_title() -> None:
    title = title_of("What is " + "the very long " * 20 + "rent?")
    assert len(title) <= 73
    assert title.endswith((" very…", " long…", " the…"))
    assert title_of("Two\nlines\x00") == "Two lines"
