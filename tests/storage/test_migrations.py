"""The numbered steps of the schema, and rooms of every past version.

When you add a migration, add to ``FILLED_AT`` what a room at that number holds: the test then brings such a room to the
present and looks for it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from datazoom_desktop.chat import store
from datazoom_desktop.chat.conversation import Focus
from datazoom_desktop.chat.evaluation import outcome_of
from datazoom_desktop.chat.evaluations import store as evaluations
from datazoom_desktop.chat.evaluations.model import End
from datazoom_desktop.chat.model import Citation, Searched, Verdict
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.storage.database import Cursor, Database
from datazoom_desktop.storage.migrate import Migration, migrate, migrations, schema_number

ALL = migrations()


def _fill_1(tx: Cursor) -> None:
    tx.execute("INSERT INTO room_settings VALUES ('embedder', 'all-MiniLM-L6-v2')")
    tx.execute("INSERT INTO documents VALUES ('d1', NULL, '2024-01-02 03:04:05.678901+00')")
    tx.execute(
        "INSERT INTO versions (version_id, document_id, number, sha256, bytes, added_at, state, page_count, char_count) "
        "VALUES ('v1', 'd1', 1, 'ab', 3, '2024-01-02 03:04:05+00', 'indexed', 1, 3)"
    )
    tx.execute("INSERT INTO paths VALUES ('a/lease.txt', 'd1', 'v1', '/x/lease.txt', 17, 3, '2024-01-02 03:04:05+00')")
    tx.execute(
        "INSERT INTO pages (version_id, page, coverage, char_start, char_end, text, width, height, word_starts, word_ends, word_boxes)"
        " VALUES ('v1', 1, 'text', 0, 3, 'é😀x', 595, 842, [0], [3], [1.5, 2, 3, 4]), ('v1', 2, 'blank', 3, 3, '', 0, 0, [], [], [])"
    )
    tx.execute("INSERT INTO passages VALUES ('v1:0', 'v1', 0, 0, 3, 1, 1, '', '', 'é😀x')")
    tx.execute(
        "INSERT INTO jobs VALUES ('j1', 'intake.read', 'v1', 'lease', '{}', 'done', 0, 1, 3, now(), NULL, NULL, 1, 1, 'pages', "
        "NULL, NULL, NULL, now(), NULL, NULL)"
    )
    tx.execute("INSERT INTO activity VALUES (1, now(), 'a', 'b', 'c', '{}', '0', '1')")


def _check_1(cursor: Cursor) -> None:
    for table in ("room_settings", "documents", "versions", "paths", "passages", "jobs", "activity"):
        assert cursor.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,), table
    pages = cursor.execute("SELECT page, text, word_boxes FROM pages WHERE version_id = 'v1' ORDER BY page").fetchall()
    assert pages == [(1, "é😀x", [1.5, 2.0, 3.0, 4.0]), (2, "", [])]
    assert cursor.execute("SELECT path, version_id, modified_ns FROM paths").fetchone() == ("a/lease.txt", "v1", 17)


def _fill_2(tx: Cursor) -> None:
    tx.execute("UPDATE pages SET geometry = 'points' WHERE version_id = 'v1' AND page = 1")
    tx.execute(
        "INSERT INTO pages VALUES ('v2', 1, 'Cap table (hidden)', 'text', NULL, 0, 3, 'Ada', 0, 0, NULL, [0], [3], [2, 7, 2, 7], "
        "'cells', 'Cap table')"
    )


def _check_2(cursor: Cursor) -> None:
    rows = cursor.execute("SELECT version_id, page, geometry, sheet FROM pages ORDER BY ALL").fetchall()
    assert rows == [("v1", 1, "points", None), ("v1", 2, None, None), ("v2", 1, "cells", "Cap table")]


def _fill_3(tx: Cursor) -> None:
    tx.execute("INSERT INTO sources VALUES ('s1', '/x', '\\x2Fx'::BLOB, 'Deal', '2024-01-02 03:04:05+00', NULL)")
    tx.execute("INSERT INTO source_files VALUES ('s1', 'a/lease.txt', '/x/lease.txt', 17, 3, 'ab', false)")
    tx.execute(
        "INSERT INTO trash VALUES ('b.txt', 'd2', 'v9', '/x/b.txt', 18, 4, '2024-01-02 03:04:05+00', '2024-02-02 03:04:05+00', 'gone')"
    )
    tx.execute("INSERT INTO removals VALUES ('c.txt', 'cd', '2024-02-02 03:04:05+00')")
    tx.execute("INSERT INTO leftovers VALUES ('version', 'v8')")


def _check_3(cursor: Cursor) -> None:
    for table in ("sources", "source_files", "trash", "removals", "leftovers"):
        assert cursor.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,), table
    assert cursor.execute("SELECT root_bytes, prefix FROM sources").fetchone() == (b"/x", "Deal")
    assert cursor.execute("SELECT path, cause FROM trash").fetchone() == ("b.txt", "gone")


def _fill_4(tx: Cursor) -> None:
    tx.execute("INSERT INTO finished_jobs VALUES ('intake.read', 7)")


def _check_4(cursor: Cursor) -> None:
    assert cursor.execute("SELECT * FROM finished_jobs").fetchall() == [("intake.read", 7)]


def _fill_5(tx: Cursor) -> None:
    tx.execute(
        "INSERT INTO conversations VALUES ('c1', 'Lease review', '2026-01-02 03:04:05+00', '2026-01-03 03:04:05+00')"
    )
    tx.execute(
        "INSERT INTO turns (conversation_id, number, asked_at, question, restated, continues, bare, subject, reference, document_ids, "
        "named, status, answer, scope, pages, searched, documents, unreadable, engine, engine_reason, withheld, timings) "
        "VALUES ('c1', 1, '2026-01-03 03:04:05+00', 'When?', 'When is the rent due?', 'Lease · rent', "
        "'When is the rent due?', 'rent', 'the lease', ['d1'], true, 'answered', 'é😀x', 'Searching 1 of 2: Lease', 2, 1, 1, "
        "'[[\"a/b.pdf\", null, \"damaged\"]]', 'quote', '', ['No.'], '{\"total\": 1.5}')"
    )
    tx.execute("INSERT INTO turn_claims VALUES ('c1', 1, 1, 'é😀x')")
    tx.execute(
        "INSERT INTO turn_citations VALUES ('c1', 1, 1, 1, 'd1', 'v1', 'a/lease.txt', 1, 0, 3, 'é😀x', 'verified', NULL)"
    )


def _check_5(cursor: Cursor) -> None:
    [turn] = store.turns(cursor, "c1")
    [claim] = turn.answer.claims
    assert (turn.answer.question, turn.restated, turn.continues) == ("When?", "When is the rent due?", "Lease · rent")
    assert turn.focus == Focus("When is the rent due?", "rent", "the lease", ("d1",), named=True)
    assert turn.answer.searched == Searched(2, 1, 1, (("a/b.pdf", None, "damaged"),))
    assert (turn.answer.withheld, turn.answer.timings_ms) == (("No.",), {"total": 1.5})
    assert claim.citations == (Citation("d1", "v1", "a/lease.txt", 1, Span(0, 3), "é😀x", Verdict.VERIFIED),)
    assert [row.turns for row in store.summaries(cursor)] == [1]


def _fill_6(tx: Cursor) -> None:
    tx.execute("UPDATE turns SET sql = 'SELECT 1', remarks = ['Row 3 is hidden.'] WHERE conversation_id = 'c1'")


def _check_6(cursor: Cursor) -> None:
    [turn] = store.turns(cursor, "c1")
    assert (turn.answer.sql, turn.answer.remarks) == ("SELECT 1", ("Row 3 is hidden.",))


def _fill_7(tx: Cursor) -> None:
    began = "2026-01-02 03:04:05+00"
    tx.execute(f"INSERT INTO evaluations VALUES ('e1', 'deal.jsonl', '{{}}', 2, 'quote', '{began}', NULL, '', '')")
    outcome = '{"id": "é😀x", "text": "?", "answerable": true, "refused": false, "right": true, "coverage": null, '
    outcome += '"said": "s", "seconds": 0.5}'
    tx.execute("INSERT INTO evaluation_outcomes VALUES ('e1', 1, ?)", [outcome])


def _check_7(cursor: Cursor) -> None:
    (run,) = evaluations.runs(cursor)
    assert (run.name, run.questions, run.answered, run.end, run.ended_at) == ("deal.jsonl", 2, 1, End.OPEN, None)
    assert [outcome_of(row).id for row in evaluations.outcomes(cursor, "e1")] == ["é😀x"]


FILLED_AT: dict[int, tuple[Callable[[Cursor], None], Callable[[Cursor], None]]] = {
    1: (_fill_1, _check_1),
    2: (_fill_2, _check_2),
    3: (_fill_3, _check_3),
    4: (_fill_4, _check_4),
    5: (_fill_5, _check_5),
    6: (_fill_6, _check_6),
    7: (_fill_7, _check_7),
}


def _step(number: int, sql: str) -> Migration:
    return Migration(number, f"step_{number}", sql)


STEPS = (
    _step(1, "CREATE TABLE notes (id INTEGER PRIMARY KEY, words VARCHAR NOT NULL);"),
    _step(
        2,
        "ALTER TABLE notes ADD COLUMN colour VARCHAR; UPDATE notes SET colour = 'red'; CREATE TABLE tags (tag VARCHAR);",
    ),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def _open(folder: Path) -> Database:
    return Database(folder / "room.duckdb")


def _rows(db: Database, statement: str) -> list[tuple[object, ...]]:
    with db.read() as cursor:
        return cursor.execute(statement).fetchall()


def test_every_migration_says_what_a_room_at_its_number_holds() -> None:
    assert sorted(FILLED_AT) == [step.number for step in ALL]


@pytest.mark.parametrize("number", [step.number for step in ALL])
def test_a_room_of_every_past_version_comes_to_the_present_with_its_content(folder: Path, number: int) -> None:
    db = _open(folder)
    assert migrate(db, folder, ALL[:number]) == number
    for past in range(1, number + 1):
        db.write(FILLED_AT[past][0])
    db.close()
    db = _open(folder)
    assert migrate(db, folder) == len(ALL) - number
    assert schema_number(db) == len(ALL)
    with db.read() as cursor:
        for past in range(1, number + 1):
            FILLED_AT[past][1](cursor)
    assert len(list(folder.glob("backups/*"))) == (1 if number < len(ALL) else 0)
    db.close()


def test_each_step_is_recorded_once_with_its_hash(folder: Path) -> None:
    db = _open(folder)
    assert migrate(db, folder) == len(ALL)
    assert migrate(db, folder) == 0
    rows = _rows(db, "SELECT number, name, sha256, app_version FROM schema_migrations ORDER BY number")
    assert [row[:3] for row in rows] == [(step.number, step.name, step.sha256) for step in ALL]
    assert all(row[3] for row in rows)
    db.close()


def test_before_a_step_the_room_is_copied_to_its_backups(folder: Path) -> None:
    db = _open(folder)
    migrate(db, folder, STEPS[:1])
    assert not (folder / "backups").exists()
    db.write(lambda tx: tx.execute("INSERT INTO notes VALUES (1, 'kept')"))
    assert migrate(db, folder, STEPS) == 1
    assert _rows(db, "SELECT * FROM notes") == [(1, "kept", "red")]
    db.close()
    (copy,) = (folder / "backups").iterdir()
    assert copy.name.startswith("room-0001-")
    old = Database(copy)
    assert _rows(old, "SELECT * FROM notes") == [(1, "kept")]
    assert schema_number(old) == 1
    old.close()


def test_a_step_that_fails_leaves_nothing_of_itself(folder: Path) -> None:
    db = _open(folder)
    migrate(db, folder, STEPS[:1])
    db.write(lambda tx: tx.execute("INSERT INTO notes VALUES (1, 'kept')"))
    broken = _step(2, STEPS[1].sql + "INSERT INTO absent VALUES (1);")
    with pytest.raises(duckdb.CatalogException):
        migrate(db, folder, [STEPS[0], broken])
    assert schema_number(db) == 1
    assert _rows(db, "SELECT * FROM notes") == [(1, "kept")]
    assert migrate(db, folder, STEPS) == 1
    db.close()


def test_a_room_from_a_newer_version_is_refused_and_left_alone(folder: Path) -> None:
    db = _open(folder)
    migrate(db, folder, STEPS)
    with pytest.raises(Problem, match="last opened with a newer version"):
        migrate(db, folder, STEPS[:1])
    assert schema_number(db) == 2
    assert not list(folder.glob("backups/*"))
    db.close()


def test_an_applied_step_that_was_changed_since_is_refused(folder: Path) -> None:
    db = _open(folder)
    migrate(db, folder, STEPS[:1])
    changed = dataclasses.replace(STEPS[0], sql=STEPS[0].sql + " -- changed")
    with pytest.raises(Problem, match="Step 1 of this room"):
        migrate(db, folder, [changed, STEPS[1]])
    assert schema_number(db) == 1
    db.close()


def test_the_line_ends_of_a_checkout_do_not_count_as_a_change() -> None:
    step = _step(1, "CREATE TABLE a (\n  b INTEGER\n);\n")
    assert dataclasses.replace(step, sql=step.sql.replace("\n", "\r\n")).sha256 == step.sha256
