"""Mail: headers, body, attachments with safe names, messages inside messages."""

from __future__ import annotations

import base64
import binascii
import io
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadPage
from datazoom_desktop.intake.readers.letter import safe_name
from datazoom_desktop.intake.readers.mail_headers import decoded_words
from datazoom_desktop.intake.readers.smime import unwrap
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.mutations import survive
from tests.intake.reading import check, read_all, texts


def message(subject: str, body: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "Ada Löwe <ada@alpha.example>", "legal@beta.example"
    mail["Date"] = "Mon, 04 Mar 2024 10:00:00 +0100"
    mail.set_content(body)
    return mail


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    return out.getvalue()


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def pkcs7(kind: int, content: bytes = b"") -> bytes:
    """Return a cryptographic message of the kind 1.2.840.113549.1.7.``kind`` around some content."""
    oid = bytes.fromhex("2a864886f70d0107")
    data = der(0x30, der(0x06, oid + b"\x01"), der(0xA0, der(0x04, content)))
    return der(0x30, der(0x06, oid + bytes([kind])), der(0xA0, der(0x30, der(0x02, b"\x01"), der(0x31), data)))


def pages_and_attachments(tmp_path: Path, data: bytes, name: str = "a.eml") -> tuple[list[ReadPage], list[Attachment]]:
    file = tmp_path / name
    file.write_bytes(data)
    items = read_all(file)
    pages = [item for item in items if isinstance(item, ReadPage)]
    check(pages)
    return pages, [item for item in items if isinstance(item, Attachment)]


def split(tmp_path: Path, data: bytes, name: str = "a.eml") -> tuple[ReadPage, list[Attachment]]:
    pages, attachments = pages_and_attachments(tmp_path, data, name)
    assert len(pages) == 1
    return pages[0], attachments


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


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?q?K=C3=A4ufer_AG?=", "Käufer AG"),
        ("=?utf-8?B?S8Ok?= =?utf-8?b?dWZlcg==?=", "Käufer"),
        ("=?utf-8?b?S8M=?= =?utf-8?b?pHVmZXI=?=", "Käufer"),  # a character parted between two words
        ("=?gb2312?B?us/NrA==?= final", "合同 final"),
        ("=?ks_c_5601-1987?B?sOi+4Lyt?=", "계약서"),
        ("=?iso-2022-jp?B?GyRCN0BMcz1xGyhC?=", "契約書"),
        ("Re: =?koi8-r?Q?=E4=CF=C7=CF=D7=CF=D2?= (2)", "Re: Договор (2)"),
        ("=?utf-8*de?q?K=C3=A4ufer?=", "Käufer"),
        ("=?nonsense?Q?abc?=", "abc"),
        ("=?utf-8?x?abc?= rest", "=?utf-8?x?abc?= rest"),
        ("=?utf-8?b?S?= odd", "=?utf-8?b?S?= odd"),
        ("a =? b", "a =? b"),
        ("=?a?q" * 50_000, "=?a?q" * 50_000),
    ],
)
def test_encoded_words_are_decoded_whatever_they_are_in(raw: str, text: str) -> None:
    assert decoded_words(raw) == text


def test_headers_that_only_tell_messages_apart_are_kept_out_of_the_meaning(tmp_path: Path) -> None:
    mail = message("Offer", "We accept.")
    mail["Message-ID"], mail["In-Reply-To"] = "<2@alpha.example>", "<1@beta.example>"
    mail["Reply-To"], mail["Importance"], mail["Sensitivity"] = "deal@alpha.example", "high", "Company-Confidential"
    page, _ = split(tmp_path, mail.as_bytes())
    assert texts(page, BlockKind.FURNITURE) == ["Message-ID: <2@alpha.example>", "In-Reply-To: <1@beta.example>"]
    for line in ("Reply-To: deal@alpha.example", "Importance: high", "Sensitivity: Company-Confidential"):
        assert line in page.text.split("\n")


