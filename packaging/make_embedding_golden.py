"""Make the reference vectors that tests hold the shipped embedder against.

A developer's script, run in the environment of ``export_embedder.py`` with sentence-transformers added::

    python packaging/make_embedding_golden.py

It writes sentence-transformers' own vectors, float32 rounded to float16, of the texts in ``tests/engines/golden/texts.py``
and, when the sample room is there, of its questions and quotes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

from tests.engines.golden.sample_room import FACTS, texts_of  # noqa: E402
from tests.engines.golden.texts import digest, golden_texts  # noqa: E402

from export_embedder import fetch  # noqa: E402

GOLDEN = ROOT / "tests" / "engines" / "golden"


def write(name: str, model: SentenceTransformer, **groups: list[str]) -> None:
    """Write each group's vectors under its name, and a digest of all the texts they belong to."""
    vectors = {key: model.encode(texts, normalize_embeddings=True).astype(np.float16) for key, texts in groups.items()}
    every = [text for texts in groups.values() for text in texts]
    np.savez_compressed(GOLDEN / name, digest=np.array(digest(every)), **vectors)


def main() -> None:
    """Load the published checkpoint and write the vectors."""
    with tempfile.TemporaryDirectory() as temporary:
        model = SentenceTransformer(str(fetch(Path(temporary))), device="cpu")
    write("texts.npz", model, texts=golden_texts())
    if FACTS.exists():
        questions, quotes = texts_of(FACTS)
        write("sample_room.npz", model, questions=questions, quotes=quotes)


if __name__ == "__main__":
    main()
