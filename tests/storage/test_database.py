"""One write lane, any number of readers."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.database import Cursor, Database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / 'it\'s a "test".duckdb')
    database.write(
        lambda tx: tx.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, words VARCHAR, moment TIMESTAMPTZ)")
    )
    yield database
    database.close()


def _count(db: Database) -> int:
    with db.read() as cursor:
        return cursor.execute("SELECT count(*) FROM notes").fetchall()[0][0]


def _add(number: int, words: str = "") -> object:
    return lambda tx: tx.execute("INSERT INTO notes VALUES (?, ?, ?)", [number, words, now()]).fetchall()


def test_a_write_returns_what_its_work_returns_and_is_seen_by_later_reads(db: Database) -> None:
    assert db.write(lambda tx: tx.execute("INSERT INTO notes VALUES (1, 'a', NULL)").fetchone()) == (1,)
    assert _count(db) == 1


def test_what_work_raises_undoes_the_transaction_and_reaches_the_caller(db: Database) -> None:
    def work(tx: Cursor) -> None:
        tx.execute("INSERT INTO notes VALUES (1, 'a', NULL)")
        raise LookupError("no")

    with pytest.raises(LookupError, match="no"):
        db.write(work)
    assert _count(db) == 0
    db.write(_add(1))
    assert _count(db) == 1


def test_a_statement_that_fails_leaves_the_lane_usable(db: Database) -> None:
    db.write(_add(1))
    with pytest.raises(duckdb.ConstraintException):
        db.write(_add(1))
    db.write(_add(2))
    assert _count(db) == 2


def test_writing_from_inside_a_write_is_refused_instead_of_waiting_for_ever(db: Database) -> None:
    with pytest.raises(RuntimeError, match="inside a write"):
        db.write(lambda tx: db.write(_add(1)))
    with pytest.raises(RuntimeError, match="inside a write"):
        db.write(lambda tx: db.close())
    assert _count(db) == 0


def test_submitted_writes_run_in_order_and_all_before_close(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.duckdb")
    database.write(lambda tx: tx.execute("CREATE TABLE steps (number INTEGER)"))
    seen: list[int] = []

    def step(number: int) -> object:
        def work(tx: Cursor) -> None:
            tx.execute("INSERT INTO steps VALUES (?)", [number])
            seen.append(number)

        return work

    futures = [database.submit(step(number)) for number in range(50)]
    database.close()
    assert all(future.done() and future.exception() is None for future in futures)
    assert seen == list(range(50))
    database.close()
    with pytest.raises(RuntimeError):
        database.write(step(51))


def test_a_reader_sees_one_state_until_its_block_ends(db: Database) -> None:
    db.write(_add(1))
    with db.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM notes").fetchone() == (1,)
        db.write(_add(2))
        assert cursor.execute("SELECT count(*) FROM notes").fetchone() == (1,)
    assert _count(db) == 2


def test_a_reader_cannot_write(db: Database) -> None:
    with pytest.raises(duckdb.TransactionException), db.read() as cursor:
        cursor.execute("INSERT INTO notes VALUES (9, '', NULL)")
    assert _count(db) == 0


def test_nested_reads_do_not_disturb_each_other(db: Database) -> None:
    for number in range(3):
        db.write(_add(number))
    with db.read() as outer:
        outer.execute("SELECT id FROM notes ORDER BY id")
        first = outer.fetchone()
        assert _count(db) == 3
        assert [first, *outer.fetchall()] == [(0,), (1,), (2,)]


def test_moments_come_back_as_they_went_in_and_in_utc(db: Database) -> None:
    moment = dt.datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=dt.timezone(dt.timedelta(hours=-5)))
    db.write(lambda tx: tx.execute("INSERT INTO notes VALUES (1, '', ?)", [moment]))
    with db.read() as cursor:
        (back,) = cursor.execute("SELECT moment FROM notes").fetchone() or (None,)
        (text,) = cursor.execute("SELECT CAST(moment AS VARCHAR) FROM notes").fetchone() or (None,)
    assert back == moment
    assert back.utcoffset() == dt.timedelta(0)
    assert text.startswith("2024-03-01 04:59:59.123456")


def test_many_threads_write_and_read_together(db: Database) -> None:
    def work(base: int) -> None:
        for number in range(10):
            db.write(_add(base * 100 + number))
            assert _count(db) > 0

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(work, range(6))) == [None] * 6
    assert _count(db) == 60


def test_a_copy_holds_everything_committed_and_the_original_stays_open(db: Database, tmp_path: Path) -> None:
    db.write(_add(1, "it's"))
    copy = tmp_path / "a copy's.duckdb"
    db.copy_to(copy)
    db.write(_add(2))
    other = Database(copy)
    with other.read() as cursor:
        assert cursor.execute("SELECT id, words FROM notes").fetchall() == [(1, "it's")]
    with pytest.raises(duckdb.ConstraintException):
        other.write(_add(1))
    other.close()
    assert sorted(file.name for file in tmp_path.iterdir() if "part" in file.name) == []


def test_a_copy_that_cannot_be_written_is_a_problem_and_leaves_nothing(db: Database, tmp_path: Path) -> None:
    with pytest.raises(Problem):
        db.copy_to(tmp_path / "absent" / "copy.duckdb")
    db.write(_add(1))
    assert _count(db) == 1


def test_a_file_that_is_no_database_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "x.duckdb"
    file.write_bytes(b"this is not a database" * 1000)
    with pytest.raises(Problem) as caught:
        Database(file)
    assert str(file) in caught.value.message


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.text(max_size=20), st.booleans()), max_size=12))
def test_the_table_holds_exactly_what_committed_transactions_left(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, bool]]
) -> None:
    """Upserts of which some are undone, against a dictionary."""
    database = Database(tmp_path_factory.mktemp("model") / "x.duckdb")
    database.write(lambda tx: tx.execute("CREATE TABLE facts (key INTEGER PRIMARY KEY, value VARCHAR NOT NULL)"))
    model: dict[int, str] = {}
    for key, value, commit in steps:

        def work(tx: Cursor, key: int = key, value: str = value, commit: bool = commit) -> None:
            tx.execute("INSERT INTO facts VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", [key, value])
            if not commit:
                raise KeyError

        if commit:
            database.write(work)
            model[key] = value
        else:
            with pytest.raises(KeyError):
                database.write(work)
    with database.read() as cursor:
        assert dict(cursor.execute("SELECT * FROM facts").fetchall()) == model
    database.close()


def test_many_readers_and_a_close_in_their_midst(tmp_path: Path) -> None:
    database = Database(tmp_path / "x.duckdb")
    database.write(lambda tx: tx.execute("CREATE TABLE t AS SELECT range AS n FROM range(1000)") and None)
    under_way = threading.Barrier(7)

    def read_on() -> None:
        under_way.wait()
        while True:
            with database.read() as cursor:
                assert cursor.execute("SELECT sum(n) FROM t").fetchone() == (499500,)

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(read_on) for _ in range(6)]
        under_way.wait()
        time.sleep(0.3)
        database.close()
        for reader in readers:
            with pytest.raises(Problem, match="closed while it was being read"):
                reader.result(20)
