"""Presentations: everything that is on a slide, behind it and beside it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
from PIL import Image
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from datazoom_desktop.intake.model import Attachment, ReadPage
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of, read_all

P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
RELS = "ppt/slides/_rels/slide1.xml.rels"


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def deck(file: Path, *titles: str) -> Any:
    """Return a presentation with a slide for each title."""
    made = pptx.Presentation()
    for title in titles:
        slide = made.slides.add_slide(made.slide_layouts[5])
        slide.shapes.title.text = title
    made.save(file)
    return made


def rewritten(file: Path, changes: dict[str, Callable[[bytes], bytes]], added: dict[str, str] | None = None) -> None:
    """Change parts of a presentation, and add others."""
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as source, zipfile.ZipFile(file, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            out.writestr(name, changes[name](data) if name in changes else data)
        for name, text in (added or {}).items():
            out.writestr(name, text)


def linked(kind: str, target: str, identifier: str = "added") -> Callable[[bytes], bytes]:
    """Return what adds a relationship to a part that lists them."""
    entry = f'<Relationship Id="{identifier}" Type="http://x/{kind}" Target="{target}"/></Relationships>'
    return lambda data: data.replace(b"</Relationships>", entry.encode())


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


OLD = f"""<p:cmLst {P}><p:cm authorId="3" dt="2024-03-01T09:00:00" idx="1"><p:pos x="1" y="1"/><p:text>Check this figure.</p:text></p:cm></p:cmLst>"""
OLD_AUTHORS = f'<p:cmAuthorLst {P}><p:cmAuthor id="3" name="Ada Lovelace"/></p:cmAuthorLst>'
NEW = f"""<p188:cmLst xmlns:p188="http://schemas.microsoft.com/office/powerpoint/2018/8/main" {A}>
<p188:cm id="1" authorId="AA" status="resolved" created="2024-03-02T09:00:00"><p188:replyLst><p188:reply id="2" authorId="BB" created="2024-03-03T09:00:00">
<p188:txBody><a:p><a:r><a:t>Done.</a:t></a:r></a:p></p188:txBody></p188:reply></p188:replyLst>
<p188:txBody><a:p><a:r><a:t>Add the footnote.</a:t></a:r></a:p></p188:txBody></p188:cm></p188:cmLst>"""
NEW_AUTHORS = """<p188:authorLst xmlns:p188="http://schemas.microsoft.com/office/powerpoint/2018/8/main">
<p188:author id="AA" name="Bo Li"/><p188:author id="BB" name="Cy Day"/></p188:authorLst>"""


def test_comments_of_both_forms_are_told_with_their_authors(tmp_path: Path) -> None:
    file = tmp_path / "a.pptx"
    deck(file, "Financials")
    authors = "ppt/_rels/presentation.xml.rels"
    rewritten(
        file,
        {RELS: linked("comments", "../comments/c1.xml"), authors: linked("commentAuthors", "commentAuthors.xml")},
        {"ppt/comments/c1.xml": OLD, "ppt/commentAuthors.xml": OLD_AUTHORS},
    )
    assert lines(pages_of(file)[0].text) == ["Financials", "[Comment] Ada Lovelace, 2024-03-01: Check this figure."]
    deck(file, "Financials")
    rewritten(
        file,
        {RELS: linked("comments", "../comments/m1.xml"), authors: linked("authors", "authors.xml")},
        {"ppt/comments/m1.xml": NEW, "ppt/authors.xml": NEW_AUTHORS},
    )
    assert lines(pages_of(file)[0].text) == [
        "Financials",
        "[Comment, resolved] Bo Li, 2024-03-02: Add the footnote.",
        "[Reply] Cy Day, 2024-03-03: Done.",
    ]


def test_files_inside_a_slide_are_documents_of_their_own(tmp_path: Path) -> None:
    inner, file = tmp_path / "inner.docx", tmp_path / "a.pptx"
    docx.Document().save(inner)
    made = deck(file, "Annex")
    made.slides[0].shapes.add_ole_object(str(inner), "Word.Document.12", Inches(1), Inches(2))
    made.save(file)
    page, attachment = read_all(file)
    assert isinstance(page, ReadPage)
    assert isinstance(attachment, Attachment)
    assert attachment.name.endswith(".docx")
    assert lines(page.text) == ["Annex", f"[Embedded file: {attachment.name}]"]
    assert attachment.file.read_bytes() == inner.read_bytes()


def test_hidden_slides_say_so_and_links_say_where_they_lead(tmp_path: Path) -> None:
    file = tmp_path / "a.pptx"
    made = deck(file, "Back-up")
    made.slides[0]._element.set("show", "0")
    box = made.slides[0].shapes.add_textbox(Inches(1), Inches(2), Inches(3), Inches(1)).text_frame
    for text, target in (("the data room", "https://vdr.example.com/42"), ("https://b.example", "https://b.example/")):
        run = box.paragraphs[0].add_run()
        run.text = text + " "
        run.hyperlink.address = target
    made.save(file)
    (page,) = pages_of(file)
    assert page.label == "Back-up (hidden)"
    assert lines(page.text) == [
        "[This slide is hidden]",
        "Back-up",
        "the data room [Link: https://vdr.example.com/42] https://b.example",
    ]


DIAGRAM = f"""<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" {A}><dgm:ptLst>
<dgm:pt modelId="1"><dgm:t><a:p><a:r><a:t>Holdco</a:t></a:r></a:p></dgm:t></dgm:pt>
<dgm:pt modelId="2" type="pres"><dgm:t><a:p><a:r><a:t>not shown</a:t></a:r></a:p></dgm:t></dgm:pt>
<dgm:pt modelId="3"><dgm:t><a:p><a:r><a:t>Opco GmbH</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>"""
FRAME = f"""<p:graphicFrame {P} {A}><p:nvGraphicFramePr><p:cNvPr id="9" name="d"/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="1" y="9000000"/></p:xfrm>
<a:graphic><a:graphicData><dgm:relIds xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:dm="added"/></a:graphicData></a:graphic></p:graphicFrame></p:spTree>"""


def test_diagrams_are_read_and_one_that_is_damaged_says_so(tmp_path: Path) -> None:
    for data, shown in (
        (DIAGRAM, ["Holdco", "Opco GmbH"]),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", ["[A chart or diagram here is damaged and could not be read.]"]),
    ):
        file = tmp_path / "a.pptx"
        deck(file, "Structure")
        framed = {
            RELS: linked("diagramData", "../diagrams/data1.xml"),
            "ppt/slides/slide1.xml": lambda data: data.replace(b"</p:spTree>", FRAME.encode()),
        }
        rewritten(file, framed, {"ppt/diagrams/data1.xml": data})
        assert lines(pages_of(file)[0].text) == ["Structure", *shown]


def test_a_slide_that_is_damaged_or_missing_takes_nothing_from_the_others(tmp_path: Path) -> None:
    file = tmp_path / "a.pptx"
    deck(file, "One", "Two", "Three")
    rewritten(
        file,
        {
            "ppt/slides/slide1.xml": lambda data: b"no markup at all",
            "ppt/_rels/presentation.xml.rels": lambda data: data.replace(b"slides/slide2.xml", b"slides/gone.xml"),
        },
    )
    first, second, third = pages_of(file)
    assert [first.coverage, second.coverage, third.coverage] == [Coverage.FAILED, Coverage.FAILED, Coverage.TEXT]
    assert first.reason == "This slide is damaged and cannot be read."


def picture(width: int, height: int) -> io.BytesIO:
    """Return a picture of that size in pixels."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    out.seek(0)
    return out


