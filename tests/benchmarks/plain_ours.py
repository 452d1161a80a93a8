"""One folder into a fresh room, as ``bench_rivals`` times it; prints one JSON line like the rivals' programs."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.organizations.register import Rooms


def main(folder: Path) -> int:
    """Take the folder in and print the figures; the start of the worker processes is within them."""
    with tempfile.TemporaryDirectory() as kept:
        home = Path(kept)
        Rooms(home).create("Bench")
        with open_workspace(home, "Bench") as room:
            began = time.perf_counter()
            room.start()
            room.intake.add([folder])
            room.runner.drain()
            seconds = time.perf_counter() - began
            pages = room.documents.coverage().pages
            assert room.search.search("termination for convenience", 1).hits, "nothing can be found"
            with room.storage.db.read() as cursor:
                chunks, chars = cursor.execute("SELECT count(*), sum(length(text)) FROM passages").fetchone() or (0, 0)
        print(json.dumps({"pages": pages, "chunks": chunks, "chars": int(chars), "seconds": round(seconds, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
