"""OpenDocument texts and presentations: structure, numbers of lists, remarks and changes, passwords."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadPage, Unreadable
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.mutations import survive
from tests.intake.odf import SPACES, encrypted, package, zipped
from tests.intake.reading import check, pages_of, read_all, texts

STYLES = """<style:style style:name="Bold" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="Gone" style:family="text"><style:text-properties text:display="none"/></style:style>
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Breaks"/>
<style:style style:name="P2" style:family="paragraph"><style:paragraph-properties fo:break-after="page"/></style:style>
<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
<text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="(" style:num-suffix=")"/>
<text:list-level-style-number text:level="3" style:num-format="i" text:display-levels="3"/></text:list-style>
<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1" text:bullet-char="-"/></text:list-style>"""
MANNER = """<office:styles><style:style style:name="Title" style:family="paragraph"/>
<style:style style:name="Breaks" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>
<text:outline-style><text:outline-level-style text:level="1" style:num-format="I" style:num-suffix="."/></text:outline-style></office:styles>
<office:master-styles><style:master-page style:name="Standard"><style:header><text:p>Draft of the Share Purchase Agreement of 4 March</text:p>
</style:header><style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer></style:master-page></office:master-styles>"""
BODY = """<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>four million</text:p></text:deletion></text:changed-region>
<text:changed-region text:id="c2"><text:insertion/></text:changed-region></text:tracked-changes>
<text:p text:style-name="Title">Share Purchase Agreement</text:p>
<text:h text:outline-level="1">Price</text:h>
<text:list text:style-name="L1" xml:id="a"><text:list-item><text:p>First</text:p><text:p>goes on</text:p>
<text:list><text:list-item><text:p>Inner</text:p><text:list><text:list-item><text:p>Innermost</text:p></text:list-item></text:list></text:list-item></text:list>
</text:list-item><text:list-header><text:p>No number</text:p></text:list-header><text:list-item><text:p>Second</text:p></text:list-item></text:list>
<text:p>The price is <text:span text:style-name="Bold">EUR<text:s text:c="3"/>5m</text:span><text:note text:note-class="footnote">
<text:note-citation>1</text:note-citation><text:note-body><text:p>Subject to adjustment.</text:p></text:note-body></text:note>, not
<text:change text:change-id="c1"/><text:change-start text:change-id="c2"/>six<text:change-end text:change-id="c2"/>.<text:line-break/>Next
line<text:span text:style-name="Gone"> and secret</text:span>.</text:p>
<text:list text:style-name="L1" text:continue-list="a"><text:list-item><text:p>Third</text:p></text:list-item></text:list>
<text:list text:style-name="L2"><text:list-item><text:p>Bullet</text:p></text:list-item></text:list>
<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Name</text:p></table:table-cell><table:table-cell>
<text:p>Shares</text:p><text:p>issued</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row><table:table-cell><text:p>Ada</text:p></table:table-cell><table:table-cell><text:p>100</text:p>
<table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell><table:table-cell><text:p>y</text:p></table:table-cell></table:table-row>
</table:table></table:table-cell></table:table-row></table:table>
<text:p>Before the box<draw:frame><draw:text-box><text:p>In the box</text:p></draw:text-box></draw:frame><office:annotation>
<dc:creator>Ada</dc:creator><dc:date>2024-03-04</dc:date><text:p>Check <text:span>this</text:span></text:p></office:annotation></text:p>
<text:p text:style-name="P1">Second page</text:p><text:p text:style-name="P2">still there</text:p><text:section><text:p>Third page</text:p></text:section>"""


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read(tmp_path: Path, data: bytes, *passwords: str, name: str = "a.odt") -> list[ReadPage]:
    file = tmp_path / name
    file.write_bytes(data)
    return pages_of(file, passwords=passwords)


