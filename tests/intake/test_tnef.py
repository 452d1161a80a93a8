"""What Outlook sends to its own kind (winmail.dat): the body and the attachments that other programs hide."""

from __future__ import annotations

import struct
from email.message import EmailMessage
from pathlib import Path

from datazoom_desktop.intake.model import Attachment, ReadPage
from tests.intake.mutations import survive
from tests.intake.reading import check, read_all
from tests.intake.test_msg import stored


def attribute(level: int, number: int, content: bytes) -> bytes:
    return struct.pack("<BII", level, number, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def properties(*items: tuple[int, int, bytes]) -> bytes:
    """Return properties of variable length: type, number, content."""
    out = struct.pack("<I", len(items) + 2)
    out += struct.pack("<HHI", 0x0003, 0x0017, 2)  # one of fixed length
    out += (
        struct.pack("<HH16sII", 0x0003, 0x8001, bytes(16), 1, 4)
        + "a".encode("utf-16-le")
        + bytes(2)
        + struct.pack("<I", 7)
    )
    for kind, number, content in items:
        out += struct.pack("<HHII", kind, number, 1, len(content)) + content + bytes(-len(content) % 4)
    return out


def wrapped(*, inner: bytes = b"") -> bytes:
    rtf = stored(rb"{\rtf1\ansi\ansicpg1252 K\'e4ufer signs.\par}")
    message = properties((0x001F, 0x0037, "Offer für Büro".encode("utf-16-le")), (0x0102, 0x1009, rtf))
    file = properties((0x001F, 0x3707, "Vertrag Büro.docx".encode("utf-16-le")))
    out = b"\x78\x9f\x3e\x22\x01\x00"
    out += attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
    out += attribute(1, 0x00069003, message)
    out += attribute(2, 0x00069002, bytes(14))
    out += attribute(2, 0x00018010, b"VERTRA~1.DOC\0") + attribute(2, 0x0006800F, b"PK\x03\x04 file")
    out += attribute(2, 0x00069005, file)
    if inner:
        out += attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, "Innen für alle\0".encode("cp1252"))
        out += attribute(2, 0x00069005, properties((0x000D, 0x3701, bytes(16) + inner)))
    return out


def read(tmp_path: Path, data: bytes, name: str = "winmail.dat") -> tuple[list[ReadPage], list[Attachment]]:
    file = tmp_path / name
    file.write_bytes(data)
    items = read_all(file)
    pages = [item for item in items if isinstance(item, ReadPage)]
    check(pages)
    return pages, [item for item in items if isinstance(item, Attachment)]


def test_the_body_and_attachments_are_taken_out(tmp_path: Path) -> None:
    (page,), found = read(tmp_path, wrapped(inner=wrapped()))
    assert page.text == (
        "Subject: Offer für Büro\n\nAttachments: Vertrag Büro.docx; Innen für alle.tnef\n\nKäufer signs.\n"
    )
    assert found[0].file.read_bytes() == b"PK\x03\x04 file"
    (inner,), _ = read(tmp_path, found[1].file.read_bytes(), "x")
    assert "Käufer signs." in inner.text


def test_a_mail_that_carries_it_lists_it(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"], mail["From"] = "Offer", "ada@alpha.example"
    mail.set_content("See the attachment.")
    mail.add_attachment(wrapped(), maintype="application", subtype="ms-tnef", filename="winmail.dat")
    (page,), (found,) = read(tmp_path, mail.as_bytes(), "a.eml")
    assert "Attachments: winmail.dat" in page.text
    assert found.file.read_bytes() == wrapped()


def test_what_is_cut_short_is_read_up_to_there(tmp_path: Path) -> None:
    pages, _ = read(tmp_path, wrapped()[:-40])
    assert "Käufer signs." in pages[0].text
    assert "damaged" in (pages[1].reason or "")


def test_damaged_files_never_break_the_reader(tmp_path: Path) -> None:
    assert survive(wrapped(inner=wrapped()), "winmail.dat", tmp_path)["read"] == 300
