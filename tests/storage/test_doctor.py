"""The doctor notices each thing that can be wrong, says it, and repairs what is derived."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from datazoom_desktop.activity import trail
from datazoom_desktop.storage import doctor
from datazoom_desktop.storage.doctor import Report, Severity, examine, repair
from datazoom_desktop.storage.passage_index import IndexRow
from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import add_document, direction

TEXTS = ["The tenant pays rent.\n", "", "The law of England governs.\n"]


@pytest.fixture
def version(room: RoomStorage) -> str:
    room.db.write(lambda tx: trail.record(tx, actor="me", intent="room.created", subject="r", detail={}))
    return add_document(room, "leases/lease.txt", TEXTS)


def _sql(room: RoomStorage, statement: str, *values: object) -> None:
    room.db.write(lambda tx: tx.execute(statement, list(values)))


def _state(room: RoomStorage, version: str) -> str:
    with room.db.read() as cursor:
        return str(cursor.execute("SELECT state FROM versions WHERE version_id = ?", [version]).fetchall()[0][0])


def _words(report: Report) -> str:
    return " ".join(finding.what for finding in report.findings)


def test_a_sound_room_has_no_findings(room: RoomStorage, version: str) -> None:
    add_document(room, "empty.txt", [])
    add_document(room, "blank.txt", [""])
    for report in (examine(room, (trail.verify,)), examine(room, deep=False), repair(room)):
        assert report.findings == ()
        assert report.healthy
    assert _state(room, version) == "indexed"


def test_an_empty_room_is_sound(room: RoomStorage) -> None:
    assert examine(room).healthy


def _delete_index(room: RoomStorage, version: str) -> None:
    shutil.rmtree(room.passages.path)


def _break_index(room: RoomStorage, version: str) -> None:
    room.passages.close()
    for file in (room.passages.path / "data").iterdir():
        file.write_bytes(b"\x00" * 100)


def _lack_a_version(room: RoomStorage, version: str) -> None:
    room.passages.remove([version])


def _lack_a_passage(room: RoomStorage, version: str) -> None:
    room.passages.replace(version, [IndexRow(f"{version}:0", version, TEXTS[0], direction(TEXTS[0]))])


@pytest.mark.parametrize("harm", [_delete_index, _break_index, _lack_a_version, _lack_a_passage])
def test_an_index_that_lacks_passages_is_noticed_and_its_versions_wait_again(
    room: RoomStorage, version: str, harm: Callable[[RoomStorage, str], None]
) -> None:
    other = add_document(room, "other.txt", ["Another text."])
    harm(room, version)
    for deep in (True, False):
        report = examine(room, deep=deep)
        assert version in report.versions_to_reindex
        assert [(finding.severity, finding.repairable) for finding in report.findings] == [(Severity.WARNING, True)]
        assert "search index" in _words(report)
    repair(room)
    assert examine(room).healthy
    assert _state(room, version) == "read"
    assert _state(room, other) == ("read" if other in report.versions_to_reindex else "indexed")


def test_rows_of_versions_not_in_the_room_are_taken_out(room: RoomStorage, version: str) -> None:
    room.passages.replace("stranger", [IndexRow("stranger:0", "stranger", "x", direction("x"))])
    report = examine(room)
    assert report.ownerless_rows == ("stranger",)
    assert [finding.severity for finding in report.findings] == [Severity.NOTE]
    repair(room)
    assert set(room.passages.version_counts()) == {version}
    assert examine(room).healthy


def _only_blob(room: RoomStorage) -> Path:
    (sha256,) = room.blobs.all()
    file = room.blobs.path(sha256)
    file.chmod(0o644)
    return file


def test_a_lost_original_is_reported_and_never_hidden(room: RoomStorage, version: str) -> None:
    _only_blob(room).unlink()
    for report in (examine(room), examine(room, deep=False), repair(room), examine(room)):
        (finding,) = report.findings
        assert finding.severity is Severity.ERROR
        assert not finding.repairable
        assert "leases/lease.txt" in finding.what
        assert "missing" in finding.what
    assert _state(room, version) == "indexed"


@pytest.mark.parametrize("content", [b"", b"x" * 10_000, None])
def test_an_altered_original_is_reported(room: RoomStorage, version: str, content: bytes | None) -> None:
    file = _only_blob(room)
    file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:] if content is None else content)
    (finding,) = examine(room).findings
    assert finding.severity is Severity.ERROR
    assert "altered" in finding.what
    assert not finding.repairable
    assert examine(room, deep=False).healthy == (content is None)


@pytest.mark.parametrize("lost", [True, False])
def test_an_original_whose_source_still_has_the_same_bytes_is_taken_again(
    room: RoomStorage, tmp_path: Path, lost: bool
) -> None:
    source = tmp_path / "lease.txt"
    source.write_bytes(b"The tenant pays rent.")
    add_document(room, "lease.txt", ["The tenant pays rent."], source)
    file = _only_blob(room)
    if lost:
        file.unlink()
    else:
        file.write_bytes(b"The tenant pays more!")
    (finding,) = examine(room).findings
    assert finding.repairable
    assert str(source) in finding.remedy
    repair(room)
    assert examine(room).healthy
    file.chmod(0o644)
    file.unlink()
    source.write_bytes(b"The tenant pays less.")
    assert not examine(room).findings[0].repairable


def test_an_original_that_no_document_names_is_moved_aside_not_deleted(room: RoomStorage, version: str) -> None:
    sha256, _size = room.blobs.add_bytes(b"nobody's")
    report = examine(room)
    assert report.unclaimed_originals == (sha256,)
    assert [finding.severity for finding in report.findings] == [Severity.NOTE]
    repair(room)
    assert examine(room).healthy
    assert (room.folder / doctor.UNCLAIMED / sha256).read_bytes() == b"nobody's"


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE pages SET char_start = char_start + 1 WHERE page = 3",
        "UPDATE pages SET char_end = char_end + 1 WHERE page = 1",
        "UPDATE pages SET text = text || 'x' WHERE page = 1",
        "DELETE FROM pages WHERE page = 3",
        "DELETE FROM pages WHERE page = 1",
        "DELETE FROM pages",
        "UPDATE pages SET page = 7 WHERE page = 3",
        "INSERT INTO pages SELECT * FROM pages WHERE page = 2",
        "UPDATE versions SET page_count = 2",
        "UPDATE versions SET char_count = char_count + 1",
        "UPDATE passages SET char_start = char_start + 100000, char_end = char_end + 100000",
        "UPDATE passages SET char_end = char_end - 1 WHERE ordinal = 0",
        "UPDATE passages SET text = upper(text)",
        "UPDATE passages SET page_last = 9 WHERE ordinal = 1",
        "UPDATE passages SET page_first = 2, page_last = 2 WHERE ordinal = 1",
    ],
)
def test_text_that_does_not_fit_together_is_read_again(room: RoomStorage, version: str, harm: str) -> None:
    sound = add_document(room, "sound.txt", TEXTS)
    where = "AND" if "WHERE" in harm else "WHERE"
    _sql(room, f"{harm} {where} version_id = ?", version)
    report = examine(room)
    assert report.versions_to_reread == (version,)
    assert report.versions_to_reindex == ()
    assert all(finding.repairable for finding in report.findings)
    repair(room)
    assert _state(room, version) == "new"
    assert _state(room, sound) == "indexed"
    with room.db.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM pages WHERE version_id = ?", [version]).fetchone() == (0,)
        assert cursor.execute("SELECT count(*) FROM pages WHERE version_id = ?", [sound]).fetchone() == (3,)
    assert examine(room).healthy


def test_text_of_unknown_versions_is_deleted(room: RoomStorage, version: str) -> None:
    _sql(room, "INSERT INTO passages SELECT 'x:0', 'x', 0, 0, 1, 1, 1, '', '', 'x'")
    assert examine(room).ownerless_text == ("x",)
    repair(room)
    assert examine(room).healthy
    assert _state(room, version) == "indexed"


def test_a_path_that_stands_for_nothing_is_reported(room: RoomStorage, version: str) -> None:
    _sql(room, "UPDATE paths SET version_id = 'gone'")
    findings = examine(room).findings
    assert [(finding.severity, finding.repairable) for finding in findings] == [(Severity.ERROR, False)]
    assert "leases/lease.txt" in findings[0].what


def test_a_broken_trail_is_reported(room: RoomStorage, version: str) -> None:
    _sql(room, "UPDATE activity SET detail = '{\"a\":1}'")
    (finding,) = examine(room, (trail.verify,)).findings
    assert finding.severity is Severity.ERROR
    assert not finding.repairable
    assert "trail" in finding.what
    assert examine(room).healthy


def test_work_left_behind_goes_back_into_the_queue_and_work_going_on_is_left_alone(
    room: RoomStorage, version: str
) -> None:
    for job, until in (("old", "now() - INTERVAL 1 HOUR"), ("none", "NULL"), ("busy", "now() + INTERVAL 1 HOUR")):
        _sql(
            room,
            f"INSERT INTO jobs VALUES (?, 'intake.read', 'v', ?, '{{}}', 'running', 0, 1, 3, now(), 'me', {until}, 0, 0, 'pages', "
            "NULL, NULL, NULL, now(), now(), NULL)",
            job,
            f"{job}.pdf",
        )
    (finding,) = examine(room).findings
    assert "2 pieces of work" in finding.what
    assert "old.pdf" in finding.what
    assert "busy.pdf" not in finding.what
    repair(room)
    with room.db.read() as cursor:
        states = dict(cursor.execute("SELECT job_id, state FROM jobs").fetchall())
    assert states == {"old": "queued", "none": "queued", "busy": "running"}
    assert examine(room).healthy


def test_pictures_of_unknown_documents_are_deleted(room: RoomStorage, version: str) -> None:
    for name in (version, "stranger"):
        (room.previews / name).mkdir()
        (room.previews / name / "1@100.png").write_bytes(b"x")
    assert [path.name for path in examine(room).stray_previews] == ["stranger"]
    repair(room)
    assert [path.name for path in room.previews.iterdir()] == [version]
    assert examine(room).healthy


def test_a_missing_table_is_told_and_nothing_else_is_tried(room: RoomStorage, version: str) -> None:
    _sql(room, "DROP TABLE passages")
    for report in (examine(room), repair(room)):
        (finding,) = report.findings
        assert "passages" in finding.what
        assert not finding.repairable


def test_several_things_at_once_are_all_found_and_repaired(room: RoomStorage, version: str) -> None:
    misread = add_document(room, "misread.txt", TEXTS)
    _sql(room, "DELETE FROM pages WHERE version_id = ? AND page = 2", misread)
    _lack_a_passage(room, version)
    room.passages.replace("stranger", [IndexRow("stranger:0", "stranger", "x", direction("x"))])
    room.blobs.add_bytes(b"nobody's")
    report = repair(room)
    assert (report.versions_to_reread, report.versions_to_reindex) == ((misread,), (version,))
    assert len(report.findings) == 4
    assert examine(room).healthy