def test_a_note_before_a_forwarded_page_is_not_lost_beside_it(tmp_path: Path) -> None:
    mail = (
        b"Subject: Fwd\nFrom: a@b.example\nTo: c@d.example\nContent-Type: multipart/mixed; boundary=x\n\n"
        b"--x\nContent-Type: text/plain\n\nShort note.\n--x\nContent-Type: text/html\n\n<p>"
        + b"A much longer page. " * 40
        + b"</p>\n--x\nContent-Type: text/plain\n\nLast words.\n--x--\n"
    )
    page, _ = split(tmp_path, mail)
    at = [page.text.index(words) for words in ("Short note.", "A much longer page.", "Last words.")]
    assert at == sorted(at)


def test_tables_of_a_mail_come_from_its_html(tmp_path: Path) -> None:
    mail = message("Prices", "Item\nPrice\nRobot\n5,000\nArm\n900\n")
    table = "<table><tr><td>Item<td>Price</tr><tr><td>Robot<td>5,000</tr><tr><td>Arm<td>900</tr></table>"
    mail.add_alternative(table, subtype="html")
    page, _ = split(tmp_path, mail.as_bytes())
    assert texts(page, BlockKind.TABLE_ROW) == ["Item | Price", "Robot | 5,000", "Arm | 900"]


def test_pictures_within_the_text_are_kept_unless_they_are_small(tmp_path: Path) -> None:
    mail = message("Plan", "See the plan.")
    mail.add_alternative('<p>See <img src="cid:plan"> <img src="cid:logo"> <img src="cid:dot"></p>', subtype="html")
    html = mail.get_payload()[1]
    html.add_related(picture(800, 600), "image", "png", cid="<plan>", filename="plan.png", disposition="inline")
    html.add_related(picture(200, 60), "image", "png", cid="<logo>", filename="logo.png", disposition="inline")
    html.add_related(picture(1, 1), "image", "gif", cid="<dot>")
    mail.add_attachment(picture(20, 20), maintype="image", subtype="png", filename="stamp.png")
    page, attachments = split(tmp_path, mail.as_bytes())
    assert sorted(item.name for item in attachments) == ["plan.png", "stamp.png"]
    assert "Small picture left out: logo.png (200 x 60 pixels)" in page.text
    assert "Small picture left out: dot (1 x 1 pixels)" in page.text


def test_an_invitation_is_attached_and_its_event_told(tmp_path: Path) -> None:
    mail = message("Closing call", "Please join.")
    event = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Closing\r\n  call\r\n"
        'DTSTART;TZID="Europe/Berlin":20240304T100000\r\nDTEND:20240304T110000Z\r\nLOCATION:Room 4\\, Berlin\r\n'
        'ORGANIZER;CN="Löwe: Ada":mailto:ada@alpha.example\r\nBEGIN:VALARM\r\nDESCRIPTION:ring\r\nEND:VALARM\r\n'
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    mail.add_alternative(event, subtype="calendar")
    page, attachments = split(tmp_path, mail.as_bytes())
    lines = page.text.split("\n")
    for line in (
        "Calendar: Invitation",
        "Event: Closing call",
        "Starts: 2024-03-04 10:00 (Europe/Berlin)",
        "Ends: 2024-03-04 11:00 UTC",
        "Where: Room 4, Berlin",
    ):
        assert line in lines
    assert "ring" not in page.text
    assert [item.name for item in attachments] == ["invitation.ics"]
    inner, _ = split(tmp_path, attachments[0].file.read_bytes(), "invitation.ics")
    assert inner.text.startswith("BEGIN:VCALENDAR\n")


