"""PDF: words, their places, reading order, furniture, coverage."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from datazoom_desktop.intake.model import BlockKind, ReadPage, Unreadable
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of, texts

PROSE = "The Supplier shall deliver the goods in good order and on time to the Buyer"


def saved(document: pymupdf.Document, tmp_path: Path, **options: object) -> Path:
    file = tmp_path / "a.pdf"
    document.save(file, **options)
    document.close()
    return file


def box_of(page: ReadPage, word: str) -> tuple[float, float, float, float]:
    for start, end, box in zip(page.words.starts, page.words.ends, page.words.boxes, strict=True):
        if page.text[start:end] == word:
            return tuple(float(v) for v in box)  # type: ignore[return-value]
    raise AssertionError(f"{word} not among {page.text!r}")


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_words_box_is_where_the_page_shows_it(tmp_path: Path, rotation: int) -> None:
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    page.insert_text((72, 100), "Shares issued to", fontsize=12)
    page.insert_text((300, 700), "Marker", fontsize=20)
    page.set_rotation(rotation)
    drawn = page.search_for("Marker")[0] * page.rotation_matrix
    (read,) = pages_of(saved(document, tmp_path))
    assert (read.width, read.height) == ((600, 800) if rotation % 180 == 0 else (800, 600))
    box = box_of(read, "Marker")
    assert box == pytest.approx(tuple(drawn.normalize()), abs=1.5)
    assert "Shares issued to" in read.text


def test_sideways_text_reads_line_by_line(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    for number, line in enumerate(("first line of a table", "second line of a table", "third line of a table")):
        page.insert_text((100 + 20 * number, 600), line, rotate=90)
    (read,) = pages_of(saved(document, tmp_path))
    assert [line for line in read.text.split("\n") if line] == [
        "first line of a table",
        "second line of a table",
        "third line of a table",
    ]


def test_columns_are_read_one_after_the_other_even_when_drawn_line_by_line(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    page.insert_text((72, 60), "A heading across both of the columns of this page, wide enough to span", fontsize=14)
    for row in range(12):
        page.insert_text((60, 100 + 15 * row), f"left column line {row} has words", fontsize=11)
        page.insert_text((330, 100 + 15 * row), f"right column line {row} has words", fontsize=11)
    (read,) = pages_of(saved(document, tmp_path))
    order = [line for line in read.text.split("\n") if "column line" in line]
    assert order == [f"{side} column line {row} has words" for side in ("left", "right") for row in range(12)]


def test_a_table_reads_row_by_row_even_when_drawn_column_by_column_backwards(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    for column in (2, 1, 0):
        for row in range(6):
            page.insert_text((60 + 170 * column, 100 + 18 * row), f"r{row}c{column}", fontsize=11)
    (read,) = pages_of(saved(document, tmp_path))
    assert read.text.split() == [f"r{row}c{column}" for row in range(6) for column in range(3)]
    assert len(texts(read, BlockKind.TABLE_ROW)) == 6


def test_running_heads_and_page_numbers_are_furniture_and_stay_in_the_text(tmp_path: Path) -> None:
    document = pymupdf.open()
    for number in range(1, 9):
        page = document.new_page()
        page.insert_text((72, 40), "Share Purchase Agreement - Execution Version", fontsize=9)
        for row in range(8):
            page.insert_text((72, 120 + 16 * row), f"{PROSE} number {number * 10 + row}.", fontsize=11)
        page.insert_text((290, 810), f"Page {number} of 8", fontsize=9)
    pages = pages_of(saved(document, tmp_path))
    for page in pages[1:]:
        assert texts(page, BlockKind.FURNITURE) == [
            "Share Purchase Agreement - Execution Version",
            f"Page {page.page} of 8",
        ]
    assert "Share Purchase" not in "".join(texts(pages[0], BlockKind.FURNITURE)), "its first appearance can be found"


def test_headings_are_told_by_size_and_paragraphs_by_space(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 80), "Lease of the premises", fontsize=20)
    for row in range(4):
        page.insert_text((72, 130 + 14 * row), f"{PROSE} {row}", fontsize=11)
    page.insert_text((72, 220), "A second paragraph begins after clear space.", fontsize=11)
    (read,) = pages_of(saved(document, tmp_path))
    assert texts(read, BlockKind.HEADING) == ["Lease of the premises"]
    assert len(texts(read, BlockKind.PARAGRAPH)) == 2


def test_an_empty_page_is_blank_and_rules_do_not_change_that(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page()
    ruled = document.new_page()
    ruled.draw_line((50, 100), (500, 100))
    written = document.new_page()
    written.insert_text((72, 100), "Words")
    pages = pages_of(saved(document, tmp_path))
    assert [page.coverage for page in pages] == [Coverage.BLANK, Coverage.BLANK, Coverage.TEXT]


def test_an_encrypted_file_opens_with_one_of_the_passwords_only(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page().insert_text((72, 100), "Secret terms")
    file = saved(document, tmp_path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="geheim", owner_pw="owner")
    with pytest.raises(Unreadable) as refused:
        pages_of(file, passwords=("wrong",))
    assert refused.value.coverage is Coverage.ENCRYPTED
    (page,) = pages_of(file, passwords=("wrong", "geheim"))
    assert "Secret terms" in page.text


def test_a_file_restricted_for_others_than_its_owner_opens_unasked(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page().insert_text((72, 100), "Readable terms")
    file = saved(document, tmp_path, encryption=pymupdf.PDF_ENCRYPT_AES_256, owner_pw="owner", permissions=0)
    assert "Readable terms" in pages_of(file)[0].text


def test_damage_is_said_or_mended(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page().insert_text((72, 100), "Still here")
    data = document.tobytes()
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(data[: data.rindex(b"xref")])
    assert "Still here" in pages_of(broken)[0].text
    hopeless = tmp_path / "hopeless.pdf"
    hopeless.write_bytes(b"%PDF-1.7\n%%EOF")
    with pytest.raises(Unreadable) as refused:
        pages_of(hopeless)
    assert refused.value.coverage is Coverage.FAILED


def test_labels_comments_and_form_fields(tmp_path: Path) -> None:
    document = pymupdf.open()
    for number in range(2):
        page = document.new_page()
        page.insert_text((72, 100), f"Body {number}")
    document.set_page_labels([{"startpage": 0, "style": "r", "prefix": "", "firstpagenum": 1}])
    document[0].add_text_annot((300, 300), "Check this amount")
    field = pymupdf.Widget()
    field.field_name, field.field_type, field.field_value = "party", pymupdf.PDF_WIDGET_TYPE_TEXT, "Filled"
    field.rect = pymupdf.Rect(72, 150, 300, 170)
    document[0].add_widget(field)
    first, second = pages_of(saved(document, tmp_path))
    assert (first.label, second.label) == ("i", "ii")
    assert "Filled" in first.text
    assert first.text.endswith("[Comment] Check this amount\n")


def test_a_picture_too_large_to_draw_is_not_drawn(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_image(page.rect, pixmap=pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 40, 40)))
    xref = page.get_images()[0][0]
    document.xref_set_key(xref, "Width", "100000")
    document.xref_set_key(xref, "Height", "100000")
    (read,) = pages_of(saved(document, tmp_path))
    assert read.coverage is Coverage.FAILED
    assert "too large" in (read.reason or "")
