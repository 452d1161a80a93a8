"""Mailboxes: every message a document of its own, and a list of them all."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest

from datazoom_desktop.intake.model import Attachment, BlockKind, ReadPage, Unreadable
from tests.intake.mutations import survive
from tests.intake.reading import check, read_all, texts

STAMP = b"From ada@alpha.example Mon Mar  4 10:00:00 2024\n"


def mail(subject: bytes, body: bytes) -> bytes:
    return (
        b"From: ada@alpha.example\nDate: Mon, 04 Mar 2024 10:00:00 +0100\nSubject: " + subject + b"\n\n" + body + b"\n"
    )


def opened(tmp_path: Path, data: bytes, name: str = "deal.mbox") -> tuple[list[ReadPage], list[tuple[str, bytes]]]:
    file = tmp_path / name
    file.write_bytes(data)
    items = read_all(file)
    pages = [item for item in items if isinstance(item, ReadPage)]
    check(pages)
    return pages, [(item.name, item.file.read_bytes()) for item in items if isinstance(item, Attachment)]


def test_each_message_is_a_file_of_its_own_and_listed(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "Inbox")
    for subject in ("Offer für Büro", "Re: a/b\\c"):
        message = EmailMessage()
        message["From"], message["Subject"] = "Ada Löwe <ada@alpha.example>", subject
        message["Date"] = "Mon, 04 Mar 2024 10:00:00 +0100"
        message.set_content("Dear all,\n\nFrom here on we agree.\n")
        box.add(message)
    box.close()
    (page,), messages = opened(tmp_path, (tmp_path / "Inbox").read_bytes(), "Inbox")
    assert [name for name, _ in messages] == ["0001 Offer für Büro.eml", "0002 Re_ a_b_c.eml"]
    assert texts(page, BlockKind.TABLE_ROW) == [
        "0001 | Mon, 04 Mar 2024 10:00:00 +0100 | Ada Löwe <ada@alpha.example> | Offer für Büro",
        "0002 | Mon, 04 Mar 2024 10:00:00 +0100 | Ada Löwe <ada@alpha.example> | Re: a/b\\c",
    ]
    file = tmp_path / "one.eml"
    file.write_bytes(messages[0][1])
    assert "From here on we agree." in "".join(p.text for p in read_all(file) if isinstance(p, ReadPage))


@pytest.mark.parametrize(
    ("data", "bodies"),
    [
        (STAMP + mail(b"1", b"a") + b"\n" + STAMP + mail(b"2", b"b"), [b"a\n", b"b\n"]),
        (STAMP + mail(b"1", b"a") + STAMP + mail(b"2", b"b"), [b"a\n", b"b\n"]),  # no empty line between them
        (mail(b"1", b"a") + b"\n" + STAMP + mail(b"2", b"b"), [b"a\n", b"b\n"]),  # the first line is lost
        (b"From nobody\n" + mail(b"1", b"a") + b"\nFrom ???\n" + mail(b"2", b"b"), [b"a\n", b"b\n"]),  # no dates
        (b"From - Mon Mar 04 10:00:00 2024\nX-Mozilla-Status: 0001\n" + mail(b"1", b"a"), [b"a\n"]),
        (b"From 12@xxx Mon Mar 04 10:00:00 +0000 2024\nX-GM-THRID: 12\n" + mail(b"1", b"a"), [b"a\n"]),
        (
            STAMP + mail(b"1", b"a\n\nFrom 2024 on, at 10:00, we meet.\nAda"),
            [b"a\n\nFrom 2024 on, at 10:00, we meet.\nAda\n"],
        ),
        (STAMP + mail(b"1", b"a\n\nFrom the start:\nNote: this"), [b"a\n\nFrom the start:\nNote: this\n"]),
        (
            STAMP + mail(b"1", b"a\n\n>From here\n>>From there\n> From him"),
            [b"a\n\nFrom here\n>From there\n> From him\n"],
        ),
        ((STAMP + mail(b"1", b"a") + b"\n" + STAMP + mail(b"2", b"b")).replace(b"\n", b"\r\n"), [b"a\r\n", b"b\r\n"]),
        (STAMP + b"\n" + STAMP + mail(b"2", b"b"), [b"b\n"]),
    ],
)
def test_messages_are_parted_where_they_begin_and_nowhere_else(
    tmp_path: Path, data: bytes, bodies: list[bytes]
) -> None:
    _, messages = opened(tmp_path, data)
    found = [content.replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")[2] for _, content in messages]
    assert found == bodies


def test_thousands_of_messages_are_listed_a_few_hundred_a_page(tmp_path: Path) -> None:
    data = b"\n".join(STAMP + mail(b"No %d" % n, b"x" * 50) for n in range(1203))
    pages, messages = opened(tmp_path, data)
    assert len(messages) == 1203
    assert [page.label for page in pages] == ["Messages 1 to 500", "Messages 501 to 1,000", "Messages 1,001 to 1,203"]
    assert messages[-1][0] == "1203 No 1202.eml"


def test_a_line_without_end_is_not_held_in_memory_whole(tmp_path: Path) -> None:
    _, messages = opened(tmp_path, STAMP + mail(b"1", b"x" * (3 << 20) + b"\n\n" + STAMP[:-1]))
    assert len(messages) == 1


def test_a_mailbox_without_a_message_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No message"):
        opened(tmp_path, STAMP + b"\n\n")


def test_damaged_mailboxes_never_break_the_reader(tmp_path: Path) -> None:
    data = b"\n".join(STAMP + mail(b"=?utf-8?q?K=C3=A4ufer?= %d" % n, b"Words\n\n>From here\n") for n in range(9))
    assert survive(data, "deal.mbox", tmp_path)["read"] == 300
