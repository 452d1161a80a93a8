"""OpenDocument spreadsheets: every sheet and row, what is shown and how it was reckoned, what is hidden, repeats within reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from datazoom_desktop.intake.model import BlockKind, ReadPage, Unreadable
from datazoom_desktop.intake.readers.ods_cells import formula_shown
from datazoom_desktop.kernel.spans import Geometry
from tests.intake.mutations import survive
from tests.intake.odf import encrypted, package
from tests.intake.reading import pages_of, texts

STYLES = (
    '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
)


def cell(shown: str, more: str = "", inside: str = "") -> str:
    return f"<table:table-cell {more}>{inside}<text:p>{shown}</text:p></table:table-cell>"


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


NOTE = "<office:annotation><dc:creator>Ada</dc:creator><text:p>Founder</text:p></office:annotation>"
EMPTY = '<table:table-cell table:number-columns-repeated="2"/>'
BOOK = (
    '<table:table table:name="Cap table"><table:table-column/><table:table-column table:visibility="collapse"/>'
    + row(cell("Holder"), cell("Shares"), cell("Since"))
    + row(cell("Ada", inside=NOTE), cell("1,000", 'office:value-type="float" office:value="1000"'), cell("04/03/24"))
    + row(cell("Bob"), cell("250"), more='table:visibility="collapse"')
    + row(more='table:number-rows-repeated="3"')
    + row(
        cell("Total", 'table:number-columns-spanned="1"'),
        cell("1,250", 'table:formula="of:=SUM([.B2:.B3])" office:value-type="float" office:value="1250"'),
        '<table:table-cell table:formula="of:=[$Other.A1]*2;1"/>',
    )
    + row(
        EMPTY,
        '<table:table-cell office:value-type="percentage" office:value="0.125"/>',
        cell("x", 'table:number-columns-repeated="2"'),
    )
    + row(
        '<table:table-cell><text:p>See <text:a xlink:href="https://a.example">here<text:s/>now</text:a></text:p></table:table-cell>'
    )
    + '</table:table><table:table table:name="Other" table:style-name="ta2">'
    + row(cell("7"), more='table:number-rows-repeated="400"')
    + '</table:table><table:named-expressions><table:named-range table:name="Total" table:cell-range-address="$&apos;Cap table&apos;.$B$7"/>'
    "</table:named-expressions>"
)


def read(tmp_path: Path, data: bytes, *passwords: str) -> list[ReadPage]:
    file = tmp_path / "a.ods"
    file.write_bytes(data)
    return pages_of(file, passwords=passwords)


def test_sheets_are_pages_with_every_row_and_what_stands_behind_it(tmp_path: Path) -> None:
    first, second, names = read(tmp_path, package("spreadsheet", BOOK, STYLES))
    assert [first.text[block.start : block.end] for block in first.blocks] == [
        "Cap table",
        "[Column B is hidden]",
        "Holder | Shares | Since",
        "Ada | 1,000 | 04/03/24",
        "[Row 3 is hidden]",
        "Bob | 250",
        "[Shown again]",
        "Total | 1,250 | =Other!A1*2,1",
        "12.5% | x | x",
        "See here now",
        "[Note at A2] Ada: Founder",
        "[Link at A9] https://a.example",
        "Formulas",
        "[Formula at B7] =SUM(B2:B3)",
    ]
    assert (first.label, second.label, names.label) == ("Cap table", "Other (hidden)", "Names")
    assert texts(second, BlockKind.TABLE_ROW) == ["7"]
    assert "[The same in rows 2 to 400]" in second.text
    assert names.text == "[Name] Total ='Cap table'!$B$7\n"


def test_every_cell_has_its_place(tmp_path: Path) -> None:
    first, _, _ = read(tmp_path, package("spreadsheet", BOOK, STYLES))
    assert first.words.geometry is Geometry.CELLS
    assert first.sheet == "Cap table"
    found = {
        first.text[start:end]: tuple(map(int, box))
        for start, end, box in zip(first.words.starts, first.words.ends, first.words.boxes, strict=True)
    }
    assert found["1,250"] == (2, 7, 2, 7)
    assert found["12.5%"] == (3, 8, 3, 8)
    assert found["[Note at A2] Ada: Founder"] == (1, 2, 1, 2)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("of:=SUM([.A1:.B2];2)", "SUM(A1:B2,2)"),
        ("of:=[$'My sheet'.$A$1]&\";[.A1]\"", "'My sheet'!$A$1&\";[.A1]\""),
        ("oooc:=[Sheet2.A1]", "Sheet2!A1"),
        ("of:=[$Sheet1.$A$1:$Sheet1.$B$2]", "Sheet1!$A$1:Sheet1!$B$2"),
        ("of:=1.5*2", "1.5*2"),
        ("", ""),
    ],
)
def test_formulas_are_written_as_spreadsheets_show_them(text: str, shown: str) -> None:
    assert formula_shown(text) == shown


def test_long_sheets_go_on_on_further_pages(tmp_path: Path) -> None:
    body = f'<table:table table:name="Long">{"".join(row(cell(f"r{n}")) for n in range(1, 45_001))}</table:table>'
    pages = read(tmp_path, package("spreadsheet", body))
    assert [page.label for page in pages] == [
        "Long",
        "Long (rows 20,001 to 40,000)",
        "Long (rows 40,001 to 45,000)",
    ]
    assert "r45000" in pages[2].text


def test_repeats_beyond_any_sheet_are_told_once(tmp_path: Path) -> None:
    bomb = row(
        cell("c", 'table:number-columns-repeated="99999999999"'), more='table:number-rows-repeated="99999999999"'
    )
    blank = row(
        '<table:table-cell table:number-columns-repeated="16384"/>', more='table:number-rows-repeated="1048576"'
    )
    (page,) = read(
        tmp_path, package("spreadsheet", f'<table:table table:name="B">{bomb * 300}{blank * 300}</table:table>')
    )
    assert page.text == "B\n\nc\n\n[The same in rows 2 to 1,048,576]\n"


def test_damage_and_passwords(tmp_path: Path) -> None:
    locked = encrypted(package("spreadsheet", BOOK, STYLES), "pass", "aes")
    assert read(tmp_path, locked, "pass")[0].label == "Cap table"
    with pytest.raises(Unreadable, match="A password is needed"):
        read(tmp_path, locked)
    pages = read(tmp_path, package("spreadsheet", BOOK[:900], STYLES))
    assert "Holder" in pages[0].text
    assert "damaged" in (pages[-1].reason or "")
    assert survive(package("spreadsheet", BOOK, STYLES), "a.ods", tmp_path)["read"] > 100
