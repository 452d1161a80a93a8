"""Mail: headers, body, attachments with safe names, messages inside messages."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadPage
from datazoom_desktop.intake.readers.letter import safe_name
from tests.intake.reading import check, read_all, texts


def message(subject: str, body: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "Ada Löwe <ada@alpha.example>", "legal@beta.example"
    mail["Date"] = "Mon, 04 Mar 2024 10:00:00 +0100"
    mail.set_content(body)
    return mail


def split(tmp_path: Path, data: bytes, name: str = "a.eml") -> tuple[ReadPage, list[Attachment]]:
    file = tmp_path / name
    file.write_bytes(data)
    items = read_all(file)
    pages = [item for item in items if isinstance(item, ReadPage)]
    check(pages)
    return pages[0], [item for item in items if isinstance(item, Attachment)]


def test_headers_body_attachments_and_a_message_inside(tmp_path: Path) -> None:
    mail = message("Signed lease für Büro", "Dear all,\n\nthe lease is signed.\n\nAda\n")
    mail.add_alternative("<p>Dear all</p>", subtype="html")
    mail.add_attachment(b"%PDF-1.4 body", maintype="application", subtype="pdf", filename="../lease.pdf")
    mail.add_attachment(b"again", maintype="application", subtype="pdf", filename="../lease.pdf")
    mail.add_attachment("note text", filename="note.txt")
    mail.add_attachment(message("Inner", "Forwarded words"))
    page, attachments = split(tmp_path, mail.as_bytes())
    assert texts(page, BlockKind.TITLE) == ["Subject: Signed lease für Büro"]
    for line in (
        "From: Ada Löwe <ada@alpha.example>",
        "To: legal@beta.example",
        "Date: Mon, 04 Mar 2024 10:00:00 +0100",
        "the lease is signed.",
    ):
        assert line in page.text.split("\n")
    names = [item.name for item in attachments]
    assert names == ["_lease.pdf", "_lease (2).pdf", "note.txt", "Inner.eml"]
    assert f"Attachments: {'; '.join(names)}" in page.text
    assert attachments[0].file.read_bytes() == b"%PDF-1.4 body"
    inner, _ = split(tmp_path, attachments[3].file.read_bytes(), "inner.eml")
    assert "Forwarded words" in inner.text


def test_a_mail_with_html_only_is_read_as_shown(tmp_path: Path) -> None:
    mail = message("Offer", "x")
    mail.set_content(
        "<html><head><style>p{}</style></head><body><p>We offer <b>EUR 5</b> million.</p><p hidden>not this</p></body></html>",
        subtype="html",
    )
    page, _ = split(tmp_path, mail.as_bytes())
    assert page.text.endswith("We offer EUR 5 million.\n")


def test_malformed_mail_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    data = (
        b"From: =?utf-8?q?broken?= <a@@b\r\nTo: \xe4\xf6 <x>\r\nSubject: =?nonsense?Q?abc?=\r\nDate: not a date\r\n"
        b'Content-Type: multipart/mixed; boundary="q"\r\n\r\n--q\r\nContent-Type: text/plain; charset=nowhere\r\n\r\nStill \xe9 read\r\n'
    )
    page, _ = split(tmp_path, data)
    assert "Still é read" in page.text
    assert "Date: not a date" in page.text


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("..\\..\\evil.exe", "_.._evil.exe"),
        ("/etc/passwd", "_etc_passwd"),
        ("con.txt", "_con.txt"),
        ("  . ", "attachment-3.png"),
        ("line\nbreak.txt", "line break.txt"),
        ("x" * 300 + ".docx", "x" * 115 + ".docx"),
    ],
)
def test_names_of_attachments_are_one_safe_component(name: str, safe: str) -> None:
    assert safe_name(name, 3, ".png") == safe