def test_a_text_is_read_in_order_with_numbers_notes_changes_and_boxes(tmp_path: Path) -> None:
    first, second, third = read(tmp_path, package("text", BODY, STYLES, MANNER))
    assert [first.text[block.start : block.end] for block in first.blocks] == [
        "Draft of the Share Purchase Agreement of 4 March",
        "Share Purchase Agreement",
        "I. Price",
        "1. First",
        "goes on",
        "(a) Inner",
        "1.a.i Innermost",
        "No number",
        "2. Second",
        "The price is EUR 5m[1], not [Deleted: four million][Inserted: six].\nNext line [Hidden: and secret].",
        "3. Third",
        "\u2022 Bullet",
        "Name | Shares issued",
        "Ada | 100",
        "x | y",
        "Before the box",
        "In the box",
        "[1] Subject to adjustment.",
        "[Comment] Ada: Check this",
    ]
    assert texts(first, BlockKind.TITLE) == ["Share Purchase Agreement"]
    assert texts(first, BlockKind.HEADING)[0] == "I. Price"
    assert second.text == "Second page\n\nstill there\n"
    assert third.text == "Third page\n\nPage 1\n"


def test_one_xml_file_reads_like_the_package(tmp_path: Path) -> None:
    flat = (
        f'<?xml version="1.0"?><office:document {SPACES} office:mimetype="application/vnd.oasis.opendocument.text">'
        f"<office:automatic-styles>{STYLES}</office:automatic-styles>{MANNER}<office:body><office:text>{BODY}</office:text></office:body>"
        "</office:document>"
    )
    packed = read(tmp_path, package("text", BODY, STYLES, MANNER))
    assert [page.text for page in read(tmp_path, flat.encode(), name="a.fodt")] == [page.text for page in packed]


@pytest.mark.parametrize("how", ["aes", "blowfish", "whole"])
def test_an_encrypted_document_opens_with_its_password_alone(tmp_path: Path, how: str) -> None:
    data = encrypted(package("text", "<text:p>Sealed words</text:p>"), "pa\u00dfword", how)
    assert read(tmp_path, data, "wrong", "pa\u00dfword")[0].text == "Sealed words\n"
    for passwords in ((), ("wrong",)):
        with pytest.raises(Unreadable, match="A password is needed") as refused:
            read(tmp_path, data, *passwords)
        assert refused.value.coverage is Coverage.ENCRYPTED


def test_an_encryption_of_an_unknown_kind_says_what_to_do(tmp_path: Path) -> None:
    for how, known, unknown in (
        ("aes", b"aes256-cbc", b"xyz256-cbc"),
        ("aes", b'iteration-count="1000"', b'iteration-count="99999999999"'),
        ("whole", b'memory="64"', b'memory="99999999"'),
        ("whole", b'lanes="1"', b'lanes="-1"'),
    ):
        parts = unzipped(encrypted(package("text", "<text:p>x</text:p>"), "a", how))
        parts["META-INF/manifest.xml"] = parts["META-INF/manifest.xml"].replace(known, unknown)
        with pytest.raises(Unreadable, match="even with its password") as refused:
            read(tmp_path, zipped(parts), "a")
        assert "save a copy without a password" in refused.value.remedy


def test_pictures_that_may_hold_words_are_taken_out(tmp_path: Path) -> None:
    large, small = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (400, 300)).save(large, "PNG")
    Image.new("RGB", (40, 30)).save(small, "PNG")
    frame = '<draw:frame><draw:image xlink:href="Pictures/{}.png"/></draw:frame>'
    data = package(
        "text",
        f"<text:p>See{frame.format('a')}{frame.format('b')}{frame.format('missing')}</text:p>",
        **{"Pictures/a.png": large.getvalue(), "Pictures/b.png": small.getvalue()},
    )
    file = tmp_path / "a.odt"
    file.write_bytes(data)
    items = read_all(file)
    assert [item.name for item in items if isinstance(item, Attachment)] == ["picture-1.png"]
    assert [item.text for item in items if isinstance(item, ReadPage)] == ["See\n\n[Picture: picture-1.png]\n"]


