"""The seam for reading words from pictures: finding where lines stand, and reading them, are two steps.

Between the two a caller can look at how the lines lie, turn the picture, or read only a few of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Quad = tuple[tuple[float, float], ...]  #: four corners (x, y) in pixels, clockwise from the text's top left


@dataclass(frozen=True, slots=True)
class OcrWord:
    """A recognised word, where it stands (the picture's origin is top left), and how sure its letters are, 0 to 1."""

    text: str
    quad: Quad
    confidence: float = 1.0


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

    def find(self, image: Image) -> list[Quad]:
        """Return where lines of text stand in an (H, W, 3) RGB picture, in no particular order.

        Which of its ends a line starts at is not known yet: corners are clockwise from the one nearest the picture's top left.
        """
        ...

    def read(self, image: Image, quads: Sequence[Quad], check: Callable[[], None]) -> list[OcrLine | None]:
        """Return what each quad holds, None where that is no text; a line starts at its quad's first corner.

        ``check`` is called between lines, at least every second; what it raises ends the reading.
        """
        ...
