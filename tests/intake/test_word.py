"""Word documents: everything that is in them, in order, and what became of it in a negotiation."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_BREAK
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadPage
from datazoom_desktop.intake.readers.changes import Piece, marked
from datazoom_desktop.intake.readers.docx_numbering import Level, Numbering
from datazoom_desktop.intake.readers.symbols import spelled, symbol
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of, read_all, texts
from tests.support.office_files import SPACES, deleted, para, run, word


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def read(
    file: Path, body: str, parts: dict[str, str | bytes] | None = None, links: dict[str, tuple[str, str]] | None = None
) -> list[str]:
    """Return the lines of a document's only page."""
    (page,) = pages_of(word(file, body, parts, links))
    return lines(page.text)


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


def test_a_list_can_follow_a_style_of_list_and_count_in_words(tmp_path: Path) -> None:
    numbering = f"""<w:numbering {SPACES}>
    <w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="Legal"/></w:abstractNum>
    <w:abstractNum w:abstractNumId="2"><w:styleLink w:val="Legal"/>
      <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="ordinalText"/><w:lvlText w:val="%1:"/></w:lvl>
      <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
      <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2.%3"/></w:lvl></w:abstractNum>
    <w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="6"><w:abstractNumId w:val="2"/></w:num></w:numbering>"""
    styles = f"""<w:styles {SPACES}><w:style w:type="numbering" w:styleId="Legal"><w:pPr><w:numPr><w:numId w:val="6"/></w:numPr></w:pPr>
    </w:style></w:styles>"""
    levels = [(0, "The name"), (1, "It is"), (2, "So"), (0, "The office")]
    body = "".join(
        para(run(text), f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="5"/></w:numPr>') for level, text in levels
    )
    assert read(tmp_path / "a.docx", body, {"numbering.xml": numbering, "styles.xml": styles}) == [
        "First: The name",
        "First.1 It is",
        "1.1.1 So",
        "Second: The office",
    ]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (
            run("The price is ") + f"<w:del>{deleted('nine')}</w:del><w:ins>{run('ten')}</w:ins>" + run(" euro."),
            "The price is [Deleted: nine][Inserted: ten] euro.",
        ),
        (
            run("It") + f"<w:ins>{run(' may')}</w:ins><w:ins w:author='Bo'>{run(' not')}</w:ins>" + run(" lapse."),
            "It [Inserted: may not] lapse.",
        ),
        (
            f"<w:ins>{run('kept ')}<w:del>{deleted('dropped')}</w:del></w:ins>" + run("end"),
            "[Inserted: kept [Deleted: dropped]]end",
        ),
        (
            f"<w:moveFrom>{run('Clause 4')}</w:moveFrom>" + run(" and ") + f"<w:moveTo>{run('Clause 9')}</w:moveTo>",
            "[Moved from: Clause 4] and [Moved to: Clause 9]",
        ),
        (
            run("Open ") + run("secret ", "<w:vanish/>") + run("words", '<w:vanish w:val="0"/>'),
            "Open [Hidden: secret] words",
        ),
        (f"<w:del>{deleted(' ')}</w:del>" + run("plain") + f"<w:ins>{run(' ')}</w:ins>" + run("text"), "plain text"),
    ],
)
def test_each_run_of_change_has_one_mark(tmp_path: Path, body: str, shown: str) -> None:
    assert read(tmp_path / "a.docx", para(body)) == [shown]


def test_a_deleted_clause_and_its_page_are_never_taken_for_live_ones(tmp_path: Path) -> None:
    body = para(
        f"<w:del>{deleted('8. Non-compete. The Seller')}<w:r><w:lastRenderedPageBreak/></w:r>{deleted('shall not compete.')}</w:del>"
    )
    first, second = pages_of(word(tmp_path / "a.docx", body))
    assert (lines(first.text), lines(second.text)) == (
        ["[Deleted: 8. Non-compete. The Seller]"],
        ["[Deleted: shall not compete.]"],
    )


