"""A large room: taken in, listed, searched; time, memory, disk; one JSON line.

Run as ``python -m tests.benchmarks.bench_scale [--documents N] [--pages-each M] [--keep FOLDER]``. The default is small enough for
``make bench``; the room that the design is held to is ``--documents 10000``. Documents are generated, half as text with form feeds and
half as PDF with a text layer, in a hundred folders, no two alike.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import psutil

from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.engines.embedders import shipped
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.storage.files import folder_bytes
from tests.support.deal import clause, write_pdf

FOLDERS = 100
CLAUSES_A_PAGE = 4
QUESTIONS = 40
SLICE = 200  #: lines of the index that a list asks for at a time


def make_folder(folder: Path, documents: int, pages_each: int) -> None:
    """Write the documents, always the same."""
    chance = random.Random(19)
    for number in range(documents):
        place = folder / f"{number % FOLDERS + 1} Folder"
        place.mkdir(parents=True, exist_ok=True)
        pages = [
            "\n\n".join(
                [f"AGREEMENT {number + 1}, page {page + 1}", *(clause(chance, n + 1) for n in range(CLAUSES_A_PAGE))]
            )
            for page in range(pages_each)
        ]
        if number % 2:
            write_pdf(place / f"agreement {number + 1}.pdf", pages)
        else:
            (place / f"agreement {number + 1}.txt").write_text("\f".join(pages), encoding="utf-8")


class Peaks:
    """The largest resident memory of this process and of all its children together, in bytes, and the CPU time of all."""

    def __init__(self) -> None:
        self.app = self.workers = 0
        self._seconds: dict[int, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def cpu_seconds(self) -> float:
        return sum(self._seconds.values())

    def _watch(self) -> None:
        this = psutil.Process()
        while not self._stop.wait(0.2):
            self.app = max(self.app, self._look(this))
            self.workers = max(self.workers, sum(map(self._look, this.children(recursive=True))))

    def _look(self, process: psutil.Process) -> int:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            self._seconds[process.pid] = times.user + times.system
            return int(process.memory_info().rss)
        return 0


def milliseconds(act: Callable[[], object], times: int) -> dict[str, float]:
    """Return how long something takes, the first time and in the middle and at the 95th per cent of all times."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    first = taken[0]
    taken.sort()
    return {
        "first": round(first, 1),
        "median": round(statistics.median(taken), 1),
        "p95": round(taken[int(0.95 * (len(taken) - 1))], 1),
    }


def listing(room: Workspace, lines: int) -> dict[str, dict[str, float]]:
    """Measure what a list of documents asks for."""
    chance = random.Random(5)
    return {
        "slice_ms": milliseconds(lambda: room.documents.rows(chance.randrange(max(1, lines - SLICE)), SLICE), 20),
        "coverage_ms": milliseconds(room.documents.coverage, 10),
        "jobs_ms": milliseconds(room.queue.counts, 10),
    }


def searching(room: Workspace) -> dict[str, float]:
    """Measure questions, no two alike."""
    chance = random.Random(6)
    questions = iter([f"What happens {clause(chance, 1)[3:60].lower()}?" for _ in range(QUESTIONS)])
    return milliseconds(lambda: room.search.search(next(questions)), QUESTIONS)


def main(argv: list[str] | None = None) -> int:
    """Generate, take in, list, search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--pages-each", type=int, default=10)
    parser.add_argument("--keep", type=Path, help="a folder for the documents and the room, kept afterwards")
    args = parser.parse_args(argv)
    with contextlib.ExitStack() as ends:
        base = args.keep or Path(ends.enter_context(tempfile.TemporaryDirectory()))
        deal, home = base / "deal", base / "home"
        if not deal.exists():
            make_folder(deal, args.documents, args.pages_each)
        Rooms(home).create("Scale")
        with open_workspace(home, "Scale") as room:
            with Peaks() as peaks:
                began = time.monotonic()
                room.start()
                room.intake.add([deal])
                room.runner.drain()
                seconds = time.monotonic() - began
            began = time.monotonic()
            room.intake.add([deal])
            room.runner.drain()
            again = time.monotonic() - began
            coverage = room.documents.coverage()
            with room.storage.db.read() as cursor:
                texts = [row[0] for row in cursor.execute("SELECT prefix || text FROM passages LIMIT 2000").fetchall()]
            passages = room.storage.passages.count()
            row: dict[str, object] = {
                "name": "large room",
                "documents": coverage.documents,
                "pages": coverage.pages,
                "searchable": coverage.searchable,
                "passages": passages,
                "seconds": round(seconds, 1),
                "cpu_s": round(peaks.cpu_seconds, 1),
                "pages_per_s": round(coverage.pages / seconds, 1),
                "looked through again_s": round(again, 1),
                "peak_mb": {"app": round(peaks.app / 1e6), "workers": round(peaks.workers / 1e6)},
                "disk_mb": {
                    "documents": round(folder_bytes(deal) / 1e6),
                    "room": round(folder_bytes(room.storage.folder) / 1e6),
                },
                **listing(room, coverage.documents),
                "search_ms": searching(room),
            }
        engine = shipped()
        engine.embed(texts[:8])
        began = time.monotonic()
        engine.embed(texts)
        alone = (time.monotonic() - began) * passages / max(1, len(texts))
        row["share of the embedder's pace"] = f"{alone / seconds:.0%}"
        print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
