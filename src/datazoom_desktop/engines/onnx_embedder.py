"""The embedder that ships: all-MiniLM-L6-v2 on the processor, through ONNX Runtime.

The graph takes the word pieces of one text and returns its vector (``packaging/export_embedder.py`` makes it and says
why), so there is no batch, no padding, and no way for texts to influence each other. Throughput comes from running
single texts on parallel threads, the longest first so that no thread is left with a long one at the end.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from datazoom_desktop.engines.device import usable_cores
from datazoom_desktop.engines.embed import Vectors
from datazoom_desktop.engines.word_pieces import WordPieces
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.resources import resource_path

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_MARKS = 2  #: word pieces that the tokenizer puts around a text
# The fused form of "add, then normalise" measured five times slower on small inputs than the two steps.
_SLOW_FUSIONS = ["SkipLayerNormFusion"]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What is in memory once the weights are read and verified."""

    session: Any
    tokenizer: Tokenizer
    counter: WordPieces


@dataclass(frozen=True, slots=True)
class _Card:
    """``model.json``: what the folder says of itself."""

    model_id: str
    dims: int
    max_word_pieces: int
    hashes: dict[str, str]


class OnnxEmbedder:
    """An ``Embedder`` over a folder with ``model.onnx``, ``tokenizer.json`` and ``model.json``.

    Nothing is read until the first use; then every file is held against the hash in ``model.json``, once.
    """

    def __init__(self, model_dir: Path | None = None, threads: int | None = None) -> None:
        """Use the model in ``model_dir`` (None: the one that ships) on ``threads`` threads (None: what the machine has)."""
        self._folder = model_dir or resource_path("models", "all-MiniLM-L6-v2")
        self._threads = threads
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._known_card: _Card | None = None
        self._known: _Loaded | None = None

    @property
    def folder(self) -> Path:
        """Where the model's files are."""
        return self._folder

    @property
    def model_id(self) -> str:
        """The model, as stored with an index."""
        return self._card().model_id

    @property
    def dims(self) -> int:
        """The number of components of a vector."""
        return self._card().dims

    @property
    def max_tokens(self) -> int:
        """The most word pieces of a text, as ``count_tokens`` counts them, that reach its vector."""
        return self._card().max_word_pieces - _MARKS

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of ``texts``, shape (N, dims), float32; see ``Embedder.embed``.

        Raises:
            Problem: The model's files are missing or are not the ones that were shipped.
        """
        loaded = self._loaded()
        vectors = np.empty((len(texts), self.dims), dtype=np.float32)
        pieces = [np.asarray(e.ids, dtype=np.int64) for e in loaded.tokenizer.encode_batch([_valid(t) for t in texts])]

        def fill(row: int) -> None:
            vectors[row] = loaded.session.run(None, {"ids": pieces[row]})[0]

        rows = sorted(range(len(texts)), key=lambda row: -len(pieces[row]))
        workers = min(self._threads or usable_cores(), len(rows))
        if workers <= 1:
            for row in rows:
                fill(row)
            return vectors
        with ThreadPoolExecutor(workers, thread_name_prefix="embed") as pool:
            for _ in pool.map(fill, rows):
                pass
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of word pieces, uncut, without the two marks put around a text.

        Raises:
            Problem: The model's files are missing or are not the ones that were shipped.
        """
        loaded = self._loaded()
        with self._counting:
            return loaded.counter.count([_valid(text) for text in texts])

    def _card(self) -> _Card:
        """Return what ``model.json`` says, read once."""
        if self._known_card is None:
            self._known_card = _read_card(self._folder)
        return self._known_card

    def _loaded(self) -> _Loaded:
        """Return the model in memory, read and verified by the first caller while the others wait."""
        with self._lock:
            if self._known is None:
                self._known = _load(self._folder, self._card())
            return self._known


def _valid(text: str) -> str:
    """Return ``text`` with what no encoding can carry (half a surrogate pair) replaced by a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _read_card(folder: Path) -> _Card:
    """Read ``model.json``; a Problem if it is missing or makes no sense."""
    try:
        card = json.loads((folder / "model.json").read_bytes())
        hashes = {name: str(card["files"][name]["sha256"]) for name in ("model.onnx", "tokenizer.json")}
        return _Card(str(card["id"]), int(card["dims"]), int(card["max_word_pieces"]), hashes)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, "model.json") from error


def _load(folder: Path, card: _Card) -> _Loaded:
    """Read the files into memory, hold them against their hashes, and start a session from those very bytes."""
    import onnxruntime
    from tokenizers import Tokenizer

    weights = _verified(folder, "model.onnx", card)
    spelling = _verified(folder, "tokenizer.json", card)
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        weights, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOW_FUSIONS
    )
    tokenizer = Tokenizer.from_buffer(spelling)
    tokenizer.no_padding()
    tokenizer.enable_truncation(card.max_word_pieces)
    return _Loaded(session, tokenizer, WordPieces(folder / "tokenizer.json"))


def _verified(folder: Path, name: str, card: _Card) -> bytes:
    """Return a file's bytes if they are the ones that were shipped, else raise the Problem."""
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise _damaged(folder, name) from error
    if hashlib.sha256(data).hexdigest() != card.hashes[name]:
        raise _damaged(folder, name)
    return data


def _damaged(folder: Path, name: str) -> Problem:
    """Return the Problem of a file that is missing or is not the one that was shipped."""
    there = (folder / name).exists()
    return Problem(
        "The search model is damaged" if there else "The search model is missing",
        f"{name}, which search needs, {'is not as it was shipped' if there else 'is not there'}.",
        "Install DataZoom again. Your rooms and documents are not affected.",
        str(folder / name),
    )
