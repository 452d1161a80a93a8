"""Vectors to compare stores with: real passages and real questions through the embedder that ships, and more by a fixed scheme.

Real are the passages of the sample room's files, of generated agreements, and of the shared contracts where they lie beside the
checkout, cut as intake cuts them (about 13,000 with the contracts, 2,000 without). Where more are asked for, further documents are
copies of real ones that say something else: each vector is a real one moved by a part (0.4 to 0.9) of the difference between two other
real passages that are near neighbours of each other, then by a little noise in every direction (0.05 in all), and brought back to
length one. Moving along differences that occur keeps the shape of the cloud; noise alone would spread it into directions that text never
takes. The questions are real ones with vectors of their own; none of them made a passage.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.intake import work
from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.storage import spool
from tests.corpora import shared_folder
from tests.support.deal import text_of

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

PASSAGES_A_DOCUMENT = 50
NEIGHBOURS = 32
AGREEMENTS = 40


class Data(NamedTuple):
    """Vectors (rows, 384) of unit length, the document of each, and those of questions."""

    vectors: Floats
    documents: Ints
    queries: Floats


@dataclass(frozen=True)
class _Context:
    scratch: Path

    def progress(self, done: int, total: int) -> None:
        """Nobody watches."""

    def check(self) -> None:
        """Nobody stops it."""


def make(rows: int, kept: Path) -> Data:
    """Return ``rows`` vectors and the questions'; what was embedded is kept in the folder ``kept`` for the next time."""
    texts, questions = _texts(), _questions()
    real = _embedded(texts, kept)
    queries = _embedded(questions, kept)
    documents = np.arange(rows, dtype=np.int64) // PASSAGES_A_DOCUMENT
    if rows <= len(real):
        return Data(real[:rows], documents, queries)
    return Data(np.concatenate((real, _further(real, rows - len(real)))), documents, queries)


def _further(real: Floats, count: int) -> Floats:
    """Return ``count`` vectors of documents that are like the real ones; see the module."""
    chance = np.random.default_rng(20260301)
    near = _neighbours(real)
    out = np.empty((count, real.shape[1]), np.float32)
    for start in range(0, count, 50_000):
        here = out[start : start + 50_000]
        base = real[np.arange(start, start + len(here)) % len(real)]
        one = chance.integers(0, len(real), len(here))
        other = near[one, chance.integers(0, NEIGHBOURS, len(here))]
        part = chance.uniform(0.4, 0.9, (len(here), 1)).astype(np.float32)
        noise = chance.standard_normal(here.shape, np.float32) * np.float32(0.05 / here.shape[1] ** 0.5)
        here[:] = base + part * (real[one] - real[other]) + noise
        here /= np.linalg.norm(here, axis=1, keepdims=True)
    return out


def _neighbours(real: Floats) -> npt.NDArray[np.int64]:
    """Return for each vector the positions of its nearest others, the equal ones left out by distance."""
    out = np.empty((len(real), NEIGHBOURS), np.int64)
    for start in range(0, len(real), 1_000):
        cosines = real[start : start + 1_000] @ real.T
        cosines[cosines > 0.999] = -1.0  # itself and its twins: no difference
        out[start : start + 1_000] = np.argpartition(-cosines, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    return out


def _texts() -> list[str]:
    """Return what is indexed of real passages, document after document."""
    chance = random.Random(3)
    shared = shared_folder() / "retrieval_dev"
    folders = [resource_path("sample_room", "files"), shared / "corpus", shared / "corpus_classify_extra"]
    texts: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        made = Path(place, "made")
        made.mkdir()
        for number in range(AGREEMENTS):
            text = text_of(chance, f"AGREEMENT {number + 1}", 60)
            (made / f"{number:02}.txt").write_text(text, encoding="utf-8")
        files = [file for folder in (*folders, made) for file in sorted(folder.rglob("*")) if file.is_file()]
        for number, file in enumerate(files):
            scratch = Path(place, str(number))
            scratch.mkdir()
            payload = {"file": str(file), "name": file.name, "version_id": "v"}
            if not work.read(payload, _Context(scratch))["coverage"]:
                texts += [text for _, text in spool.passage_texts(scratch / work.PASSAGES)]
    return texts


def _questions() -> list[str]:
    """Return real questions, each once: the sample room's and, where they are, those about the shared contracts."""
    facts = json.loads(resource_path("sample_room", "facts.json").read_text(encoding="utf-8"))
    asked = [one["question"] for one in facts["questions"]]
    file = shared_folder() / "retrieval_dev" / "queries.jsonl"
    if file.is_file():
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        asked += [line[form] for line in lines for form in ("query", "query_alt") if line.get(form)]
    return list(dict.fromkeys(asked))


def _embedded(texts: list[str], kept: Path) -> Floats:
    """Return the texts' vectors, from ``kept`` where the same texts were embedded before."""
    engine = OnnxEmbedder()
    digest = hashlib.sha256("\0".join((engine.model_id, *texts)).encode("utf-8", "replace")).hexdigest()
    file = kept / f"vectors-{digest[:16]}.npy"
    if not file.exists():
        print(f"embedding {len(texts):,} texts", file=sys.stderr)
        kept.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        with part.open("wb") as stream:
            np.save(stream, engine.embed(texts))
        part.replace(file)
    vectors: Floats = np.load(file)
    return vectors
