"""Stores of vectors side by side on the same vectors and questions in one run; a JSON line for each store, setting and size.

Ours, the index types of LanceDB, plain comparison by numpy, and the web product's own store: PostgreSQL with pgvector, IVFFlat of 100
lists and HNSW. Run as ``python -m tests.benchmarks.bench_vectors [--sizes 100000,1000000] [--stores ours,IVF_SQ,hnsw] [--questions 400]``.
Where the vectors come from is told in ``vector_data``. Each store runs in a process of its own with the machine to itself, is filled
and indexed, then asked one question at a time, in four shapes: the 10 nearest, and as search in this product asks, the 128 nearest in the
whole room, in 20 documents (1,000 rows), and in every third document. ``recall`` is the share of the true nearest that are among
those found, where one as near as the last of the true ones counts too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil

from tests.benchmarks import vector_data
from tests.benchmarks.bench_rivals import held
from tests.benchmarks.stores.task import Floats, Ints, Shape

ROOT = Path(__file__).resolve().parents[2]
LANCE = ("numpy", "FLAT", "ours", "IVF_FLAT", "IVF_SQ", "IVF_PQ", "IVF_RQ", "IVF_HNSW_SQ")
POSTGRES = ("ivfflat", "hnsw")
SCOPES = 10
LOOK_SECONDS = 0.5


def shapes(documents: int) -> list[Shape]:
    """Return the ways of asking in a room of so many documents."""
    chance = np.random.default_rng(4)
    few = [sorted(chance.choice(documents, min(20, documents), replace=False).tolist()) for _ in range(SCOPES)]
    third = [sorted(chance.choice(documents, documents // 3, replace=False).tolist()) for _ in range(SCOPES)]
    return [Shape("top10", 10, []), Shape("top128", 128, []), Shape("few", 128, few), Shape("third", 128, third)]


def true_bounds(data: vector_data.Data, asked: Sequence[Shape]) -> list[list[float]]:
    """Return by shape and question the cosine of the last of the true nearest."""
    out: list[list[float]] = [[] for _ in asked]
    within = [[np.isin(data.documents, scope) for scope in shape.scopes] for shape in asked]
    for number, query in enumerate(data.queries):
        cosines = data.vectors @ query
        for shape, masks, bounds in zip(asked, within, out, strict=True):
            some = cosines[masks[number % len(masks)]] if masks else cosines
            k = min(shape.k, len(some))
            bounds.append(float(np.partition(some, len(some) - k)[len(some) - k]))
    return out


def recall(data: vector_data.Data, found: Ints, bounds: Sequence[float], k: int) -> float:
    """Return the share of the true nearest that were found."""
    right = total = 0
    for query, rows, bound in zip(data.queries, found, bounds, strict=True):
        rows = np.unique(rows[rows >= 0])
        right += min(k, int((data.vectors[rows] @ query >= bound - 1e-5).sum()))
        total += k
    return right / total


def run(command: list[str], environment: dict[str, str]) -> int:
    """Run a store to its end; return the most resident memory of it and its processes, in bytes."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said)
        watched, peak = psutil.Process(process.pid), 0
        while True:
            try:
                process.wait(LOOK_SECONDS)
                break
            except subprocess.TimeoutExpired:
                peak = max(peak, held(watched))
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}:\n{said.read()[-2000:]}")
    return peak


def report(
    data: vector_data.Data, asked: Sequence[Shape], bounds: Sequence[Sequence[float]], file: Path, peak: int
) -> None:
    """Print the line of one store and setting."""
    left = np.load(file)
    line: dict[str, object] = {
        "name": f"vectors, {len(data.vectors):,}: {file.stem}",
        "build_s": round(float(left["build_s"]), 1),
        "disk_mb": round(float(left["disk_mb"])),
        "peak_mb": round(peak / 1e6),
    }
    for number, shape in enumerate(asked):
        p50, p95, p99 = np.percentile(left[f"times{number}"], (50, 95, 99))
        k = min(shape.k, len(data.vectors))
        line[shape.name] = {
            "p50_ms": round(float(p50), 2),
            "p95_ms": round(float(p95), 2),
            "p99_ms": round(float(p99), 2),
            "recall": round(recall(data, left[f"found{number}"], bounds[number], k), 4),
        }
    print(json.dumps(line), flush=True)


def compare(rows: int, stores: Sequence[str], questions: int, python: Path) -> None:
    """Compare the stores with so many vectors and questions."""
    data = vector_data.make(rows, ROOT / ".bench")
    chosen: Floats = data.queries[np.random.default_rng(1).permutation(len(data.queries))[:questions]]
    data = data._replace(queries=chosen)
    asked = shapes(int(data.documents[-1]) + 1)
    bounds = true_bounds(data, asked)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, array in (("vectors", data.vectors), ("documents", data.documents), ("queries", data.queries)):
            np.save(folder / f"{name}.npy", array)
        (folder / "shapes.json").write_text(json.dumps(asked))
        plain = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        for kind in stores:
            with tempfile.TemporaryDirectory() as kept:
                before = set(folder.glob("*.npz"))
                if kind in POSTGRES:
                    program = ROOT / "tests" / "benchmarks" / "stores" / "postgres.py"
                    peak = run([str(python), str(program), str(folder), f"{kept}/server", kind], plain)
                else:
                    module = [sys.executable, "-m", "tests.benchmarks.stores.lance"]
                    peak = run([*module, str(folder), kept, kind], dict(os.environ))
                for file in sorted(set(folder.glob("*.npz")) - before):
                    report(data, asked, bounds, file, peak)


def main() -> int:
    """Compare at each size; return 2 when a store is not there."""
    parser = argparse.ArgumentParser(description="Compare stores of vectors.")
    parser.add_argument("--sizes", default="100000", help="how many vectors, separated by commas (default 100000)")
    parser.add_argument("--stores", default=",".join((*LANCE, *POSTGRES)), help="which stores, separated by commas")
    parser.add_argument("--questions", type=int, default=400, help="how many questions, at most (default 400)")
    parser.add_argument(
        "--python", type=Path, default=ROOT / ".bench" / "stores" / "bin" / "python", help="of PostgreSQL's environment"
    )
    given = parser.parse_args()
    stores = given.stores.split(",")
    if unknown := set(stores).difference((*LANCE, *POSTGRES)):
        parser.error(f"no such store: {', '.join(sorted(unknown))}")
    if set(stores) & set(POSTGRES) and not given.python.exists():
        print("PostgreSQL's environment is not there: `make bench` makes it.", file=sys.stderr)
        return 2
    for size in given.sizes.split(","):
        compare(int(size), stores, given.questions, given.python)
    return 0


if __name__ == "__main__":
    sys.exit(main())
