"""The database that questions to sheets are put to: it answers a SELECT, and nothing else whatever is tried."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage import sandbox
from datazoom_desktop.storage.sandbox import Sandbox, SandboxColumn, SandboxTable

COLUMNS = [SandboxColumn("customer", "text"), SandboxColumn("mrr", "number", 2), SandboxColumn("since", "date")]
ROWS = [
    (2, "data", "Acme", Decimal("100.10"), dt.date(2024, 1, 1)),
    (3, "data", "Borg", Decimal("250.20"), dt.date(2025, 1, 1)),
    (4, "data", "Cyan", None, None),
    (5, "total", "Total", Decimal("350.30"), None),
]


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    many = [(n, "data", Decimal(n)) for n in range(1, 3_001)]
    made = Sandbox(
        [SandboxTable("customers", COLUMNS, ROWS), SandboxTable("many", [SandboxColumn("n", "number")], many)]
    )
    yield made
    made.close()


def test_sums_are_exact_and_leave_totals_out(box: Sandbox) -> None:
    result = box.run("SELECT sum(mrr) FROM customers")
    assert result.rows == [(Decimal("350.30"),)]
    assert (result.tables, result.behind, result.each) == (("customers",), [2, 3, 4], False)
    assert box.run("SELECT sum(mrr) FROM customers__all").rows == [(Decimal("700.60"),)]


def test_each_row_of_a_list_names_its_row_of_the_sheet(box: Sandbox) -> None:
    result = box.run("SELECT customer, mrr FROM customers WHERE mrr > 50 ORDER BY 2 DESC LIMIT 1;")
    assert result.rows == [("Borg", Decimal("250.20"))]
    assert (result.behind, result.each) == ([3], True)
    assert result.mentioned == {"customer", "mrr"}


def test_groups_and_nested_queries_run(box: Sandbox) -> None:
    grouped = box.run("SELECT year(since) AS y, count(*) FROM customers GROUP BY y ORDER BY y NULLS LAST")
    assert grouped.rows == [(2024, 1), (2025, 1), (None, 1)]
    assert grouped.behind == [2, 3, 4]
    nested = box.run("WITH big AS (SELECT * FROM customers WHERE mrr > 100) SELECT count(*) FROM big")
    assert (nested.rows, nested.behind) == ([(2,)], None)


def test_no_more_rows_than_allowed_come_back(box: Sandbox) -> None:
    result = box.run("SELECT n FROM many ORDER BY n")
    assert (len(result.rows), result.cut, len(result.behind or [])) == (sandbox.ROWS, True, sandbox.ROWS)


HOSTILE = [
    "COPY customers TO '{0}/out.csv'",
    "COPY (SELECT 1) TO '{0}/out.csv'",
    "EXPORT DATABASE '{0}/out'",
    "ATTACH '{0}/other.duckdb'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "SET memory_limit = '8GB'",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "CREATE TABLE x (a INTEGER)",
    "CREATE TABLE x AS SELECT 1",
    "DROP TABLE customers__all",
    "DELETE FROM customers__all",
    "UPDATE customers__all SET mrr = 0",
    "INSERT INTO customers__all SELECT * FROM customers__all",
    "WITH gone AS (DELETE FROM customers__all RETURNING *) SELECT * FROM gone",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE customers__all",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('{0}/*')",
    "SELECT * FROM read_parquet('https://example.com/x.parquet')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM main.customers",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('customers')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM json_execute_serialized_sql('x')",
    "SELECT getenv('HOME')",
    "SELECT current_setting('memory_limit')",
    "SELECT nextval('s')",
    "SELECT repeat('x', 1000000000)",
    "SELECT lpad('x', 2000000000, 'y')",
    "SELECT customer || customer FROM customers",
    "SELECT list(mrr) FROM customers",
    "SELECT range(1000000000)",
    "SELECT * FROM range(1000000000000)",
    "SELECT * FROM generate_series(1, 1000000000000)",
    "SELECT unnest([1, 2, 3])",
    "SELECT $1",
    "SELECT ?",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    "DESCRIBE customers",
    "SHOW TABLES",
    "SUMMARIZE customers",
    "EXPLAIN ANALYZE SELECT 1",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "BEGIN TRANSACTION",
    "COMMIT",
    "VACUUM",
    "CHECKPOINT",
    "USE memory",
    "CREATE MACRO f() AS 1",
    "SELECT",
    "",
    "SELECT customer FROM nobody",
    "SELECT nothing FROM customers",
    "SELECT " + "(" * 3_000 + "1" + ")" * 3_000,
    "SELECT " + "+".join(["1"] * 4_000),
    "SELECT '" + "x" * 20_000 + "'",
]


@pytest.mark.parametrize("sql", HOSTILE, ids=lambda sql: sql[:60])
def test_nothing_but_a_select_over_the_tables_is_run(box: Sandbox, tmp_path: Path, sql: str) -> None:
    with pytest.raises(Problem) as caught:
        box.run(sql.format(tmp_path) if "{0}" in sql else sql)
    assert caught.value.remedy
    assert list(tmp_path.iterdir()) == []
    assert box.run("SELECT count(*) FROM customers__all").rows == [(4,)]


def test_a_query_that_would_never_end_is_stopped(box: Sandbox) -> None:
    with pytest.raises(Problem, match="took longer than"):
        box.run(
            "SELECT count(*) FROM many a, many b, many c, many d WHERE (a.n * b.n) % 7 < (c.n * d.n) % 5", seconds=0.5
        )
    assert box.run("SELECT count(*) FROM many").rows == [(3000,)]


def test_a_query_that_would_take_all_memory_is_stopped(box: Sandbox) -> None:
    with pytest.raises(Problem, match=r"took (more memory|longer)"):
        box.run("SELECT a.n, b.n, c.n FROM many a, many b, many c ORDER BY c.n, b.n DESC, a.n", seconds=20)
    assert box.run("SELECT count(*) FROM many").rows == [(3000,)]


def test_the_door_is_locked_even_for_a_statement_that_was_not_judged(box: Sandbox, tmp_path: Path) -> None:
    """The lists are the first lock; the database itself is the second."""
    import duckdb

    for sql in (
        "COPY customers TO '{0}/x.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SET threads = 64",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            box._connection.execute(sql.format(tmp_path))
    box._connection.execute("BEGIN TRANSACTION READ ONLY")
    with pytest.raises(duckdb.Error):
        box._connection.execute("DELETE FROM customers__all")
    box._connection.execute("ROLLBACK")


def test_two_threads_ask_one_after_the_other(box: Sandbox) -> None:
    found: list[object] = []
    threads = [
        threading.Thread(target=lambda: found.append(box.run("SELECT sum(n) FROM many").rows[0][0])) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [Decimal(4_501_500)] * 4
