"""A page's picture set upright: contrast, quarter turns and skew, and the way back to the page as it is displayed. Pure.

Angles are in degrees, clockwise positive as seen (y runs down).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from datazoom_desktop.engines.ocr import Image, Quad

_FAINT = 170  #: grey steps between ink and paper below which a picture is spread over the whole range
_NOTHING = 24  #: grey steps; less difference is an even sheet
_DARK = 100  #: a sheet whose usual shade is darker than this has light writing
_STEEPEST = 20.0  #: degrees; what leans more is not skew
_LONG = 4.0  #: times as long as high: lines from which an angle can be told
_FEW = 3

Affine = npt.NDArray[np.float64]  #: (2, 3), maps pixel (x, y, 1) of a picture to a pixel of the page's own picture


@dataclass(frozen=True, slots=True)
class Picture:
    """A page's picture, turned: ``back`` maps its pixels to those of the picture as displayed."""

    pixels: Image
    back: Affine

    @classmethod
    def shown(cls, pixels: Image) -> Picture:
        """Return the picture as it is displayed."""
        return cls(pixels, np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))

    def quarter(self, turns: int) -> Picture:
        """Return the picture turned anticlockwise by quarter turns."""
        height, width = self.pixels.shape[:2]
        ways: dict[int, list[list[float]]] = {
            1: [[0.0, -1.0, width], [1.0, 0.0, 0.0]],
            2: [[-1.0, 0.0, width], [0.0, -1.0, height]],
            3: [[0.0, 1.0, 0.0], [-1.0, 0.0, height]],
        }
        if turns % 4 == 0:
            return self
        return Picture(
            np.ascontiguousarray(np.rot90(self.pixels, turns)), _compose(self.back, np.array(ways[turns % 4]))
        )

    def straight(self, slant: float) -> Picture:
        """Return the picture turned so that lines which lean by ``slant`` run level; the corners that appear are paper."""
        from PIL import Image as Pillow

        height, width = self.pixels.shape[:2]
        paper = tuple(
            int(shade) for shade in np.median(self.pixels.reshape(-1, 3)[:: max(1, height * width // 10_000)], axis=0)
        )
        turned = Pillow.fromarray(self.pixels).rotate(
            slant, resample=Pillow.Resampling.BICUBIC, expand=True, fillcolor=paper
        )
        a, b = math.cos(math.radians(slant)), math.sin(math.radians(slant))
        cx, cy, tx, ty = width / 2, height / 2, turned.width / 2, turned.height / 2
        way = np.array([[a, -b, cx - a * tx + b * ty], [b, a, cy - b * tx - a * ty]])
        return Picture(np.asarray(turned, np.uint8), _compose(self.back, way))

    def place(self, quad: Quad) -> Quad:
        """Return where a quad of this picture stands in the picture as displayed."""
        points = np.array(quad) @ self.back[:, :2].T + self.back[:, 2]
        return tuple((float(x), float(y)) for x, y in points)


def _compose(outer: Affine, inner: Affine) -> Affine:
    linear = outer[:, :2] @ inner[:, :2]
    return np.column_stack([linear, outer[:, :2] @ inner[:, 2] + outer[:, 2]])


def clear(pixels: Image) -> Image:
    """Return an (H, W, 3) picture with dark writing on light paper, faint writing made dark."""
    grey = pixels[::2, ::2].mean(axis=2, dtype=np.float32)
    low, paper, high = (float(shade) for shade in np.percentile(grey, (0.2, 50, 99.8)))
    if high - low < _NOTHING:
        return pixels
    if paper < _DARK and high - paper > paper - low:
        low, high = high, low
    elif high - low >= _FAINT:
        return pixels
    spread = (pixels.astype(np.float32) - low) * (255.0 / (high - low))
    out: Image = np.clip(spread, 0, 255).astype(np.uint8)
    return out


def slant_of(quads: Sequence[Quad]) -> float:
    """Return the angle at which most long lines lean; 0 when there are too few to tell."""
    angles = [
        math.degrees(math.atan2(quad[1][1] - quad[0][1], quad[1][0] - quad[0][0]))
        for quad in quads
        if length(quad) > _LONG * height(quad)
    ]
    level = [angle for angle in angles if abs(angle) <= _STEEPEST]
    return median(level) if len(level) >= _FEW else 0.0


def is_sideways(quads: Sequence[Quad]) -> bool:
    """Return whether most lines are taller than wide."""
    long = [quad for quad in quads if max(length(quad), height(quad)) > 2 * min(length(quad), height(quad))]
    tall = sum(height(quad) > length(quad) for quad in long)
    return tall >= _FEW and tall * 2 > len(long)


def turned(quad: Quad, turns: int) -> Quad:
    """Return the quad read from another corner: ``turns`` quarter turns clockwise further on."""
    return quad[turns % 4 :] + quad[: turns % 4]


def length(quad: Quad) -> float:
    """Return the length of a line along its reading direction, in pixels."""
    return math.dist(quad[0], quad[1])


def height(quad: Quad) -> float:
    """Return the height of a line, in pixels."""
    return math.dist(quad[0], quad[3])
