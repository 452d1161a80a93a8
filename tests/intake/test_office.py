"""Word documents and presentations: everything that is in them, in order, within limits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pptx
import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from datazoom_desktop.intake.model import Unreadable
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


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
