"""Taking documents out of a room: everything derived from them is gone at once, counted; bringing them back; deleting for good."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.chat.conversation import place_of
from datazoom_desktop.intake import store
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.storage import doctor
from tests.support.deal import write_mail, write_pdf


class Counts(NamedTuple):
    """Everything a room derives from its documents, and their originals."""

    pages: int
    passages: int
    jobs: int
    vectors: int
    found: int
    previews: int
    originals: int
    versions: int


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home, and the deal that its room holds."""
    base = tmp_path_factory.mktemp("quarry")
    folder = base / "deal"
    (folder / "letters").mkdir(parents=True)
    (folder / "lease.txt").write_text("The lease of the quarry ends in May.")
    write_pdf(folder / "plan.pdf", ["A plan of the quarry.", "Its northern wall."])
    write_mail(
        folder / "letters" / "offer.eml",
        "Quarry",
        "An offer for the quarry.",
        {"annex.txt": b"The annex about the quarry.", "lease copy.txt": b"The lease of the quarry ends in May."},
    )
    with zipfile.ZipFile(folder / "letters" / "older.zip", "w") as archive:
        archive.writestr("1998/memo.txt", "A memorandum on the quarry.")
        archive.writestr("1999/note.txt", "A note on the quarry.")
    Rooms(base / "home").create("Quarry")
    with open_workspace(base / "home", "Quarry") as workspace:
        workspace.start()
        take_in(workspace, folder)
    return base


@pytest.fixture
def room(tmp_path: Path, filled: Path) -> Iterator[Workspace]:
    shutil.copytree(filled / "home", tmp_path / "home")
    with open_workspace(tmp_path / "home", "Quarry") as workspace:
        workspace.start()
        yield workspace
        workspace.runner.drain(120)
        assert [finding.what for finding in doctor.examine(workspace.storage).findings] == []


def take_in(room: Workspace, *paths: Path) -> None:
    room.intake.add(paths)
    room.runner.drain(120)


def versions_of(room: Workspace, *paths: str) -> list[str]:
    return [row.version_id for row in room.documents.rows() if row.path in paths]


def counts(room: Workspace, versions: list[str] | None = None) -> Counts:
    """Count what the room derives, of some versions or (None) of all."""
    with room.storage.db.read() as cursor:
        known = [row[0] for row in cursor.execute("SELECT version_id FROM versions").fetchall()]
        wanted = known if versions is None else versions

        def number(table: str, column: str = "version_id") -> int:
            where = f"{column} IN (SELECT unnest(?))"
            row = cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}", [wanted]).fetchone()
            assert row is not None
            return int(row[0])

        hashes = cursor.execute(
            "SELECT sha256 FROM versions WHERE version_id IN (SELECT unnest(?))", [wanted]
        ).fetchall()
        tables = number("pages"), number("passages"), number("jobs", "subject"), number("versions")
    index = room.storage.passages
    by_version = index.version_counts()
    found = {passage.partition(":")[0] for passage, _ in index.match("quarry", 100)}
    return Counts(
        *tables[:3],
        vectors=sum(by_version.get(version, 0) for version in wanted),
        found=len(found.intersection(wanted)),
        previews=sum((room.storage.previews / version).exists() for version in wanted),
        originals=sum(room.storage.blobs.has(sha256) for (sha256,) in hashes),
        versions=tables[3],
    )


def nothing_derived(originals: int) -> Counts:
    return Counts(0, 0, 0, 0, 0, 0, originals, originals)


def paths(room: Workspace) -> set[str]:
    return {row.path for row in room.documents.rows()}


def test_a_document_leaves_with_everything_derived_from_it(room: Workspace) -> None:
    [plan] = versions_of(room, "plan.pdf")
    room.renderer.picture(plan, 1, 1.0)
    everything, its = counts(room), counts(room, [plan])
    assert its == Counts(
        pages=2, passages=its.passages, jobs=1, vectors=its.passages, found=1, previews=1, originals=1, versions=1
    )
    assert its.passages
    assert room.intake.remove(["plan.pdf"]) == ["plan.pdf"]
    assert counts(room, [plan]) == nothing_derived(1)
    left = counts(room)
    assert left._replace(originals=0, versions=0) == Counts(
        *(all_of_it - of_it for all_of_it, of_it in zip(everything, its, strict=True))
    )._replace(originals=0, versions=0)
    assert "plan.pdf" not in {hit.path for hit in room.search.search("northern wall of the quarry").hits}
    assert room.intake.empty_trash() == 1
    assert counts(room, [plan]) == nothing_derived(0)
    assert not list(room.storage.blobs.incoming.iterdir())


