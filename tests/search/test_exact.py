"""Exact search over small real rooms."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from datazoom_desktop.documents.service import Documents
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.search.exact import ExactSearch
from datazoom_desktop.search.expression import And, Expression, Near, Not, Or, Text
from datazoom_desktop.search.lexer import Mistake
from datazoom_desktop.search.model import ExactResult, PlacesIn
from datazoom_desktop.search.parser import parse
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage
from tests.support.answers import DEAL
from tests.support.rooms import add_document, make_room

ODD = (
    "SIDE LETTER dated 3 March 2025\nThe ﬁrst con-\ntrol of the ofﬁce is a “Change of\u00a0Con\u00adtrol”, that is, a change of\n",
    "control in Halyard. The fee of EUR 1.5 million\nfalls due\n",
    "within ten days of 31 December 2028.\n",
)
CLAUSES = (
    "MASTER SERVICES AGREEMENT\nARTICLE VII\nASSIGNMENT\n7.1 Consent. No party may assign without consent.\n7.2 Change of control.\n",
    "(a) A merger is an assignment.\n(b) A sale of shares is not.\n(i) Listed shares are free.\n7.3 Cost. The assignor pays.\n",
    "ARTICLE VIII\nDEFINITIONS\n“Affiliate” means a company under common control. “Change of Control” means a sale.\n",
)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomStorage]:
    with make_room(tmp_path_factory.mktemp("exact") / "room") as storage:
        for path, pages in DEAL.items():
            add_document(storage, path, pages)
        add_document(storage, "9 Odd/side_letter.txt", ODD)
        add_document(storage, "3 Commercial/Services.docx", CLAUSES)
        yield storage


@pytest.fixture(scope="module")
def find(room: RoomStorage) -> Callable[..., ExactResult]:
    search = ExactSearch(room, Documents(room))

    def found(typed: str, **options: int) -> ExactResult:
        expression = parse(typed)
        assert not isinstance(expression, Mistake), expression
        return search.find(expression, **options)

    return found


LEASE, SUPPLY = "5 Property/Lease.pdf", "3 Commercial/Northgate supply.pdf"
CORVID, TARN = "3 Commercial/NDA Corvid.txt", "3 Commercial/NDA Tarn.txt"
SIDE, SERVICES = "9 Odd/side_letter.txt", "3 Commercial/Services.docx"


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ('"change of control"', [(SERVICES, 1, "Change of control"), (SERVICES, 3, "Change of Control"), (SIDE, 1, "Change of\u00a0Con\u00adtrol"), (SIDE, 1, "change of\ncontrol")]),
        ('"governing law" OR "first con-trol"', [(SIDE, 1, "ﬁrst con-\ntrol"), (SUPPLY, 3, "Governing law")]),
        ("rent /5 month", [(LEASE, 2, "rent of $4,000 per month")]),
        ("month pre/5 rent", []),
        ("assign* /2 consent", [(SERVICES, 1, "assign without consent")]),
        ("due /4 days", [(SIDE, 2, "due\nwithin ten days")]),
        ("due /3 december", []),
        ("sublet NOT /3 assign*", [(LEASE, 3, "sublet")]),
        ("sublet NOT /4 assign*", []),
        ("fee NOT /9 days", [(SIDE, 2, "fee")]),
        ('"sublet lease"~1', [(LEASE, 3, "Lease or sublet")]),
        ('"sublet lease"~0', []),
        ("profits /s liable", [(SUPPLY, 3, "liable for lost profits")]),
        ("profits /s total", []),
        ("profits /p total", [(SUPPLY, 3, "total liability under this Agreement is limited to $250,000. Neither party is liable for lost profits")]),
        ("amount:>=250000", [(SIDE, 2, "EUR 1.5 million"), (SUPPLY, 3, "$250,000")]),
        ("amount:USD 1k..20k", [(LEASE, 2, "$4,000"), (SUPPLY, 2, "$11,400")]),
        ("when:2028-12-31", [(SIDE, 3, "31 December 2028")]),
        ("when:2029", [(LEASE, 2, "March 31, 2029")]),
        ("amount:>=1m /12 when:2028", [(SIDE, 2, "EUR 1.5 million\nfalls due\nwithin ten days of 31 December 2028")]),
        ("§7.2(b)", [(SERVICES, 2, "(b) A sale of shares is not.\n(i) Listed shares are free.")]),
        ("section:7.2(b)(i)", [(SERVICES, 2, "(i) Listed shares are free.")]),
        ('section:"Article VIII"', [(SERVICES, 3, CLAUSES[2].rstrip())]),
        ("section:7.2 sale", [(SERVICES, 2, "sale")]),
        ('section:"Article VIII" sale', [(SERVICES, 3, "sale")]),
        ("sale -§7", [(SERVICES, 3, "sale")]),
        ("section:7.3", [(SERVICES, 2, "7.3 Cost. The assignor pays.")]),
        ('term:"change of control"', [(SERVICES, 3, "“Change of Control” means")]),
        ("term:tenants", [(LEASE, 1, "“Tenant”")]),
        ("control page:2..3", [(SERVICES, 3, "control"), (SERVICES, 3, "Control"), (SIDE, 2, "control")]),
        ("control -page:1", [(SERVICES, 3, "control"), (SERVICES, 3, "Control"), (SIDE, 2, "control")]),
        ("heading:assignment consent", [(LEASE, 3, "consent"), (LEASE, 3, "consent"), (SERVICES, 1, "Consent"), (SERVICES, 1, "consent")]),
        ("heading:assignment", [(LEASE, 3, "9. Assignment"), (SERVICES, 1, "ARTICLE VII\nASSIGNMENT")]),
    ],
)  # fmt: skip
def test_places_are_exact(find: Callable[..., ExactResult], typed: str, places: list[tuple[str, int, str]]) -> None:
    result = find(typed)
    found = [(one.hit.path, one.hit.page, one.hit.text) for one in result.hits]
    assert sorted(found) == sorted(places)
    assert result.places == len(places)


@pytest.mark.parametrize(
    ("typed", "paths"),
    [
        ("type:lease", {LEASE}),
        ("type:nda", {CORVID, TARN}),
        ('type:"non-disclosure agreement"', {CORVID, TARN}),
        ("type:(lease OR nda)", {LEASE, CORVID, TARN}),
        ('party:"Tarn Energy"', {TARN}),
        ("party:halyard -type:nda", {LEASE, SUPPLY, SIDE}),
        ("folder:commercial", {SUPPLY, CORVID, TARN, SERVICES}),
        ('doc:"side letter"', {SIDE}),
        ("doc:*.pdf", {LEASE, SUPPLY}),
        ("doc:nda tarn", {TARN}),
        ("date:2024-05", {LEASE}),
        ("date:>=2025", {SIDE}),
        ("type:nda england", {TARN}),
        ("-halyard", {SERVICES}),
        ("-halyard type:lease", set()),
        ('type:lease NOT "change of control"', {LEASE}),
        ("lease OR escrow OR bavaria", {LEASE, CORVID}),
        ("governed AND (ohio OR bavaria)", {SUPPLY, CORVID}),
        ("NOT (governed OR rent)", {SIDE, SERVICES}),
    ],
)
def test_documents_are_chosen(find: Callable[..., ExactResult], typed: str, paths: set[str]) -> None:
    result = find(typed)
    assert {one.path for one in result.documents} == paths
    assert {one.hit.path for one in result.hits} == paths


def test_every_hit_is_the_documents_own_text_at_its_span(room: RoomStorage, find: Callable[..., ExactResult]) -> None:
    documents = Documents(room)
    for typed in ('"change of control"', "due /4 days", "tenant rent", "-halyard", "the", "§7", "assign* consent"):
        for one in find(typed).hits:
            assert documents.text(one.hit.version_id, one.hit.span) == one.hit.text
            assert documents.page_of(one.hit.version_id, one.hit.span.start) == one.hit.page
            assert one.hit.boxes
            around = documents.text(one.hit.version_id, one.hit.span).join(
                (one.before.lstrip("…"), one.after.rstrip("…"))
            )
            assert around in "".join([*ODD, *CLAUSES, *(page for pages in DEAL.values() for page in pages)])
            for mark in one.marks:
                assert one.hit.span.overlap(mark) == len(mark) > 0


def test_words_that_must_all_be_there_are_shown_where_most_of_them_stand_together(
    find: Callable[..., ExactResult],
) -> None:
    together = find("tenant consent")
    assert [(one.hit.path, one.hit.page) for one in together.hits] == [(LEASE, 3)]
    assert (
        together.hits[0].hit.text
        == "Tenant shall not assign this Lease or sublet the premises without the prior written consent"
    )
    scattered = find("quay sublet")
    assert [(one.hit.page, one.hit.text) for one in scattered.hits] == [(1, "Quay"), (3, "sublet")]


def test_documents_with_more_places_come_first_and_parts_of_the_list_fit_together(
    find: Callable[..., ExactResult],
) -> None:
    everything = find("agreement", limit=1000)
    counts = [one.places for one in everything.documents]
    assert counts == sorted(counts, reverse=True)
    assert everything.places == sum(counts) == len(everything.hits) >= 8
    assert [one.hit.rank for one in everything.hits] == list(range(1, everything.places + 1))
    scores = [one.hit.score for one in everything.hits]
    assert scores == sorted(scores, reverse=True)
    pieces = [find("agreement", limit=3, offset=at) for at in range(0, everything.places + 3, 3)]
    assert [hit for piece in pieces for hit in piece.hits] == list(everything.hits)
    assert all(piece.places == everything.places for piece in pieces)
    opened = find("-halyard OR type:nda", limit=2, offset=1)
    assert [one.hit.rank for one in opened.hits] == [2, 3]


def test_places_are_handed_out_by_their_ranks(find: Callable[..., ExactResult], room: RoomStorage) -> None:
    search = ExactSearch(room, Documents(room))
    for typed in ("agreement", "-halyard OR type:nda", "tenant consent", "amount:>=1000"):
        expression = parse(typed)
        assert not isinstance(expression, Mistake)
        everything = search.find(expression, limit=1000)
        wanted = [range(1, 3), range(4, 5), range(7, 99)]
        told: list[Sequence[PlacesIn]] = []

        def choose(documents: Sequence[PlacesIn], told: list[Sequence[PlacesIn]] = told) -> list[range]:
            told.append(documents)
            return wanted  # noqa: B023 (called before the next turn)

        some = search.look(expression, choose)
        ranks = {rank for each in wanted for rank in each}
        assert list(some.hits) == [hit for n, hit in enumerate(everything.hits) if n in ranks]
        assert (some.places, some.documents) == (everything.places, everything.documents)
        assert told == [everything.documents]


@pytest.mark.parametrize(
    "typed", ["agreement", "tenant consent", "amount:>=1000", "due /4 days", "§7", "-halyard OR type:nda"]
)
def test_reading_on_in_a_search_gives_what_searching_anew_gives(room: RoomStorage, typed: str) -> None:
    expression = parse(typed)
    assert not isinstance(expression, Mistake)
    kept = ExactSearch(room, Documents(room))
    first = kept.find(expression, limit=2)
    again = kept.find(expression, limit=1000, offset=1)
    assert "scan" in first.timings_ms
    assert "scan" not in again.timings_ms  # nothing was asked anew
    anew = ExactSearch(room, Documents(room)).find(expression, limit=1000, offset=1)
    assert again.hits == anew.hits
    assert (again.places, again.documents) == (anew.places, anew.documents) == (first.places, first.documents)


def test_what_was_found_is_forgotten_when_the_room_changes(tmp_path: Path) -> None:
    with make_room(tmp_path / "room") as storage:
        search = ExactSearch(storage, Documents(storage))
        phrase = parse("quiet /3 enjoyment")
        assert not isinstance(phrase, Mistake)
        add_document(storage, "a.txt", ["The tenant has quiet enjoyment.\n"])
        assert search.find(phrase).places == 1
        add_document(storage, "b.txt", ["Quiet is no enjoyment. Enjoyment of the quiet.\n"])
        assert search.find(phrase).places == 3
        storage.db.write(lambda tx: tx.execute("DELETE FROM paths WHERE path = 'a.txt'"))
        assert search.find(phrase).places == 2


def test_a_document_is_found_as_soon_as_it_is_read(tmp_path: Path) -> None:
    with make_room(tmp_path / "room") as storage:
        search = ExactSearch(storage, Documents(storage))
        phrase = parse('"quiet enjoyment"')
        assert not isinstance(phrase, Mistake)
        assert search.find(phrase).places == 0
        version = add_document(storage, "late.txt", ["The tenant has quiet\nenjoyment.\n"])
        assert search.find(phrase).places == 1
        storage.db.write(
            lambda tx: tx.execute(
                "UPDATE versions SET state = 'read', indexed_at = NULL WHERE version_id = ?", [version]
            )
        )
        storage.passages.remove([version])
        assert search.find(phrase).places == 1
        chosen = parse("doc:late")
        assert not isinstance(chosen, Mistake)
        assert [one.path for one in search.find(chosen).documents] == ["late.txt"]
        storage.db.write(lambda tx: tx.execute("DELETE FROM paths"))
        assert search.find(phrase).places == 0


def test_a_search_can_be_stopped(room: RoomStorage) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        ExactSearch(room, Documents(room)).find(Text(("law",)), cancel=token)


VOCABULARY = ("alpha", "beta", "gamma", "delta", "omega")


def holds(expression: Expression, words: list[str]) -> bool:
    """Say slowly whether a document of these words, ten a passage, has what an expression looks for."""
    match expression:
        case Text((word,)):
            return word in words
        case Text((first, second)):
            return any(a == first and b == second for a, b in pairwise(words))
        case Near(Text((left,)), Text((right,)), int(reach)):
            at = [i for i, word in enumerate(words) if word == left]
            return any(words[j] == right and 0 < abs(i - j) <= reach for i in at for j in range(len(words)))
        case And(parts):
            return all(holds(part, words) for part in parts)
        case Or(parts):
            return any(holds(part, words) for part in parts)
        case Not(part):
            return not holds(part, words)
        case _:
            raise AssertionError(expression)


def some_expression(rng: random.Random, depth: int = 0) -> Expression:
    kind = rng.choice(["word", "word", "phrase", "near"] + ([] if depth > 1 else ["and", "or", "not"]))
    if kind == "word":
        return Text((rng.choice(VOCABULARY),))
    if kind == "phrase":
        return Text((rng.choice(VOCABULARY), rng.choice(VOCABULARY)))
    if kind == "near":
        return Near(Text((rng.choice(VOCABULARY),)), Text((rng.choice(VOCABULARY),)), rng.randint(1, 4))
    if kind == "not":
        return Not(some_expression(rng, depth + 1))
    parts = (some_expression(rng, depth + 1), some_expression(rng, depth + 1))
    return And(parts) if kind == "and" else Or(parts)


def test_documents_are_those_that_a_slow_look_at_every_word_finds(tmp_path: Path) -> None:
    """Two passages a document, so that phrases and neighbours stand on both sides of the cut too."""
    rng = random.Random(11)
    with make_room(tmp_path / "room") as storage:
        texts: dict[str, list[str]] = {}
        for number in range(24):
            words = rng.choices(VOCABULARY, weights=[4, 3, 2, 1, 0.5], k=12)
            texts[f"{number:02d}.txt"] = words
            add_document(storage, f"{number:02d}.txt", [f"{' '.join(words[:6])}\n", f"{' '.join(words[6:])}\n"])
        search = ExactSearch(storage, Documents(storage))
        for _ in range(120):
            expression = some_expression(rng)
            result = search.find(expression, limit=1000)
            wanted = {path for path, words in texts.items() if holds(expression, words)}
            assert {one.path for one in result.documents} == wanted, str(expression)
            assert len(result.hits) == result.places


def test_running_headers_and_footers_are_found_in_their_place(tmp_path: Path) -> None:
    """The passages leave the first and last line of each page out, as reading does with what runs along the pages."""
    pages = [
        "Project Orion, draft 3\nThe lease ends on the last day of\nHALY-000001\n",
        "Project Orion, draft 3\nMarch of the year, as the orion said.\nHALY-000002\n",
    ]
    text = "".join(pages)
    body = [
        (text.index(first), text.index(last)) for first, last in (("The", "\nHALY-000001"), ("March", "\nHALY-000002"))
    ]
    with make_room(tmp_path / "room") as storage:
        version = add_document(storage, "lease.txt", pages)

        def cut(tx: Cursor) -> None:
            for ordinal, (start, end) in enumerate(body):
                tx.execute(
                    "UPDATE passages SET char_start = ?, char_end = ?, text = ? WHERE version_id = ? AND ordinal = ?",
                    [start, end, text[start:end], version, ordinal],
                )

        storage.db.write(cut)
        search = ExactSearch(storage, Documents(storage))

        def found(typed: str) -> list[tuple[int, int]]:
            expression = parse(typed)
            assert not isinstance(expression, Mistake)
            hits = [one.hit for one in search.find(expression).hits]
            assert all(text[hit.span.start : hit.span.end] == hit.text for hit in hits)
            return [(hit.page, hit.span.start) for hit in hits]

        second = text.index("Project", 1)
        assert found('"Project Orion"') == [(1, 0), (2, second)]
        assert found("haly-000002") == [(2, text.index("HALY-000002"))]
        assert found("orion") == [(1, 8), (2, second + 8), (2, text.index("orion said"))]
        assert found('"last day of March"') == [(1, text.index("last day"))]
        assert [page for page, _ in found("orion lease")] == [1, 1, 2, 2]
