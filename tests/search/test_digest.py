"""The shelf of searchable documents: follows the room, and takes over from before what did not change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.search.digest import Shelf, Shelves
from datazoom_desktop.search.routing import Catalogue
from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import add_document, make_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomStorage]:
    with make_room(tmp_path / "room") as storage:
        yield storage


def look(shelves: Shelves, room: RoomStorage) -> Shelf:
    with room.db.read() as cursor:
        return shelves.shelf(cursor)


def same(shelf: Shelf, room: RoomStorage) -> None:
    """Compare a shelf that grew with one made at once."""
    anew = look(Shelves(), room)
    assert shelf == Shelf(shelf.catalogue, anew.by_version, anew.versions_of)
    assert shelf.catalogue.digests == anew.catalogue.digests
    assert shelf.catalogue.counts == anew.catalogue.counts
    assert shelf.catalogue.scores("the lease with Halyard") == anew.catalogue.scores("the lease with Halyard")


def test_it_follows_what_is_added_changed_and_removed(room: RoomStorage) -> None:
    shelves = Shelves()
    add_document(room, "lease.txt", ["Lease between Halyard and Tarn.\n", "Signed by Pelham."])
    gone = add_document(room, "note.txt", ["A note by Corvid."])
    first = look(shelves, room)
    assert look(shelves, room) is first
    added = add_document(room, "plan.txt", ["Option plan of Ashdown."])
    second = look(shelves, room)
    same(second, room)
    assert set(second.by_version) == set(first.by_version) | {added}
    assert {id(d) for d in first.catalogue.digests} <= {id(d) for d in second.catalogue.digests}
    room.db.write(lambda tx: tx.execute("UPDATE paths SET path = 'Halyard grant.txt' WHERE path = 'plan.txt'"))
    same(look(shelves, room), room)
    room.db.write(
        lambda tx: tx.execute("UPDATE pages SET text = 'Warrant of Wexcombe      ' WHERE version_id = ?; ", [added])
    )
    room.db.write(lambda tx: tx.execute("UPDATE versions SET indexed_at = now() WHERE version_id = ?", [added]))
    reread = look(shelves, room)
    same(reread, room)
    assert any("Wexcombe" in digest.opening for digest in reread.catalogue.digests)
    room.db.write(lambda tx: tx.execute("DELETE FROM paths WHERE version_id = ?", [gone]))
    last = look(shelves, room)
    same(last, room)
    assert gone not in last.by_version
    assert "corvid" not in last.catalogue.counts


def test_a_catalogue_made_from_another_folds_only_what_is_new(room: RoomStorage) -> None:
    add_document(room, "lease.txt", ["Lease between Halyard and Tarn."])
    before = look(Shelves(), room).catalogue
    after = Catalogue(before.digests, before)
    assert [id(entry) for entry in after.entries] == [id(entry) for entry in before.entries]
    assert after.counts == before.counts
