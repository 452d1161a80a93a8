"""Books, saved web pages, XML and shortcuts: what a reader of them sees, in order, and what they only lead to."""

from __future__ import annotations

import base64
import io
import plistlib
import struct
import zipfile
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadPage, Unreadable
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.mutations import survive
from tests.intake.reading import check, pages_of, read_all, texts

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
OPF = """<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>The Halyard Papers</dc:title><dc:creator>Ada Löwe</dc:creator><dc:creator>Bob</dc:creator><dc:date>2024</dc:date></metadata>
<manifest><item id="b" href="two%20b.xhtml" media-type="application/xhtml+xml"/><item id="a" href="text/one.xhtml"/>
<item id="pic" href="cover.xhtml"/><item id="gone" href="gone.xhtml"/><item id="nav" href="nav.xhtml" properties="nav"/></manifest>
<spine><itemref idref="pic"/><itemref idref="a"/><itemref idref="b"/><itemref idref="gone"/></spine></package>"""
NAV = '<html xmlns="http://www.w3.org/1999/xhtml"><nav><ol><li><a href="text/one.xhtml#x">Chapter One</a></li></ol></nav></html>'
XHTML = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>{}</body></html>'


def book(**more: str) -> bytes:
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": OPF,
        "OEBPS/nav.xhtml": NAV,
        "OEBPS/cover.xhtml": XHTML.format('<img src="cover.jpg"/>'),
        "OEBPS/text/one.xhtml": XHTML.format("<h1>One</h1><p>First words für alle.</p>"),
        "OEBPS/two b.xhtml": XHTML.format("<p>Second words.</p>"),
        **more,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def read(tmp_path: Path, data: bytes, name: str) -> list[ReadPage]:
    file = tmp_path / name
    file.write_bytes(data)
    return pages_of(file)


def test_a_book_is_read_in_its_order(tmp_path: Path) -> None:
    pages = read(tmp_path, book(), "a.epub")
    assert [page.text for page in pages] == [
        "The Halyard Papers\n\nBy: Ada Löwe; Bob\nDate: 2024\n",
        "",
        "One\n\nFirst words für alle.\n",
        "Second words.\n",
        "",
    ]
    assert [page.label for page in pages] == ["About this book", None, "Chapter One", None, None]
    assert texts(pages[0], BlockKind.TITLE) == ["The Halyard Papers"]
    assert [page.coverage for page in pages[1::3]] == [Coverage.SKIPPED, Coverage.FAILED]


def encryption(algorithm: str, *places: str) -> str:
    data = "".join(
        f'<EncryptedData><EncryptionMethod Algorithm="{algorithm}"/><CipherData><CipherReference URI="{place}"/></CipherData></EncryptedData>'
        for place in places
    )
    return f"<encryption>{data}</encryption>"


def test_a_book_that_its_seller_protects_says_so(tmp_path: Path) -> None:
    cipher = "http://www.w3.org/2001/04/xmlenc#aes128-cbc"
    every = ("OEBPS/cover.xhtml", "OEBPS/text/one.xhtml", "OEBPS/two%20b.xhtml", "OEBPS/gone.xhtml")
    with pytest.raises(Unreadable, match="DRM") as refused:
        read(tmp_path, book(**{"META-INF/encryption.xml": encryption(cipher, *every)}), "a.epub")
    assert refused.value.coverage is Coverage.ENCRYPTED
    pages = read(tmp_path, book(**{"META-INF/encryption.xml": encryption(cipher, every[1])}), "a.epub")
    assert [page.coverage for page in pages[2:4]] == [Coverage.ENCRYPTED, Coverage.TEXT]
    fonts = book(**{"META-INF/encryption.xml": encryption("http://www.idpf.org/2008/embedding", *every)})
    assert "First words" in read(tmp_path, fonts, "a.epub")[2].text


def saved_page() -> bytes:
    whole = MIMEMultipart("related", type="text/html")
    whole["From"], whole["Subject"], whole["Date"] = (
        "<Saved by Blink>",
        "Terms of use",
        "Mon, 04 Mar 2024 10:00:00 -0000",
    )
    whole["Snapshot-Content-Location"] = "https://a.example/terms"
    for place, text in (
        ("https://a.example/terms", "<h1>Terms</h1><p>Für alle gilt:</p>"),
        ("https://ads.example/1", "<p> </p>"),
        ("https://a.example/frame", "<p>Words in a frame</p>"),
    ):
        part = MIMEText(text, "html", "iso-8859-1")
        part["Content-Location"] = place
        whole.attach(part)
    whole.attach(MIMEApplication(b"GIF89a"))
    return whole.as_bytes()


def test_a_saved_web_page_is_read_with_where_and_when(tmp_path: Path) -> None:
    first, frame = read(tmp_path, saved_page(), "a.mhtml")
    assert first.text == (
        "Terms of use\n\nSaved from: https://a.example/terms\nSaved on: Mon, 04 Mar 2024 10:00:00 -0000\n\nTerms\n\nFür alle gilt:\n"
    )
    assert frame.text == "Words in a frame\n"
    assert frame.label == "Frame: https://a.example/frame"
    empty = EmailMessage()
    empty["From"], empty["Content-Type"] = "<Saved by Blink>", "multipart/related; boundary=x"
    with pytest.raises(Unreadable, match="damaged"):
        read(tmp_path, empty.as_bytes(), "a.mhtml")


