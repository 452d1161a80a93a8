"""Outlook's own files: every form of body, messages inside messages, embedded and protected content."""

from __future__ import annotations

import io
import random
import struct
from datetime import UTC, datetime
from pathlib import Path

import olefile
import pytest
from PIL import Image

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadPage, Unreadable
from datazoom_desktop.intake.readers.compressed_rtf import unpack
from datazoom_desktop.intake.readers.ole_writer import Tree, compound_file
from datazoom_desktop.intake.readers.rtf_html import unwrapped_html, wraps_html
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.mutations import survive
from tests.intake.reading import check, read_all, texts
from tests.intake.test_mail import pkcs7

SENT = int((datetime(2024, 3, 4, 9, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds() * 10**7)


def properties(header: int, **fixed: int) -> bytes:
    """Return the stream of properties of fixed length: ``p0E06=...``."""
    out = bytes(header)
    for name, value in fixed.items():
        out += struct.pack("<HHIq", 3, int(name[1:], 16), 6, value)
    return out


def text(**values: str) -> dict[str, bytes | Tree]:
    """Return text properties: ``p0037="subject"``."""
    return {f"__substg1.0_{name[1:]}001F": value.encode("utf-16-le") for name, value in values.items()}


def message(subject: str, body: str = "", top: bool = True, **more: str) -> dict[str, bytes | Tree]:
    return {
        "__properties_version1.0": properties(32 if top else 24, p0039=SENT),
        **text(p0037=subject, p1000=body, p001A="IPM.Note", p0C1A="Ada Löwe", p5D01="ada@alpha.example", **more),
        "__recip_version1.0_#00000000": {
            "__properties_version1.0": properties(8, p0C15=1),
            **text(p3001="Legal", p39FE="legal@beta.example"),
        },
    }


def attachment(name: str, data: bytes | Tree, **more: str) -> dict[str, bytes | Tree]:
    kind = "0102" if isinstance(data, bytes) else "000D"
    return {"__properties_version1.0": properties(8), f"__substg1.0_3701{kind}": data, **text(p3707=name, **more)}


def attached(message: dict[str, bytes | Tree], *items: dict[str, bytes | Tree]) -> dict[str, bytes | Tree]:
    return {**message, **{f"__attach_version1.0_#{number:08X}": item for number, item in enumerate(items)}}


def read(tmp_path: Path, data: bytes | dict[str, bytes | Tree]) -> tuple[list[ReadPage], list[Attachment]]:
    file = tmp_path / "a.msg"
    file.write_bytes(data if isinstance(data, bytes) else compound_file(data))
    items = read_all(file)
    pages = [item for item in items if isinstance(item, ReadPage)]
    check(pages)
    return pages, [item for item in items if isinstance(item, Attachment)]


def stored(rtf: bytes) -> bytes:
    return struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf


def test_containers_are_written_as_others_read_them() -> None:
    chance = random.Random(1)
    sizes = (0, 5, 63, 64, 65, 4095, 4096, 5000)
    tree: Tree = {
        "large": chance.randbytes(9_000_000),  # more sectors than the header lists
        "folder": {f"s{n:03}": chance.randbytes(chance.choice(sizes)) for n in range(200)},
        "outer": {"inner": {"x": b"y" * 4096}, "empty": {}},
    }
    with olefile.OleFileIO(io.BytesIO(compound_file(tree)), raise_defects=olefile.DEFECT_POTENTIAL) as storage:
        assert storage.parsing_issues == []
        for path in storage.listdir():
            content: object = tree
            for name in path:
                assert isinstance(content, dict)
                content = content[name]
            assert storage.openstream(path).read() == content


def test_headers_body_and_trace(tmp_path: Path) -> None:
    made = message("Offer für Büro", "Dear all,\r\n\r\nwe accept.\r\n", p1035="<2@alpha.example>")
    made["__properties_version1.0"] = properties(32, p0039=SENT, p0017=2, p0036=3)
    (page,), found = read(tmp_path, made)
    assert page.text.split("\n") == [
        "Subject: Offer für Büro",
        "",
        "From: Ada Löwe <ada@alpha.example>",
        "To: Legal <legal@beta.example>",
        "Date: Mon, 04 Mar 2024 09:00:00 +0000",
        "Sent: 2024-03-04 09:00:00+00:00",
        "Importance: high",
        "Sensitivity: company-confidential",
        "",
        "Message-ID: <2@alpha.example>",
        "",
        "Dear all,",
        "",
        "we accept.",
        "",
    ]
    assert found == []


def test_the_date_that_a_mail_bears_and_the_moment_the_mailbox_kept_are_both_shown(tmp_path: Path) -> None:
    made = message("Offer", "We accept.", p007D="Date: Fri, 01 Mar 2024 18:30:00 -0600\r\n")
    made["__properties_version1.0"] = properties(32, p0039=SENT)
    (page,), _ = read(tmp_path, made)
    assert "Date: Fri, 01 Mar 2024 18:30:00 -0600\nSent: 2024-03-04 09:00:00+00:00\n" in page.text


def test_a_message_inside_is_a_file_of_its_own_that_reads_like_any_other(tmp_path: Path) -> None:
    innermost = message("Innermost: 1/2", "Deep words", top=False)
    middle = attached(
        message("Middle", "Forwarded", top=False), attachment("x", innermost), attachment("a.txt", b"note")
    )
    (page,), (inner,) = read(tmp_path, attached(message("Outer", "See below"), attachment("y", middle)))
    assert "Attachments: Middle.msg" in page.text
    assert inner.name == "Middle.msg"
    (again,), found = read(tmp_path, inner.file.read_bytes())
    assert "Forwarded" in again.text
    assert "Date: Mon, 04 Mar 2024 09:00:00 +0000" in again.text
    assert [item.name for item in found] == ["Innermost_ 1_2.msg", "a.txt"]
    (last,), _ = read(tmp_path, found[0].file.read_bytes())
    assert "Deep words" in last.text


PACKED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0"
)
REPEATING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def test_compressed_rtf_is_unpacked_by_the_published_rule() -> None:
    assert unpack(PACKED, lambda: None) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert unpack(REPEATING, lambda: None) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert unpack(stored(b"{\\rtf1 plain}"), lambda: None) == b"{\\rtf1 plain}"
    assert unpack(PACKED[:30], lambda: None).startswith(b"{\\rtf1\\ansi\\ansic")
    assert unpack(b"no such thing at all", lambda: None) == b""


WRAPPED = rb"""{\rtf1\ansi\ansicpg1251\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Arial;}}{\colortbl;}
{\*\htmltag64 <html><body>}{\*\htmltag96 <p>}\htmlrtf {\htmlrtf0 {\f1 \'c4\'ee\'e3\'ee\'e2\'ee\'f0} \u8364?5\htmlrtf }\htmlrtf0
{\*\mhtmltag64 <not this>}{\*\htmltag84 &amp;}{\*\htmltag84     }\htmlrtf\par\htmlrtf0{\*\htmltag <table><tr><td>}A{\*\htmltag </td><td>}B
{\*\htmltag </td></tr><tr><td>}1{\*\htmltag </td><td>}2{\*\htmltag </td></tr></table>}\{ok\}{\*\htmltag </p></body></html>}}"""


def test_a_web_page_wrapped_in_rtf_is_taken_out(tmp_path: Path) -> None:
    assert wraps_html(WRAPPED)
    html = unwrapped_html(WRAPPED, lambda: None)
    assert html.startswith("<html><body><p>Договор €5&amp;")
    assert "not this" not in html
    made = message("Wrapped")
    made["__substg1.0_10090102"] = stored(WRAPPED)
    (page,), _ = read(tmp_path, made)
    assert texts(page, BlockKind.TABLE_ROW) == ["A | B", "1 | 2"]
    assert "Договор €5&" in page.text
    assert "{ok}" in page.text


def test_a_body_that_is_rtf_alone_is_read_with_its_notes(tmp_path: Path) -> None:
    made = message("Rich")
    made["__substg1.0_10090102"] = stored(
        rb"{\rtf1\ansi\ansicpg1252 K\'e4ufer\par\trowd\intbl Name\cell 100\cell\row\pard End{\footnote Note}\par}"
    )
    (page,), _ = read(tmp_path, made)
    assert page.text.endswith("Käufer\nName | 100\nEnd[1]\n\n[1] Note\n")


def test_html_is_read_in_the_code_page_the_message_states(tmp_path: Path) -> None:
    made = message("HTML")
    made["__properties_version1.0"] = properties(32, p3FDE=1251)
    made["__substg1.0_10130102"] = "<p>Договор</p>".encode("cp1251")
    (page,), _ = read(tmp_path, made)
    assert page.text.endswith("Договор\n")


def test_embedded_objects_links_and_small_pictures_are_told(tmp_path: Path) -> None:
    small, large = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (100, 40)).save(small, "PNG")
    Image.new("RGB", (400, 400)).save(large, "PNG")
    made = attached(
        message("Objects", "x"),
        attachment("Sheet", {"Package": b"PK\x03\x04 sheet"}),
        {"__properties_version1.0": properties(8), **text(p3707="plan.docx", p370D="\\\\server\\plan.docx")},
        attachment("logo.png", small.getvalue(), p3712="logo@x"),
        attachment("photo.png", large.getvalue(), p3712="photo@x"),
    )
    (page,), found = read(tmp_path, made)
    assert [item.name for item in found] == ["embedded.zip", "photo.png"]
    assert "Embedded object (Sheet): embedded.zip" in page.text
    assert "Attached as a link only: plan.docx, \\\\server\\plan.docx" in page.text
    assert "Small picture left out: logo.png (100 x 40 pixels)" in page.text