def test_a_slide_that_is_only_a_picture_hands_it_on_and_one_with_words_does_not(tmp_path: Path) -> None:
    file = tmp_path / "a.pptx"
    made = deck(file, "Scan", "Words")
    for slide, size in zip(made.slides, ((1600, 900), (1400, 900)), strict=True):
        slide.shapes.add_picture(picture(*size), Inches(0), Inches(0), Inches(10))
    made.slides[1].shapes.add_textbox(Inches(1), Inches(3), Inches(4), Inches(1)).text_frame.text = "many words " * 20
    made.save(file)
    first, attachment, second = read_all(file)
    assert isinstance(first, ReadPage)
    assert isinstance(second, ReadPage)
    assert isinstance(attachment, Attachment)
    assert lines(first.text) == ["Scan", "[Picture, read on its own: Picture 1.png]"]
    assert attachment.name == "Picture 1.png"
    assert "Picture" not in second.text


def test_a_workbook_behind_a_chart_is_handed_on_when_it_holds_more_than_the_chart(tmp_path: Path) -> None:
    file = tmp_path / "a.pptx"
    made = deck(file, "Forecast")
    data = CategoryChartData()
    data.categories = ["2024"]
    data.add_series("Revenue", (10,))
    made.slides[0].shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(2), Inches(5), Inches(3), data)
    made.save(file)
    assert not [item for item in read_all(file) if isinstance(item, Attachment)]
    book = openpyxl.Workbook()
    book.create_sheet("Whole model")["A1"] = "margin by customer"
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(file) as package:
        (part,) = [name for name in package.namelist() if name.startswith("ppt/embeddings/")]
    rewritten(file, {part: lambda data: out.getvalue()})
    page, attachment = read_all(file)
    assert isinstance(page, ReadPage)
    assert isinstance(attachment, Attachment)
    assert lines(page.text) == ["Forecast", "2024", "Revenue | 10", f"[Workbook behind this chart: {attachment.name}]"]
    assert attachment.file.read_bytes() == out.getvalue()
