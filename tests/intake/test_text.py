"""Text files: the text is the decoded file, to the character."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datazoom_desktop.intake.model import BlockKind
from datazoom_desktop.intake.readers import text as text_reader
from datazoom_desktop.intake.readers.delimited import delimiter, first_row, records
from datazoom_desktop.intake.structure import blocks_of_text, clause_depth, run_in_heading
from datazoom_desktop.kernel.cells import CellRange
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.spans import Geometry
from tests.intake.mutations import survive
from tests.intake.reading import pages_of, texts

CONTRACT = """SUPPLY AGREEMENT

This Agreement is made between Alpha GmbH and
Beta Limited on 3 March 2024.

ARTICLE I

DEFINITIONS

1.1 Product. The goods listed
in Schedule 1.

1.2 Price. The price in euro is named in
Section 4.2 and may be changed there.

(a) first item
(b) second item

Section 2.3 Neither party may assign this Agreement.
"""


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"one\r\ntwo\rthree\n", "one\r\ntwo\rthree\n"),
        (b"\xef\xbb\xbfmark", "\ufeffmark"),
        ("Gebühr: 5 €".encode(), "Gebühr: 5 €"),
        ("Gebühr".encode("utf-16"), "Gebühr"),
        (
            "Vertrag über die Lieferung von Äpfeln und Gemüse für das Jahr".encode("cp1252"),
            "Vertrag über die Lieferung von Äpfeln und Gemüse für das Jahr",
        ),
    ],
)
def test_text_is_exactly_the_decoded_file(tmp_path: Path, data: bytes, text: str) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(data)
    assert "".join(page.text for page in pages_of(file)) == text


def test_a_form_feed_ends_a_page_and_stays_in_the_text(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("first\f\fthird\f", newline="")
    pages = pages_of(file)
    assert [page.text for page in pages] == ["first\f", "\f", "third\f"]
    assert [page.coverage for page in pages] == [Coverage.TEXT, Coverage.BLANK, Coverage.TEXT]


def test_each_row_of_a_csv_is_a_table_row(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("name,shares\nAda,100\n")
    (page,) = pages_of(file)
    assert texts(page, BlockKind.TABLE_ROW) == ["name,shares", "Ada,100"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ndjson", '{"party": "Käufer"}\n{"party": "Verkäufer"}\n'),
        ("a.json", '{\n  "price": 5\n}\n'),
        ("a.yaml", "party:\n  - Käufer\n"),
        ("a.log", "2024-03-04 10:00:00 signed\n"),
        ("a.ini", "[deal]\nprice = 5\n"),
        ("a.py", "def price() -> int:\n    return 5\n"),
        ("a.ics", "BEGIN:VCALENDAR\r\nSUMMARY:Closing\r\nEND:VCALENDAR\r\n"),
        ("a.vcf", "BEGIN:VCARD\r\nFN:Ada Löwe\r\nEND:VCARD\r\n"),
        ("a.txt", "عقد بيع أسهم بين البائع والمشتري\n"),
    ],
)
def test_data_and_sources_are_text_to_the_character(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_bytes(text.encode())
    assert [page.text for page in pages_of(file)] == [text]


def test_form_feeds_without_end_do_not_make_pages_without_end(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("x\f" * 30_000, newline="")
    pages = pages_of(file)
    assert len(pages) == 20_001
    assert "".join(page.text for page in pages) == "x\f" * 30_000


def test_headings_clauses_and_wrapped_paragraphs_are_told_apart() -> None:
    blocks = [(CONTRACT[b.start : b.end], b.kind) for b in blocks_of_text(CONTRACT)]
    assert blocks[0] == ("SUPPLY AGREEMENT", BlockKind.HEADING)
    assert blocks[1] == (
        "This Agreement is made between Alpha GmbH and\nBeta Limited on 3 March 2024.",
        BlockKind.PARAGRAPH,
    )
    assert blocks[2] == ("ARTICLE I\n\nDEFINITIONS", BlockKind.HEADING)
    assert blocks[3] == ("1.1 Product. The goods listed\nin Schedule 1.", BlockKind.PARAGRAPH)
    assert blocks[4][0].endswith("is named in\nSection 4.2 and may be changed there.")
    assert [kind for text, kind in blocks if text.startswith("(")] == [BlockKind.LIST_ITEM] * 2
    assert blocks[-1] == ("Section 2.3 Neither party may assign this Agreement.", BlockKind.PARAGRAPH)


def test_a_long_line_with_wide_spaces_holds_paragraphs() -> None:
    first, second = "The Supplier delivers the goods. " * 8, "2. PRICE. The Buyer pays the price. " * 8
    text = f"{first.strip()}    {second.strip()}"
    assert [text[b.start : b.end] for b in blocks_of_text(text)] == [first.strip(), second.strip()]


def test_numbers_that_count_on_alone_are_page_numbers_and_others_are_not() -> None:
    text = "First page here.\n\n1\n\nSecond page here.\n\n2\n\nThird page here.\n\n3\n\nThe amount is\n\n500\n"
    furniture = [text[b.start : b.end] for b in blocks_of_text(text) if b.kind is BlockKind.FURNITURE]
    assert furniture == ["1", "2", "3"]


def test_clause_numbers_and_their_headings() -> None:
    assert clause_depth("4.1.2 Notices") == 3
    assert clause_depth("Section 12 Term") == 1
    assert clause_depth("4,000 shares") == 0
    assert run_in_heading("2.3 Limits of Liability. Neither party is liable.") == "2.3 Limits of Liability"
    assert run_in_heading("2. This licence does not include a fee.") == ""


CSV_FILES = {
    "commas": ('Holder,Shares\r\nAda,100\r\n"Bo, the younger","2,000"\r\n', ["A1", "B1", "A2", "B2", "A3", "B3"]),
    "semicolons": ("Holder;Price\nAda;1,50\nBo;2,25", ["A1", "B1", "A2", "B2", "A3", "B3"]),
    "tabs": ("a\tb, c\t\n1\t\t3\n", ["A1", "B1", "A2", "C2"]),
    "bars": ("a|b\n1|2\n", ["A1", "B1", "A2", "B2"]),
    "stated": ("sep=|\na|b,c\n1|2,3\n", ["A1", "B1", "A2", "B2"]),
    "a line break in quotes": ('id,note\n1,"first\nsecond"\n\n2,x\n', ["A1", "B1", "A2", "B2", "A4", "B4"]),
    "quotes inside": ('"say ""yes""",2\n', ["A1", "B1"]),
    "a stray quote": ('"5 inch" pipe,3\n"open,4\n5,6\n', ["A1", "B1", "A2", "B2", "A3", "B3"]),
    "a title above": (
        "Register of members\n\na;b;c\n1;2;3\n4;5;6\n",
        ["A1", *["A3", "B3", "C3", "A4", "B4", "C4", "A5", "B5", "C5"]],
    ),
    "one column": ("only\none\n", ["A1", "A2"]),
    "a mark at the start": ("\ufeffa,b\n", ["A1", "B1"]),
}


