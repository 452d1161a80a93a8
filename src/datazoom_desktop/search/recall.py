"""Sentence vectors, remembered: a passage looked at once is not embedded again while the room is open."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from datazoom_desktop.engines.embed import Embedder
from datazoom_desktop.search.tighten import Sentence

KEPT = 4_096  #: passages whose sentences are remembered, about 40 MB

Vectors = npt.NDArray[np.float32]


class SentenceVectors:
    """Embeds the sentences of passages, the least recently used forgotten first; thread-safe."""

    def __init__(self, embedder: Embedder) -> None:
        """Embed with ``embedder``; vectors of another of its models are not taken for those of the present one."""
        self._embedder = embedder
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[list[str], Vectors]] = OrderedDict()

    def of(self, passage_ids: Sequence[str], pieces: Sequence[Sentence]) -> Vectors:
        """Return (number of pieces, dims) float32 vectors; a piece's ``passage`` is its position in ``passage_ids``."""
        model = self._embedder.model_id
        keys = [(model, passage_id) for passage_id in passage_ids]
        by_passage: dict[int, list[int]] = {}
        for i, piece in enumerate(pieces):
            by_passage.setdefault(piece.passage, []).append(i)
        texts = {p: [pieces[i].text for i in positions] for p, positions in by_passage.items()}
        with self._lock:
            kept = {p: self._kept[keys[p]] for p in by_passage if keys[p] in self._kept}
        known = {p: vectors for p, (said, vectors) in kept.items() if said == texts[p]}  # else it was read again since
        missing = [p for p in by_passage if p not in known]
        if missing:
            fresh = self._embedder.embed([text for p in missing for text in texts[p]])
            at = 0
            for p in missing:
                known[p] = fresh[at : at + len(by_passage[p])].copy()
                at += len(by_passage[p])
        with self._lock:
            for p in by_passage:
                self._kept[keys[p]] = (texts[p], known[p])
                self._kept.move_to_end(keys[p])
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        out = np.empty((len(pieces), self._embedder.dims), np.float32)
        for p, positions in by_passage.items():
            out[positions] = known[p]
        return out
