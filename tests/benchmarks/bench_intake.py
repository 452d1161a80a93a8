"""Folder to searchable, against what the embedder alone needs for the same passages on the same cores, in one run; one JSON line."""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.engines.embedders import shipped
from datazoom_desktop.organizations.register import Rooms
from tests.support.deal import make_deal


def watch_memory(stop: threading.Event, peak: dict[str, int]) -> None:
    """Keep the largest resident memory of this process and of all its children together, in bytes."""
    this = psutil.Process()
    while not stop.wait(1.0):
        own = this.memory_info().rss
        children = 0
        for child in this.children(recursive=True):
            try:
                children += child.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak["window"] = max(peak["window"], own)
        peak["workers"] = max(peak["workers"], children)


def main() -> int:
    """Take in a generated deal, or the folder named on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        home, deal = Path(folder, "home"), Path(folder, "deal")
        if len(sys.argv) > 1:
            deal = Path(sys.argv[1])
        else:
            make_deal(deal, copies=40)
        Rooms(home).create("Bench")
        peak = {"window": 0, "workers": 0}
        stop = threading.Event()
        watcher = threading.Thread(target=watch_memory, args=(stop, peak))
        with open_workspace(home, "Bench") as room:
            watcher.start()
            began = time.monotonic()
            room.start()
            room.intake.add([deal])
            room.runner.drain()
            seconds = time.monotonic() - began
            stop.set()
            watcher.join()
            coverage = room.documents.coverage()
            with room.storage.db.read() as cursor:
                texts = [row[0] for row in cursor.execute("SELECT prefix || text FROM passages").fetchall()]
        engine = shipped()
        engine.embed(texts[:8])
        began = time.monotonic()
        engine.embed(texts)
        alone = time.monotonic() - began
        print(
            json.dumps(
                {
                    "name": "folder to searchable",
                    "documents": coverage.documents,
                    "pages": coverage.pages,
                    "passages": len(texts),
                    "seconds": round(seconds, 1),
                    "pages_per_s": round(coverage.pages / seconds, 1),
                    "passages_per_s": round(len(texts) / seconds, 1),
                    "embedder alone_s": round(alone, 1),
                    "share of the embedder's pace": f"{alone / seconds:.0%}",
                    "peak_mb": {name: round(size / 1e6) for name, size in peak.items()},
                }
            )
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
