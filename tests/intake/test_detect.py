"""Kinds of files are told by content."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.readers import registry


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, kind)
    return out.getvalue()


def package(member: str, content: str = "<x/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"%PDF-1.7\n", "contract.txt", detect.PDF),
        (b"junk before\n%PDF-1.4\n", "x", detect.PDF),
        (package("word/document.xml"), "letter.zip", detect.DOCX),
        (package("xl/workbook.xml"), "x.docx", detect.XLSX),
        (package("ppt/presentation.xml"), "x", detect.PPTX),
        (package("readme.txt"), "x.docx", detect.ZIP),
        (b"PK\x03\x04 cut short", "x.docx", detect.DOCX),
        (b"PK\x03\x04 cut short", "x.bin", detect.ZIP),
        (picture("PNG"), "a.jpg", detect.PNG),
        (picture("JPEG"), "a", detect.JPEG),
        (picture("TIFF"), "a", detect.TIFF),
        (b"From: a@b.example\nTo: c@d.example\nSubject: Hi\n\nText", "mail", detect.EML),
        (b"To: all\nWe meet on Monday.", "note.txt", detect.TEXT),
        (b"  <!DOCTYPE html><html></html>", "a.txt", detect.HTML),
        (b"# Title\n", "a.md", detect.MARKDOWN),
        (b"a,b\n1,2\n", "a.csv", detect.CSV),
        (b"plain words", "noname", detect.TEXT),
        ("Käufer".encode("utf-16"), "a.txt", detect.TEXT),
        (b"BM we begin with these letters", "a.txt", detect.TEXT),
        (bytes(range(256)) * 4, "a.txt", detect.UNKNOWN),
        (b"", "a.pdf", detect.EMPTY),
        ("Käufer und Verkäufer\n".encode("utf-16-le"), "a.txt", detect.TEXT),
        ("<html><p>Käufer".encode("utf-16"), "a", detect.HTML),
        (b"From a@b.example Mon Mar  4 10:00:00 2024\nFrom: a@b.example\nSubject: Hi\n\nText", "Inbox", detect.MBOX),
        (b"From: a@b.example\nSubject: Hi\n\nText\n\nFrom c", "x.mbox", detect.MBOX),
        (b"From the desk of Ada at 10:00 in 2024\nDear all,", "x.txt", detect.TEXT),
        (b"From a Mon Mar  4 10:00:00 2024\nFrom: a@b.example\n\nText", "x.eml", detect.EML),
        (b"  {\\rtf1\\ansi Hi}", "x.doc", detect.RTF),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "x", detect.CALENDAR),
        (b"\xef\xbb\xbfBEGIN:VCARD\r\n", "x", detect.CONTACT),
        (b"<?xml version='1.0'?><a/>", "x.txt", detect.XML),
        (b"<svg><text>Hi</text></svg>", "x.svg", detect.XML),
        (b"<?xml version='1.0'?><!DOCTYPE html><html/>", "x.xml", detect.HTML),
        (b"[InternetShortcut]\r\nURL=https://a.example/\r\n", "x.url", detect.SHORTCUT),
        (b"<?xml version='1.0'?><plist><dict/></plist>", "x.webloc", detect.SHORTCUT),
        (b"\x78\x9f\x3e\x22\x00\x00", "winmail.dat", detect.TNEF),
        (package("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "x.zip", detect.ODS),
        (package("mimetype", "application/vnd.oasis.opendocument.text-template"), "x", detect.ODT),
        (package("mimetype", "application/epub+zip"), "x", detect.EPUB),
        (package("mimetype", "something else"), "x.odt", detect.ZIP),
        (package("META-INF/container.xml"), "x", detect.EPUB),
        (b"PK\x03\x04 cut short", "x.ods", detect.ODS),
        (
            b"<?xml version='1.0'?><office:document office:mimetype='application/vnd.oasis.opendocument.text'>",
            "x",
            detect.ODT,
        ),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b", "x.doc", detect.MHTML),
        (
            b"From: <Saved by Blink>\nSubject: Hi\nMIME-Version: 1.0\nContent-Type: multipart/related;\n boundary=b\n\n",
            "x",
            detect.MHTML,
        ),
    ],
)
def test_content_decides(tmp_path: Path, data: bytes, name: str, expected: str) -> None:
    file = tmp_path / "blob"
    file.write_bytes(data)
    assert detect.media_type(file, name) == expected


def test_every_media_type_has_a_reader_that_can_be_loaded() -> None:
    for kind in registry.media_types():
        reader = registry.reader_for(kind)
        assert reader is not None
        assert reader.name
        assert reader.version >= 1


def test_what_is_not_read_has_no_reader() -> None:
    assert registry.reader_for(detect.UNKNOWN) is None
