"""Word documents and presentations: everything that is in them, in order, within limits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pptx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from msoffcrypto.format.ooxml import OOXMLFile
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from datazoom_desktop.intake.model import BlockKind, Unreadable
from datazoom_desktop.intake.readers.docx_numbering import Level, Numbering
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of, texts


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def test_a_word_document_is_read_in_order_with_tables_breaks_headers_and_styles(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Draft of the Share Purchase Agreement between Alpha and Beta"
    document.sections[0].footer.paragraphs[0].text = "v1"
    document.add_heading("Share Purchase Agreement", 0)
    document.add_heading("Definitions", 1)
    document.add_paragraph("Before the table.")
    table = document.add_table(rows=2, cols=3)
    for row, cells in enumerate((("Holder", "Class", "Shares"), ("Ada", "Common", "1,000"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    inner = table.cell(1, 2).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "of which", "vested"
    paragraph = document.add_paragraph("After the table.")
    paragraph.add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("On the second page.")
    file = tmp_path / "a.docx"
    document.save(file)
    first, second = pages_of(file)
    assert lines(first.text) == [
        "Draft of the Share Purchase Agreement between Alpha and Beta",
        "Share Purchase Agreement",
        "Definitions",
        "Before the table.",
        "Holder | Class | Shares",
        "Ada | Common | 1,000",
        "of which | vested",
        "After the table.",
    ]
    assert lines(second.text) == ["On the second page.", "v1"]
    assert texts(first, BlockKind.TITLE) == ["Share Purchase Agreement"]
    assert texts(first, BlockKind.HEADING) == ["Definitions"]
    assert texts(second, BlockKind.FURNITURE) == ["v1"]


def test_numbers_that_word_prints_are_in_the_text() -> None:
    levels = {
        0: Level(1, "decimal", "%1."),
        1: Level(1, "decimal", "%1.%2"),
        2: Level(1, "lowerLetter", "(%3)"),
        3: Level(1, "upperRoman", "%4"),
    }
    numbering = Numbering({"7": ("7", levels), "9": ("9", {0: Level(1, "bullet", "x")})})
    printed = [numbering.label("7", level) for level in (0, 1, 1, 2, 2, 0, 1, 2, 3)]
    assert printed == ["1.", "1.1", "1.2", "(a)", "(b)", "2.", "2.1", "(a)", "I"]
    assert numbering.label("9", 0) == "•"
    assert numbering.label("nowhere", 0) == ""


def test_a_numbered_list_of_a_real_document_counts(tmp_path: Path) -> None:
    document = docx.Document()
    for text in ("Seller sells.", "Buyer buys."):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("Loose.")
    document.add_paragraph("Point.", style="List Bullet")
    file = tmp_path / "a.docx"
    document.save(file)
    assert lines(pages_of(file)[0].text) == ["1. Seller sells.", "2. Buyer buys.", "Loose.", "• Point."]


def test_text_boxes_footnotes_insertions_and_deletions(tmp_path: Path) -> None:
    document = docx.Document()
    box = f"<w:r {nsdecls('w')}><w:pict><w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    paragraph = document.add_paragraph("The price")
    paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t> is ten</w:t></w:r></w:ins>"))
    paragraph._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText> was nine</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="2"/></w:r>'))
    paragraph._p.append(parse_xml(box))
    plain = tmp_path / "plain.docx"
    document.save(plain)
    file = tmp_path / "a.docx"
    notes = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:t>Net of tax.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(file, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/_rels/document.xml.rels":
                data = data.replace(
                    b"</Relationships>",
                    f'<Relationship Id="rn" Type="{kind}" Target="footnotes.xml"/></Relationships>'.encode(),
                )
            out.writestr(name, data)
        out.writestr("word/footnotes.xml", notes)
    assert lines(pages_of(file)[0].text) == ["The price is ten[2]", "In the box", "[2] Net of tax."]


def test_a_slide_with_title_list_table_group_chart_and_notes(tmp_path: Path) -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Financials"
    low = slide.shapes.add_textbox(Inches(1), Inches(6), Inches(3), Inches(0.5))
    low.text_frame.text = "Below"
    high = slide.shapes.add_textbox(Inches(1), Inches(1.5), Inches(3), Inches(0.5))
    high.text_frame.text = "Above"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(2.5), Inches(4), Inches(1)).table
    for number, text in enumerate(("Year", "ARR", "2024", "$4m")):
        table.cell(number // 2, number % 2).text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(4), Inches(2), Inches(0.5)).text_frame.text = "Grouped"
    data = CategoryChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("Revenue", (10, 20))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(5), Inches(5), Inches(3), Inches(2), data)
    slide.notes_slide.notes_text_frame.text = "Say it slowly."
    deck.slides.add_slide(deck.slide_layouts[6])
    file = tmp_path / "a.pptx"
    deck.save(file)
    first, second = pages_of(file)
    assert first.label == "Financials"
    assert lines(first.text) == [
        "Financials",
        "Above",
        "Year | ARR",
        "2024 | $4m",
        "Grouped",
        "Q1 | Q2",
        "Revenue | 10 | 20",
        "Below",
        "Notes: Say it slowly.",
    ]
    assert second.coverage is Coverage.BLANK


def word(tmp_path: Path) -> bytes:
    document = docx.Document()
    document.add_paragraph("Confidential price list")
    document.save(tmp_path / "plain.docx")
    return (tmp_path / "plain.docx").read_bytes()


def test_an_encrypted_document_opens_with_one_of_the_passwords_only(tmp_path: Path) -> None:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(word(tmp_path))).encrypt("geheim", out)
    file = tmp_path / "locked.docx"
    file.write_bytes(out.getvalue())
    with pytest.raises(Unreadable) as refused:
        pages_of(file, passwords=("wrong",))
    assert refused.value.coverage is Coverage.ENCRYPTED
    assert lines(pages_of(file, passwords=("wrong", "geheim"))[0].text) == ["Confidential price list"]


def truncated(tmp_path: Path) -> bytes:
    return word(tmp_path)[:2000]


def without_body(tmp_path: Path) -> bytes:
    return rewritten(tmp_path, lambda data: b"<nothing/>")


def entities(tmp_path: Path) -> bytes:
    return rewritten(tmp_path, lambda data: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data.split(b"?>", 1)[1])


def zip_bomb(tmp_path: Path) -> bytes:
    return rewritten(tmp_path, lambda data: b" " * (64 << 20))


def rewritten(tmp_path: Path, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word(tmp_path))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data) if name == "word/document.xml" else data)
    return out.getvalue()


@pytest.mark.parametrize("make", [truncated, without_body, entities, zip_bomb])
def test_damage_and_bombs_are_refused_with_a_reason(tmp_path: Path, make: Callable[[Path], bytes]) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(make(tmp_path))
    with pytest.raises(Unreadable) as refused:
        pages_of(file)
    assert refused.value.coverage is Coverage.FAILED
    assert refused.value.reason.endswith(".")
