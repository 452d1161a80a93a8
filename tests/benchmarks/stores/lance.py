"""LanceDB: this product's own index, and the index types that LanceDB offers, on a plain table; and every vector compared by numpy."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from datazoom_desktop.storage.files import folder_bytes
from datazoom_desktop.storage.passage_index import IndexRow, PassageIndex
from tests.benchmarks.stores.task import Floats, Shape, Task, load, measure

ROWS_A_WRITE = 5_000

Ask = Callable[[Floats, Shape, Sequence[int] | None], Sequence[int]]


def ours(task: Task, folder: Path) -> None:
    """The product's index as intake fills it, tidied as intake does."""
    index = PassageIndex(folder)
    began = time.perf_counter()
    for start in range(0, len(task.vectors), ROWS_A_WRITE):
        rows: dict[str, list[IndexRow]] = {}
        for number in range(start, min(start + ROWS_A_WRITE, len(task.vectors))):
            version = f"v{task.documents[number]}"
            rows.setdefault(version, []).append(IndexRow(str(number), version, "text", task.vectors[number]))
        index.replace_many(rows)
    index.optimize()
    built = time.perf_counter() - began

    def ask(query: Floats, shape: Shape, scope: Sequence[int] | None) -> Sequence[int]:
        versions = None if scope is None else [f"v{number}" for number in scope]
        return [int(passage) for passage, _cosine in index.nearest(query, shape.k, versions)]

    measure(task, "ours", ask, build_s=built, disk_mb=folder_bytes(folder) / 1e6)


def plain(task: Task, folder: Path, kind: str) -> None:
    """A table with one of LanceDB's indexes over its vectors ("FLAT": none), and one over the documents."""
    import lancedb
    from lancedb import index as kinds

    rows, dims = task.vectors.shape
    parts = max(1, rows // 4_096)
    settings: dict[str, tuple[Any, dict[str, int]]] = {
        "FLAT": (None, {}),
        "IVF_FLAT": (kinds.IvfFlat(distance_type="cosine", num_partitions=parts), {"nprobes": max(1, parts // 2)}),
        "IVF_SQ": (
            kinds.IvfSq(distance_type="cosine", num_partitions=parts),
            {"nprobes": max(1, parts // 2), "refine_factor": 2},
        ),
        "IVF_PQ": (
            kinds.IvfPq(distance_type="cosine", num_partitions=parts, num_sub_vectors=dims // 8),
            {"nprobes": max(1, parts // 2), "refine_factor": 6},
        ),
        "IVF_RQ": (
            kinds.IvfRq(distance_type="cosine", num_partitions=parts),
            {"nprobes": max(1, parts // 2), "refine_factor": 6},
        ),
        "IVF_HNSW_SQ": (
            kinds.HnswSq(distance_type="cosine", num_partitions=1, m=20, ef_construction=150),
            {"nprobes": 1, "ef": 200, "refine_factor": 2},
        ),
    }
    config, asking = settings[kind]
    matrix = np.ascontiguousarray(task.vectors)
    data = pa.table(
        {
            "id": pa.array(np.arange(rows)),
            "document": pa.array(task.documents),
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel()), dims),
        }
    )
    began = time.perf_counter()
    table = lancedb.connect(folder).create_table("plain", data)
    table.create_index("document", config=kinds.BTree())
    if config is not None:
        table.create_index("vector", config=config)
    built = time.perf_counter() - began
    del data, matrix

    def ask(query: Floats, shape: Shape, scope: Sequence[int] | None) -> Sequence[int]:
        search: Any = table.search(query).distance_type("cosine").select(["id", "_distance"]).limit(shape.k)
        for name, value in asking.items():
            search = getattr(search, name)(max(value, 2 * shape.k) if name == "ef" else value)
        if scope is not None:
            search = search.where(f"document IN ({', '.join(map(str, scope))})", prefilter=True)
        found: Sequence[int] = search.to_arrow()["id"].to_pylist()
        return found

    measure(task, kind, ask, build_s=built, disk_mb=folder_bytes(folder) / 1e6)


def exact(task: Task, folder: Path) -> None:
    """Every vector compared in memory, by numpy."""
    began = time.perf_counter()
    matrix = np.array(task.vectors)
    built = time.perf_counter() - began

    def ask(query: Floats, shape: Shape, scope: Sequence[int] | None) -> Sequence[int]:
        rows = None
        if scope is not None:
            rows = np.flatnonzero(np.isin(task.documents, scope))
        cosines = matrix @ query if rows is None else matrix[rows] @ query
        k = min(shape.k, len(cosines))
        best = np.argpartition(-cosines, k - 1)[:k]
        best = best[np.argsort(-cosines[best])]
        found: Sequence[int] = (best if rows is None else rows[best]).tolist()
        return found

    measure(task, "numpy", ask, build_s=built, disk_mb=matrix.nbytes / 1e6)


def main(task_folder: Path, folder: Path, kind: str) -> None:
    """Fill one store in ``folder`` and ask it."""
    task = load(task_folder)
    if kind == "ours":
        ours(task, folder)
    elif kind == "numpy":
        exact(task, folder)
    else:
        plain(task, folder, kind)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
