"""The seam for reading words from pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Quad = tuple[tuple[float, float], ...]  #: four corners (x, y) in pixels, clockwise from the text's top left


@dataclass(frozen=True, slots=True)
class OcrWord:
    """A recognised word and where it stands; the picture's origin is top left."""

    text: str
    quad: Quad


@dataclass(frozen=True, slots=True)
class OcrLine:
    """A recognised line.

    Attributes:
        text: The line as read.
        confidence: 0 to 1.
        quad: Where it stands; slanted on a skewed page.
        words: Its words in reading order; empty where the engine tells no words apart.
    """

    text: str
    confidence: float
    quad: Quad
    words: tuple[OcrWord, ...] = ()


class Ocr(Protocol):
    """Reads the words in a picture."""

    name: str

    def recognise(self, image: Image) -> list[OcrLine]:
        """Return the lines found in an (H, W, 3) RGB picture, in no particular order."""
        ...
