"""Tables in sheets as people lay them out: what is found, and what is said where a layout does not tell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from datazoom_desktop.tables.model import Kind, RowKind, Shape
from tests.support.sheets import Formula, Shown, csv, kinds, look, only, values, workbook


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "Book.xlsx"


def test_a_title_headings_typed_columns_and_a_total_by_formula(file: Path) -> None:
    table = only(
        workbook(
            file,
            {
                "Options": [
                    ["Options under the 2019 plan"],
                    ["Holder", "Granted on", "Price", "Granted"],
                    ["Ann Berg", Shown(dt.date(2022, 10, 24), "date"), Shown(0.62, "usd"), Shown(350000, "int")],
                    ["Bo Carr", Shown(dt.date(2021, 2, 11), "d mmm yyyy"), Shown(0.41, "usd"), Shown(160000, "int")],
                    ["All of them", None, None, Formula("=SUM(D3:D4)", 510000)],
                ]
            },
        )
    )
    assert (table.where, table.title, table.shape) == ("Options!A2:D5", "Options under the 2019 plan", Shape.RECORDS)
    assert [(c.name, c.kind, c.unit) for c in table.columns] == [
        ("holder", Kind.TEXT, ""),
        ("granted_on", Kind.DATE, ""),
        ("price", Kind.NUMBER, "USD"),
        ("granted", Kind.NUMBER, ""),
    ]
    assert values(table, "granted_on") == [dt.date(2022, 10, 24), dt.date(2021, 2, 11)]
    assert values(table, "price") == [Decimal("0.62"), Decimal("0.41")]
    assert values(table, "granted") == [Decimal(350000), Decimal(160000)]
    assert kinds(table) == {5: RowKind.TOTAL}


def test_a_total_without_a_formula_is_known_by_its_name_or_by_adding_up(tmp_path: Path) -> None:
    named = only(csv(tmp_path / "a.csv", "Customer,MRR\nAcme,100\nBorg,250\nTotal,350\nAnnual (x 12),4200\n"))
    assert kinds(named)[4] is RowKind.TOTAL
    unnamed = only(csv(tmp_path / "b.csv", "Customer,Kind,MRR\nAcme,x,100\nBorg,y,250\n,,350\n"))
    assert kinds(unnamed) == {4: RowKind.TOTAL}


def test_a_customer_called_total_is_data_and_so_is_a_row_that_happens_to_be_a_sum(tmp_path: Path) -> None:
    table = only(
        csv(
            tmp_path / "a.csv",
            "Customer,Country,MRR\nAcme,US,100\nBorg,UK,250\nTotal Energies SE,FR,70\nDelta,DE,420\n",
        )
    )
    assert kinds(table) == {}
    assert len(table.data) == 4


def test_a_total_that_does_not_add_up_is_said(tmp_path: Path) -> None:
    table = only(csv(tmp_path / "a.csv", "Customer,MRR\nAcme,100\nBorg,250\nTotal,360\n"))
    assert kinds(table) == {4: RowKind.TOTAL}
    assert table.notes == ("Row 4 is called “Total”, but the rows above it do not add up to it.",)


def test_figures_told_below_a_total_are_no_data(file: Path) -> None:
    tables, unfit = look(
        workbook(
            file,
            {
                "Plan": [
                    ["Holder", "Kind", "Options"],
                    ["Ann", "ISO", 10],
                    ["Bo", "NSO", 20],
                    ["Total", None, 30],
                    [],
                    ["Share reserve", None, 100],
                    ["Available", None, 70],
                    [],
                    ["The reserve was raised in 2021."],
                ]
            },
        )
    )
    assert [(t.where, t.shape, len(t.data)) for t in tables] == [
        ("Plan!A1:C4", Shape.RECORDS, 2),
        ("Plan!A6:C7", Shape.FIGURES, 2),
    ]
    assert "nothing is added up" in tables[1].notes[0]
    assert unfit == []


def test_a_statement_in_thousands_with_years_as_headings_and_sums_between(file: Path) -> None:
    table = only(
        workbook(
            file,
            {
                "P&L": [
                    ["Income statement (US dollars in thousands)"],
                    [None, 2022, 2023, "2024E"],
                    ["Revenue"],
                    ["Licences", 10, 12, 15],
                    ["Services", 5, 6, 7],
                    ["Total revenue", Formula("=SUM(B4:B5)", 15), Formula("=SUM(C4:C5)", 18), 22],
                    [],
                    ["Costs"],
                    ["Salaries", Shown(-8, "#,##0;(#,##0)"), Shown(-9, "#,##0;(#,##0)"), -9],
                    ["Net income", Formula("=B6+B9", 7), Formula("=C6+C9", 9), 13],
                ]
            },
        )
    )
    assert table.shape is Shape.STATEMENT
    assert (table.scale, table.scale_words) == (Decimal(1000), "in thousands")
    assert [(c.heading, c.kind, c.unit) for c in table.columns[1:]] == [
        ("2022", Kind.NUMBER, "USD"),
        ("2023", Kind.NUMBER, "USD"),
        ("2024E", Kind.NUMBER, "USD"),
    ]
    assert kinds(table) == {3: RowKind.SECTION, 6: RowKind.TOTAL, 8: RowKind.SECTION, 10: RowKind.TOTAL}
    assert values(table, "n_2022") == [Decimal(10), Decimal(5), Decimal(-8)]
    assert [row.section for row in table.data] == ["Revenue", "Revenue", "Costs"]


def test_headings_on_two_lines_merged_over_columns(file: Path) -> None:
    lines = [
        ["Region", 2023, None, 2024, None],
        [None, "Q1", "Q2", "Q1", "Q2"],
        ["North", 1, 2, 3, 4],
        ["South", 5, 6, 7, 8],
    ]
    table = only(workbook(file, {"Sales": lines}, {"Sales": ["B1:C1", "D1:E1"]}))
    assert [c.heading for c in table.columns] == ["Region", "2023 Q1", "2023 Q2", "2024 Q1", "2024 Q2"]
    assert values(table, "n_2024_q2") == [Decimal(4), Decimal(8)]


def test_headings_parted_from_their_rows_by_an_empty_row(file: Path) -> None:
    table = only(
        workbook(
            file,
            {
                "Cap": [
                    ["Example cap table"],
                    ["A remark about the example."],
                    ["Shareholder", "# Issued", "% Ownership"],
                    [],
                    ["Ann", 600, Shown(0.6, "pct")],
                    ["Bo", 300, Shown(0.3, "pct")],
                    [],
                    ["Option pool", 100, Shown(0.1, "pct")],
                    [],
                    ["Total", Formula("=SUM(B5:B8)", 1000), Shown(1, "pct")],
                ]
            },
        )
    )
    assert values(table, "number_issued") == [Decimal(600), Decimal(300), Decimal(100)]
    assert table.column("percent_ownership").unit == "%"
    assert kinds(table) == {10: RowKind.TOTAL}


def test_two_tables_beside_each_other_and_two_below_each_other(file: Path) -> None:
    tables, _ = look(
        workbook(
            file,
            {
                "S": [
                    ["Name", "Amount", None, "Vendor", "Cost"],
                    ["Ann", 1, None, "Acme", 5],
                    ["Bo", 2, None, "Borg", 6],
                    [],
                    ["City", "Rent"],
                    ["Oslo", 3],
                    ["Holder", "Shares"],
                    ["Cy", 4],
                    ["Di", 9],
                ]
            },
        )
    )
    assert [(t.where, [c.heading for c in t.columns]) for t in tables] == [
        ("S!A1:B3", ["Name", "Amount"]),
        ("S!D1:E3", ["Vendor", "Cost"]),
        ("S!A5:B6", ["City", "Rent"]),
        ("S!A7:B9", ["Holder", "Shares"]),
    ]


def test_no_headings_no_table(file: Path) -> None:
    tables, unfit = look(workbook(file, {"Data": [["Ann", 5000, 2020], ["Bo", 6000, 2021], ["Cy", 7000, 2021]]}))
    assert tables == []
    assert [one.reason for one in unfit] == [
        "The cells Data!A1:C3 are not read as a table: no row of headings stands above its figures: row 1 already holds some."
    ]


def test_lines_of_text_are_no_table(file: Path) -> None:
    tables, unfit = look(workbook(file, {"Notes": [["1. The accounts are audited."], ["2. The year ends in June."]]}))
    assert tables == []
    assert [one.reason for one in unfit] == ["Sheet “Notes” holds no table: its cells are lines of text in one column."]


def test_text_in_columns_is_a_table_only_under_words_that_head_columns(file: Path) -> None:
    lines = [
        ["Contract", "Counterparty", "Governing law"],
        ["Lease", "Acme", "Delaware"],
        ["Loan", "Borg Bank", "New York"],
    ]
    assert [c.name for c in only(workbook(file, {"S": lines})).columns] == ["contract", "counterparty", "governing_law"]
    tables, unfit = look(
        workbook(file, {"S": [["Ann", "likes", "tea"], ["Bo", "hates", "milk"], ["Cy", "likes", "ale"]]})
    )
    assert tables == []
    assert "cannot be told from the others" in unfit[0].reason


def test_cells_that_are_no_number_are_named_and_left_out(tmp_path: Path) -> None:
    table = only(csv(tmp_path / "a.csv", "Name,Amount\nAnn,100\nBo,pending\nCy,250\nDi,n/a\nEd,75\n"))
    assert values(table, "amount") == [Decimal(100), "pending", Decimal(250), None, Decimal(75)]
    assert table.notes == ("Column B (“Amount”): B3 (“pending”) is not a number and left out.",)


def test_two_currencies_in_a_column_are_not_one_column_of_amounts(file: Path) -> None:
    table = only(workbook(file, {"S": [["Deal", "Price"], ["A", "$1,000.00"], ["B", "€2,000.00"], ["C", "$3,000.00"]]}))
    assert table.column("price").mixed == ("EUR", "USD")
    assert "not added up" in table.notes[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name;Betrag\nA;1.234,50\nB;2.000,00\n", [Decimal("1234.50"), Decimal("2000.00")]),
        ("Name;Betrag\nA;1.234\nB;2.000,5\n", [Decimal(1234), Decimal("2000.5")]),
        ('Name,Amount\nA,"1,234"\nB,2.5\n', [Decimal(1234), Decimal("2.5")]),
        ("Name,Amount\nA,(500)\nB,-20\nC,−3\n", [Decimal(-500), Decimal(-20), Decimal(-3)]),
        ("Name,Amount\nA,$-\nB,$7\n", [Decimal(0), Decimal(7)]),
        ("Name,Amount\nA,1.2m\nB,$3 million\n", [Decimal(1200000), Decimal(3000000)]),
    ],
)
def test_numbers_are_exact_however_they_are_written(tmp_path: Path, text: str, expected: list[Decimal]) -> None:
    table = only(csv(tmp_path / "a.csv", text))
    assert values(table, table.columns[1].name) == expected


def test_what_could_be_read_in_two_ways_stays_text_and_is_said(tmp_path: Path) -> None:
    numbers = only(csv(tmp_path / "a.csv", "Contract,Customer,Amount\nX,A,1.234\nY,B,2.345\n"))
    assert numbers.column("amount").kind is Kind.TEXT
    assert "“1.234” can be read" in numbers.notes[0]
    days = only(csv(tmp_path / "b.csv", "Contract,Amount,Signed\nX,5,03/04/2024\nY,6,05/06/2024\n"))
    assert days.column("signed").kind is Kind.TEXT
    assert "day or the month first" in days.notes[0]


def test_a_day_beyond_twelve_tells_how_a_column_writes_its_dates(tmp_path: Path) -> None:
    table = only(csv(tmp_path / "a.csv", "Contract,Signed\nX,03/04/2024\nY,25/06/2024\n"))
    assert values(table, "signed") == [dt.date(2024, 4, 3), dt.date(2024, 6, 25)]


def test_codes_and_certificate_numbers_are_text(tmp_path: Path) -> None:
    table = only(csv(tmp_path / "a.csv", "Certificate No,Zip,Number of shares\n12,00123,100\n13,00124,200\n"))
    assert [c.kind for c in table.columns] == [Kind.TEXT, Kind.TEXT, Kind.NUMBER]


def test_hidden_rows_are_counted_and_said(file: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Name", "Amount"], ["Ann", 1], ["Bo", 2], ["Cy", 3]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.title = "S"
    book.save(file)
    table = only(file)
    assert values(table, "amount") == [Decimal(1), Decimal(2), Decimal(3)]
    assert table.notes == ("Row 3 is hidden, and counted.",)


def test_every_cell_knows_its_words_in_the_text(tmp_path: Path) -> None:
    file = csv(tmp_path / "a.csv", 'Name,Amount\nAnn,"1,000"\nBo,20\n')
    text = file.read_text(encoding="utf-8")
    for row in only(file).rows:
        for cell in row.cells.values():
            assert text[cell.span.start : cell.span.end] == cell.text


def test_an_empty_sheet_and_a_formula_without_value_do_no_harm(file: Path) -> None:
    tables, unfit = look(workbook(file, {"Empty": [], "S": [["Name", "Amount"], ["Ann", 1], ["Bo", 2]]}))
    assert [t.where for t in tables] == ["S!A1:B3"]
    assert unfit == []


def test_an_opendocument_sheet_with_hidden_and_repeated_rows_and_a_total_below_empty_ones(tmp_path: Path) -> None:
    from tests.intake.odf import package

    def cell(shown: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{shown}</text:p></table:table-cell>"

    def row(*cells: str, more: str = "") -> str:
        return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"

    formula = 'table:formula="of:=SUM([.B2:.B5])" office:value-type="float" office:value="1300"'
    body = (
        '<table:table table:name="Cap table">'
        + row(cell("Holder"), cell("Shares"))
        + row(cell("Ada"), cell("1,000"))
        + row(cell("Bob"), cell("200"), more='table:visibility="collapse"')
        + row(cell("Unit"), cell("50"), more='table:number-rows-repeated="2"')
        + row(more='table:number-rows-repeated="2"')
        + row(cell("All"), cell("1,300", formula))
        + "</table:table>"
    )
    (tmp_path / "a.ods").write_bytes(package("spreadsheet", body))
    table = only(tmp_path / "a.ods")
    assert values(table, "shares") == [Decimal(1000), Decimal(200), Decimal(50), Decimal(50)]
    assert kinds(table) == {8: RowKind.TOTAL}
    assert table.notes == ("Row 3 is hidden, and counted.",)