def signed(protocol: str, signature: str) -> bytes:
    return (
        f'Subject: Signed\nFrom: a@b.example\nTo: c@d.example\nContent-Type: multipart/signed; protocol="{protocol}"; '
        f"boundary=x\n\n--x\nContent-Type: text/plain\n\nWe agree.\n--x\nContent-Type: {signature}; name=smime.p7s\n"
        "Content-Transfer-Encoding: base64\n\nAAAA\n--x--\n"
    ).encode()


@pytest.mark.parametrize(
    ("kind", "word"), [("application/pkcs7-signature", "S/MIME"), ("application/pgp-signature", "PGP")]
)
def test_a_signed_mail_is_read_and_says_that_it_is_signed(tmp_path: Path, kind: str, word: str) -> None:
    page, attachments = split(tmp_path, signed(kind, kind))
    assert "We agree." in page.text
    assert f"Signature: {word} (kept with the mail, not checked)" in page.text
    assert attachments == []


def cryptic(content: bytes, kind: str) -> bytes:
    return (
        f"Subject: Secret\nFrom: a@b.example\nTo: c@d.example\nContent-Type: {kind}; name=smime.p7m\n"
        "Content-Transfer-Encoding: base64\n\n"
    ).encode() + base64.encodebytes(content)


def test_a_mail_wrapped_in_its_signature_is_read(tmp_path: Path) -> None:
    inner = b"Content-Type: multipart/mixed; boundary=y\n\n--y\n\nWe sign.\n--y\nContent-Disposition: attachment; filename=a.txt\n\nx\n--y--\n"
    page, attachments = split(tmp_path, cryptic(pkcs7(2, inner), "application/pkcs7-mime; smime-type=signed-data"))
    assert "We sign." in page.text
    assert "Signature: S/MIME" in page.text
    assert [item.name for item in attachments] == ["a.txt"]


def test_pieces_without_stated_lengths_are_put_together() -> None:
    data = bytes.fromhex("3080 0609 2a864886f70d010701 a080 2480 0402 5765 0401 21 0000 0000 0000".replace(" ", ""))
    whole = bytes.fromhex("30800609 2a864886f70d010702 a0803080 020101 3100".replace(" ", "")) + data + b"\0" * 6
    assert unwrap(whole) == ("signed", b"We!")
    assert unwrap(whole[:40]).kind == "unknown"
    assert unwrap(b"\x30\x80" * 5000).kind == "unknown"


@pytest.mark.parametrize(
    "data",
    [
        cryptic(pkcs7(3), "application/pkcs7-mime; smime-type=enveloped-data"),
        cryptic(pkcs7(3), "application/octet-stream"),
        (
            b'Subject: Secret\nContent-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=x\n\n--x\n'
            b"Content-Type: application/pgp-encrypted\n\nVersion: 1\n--x\nContent-Type: application/octet-stream\n\nabc\n--x--\n"
        ),
        b"Subject: Secret\nFrom: a@b.example\n\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n",
        b"Subject: Secret\nContent-Type: application/x-microsoft-rpmsg-message; name=message.rpmsg\n\nabc",
    ],
)
def test_an_encrypted_mail_shows_its_headers_and_says_that_the_rest_is_encrypted(tmp_path: Path, data: bytes) -> None:
    pages, attachments = pages_and_attachments(tmp_path, data)
    assert "Subject: Secret" in pages[0].text
    assert [page.coverage for page in pages] == [Coverage.TEXT, Coverage.ENCRYPTED]
    assert "encrypted" in (pages[1].reason or "")
    assert attachments == []


def test_messages_inside_each_other_come_out_one_at_a_time_as_they_were(tmp_path: Path) -> None:
    innermost = b"Subject: One\r\nX-Odd:  two  spaces\r\nTo: a@b.example,\r\n\tc@d.example\r\n\r\nWords \xe9\r\n"
    middle = b"Subject: Two\r\nContent-Type: message/rfc822\r\n\r\n" + innermost
    outer = b"Subject: Three\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    page, (attached,) = split(tmp_path, outer + base64.encodebytes(middle))
    assert "Attachments: Two.eml" in page.text
    assert attached.file.read_bytes() == middle
    _, (again,) = split(tmp_path, middle)
    assert again.file.read_bytes() == innermost.replace(b"X-Odd:  two", b"X-Odd: two")