def test_rows_and_cells_that_were_inserted_or_deleted_are_marked_as_a_whole(tmp_path: Path) -> None:
    def row(first: str, second: str, change: str = "", cell: str = "") -> str:
        return f"<w:tr><w:trPr>{change}</w:trPr><w:tc>{first}</w:tc><w:tc><w:tcPr>{cell}</w:tcPr>{second}</w:tc></w:tr>"

    body = "<w:tbl>"
    body += row(para(run("Ada")), para(run("10")))
    body += row(para(f"<w:del>{deleted('Bo')}</w:del>"), para(f"<w:del>{deleted('20')}</w:del>"), "<w:del/>")
    body += row(para(run("Cy")), para(run("30")), "<w:ins/>")
    body += row(para(run("Di")), para(run("40")), cell="<w:cellIns/>")
    body += row(para(run("Ed")), para(f"<w:del>{deleted('50')}</w:del><w:ins>{run('55')}</w:ins>"))
    assert read(tmp_path / "a.docx", body + "</w:tbl>") == [
        "Ada | 10",
        "[Deleted: Bo | 20]",
        "[Inserted: Cy | 30]",
        "Di | [Inserted: 40]",
        "Ed | [Deleted: 50][Inserted: 55]",
    ]


MARKS = st.lists(st.sampled_from(["Inserted", "Deleted", "Hidden"]), max_size=3, unique=True).map(tuple)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.builds(Piece, st.text("ab \n\f", max_size=6), MARKS), max_size=8))
def test_marks_always_close_on_the_page_they_open_and_lose_no_letter(pieces: list[Piece]) -> None:
    for page in marked(pieces).split("\f"):
        assert page.count("[") == page.count("]")
    bare = marked(pieces)
    for mark in ("Inserted: ", "Deleted: ", "Hidden: "):
        bare = bare.replace(f"[{mark}", "")
    letters = [letter for piece in pieces for letter in piece.text if letter in "ab\f"]
    assert [letter for letter in bare if letter in "ab\f"] == letters


COMMENTS = f"""<w:comments {SPACES}>
<w:comment w:id="0" w:author="Ada Lovelace" w:date="2024-03-01T10:00:00Z"><w:p w14:paraId="A1"><w:r><w:t>Too high.</w:t></w:r></w:p></w:comment>
<w:comment w:id="1" w:author="Bo Li"><w:p w14:paraId="A2"><w:r><w:t>Agreed at the call.</w:t></w:r></w:p></w:comment>
<w:comment w:id="7" w:author="Cy"><w:p><w:r><w:t>Orphan.</w:t></w:r></w:p></w:comment></w:comments>"""
EXTENDED = f"""<w15:commentsEx {SPACES}><w15:commentEx w15:paraId="A1" w15:done="1"/>
<w15:commentEx w15:paraId="A2" w15:paraIdParent="A1"/></w15:commentsEx>"""


def test_a_comment_says_who_made_it_and_which_words_it_is_about(tmp_path: Path) -> None:
    body = para(
        run("The price is ")
        + '<w:commentRangeStart w:id="0"/><w:commentRangeStart w:id="1"/>'
        + run("ten euro")
        + '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
        + '<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>'
        + run(".")
    )
    assert read(
        tmp_path / "a.docx", body + para(run("Next.")), {"comments.xml": COMMENTS, "commentsExtended.xml": EXTENDED}
    ) == [
        "The price is ten euro.",
        "[Comment on “ten euro”, resolved] Ada Lovelace, 2024-03-01: Too high.",
        "[Reply on “ten euro”] Bo Li: Agreed at the call.",
        "Next.",
        "[Comment] Cy: Orphan.",
    ]


def test_a_comment_on_a_long_stretch_names_its_ends_and_one_in_a_table_follows_its_row(tmp_path: Path) -> None:
    cell = para(
        '<w:commentRangeStart w:id="0"/>'
        + run("word " * 60)
        + '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
    )
    body = f"<w:tbl><w:tr><w:tc>{cell}</w:tc><w:tc>{para(run('b'))}</w:tc></w:tr><w:tr><w:tc>{para(run('c'))}</w:tc><w:tc>{para(run('d'))}</w:tc></w:tr></w:tbl>"
    first, second, third, *_ = read(tmp_path / "a.docx", body, {"comments.xml": COMMENTS})
    assert first.endswith("word | b")
    assert second.startswith("[Comment on “word word")
    assert len(second) < 200
    assert third == "c | d"