def test_bombs_of_spaces_repeats_and_depth_do_no_harm(tmp_path: Path) -> None:
    deep = "<text:section>" * 200 + "<text:p>bottom</text:p>" + "</text:section>" * 200
    cell = '<table:table-cell table:number-columns-repeated="99999999"><text:p>c</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="99999999">{cell}</table:table-row>'
    (page,) = read(
        tmp_path,
        package("text", f'<text:p>a<text:s text:c="999999999"/>b</text:p><table:table>{row}</table:table>{deep}'),
    )
    assert len(page.text) < 100_000
    assert "bottom" in page.text
    deeper = read(tmp_path, package("text", "<text:p>top</text:p>" + "<text:section>" * 500))
    assert deeper[0].text == "top\n"
    assert "may be missing" in (deeper[1].reason or "")


def test_entities_are_refused_and_damage_is_told(tmp_path: Path) -> None:
    good = package("text", "<text:p>x</text:p>")
    parts = unzipped(good)
    bomb = parts | {"content.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts["content.xml"]}
    for broken in (zipped(bomb), good[: len(good) // 2], zipped(parts | {"content.xml": b"not XML"})):
        with pytest.raises(Unreadable, match="damaged"):
            read(tmp_path, broken)


SLIDES = """<draw:page draw:name="One" draw:style-name="dp1">
<draw:frame svg:x="10cm" svg:y="5cm"><draw:text-box><text:p>Right</text:p></draw:text-box></draw:frame>
<draw:frame svg:x="1cm" svg:y="51mm"><draw:text-box><text:list><text:list-item><text:p>Left</text:p></text:list-item></text:list></draw:text-box></draw:frame>
<draw:frame svg:x="1cm" svg:y="1cm" presentation:class="title"><draw:text-box><text:p>Highlights</text:p></draw:text-box></draw:frame>
<draw:g svg:x="1cm" svg:y="9cm"><draw:custom-shape svg:x="1cm" svg:y="9cm"><text:p>In a group</text:p></draw:custom-shape></draw:g>
<draw:frame svg:x="1cm" svg:y="20cm" presentation:class="footer"><draw:text-box><text:p>Footer</text:p></draw:text-box></draw:frame>
<office:annotation><dc:creator>Ada</dc:creator><text:p>Check</text:p></office:annotation>
<presentation:notes><draw:frame presentation:class="notes"><draw:text-box><text:p>Say this</text:p></draw:text-box></draw:frame></presentation:notes>
</draw:page><draw:page draw:name="page2" draw:style-name="dp2"><draw:frame><table:table><table:table-row><table:table-cell><text:p>Year</text:p>
</table:table-cell><table:table-cell><text:p>2024</text:p></table:table-cell></table:table-row></table:table></draw:frame>
<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame></draw:page>"""
HIDDEN = """<style:style style:name="dp2" style:family="drawing-page">
<style:drawing-page-properties presentation:visibility="hidden"/></style:style>"""
CHART = f"""<office:document-content {SPACES}><office:body><office:chart><table:table><table:table-row><table:table-cell><text:p>Q1</text:p>
</table:table-cell><table:table-cell><text:p>1.5</text:p></table:table-cell></table:table-row></table:table></office:chart></office:body>
</office:document-content>"""


def test_slides_are_pages_with_titles_notes_and_charts(tmp_path: Path) -> None:
    data = package("presentation", SLIDES, HIDDEN, **{"Object 1/content.xml": CHART.encode()})
    first, second = read(tmp_path, data, name="a.odp")
    assert first.text.split("\n\n") == [
        "Highlights",
        "Left",
        "Right",
        "In a group",
        "Footer",
        "[Comment] Ada: Check",
        "Notes: Say this\n",
    ]
    assert (first.label, second.label) == ("Highlights", "page2 (hidden)")
    assert texts(second, BlockKind.TABLE_ROW) == ["Year | 2024", "Q1 | 1.5"]


def test_damaged_files_never_break_the_readers(tmp_path: Path) -> None:
    assert survive(package("text", BODY, STYLES, MANNER), "a.odt", tmp_path)["read"] > 100
    slides = package("presentation", SLIDES, HIDDEN, **{"Object 1/content.xml": CHART.encode()})
    assert survive(slides, "a.odp", tmp_path)["read"] > 100
    assert survive(encrypted(package("text", "<text:p>x</text:p>"), "pass", "aes"), "a.odt", tmp_path, count=60)
    check(read(tmp_path, slides, name="a.odp"))