@pytest.mark.parametrize("case", CSV_FILES)
def test_every_cell_of_a_delimited_file_has_its_place_and_the_text_is_the_file(tmp_path: Path, case: str) -> None:
    text, places = CSV_FILES[case]
    file = tmp_path / "a.csv"
    file.write_text(text, encoding="utf-8", newline="")
    (page,) = pages_of(file)
    assert page.text == text
    assert [str(CellRange(*box)) for box in page.words.boxes.astype(int).tolist()] == places
    assert page.words.geometry is Geometry.CELLS


def test_quotation_marks_stand_outside_their_cell_and_a_row_is_one_block(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('id,note\n1,"first\nsecond"\n', newline="")
    (page,) = pages_of(file)
    words = [page.text[a:b] for a, b in zip(page.words.starts, page.words.ends, strict=True)]
    assert words == ["id", "note", "1", "first\nsecond"]
    assert texts(page, BlockKind.TABLE_ROW) == ["id,note", '1,"first\nsecond"']


def test_a_long_delimited_file_is_several_pages_whose_texts_are_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_reader, "ROWS_A_PAGE", 3)
    text = "".join(f"row {n};{n * n}\r\n" for n in range(1, 9))
    file = tmp_path / "a.csv"
    file.write_text(text, newline="")
    pages = pages_of(file)
    assert "".join(page.text for page in pages) == text
    assert [page.label for page in pages] == ["Rows 1 to 3", "Rows 4 to 6", "Rows 7 to 8"]
    assert pages[2].words.boxes.astype(int).tolist()[-1] == [2, 8, 2, 8]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.sampled_from('a"\n\r,;\t|\f \ufeff'), max_size=80), st.sampled_from(["a.csv", "a.tsv"]))
def test_no_delimited_text_loses_a_character(text: str, name: str) -> None:
    separator = delimiter(text, name)
    found = list(records(text, separator))
    at = first_row(text)
    for record in found:
        assert not text[at : record.start].strip("\r\n")
        assert record.start <= record.end
        for start, end in record.cells:
            assert record.start <= start <= end <= record.end
        at = record.end
    assert not text[at:].strip("\r\n")


def test_damaged_texts_never_break_the_reader(tmp_path: Path) -> None:
    assert survive(CONTRACT.encode(), "a.txt", tmp_path)["read"] == 300
    assert survive('name;shares\n"Ada\nLöwe";100\n'.encode("utf-16-le"), "a.csv", tmp_path, count=100)["read"] == 100
