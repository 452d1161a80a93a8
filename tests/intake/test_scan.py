"""Folders looked through again: what moved keeps its identity, what is gone is noticed, and nothing else is taken for gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.activity import trail
from datazoom_desktop.intake import store
from datazoom_desktop.intake.jobs import READ, SCAN
from datazoom_desktop.jobs.model import JobState
from datazoom_desktop.kernel.errors import Unavailable
from datazoom_desktop.storage import doctor
from tests.support.intake_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    with made.room:
        yield made
        assert [finding.what for finding in doctor.examine(made.room).findings] == []


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    folder = tmp_path / "deal"
    write(folder, {"a.txt": "alpha", "sub/b.txt": "beta", "sub/m.eml": "mail\n@annex.txt gamma"})
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def taken_in(bench: Bench, folder: Path) -> dict[str, str]:
    bench.scan(folder)
    bench.work()
    return bench.documents()


def waiting(bench: Bench) -> list[str]:
    return [job.title for job in bench.queue.list([JobState.QUEUED]) if job.kind == READ]


def followed(bench: Bench) -> dict[str, object]:
    with bench.room.db.read() as cursor:
        return next(dict(a.detail) for a in trail.recent(cursor, 20) if a.intent == "documents.followed")


def test_a_renamed_file_keeps_its_document_and_is_not_read_again(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    (deal / "a.txt").rename(deal / "sub" / "renamed.txt")
    told = bench.scan(deal)
    assert (told["moved"], told["gone"]) == (1, 0)
    after = bench.documents()
    assert after == {
        **{path: document for path, document in before.items() if path != "a.txt"},
        "sub/renamed.txt": before["a.txt"],
    }
    assert waiting(bench) == []
    assert bench.trash() == {}
    assert followed(bench) == {"moved": [["a.txt", "sub/renamed.txt"]], "gone": []}
    assert bench.scan(deal)["counts"]["unchanged"] == 3


def test_a_renamed_folder_takes_its_mails_and_their_attachments_along(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    (deal / "sub").rename(deal / "Correspondence")
    bench.scan(deal)
    assert bench.documents() == {path.replace("sub/", "Correspondence/"): doc for path, doc in before.items()}
    assert waiting(bench) == []
    (deal / "Correspondence" / "m.eml").rename(deal / "n.eml")
    bench.scan(deal)
    assert bench.documents()["n.eml/annex.txt"] == before["sub/m.eml/annex.txt"]
    assert not any(path.startswith("Correspondence/m.eml") for path in bench.documents())


def test_a_version_history_moves_along(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    write(deal, {"a.txt": "alpha, second"})
    taken_in(bench, deal)
    (deal / "a.txt").rename(deal / "z.txt")
    bench.scan(deal)
    write(deal, {"z.txt": "alpha, third"})
    assert taken_in(bench, deal)["z.txt"] == before["a.txt"]
    with bench.room.db.read() as cursor:
        rows = cursor.execute("SELECT number FROM versions WHERE document_id = ?", [before["a.txt"]]).fetchall()
    assert sorted(rows) == [(1,), (2,), (3,)]


def test_files_that_change_places_are_told_apart_by_their_content(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    (deal / "a.txt").rename(deal / "c.txt")
    (deal / "sub" / "b.txt").rename(deal / "a.txt")
    (deal / "c.txt").rename(deal / "sub" / "b.txt")
    after = taken_in(bench, deal)
    assert (after["a.txt"], after["sub/b.txt"]) == (before["sub/b.txt"], before["a.txt"])
    assert bench.trash() == {}


def test_a_file_renamed_over_another_stands_in_its_place(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    (deal / "sub" / "b.txt").replace(deal / "a.txt")
    after = taken_in(bench, deal)
    assert after["a.txt"] == before["sub/b.txt"]
    assert "sub/b.txt" not in after
    assert bench.trash() == {"a.txt": "replaced"}
    bench.intake.remove(["a.txt"])
    bench.intake.empty_trash(["a.txt"])
    assert bench.trash() == {}


def test_what_is_gone_goes_to_the_trash_and_comes_back_as_what_it_was(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    indexed = bench.room.passages.count()
    kept = deal.parent / "kept"
    (deal / "sub").rename(kept)
    told = bench.scan(deal)
    assert told["gone"] == 3
    assert bench.documents() == {"a.txt": before["a.txt"]}
    assert bench.trash() == {"sub/b.txt": "gone", "sub/m.eml": "gone", "sub/m.eml/annex.txt": "gone"}
    assert bench.room.passages.count() == indexed - 3
    kept.rename(deal / "sub")
    bench.scan(deal)
    assert bench.work() == 3
    assert bench.documents() == before
    assert bench.trash() == {}
    assert bench.room.passages.count() == indexed


def test_what_is_gone_and_turns_up_elsewhere_later_is_the_same_document(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    (deal / "sub" / "m.eml").rename(deal.parent / "m.eml")
    bench.scan(deal)
    (deal.parent / "m.eml").rename(deal / "n.eml")
    after = taken_in(bench, deal)
    assert (after["n.eml"], after["n.eml/annex.txt"]) == (before["sub/m.eml"], before["sub/m.eml/annex.txt"])
    assert bench.trash() == {}


def test_a_file_saved_by_way_of_deleting_it_is_the_next_version(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    (deal / "a.txt").unlink()
    bench.scan(deal)
    assert bench.trash() == {"a.txt": "gone"}
    write(deal, {"a.txt": "alpha, saved anew"})
    bench.scan(deal)
    assert bench.documents()["a.txt"] == before["a.txt"]
    assert bench.work() == 2, "the new version, and the older one for the history"
    assert bench.trash() == {}


def test_of_twins_only_the_one_that_is_gone_leaves(bench: Bench, deal: Path) -> None:
    write(deal, {"twin.txt": "alpha"})
    before = taken_in(bench, deal)
    assert before["twin.txt"] == before["a.txt"]
    count = bench.room.passages.count()
    (deal / "twin.txt").unlink()
    bench.scan(deal)
    assert "twin.txt" not in bench.documents()
    assert bench.documents()["a.txt"] == before["a.txt"]
    assert bench.room.passages.count() == count
    bench.intake.empty_trash()
    assert bench.original(bench.paths()["a.txt"]).exists()


def test_a_folder_that_is_not_there_is_no_deletion(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    deal.rename(deal.with_name("unplugged"))
    with pytest.raises(Unavailable, match="not there any more"):
        bench.scan(deal)
    assert bench.documents() == before
    deal.mkdir()  # where a drive was mounted
    [told] = bench.scan(deal)["left_out"]
    assert "is empty, although 3 files came from it" in told["reason"]
    assert bench.documents() == before
    deal.rmdir()
    deal.with_name("unplugged").rename(deal)
    assert bench.scan(deal)["counts"]["unchanged"] == 3


def test_a_folder_taken_away_while_it_is_looked_through_is_no_deletion(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    for number in range(50):
        write(deal, {f"new/{number}.txt": f"new {number}"})
    calls = 0

    def unplug() -> None:
        nonlocal calls
        calls += 1
        if calls == 60:
            deal.rename(deal.with_name("unplugged"))

    with pytest.raises(Unavailable):
        bench.scan(deal, unplug)
    assert before.items() <= bench.documents().items()
    assert bench.trash() == {}
    deal.with_name("unplugged").rename(deal)
    assert len(taken_in(bench, deal)) == len(before) + 50


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the administrator may open every folder")
def test_a_folder_that_may_not_be_opened_is_no_deletion(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    (deal / "sub").chmod(0)
    try:
        [told] = bench.scan(deal)["left_out"]
    finally:
        (deal / "sub").chmod(0o700)
    assert told["path"] == "sub"
    assert bench.documents() == before


def _may_mount(folder: Path) -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    folder.mkdir(parents=True)
    return (
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(folder)], capture_output=True, check=False).returncode == 0
    )


def test_a_drive_within_the_folder_that_is_not_connected_is_no_deletion(bench: Bench, deal: Path) -> None:
    drive = deal / "drive"
    if not _may_mount(drive):
        pytest.skip("mounting a drive needs the administrator of a Linux system")
    try:
        write(drive, {"x/scan.txt": "delta"})
        before = taken_in(bench, deal)
    finally:
        subprocess.run(["umount", str(drive)], check=True)
    [told] = bench.scan(deal)["left_out"]
    assert told["path"] == "drive"
    assert "drive that is not connected" in told["reason"]
    assert bench.documents() == before


def test_another_folder_of_the_same_shape_takes_nothing_from_the_first(
    bench: Bench, deal: Path, tmp_path: Path
) -> None:
    taken_in(bench, deal)
    newer = tmp_path / "newer"
    write(newer, {"a.txt": "alpha, amended"})
    after = taken_in(bench, newer)
    assert len(after) == 4
    amended = bench.paths()["a.txt"]
    assert bench.scan(deal)["counts"]["unchanged"] == 3, "what did not change there does not take its place back"
    assert bench.paths()["a.txt"] == amended
    shutil.copy(newer / "a.txt", newer / "z.txt")
    (newer / "a.txt").unlink()
    bench.scan(newer)
    (deal / "a.txt").unlink()
    bench.scan(deal)
    assert "z.txt" in bench.documents()


def test_what_the_user_removed_stays_out_until_it_is_asked_for(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)
    assert bench.intake.remove(["a.txt"]) == ["a.txt"]
    [told] = bench.scan(deal)["left_out"]
    assert told["path"] == "a.txt"
    assert "removed from this room" in told["reason"]
    (deal / "a.txt").rename(deal / "disguised.txt")
    assert [item["path"] for item in bench.scan(deal)["left_out"]] == ["disguised.txt"]
    assert [item["path"] for item in bench.scan(deal)["left_out"]] == ["disguised.txt"]
    bench.intake.empty_trash()
    assert [item["path"] for item in bench.scan(deal)["left_out"]] == ["disguised.txt"]
    write(deal, {"a.txt": "alpha, corrected"})
    assert "a.txt" in taken_in(bench, deal), "other bytes are another matter"
    bench.intake.add([deal / "disguised.txt"])
    bench.scan(deal / "disguised.txt")
    assert bench.documents()["disguised.txt"] not in before.values()


def test_an_attachment_that_was_removed_does_not_come_back_with_its_mail(bench: Bench, deal: Path) -> None:
    taken_in(bench, deal)
    bench.intake.remove(["sub/m.eml/annex.txt"])
    bench.intake.read_again([bench.paths()["sub/m.eml"]])
    bench.work()
    assert "sub/m.eml/annex.txt" not in bench.documents()
    bench.intake.restore(["sub/m.eml/annex.txt"])
    bench.work()
    assert "sub/m.eml/annex.txt" in bench.documents()


def test_a_room_from_before_sources_were_registered_follows_its_folder_too(bench: Bench, deal: Path) -> None:
    before = taken_in(bench, deal)

    def forget(tx: store.Cursor) -> None:
        tx.execute("DELETE FROM sources")
        tx.execute("DELETE FROM source_files")

    bench.room.db.write(forget)
    (deal / "a.txt").rename(deal / "z.txt")
    (deal / "sub" / "b.txt").unlink()
    told = bench.scan(deal)
    assert (told["moved"], told["gone"]) == (1, 1)
    assert bench.documents()["z.txt"] == before["a.txt"]


def test_a_folder_keeps_its_place_in_whatever_company_it_comes_again(bench: Bench, tmp_path: Path) -> None:
    roots = [tmp_path / parent / "deal" for parent in "xyz"]
    for root in roots:
        write(root, {"t.txt": root.parent.name})

    def prefixes(*paths: Path) -> list[str]:
        ids = bench.intake.add(paths)
        jobs = [bench.queue.get(job_id) for job_id in ids]
        return [json.loads(job.payload)["prefix"] for job in jobs if job is not None]

    assert prefixes(roots[0]) == [""]
    assert prefixes(*roots[:2]) == ["", "deal"]
    assert prefixes(roots[0], roots[2]) == ["", "deal (2)"]
    assert prefixes(roots[2]) == ["deal (2)"]
    assert {job.kind for job in bench.queue.list([JobState.QUEUED])} == {SCAN}


def test_short_files_are_read_first(bench: Bench, tmp_path: Path) -> None:
    write(
        tmp_path / "mixed",
        {"0 long.txt": "x" * 3_000_000, "1 middling.txt": "y" * 200_000, "2 short.txt": "z", "3 short.txt": "zz"},
    )
    bench.scan(tmp_path / "mixed")
    assert waiting(bench) == ["2 short.txt", "3 short.txt", "1 middling.txt", "0 long.txt"]
