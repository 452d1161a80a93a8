"""Pages of a whole room: every one once, in order, however many are fetched at a time; and where a span stands on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from datazoom_desktop.documents import service
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.storage import spool
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.spool import PageRecord
from tests.support.rooms import add_document, make_room


@pytest.mark.parametrize("at_once", [1, 3, 500])
def test_every_page_comes_once_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(service, "_PAGES_AT_ONCE", at_once)
    with make_room(tmp_path / "room") as room:
        for name, pages in (("b.txt", 2), ("a.txt", 11), ("m.eml", 1), ("m.eml/x.txt", 3), ("m.eml2", 1)):
            add_document(room, name, [f"{name} {page}" for page in range(1, pages + 1)])
        silent = add_document(room, "c.bin", [])
        room.db.write(
            lambda tx: tx.execute(
                "UPDATE versions SET state = 'unreadable', coverage = 'failed', reason = 'Damaged.', page_count = 0"
                " WHERE version_id = ?",
                [silent],
            )
        )
        documents = Documents(room)
        assert documents.count() == 6
        rows = list(documents.page_rows())
        expected: list[tuple[str, int | None]] = [("a.txt", page) for page in range(1, 12)]
        expected += [("b.txt", 1), ("b.txt", 2), ("c.bin", None), ("m.eml", 1)]
        expected += [("m.eml/x.txt", page) for page in (1, 2, 3)] + [("m.eml2", 1)]
        assert [(row.path, row.page) for row in rows] == expected
        assert all(row.text == f"{row.path} {row.page}" for row in rows if row.page)
        assert [(row.coverage, row.reason) for row in rows if row.page is None] == [(Coverage.FAILED, "Damaged.")]
        assert [row.path for row in documents.page_rows("m.eml")] == ["m.eml"] + ["m.eml/x.txt"] * 3
        assert list(documents.page_rows("none")) == []


def _sheet(number: int, at: int, rows: list[list[str]], sheet: str | None, first_row: int = 1) -> PageRecord:
    """Return a page whose text is these rows, each cell a word of its own."""
    text, starts, ends, boxes = "", [], [], []
    for y, row in enumerate(rows, first_row):
        for x, cell in enumerate(row, 1):
            starts.append(len(text))
            text += cell
            ends.append(len(text))
            boxes += [x, y, x, y]
            text += " | " if x < len(row) else "\n"
    end = at + len(text)
    return PageRecord(number, sheet, "text", None, at, end, text, 0, 0, None, starts, ends, boxes, "cells", sheet)


def test_a_span_of_a_sheet_is_a_range_of_cells_and_has_no_boxes(tmp_path: Path) -> None:
    table = [["Holder", "Shares"], ["Ada", "10"], ["Bo", "20"]]
    first = _sheet(1, 0, table, "Cap table")
    rest = _sheet(2, first.char_end, [["Cy", "30"]], "Cap table", first_row=4)
    notes = _sheet(3, rest.char_end, [["vested"]], None)
    with make_room(tmp_path / "room") as room:
        pdf = add_document(room, "a.pdf", ["plain words"])
        file = room.scratch / "pages.parquet"
        spool.write_pages(file, "v", [first, rest, notes])
        room.db.write(lambda tx: spool.load_pages(tx, file))
        documents = Documents(room)
        whole = first.text + rest.text + notes.text

        def cells(start: str, end: str) -> str | None:
            return documents.cells("v", Span(whole.index(start), whole.index(end) + len(end)))

        assert cells("Ada", "10") == "'Cap table'!A2:B2"
        assert cells("da", "da") == "'Cap table'!A2"
        assert cells("10", "Bo") == "'Cap table'!A2:B3"
        assert cells("20", "Cy") == "'Cap table'!A3:B4"
        assert cells("vested", "vested") == "A1"
        assert cells("30", "vested") == "'Cap table'!B4,A1"
        between = whole.index(" | ")
        assert documents.cells("v", Span(between, between + 3)) is None
        assert documents.boxes("v", Span(0, 20)) == ()
        assert documents.cells(pdf, Span(0, 5)) is None
        assert len(documents.boxes(pdf, Span(0, 5))) == 1
        asked = [(pdf, Span(0, 5)), ("v", Span(0, 6)), ("v", Span(0, 6)), ("none", Span(0, 1))]
        assert documents.cells_many(asked) == [None, "'Cap table'!A1", "'Cap table'!A1", None]


def test_pages_read_with_low_certainty_are_counted_and_named(tmp_path: Path) -> None:
    with make_room(tmp_path / "room") as room:
        scanned = add_document(room, "scan.pdf", ["one", "two", "three"])
        add_document(room, "plain.txt", ["text"])
        told = "Read from a picture with low certainty (61 %): check names and figures against the page."

        def recognise(tx: Cursor) -> None:
            tx.execute("UPDATE pages SET coverage = 'ocr', confidence = 0.99 WHERE version_id = ?", [scanned])
            tx.execute(
                "UPDATE pages SET confidence = 0.61, reason = ? WHERE version_id = ? AND page = 2", [told, scanned]
            )

        room.db.write(recognise)
        documents = Documents(room)
        assert [(p.path, p.page, round(p.confidence, 2), p.reason) for p in documents.doubtful()] == [
            ("scan.pdf", 2, 0.61, told)
        ]
        assert documents.doubtful([scanned]) == documents.doubtful()
        assert documents.coverage().doubtful == 1
        rows = {row.path: row for row in documents.rows()}
        assert (rows["scan.pdf"].ocr, rows["scan.pdf"].doubtful, rows["scan.pdf"].reason) == (3, 1, told)
        assert rows["plain.txt"].doubtful == 0
        assert documents.unreadable() == []
