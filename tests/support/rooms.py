"""Small real rooms for tests: made by the storage package itself, filled with text whose pages and passages are known."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.ids import new_id
from datazoom_desktop.storage import spool
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.passage_index import DIMS, IndexRow
from datazoom_desktop.storage.room import RoomStorage
from datazoom_desktop.storage.spool import PageRecord, PassageRecord


def make_room(folder: Path, name: str = "Test room") -> RoomStorage:
    """Make and open a room in ``folder``."""
    return RoomStorage.create(folder, new_id(), name)


def direction(words: str) -> npt.NDArray[np.float32]:
    """Return a (384,) float32 vector of length one that only equal ``words`` share."""
    seed = int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big")
    vector = np.random.default_rng(seed).standard_normal(DIMS).astype(np.float32)
    return vector / np.linalg.norm(vector)


def page_records(texts: Sequence[str]) -> list[PageRecord]:
    """Return pages with these texts, one word a page where there is text."""
    out, start = [], 0
    for number, text in enumerate(texts, 1):
        words = [0] if text else []
        out.append(
            PageRecord(
                page=number,
                label=None,
                coverage="text",
                reason=None,
                char_start=start,
                char_end=start + len(text),
                text=text,
                width=595.0,
                height=842.0,
                confidence=None,
                word_starts=words,
                word_ends=[len(text)] if text else [],
                word_boxes=[10.0, 10.0, 50.0, 20.0] if text else [],
                geometry="points" if text else None,
                sheet=None,
            )
        )
        start += len(text)
    return out


def passage_records(pages: Sequence[PageRecord]) -> list[PassageRecord]:
    """Return one passage for each page that has text."""
    with_text = [page for page in pages if page.text]
    return [
        PassageRecord(ordinal, page.char_start, page.char_end, page.page, page.page, "", "", page.text)
        for ordinal, page in enumerate(with_text)
    ]


def add_document(room: RoomStorage, path: str, texts: Sequence[str], source: Path | None = None) -> str:
    """Put a document with these page texts into the room, searchable; return its version's id."""
    version_id, document_id = new_id(), new_id()
    data = source.read_bytes() if source is not None else "\f".join([path, *texts]).encode()
    sha256, size = room.blobs.add_bytes(data)
    pages = page_records(texts)
    passages = passage_records(pages)
    page_file, passage_file = room.scratch / f"{version_id}.pages", room.scratch / f"{version_id}.passages"
    spool.write_pages(page_file, version_id, pages)
    spool.write_passages(passage_file, version_id, passages)
    with room.db.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM paths WHERE path = ?", [path]).fetchone() == (0,)
    room.passages.replace(
        version_id,
        [
            IndexRow(spool.passage_id(version_id, row.ordinal), version_id, row.text, direction(row.text))
            for row in passages
        ],
    )

    def work(tx: Cursor) -> None:
        tx.execute("INSERT INTO documents VALUES (?, NULL, ?)", [document_id, now()])
        tx.execute(
            "INSERT INTO versions (version_id, document_id, number, sha256, bytes, added_at, media_type, state, page_count, "
            "char_count, reader, read_at, indexed_at) VALUES (?, ?, 1, ?, ?, ?, 'text/plain', 'indexed', ?, ?, 'test 1', ?, ?)",
            [version_id, document_id, sha256, size, now(), len(pages), sum(map(len, texts)), now(), now()],
        )
        tx.execute(
            "INSERT INTO paths VALUES (?, ?, ?, ?, 0, ?, ?)",
            [path, document_id, version_id, str(source or f"/nowhere/{path}"), size, now()],
        )
        spool.load_pages(tx, page_file)
        spool.load_passages(tx, passage_file)

    room.db.write(work)
    page_file.unlink()
    passage_file.unlink()
    return version_id
