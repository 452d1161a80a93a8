"""Ridge logistic regression, by which everything in ``resources/ranking.json`` is learned; pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from datazoom_desktop.search.judge import Linear

RIDGE = 1.0

Matrix = npt.NDArray[np.float32]


def logistic(x: Matrix, y: npt.NDArray[np.bool_], names: tuple[str, ...], used: Sequence[str]) -> Linear:
    """Return the ridge logistic regression of ``y`` (N,) on the columns ``used`` of ``x`` (N, F), found by Newton's method."""
    kept = [i for i, name in enumerate(names) if name in used]
    mean, spread = x[:, kept].mean(0), np.maximum(x[:, kept].std(0), 1e-6)
    z = np.column_stack([(x[:, kept] - mean) / spread, np.ones(len(x))]).astype(np.float64)
    ridge = np.diag([RIDGE] * len(kept) + [1e-9])
    w = np.zeros(z.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(z @ w, -30, 30)))
        step = np.linalg.solve((z * (p * (1 - p))[:, None]).T @ z + ridge, z.T @ (p - y) + ridge @ w)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    weights = np.zeros(len(names), np.float32)
    weights[kept] = w[:-1] / spread
    return Linear(names, weights, float(w[-1] - (w[:-1] * mean / spread).sum()))
