"""The worker's entry point: files in, pages and passages on disk, every outcome said."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pyarrow.parquet as pq
import pymupdf
import pytest

from datazoom_desktop.intake import work
from tests.support.archives import zip_of


class Job:
    """A job's context that remembers progress and can be stopped."""

    def __init__(self, scratch: Path, stop_after: int | None = None) -> None:
        self.scratch = scratch
        self.steps: list[tuple[int, int]] = []
        self._left = stop_after

    def progress(self, done: int, total: int) -> None:
        self.steps.append((done, total))

    def check(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise InterruptedError


def run(
    tmp_path: Path, data: bytes, name: str, job: Job | None = None
) -> tuple[dict[str, object], list[dict[str, object]], list[dict[str, object]]]:
    file = tmp_path / "0f3a"
    file.write_bytes(data)
    result = work.read({"file": str(file), "name": name, "version_id": "v1", "passwords": []}, job or Job(tmp_path))
    return result, pq.read_table(tmp_path / work.PAGES).to_pylist(), pq.read_table(tmp_path / work.PASSAGES).to_pylist()


def long_pdf(pages: int) -> bytes:
    document = pymupdf.open()
    for number in range(pages):
        page = document.new_page()
        page.insert_text((72, 72), "SUPPLY AGREEMENT" if not number else f"Clause {number}", fontsize=16)
        for row in range(20):
            page.insert_text(
                (72, 110 + 14 * row), f"The supplier delivers item {number}-{row} to the buyer in good order."
            )
    return document.tobytes()


def test_pages_tile_the_text_and_passages_quote_it(tmp_path: Path) -> None:
    job = Job(tmp_path)
    result, pages, passages = run(tmp_path, long_pdf(5), "supply.pdf", job)
    text = "".join(str(page["text"]) for page in pages)
    assert result["pages"] == len(pages) == 5
    assert result["chars"] == len(text)
    assert (result["title"], result["reader"], result["coverage"]) == ("SUPPLY AGREEMENT", "pdf 2", None)
    assert job.steps[-1] == (5, 5)
    assert result["passages"] == len(passages) > 5
    for row in passages:
        assert row["text"] == text[row["char_start"] : row["char_end"]]  # type: ignore[misc]
        assert str(row["prefix"]).startswith("SUPPLY AGREEMENT")
    page = pages[2]
    for start, end in zip(page["word_starts"], page["word_ends"], strict=True):  # type: ignore[call-overload]
        assert str(page["text"])[start:end].strip()


@pytest.mark.parametrize(
    ("data", "name", "coverage", "words"),
    [
        (b"", "a.pdf", "failed", "The file is empty."),
        (b"\x00\x01\x02" * 100, "model.dwg", "skipped", "cannot be read (DWG)"),
        (b"%PDF-1.4 nothing", "a.pdf", "failed", "damaged"),
    ],
)
def test_a_file_without_pages_says_why(tmp_path: Path, data: bytes, name: str, coverage: str, words: str) -> None:
    result, pages, passages = run(tmp_path, data, name)
    assert result["coverage"] == coverage
    assert words in str(result["reason"])
    assert pages == passages == []


def test_attachments_are_handed_over(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = "Lease"
    mail.set_content("See attached.")
    mail.add_attachment(b"bytes", maintype="application", subtype="pdf", filename="lease.pdf")
    result, pages, _ = run(tmp_path, mail.as_bytes(), "a.eml")
    (attachment,) = result["attachments"]  # type: ignore[misc]
    assert attachment["name"] == "lease.pdf"
    assert Path(attachment["file"]).read_bytes() == b"bytes"
    assert len(pages) == 1
    assert result["title"] == "Lease"


def test_reading_stops_inside_a_file(tmp_path: Path) -> None:
    with pytest.raises(InterruptedError):
        run(tmp_path, long_pdf(40), "a.pdf", Job(tmp_path, stop_after=10))


def test_files_inside_beyond_what_may_be_taken_out_are_named_on_a_page(tmp_path: Path) -> None:
    file = tmp_path / "0f3a"
    file.write_bytes(zip_of(("a.txt", b"a"), ("b.txt", b"b"), ("c.txt", b"c")))
    payload = {"file": str(file), "name": "deal.zip", "version_id": "v1", "most_inside": 1}
    result = work.read(payload, Job(tmp_path))
    pages = pq.read_table(tmp_path / work.PAGES).to_pylist()
    assert [item["name"] for item in result["attachments"]] == ["a.txt"]
    assert [page["coverage"] for page in pages] == ["text", "skipped"]
    assert "2 files inside this one were not taken out" in pages[1]["reason"]
    assert "b.txt, c.txt" in pages[1]["reason"]