FOOTNOTES = f"""<w:footnotes {SPACES}><w:footnote w:id="-1" w:type="separator"><w:p/></w:footnote>
<w:footnote w:id="2"><w:p>{run("Net of ")}<w:del><w:r><w:delText>all </w:delText></w:r></w:del>{run("tax.")}</w:p></w:footnote>
<w:footnote w:id="9"><w:p>{run("See the ")}<w:hyperlink r:id="h">{run("register")}</w:hyperlink></w:p></w:footnote>
<w:footnote w:id="3"><w:p>{run("Starred.")}</w:p></w:footnote></w:footnotes>"""
NOTE_LINKS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="h" Type="http://x/hyperlink" Target="https://register.example.org/" TargetMode="External"/></Relationships>"""


def test_footnotes_are_numbered_as_they_are_referred_to_and_stand_at_the_end_of_their_page(tmp_path: Path) -> None:
    def mark(identifier: int, more: str = "") -> str:
        return f'<w:r><w:footnoteReference w:id="{identifier}"{more}/></w:r>'

    endnotes = f'<w:endnotes {SPACES}><w:endnote w:id="4"><w:p>{run("At the end.")}</w:p></w:endnote></w:endnotes>'
    body = para(run("Ten") + mark(9) + run(" or nine") + mark(2) + '<w:r><w:endnoteReference w:id="4"/></w:r>')
    body += para("<w:r><w:br w:type='page'/></w:r>" + run("Two") + mark(3, ' w:customMarkFollows="1"') + run("*"))
    parts = {"footnotes.xml": FOOTNOTES, "endnotes.xml": endnotes, "_rels/footnotes.xml.rels": NOTE_LINKS}
    first, second = pages_of(word(tmp_path / "a.docx", body, parts))
    assert lines(first.text) == [
        "Ten[1] or nine[2][e1]",
        "[1] See the register [Link: https://register.example.org/]",
        "[2] Net of [Deleted: all] tax.",
        "[e1] At the end.",
    ]
    assert lines(second.text) == ["Two*", "Starred."]


def field(instructions: str, result: str, form: str = "") -> str:
    """Return a field as Word writes it."""
    separate = '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + result if result else ""
    begin = f'<w:r><w:fldChar w:fldCharType="begin">{form}</w:fldChar></w:r>'
    return f'{begin}<w:r><w:instrText>{instructions}</w:instrText></w:r>{separate}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


TICKED = "<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox></w:ffData>"
UNTICKED = "<w:ffData><w:checkBox><w:default w:val='0'/></w:checkBox></w:ffData>"
CHOICE = "<w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='London'/><w:listEntry w:val='Paris'/></w:ddList></w:ffData>"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (run("Page ") + field("PAGE", run("7")) + run("."), "Page 7."),
        (field("HYPERLINK &quot;https://a.example/x&quot;", run("the site")), "the site [Link: https://a.example/x]"),
        (field("HYPERLINK &quot;mailto:ada@a.example&quot;", run("Ada@A.example")), "Ada@A.example"),
        (field("HYPERLINK \\l &quot;_Toc1&quot;", run("1. Price")), "1. Price"),
        (field("XE &quot;Price&quot;", "") + run("Price"), "Price"),
        (
            field(f"IF </w:instrText></w:r>{field('MERGEFIELD x', run('yes'))}<w:r><w:instrText> = 1", run("shown")),
            "shown",
        ),
        (
            field("FORMCHECKBOX", "", TICKED) + run(" yes ") + field("FORMCHECKBOX", "", UNTICKED) + run(" no"),
            "☒ yes ☐ no",
        ),
        (field("FORMDROPDOWN", "", CHOICE), "Paris"),
        ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' + run("never lost"), "never lost"),
        ("<w:fldSimple w:instr='DOCPROPERTY Title'>" + run("Share Purchase") + "</w:fldSimple>", "Share Purchase"),
        (
            field("LINK Excel.Sheet.12 &quot;C:\\\\deal\\\\model.xlsx&quot; Sheet1!R1C1", run("4,000")),
            "4,000 [Linked file: C:\\deal\\model.xlsx]",
        ),
    ],
)
def test_fields_show_their_result_and_where_they_lead(tmp_path: Path, body: str, shown: str) -> None:
    assert read(tmp_path / "a.docx", para(body)) == [shown]


def test_links_say_where_they_lead_unless_their_text_does(tmp_path: Path) -> None:
    body = para(
        f'<w:hyperlink r:id="a">{run("our site")}</w:hyperlink>'
        + run(" or ")
        + f'<w:hyperlink r:id="b">{run("www.b.example")}</w:hyperlink>'
        + run(" or ")
        + f'<w:hyperlink w:anchor="x">{run("clause 4")}</w:hyperlink>'
    )
    links = {"a": ("hyperlink", "https://a.example/terms"), "b": ("hyperlink", "https://www.b.example/")}
    assert read(tmp_path / "a.docx", body, links=links) == [
        "our site [Link: https://a.example/terms] or www.b.example or clause 4"
    ]


def test_symbols_are_told_by_their_font(tmp_path: Path) -> None:
    fonts = "<w:rFonts w:ascii='Wingdings' w:hAnsi='Wingdings'/>"
    body = (
        '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>' + run(" agreed ") + run("o", fonts) + run(" not agreed")
    )
    assert read(tmp_path / "a.docx", para(body)) == ["☑ agreed □ not agreed"]
    assert [symbol(code, "Symbol") for code in (0xF061, 0xB3, 0x2D, 0x31)] == ["α", "≥", "−", "1"]
    assert symbol(0xF099, "Webdings") == "[symbol 99 of Webdings]"
    assert (symbol(0xF0B7, ""), symbol(0x2610, "MS Gothic")) == ("•", "☐")
    assert spelled("a\uf0b7b", "Arial") == "a•b"


def test_headers_and_footers_stand_around_their_section_first_and_even_ones_too(tmp_path: Path) -> None:
    def edge(kind: str, text: str) -> str:
        return f"<w:{kind} {SPACES}>{para(run(text))}</w:{kind}>"

    parts: dict[str, str | bytes] = {
        "header1.xml": edge("hdr", "Project Halyard, strictly confidential, first draft of the buyer"),
        "header2.xml": edge("hdr", "Even pages"),
        "header3.xml": edge("hdr", "Schedules"),
        "footer1.xml": edge("ftr", "v12"),
        "footer2.xml": edge("ftr", "Nobody refers to me"),
    }

    def section(*names: str, start: str = "") -> str:
        refers = "".join(f'<w:{name[:6]}Reference w:type="default" r:id="{name}"/>' for name in names)
        return f"<w:sectPr>{refers}{start}</w:sectPr>"

    body = para(run("Body."), section("header1.xml", "header2.xml", "footer1.xml"))
    body += para(run("Schedule one."), section("header3.xml"))
    body += para(run("Same page."), "") + section("header3.xml", start='<w:type w:val="continuous"/>')
    first, second = pages_of(word(tmp_path / "a.docx", body, parts))
    assert lines(first.text) == [
        "Project Halyard, strictly confidential, first draft of the buyer",
        "Even pages",
        "Body.",
        "v12",
    ]
    assert lines(second.text) == ["Schedules", "Schedule one.", "Same page.", "Nobody refers to me"]
    assert texts(first, BlockKind.FURNITURE) == ["Even pages", "v12"]


def test_pages_end_where_word_last_ended_them(tmp_path: Path) -> None:
    rendered = "<w:r><w:lastRenderedPageBreak/></w:r>"
    bullets = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    numbering = f"""<w:numbering {SPACES}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/>
    <w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""
    body = para(run("One, which runs on") + rendered + run(" over the page."))
    body += para('<w:r><w:br w:type="page"/></w:r>') + para(rendered + run("Three."), bullets)
    row = f"<w:tr><w:tc>{para(run('left'))}</w:tc><w:tc>{para(run('a') + rendered + run('b'))}</w:tc></w:tr>"
    later = f"<w:tr><w:tc>{para(rendered + run('next'))}</w:tc><w:tc>{para(run('row'))}</w:tc></w:tr>"
    body += f"<w:tbl>{row}{later}</w:tbl>" + para(run("End."))
    pages = pages_of(word(tmp_path / "a.docx", body, {"numbering.xml": numbering}))
    assert [lines(page.text) for page in pages] == [
        ["One, which runs on"],
        ["over the page."],
        ["1. Three.", "left | a b"],
        ["next | row", "End."],
    ]


