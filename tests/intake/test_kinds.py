"""Files that cannot be read are named for what they are, and Apple documents give their preview."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pymupdf
import pytest
from PIL import Image, ImageDraw, ImageFont

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.kinds import kind_of, unreadable
from datazoom_desktop.intake.model import ReadPage, Unreadable
from datazoom_desktop.intake.readers.registry import reader_for
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import read_all
from tests.intake.test_archives import written
from tests.support.archives import zip_of

_BOX = struct.pack(">I", 24)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ\x90\x00\x03", "a program for Windows"),
        (b"\x7fELF\x02\x01\x01", "a program for Linux"),
        (_BOX + b"ftypisom\0\0\2\0", "a video"),
        (_BOX + b"ftypM4A \0\0\2\0", "a sound recording"),
        (b"RIFF\x00\x10\x00\x00WAVEfmt ", "a sound recording"),
        (b"RIFF\x00\x10\x00\x00AVI LIST", "a video"),
        (b"AC1032\x00\x00", "a technical drawing (AutoCAD)"),
        (b"\x00\x01\x00\x00Standard Jet DB\x00", "a database (Microsoft Access)"),
        (b"\x00\x01\x00\x00\x00\x12\x01\x00", "a font"),
        (b"SQLite format 3\x00", "a database (SQLite)"),
        (b"!BDN\x00\x00", "a mailbox of Outlook"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (b"MSCF\x00\x00", "a CAB archive"),
        (b"\x22\x33-lh5-\x00\x00", "an LZH archive"),
        (bytes(32_769) + b"CD001" + bytes(100), "a disk image"),
        (bytes(2000) + b"koly" + bytes(508), "a disk image"),
        (b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", "a file sealed with a digital signature"),
        (b"\x30\x82\x09\x00\x02\x01\x03\x30\x82", "a file of keys and certificates"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a PostScript drawing"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_by_its_content(tmp_path: Path, data: bytes, words: str) -> None:
    file = written(tmp_path, data if len(data) > 2000 else data + bytes(range(256)), "x")
    found = kind_of(file)
    assert found is not None
    assert found.words == words
    assert reader_for(detect.media_type(file, "contract.dat")) is None
    assert unreadable(file, "x").reason == f"This is {words}, which cannot be read. It is kept and listed."


def test_a_mark_that_no_text_begins_with_is_believed_whatever_follows(tmp_path: Path) -> None:
    file = written(tmp_path, b"Rar!\x1a\x07\x01\x00" + b"0" * 400, "old.rar")
    assert detect.media_type(file, "old.txt") == detect.UNKNOWN
    assert detect.media_type(written(tmp_path, b"MZ, our client, says so.", "x"), "note.txt") == detect.TEXT


def test_what_content_does_not_tell_is_called_by_its_suffix(tmp_path: Path) -> None:
    file = written(tmp_path, bytes(range(256)) * 3, "x")
    assert kind_of(file) is None
    assert "(SLDPRT)" in unreadable(file, "part.sldprt").reason


def _pdf_preview() -> bytes:
    document = pymupdf.open()
    for number in (1, 2):
        document.new_page().insert_text((72, 72), f"Term sheet, page {number}, of the sale of Halyard")
    return document.tobytes()


def _picture_preview() -> bytes:
    picture = Image.new("RGB", (1600, 400), "white")
    ImageDraw.Draw(picture).text((60, 120), "TERM SHEET OF HALYARD", "black", font=ImageFont.load_default(96))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def test_the_preview_of_an_apple_document_is_read_and_called_one(tmp_path: Path) -> None:
    parts = [("Index/Document.iwa", b"\0\1\2"), ("Metadata/Properties.plist", b"x")]
    for extra, count in (
        ([("QuickLook/Preview.pdf", _pdf_preview()), ("preview.jpg", b"")], 2),
        ([("preview.jpg", _picture_preview())], 1),
    ):
        file = written(tmp_path, zip_of(*parts, *extra), "terms.pages")
        assert detect.media_type(file, "terms.pages") == detect.IWORK
        pages = [item for item in read_all(file) if isinstance(item, ReadPage)]
        assert "term sheet" in pages[0].text.lower()
        assert [page.page for page in pages] == list(range(1, count + 2))
        assert pages[-1].coverage is Coverage.SKIPPED
        assert "Only the preview" in (pages[-1].reason or "")


def test_an_apple_document_without_a_preview_says_what_to_do(tmp_path: Path) -> None:
    file = written(tmp_path, zip_of(("Index/Document.iwa", b"\0"), ("Metadata/Properties.plist", b"x")), "a.numbers")
    with pytest.raises(Unreadable, match="Pages, Numbers or Keynote") as told:
        read_all(file)
    assert "save it as PDF" in told.value.remedy


def test_an_archive_of_a_folder_called_word_is_an_archive(tmp_path: Path) -> None:
    file = written(tmp_path, zip_of(("word/letter.txt", b"x"), ("xl/sheet.csv", b"x")), "old.zip")
    assert detect.media_type(file, "old.zip") == detect.ZIP
