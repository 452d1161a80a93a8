"""Spreadsheets: every sheet and row as shown, formulas beside values, and every stretch of text in its cells."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from PIL import Image

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadPage, Unreadable
from datazoom_desktop.intake.readers import sheetpage, xlsx
from datazoom_desktop.intake.readers.xlsx_formulas import Formulas
from datazoom_desktop.kernel.cells import CellRange
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of, read_all, texts


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def cells(page: ReadPage) -> list[tuple[str, str]]:
    """Return each word of a sheet's page with its cells."""
    boxes = page.words.boxes.astype(int).tolist()
    return [
        (page.text[start:end], str(CellRange(*box)))
        for start, end, box in zip(page.words.starts, page.words.ends, boxes, strict=True)
    ]


def changed(file: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Rewrite one part of a package."""
    with (
        zipfile.ZipFile(io.BytesIO(file.read_bytes())) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for part in source.namelist():
            data = source.read(part)
            out.writestr(part, change(data) if part == name else data)


def with_part(file: Path, name: str, data: str, rels: str, kind: str, target: str, *, external: bool = False) -> None:
    """Add a part to a package, and to the relationships in ``rels`` one of that kind that leads to it."""
    mode = ' TargetMode="External"' if external else ""
    entry = f'<Relationship Id="added-{kind}" Type="http://x/relationships/{kind}" Target="{target}"{mode}/></Relationships>'
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as source, zipfile.ZipFile(file, "w") as out:
        for part in source.namelist():
            if part != rels:
                out.writestr(part, source.read(part))
        old = source.read(rels).decode() if rels in source.namelist() else f"{head}</Relationships>"
        out.writestr(rels, old.replace("</Relationships>", entry))
        if data:
            out.writestr(name, data)


def test_every_sheet_and_row_of_a_spreadsheet_as_it_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Cap table")
    money, share, day = (
        book.add_format({"num_format": "$#,##0.00"}),
        book.add_format({"num_format": "0.0%"}),
        book.add_format({"num_format": "d mmm yyyy"}),
    )
    sheet.write_row(0, 0, ["Holder", "Shares", "Price", "Part", "Since"])
    sheet.write(1, 0, "Ada")
    sheet.write(1, 1, 1500000)
    sheet.write(1, 2, 1234.5, money)
    sheet.write(1, 3, 0.125, share)
    sheet.write_datetime(1, 4, datetime(2024, 3, 1), day)  # noqa: DTZ001
    sheet.write_formula(2, 1, "=SUM(B2:B2)", None, 1500000)
    sheet.write_boolean(3, 1, True)
    sheet.write_formula(3, 2, "=1/0", None, "#DIV/0!")
    sheet.write(9, 1, "far below")
    sheet.write_comment(1, 0, "Founder")
    sheet.protect("secret")
    hidden = book.add_worksheet("Notes")
    hidden.write(0, 0, "secret")
    hidden.hide()
    very = book.add_worksheet("Deep")
    very.write(0, 0, "deeper")
    very.very_hidden()
    book.add_worksheet("Empty")
    book.close()
    table, notes, deep, empty = pages_of(file)
    assert lines(table.text) == [
        "Cap table",
        "Holder | Shares | Price | Part | Since",
        "Ada | 1500000 | $1,234.50 | 12.5% | 1 Mar 2024",
        "1500000",
        "TRUE | #DIV/0!",
        "far below",
        "[Note at A2] Founder",
        "Formulas",
        "[Formula at B3] =SUM(B2:B2)",
        "[Formula at C4] =1/0",
    ]
    assert cells(table)[5:10] == [
        ("Ada", "A2"),
        ("1500000", "B2"),
        ("$1,234.50", "C2"),
        ("12.5%", "D2"),
        ("1 Mar 2024", "E2"),
    ]
    assert cells(table)[-4:] == [
        ("far below", "B10"),
        ("[Note at A2] Founder", "A2"),
        ("[Formula at B3] =SUM(B2:B2)", "B3"),
        ("[Formula at C4] =1/0", "C4"),
    ]
    assert texts(table, BlockKind.HEADING) == ["Cap table", "Formulas"]
    assert [page.label for page in (table, notes, deep, empty)] == [
        "Cap table",
        "Notes (hidden)",
        "Deep (very hidden)",
        "Empty",
    ]
    assert [page.sheet for page in (table, notes, deep, empty)] == ["Cap table", "Notes", "Deep", "Empty"]
    assert lines(notes.text) == ["Notes (hidden)", "secret"]
    assert empty.coverage is Coverage.BLANK


def test_a_spreadsheet_without_kept_values_shows_its_formulas_in_place(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Total", 5, "=B1*2"])
    book.save(file)
    (page,) = pages_of(file)
    assert lines(page.text) == ["Sheet", "Total | 5 | =B1*2"]
    assert cells(page) == [("Total", "A1"), ("5", "B1"), ("=B1*2", "C1")]


def test_a_formula_that_was_filled_into_many_cells_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("P&L")
    for row in range(1, 30):
        sheet.write_formula(row, 3, f"=B{row + 1}*C{row + 1}+$A$1", None, row)
    for column in range(1, 6):
        letter = "ABCDEFG"[column]
        sheet.write_formula(40, column, f"=SUM({letter}2:{letter}30)", None, 7)
    sheet.write_formula(12, 3, "=99", None, 99)
    sheet.write_formula(50, 0, '=IF(A1="","A1",LOG10(A1))', None, "x")
    sheet.write_dynamic_array_formula("H2:H4", "=UNIQUE(A2:A9)", None, 1)
    book.close()
    (page,) = pages_of(file)
    told = [line for line in lines(page.text) if line.startswith(("[Formula", "[Array"))]
    assert told == [
        "[Formulas at D2:D12] =B2*C2+$A$1 and so on",
        "[Array formula at H2:H4] =UNIQUE(A2:A9)",
        "[Formula at D13] =99",
        "[Formulas at D14:D30] =B14*C14+$A$1 and so on",
        "[Formulas at B41:F41] =SUM(B2:B30) and so on",
        '[Formula at A51] =IF(A1="","A1",LOG10(A1))',
    ]
    assert ("[Formulas at D2:D12] =B2*C2+$A$1 and so on", "D2:D12") in cells(page)


def test_a_formula_whose_value_is_an_empty_text_is_not_in_place_of_it(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Total", '=IF(B1="","","x")'])
    book.save(file)
    changed(file, "xl/worksheets/sheet1.xml", lambda data: data.replace(b'r="B1"', b'r="B1" t="str"'))
    assert lines(pages_of(file)[0].text) == ["Sheet", "Total", "Formulas", '[Formula at B1] =IF(B1="","","x")']


def test_a_shared_formula_is_told_for_all_its_cells(tmp_path: Path) -> None:
    formulas = Formulas()
    formulas.add(4, 2, "B2*C2", "0")
    for row in range(3, 9):
        formulas.add(4, row, "", "0")
    formulas.add(4, 12, "", "0")
    formulas.add(5, 2, "", "unknown")
    told = list(formulas.told())
    assert told == [
        (CellRange(4, 2, 4, 8), "[Formulas at D2:D8] =B2*C2 and so on"),
        (CellRange(4, 12, 4, 12), "[Formula at D12] =B12*C12"),
    ]
    assert list(formulas.told()) == []


def test_what_is_hidden_is_told_and_merged_cells_are_one_place(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Sheet1")
    sheet.merge_range("A1:C2", "Confidential schedule")
    for row in range(2, 8):
        sheet.write_row(row, 0, [f"row {row + 1}", row])
    for row in (3, 4):
        sheet.set_row(row, None, None, {"hidden": True})
    sheet.set_row(6, None, None, {"hidden": True})
    sheet.set_column("D:E", None, None, {"hidden": True})
    sheet.set_column("G:G", None, None, {"hidden": True})
    sheet.set_header('&C&"Arial,Bold"Strictly confidential &P')
    book.close()
    (page,) = pages_of(file)
    assert lines(page.text) == [
        "Sheet1",
        "[Columns D to E, G are hidden]",
        "Confidential schedule",
        "row 3 | 2",
        "[Rows 4 to 5 are hidden]",
        "row 4 | 3",
        "row 5 | 4",
        "[Shown again]",
        "row 6 | 5",
        "[Row 7 is hidden]",
        "row 7 | 6",
        "[Shown again]",
        "row 8 | 7",
        "Strictly confidential",
    ]
    assert cells(page)[0] == ("Confidential schedule", "A1:C2")
    assert texts(page, BlockKind.FURNITURE) == ["Strictly confidential"]


def test_names_links_charts_text_boxes_and_comments_are_told(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(file)
    data = book.add_worksheet("Data")
    data.write_column("A1", ["Year", 2023, 2024])
    data.write_column("B1", ["Revenue", 10, 20])
    data.write_url("D1", "https://vdr.example.com/42", string="Data room")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"name": "=Data!$B$1", "categories": "=Data!$A$2:$A$3", "values": "=Data!$B$2:$B$3"})
    chart.set_title({"name": "Revenue by year"})
    data.insert_chart("F2", chart)
    data.insert_textbox("F20", "Subject to audit")
    data.add_table("A1:B3", {"name": "Revenues", "columns": [{"header": "Year"}, {"header": "Revenue"}]})
    data.write_comment("B2", "Restated", {"author": "Bo"})
    other = book.add_worksheet("It's")
    other.write(0, 0, 1)
    book.define_name("Total_Revenue", "=Data!$B$3")
    book.define_name("Rate", "=0.25")
    book.define_name("Gone", "=Data!#REF!")
    book.define_name("Local", "='It''s'!$A$1:$B$2")
    sheet = book.add_chartsheet("Figure")
    drawn = book.add_chart({"type": "column"})
    drawn.add_series({"values": "=Data!$B$2:$B$3"})
    drawn.set_title({"name": "On a sheet of its own"})
    sheet.set_chart(drawn)
    book.close()
    first, second, third = pages_of(file)
    told = lines(first.text)
    assert "[Link at D1] https://vdr.example.com/42" in told
    assert "[Note at B2] Bo: Restated" in told
    assert "[Table at A1:B3] Revenues" in told
    assert "[Name of B3] Total_Revenue" in told
    assert any(line.startswith("[Text box at F20:") and line.endswith("] Subject to audit") for line in told)
    assert any(line.startswith("[Chart or diagram at F2:") and "Revenue by year" in line for line in told)
    assert ("[Name of B3] Total_Revenue", "B3") in cells(first)
    assert lines(second.text) == ["It's", "1", "[Name of A1:B2] Local"]
    assert lines(third.text) == [
        "On a sheet of its own",
        "10 | 20",
        "[Name] Rate =0.25",
        "[Names whose cells were deleted] Gone",
    ]


THREADS = """<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">
<threadedComment ref="B2" dT="2024-03-01T10:00:00.00" personId="p1" id="c1" done="1"><text>Is this audited?</text></threadedComment>
<threadedComment ref="B2" dT="2024-03-02T10:00:00.00" personId="p2" id="c2" parentId="c1"><text>Yes, by KLM.</text></threadedComment>
</ThreadedComments>"""
PEOPLE = """<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">
<person displayName="Ada Lovelace" id="p1"/><person displayName="Bo Li" id="p2"/></personList>"""
EXTERNAL = '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'


def test_threads_of_comments_are_told_with_their_authors(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active["B2"] = 5
    book.active["B2"].comment = Comment("[Threaded comment]\n\nYour version of Excel allows you to read this", "tc")
    book.save(file)
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    with_part(file, "xl/threadedComments/t1.xml", THREADS, rels, "threadedComment", "/xl/threadedComments/t1.xml")
    with_part(file, "xl/persons/person.xml", PEOPLE, "xl/_rels/workbook.xml.rels", "person", "persons/person.xml")
    (page,) = pages_of(file)
    assert lines(page.text) == [
        "Sheet",
        "5",
        "[Comment at B2, resolved] Ada Lovelace, 2024-03-01: Is this audited?",
        "[Reply at B2] Bo Li, 2024-03-02: Yes, by KLM.",
    ]


def test_workbooks_that_formulas_lead_to_are_named(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "=[1]Model!B2"
    book.defined_names["Rate"] = DefinedName("Rate", attr_text="Sheet!$A$1")
    book.save(file)
    with_part(
        file, "xl/externalLinks/e1.xml", EXTERNAL, "xl/_rels/workbook.xml.rels", "externalLink", "externalLinks/e1.xml"
    )
    with_part(
        file,
        "",
        "",
        "xl/externalLinks/_rels/e1.xml.rels",
        "externalLinkPath",
        "file:///C:/deals/model.xlsx",
        external=True,
    )
    listed = '<externalReferences><externalReference xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="added-externalLink"/></externalReferences><definedNames'
    changed(file, "xl/workbook.xml", lambda data: data.replace(b"<definedNames", listed.encode()))
    (page,) = pages_of(file)
    assert lines(page.text) == [
        "Sheet",
        "=[1]Model!B2",
        "[Name of A1] Rate",
        "[Linked workbook 1] file:///C:/deals/model.xlsx, which formulas call [1]",
    ]


def test_files_inside_a_spreadsheet_are_documents_of_their_own(tmp_path: Path) -> None:
    inner, file = tmp_path / "inner.xlsx", tmp_path / "a.xlsx"
    for target, text in ((inner, "inside"), (file, "outside")):
        book = openpyxl.Workbook()
        book.active["A1"] = text
        book.save(target)
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    with_part(file, "", "", rels, "package", "../embeddings/Price_list.xlsx")
    with_part(file, "", "", rels, "oleObject", "file:///C:/deals/other.docx", external=True)
    with zipfile.ZipFile(file, "a") as out:
        out.write(inner, "xl/embeddings/Price_list.xlsx")
    page, attachment = read_all(file)
    assert isinstance(page, ReadPage)
    assert isinstance(attachment, Attachment)
    assert lines(page.text)[1:] == [
        "outside",
        "[Embedded file] Price list.xlsx",
        "[Linked file] file:///C:/deals/other.docx",
    ]
    assert attachment.name == "Price list.xlsx"
    assert attachment.file.read_bytes() == inner.read_bytes()


def test_a_long_sheet_goes_on_on_another_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS_A_PAGE", 4)
    file = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Ledger")
    sheet.hide_gridlines()
    for row in range(10):
        sheet.write(row + 5, 0, f"entry {row}")
        sheet.write_formula(row + 5, 1, f"=A{row + 6}", None, row)
    book.add_worksheet("After").write(0, 0, "kept")
    book.close()
    pages = pages_of(file)
    assert [page.label for page in pages] == [
        "Ledger (rows 6 to 9)",
        "Ledger (rows 10 to 13)",
        "Ledger (rows 14 to 15)",
        "After",
    ]
    assert lines(pages[1].text) == [
        "Ledger",
        "entry 4 | 4",
        "entry 5 | 5",
        "entry 6 | 6",
        "entry 7 | 7",
        "Formulas",
        "[Formulas at B10:B13] =A10 and so on",
    ]
    assert cells(pages[1])[0] == ("entry 4", "A10")
    assert all(page.sheet == "Ledger" for page in pages[:3])


def test_a_sheet_with_too_much_text_says_where_it_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS_A_PAGE", 2)
    monkeypatch.setattr(xlsx, "_MOST_CHARS", 30)
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in range(20):
        book.active.append([f"row number {row}"])
    book.save(file)
    *read, rest = pages_of(file)
    assert [page.coverage for page in read] == [Coverage.TEXT] * len(read)
    assert (rest.coverage, rest.label) == (Coverage.FAILED, "Sheet (the rest)")
    assert rest.reason == "The sheet “Sheet” goes on after row 2 with more text than can be read."


def test_one_damaged_sheet_takes_nothing_from_the_others(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["lost"])
    book.create_sheet("Second").append(["kept"])
    book.save(file)
    changed(file, "xl/worksheets/sheet1.xml", lambda data: b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")
    first, second = pages_of(file)
    assert (first.coverage, first.label) == (Coverage.FAILED, "Sheet")
    assert "kept" in second.text


def test_a_sheet_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in range(50):
        book.active.append([row, "words"])
    book.save(file)
    changed(file, "xl/worksheets/sheet1.xml", lambda data: data[: len(data) // 2])
    kept, rest = pages_of(file)
    assert "3 | words" in kept.text
    assert rest.coverage is Coverage.FAILED
    assert rest.reason is not None
    assert rest.reason.startswith("The sheet “Sheet” is damaged: what follows row 2")


@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
def test_entities_are_refused_wherever_they_hide(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.save(file)
    declared = f"<?xml version='1.0' encoding='{encoding}'?><!--{' ' * 100_000}--><!DOCTYPE x [<!ENTITY a 'aaaa'>]><x/>"
    changed(file, "xl/worksheets/sheet1.xml", lambda data: declared.encode(encoding))
    with pytest.raises(Unreadable) as refused:
        pages_of(file)
    assert refused.value.coverage is Coverage.FAILED


def test_the_strict_form_of_the_format_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["strict", 5])
    book.active.merge_cells("B1:C1")
    book.save(file)
    strict = [
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    ]

    def stricter(data: bytes) -> bytes:
        for usual, rare in strict:
            data = data.replace(usual, rare)
        return data

    with zipfile.ZipFile(file) as source:
        parts = source.namelist()
    for part in parts:
        changed(file, part, stricter)
    (page,) = pages_of(file)
    assert lines(page.text) == ["Sheet", "strict | 5"]
    assert cells(page)[1] == ("5", "B1:C1")


def test_cells_without_addresses_and_rows_without_numbers_follow_each_other(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.active["A2"] = ArrayFormula("A2:A3", "=B2:B3")
    book.save(file)
    rows = (
        b"<sheetData><row><c><v>1</v></c><c t='inlineStr'><is><r><t>two </t></r><r><t>parts</t></r></is></c></row>"
        b"<row r='999999999'><c r='ZZZZ1'><v>3</v></c></row><row r='1'><c><v>4</v></c></row></sheetData>"
    )
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    changed(file, "xl/worksheets/sheet1.xml", lambda data: head + rows + b"</worksheet>")
    (page,) = pages_of(file)
    assert cells(page) == [("1", "A1"), ("two parts", "B1"), ("3", "A2"), ("4", "A3")]


def test_text_beyond_the_last_column_is_not_lost_without_a_word(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.save(file)
    row = b"<sheetData><row>" + b"<c><v>1</v></c>" * 16_390 + b"</row></sheetData>"
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    changed(file, "xl/worksheets/sheet1.xml", lambda data: head + row + b"</worksheet>")
    page, rest = pages_of(file)
    assert cells(page)[-1] == ("1", "XFD1")
    assert rest.coverage is Coverage.FAILED


def test_a_page_of_a_sheet_is_full_at_some_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheetpage, "CHARS_A_PAGE", 10)
    page = sheetpage.SheetPage("S")
    assert not page.full
    page.row(
        [(CellRange(1, 1, 1, 1), "eleven letters"), (CellRange(9, 1, 9, 1), "far"), (CellRange(10, 1, 10, 1), " ")]
    )
    assert page.full
    assert page.page(1).text == "eleven letters | | | | far\n"


def test_a_text_that_is_not_where_its_cell_says_is_not_lost_without_a_word(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(file)
    book.add_worksheet("Sheet").write_row(0, 0, ["kept", "lost", 7])
    book.close()
    changed(file, "xl/sharedStrings.xml", lambda data: data.replace(b"<si><t>lost</t></si>", b""))
    page, rest = pages_of(file)
    assert lines(page.text) == ["Sheet", "kept | | 7"]
    assert rest.reason == "The sheet “Sheet” is damaged: what follows row 1 may be missing or incomplete."


def test_a_page_that_was_pasted_into_a_sheet_is_read_on_its_own(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGB", (1240, 1754), "white").save(out, "PNG", dpi=(150, 150))
    file = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(file)
    book.add_worksheet("Scan").insert_image("B2", "scan.png", {"image_data": out})
    book.close()
    page, attachment = read_all(file)
    assert isinstance(page, ReadPage)
    assert isinstance(attachment, Attachment)
    (line,) = lines(page.text)[1:]
    assert line.startswith("[Picture at B2:")
    assert line.endswith(", read on its own] Picture 1.png")
    assert attachment.file.read_bytes() == out.getvalue()