def test_text_boxes_content_controls_and_alternatives_are_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{para(run('In the box'))}</w:txbxContent>"
    body = para(
        run("Text")
        + f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    body += (
        f"<w:sdt><w:sdtPr><w:alias w:val='no'/></w:sdtPr><w:sdtContent>{para(run('Controlled'))}</w:sdtContent></w:sdt>"
    )
    body += para(
        "<w:r><mc:AlternateContent><mc:Fallback><w:t>Only the last resort</w:t></mc:Fallback></mc:AlternateContent></w:r>"
    )
    body += para("<w:ruby><w:rt>" + run("kana") + "</w:rt><w:rubyBase>" + run("漢字") + "</w:rubyBase></w:ruby>")
    body += para(
        "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f></m:oMath>"
    )
    assert read(tmp_path / "a.docx", body) == [
        "Text",
        "In the box",
        "Controlled",
        "Only the last resort",
        "漢字",
        "a/b",
    ]


CHART = f"""<c:chartSpace {SPACES}><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>Revenue</a:t></a:r></a:p></c:rich></c:tx></c:title>
<c:plotArea><c:barChart><c:ser><c:tx><c:v>EUR m</c:v></c:tx><c:cat><c:v>2023</c:v><c:v>2024</c:v></c:cat>
<c:val><c:v>10</c:v><c:v>20</c:v></c:val></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"""


def test_charts_pictures_and_files_inside_are_told_and_handed_on(tmp_path: Path) -> None:
    inner = io.BytesIO()
    docx.Document().save(inner)
    body = para(
        run("See ")
        + '<w:r><w:drawing><wp:inline><wp:docPr descr="Organisation chart"/><c:chart r:id="c"/></wp:inline></w:drawing></w:r>'
    )
    body += para('<w:r><w:object><o:OLEObject r:id="e" ProgID="Word.Document.12" Type="Embed"/></w:object></w:r>')
    body += para('<w:r><w:object><o:OLEObject r:id="l" ProgID="Excel.Sheet.12" Type="Link"/></w:object></w:r>')
    body += para(
        '<w:r><w:object><o:OLEObject r:id="q" ProgID="Equation.3" Type="Embed"/></w:object></w:r>' + run("Last.")
    )
    links = {
        "c": ("chart", "charts/chart1.xml"),
        "e": ("package", "embeddings/Side_letter.docx"),
        "l": ("oleObject", "file:///C:/deal/model.xlsx"),
        "q": ("oleObject", "embeddings/equation.bin"),
    }
    parts = {
        "charts/chart1.xml": CHART,
        "embeddings/Side_letter.docx": inner.getvalue(),
        "embeddings/equation.bin": b"x",
    }
    page, attachment = read_all(word(tmp_path / "a.docx", body, parts, links))
    assert isinstance(page, ReadPage)
    assert isinstance(attachment, Attachment)
    assert lines(page.text) == [
        "See [Picture: Organisation chart]",
        "Revenue",
        "2023 | 2024",
        "EUR m | 10 | 20",
        "[Embedded file: Side letter.docx]",
        "[Linked file: file:///C:/deal/model.xlsx]",
        "Last.",
    ]
    assert (attachment.name, attachment.file.read_bytes()) == ("Side letter.docx", inner.getvalue())


def test_a_document_that_is_merged_in_when_it_is_opened_is_read(tmp_path: Path) -> None:
    body = (
        para(run("Before."))
        + '<w:altChunk r:id="h"/><w:altChunk r:id="gone"/><w:altChunk r:id="h"/>'
        + para(run("After."))
    )
    parts: dict[str, str | bytes] = {"chunk/a.html": "<html><body><h1>Annex</h1><p>Merged in.</p></body></html>"}
    assert read(tmp_path / "a.docx", body, parts, {"h": ("aFChunk", "chunk/a.html")}) == [
        "Before.",
        "Annex",
        "Merged in.",
        "[A document that belongs here is missing or damaged and could not be read.]",
        "After.",
    ]


def test_a_document_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    file = word(tmp_path / "a.docx", para(run("Kept.")) + para(run("cut here")))
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as source, zipfile.ZipFile(file, "w") as out:
        for name in source.namelist():
            data = source.read(name)
            out.writestr(name, data[: data.index(b"here")] if name == "word/document.xml" else data)
    kept, rest = pages_of(file)
    assert lines(kept.text) == ["Kept.", "cut"]
    assert (rest.coverage, rest.label) == (Coverage.FAILED, "The rest")


def test_damage_beside_the_body_is_told(tmp_path: Path) -> None:
    bad = "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"
    body = para(run("Body.")) + '<w:sectPr><w:headerReference r:id="header1.xml"/></w:sectPr>'
    assert read(tmp_path / "a.docx", body, {"header1.xml": bad, "comments.xml": bad}) == [
        "[A header of this document is damaged and could not be read.]",
        "Body.",
        "[The document's comments are damaged and could not be read.]",
    ]


def test_a_document_that_only_asks_not_to_be_changed_opens_unasked(tmp_path: Path) -> None:
    settings = (
        f'<w:settings {SPACES}><w:writeProtection w:hash="abc"/><w:documentProtection w:edit="readOnly"/></w:settings>'
    )
    assert read(tmp_path / "a.docx", para(run("Open.")), {"settings.xml": settings}) == ["Open."]


def test_the_strict_form_of_the_format_is_read_too(tmp_path: Path) -> None:
    file = word(tmp_path / "a.docx", para(f"<w:ins>{run('strict')}</w:ins>"))
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as source, zipfile.ZipFile(file, "w") as out:
        for name in source.namelist():
            data = source.read(name).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            out.writestr(name, data)
    assert lines(pages_of(file)[0].text) == ["[Inserted: strict]"]


def test_a_document_nested_to_no_end_is_refused_or_read_within_its_limits(tmp_path: Path) -> None:
    deep = "<w:sdt><w:sdtContent>" * 5_000 + para(run("deep")) + "</w:sdtContent></w:sdt>" * 5_000
    pages = pages_of(word(tmp_path / "a.docx", para(run("top")) + deep))
    assert lines(pages[0].text)[0] == "top"
    assert pages[-1].coverage is Coverage.FAILED


def picture(width: int, height: int) -> bytes:
    """Return a picture of that size in pixels."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    return out.getvalue()


def shown(identifier: str, width: int, height: int) -> str:
    """Return a run that shows a picture at a size in points."""
    extent = f'<wp:extent cx="{width * 12700}" cy="{height * 12700}"/>'
    return f'<w:r><w:drawing><wp:inline>{extent}<a:blip r:embed="{identifier}"/></wp:inline></w:drawing></w:r>'


def test_a_page_that_was_pasted_in_as_a_picture_is_read_on_its_own(tmp_path: Path) -> None:
    scan, logo, icon = picture(1240, 1754), picture(900, 900), picture(40, 40)
    old = '<w:r><w:pict><v:shape style="position:absolute;width:450.5pt;height:600pt"><v:imagedata r:id="scan"/></v:shape></w:pict></w:r>'
    body = (
        para(run("Signature page"))
        + para(shown("scan", 450, 640))
        + para(shown("logo", 90, 90) + shown("icon", 450, 640))
        + para(old)
    )
    links = {name: ("image", f"media/{name}.png") for name in ("scan", "logo", "icon")}
    parts: dict[str, str | bytes] = {"media/scan.png": scan, "media/logo.png": logo, "media/icon.png": icon}
    page, attachment = read_all(word(tmp_path / "a.docx", body, parts, links))
    assert isinstance(page, ReadPage)
    assert isinstance(attachment, Attachment)
    assert lines(page.text) == ["Signature page", *["[Picture, read on its own: Picture 1.png]"] * 2]
    assert (attachment.name, attachment.file.read_bytes()) == ("Picture 1.png", scan)


def test_a_comment_on_a_change_is_about_the_words_that_stay(tmp_path: Path) -> None:
    def about(inner: str) -> str:
        mark = '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
        return read(
            tmp_path / "a.docx", para('<w:commentRangeStart w:id="0"/>' + inner + mark), {"comments.xml": COMMENTS}
        )[1]

    gone = f"<w:del>{deleted('nine')}</w:del>"
    assert about(gone + f"<w:ins>{run('ten')}</w:ins>" + run(" euro")).startswith("[Comment on “ten euro”]")
    assert about(gone).startswith("[Comment on “nine”]")
