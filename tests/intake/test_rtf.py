"""RTF: what the document shows and what its makers noted, in order, in the right characters."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadPage
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.mutations import survive
from tests.intake.reading import check, pages_of, read_all, texts

HEAD = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman\fcharset0 Times;}{\f1\fcharset204 Arial;}{\f2\fcharset128 Mincho;}
{\f3\fcharset2 Symbol;}{\f4\fcharset177 David;}{\f5\fcharset134 SimSun;}
{\f6\fcharset2 Wingdings;}}
{\stylesheet{\s0 Normal;}{\s1\b heading 1;}{\s2\outlinelevel1 Own Style;}{\s3 Title;}{\*\cs10 Default;}}
{\info{\title Not shown}{\author Ada}}
"""
BODY = rb"""{\header Draft of the Share Purchase Agreement of 4 March 2024\par}{\footer Page \chpgn\par}
\pard\plain\s3 Share Purchase Agreement\par
\pard\plain\s1\b Price\par
\pard\plain {\listtext\pard\plain 1.1\tab}The price is \'80 5m, see \{Schedule\}.{\super\chftn}{\footnote\pard\plain{\super\chftn} Subject to
 adjustment.} Next.\par
Old {\deleted\revauthdel1 four}{\revised\revauth1 five}{\mvf six}{\mvt seven} and {\v secret} words\par
\trowd\cellx100\cellx200\pard\intbl Name\cell Shares\par issued\cell\row
\trowd\cellx100\cellx200\pard\intbl Ada\cell 100\cell\row\pard
{\*\atnid AL}{\*\atnauthor Ada L\'f6we}\chatn{\*\annotation{\*\atndate 123}\pard\plain Check {\b this}}
Text {\shp{\*\shpinst{\sp{\sn shapeType}{\sv 202}}{\shptxt\pard\plain In a box\par}}} after\par
{\field{\*\fldinst HYPERLINK "https://a.example"}{\fldrslt the link}} {\*\unknown never}x\~y a\_b c\-d\par
\page Second page\par \pard\pagebb Third page\par}"""


def read(tmp_path: Path, data: bytes) -> list[ReadPage]:
    file = tmp_path / "a.rtf"
    file.write_bytes(data)
    return pages_of(file)


def test_text_structure_and_remarks_come_out_in_order(tmp_path: Path) -> None:
    first, second, third = read(tmp_path, HEAD + BODY)
    assert first.text.split("\n\n") == [
        "Draft of the Share Purchase Agreement of 4 March 2024",
        "Share Purchase Agreement",
        "Price",
        "1.1 The price is € 5m, see {Schedule}.[1] Next.",
        "Old [Deleted: four][Inserted: five][Moved from: six][Moved to: seven] and [Hidden: secret] words",
        "Name | Shares issued\nAda | 100",
        "In a box",
        "Text after",
        "the link x y a-b cd",
        "[1] Subject to adjustment.",
        "[Comment] Ada Löwe: Check this\n",
    ]
    assert texts(first, BlockKind.TITLE) == ["Share Purchase Agreement"]
    assert texts(first, BlockKind.HEADING) == ["Price"]
    assert texts(first, BlockKind.TABLE_ROW) == ["Name | Shares issued", "Ada | 100"]
    assert second.text == "Second page\n"
    assert texts(third, BlockKind.FURNITURE) == ["Page"]


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"\f1 \'c4\'ee\'e3\'ee\'e2\'ee\'f0", "Договор"),
        (rb"\f2 \'8c_\'96\'f1\'8f\'91", "契約書"),  # the second byte of a character may be a plain letter
        (rb"\f4 \'f9\'ec\'e5\'ed", "שלום"),
        (rb"\f5 \'ba\'cf\'cd\'ac", "合同"),
        (rb"\f3\'b7 \f0 item", "• item"),
        (rb"{\f6\'fe} yes {\f6\'a8} no \f6\u-3842?", "☑ yes □ no ☑"),
        (rb"\u22865?\u32004?\u26360?", "契約書"),
        (rb"\uc2\u22865\'8c\'5f{\uc0\u32004}x", "契約x"),
        (rb"\u-10179?\u-8704?", "😀"),
        (rb"{\upr{old}{\*\ud{\uc1\u22865?}}}", "契"),
        (rb"\ldblquote a\rdblquote\emdash\lquote b\rquote", "“a”—‘b’"),
        (b"K\xe4ufer", "Käufer"),
        (b"a\\\nb", "a\n\nb"),
    ],
)
def test_characters_are_what_their_font_says(tmp_path: Path, rtf: bytes, text: str) -> None:
    (page,) = read(tmp_path, HEAD + rb"\pard\plain " + rtf + rb"\par}")
    assert page.text == text + "\n"


