"""Office files and delimited text, damaged in hundreds of ways each: read as far as they can be, or refused with a reason."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from datazoom_desktop.intake.model import Unreadable
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.mutations import survive
from tests.intake.reading import pages_of
from tests.support.office_files import SPACES, deleted, para, run, word

COPIES = 150


def rich_document(folder: Path) -> bytes:
    inner = io.BytesIO()
    docx.Document().save(inner)
    numbering = f"""<w:numbering {SPACES}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
    <w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""
    styles = f"""<w:styles {SPACES}><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/></w:style>
    <w:style w:type="character" w:styleId="Hid"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"""
    comments = (
        f'<w:comments {SPACES}><w:comment w:id="0" w:author="Ada">{para(run("Too high."))}</w:comment></w:comments>'
    )
    footnotes = f'<w:footnotes {SPACES}><w:footnote w:id="2">{para(run("Net of tax."))}</w:footnote></w:footnotes>'
    chart = f"""<c:chartSpace {SPACES}><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Revenue</a:t></a:r></a:p></c:rich></c:tx></c:title>
    <c:ser><c:tx><c:v>m</c:v></c:tx><c:cat><c:v>2023</c:v></c:cat><c:val><c:v>10</c:v></c:val></c:ser></c:chart></c:chartSpace>"""
    cell = f"<w:tc>{para(run('a'))}</w:tc><w:tc>{para(run('b'))}<w:tbl><w:tr><w:tc>{para(run('c'))}</w:tc></w:tr></w:tbl></w:tc>"
    body = para(run("Share Purchase Agreement"), '<w:pStyle w:val="H1"/>')
    body += para(run("One"), '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    body += para(run("The price is ") + f"<w:del>{deleted('nine')}</w:del><w:ins>{run('ten')}</w:ins>")
    body += para(
        '<w:commentRangeStart w:id="0"/>'
        + run("x")
        + '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
    )
    body += para(run("y", '<w:rStyle w:val="Hid"/>') + '<w:r><w:footnoteReference w:id="2"/></w:r>')
    body += para(
        '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("7")
    )
    body += para('<w:r><w:drawing><c:chart r:id="c"/></w:drawing><w:object><o:OLEObject r:id="e"/></w:object></w:r>')
    body += f"<w:tbl><w:tr><w:trPr><w:ins/></w:trPr>{cell}</w:tr></w:tbl>" + '<w:altChunk r:id="h"/>'
    body += '<w:sectPr><w:headerReference r:id="header1.xml"/></w:sectPr>'
    parts = {
        "numbering.xml": numbering,
        "styles.xml": styles,
        "comments.xml": comments,
        "footnotes.xml": footnotes,
        "header1.xml": f"<w:hdr {SPACES}>{para(run('Draft'))}</w:hdr>",
        "charts/chart1.xml": chart,
        "embeddings/Side_letter.docx": inner.getvalue(),
        "chunk/a.html": "<html><body><p>Merged in.</p></body></html>",
    }
    links = {
        "c": ("chart", "charts/chart1.xml"),
        "e": ("package", "embeddings/Side_letter.docx"),
        "h": ("aFChunk", "chunk/a.html"),
    }
    return word(folder / "whole.docx", body, parts, links).read_bytes()


def rich_workbook(folder: Path) -> bytes:
    book = xlsxwriter.Workbook(folder / "whole.xlsx")
    sheet = book.add_worksheet("Cap table")
    money = book.add_format({"num_format": "_($* #,##0.00_);[Red]($* #,##0.00)"})
    day = book.add_format({"num_format": "d mmm yyyy"})
    for row in range(1, 20):
        sheet.write_row(row, 0, [f"Holder {row}", row])
        sheet.write_number(row, 2, row * 1000.5, money)
        sheet.write_number(row, 3, 45000 + row, day)
        sheet.write_formula(row, 4, f"=B{row + 1}*2", None, row * 2)
    sheet.merge_range("G1:H2", "merged")
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.write_comment("A2", "Founder")
    sheet.write_url("I1", "https://a.example/x", string="link")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "='Cap table'!$B$2:$B$9"})
    sheet.insert_chart("K2", chart)
    sheet.insert_textbox("K30", "Subject to audit")
    book.define_name("Total", "='Cap table'!$B$20")
    book.add_worksheet("Second").write(0, 0, "kept")
    book.close()
    return (folder / "whole.xlsx").read_bytes()


def rich_deck(folder: Path) -> bytes:
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Financials"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    table.cell(0, 0).text = "Year"
    data = CategoryChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("Revenue", (10, 20))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(5), Inches(5), Inches(3), Inches(2), data)
    slide.shapes.add_ole_object(book, "Excel.Sheet.12", Inches(1), Inches(4))
    slide.notes_slide.notes_text_frame.text = "Say it slowly."
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Second"
    deck.save(folder / "whole.pptx")
    return (folder / "whole.pptx").read_bytes()


def rows(folder: Path) -> bytes:
    return b'Holder;Note;Shares\r\nAda;"first\r\nsecond";1,5\r\n"Bo ""B"" Li";;2\r\n' * 20


