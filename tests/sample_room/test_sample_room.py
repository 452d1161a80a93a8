"""The sample data room is what it says: reproducible, tied together, and every fact stands verbatim on its page.

The pages are read here with the well-known libraries, not with the builder's own reader.
"""

from __future__ import annotations

import email
import email.policy
import functools
import hashlib
import html
import json
import re
import subprocess
import sys
from email.message import EmailMessage
from importlib.metadata import version
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pymupdf
import pytest

ROOM = Path(__file__).parents[2] / "resources" / "sample_room"
FILES = ROOM / "files"
CONTENT = ROOM / "builder" / "content"
PASSWORD = "halyard-2026"
LOAN = "6 Finance/Loan and Security Agreement - Penobscot Commercial Bank.pdf"
SCAN = "5 Property/Letter from landlord 2025-08-29 (scan).pdf"
PHOTOGRAPH = "6 Finance/Certificate of insurance 2025 (photo).png"
PROTECTED = "6 Finance/Restricted/Payroll summary 2025.pdf"
DAMAGED = "6 Finance/Restricted/Auditors letter 2024.pdf"
CAP_TABLE = "2 Equity/Cap table 2025-09-30.xlsx"
STATEMENTS = "6 Finance/Financial statements 2023-2025.xlsx"
CASTELLANE = "3 Commercial/Customers/Castellane - Master Services Agreement.pdf"

#: The library versions that made the committed files; other versions may give other, equally good bytes.
BUILT_WITH = {
    "reportlab": "5.1.0",
    "xlsxwriter": "3.3.1",
    "python-docx": "1.2.0",
    "python-pptx": "1.0.2",
    "pymupdf": "2.0",
    "pillow": "13.0.0",
}

#: Words that an answer to an unanswerable question could not do without, by id.
ABSENT = {
    "u01": ("401(k)",),
    "u02": ("officers' liability", "officers liability", "d&o"),
    "u03": ("key person life", "sum assured"),
    "u04": ("environmental indemnity", "previous owner"),
    "u05": ("collective bargaining", "labor union", "trade union"),
    "u06": ("earn-out will", "founders' earn-out"),
    "u07": ("cfius", "foreign investment"),
    "u08": ("termination fee",),
    "u09": ("transfer pricing",),
    "u10": ("penetration test",),
    "u11": ("performance bond",),
    "u12": ("option to purchase the building", "option to buy"),
    "u13": ("stock purchase plan",),
    "u14": ("cyber",),
    "u15": ("trademark in japan", "japanese trademark"),
    "u16": ("intercompany loan bears", "interest on the intercompany"),
    "u17": ("data protection officer",),
    "u18": ("development tax credit", "r&d credit"),
}  # fmt: skip


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _facts() -> dict[str, list[dict[str, Any]]]:
    facts: dict[str, list[dict[str, Any]]] = json.loads((ROOM / "facts.json").read_text(encoding="utf-8"))
    return facts


def _pdf(data: bytes) -> list[str]:
    with pymupdf.open(stream=data, filetype="pdf") as document:
        if document.needs_pass:
            assert document.authenticate(PASSWORD)
        return [page.get_text() for page in document]


def _docx(path: Path) -> list[str]:
    text = ""
    for element in docx.Document(str(path)).iter_inner_content():
        if hasattr(element, "rows"):
            text += "".join(f"{cell.text}\n" for row in element.rows for cell in row.cells)
            continue
        broken = 'w:type="page"' in element._p.xml
        text += f"{element.text}\f" if broken else f"{element.text}\n"
    return text.split("\f")


def _xlsx(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path, data_only=True)
    return [
        "\n".join("\t".join("" if v is None else str(v) for v in row) for row in s.iter_rows(values_only=True))
        for s in book
    ]


def _pptx(path: Path) -> list[str]:
    pages = []
    for slide in pptx.Presentation(str(path)).slides:
        lines = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        tables = [shape.table for shape in slide.shapes if shape.has_table]
        lines += [cell.text for table in tables for row in table.rows for cell in row.cells]
        pages.append("\n".join([*lines, slide.notes_slide.notes_text_frame.text]))
    return pages


