"""Pages of a whole room: every one once, in order, however many are fetched at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from datazoom_desktop.documents import service
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.kernel.coverage import Coverage
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