def test_what_was_quoted_in_a_conversation_stays_and_tells_what_became_of_its_document(
    room: Workspace, tmp_path: Path
) -> None:
    """Quotes of saved conversations are the user's work: nothing else of a removed document is left, and they are marked."""
    talks = room.conversations
    turn = talks.ask("Where is the northern wall of the quarry?", engine="quote")
    cited = next(c for c in turn.citations() if c.path == "plan.pdf")

    def note() -> str:
        kept = talks.open(turn.conversation_id).turns[0]
        [again] = {c.quote for c in kept.citations() if place_of(c) == place_of(cited)}
        assert again == cited.quote
        return kept.note(cited)

    [plan] = versions_of(room, "plan.pdf")
    assert (cited.version_id, note()) == (plan, "")
    room.intake.remove(["plan.pdf"])
    assert counts(room, [plan]) == nothing_derived(1)
    assert note() == "This document is no longer in the room."
    assert talks.left_behind(["plan.pdf"]) == (1, 1)
    assert talks.left_behind(["lease.txt"]) == (0, 0)
    again = talks.ask("And who drew it?", turn.conversation_id, engine="quote")
    assert "plan.pdf" not in {c.path for c in again.citations()}, "what is kept is never cited from"
    room.intake.restore(["plan.pdf"])
    room.runner.drain(120)
    assert note() == ""
    write_pdf(tmp_path / "plan.pdf", ["A plan of the quarry, revised.", "Its northern wall, moved."])
    take_in(room, tmp_path / "plan.pdf")
    assert note() == "This is an earlier version: a newer one has come since."
    room.intake.remove(["plan.pdf"])
    room.intake.empty_trash()
    assert counts(room, [plan]) == nothing_derived(0)
    assert note() == "This document is no longer in the room."
    talks.delete(turn.conversation_id)
    with room.storage.db.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM turn_citations").fetchone() == (0,)


def test_the_same_bytes_at_another_path_stay_searchable(room: Workspace) -> None:
    [lease] = versions_of(room, "lease.txt")
    before = counts(room, [lease])
    room.intake.remove(["lease.txt"])
    assert counts(room, [lease]) == before
    assert {hit.path for hit in room.search.search("lease of the quarry", 1).hits} == {
        "letters/offer.eml/lease copy.txt"
    }
    assert room.intake.empty_trash() == 0
    assert counts(room, [lease]) == before
    room.intake.remove(["letters/offer.eml/lease copy.txt"])
    assert counts(room, [lease]) == nothing_derived(1)
    room.intake.empty_trash()
    assert counts(room, [lease]) == nothing_derived(0)


def test_a_mail_leaves_with_its_attachments_and_an_archive_with_its_members(room: Workspace) -> None:
    inside = {path for path in paths(room) if path.startswith("letters/")}
    assert len(inside) == 6
    versions = versions_of(room, *(inside - {"letters/offer.eml/lease copy.txt"}))
    assert len(versions) == 5
    assert set(room.intake.remove(["letters/"])) == inside
    assert counts(room, versions) == nothing_derived(5)
    assert paths(room) == {"lease.txt", "plan.pdf"}
    assert room.intake.empty_trash() == 5
    assert counts(room, versions) == nothing_derived(0)
    with room.storage.db.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM documents").fetchone() == (2,)


def test_all_versions_of_a_document_leave_and_come_back(room: Workspace, tmp_path: Path) -> None:
    first = versions_of(room, "plan.pdf")
    write_pdf(tmp_path / "plan.pdf", ["A plan of the quarry, revised."])
    take_in(room, tmp_path / "plan.pdf")
    versions = first + versions_of(room, "plan.pdf")
    before = counts(room, versions)
    assert (before.versions, before.pages) == (2, 3)
    room.intake.remove(["plan.pdf"])
    assert counts(room, versions) == nothing_derived(2)
    assert room.intake.restore(["plan.pdf"]) == ["plan.pdf"]
    room.runner.drain(120)
    assert counts(room, versions)._replace(jobs=0) == before._replace(jobs=0)
    assert room.intake.trash() == []
    [row] = [row for row in room.documents.rows() if row.path == "plan.pdf"]
    assert (row.version, row.state) == (2, "indexed")


def test_what_comes_back_is_as_it_was(room: Workspace) -> None:
    before = {(row.path, row.document_id, row.version_id, row.state) for row in room.documents.rows()}
    pages = [(page.path, page.text) for page in room.documents.page_rows()]
    room.intake.remove(["letters", "plan.pdf"])
    room.intake.restore(["letters", "plan.pdf"])
    room.runner.drain(120)
    assert {(row.path, row.document_id, row.version_id, row.state) for row in room.documents.rows()} == before
    assert [(page.path, page.text) for page in room.documents.page_rows()] == pages


