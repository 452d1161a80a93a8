"""A small deal made on the spot: real files of several formats, deterministic for a seed."""

from __future__ import annotations

import email.message
import email.policy
import random
from pathlib import Path

import docx
import openpyxl
import pymupdf

_PARTIES = ("Northgate Marine", "Corvid Optics", "Ashdown Freight", "Pelham Foods", "Tarn Energy", "Wexcombe Steel")
_TOPICS = ("renewal", "assignment", "liability", "payment", "confidentiality", "termination", "audit", "insurance")


def clause(rng: random.Random, number: int) -> str:
    """Return one numbered clause of two sentences."""
    topic, party = rng.choice(_TOPICS), rng.choice(_PARTIES)
    days, amount = rng.randrange(10, 180), rng.randrange(10_000, 900_000)
    return (
        f"{number}. {topic.capitalize()}. {party} shall give {days} days' written notice before any {topic} takes effect. "
        f"The amount due on {topic} is USD {amount:,}, payable within {days + 5} days of the invoice date."
    )


def text_of(rng: random.Random, title: str, clauses: int) -> str:
    """Return a whole agreement as plain text."""
    return f"{title}\n\n" + "\n\n".join(clause(rng, i + 1) for i in range(clauses)) + "\n"


def write_pdf(file: Path, pages: list[str]) -> None:
    """Write a PDF with a text layer, one string a page."""
    document = pymupdf.open()
    for text in pages:
        page = document.new_page()
        page.insert_textbox(pymupdf.Rect(60, 60, 535, 780), text, fontsize=11)
    document.save(file)
    document.close()


def write_docx(file: Path, title: str, paragraphs: list[str]) -> None:
    """Write a Word file."""
    document = docx.Document()
    document.add_heading(title, level=1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(file))


def write_xlsx(file: Path, rows: list[list[object]]) -> None:
    """Write a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    book.save(file)


def write_mail(file: Path, subject: str, body: str, attachments: dict[str, bytes]) -> None:
    """Write a mail with attachments."""
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["Subject"], message["From"], message["To"] = subject, "ines@halyard.example", "tom@meridian.example"
    message["Date"] = "Mon, 02 Mar 2026 09:00:00 +0000"
    message.set_content(body)
    for name, content in attachments.items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    file.write_bytes(message.as_bytes())


def make_deal(folder: Path, *, seed: int = 7, copies: int = 4) -> int:
    """Write a deal's folder tree; return how many documents the room should list (attachments and twins' paths included)."""
    rng = random.Random(seed)
    (folder / "1 Contracts").mkdir(parents=True)
    (folder / "2 Letters").mkdir()
    for i in range(copies):
        text = text_of(rng, f"SUPPLY AGREEMENT NO. {i + 1}", 30)
        (folder / "1 Contracts" / f"supply {i + 1}.txt").write_text(text, encoding="utf-8", newline="")
        write_pdf(
            folder / "1 Contracts" / f"lease {i + 1}.pdf",
            [text_of(rng, f"LEASE {i + 1}, PART {p + 1}", 6) for p in range(4)],
        )
        write_docx(
            folder / "1 Contracts" / f"licence {i + 1}.docx",
            f"LICENCE AGREEMENT {i + 1}",
            [clause(rng, n + 1) for n in range(10)],
        )
        write_xlsx(
            folder / "1 Contracts" / f"schedule {i + 1}.xlsx",
            [["Holder", "Shares"], *[[party, rng.randrange(1000, 90_000)] for party in _PARTIES]],
        )
    annex = text_of(rng, "ANNEX", 4).encode()
    write_mail(folder / "2 Letters" / "offer.eml", "Our offer", "Please find the annex attached.", {"annex.txt": annex})
    twin = folder / "1 Contracts" / "supply 1.txt"
    (folder / "2 Letters" / "supply 1 copy.txt").write_bytes(twin.read_bytes())
    (folder / "2 Letters" / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing follows")
    return copies * 4 + 4
