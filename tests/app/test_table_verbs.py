"""``datazoom tables``, as a script and as a person use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datazoom_desktop.app.cli import main
from tests.support.sheets import csv, workbook


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    deal = folder / "deal"
    deal.mkdir()
    csv(deal / "Customers.csv", "Customer,Country,MRR USD\nAcme,US,100\nBorg,UK,250\nTotal,,350\n")
    workbook(deal / "Notes.xlsx", {"Notes": [["1. The accounts are audited."], ["2. The year ends in June."]]})
    (deal / "Memo.txt").write_text("No tables here.")
    home = folder / "home"
    assert main(["--home", str(home), "room", "create", "Deal"]) == 0
    assert main(["--home", str(home), "ingest", "Deal", str(deal)]) == 0
    return home


def test_the_tables_of_a_room_with_their_columns_rows_and_what_is_none(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["--home", str(home), "tables", "Deal", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    [table] = told["tables"]
    assert (table["name"], table["range"], table["data_rows"]) == ("customers", "A1:C4", 2)
    assert [(c["name"], c["column"], c["type"], c["unit"]) for c in table["columns"]] == [
        ("customer", "A", "text", ""),
        ("country", "B", "text", ""),
        ("mrr_usd", "C", "number", "USD"),
    ]
    assert table["rows"][-1] == {"row": 4, "kind": "total"}
    [unfit] = told["unfit"]
    assert unfit["reason"] == "Sheet “Notes” holds no table: its cells are lines of text in one column."


def test_a_person_reads_the_same(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["--home", str(home), "tables", "Deal"]) == 0
    said = capsys.readouterr().out
    assert "Customers.csv, A1:C4" in said
    assert "customers: 2 rows, 1 total row" in said
    assert "C mrr_usd   MRR USD   numbers (USD)" in said
    assert "Notes.xlsx: Sheet “Notes” holds no table" in said


def test_a_query_of_ones_own_names_the_cells_it_is_from(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    sql = "SELECT sum(mrr_usd) AS total FROM customers WHERE country <> 'US'"
    assert main(["--home", str(home), "tables", "Deal", "query", sql, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["columns"], told["rows"], told["cut"]) == (["total"], [["250"]], False)
    [source] = told["from"]
    assert (source["path"].rpartition("/")[2], source["range"], source["rows"]) == ("Customers.csv", "B3,C3", 1)
    assert (
        main(["--home", str(home), "tables", "Deal", "query", "SELECT customer, mrr_usd FROM customers ORDER BY 2"])
        == 0
    )
    assert capsys.readouterr().out.splitlines()[:3] == ["customer  mrr_usd", "Acme      100", "Borg      250"]


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE customers",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT 1; SELECT 2",
        "SELECT nothing FROM customers",
    ],
)
def test_a_query_that_does_more_than_read_is_a_problem_in_words(
    home: Path, capsys: pytest.CaptureFixture[str], sql: str
) -> None:
    capsys.readouterr()
    assert main(["--home", str(home), "tables", "Deal", "query", sql]) == 1
    assert "The query was not run: " in capsys.readouterr().err


def test_a_query_without_sql_is_wrong_usage(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--home", str(home), "tables", "Deal", "query"])
    assert caught.value.code == 2