def test_signed_and_encrypted_messages_say_so(tmp_path: Path) -> None:
    mime = b"Content-Type: multipart/signed; boundary=x\n\n--x\n\nWe agree.\n--x\nContent-Type: application/pkcs7-signature\n\nAA\n--x--\n"
    for data in (mime, pkcs7(2, b"\nWe agree.\n")):
        made = attached(message("Signed"), attachment("smime.p7m", data))
        made.update(text(p001A="IPM.Note.SMIME.MultipartSigned"))
        (page,), _ = read(tmp_path, made)
        assert "We agree." in page.text
        assert "Signature: S/MIME (kept with the mail, not checked)" in page.text
    made = attached(message("Secret"), attachment("smime.p7m", pkcs7(3)))
    made.update(text(p001A="IPM.Note.SMIME"))
    pages, found = read(tmp_path, made)
    assert [page.coverage for page in pages] == [Coverage.TEXT, Coverage.ENCRYPTED]
    assert found == []


def test_an_appointment_tells_when_and_where(tmp_path: Path) -> None:
    made = message("Closing call")
    made["__properties_version1.0"] = properties(32, p8000=SENT)
    made["__nameid_version1.0"] = {
        "__substg1.0_00030102": struct.pack("<IHHIHH", 0x820D, 6, 0, 0x8208, 6, 1),
    }
    made.update(text(p8001="Room 4"))
    (page,), _ = read(tmp_path, made)
    assert "Starts: Mon, 04 Mar 2024 09:00:00 +0000" in page.text
    assert "Where: Room 4" in page.text


