"""txtai: pypdf reads the pages, 500-character chunks with 50 shared, one index with its content beside it."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader
from txtai.embeddings import Embeddings

CHARACTERS, SHARED = 500, 50


def pages_of(file: Path) -> list[str]:
    """Return the texts of a file's pages."""
    if file.suffix.lower() == ".pdf":
        return [page.extract_text() for page in PdfReader(file).pages]
    return [file.read_text(encoding="utf-8")]


def main(folder: Path, model: str) -> None:
    """Take the folder in and print the figures."""
    counts = {"pages": 0, "chunks": 0, "chars": 0}

    def chunks() -> Iterator[tuple[str, str, None]]:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            for number, text in enumerate(pages_of(file), start=1):
                counts["pages"] += 1
                for at in range(0, max(1, len(text)), CHARACTERS - SHARED):
                    piece = text[at : at + CHARACTERS]
                    if piece.strip():
                        counts["chunks"] += 1
                        counts["chars"] += len(piece)
                        yield f"{file}#{number}@{at}", piece, None

    index = Embeddings(path=model, content=True, hybrid=True)
    index.index([("warm", "The model is loaded before the clock starts.", None)])
    with tempfile.TemporaryDirectory() as kept:
        began = time.perf_counter()
        index.index(chunks())
        index.save(kept)
        seconds = time.perf_counter() - began
    assert index.search("termination for convenience", 1), "nothing can be found"
    print(json.dumps({**counts, "seconds": round(seconds, 1)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
