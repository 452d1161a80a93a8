"""Intake's jobs at their edges: readings that overtake each other, attachments that change, files that cannot be taken."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from datazoom_desktop.documents import store
from datazoom_desktop.intake.indexing import EMBED, INDEX, ROOM
from datazoom_desktop.intake.jobs import READ, SCAN
from datazoom_desktop.intake.scan import why_not
from datazoom_desktop.intake.service import Intake
from datazoom_desktop.jobs.model import JobState, WorkContext
from datazoom_desktop.kernel.changes import ChangeBus, Changes
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage import spool
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.faults import disk_full
from datazoom_desktop.storage.passage_index import DEFAULT_MODEL_ID
from tests.support.intake_bench import Bench
from tests.support.rooms import direction


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    with made.room:
        yield made


def one_file(bench: Bench, tmp_path: Path, name: str = "a.txt", text: str = "first") -> str:
    deal = tmp_path / "deal"
    deal.mkdir(exist_ok=True)
    (deal / name).write_text(text)
    bench.scan(deal)
    return bench.paths()[name]


def indexed_words(bench: Bench, words: str) -> bool:
    return bench.room.passages.nearest(direction(words), 1)[0][1] > 0.99


def test_an_index_made_from_an_older_reading_never_replaces_the_newer_ones(bench: Bench, tmp_path: Path) -> None:
    version = one_file(bench, tmp_path)
    bench.read(version, "old words")
    old = bench.begin_embed()
    Intake(bench.room, bench.queue, ChangeBus()).read_again([version])
    bench.read(version, "new words")
    new = bench.begin_embed()
    bench.end_embed(new)
    assert bench.state(version) == "indexed"
    bench.end_embed(old)
    assert bench.state(version) == "indexed"
    assert indexed_words(bench, "new words")


def test_an_index_written_while_a_document_is_about_to_be_kept_leaves_it_for_the_next_time(
    bench: Bench, tmp_path: Path
) -> None:
    read, index = bench.kinds[READ], bench.kinds[INDEX]
    assert read.settle is not None
    assert index.run is not None
    bench.room.db.write(lambda tx: bench.queue.enqueue(tx, INDEX, ROOM, "Index", {}))
    writing = bench.queue.lease("me", {INDEX: index})
    assert writing is not None
    version = one_file(bench, tmp_path)
    lease, result, folder = bench.begin_read(version, "few words", vectors=True, model=DEFAULT_MODEL_ID)
    spool.write_vectors(folder / "vectors.npy", direction("few words")[None])
    read.settle(lease.job, result, folder)
    held, go = threading.Event(), threading.Event()

    def keep(tx: Cursor) -> Changes:
        changes = read.apply(tx, lease.job, result, folder)
        held.set()
        assert go.wait(30)
        return changes

    context = WorkContext(bench.room.scratch, lambda done, total: None, lambda: None)
    with ThreadPoolExecutor(2) as pool:
        kept = pool.submit(bench.queue.finish, lease, keep)
        assert held.wait(30)
        written = pool.submit(index.run, writing.job, context)
        wait([written], timeout=0.5)
        go.set()
        kept.result()
        bench.queue.finish(writing, lambda tx: index.apply(tx, writing.job, written.result(), bench.room.scratch))
    bench.index()
    assert bench.state(version) == "indexed"
    assert indexed_words(bench, "few words")


def test_an_older_reading_is_not_called_searchable(bench: Bench, tmp_path: Path) -> None:
    version = one_file(bench, tmp_path)
    bench.read(version, "old words")
    old = bench.begin_embed()
    Intake(bench.room, bench.queue, ChangeBus()).read_again([version])
    bench.read(version, "new words")
    bench.end_embed(old)
    assert bench.state(version) == "read"
    bench.end_embed(bench.begin_embed())
    assert bench.state(version) == "indexed"
    assert indexed_words(bench, "new words")


def test_cancelling_a_second_reading_keeps_the_first(bench: Bench, tmp_path: Path) -> None:
    version = one_file(bench, tmp_path)
    bench.read(version, "words")
    bench.end_embed(bench.begin_embed())
    Intake(bench.room, bench.queue, ChangeBus()).read_again([version])
    assert bench.state(version) == "new"
    bench.queue.cancel(bench.waiting(READ).job_id)
    assert bench.state(version) == "indexed"
    with bench.room.db.read() as cursor:
        assert [text for _, text in store.passage_texts(cursor, version)] == ["words"]


def test_cancelling_a_second_reading_indexes_what_the_first_left_unindexed(bench: Bench, tmp_path: Path) -> None:
    version = one_file(bench, tmp_path)
    bench.read(version, "words")
    begun = bench.begin_embed()
    Intake(bench.room, bench.queue, ChangeBus()).read_again([version])
    bench.end_embed(begun)
    bench.queue.cancel(bench.waiting(READ).job_id)
    assert bench.state(version) == "read"
    bench.end_embed(bench.begin_embed())
    assert bench.state(version) == "indexed"


def test_cancelling_the_first_reading_leaves_the_file_out(bench: Bench, tmp_path: Path) -> None:
    version = one_file(bench, tmp_path)
    bench.queue.cancel(bench.waiting(READ).job_id)
    assert bench.state(version) == "unreadable"


def test_what_is_no_longer_attached_goes_when_a_mail_is_read_again(bench: Bench, tmp_path: Path) -> None:
    mail = one_file(bench, tmp_path, "mail.eml")
    bench.read(mail, "mail", {"a.pdf": b"a", "b.pdf": b"b"})
    assert set(bench.paths()) == {"mail.eml", "mail.eml/a.pdf", "mail.eml/b.pdf"}
    for kind in (READ, EMBED):
        for job in bench.queue.list([JobState.QUEUED]):
            if job.kind == kind:
                bench.queue.cancel(job.job_id)
    Intake(bench.room, bench.queue, ChangeBus()).read_again([mail])
    bench.read(mail, "mail", {"b.pdf": b"b"})
    assert set(bench.paths()) == {"mail.eml", "mail.eml/b.pdf"}


def test_folders_of_an_archive_are_kept_and_what_left_it_goes(bench: Bench, tmp_path: Path) -> None:
    archive = one_file(bench, tmp_path, "deal.zip")
    bench.read(archive, "list", {"a/b/c.txt": b"c", "a/m.eml": b"m", "a/b/c.pdf/d.txt": b"d"})
    mail = bench.paths()["deal.zip/a/m.eml"]
    for job in bench.queue.list([JobState.QUEUED]):
        if job.subject != mail:
            bench.queue.cancel(job.job_id)
    bench.read(mail, "mail", {"e.txt": b"e"})
    bench.queue.cancel()
    Intake(bench.room, bench.queue, ChangeBus()).read_again([archive])
    bench.read(archive, "list", {"a/m.eml": b"m", "a/b/c.pdf/d.txt": b"d", "a/b/e.txt": b"e2"})
    assert set(bench.paths()) == {
        *("deal.zip", "deal.zip/a/m.eml", "deal.zip/a/m.eml/e.txt", "deal.zip/a/b/c.pdf/d.txt", "deal.zip/a/b/e.txt")
    }


def test_what_lies_too_deep_inside_other_files_or_is_too_much_is_not_taken_out(bench: Bench, tmp_path: Path) -> None:
    path = "0.zip"
    version = one_file(bench, tmp_path, path)
    prepare = bench.kinds[READ].prepare
    assert prepare is not None
    for level in range(1, 13):
        assert prepare(bench.waiting(READ), tmp_path)["most_inside"] > 10_000
        bench.read(version, "list", {f"{level}.zip": bytes([level])})
        path = f"{path}/{level}.zip"
        version = bench.paths()[path]
        for job in bench.queue.list([JobState.QUEUED]):
            if job.subject != version:
                bench.queue.cancel(job.job_id)
    assert prepare(bench.waiting(READ), tmp_path)["most_inside"] == 0


def test_a_file_at_many_paths_may_hold_the_fewer(bench: Bench, tmp_path: Path) -> None:
    for number in range(50):
        one_file(bench, tmp_path, f"{number}.zip", "the same")
    prepare = bench.kinds[READ].prepare
    assert prepare is not None
    assert prepare(bench.waiting(READ), tmp_path)["most_inside"] == 400


def test_a_mail_that_comes_back_brings_its_attachments(bench: Bench, tmp_path: Path) -> None:
    mail = one_file(bench, tmp_path, "mail.eml", "one")
    bench.read(mail, "mail", {"a.pdf": b"a"})
    attached = bench.paths()["mail.eml/a.pdf"]
    bench.queue.cancel()
    other = one_file(bench, tmp_path, "mail.eml", "another")
    assert other != mail
    assert "mail.eml/a.pdf" not in bench.paths()
    bench.queue.cancel()
    assert one_file(bench, tmp_path, "mail.eml", "one") == mail
    bench.read(mail, "mail", {"a.pdf": b"a"})
    assert bench.paths() == {"mail.eml": mail, "mail.eml/a.pdf": attached}


def test_what_a_password_opened_stays_when_it_is_read_again_without(bench: Bench, tmp_path: Path) -> None:
    version = one_file(bench, tmp_path)
    bench.read(version, "secret words")
    bench.end_embed(bench.begin_embed())
    Intake(bench.room, bench.queue, ChangeBus()).read_again([version])
    bench.read(version, "", coverage="encrypted", reason="A password is needed.", remedy="")
    assert bench.state(version) == "indexed"
    assert indexed_words(bench, "secret words")
    with bench.room.db.read() as cursor:
        assert [text for _, text in store.passage_texts(cursor, version)] == ["secret words"]


def test_members_that_a_password_opened_stay_when_their_archive_is_read_again_without(
    bench: Bench, tmp_path: Path
) -> None:
    archive = one_file(bench, tmp_path, "deal.zip")
    bench.read(archive, "list", {"open.txt": b"o", "locked.txt": b"l"})
    bench.queue.cancel()
    Intake(bench.room, bench.queue, ChangeBus()).read_again([archive])
    bench.read(archive, "list", {"open.txt": b"o"}, locked=True)
    assert set(bench.paths()) == {"deal.zip", "deal.zip/open.txt", "deal.zip/locked.txt"}


def test_a_version_that_cannot_be_read_any_more_leaves_the_index(bench: Bench, tmp_path: Path) -> None:
    version = one_file(bench, tmp_path)
    bench.read(version, "words")
    bench.end_embed(bench.begin_embed())
    assert bench.room.passages.count() == 1
    settle = bench.kinds[READ].settle
    assert settle is not None
    job = next(job for job in bench.queue.list([JobState.DONE]) if job.subject == version)
    settle(job, {"coverage": "failed"}, tmp_path)
    assert bench.room.passages.count() == 0


def test_a_file_that_vanishes_is_left_out_and_the_rest_taken_in(bench: Bench, tmp_path: Path) -> None:
    deal = tmp_path / "deal"
    deal.mkdir()
    for name in "abc":
        (deal / f"{name}.txt").write_text(name)
    told = bench.scan(deal, lambda: (deal / "b.txt").unlink(missing_ok=True))
    assert set(bench.paths()) == {"a.txt", "c.txt"}
    assert [item["path"] for item in told["left_out"]] == ["b.txt"]
    assert "moved or deleted" in told["left_out"][0]["reason"]
    assert [item.path for items in bench.jobs.scan.left_out.values() for item in items] == ["b.txt"]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens but cannot be read")
def test_a_file_that_cannot_be_read_is_left_out_with_the_reason(bench: Bench) -> None:
    told = bench.scan(Path("/proc/self/mem"))
    assert bench.paths() == {}
    assert "could not be read" in told["left_out"][0]["reason"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are always Unicode")
def test_names_that_are_not_utf_8_are_taken_in_and_stay_apart(bench: Bench, tmp_path: Path) -> None:
    deal = tmp_path / os.fsdecode(b"d\xe9al")
    deal.mkdir()
    for name, words in ((b"b\xe9ton.txt", "one"), (b"b\xe8ton.txt", "two"), (b"\x81.txt", "three")):
        (deal / os.fsdecode(name)).write_text(words)
    first = bench.scan(deal)
    assert set(bench.paths()) == {"b\u00e9ton.txt", "b\u00e8ton.txt", "[U+0081].txt"}
    assert first["left_out"] == []
    assert bench.scan(deal)["counts"]["unchanged"] == 3
    Intake(bench.room, bench.queue, ChangeBus()).add([deal])
    assert bench.waiting(SCAN).title.endswith("d\\xe9al")
    assert json.loads(bench.waiting(SCAN).payload)["root"] == str(deal)
    shutil.rmtree(deal)


def test_folders_and_files_of_one_name_do_not_stand_in_for_each_other(bench: Bench, tmp_path: Path) -> None:
    for parent in ("x", "y"):
        (tmp_path / parent / "deal").mkdir(parents=True)
        (tmp_path / parent / "note.txt").write_text(parent)
    roots = [tmp_path / p / name for p in ("x", "y") for name in ("deal", "note.txt")]
    Intake(bench.room, bench.queue, ChangeBus()).add([*roots, roots[0]])
    prefixes = {job.subject: json.loads(job.payload)["prefix"] for job in bench.queue.list([JobState.QUEUED])}
    assert prefixes == dict(zip(map(str, roots), ("deal", "", "deal (2)", "y"), strict=True))


def test_an_error_of_the_room_is_not_blamed_on_a_file(tmp_path: Path) -> None:
    problem = disk_full(tmp_path)
    problem.__cause__ = OSError(28, "No space left on device")
    with pytest.raises(Problem, match="no space left"):
        why_not(tmp_path / "a.txt", problem)