@pytest.mark.parametrize(
    ("make", "name"), [(rich_document, "a.docx"), (rich_workbook, "a.xlsx"), (rich_deck, "a.pptx"), (rows, "a.csv")]
)
def test_no_damage_breaks_a_reader(tmp_path: Path, make: Callable[[Path], bytes], name: str) -> None:
    outcomes = survive(make(tmp_path), name, tmp_path, count=COPIES)
    assert outcomes["read"]
    assert set(outcomes) <= {"read", "failed", "skipped", "encrypted"}


def sheet(file: Path, rows: bytes, strings: bytes = b"") -> Path:
    """Write a workbook whose only sheet has this inside, and these shared strings."""
    book = xlsxwriter.Workbook(file)
    book.add_worksheet("Sheet").write(0, 0, "x")
    book.close()
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    texts = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + strings + b"</sst>"
    with (
        zipfile.ZipFile(io.BytesIO(file.read_bytes())) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in source.namelist():
            new = {"xl/worksheets/sheet1.xml": head + rows + b"</worksheet>", "xl/sharedStrings.xml": texts}
            out.writestr(name, new.get(name) or source.read(name))
    return file


def test_a_long_string_in_every_cell_of_a_row_does_not_fill_the_memory(tmp_path: Path) -> None:
    long = b"<si><t>" + b"".join(b"word %d " % n for n in range(40_000)) + b"</t></si>"
    row = b"<sheetData><row>" + b"<c t='s'><v>0</v></c>" * 5_000 + b"</row></sheetData>"
    page, rest = pages_of(sheet(tmp_path / "a.xlsx", row, long))
    assert len(page.text) < 12_000_000
    assert rest.coverage is Coverage.FAILED


@pytest.mark.parametrize(
    "rows",
    [
        b"<sheetData><row><c><f>" + b"[" * 8_000 + b"'\"" * 100 + b"</f><v>1</v></c></row></sheetData>",
        b"<sheetData>" + b"<row hidden='1'><c><v>1</v></c></row>" * 30_000 + b"</sheetData>",
        b"<cols>"
        + b"<col min='1' max='999999999' hidden='1'/>" * 10_000
        + b"</cols><sheetData><row><c><v>1</v></c></row></sheetData>",
    ],
)
def test_sheets_made_to_take_long_do_not(tmp_path: Path, rows: bytes) -> None:
    assert pages_of(sheet(tmp_path / "a.xlsx", rows))


def test_a_sheet_without_an_end_in_sight_is_refused_at_once(tmp_path: Path) -> None:
    rows = b"<sheetData><row><c><v>1</v></c></row></sheetData>" + b"<mergeCell " * 200_000
    with pytest.raises(Unreadable) as refused:
        pages_of(sheet(tmp_path / "a.xlsx", rows))
    assert refused.value.coverage is Coverage.FAILED


MANY = 20_000


@pytest.mark.parametrize(
    "body",
    [
        para("".join(f'<w:commentRangeStart w:id="{n}"/>{run("x")}' for n in range(MANY))),
        para(f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{run("x")}' * MANY),
        "<w:sdt><w:sdtContent>" * 400_000 + para(run("x")),
        "<w:tbl><w:tr><w:tc>" * 300 + para(run("x")) + "</w:tc></w:tr></w:tbl>" * 300,
        "<w:tbl>" + f"<w:tr><w:tc>{para(run('a'))}</w:tc><w:tc>{para(run('b'))}</w:tc></w:tr>" * MANY + "</w:tbl>",
        '<w:altChunk r:id="h"/>' * MANY,
    ],
)
def test_documents_made_to_take_long_do_not(tmp_path: Path, body: str) -> None:
    file = word(tmp_path / "a.docx", body, {"chunk/a.html": "<p>words</p>" * 1_000}, {"h": ("aFChunk", "chunk/a.html")})
    assert pages_of(file)


def test_styles_that_rest_on_each_other_and_parts_that_lead_to_themselves_end(tmp_path: Path) -> None:
    style = '<w:style w:type="{}" w:styleId="{}"><w:basedOn w:val="{}"/></w:style>'
    styles = [
        style.format(kind, a, b) for kind in ("paragraph", "character") for a, b in (("A", "B"), ("B", "A"), ("C", "C"))
    ]
    body = para(run("words", '<w:rStyle w:val="A"/>'), '<w:pStyle w:val="A"/>')
    body += '<w:sectPr><w:headerReference r:id="self"/><w:headerReference r:id="out"/></w:sectPr>'
    links = {
        "self": ("header", "document.xml"),
        "out": ("header", "../../../../etc/passwd"),
        "e": ("package", "document.xml"),
    }
    parts: dict[str, str | bytes] = {"styles.xml": f"<w:styles {SPACES}>{''.join(styles)}</w:styles>"}
    (page,) = pages_of(word(tmp_path / "a.docx", body, parts, links))
    assert page.text.strip() == "words\n\nwords"
