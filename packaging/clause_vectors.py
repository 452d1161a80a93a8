"""Makes ``resources/clause_vectors.npz``: the vectors of the clause library that ships, by the embedder that ships.

Usage: python packaging/clause_vectors.py

To be run after every change of ``resources/clauses``; a test says when it was forgotten.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from datazoom_desktop.engines.embedders import shipped
from datazoom_desktop.search.clause_vectors import SHIPPED, packed, texts_of
from datazoom_desktop.search.clauses import folders, load

OUT = Path(__file__).resolve().parents[1] / "resources" / SHIPPED


def main() -> int:
    """Write the file."""
    library, problems = load(folders(Path("nowhere"))[0])
    assert not problems, problems
    texts = texts_of(library.clauses)
    engine = shipped()
    OUT.write_bytes(packed(texts, engine.embed(texts).astype(np.float16), engine.model_id))
    print(f"wrote {len(texts):,} vectors to {OUT.name}, {OUT.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
