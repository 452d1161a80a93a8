"""The product's own readers find every quote of the facts on the page the facts name, and say why two documents have none."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from datazoom_desktop.intake.detect import media_type
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.readers.registry import reader_for
from datazoom_desktop.kernel.coverage import Coverage

ROOM = Path(__file__).parents[2] / "resources" / "sample_room"
FACTS: list[dict[str, Any]] = json.loads((ROOM / "facts.json").read_text(encoding="utf-8"))["questions"]
PICTURES = ("(scan).pdf", "(photo).png")
PROTECTED = ROOM / "files" / "6 Finance/Restricted/Payroll summary 2025.pdf"
DAMAGED = ROOM / "files" / "6 Finance/Restricted/Auditors letter 2024.pdf"


def _read(file: Path, scratch: Path, *passwords: str) -> list[ReadPage | Attachment]:
    found = media_type(file, file.name)
    reader = reader_for(found)
    assert reader is not None, found
    context = ReadContext(scratch, lambda _done, _all: None, lambda: None)
    return list(reader.read(Source(file, file.name, found, passwords), context))


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    "document", sorted({str(fact["document"]) for fact in FACTS if not fact["document"].endswith(PICTURES)})
)
def test_quotes_are_on_the_pages_the_product_reads(document: str, tmp_path: Path) -> None:
    file = ROOM / "files" / document
    if not file.exists():
        (attachment,) = [part for part in _read(file.parent, tmp_path) if isinstance(part, Attachment)]
        assert attachment.name == file.name
        file = attachment.file
    pages = {page.page: page for page in _read(file, tmp_path, "halyard-2026") if isinstance(page, ReadPage)}
    missing = [
        fact["quote"]
        for fact in FACTS
        if fact["document"] == document and fact["quote"] not in _fold(pages[fact["page"]].text)
    ]
    assert missing == []
    assert {page.coverage for page in pages.values()} <= {Coverage.TEXT, Coverage.BLANK}


def test_protected_document_asks_for_its_password(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        _read(PROTECTED, tmp_path)
    assert caught.value.coverage is Coverage.ENCRYPTED


def test_damaged_document_fails_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        _read(DAMAGED, tmp_path)
    assert caught.value.coverage is Coverage.FAILED
    assert caught.value.reason
