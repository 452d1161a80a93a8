"""Programs that tests run as processes of their own, to be killed or locked out: ``python -m tests.storage.programs NAME ...``."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

import numpy as np

from datazoom_desktop.activity import trail
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage import spool
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.passage_index import IndexRow
from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import direction, page_records, passage_records


def hold(folder: str) -> None:
    """Open a room, say so, and hold it."""
    with RoomStorage.open(Path(folder)):
        print("open", flush=True)
        time.sleep(120)


def try_open(folder: str) -> None:
    """Open a room and print how that went."""
    try:
        RoomStorage.open(Path(folder)).close()
        print("opened")
    except Problem as problem:
        print(f"{problem.title}|{problem.message}")


def write_for_ever(folder: str, seed: str) -> None:
    """Add documents without end: original, index rows, then facts, text and trail in one transaction."""
    rng = random.Random(seed)
    with RoomStorage.open(Path(folder)) as room:
        print("open", flush=True)
        number = 0
        while True:
            _add(room, rng, f"{seed}-{number}")
            number += 1
            print(number, flush=True)


def _add(room: RoomStorage, rng: random.Random, version_id: str) -> None:
    data = rng.randbytes(rng.choice((100, 100_000, 3_000_000)))
    sha256, size = room.blobs.add_bytes(data)
    texts = [f"page {number} of {version_id} {'é' * rng.randrange(50)}" for number in range(1, rng.randrange(2, 40))]
    pages = page_records(texts)
    passages = passage_records(pages)
    page_file, passage_file = room.scratch / "pages.parquet", room.scratch / "passages.parquet"
    spool.write_pages(page_file, version_id, pages)
    spool.write_passages(passage_file, version_id, passages)
    vector = direction(version_id).astype(np.float32)
    rows = [IndexRow(spool.passage_id(version_id, row.ordinal), version_id, row.text, vector) for row in passages]
    room.passages.replace(version_id, rows)

    def work(tx: Cursor) -> None:
        tx.execute("INSERT INTO documents VALUES (?, NULL, now())", [version_id])
        tx.execute(
            "INSERT INTO versions (version_id, document_id, number, sha256, bytes, added_at, state, page_count, char_count) "
            "VALUES (?, ?, 1, ?, ?, now(), 'indexed', ?, ?)",
            [version_id, version_id, sha256, size, len(pages), sum(map(len, texts))],
        )
        spool.load_pages(tx, page_file)
        spool.load_passages(tx, passage_file)
        trail.record(tx, actor="test", intent="documents.added", subject=version_id, detail={"bytes": size})

    room.db.write(work)


if __name__ == "__main__":
    {"hold": hold, "try_open": try_open, "write_for_ever": write_for_ever}[sys.argv[1]](*sys.argv[2:])
