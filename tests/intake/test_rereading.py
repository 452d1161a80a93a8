"""Which documents are worth reading again, and that having them read again leaves nothing unsearchable meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.documents import store
from datazoom_desktop.intake import detect
from datazoom_desktop.intake.jobs import READ
from datazoom_desktop.intake.readers import registry
from datazoom_desktop.intake.readers.text import TextReader
from datazoom_desktop.intake.rereading import Reading, outdated, worth_reading_again
from datazoom_desktop.jobs import failures
from datazoom_desktop.jobs.model import JobState
from datazoom_desktop.kernel.coverage import Coverage
from tests.support.intake_bench import Bench

EDITIONS = {"application/pdf": ("pdf", 3), "application/msword": ("legacy", 1)}


@pytest.mark.parametrize(
    ("media_type", "reader", "coverage", "old", "worth"),
    [
        ("application/pdf", "pdf 3", None, False, False),
        ("application/pdf", "pdf 2", None, True, True),
        ("application/pdf", "pdf 10", None, False, False),
        ("application/pdf", "pypdf 9", None, True, True),
        ("application/pdf", None, "failed", True, True),
        ("application/pdf", "pdf 3", "failed", False, False),
        ("application/msword", "legacy 1", "skipped", False, True),
        ("application/x-new", None, "skipped", False, True),
        (None, None, "failed", False, False),
        (None, None, "skipped", False, True),
    ],
)
def test_what_is_worth_reading_again(
    media_type: str | None, reader: str | None, coverage: str | None, old: bool, worth: bool
) -> None:
    reading = Reading("v1", "unreadable" if coverage else "indexed", media_type, reader, coverage)
    assert outdated(reading, EDITIONS) is old
    assert worth_reading_again(reading, EDITIONS) is worth


def test_the_registry_knows_each_readers_version() -> None:
    """Whoever adds a reader, or raises its ``version``, says so in ``registry._EDITIONS`` too."""
    editions = registry.editions()
    for media_type in registry.media_types():
        reader = registry.reader_for(media_type)
        assert reader is not None
        assert editions[media_type] == (reader.name, reader.version), media_type


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    with made.room:
        (tmp_path / "deal").mkdir()
        for name in ("a.txt", "b.txt"):
            (tmp_path / "deal" / name).write_text(f"words of {name}")
        made.scan(tmp_path / "deal")
        made.work()
        yield made


def _became_old(bench: Bench, path: str) -> str:
    version = bench.paths()[path]
    bench.room.db.write(lambda tx: tx.execute("UPDATE versions SET reader = 'text 0' WHERE version_id = ?", [version]))
    return version


def test_only_what_an_older_reader_read_is_read_again_and_stays_searchable(bench: Bench) -> None:
    assert (bench.intake.outdated(), bench.intake.read_anew()) == (0, 0)
    old = _became_old(bench, "a.txt")
    assert bench.intake.outdated() == 1
    assert bench.intake.read_anew() == 1
    assert bench.waiting(READ).subject == old
    assert bench.waiting(READ).title == "a.txt"
    assert bench.state(old) == "indexed"
    bench.work()
    assert bench.state(old) == "indexed"
    assert bench.intake.outdated() == 0
    assert bench.intake.read_anew(everything=True) == 2


def test_a_second_reading_that_fails_keeps_the_first(bench: Bench) -> None:
    old = _became_old(bench, "a.txt")
    bench.intake.read_anew()
    lease = bench.queue.lease("me", {READ: bench.kinds[READ]})
    assert lease is not None
    assert bench.queue.fail(lease, failures.bug("trace")) is JobState.DEAD
    assert bench.state(old) == "indexed"
    with bench.room.db.read() as cursor:
        assert [text for _, text in store.passage_texts(cursor, old)] == ["words of a.txt"]


def test_what_was_left_out_is_tried_again(bench: Bench) -> None:
    version = bench.paths()["b.txt"]

    def leave_out(tx: store.Cursor) -> None:
        store.mark_unreadable(
            tx,
            version,
            detect.TEXT,
            f"text {TextReader.version}",
            Coverage.SKIPPED,
            "LibreOffice is missing.",
            bench.queue.now(),
        )

    bench.room.db.write(leave_out)
    assert bench.intake.outdated() == 0
    assert bench.intake.read_anew() == 1
    assert bench.state(version) == "new"
    bench.work()
    assert bench.state(version) == "indexed"
