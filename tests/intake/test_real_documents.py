"""Real files that go wrong in as many ways as real files do: what must be found in each is found, or the reason is said."""

from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from pathlib import Path

import pytest

from datazoom_desktop.intake.model import ReadPage, Unreadable
from tests.corpora import shared_data
from tests.intake.reading import read_all

SCANS = {"text_ocr"}
WITH_TEXT = {"text", "restricted_text", "damaged_recoverable"}


def fold(text: object) -> str:
    plain = (
        unicodedata.normalize("NFKC", str(text))
        .casefold()
        .translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-"})
    )
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    return re.sub(r"\s+", "", re.sub(r"(?<=\d)\.0+\b", "", plain))


def outcome(file: Path) -> tuple[str, str]:
    try:
        pages = [item for item in read_all(file) if isinstance(item, ReadPage)]
    except Unreadable as refused:
        return str(refused.coverage), ""
    return "read", "".join(page.text for page in pages)


def test_each_file_is_read_or_says_why(tmp_path: Path) -> None:
    folder = shared_data() / "realdocs_dev"
    csv.field_size_limit(sys.maxsize)
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows
    wrong = []
    for row in rows:
        if row["expect"] in SCANS:
            continue  # minutes of recognition; tests of their own draw their scans
        file = tmp_path / Path(row["path"]).name
        file.write_bytes((folder / row["path"]).read_bytes())
        state, text = outcome(file)
        wanted = [phrase for _, phrase in json.loads(row["must_contain"] or "[]")]
        if row["kind"] == "table-pdf":  # which cell follows which is a matter of taste
            wanted = [word for phrase in wanted for word in phrase.split()]
        if row["expect"] in WITH_TEXT and any(fold(phrase) not in fold(text) for phrase in wanted):
            wrong.append(f"{file.name}: text is missing")
        elif row["expect"] == "needs_password" and state != "encrypted":
            wrong.append(f"{file.name}: {state}, not encrypted")
        elif row["expect"] == "damaged" and state != "failed":
            wrong.append(f"{file.name}: {state}, not failed")
    if wrong:
        pytest.fail("; ".join(wrong))