def test_a_path_that_is_not_there_stops_the_whole_intent(room: Workspace) -> None:
    before = paths(room)
    for act, named in (
        (room.intake.remove, ["plan.pdf", "no such.pdf"]),
        (room.intake.restore, ["plan.pdf"]),
        (room.intake.empty_trash, ["plan.pdf"]),
    ):
        with pytest.raises(Problem) as told:
            act(named)
        assert told.value.path == named[-1]
    assert paths(room) == before
    assert room.intake.trash() == []


def test_a_path_that_is_taken_is_not_restored_over(room: Workspace, filled: Path, tmp_path: Path) -> None:
    room.intake.remove(["plan.pdf"])
    shutil.copy(filled / "deal" / "lease.txt", tmp_path / "plan.pdf")
    take_in(room, tmp_path / "plan.pdf")
    with pytest.raises(Problem, match="Something else stands at"):
        room.intake.restore(["plan.pdf"])
    assert [row.path for row in room.intake.trash()] == ["plan.pdf"]


def test_what_a_kill_left_undone_is_done_at_the_next_start(room: Workspace) -> None:
    """Between the transaction and the index a kill is as if the sweep had not been called."""
    [plan] = versions_of(room, "plan.pdf")
    rows = counts(room, [plan]).vectors
    trash = room.intake._jobs.trash
    sweep, trash.sweep = trash.sweep, lambda: None  # type: ignore[method-assign]
    room.intake.remove(["plan.pdf"])
    room.intake.empty_trash()
    trash.sweep = sweep  # type: ignore[method-assign]
    assert room.storage.passages.version_counts()[plan] == rows
    with room.storage.db.read() as cursor:
        [sha256] = store.leftovers(cursor, store.ORIGINAL)
    assert room.storage.blobs.has(sha256)
    room.intake.resume()
    assert plan not in room.storage.passages.version_counts()
    assert not room.storage.blobs.has(sha256)
    with room.storage.db.read() as cursor:
        assert store.leftovers(cursor, store.VERSION) == []


def test_an_original_that_came_back_meanwhile_is_not_deleted(room: Workspace, filled: Path) -> None:
    trash = room.intake._jobs.trash
    sweep, trash.sweep = trash.sweep, lambda: None  # type: ignore[method-assign]
    room.intake.remove(["plan.pdf"])
    room.intake.empty_trash()
    trash.sweep = sweep  # type: ignore[method-assign]
    take_in(room, filled / "deal" / "plan.pdf")
    trash.sweep()
    assert room.documents.original(versions_of(room, "plan.pdf")[0]).exists()
    assert "plan.pdf" in {hit.path for hit in room.search.search("northern wall").hits}


def test_removing_while_it_is_read_leaves_nothing(tmp_path: Path) -> None:
    Rooms(tmp_path / "home").create("Busy")
    folder = tmp_path / "busy"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.txt").write_text(f"{number}. The quarry. " * 500)
    with open_workspace(tmp_path / "home", "Busy") as workspace:
        workspace.start()
        workspace.intake.add([folder])
        while workspace.documents.count() < 12:
            workspace.runner.drain(0.05)
        workspace.intake.remove([f"{number}.txt" for number in range(0, 12, 2)])
        workspace.runner.drain(120)
        assert paths(workspace) == {f"{number}.txt" for number in range(1, 12, 2)}
        gone = [row.version_id for row in workspace.intake.trash()]
        assert counts(workspace, gone)._replace(jobs=0) == nothing_derived(6)
        assert [finding.what for finding in doctor.examine(workspace.storage).findings] == []


def test_after_the_trash_was_emptied_no_vector_of_it_is_on_the_disk(room: Workspace) -> None:
    version = next(row.version_id for row in room.documents.rows() if row.path == "plan.pdf")
    number = room.storage.passages.version_counts()[version]
    vectors = list(room.storage.passages.vectors([f"{version}:{n}" for n in range(number)]).values())
    traces = [vector.astype("<f4").tobytes()[:64] for vector in vectors]

    def on_disk() -> bool:
        files = [file for file in room.storage.passages.path.rglob("*") if file.is_file()]
        return any(trace in file.read_bytes() for file in files for trace in traces)

    assert vectors
    assert on_disk()
    room.intake.remove(["plan.pdf"])
    room.intake.empty_trash(["plan.pdf"])
    room.runner.drain(120)
    assert not on_disk()
    assert doctor.examine(room.storage).findings == ()