def _mail(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _source(name: str) -> list[str]:
    words = re.sub(r"^[#^@|]\S* |\*\*|\|", "", (CONTENT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return words.split("===")


@functools.cache
def _pages(document: str) -> list[str]:
    path = FILES / document
    if document == SCAN:
        return _source("landlord_letter.txt")
    if document == PHOTOGRAPH:
        return _source("insurance.txt")
    if not path.exists():
        parts = {part.get_filename(): part.get_content() for part in _mail(path.parent).iter_attachments()}
        return _pdf(parts[path.name])
    if path.suffix == ".eml":
        body = _mail(path).get_body(("plain", "html"))
        assert body is not None
        return [html.unescape(re.sub(r"<[^>]+>", "", body.get_content()))]
    if path.suffix == ".html":
        return [html.unescape(re.sub(r"<[^>]+>", "", path.read_text(encoding="utf-8")))]
    readers = {".docx": _docx, ".xlsx": _xlsx, ".pptx": _pptx}
    if path.suffix in readers:
        return readers[path.suffix](path)
    return _pdf(path.read_bytes()) if path.suffix == ".pdf" else path.read_text(encoding="utf-8").split("\f")


def _every_path() -> list[str]:
    found = [path.relative_to(FILES).as_posix() for path in sorted(FILES.rglob("*")) if path.is_file()]
    inside = [
        f"{mail}/{part.get_filename()}"
        for mail in found
        if mail.endswith(".eml")
        for part in _mail(FILES / mail).iter_attachments()
    ]
    return [*found, *inside]


def _hashes(folder: Path) -> dict[str, str]:
    parts = [*(folder / "files").rglob("*"), *(folder / "updates").rglob("*"), folder / "facts.json"]
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in parts if p.is_file()}


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Build the room twice, each time in a new process, and hash every file."""
    found = []
    for name in ("first", "second"):
        out = tmp_path_factory.mktemp(name)
        subprocess.run(
            [sys.executable, str(ROOM / "build.py"), "--out", str(out)], check=True, capture_output=True, timeout=240
        )
        found.append(_hashes(out))
    return found


def test_two_builds_give_the_same_bytes(builds: list[dict[str, str]]) -> None:
    assert builds[0] == builds[1]
    assert len(builds[0]) >= 30


def test_committed_files_are_what_the_builder_gives(builds: list[dict[str, str]]) -> None:
    committed = _hashes(ROOM)
    assert set(committed) == set(builds[0])
    assert committed["facts.json"] == builds[0]["facts.json"]
    other = {name: version(name) for name, wanted in BUILT_WITH.items() if version(name) != wanted}
    if other or sys.platform != "linux":
        pytest.skip(f"bytes are compared only with the libraries that made them; here {other or sys.platform}")
    assert committed == builds[0]


def test_room_is_small_and_varied() -> None:
    paths = [path for path in FILES.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in paths) < 4_000_000
    assert len(paths) >= 28
    assert {path.suffix for path in paths} >= {
        ".pdf",
        ".docx",
        ".xlsx",
        ".pptx",
        ".eml",
        ".html",
        ".csv",
        ".md",
        ".txt",
        ".png",
    }


def test_facts_are_many_and_spread() -> None:
    facts = _facts()
    questions = facts["questions"]
    assert len(questions) >= 64
    assert len(facts["unanswerable"]) >= 15
    assert len(facts["disagreements"]) >= 5
    ids = [fact["id"] for fact in (*questions, *facts["unanswerable"])]
    assert len(set(ids)) == len(ids)
    documents = [str(question["document"]) for question in questions]
    assert set(documents) == set(_every_path()) - {
        DAMAGED,
        "7 Correspondence/Meridian/NDA - Meridian Marine Holdings plc.pdf",
    }
    deep = [question for question in questions if question["document"] == LOAN and question["page"] > 15]
    assert len(deep) >= 4
    assert sum(document.endswith((".xlsx", ".csv")) for document in documents) >= 3
    assert documents.count(SCAN) >= 1


@pytest.mark.parametrize("fact", _facts()["questions"], ids=lambda fact: str(fact["id"]))
def test_quote_stands_verbatim_on_its_page(fact: dict[str, Any]) -> None:
    pages = _pages(fact["document"])
    text = _fold(pages[fact["page"] - 1])
    quote = fact["quote"]
    if fact["document"] in (SCAN, PHOTOGRAPH):
        quote = quote.translate({0x2019: "'", 0x201C: '"', 0x201D: '"'})
    assert quote in text
    assert 30 <= len(quote) <= 300
    assert quote == _fold(quote).strip()


def test_unanswerable_questions_have_no_answer_in_the_room() -> None:
    paths = [path for path in _every_path() if path != DAMAGED]
    room = _fold(" ".join(page for path in paths for page in _pages(path))).lower().replace("\u2019", "'")
    questions = {fact["id"]: fact["question"] for fact in _facts()["unanswerable"]}
    assert set(questions) == set(ABSENT)
    present = {name: [term for term in terms if term in room] for name, terms in ABSENT.items()}
    assert {name: found for name, found in present.items() if found} == {}


def test_planted_disagreements_are_in_their_documents() -> None:
    for planted in _facts()["disagreements"]:
        assert len(planted["documents"]) == len(planted["quotes"]) == 2
        for document, quote in zip(planted["documents"], planted["quotes"], strict=True):
            assert quote in _fold(" ".join(_pages(document))), planted["what"]


def test_long_agreement_is_long_and_not_filler() -> None:
    pages = _pages(LOAN)
    assert len(pages) >= 40
    sentences = [s for s in re.split(r"(?<=[.;])\s+", _fold(" ".join(pages[5:]))) if len(s) > 60]
    assert len(set(sentences)) >= 0.98 * len(sentences)
    assert "ARTICLE 13. DEFINITIONS" in "".join(pages[1:6])


def test_lease_has_twelve_pages() -> None:
    assert len(_pages("5 Property/Lease - 40 Customs House Quay.pdf")) >= 12


def test_every_readable_pdf_has_text_on_every_page() -> None:
    pictures = {SCAN, DAMAGED}
    for path in _every_path():
        if path.endswith(".pdf") and path not in pictures:
            assert all(len(page.strip()) > 80 for page in _pages(path)), path


def test_scan_is_pictures_only() -> None:
    with pymupdf.open(FILES / SCAN) as document:
        assert len(document) == 2
        for page in document:
            assert page.get_text().strip() == ""
            assert len(page.get_images()) == 1


def test_password_is_needed_and_is_the_documented_one() -> None:
    with pymupdf.open(FILES / PROTECTED) as document:
        assert document.needs_pass
        assert not document.authenticate("wrong")
        assert document.authenticate(PASSWORD)
    assert PASSWORD in (ROOM / "README.md").read_text(encoding="utf-8")


def test_damaged_file_cannot_be_opened() -> None:
    with pytest.raises(pymupdf.FileDataError):
        pymupdf.open(FILES / DAMAGED)


def test_one_document_is_there_twice_and_no_other() -> None:
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in FILES.rglob("*") if path.is_file()]
    assert len(hashes) - len(set(hashes)) == 1


def test_update_is_a_later_version_of_a_path_in_the_room() -> None:
    updates = [path for path in (ROOM / "updates").rglob("*") if path.is_file()]
    assert [path.relative_to(ROOM / "updates").as_posix() for path in updates] == [CASTELLANE]
    later, earlier = _fold(" ".join(_pdf(updates[0].read_bytes()))), _fold(" ".join(_pages(CASTELLANE)))
    assert "to November 30, 2030" in later
    assert "to November 30, 2030" not in earlier


@pytest.mark.parametrize("document", [CAP_TABLE, STATEMENTS])
def test_cached_values_are_what_the_formulas_give(document: str) -> None:
    formulas, values = (
        openpyxl.load_workbook(FILES / document),
        openpyxl.load_workbook(FILES / document, data_only=True),
    )
    checked = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    assert values[sheet.title][cell.coordinate].value == pytest.approx(
                        _evaluate(cell.value[1:], sheet.title, values)
                    )
                    checked += 1
    assert checked >= 20


def _evaluate(formula: str, sheet: str, values: openpyxl.Workbook) -> float:
    """Evaluate sums, differences, quotients and references to cells, whose cached values are taken."""

    def span(found: re.Match[str]) -> str:
        cells = values[sheet][found.group(1)]
        return str(sum(cell.value or 0 for row in cells for cell in row))

    def reference(found: re.Match[str]) -> str:
        name = (found.group(1) or found.group(2) or sheet).strip("'")
        return f"({values[name][found.group(3)].value or 0})"

    text = re.sub(r"SUM\((\w+:\w+)\)", span, formula.replace("$", ""))
    text = re.sub(r"(?:('[^']+')!|(\w+)!)?\b([A-Z]{1,2}\d+)\b", reference, text)
    assert re.fullmatch(r"[-+/*().\d\s]+", text), formula
    return float(eval(text))  # digits and operators only


def test_cap_table_ties_to_the_equity_documents_but_for_the_planted_option() -> None:
    book = openpyxl.load_workbook(FILES / CAP_TABLE, data_only=True)
    rows = {row[0]: row[1:] for row in book["Holders"].iter_rows(values_only=True) if row[0]}
    common, seed, a1, a, whole = rows["Total, fully diluted"][:5]
    assert (seed, a1, a) == (1_600_000, 416_666, 3_200_000)
    assert common == 7_200_000 + 2_000_000
    assert whole == 14_416_666
    charter = _fold(" ".join(_pages("1 Corporate/Certificate of Incorporation - Second Amended and Restated.pdf")))
    assert f"{seed + a1 + a:,} shares of Preferred Stock" in charter
    purchase = _fold(" ".join(_pages("2 Equity/Series A Stock Purchase Agreement.pdf")))
    assert f"${(whole - a) * 2.85:,.2f}" in purchase
    granted = {row[0]: row[3] for row in book["Options"].iter_rows(values_only=True) if row[0]}
    assert granted["Priya Raghunathan"] == 350_000
    assert granted["Dae-Jung Whitcombe"] == 220_000 + 20_000


def test_balance_sheet_balances() -> None:
    sheet = openpyxl.load_workbook(FILES / STATEMENTS, data_only=True)["Balance Sheet"]
    rows = {row[0]: row[1:4] for row in sheet.iter_rows(values_only=True)}
    assert rows["Total assets"] == rows["Total liabilities and equity"]
