"""The seam to whatever turns text into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]  #: shape (N, dims), each row of length 1


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product says how near two texts are in meaning.

    Adapters may be used from several threads at once.
    """

    @property
    def model_id(self) -> str:
        """The model, as stored with an index; vectors of the same id may be compared."""

    @property
    def dims(self) -> int:
        """The number of components of a vector."""

    @property
    def max_tokens(self) -> int:
        """The most word pieces of a text, counted as ``count_tokens`` does, that reach its vector; the rest is cut off."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of ``texts``, shape (N, dims), float32, row i of length 1 for text i.

        A text's vector depends on that text alone: not on its neighbours, their order or their number. An empty text has
        a vector too.
        """

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of word pieces, uncut, without the two marks that the model itself puts around a text."""
