"""What a store is given and what it leaves, as files; needs numpy alone, so that every environment has it.

A task's folder holds ``vectors.npy`` (rows x dims, float32, unit length), ``documents.npy`` (rows, the document each row is of, rising),
``queries.npy`` and ``shapes.json``. A store leaves ``<name>.npz`` for each of its settings.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

WARM = 20  #: questions asked before any is timed


class Shape(NamedTuple):
    """One way of asking: the ``k`` nearest rows, in all documents or, question by question in turn, within one of ``scopes``."""

    name: str
    k: int
    scopes: Sequence[Sequence[int]]


class Task(NamedTuple):
    """What is compared on."""

    folder: Path
    vectors: Floats
    documents: Ints
    queries: Floats
    shapes: Sequence[Shape]


def load(folder: Path) -> Task:
    """Return the task in ``folder``; the vectors stay on the disk until they are touched."""
    shapes = [Shape(*one) for one in json.loads((folder / "shapes.json").read_text())]
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    return Task(folder, vectors, np.load(folder / "documents.npy"), np.load(folder / "queries.npy"), shapes)


def measure(
    task: Task, name: str, ask: Callable[[Floats, Shape, Sequence[int] | None], Sequence[int]], **facts: float
) -> None:
    """Ask every question in every shape, and leave times (ms) and rows found beside ``facts``, such as build seconds."""
    left: dict[str, npt.NDArray[np.generic]] = {key: np.array(value) for key, value in facts.items()}
    for number, shape in enumerate(task.shapes):
        times = np.empty(len(task.queries))
        found = np.full((len(task.queries), shape.k), -1, np.int64)
        for at in (*range(WARM), *range(len(task.queries))):
            scope = shape.scopes[at % len(shape.scopes)] if shape.scopes else None
            began = time.perf_counter()
            rows = ask(task.queries[at], shape, scope)
            times[at] = (time.perf_counter() - began) * 1000
            found[at, : len(rows)] = rows
        left[f"times{number}"], left[f"found{number}"] = times, found
    np.savez(task.folder / f"{name}.npz", **left)
