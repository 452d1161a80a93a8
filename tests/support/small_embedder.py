"""A second search model, real and small: the mean of a fixed random vector for each word piece, in the product's own form.

The graph is written here byte by byte, since nothing that the tests need can write one: Gather, ReduceMean, ReduceL2, Div.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from datazoom_desktop.kernel.resources import resource_path

DIMS = 96
_WORDS = 30_522
_FLOAT, _INT64 = 1, 7


def make_small_embedder(folder: Path, model_id: str = "words-96", *, dims: int = DIMS, seed: int = 5) -> Path:
    """Write the model into ``folder``, which is made, and return it."""
    folder.mkdir(parents=True)
    table = np.random.default_rng(seed).standard_normal((_WORDS, dims)).astype("<f4")
    (folder / "model.onnx").write_bytes(_model(table))
    shutil.copyfile(resource_path("models", "all-MiniLM-L6-v2", "tokenizer.json"), folder / "tokenizer.json")
    files = {
        name: {"sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()}
        for name in ("model.onnx", "tokenizer.json")
    }
    card = {"id": model_id, "dims": dims, "max_word_pieces": 256, "files": files}
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
    return folder


def _model(table: np.ndarray) -> bytes:
    over_rows = _bytes(1, b"axes") + _varint(8, 0) + _varint(20, 7)
    flat, kept = (_bytes(1, b"keepdims") + _varint(3, flag) + _varint(20, 2) for flag in (0, 1))
    graph = b"".join(
        (
            _node("Gather", ["table", "ids"], "words"),
            _node("ReduceMean", ["words"], "mean", over_rows, flat),
            _node("ReduceL2", ["mean"], "length", over_rows, kept),
            _node("Div", ["mean", "length"], "vector"),
            _bytes(2, b"words"),
            _bytes(5, _tensor("table", table)),
            _bytes(11, _value("ids", _INT64, _bytes(2, b"pieces"))),
            _bytes(12, _value("vector", _FLOAT, _varint(1, table.shape[1]))),
        )
    )
    opset = _bytes(1, b"") + _varint(2, 17)
    return _varint(1, 8) + _bytes(7, graph) + _bytes(8, opset)


def _node(kind: str, inputs: Sequence[str], output: str, *attributes: bytes) -> bytes:
    parts = [_bytes(1, name.encode()) for name in inputs]
    parts += [_bytes(2, output.encode()), _bytes(4, kind.encode())]
    parts += [_bytes(5, attribute) for attribute in attributes]
    return _bytes(1, b"".join(parts))


def _tensor(name: str, values: np.ndarray) -> bytes:
    dims = b"".join(_varint(1, size) for size in values.shape)
    return dims + _varint(2, _FLOAT) + _bytes(8, name.encode()) + _bytes(9, values.tobytes())


def _value(name: str, kind: int, dim: bytes) -> bytes:
    tensor = _varint(1, kind) + _bytes(2, _bytes(1, dim))
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, tensor))


def _varint(field: int, value: int) -> bytes:
    return _number(field << 3) + _number(value)


def _bytes(field: int, content: bytes) -> bytes:
    return _number(field << 3 | 2) + _number(len(content)) + content


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))
