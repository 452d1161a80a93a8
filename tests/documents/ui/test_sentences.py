"""The documents page says plainly what could be read and where each document stands."""

from __future__ import annotations

import pytest

from datazoom_desktop.documents.model import DocumentRow, RoomCoverage
from datazoom_desktop.documents.ui import sentences
from datazoom_desktop.documents.ui.details_line import details_words
from datazoom_desktop.documents.ui.sentences import Reading
from datazoom_desktop.kernel.coverage import Coverage
from tests.support.fake_workspace import document_row


@pytest.mark.parametrize(
    ("row", "told", "role"),
    [
        (document_row(1), "Searchable", "ink_soft"),
        (document_row(1, unreadable=2), "2 of 24 pages could not be read", "warn"),
        (document_row(1, ocr=24), "Searchable, 24 from pictures", "ink_soft"),
        (document_row(1, ocr=24, doubtful=3), "Searchable, 3 pages with low certainty", "warn"),
        (document_row(1, "unreadable", coverage=Coverage.ENCRYPTED), "Needs a password", "bad"),
        (document_row(1, "unreadable", coverage=Coverage.FAILED), "Could not be read", "bad"),
        (document_row(1, "unreadable", coverage=Coverage.SKIPPED), "Left out", "ink_soft"),
        (document_row(1, "unreadable"), "Could not be read", "bad"),
        (document_row(1, "new"), "Waiting to be read", "ink_faint"),
        (document_row(1, "read"), "Waiting to be indexed", "ink_faint"),
    ],
)
def test_state_and_coverage_in_words(row: DocumentRow, told: str, role: str) -> None:
    assert sentences.state_words(row, None) == told
    assert sentences.state_role(row, None) == role


@pytest.mark.parametrize(
    ("state", "reading", "told"),
    [
        ("new", Reading(True), "Reading"),
        ("new", Reading(True, 12, 1040), "Reading, page 12 of 1,040"),
        ("read", Reading(True, 3, 9, "passages"), "Indexing"),
    ],
)
def test_progress_in_words(state: str, reading: Reading, told: str) -> None:
    assert sentences.state_words(document_row(1, state), reading) == told
    assert sentences.state_role(document_row(1, state), reading) == "ink"


def test_pages_nobody_has_tried_to_read_are_not_called_unreadable() -> None:
    coverage = RoomCoverage(3, 31, 20, {"text": 28, "failed": 2, "waiting": 1}, 2)
    assert sentences.readable_words(coverage) == "28 of 30 pages readable"
    assert (
        sentences.summary_words(coverage) == "3 documents, 30 pages, 2 could not be read, 2 still to be read or indexed"
    )
    assert sentences.readable_words(RoomCoverage(0, 0, 0, {}, 0)) == ""
    doubtful = RoomCoverage(1, 30, 30, {"ocr": 30}, 0, doubtful=2)
    assert sentences.summary_words(doubtful) == "1 document, 30 pages, 2 read with low certainty"


def test_details_tell_where_else_it_stands_and_why_it_could_not_be_read() -> None:
    told = details_words(document_row(1, version=2, also_at=("B/copy.pdf",), reason="Page 3 is too faint."))
    assert "version 2" in told
    assert "also at B/copy.pdf" in told
    assert told.endswith("\nPage 3 is too faint.")