def test_a_damaged_attachment_takes_nothing_from_the_rest_and_is_told(tmp_path: Path) -> None:
    made = attached(message("Outer", "See below"), attachment("a.bin", b"A" * 9000), attachment("b.txt", b"note"))
    data = bytearray(compound_file(made))
    with olefile.OleFileIO(io.BytesIO(bytes(data))) as storage:
        place = storage.direntries[storage._find(["__attach_version1.0_#00000000", "__substg1.0_37010102"])].isectStart
    chain = 512 + struct.unpack_from("<I", data, 76)[0] * 512 + 4 * place
    struct.pack_into("<I", data, chain, 0x00FFFFFF)  # the chain of its sectors leads out of the file
    pages, found = read(tmp_path, bytes(data))
    assert "See below" in pages[0].text
    assert [item.name for item in found] == ["a.bin", "b.txt"]
    assert len(found[0].file.read_bytes()) == 512
    assert "parts of its text or attachments are missing" in (pages[1].reason or "")


def test_damaged_messages_never_break_the_reader(tmp_path: Path) -> None:
    middle = attached(message("Middle", "Forwarded", top=False), attachment("a.txt", b"note"))
    made = attached(message("Outer", "See"), attachment("y", middle), attachment("z", {"Package": b"PK"}))
    made["__substg1.0_10090102"] = PACKED
    outcomes = survive(compound_file(made), "a.msg", tmp_path)
    assert outcomes["read"] > 150
    with pytest.raises(Unreadable, match="damaged"):
        read(tmp_path, compound_file(made)[:3000])