def test_the_code_page_of_the_file_holds_where_no_font_has_one(tmp_path: Path) -> None:
    (page,) = read(tmp_path, rb"{\rtf1\ansi\ansicpg1251 \'c4\'ee\'e3\'ee\'e2\'ee\'f0\par}")
    assert page.text == "Договор\n"


def test_tables_inside_tables_follow_their_row(tmp_path: Path) -> None:
    rtf = (
        rb"\trowd\pard\intbl A\cell\pard\intbl\itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\nestrow}{\nonesttables\par}"
        rb"\pard\intbl\itap2 c\nestcell d\nestcell{\*\nesttableprops\trowd\nestrow}\pard\intbl B\cell\row\pard end\par}"
    )
    (page,) = read(tmp_path, HEAD + rtf)
    assert texts(page, BlockKind.TABLE_ROW) == ["A | B", "a | b", "c | d"]
    assert page.text.endswith("end\n")


def png(side: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "white").save(out, "PNG")
    return out.getvalue()


def package(name: bytes, content: bytes) -> bytes:
    wrapped = b"\x02\x00" + name + b"\x00C:\\tmp\\" + name + b"\x00\x00\x00\x03\x00" + struct.pack("<I", 4) + b"tmp\x00"
    wrapped += struct.pack("<I", len(content)) + content
    return struct.pack("<III", 0x501, 2, 8) + b"Package\x00" + struct.pack("<III", 0, 0, len(wrapped)) + wrapped


def test_embedded_files_and_pictures_become_documents_of_their_own(tmp_path: Path) -> None:
    objects = b"".join(
        (
            rb"{\object\objemb{\*\objclass Package}{\*\objdata "
            + package(b"terms.txt", b"Net 30").hex().encode()
            + b"}",
            rb"{\result {\pict\wmetafile8 0102}}}",
            rb"{\*\shppict{\pict\pngblip\picw1 " + png(300).hex().encode() + b"}}",
            rb"{\nonshppict{\pict\pngblip " + png(301).hex().encode() + b"}}",
            rb"{\pict\pngblip\bin%d " % len(png(302)) + png(302) + b"}",
            rb"{\pict\pngblip " + png(20).hex().encode() + b"}",
        )
    )
    file = tmp_path / "a.rtf"
    file.write_bytes(HEAD + rb"\pard Terms: " + objects + rb"\par}")
    items = read_all(file)
    found = [item for item in items if isinstance(item, Attachment)]
    assert [(item.name, item.file.read_bytes()) for item in found] == [
        ("terms.txt", b"Net 30"),
        ("picture-2.png", png(300)),
        ("picture-3.png", png(302)),
    ]
    (page,) = [item for item in items if isinstance(item, ReadPage)]
    assert page.text == "Terms: [Embedded file: terms.txt] [Picture: picture-2.png] [Picture: picture-3.png]\n"


def test_depth_and_numbers_without_bounds_do_no_harm(tmp_path: Path) -> None:
    deep = HEAD + b"{" * 200_000 + b"bottom" + b"}" * 200_000 + rb"\u99999999999999 \bin99999999999 end}"
    assert read(tmp_path, deep)[0].text.startswith("bottom")


def test_what_is_cut_short_is_read_up_to_there(tmp_path: Path) -> None:
    pages = read(tmp_path, HEAD + BODY[:900])
    assert "The price is" in pages[0].text
    assert read(tmp_path, rb"{\rtf1}")[0].coverage is Coverage.BLANK


def test_damaged_files_never_break_the_reader(tmp_path: Path) -> None:
    data = HEAD + BODY[:-1] + rb"{\object\objemb{\*\objdata " + package(b"a", b"b").hex().encode() + b"}}}"
    outcomes = survive(data, "a.rtf", tmp_path)
    assert outcomes["read"] > 290
    check(read(tmp_path, data))
