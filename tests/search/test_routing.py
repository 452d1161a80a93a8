"""Documents chosen by name, party and kind."""

from __future__ import annotations

from datazoom_desktop.search.query import split
from datazoom_desktop.search.routing import Catalogue, Digest, route

NDA = "NON-DISCLOSURE AGREEMENT This Agreement is made between {a} and {b} to protect Confidential Information."


def digest(name: str, title: str = "", opening: str = "") -> Digest:
    return Digest(f"d-{name}", f"v-{name}", f"{name}", title, opening)


ROOM = Catalogue(
    [
        digest("nda 1.txt", "Non-Disclosure Agreement", NDA.format(a="Halyard, Inc.", b="Corvid Optics GmbH")),
        digest("nda 2.txt", "Non-Disclosure Agreement", NDA.format(a="Halyard, Inc.", b="Tarn Energy plc")),
        digest("nda 3.txt", "Non-Disclosure Agreement", NDA.format(a="Halyard, Inc.", b="Pelham Foods, Inc.")),
        digest("Lease - Quay.pdf", "Office Lease", "This Lease is made between Harbour Estates and Halyard, Inc."),
        digest("spa.pdf", "Series A Stock Purchase Agreement", "The Purchasers agree to buy Series A Preferred Stock."),
        digest("minutes.docx", "Board minutes", "The confidentiality agreement with Tarn was noted, and the lease."),
        digest("Superseded/supply.pdf", "Supply Agreement", "Supply Agreement with Northgate Actuation"),
        digest("supply.pdf", "Supply Agreement", "Supply Agreement with Northgate Actuation"),
    ]
)


def chosen(question: str) -> tuple[str, ...]:
    found = route(split(question), ROOM)
    return found.document_ids or found.preferred


def test_look_alikes_are_told_apart_by_party() -> None:
    for party, name in (("Corvid Optics", "nda 1.txt"), ("Tarn Energy", "nda 2.txt"), ("Pelham Foods", "nda 3.txt")):
        assert chosen(f"Consider the Non-Disclosure Agreement with {party}; How long does it last?") == (f"d-{name}",)
        assert chosen(f"How long does the NDA with {party} last?") == (f"d-{name}",)


def test_initials_and_other_names_of_a_kind_find_the_document() -> None:
    assert chosen("What is the price under the Series A SPA?") == ("d-spa.pdf",)
    assert chosen("Which law governs the confidentiality agreement with Tarn Energy?") == ("d-nda 2.txt",)


def test_misspelt_party_is_found() -> None:
    assert chosen("Consider the Non-Disclosure Agreement with Corvid Optiks; Is there a term?") == ("d-nda 1.txt",)


def test_document_that_only_mentions_the_thing_is_not_chosen() -> None:
    assert chosen("To what level must it be kept until the slab report is there?") == ()


def test_superseded_document_gives_way_unless_asked_for() -> None:
    assert chosen("What is the price in the Northgate supply agreement?") == ("d-supply.pdf",)
    assert "d-Superseded/supply.pdf" in chosen("What is the price in the superseded Northgate supply agreement?")


def test_reference_before_the_question_limits_the_search_and_one_inside_only_prefers() -> None:
    before = route(split("Consider the Office Lease; What is the rent?"), ROOM)
    inside = route(split("What is the rent in the Office Lease?"), ROOM)
    assert before.document_ids == ("d-Lease - Quay.pdf",)
    assert (inside.document_ids, inside.preferred) == ((), ("d-Lease - Quay.pdf",))
    assert "Office Lease" in before.reason


def test_unknown_reference_leaves_the_question_whole() -> None:
    found = route(split("What is the rent in the Zanzibar lease?"), ROOM)
    assert found.question == "What is the rent in the Zanzibar lease?"
    assert (found.document_ids, found.preferred) == ((), ())


def test_documents_picked_by_the_user_are_the_only_ones() -> None:
    found = route(split("How long does the NDA with Corvid Optics last?"), ROOM, only={"d-nda 2.txt"})
    assert found.document_ids == ("d-nda 2.txt",)


def test_empty_room_routes_nowhere() -> None:
    assert route(split("Consider the lease; What is the rent?"), Catalogue([])).document_ids == ()
