"""PDFs made to exhaust, mislead or crash a reader: within bounds, one page or one file fails with a reason."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import pymupdf
import pytest

from datazoom_desktop.intake.model import ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.pdf import PdfReader
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.mutations import survive
from tests.intake.reading import pages_of

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n" % (len(data), more) + data + b"\nendstream"


WORDS = stream(b"BT /F 12 Tf 72 700 Td (Hello words here) Tj ET")


def page(box: bytes = b"[0 0 612 792]", more: bytes = b"") -> bytes:
    return b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>%s>>" % (box, more)


def pdf(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))


def read(folder: Path, data: bytes) -> list[ReadPage]:
    file = folder / "a.pdf"
    file.write_bytes(data)
    return pages_of(file)


def tree(kids: bytes, count: int) -> bytes:
    return b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)


@pytest.mark.parametrize(
    "pages",
    [tree(b"3 0 R", 100_000_000), tree(b"3 0 R", -5), tree(b"3 0 R", 0), tree(b"2 0 R 3 0 R", 2), tree(b"9 0 R", 1)],
)
def test_pages_are_found_although_the_list_of_them_is_nonsense(tmp_path: Path, pages: bytes) -> None:
    (found,) = read(tmp_path, pdf([CATALOG, pages, page(), WORDS, FONT]))
    assert found.text == "Hello words here\n"


def test_pages_found_again_inherit_what_stood_above_them(tmp_path: Path) -> None:
    above = b"<</Type/Pages/Kids[3 0 R]/Count -1/MediaBox[0 0 300 400]/Resources<</Font<</F 5 0 R>>>>>>"
    bare = b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>"
    words = stream(b"BT /F 12 Tf 72 300 Td (Hello words here) Tj ET")
    (found,) = read(tmp_path, pdf([CATALOG, above, bare, words, FONT]))
    assert (found.width, found.height, found.text) == (300, 400, "Hello words here\n")


def test_a_tree_of_pages_thousands_deep_is_read(tmp_path: Path) -> None:
    deep = 5_000
    objects = [CATALOG]
    objects += [b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (n + 3, n + 1) for n in range(deep)]
    objects.append(
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<</Font<</F %d 0 R>>>>>>"
        % (deep + 1, deep + 3, deep + 4)
    )
    (found,) = read(tmp_path, pdf([*objects, WORDS, FONT]))
    assert found.text == "Hello words here\n"


@pytest.mark.parametrize(
    "box",
    [
        b"[0 0 0 0]",
        b"[0 0 1e9 1e9]",
        b"[0 0 100000 100000]",
        b"[-1e38 -1e38 1e38 1e38]",
        b"[612 792 0 0]",
        b"[0 0 1 1]",
        b" 5",
    ],
)
def test_sizes_that_no_paper_has_stop_nobody(tmp_path: Path, box: bytes) -> None:
    (found,) = read(tmp_path, pdf([CATALOG, tree(b"3 0 R", 1), page(box), WORDS, FONT]))
    assert found.coverage in (Coverage.TEXT, Coverage.BLANK, Coverage.OCR)
    assert 0 <= found.width < 1e6


def test_a_scanned_page_of_giant_size_is_drawn_small_enough(tmp_path: Path) -> None:
    document = pymupdf.open()
    paper = document.new_page(width=14_400, height=14_400)
    other = pymupdf.open()
    drawing = other.new_page(width=600, height=600)
    for row in range(6):
        drawing.insert_text((40, 100 + 60 * row), "The company owns the land", fontsize=32)
    paper.insert_image(paper.rect, pixmap=drawing.get_pixmap(dpi=150))
    (found,) = read(tmp_path, document.tobytes())
    assert found.coverage is Coverage.OCR
    assert "owns the land" in found.text


def drawing_forms(levels: int, twice: bool) -> bytes:
    draw = b"/X Do /X Do" if twice else b"/X Do"
    objects = [
        CATALOG,
        tree(b"3 0 R", 1),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</XObject<</X 6 0 R>>>>>>",
        stream(draw),
        FONT,
    ]
    box = b"/Type/XObject/Subtype/Form/BBox[0 0 900 900]/Resources"
    objects += [stream(draw, box + b"<</XObject<</X %d 0 R>>>>" % (7 + n)) for n in range(levels)]
    objects.append(stream(b"BT /F 12 Tf 72 700 Td (Hello words here) Tj ET", box + b"<</Font<</F 5 0 R>>>>"))
    return pdf(objects)


def test_forms_within_forms_are_drawn_a_sane_number_of_times(tmp_path: Path) -> None:
    (few,) = read(tmp_path, drawing_forms(4, twice=False))
    assert few.text == "Hello words here\n"
    (many,) = read(tmp_path, drawing_forms(22, twice=True))
    assert many.coverage is Coverage.FAILED
    assert many.reason == "This page holds more than can be drawn safely, and was left out."


def test_a_form_that_draws_itself_ends(tmp_path: Path) -> None:
    objects = [
        CATALOG,
        tree(b"3 0 R", 1),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        stream(b"/X Do"),
        stream(b"/X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"),
    ]
    (found,) = read(tmp_path, pdf(objects))
    assert found.coverage is Coverage.BLANK


def test_a_page_that_unpacks_to_endless_content_fails_alone(tmp_path: Path) -> None:
    packed = zlib.compress(b"BT /F 12 Tf 72 700 Td " + b"(Hello words) Tj " * 4_000_000 + b" ET", 9)
    other = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 7 0 R/Resources<</Font<</F 5 0 R>>>>>>"
    objects = [CATALOG, tree(b"3 0 R 6 0 R", 2), page(), stream(packed, b"/Filter/FlateDecode"), FONT, other, WORDS]
    bad, good = read(tmp_path, pdf(objects))
    assert (bad.coverage, good.text) == (Coverage.FAILED, "Hello words here\n")
    assert "more than can be drawn safely" in (bad.reason or "")


def wavelets(side: int) -> bytes:
    size = struct.pack(">HHIIIIIIIIH", 41, 0, side, side, 0, 0, side, side, 0, 0, 1) + b"\x07\x01\x01"
    return b"\xff\x4f\xff\x51" + size + b"\xff\xd9"


def photograph(side: int) -> bytes:
    return b"\xff\xd8\xff\xc0" + struct.pack(">HBHHB", 11, 8, side, side, 1) + b"\x01\x11\x00\xff\xd9"


def fax(side: int) -> bytes:
    return struct.pack(">IBBBI", 0, 48, 0, 1, 19) + struct.pack(">IIII", side, side, 0, 0) + b"\x00\x00\x00"


@pytest.mark.parametrize(
    ("kind", "data"),
    [(b"/JPXDecode", wavelets(60_000)), (b"/DCTDecode", photograph(60_000)), (b"/JBIG2Decode", fax(100_000))],
)
def test_a_picture_that_is_larger_than_it_says_is_not_unpacked(tmp_path: Path, kind: bytes, data: bytes) -> None:
    image = b"/Type/XObject/Subtype/Image/Width 10/Height 10/BitsPerComponent 8/ColorSpace/DeviceGray/Filter" + kind
    objects = [
        CATALOG,
        tree(b"3 0 R", 1),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
        stream(b"q 612 0 0 792 0 0 cm /I Do Q"),
        stream(data, image),
    ]
    (found,) = read(tmp_path, pdf(objects))
    assert found.coverage is Coverage.FAILED
    assert "too large" in (found.reason or "")


def test_thousands_of_comments_are_read_within_seconds_of_each_other(tmp_path: Path) -> None:
    note = b"<</Type/Annot/Subtype/Text/Rect[10 10 20 20]/Contents(Comment %d)/F 4>>"
    count = 4_000
    kids = b" ".join(b"%d 0 R" % (6 + n) for n in range(count))
    objects = [CATALOG, tree(b"3 0 R", 1), page(more=b"/Annots[%s]" % kids), WORDS, FONT]
    objects += [note % n for n in range(count)]
    (found,) = read(tmp_path, pdf(objects))
    assert found.text.count("[Comment]") == count
    assert f"[Comment] Comment {count - 1}\n" in found.text


def test_a_tree_of_files_that_bites_its_tail_ends(tmp_path: Path) -> None:
    root = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 6 0 R>>>>"
    (found,) = read(
        tmp_path,
        pdf([root, tree(b"3 0 R", 1), page(), WORDS, FONT, b"<</Kids[6 0 R 6 0 R 7 0 R]>>", b"<</Kids[6 0 R]>>"]),
    )
    assert found.text == "Hello words here\n"


def test_reading_asks_often_whether_to_stop(tmp_path: Path) -> None:
    document = pymupdf.open()
    for number in range(120):
        document.new_page().insert_text((72, 100), f"Page {number}")
    file = tmp_path / "a.pdf"
    document.save(file)
    asked = 0

    class Stopped(Exception):
        pass

    def stop() -> None:
        nonlocal asked
        asked += 1
        if asked > 50:
            raise Stopped

    context = ReadContext(tmp_path, lambda done, total: None, stop)
    with pytest.raises(Stopped):
        list(PdfReader().read(Source(file, "a.pdf", "application/pdf"), context))


def test_damaged_files_are_read_or_refused_with_a_reason(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=300, height=300)
    page.insert_text((30, 60), "The Seller shall deliver the Shares")
    page.add_highlight_annot(page.search_for("Seller"))
    page.add_text_annot((100, 100), "Check")
    page.insert_text((30, 90), "hidden", oc=document.add_ocg("layer", on=False))
    field = pymupdf.Widget()
    field.field_name, field.field_type, field.field_value = "x", pymupdf.PDF_WIDGET_TYPE_TEXT, "value"
    field.rect = pymupdf.Rect(30, 150, 200, 170)
    page.add_widget(field)
    document.embfile_add("a", b"text", filename="a.txt")
    document.new_page(width=300, height=300).insert_text((30, 60), "A second page")
    for seed, options in ((1, {}), (2, {"deflate": True, "garbage": 3}), (3, {"use_objstms": 1, "deflate": True})):
        outcomes = survive(document.tobytes(**options), "a.pdf", tmp_path, count=150, seed=seed)
        assert sum(outcomes.values()) == 150
        assert outcomes["read"] > 50, outcomes