def test_a_delivery_report_is_read(tmp_path: Path) -> None:
    report = (
        b"Subject: Undelivered\nContent-Type: multipart/report; boundary=x\n\n--x\n\nSorry.\n--x\n"
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; c@d.example\n"
        b"Status: 5.1.1\n--x--\n"
    )
    page, _ = split(tmp_path, report)
    assert "Final-Recipient: rfc822; c@d.example" in page.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Subject: Deep\nContent-Type: message/rfc822\n\n" * 3000 + b"end", "deep"),
        (
            b"Subject: Deep\n"
            + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
            "deep",
        ),
        (
            b"Subject: Wide\nContent-Type: multipart/mixed; boundary=x\n\nSeen\n" + b"--x\n\nWords\n" * 3000,
            "more than 2,000 parts",
        ),
    ],
)
def test_mails_beyond_a_limit_are_read_up_to_it_and_say_so(tmp_path: Path, data: bytes, words: str) -> None:
    pages, _ = pages_and_attachments(tmp_path, data)
    assert "Subject: " in pages[0].text
    assert pages[-1].coverage is Coverage.SKIPPED
    assert words in (pages[-1].reason or "")


def test_a_file_written_into_the_text_is_taken_out_of_it(tmp_path: Path) -> None:
    content = bytes(range(256)) * 2
    coded = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    mail = b"Subject: Old\nFrom: a@b.example\n\nSee below.\nbegin 644 lease terms.doc\n" + coded + b"`\nend\nRegards\n"
    page, (attached,) = split(tmp_path, mail)
    assert page.text.endswith("See below.\n[Attached file: lease terms.doc]\nRegards\n")
    assert (attached.name, attached.file.read_bytes()) == ("lease terms.doc", content)
    page, found = split(tmp_path, b"Subject: New\nFrom: a@b.example\n\nbegin 644 words\nhere and there\n\xe4\nend\n")
    assert "begin 644 words" in page.text
    assert found == []


def test_a_message_of_apples_mail_program_is_read_without_its_notes(tmp_path: Path) -> None:
    mail = message("Signed lease", "Dear all").as_bytes()
    page, _ = split(
        tmp_path, b"%d      \n" % len(mail) + mail + b'<?xml version="1.0"?><plist>flags</plist>', "12.emlx"
    )
    assert page.text.endswith("Dear all\n")


def test_a_mail_that_is_cut_short_says_so(tmp_path: Path) -> None:
    mail = message("Signed lease", "Dear all")
    mail.add_attachment(bytes(5000), maintype="application", subtype="pdf", filename="lease.pdf")
    pages, attachments = pages_and_attachments(tmp_path, mail.as_bytes()[:3000])
    assert [item.name for item in attachments] == ["lease.pdf"]
    assert pages[-1].coverage is Coverage.FAILED
    assert "may be incomplete" in (pages[-1].reason or "")


def test_damaged_mails_never_break_the_reader(tmp_path: Path) -> None:
    mail = message("Verträge für Büro", "Dear all,\n\nthe lease is signed.\n")
    mail.add_alternative("<p>Dear all <img src='cid:a'></p>", subtype="html")
    mail.get_payload()[1].add_related(picture(300, 300), "image", "png", cid="<a>")
    mail.add_attachment(b"%PDF-1.4 body", maintype="application", subtype="pdf", filename="Büro.pdf")
    mail.add_attachment(message("Inner", "Forwarded words"))
    mail.add_attachment(pkcs7(2, b"\nsigned"), maintype="application", subtype="pkcs7-mime", filename="smime.p7m")
    assert survive(mail.as_bytes(), "a.eml", tmp_path)["read"] == 300
