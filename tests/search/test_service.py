"""Search over a real room with the real embedder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.documents.service import Documents
from datazoom_desktop.search.service import Search
from datazoom_desktop.storage.room import RoomStorage
from tests.support.answers import clause_source, embedder, index_really, make_deal_room
from tests.support.rooms import add_document


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomStorage]:
    with make_deal_room(tmp_path_factory.mktemp("rooms") / "deal") as storage:
        yield storage


@pytest.fixture(scope="module")
def search(room: RoomStorage) -> Search:
    return Search(room, Documents(room), embedder(), clause_source())


@pytest.mark.parametrize(
    ("question", "path", "page", "words"),
    [
        ("What is the monthly rent in the office lease?", "5 Property/Lease.pdf", 2, "$4,000 per month"),
        ("When does the lease end?", "5 Property/Lease.pdf", 2, "March 31, 2029"),
        ("Can the tenant sublet?", "5 Property/Lease.pdf", 3, "shall not assign this Lease or sublet"),
        ("Is there a cap on liability?", "3 Commercial/Northgate supply.pdf", 3, "limited to $250,000"),
        ("How many modules must Halyard buy?", "3 Commercial/Northgate supply.pdf", 2, "120 drive modules"),
        ("Which law governs the NDA with Tarn Energy?", "3 Commercial/NDA Tarn.txt", 1, "England and Wales"),
        ("Which law governs the NDA with Corvid Optics?", "3 Commercial/NDA Corvid.txt", 1, "Bavaria"),
    ],
)
def test_first_hit_is_the_sentence_that_answers(
    search: Search, question: str, path: str, page: int, words: str
) -> None:
    first = search.search(question).hits[0]
    assert (first.path, first.page) == (path, page)
    assert words in first.text
    assert first.rank == 1
    assert len(first.text) < 260


def test_every_hit_is_the_documents_own_text_at_its_span(room: RoomStorage, search: Search) -> None:
    documents = Documents(room)
    result = search.search("What does the tenant owe, and until when?", k=40)
    assert len(result.hits) >= 8
    for hit in result.hits:
        assert documents.text(hit.version_id, hit.span) == hit.text
        assert documents.page_of(hit.version_id, hit.span.start) == hit.page
        assert hit.boxes


def test_hits_do_not_overlap_and_scores_fall(search: Search) -> None:
    hits = search.search("Consider the Office Lease; What must the tenant do?", k=40).hits
    for i, a in enumerate(hits):
        assert all(a.version_id != b.version_id or not a.span.overlap(b.span) for b in hits[i + 1 :])
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_reference_before_the_question_limits_the_search(search: Search) -> None:
    result = search.search("Consider the Supply Agreement with Northgate Actuation; Which law governs?", k=20)
    assert {hit.path for hit in result.hits} == {"3 Commercial/Northgate supply.pdf"}
    assert "supply" in result.route.reason.lower()


def test_documents_picked_are_the_only_ones_searched(room: RoomStorage, search: Search) -> None:
    lease = next(d for _, d, path, _ in Documents(room).current_versions() if path.endswith("Lease.pdf"))
    hits = search.search("Which law governs?", k=20, documents={lease}).hits
    assert hits
    assert {hit.document_id for hit in hits} == {lease}
    assert search.search("Which law governs?", documents=()).hits == ()


def test_same_question_gives_the_same_hits(search: Search) -> None:
    question = "What is the price of a module?"
    assert search.search(question).hits == search.search(question).hits
    assert [r.hits for r in search.search_many([question], 8)] == [search.search(question).hits]


@pytest.mark.parametrize("question", ["", "   ", "???", "a", "\N{SNOWMAN}", '"unclosed (AND OR NOT', "x" * 5_000])
def test_odd_questions_are_harmless(search: Search, question: str) -> None:
    assert len(search.search(question).hits) <= 8


def test_marks_without_a_word_find_nothing(search: Search) -> None:
    assert search.search("??? …").hits == ()


def test_only_what_stands_in_the_room_is_searched(tmp_path: Path) -> None:
    with make_deal_room(tmp_path / "deal") as room:
        search = Search(room, Documents(room), embedder(), clause_source())
        assert any(hit.path == "5 Property/Lease.pdf" for hit in search.search("What is the base rent?").hits)
        room.db.write(lambda tx: tx.execute("DELETE FROM paths WHERE path = '5 Property/Lease.pdf'"))
        gone = search.search("What is the base rent?", k=20).hits
        assert gone
        assert all(hit.path != "5 Property/Lease.pdf" for hit in gone)
        index_really(
            room, add_document(room, "Side letter.txt", ["Side letter. The base rent is waived for June 2025.\n"])
        )
        assert search.search("What is the base rent?").hits[0].path == "Side letter.txt"


def test_room_without_documents_has_no_hits(tmp_path: Path) -> None:
    from tests.support.rooms import make_room

    with make_room(tmp_path / "empty") as room:
        assert Search(room, Documents(room), embedder(), clause_source()).search("What is the rent?").hits == ()
