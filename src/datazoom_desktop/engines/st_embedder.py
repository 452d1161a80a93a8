"""The same embedder through sentence-transformers, for machines with a graphics card (the ``gpu`` extra).

Its vectors may be compared with those of the embedder that ships, so it has the same ``model_id``: a room indexed on one
can be searched with the other. It never fetches anything: the published checkpoint must be on this machine.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from datazoom_desktop.engines.embed import Vectors
from datazoom_desktop.kernel.errors import Problem

PUBLISHED = "sentence-transformers/all-MiniLM-L6-v2"
_MAX_WORD_PIECES = 256
_MARKS = 2
_BATCH = 128


class StEmbedder:
    """An ``Embedder`` over a sentence-transformers checkpoint of all-MiniLM-L6-v2."""

    model_id = "all-MiniLM-L6-v2"
    dims = 384
    max_tokens = _MAX_WORD_PIECES - _MARKS

    def __init__(self, checkpoint: str | Path = PUBLISHED, device: str | None = None) -> None:
        """Use ``checkpoint``, a folder or a published name already on this machine, on ``device`` (None: the best there is)."""
        self._checkpoint = str(checkpoint)
        self._device = device
        self._lock = threading.Lock()
        self._known: Any = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of ``texts``, shape (N, 384), float32; see ``Embedder.embed``.

        Texts share padded batches here, which moves a vector by rounding only (less than 1e-5 a component).

        Raises:
            Problem: sentence-transformers or the checkpoint is not installed.
        """
        if not texts:
            return np.empty((0, self.dims), dtype=np.float32)
        with self._lock:
            found = self._model().encode(
                list(texts),
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(found, dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of word pieces, uncut, without the two marks put around a text.

        Raises:
            Problem: sentence-transformers or the checkpoint is not installed.
        """
        if not texts:
            return []
        with self._lock:
            tokenizer = self._model().tokenizer
            pieces = tokenizer(list(texts), add_special_tokens=False, truncation=False, padding=False, verbose=False)
        return [len(ids) for ids in pieces["input_ids"]]

    def _model(self) -> Any:
        """Return the model, loaded at first use; the lock is held."""
        if self._known is None:
            try:
                from sentence_transformers import SentenceTransformer
            except ImportError as error:
                raise Problem(
                    "Graphics card support is not installed",
                    "Indexing on the graphics card needs sentence-transformers.",
                    "Install it with: pip install 'datazoom-desktop[gpu]'.",
                ) from error
            try:
                self._known = SentenceTransformer(self._checkpoint, device=self._device, local_files_only=True)
            except (OSError, ValueError) as error:
                raise Problem(
                    "The search model is missing",
                    f"{self._checkpoint} is not on this machine.",
                    "Download it with sentence-transformers once, or name the folder that holds it.",
                    self._checkpoint,
                ) from error
            self._known.max_seq_length = _MAX_WORD_PIECES
        return self._known