XML = """<?xml version="1.0" encoding="{0}"?><!-- not this --><doc xmlns:x="urn:x" xml:lang="de">
<title>Aktienkaufvertrag</title><section id="s1"><head>Preis</head><para>Der Käufer zahlt <b>EUR 5</b> Mio.</para></section>
<x:fact contextRef="c1" unitRef="EUR">391</x:fact><empty/><party name="Ada" role="Käufer"/>
<table><row><c>Name</c><c>Aktien</c></row><row><c>Ada</c><c>100</c></row></table>
<Attachment mimeCode="application/pdf" filename="../bill.pdf">{1}</Attachment><raw>{1}</raw></doc>"""
PDF = base64.b64encode(b"%PDF-1.4 " + bytes(200)).decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "cp850"])
def test_xml_is_read_as_its_words_and_values(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(XML.format(encoding, PDF).encode(encoding))
    items = read_all(file)
    (page,) = [item for item in items if isinstance(item, ReadPage)]
    check([page])
    assert [page.text[block.start : block.end] for block in page.blocks] == [
        "Aktienkaufvertrag",
        "section [id=s1]",
        "Preis",
        "Der Käufer zahlt EUR 5 Mio.",
        "fact [contextRef=c1, unitRef=EUR]: 391",
        "party [name=Ada, role=Käufer]",
        "Name | Aktien",
        "Ada | 100",
        "Attachment [mimeCode=application/pdf, filename=../bill.pdf]: [Attached file: _bill.pdf]",
        "raw: [Coded content of 209 bytes]",
    ]
    assert texts(page, BlockKind.HEADING) == ["Aktienkaufvertrag", "Preis"]
    (attached,) = [item for item in items if isinstance(item, Attachment)]
    assert attached.file.read_bytes().startswith(b"%PDF-1.4")


def test_xml_that_could_hurt_is_refused_and_damage_is_told(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><a>&b;</a>'
    outside = '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd" [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    for text in (bomb, outside):
        for encoding in ("ascii", "utf-16"):
            with pytest.raises(Unreadable, match="entities"):
                read(tmp_path, text.encode(encoding), "a.xml")
    cut = read(tmp_path, b"<?xml version='1.0'?><a><b>words</b><c", "a.xml")
    assert cut[0].text == "b: words\n"
    assert "damaged" in (cut[-1].reason or "")
    deep = read(tmp_path, b"<?xml version='1.0'?>" + b"<a>" * 200 + b"bottom" + b"</a>" * 200, "a.xml")
    assert "bottom" in deep[0].text


def windows_shortcut(local: str = "", share: str = "", description: str = "") -> bytes:
    """Return a shortcut to a file on a disk or, with ``share``, in the network."""
    head = struct.pack(
        "<I16sI52x", 0x4C, bytes.fromhex("0114020000000000c000000000000046"), 0x02 | 0x80 | (4 if description else 0)
    )
    if share:
        link = struct.pack("<IIIIII", 0x14 + 4, 0, 0x14, 0, 0, 0)[:20] + share.encode() + b"\0"
        place = struct.pack("<IIIIII", 0x1C, 2, 0, 0, 0x1C, 0x1C + len(link)) + link + local.encode("cp1252") + b"\0"
    else:
        place = struct.pack("<IIIIII", 0x1C, 1, 0, 0x1C, 0, 0x1C + len(local) + 1) + local.encode("cp1252") + b"\0\0"
    tail = struct.pack("<H", len(description)) + description.encode("utf-16-le") if description else b""
    return head + struct.pack("<I", len(place) + 4) + place + tail


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.url", b"[InternetShortcut]\r\nURL=https://a.example/x?y=1\r\nIconIndex=0\r\n", ["https://a.example/x?y=1"]),
        ("a.webloc", plistlib.dumps({"URL": "https://a.example/"}), ["https://a.example/"]),
        ("a.webloc", plistlib.dumps({"URL": "https://a.example/"}, fmt=plistlib.FMT_BINARY), ["https://a.example/"]),
        (
            "a.lnk",
            windows_shortcut("C:\\Deals\\Käufer.docx", description="The deal"),
            ["C:\\Deals\\Käufer.docx", "Description: The deal"],
        ),
        ("a.lnk", windows_shortcut("plan.pdf", share="\\\\server\\deals"), ["\\\\server\\deals\\plan.pdf"]),
    ],
)
def test_shortcuts_say_where_they_lead(tmp_path: Path, name: str, data: bytes, words: list[str]) -> None:
    (page,) = read(tmp_path, data, name)
    assert page.text.startswith(f"This shortcut leads to: {words[0]}\n")
    assert all(word in page.text for word in words)


def test_a_shortcut_to_nowhere_says_so(tmp_path: Path) -> None:
    for name, data in (("a.url", b"[InternetShortcut]\r\n"), ("a.lnk", windows_shortcut()[:60])):
        with pytest.raises(Unreadable, match="does not say where"):
            read(tmp_path, data, name)


def test_damaged_files_never_break_the_readers(tmp_path: Path) -> None:
    assert survive(book(), "a.epub", tmp_path)["read"] > 100
    assert survive(saved_page(), "a.mhtml", tmp_path)["read"] > 100
    assert survive(XML.format("utf-8", PDF).encode(), "a.xml", tmp_path)["read"] > 100
    assert survive(windows_shortcut("C:\\a.docx", description="x"), "a.lnk", tmp_path)["read"] > 10
    assert survive(plistlib.dumps({"URL": "https://a"}, fmt=plistlib.FMT_BINARY), "a.webloc", tmp_path)["read"] > 10
