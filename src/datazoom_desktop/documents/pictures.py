"""Picture files as pages: which frames they have, how large each is in points, and each set upright on white paper.

The reader of pictures and the viewer both draw frames through here, so that boxes lie where the words are. Used in worker processes
only: the bytes come from anywhere.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image, ImageFile, ImageOps

FAULTS: Final = (  # what Pillow raises on damaged pictures, slips of its own included
    *(OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(RuntimeError, NotImplementedError, MemoryError, struct.error, zlib.error),
)

_MOST_BYTES = 400 << 20  #: that a frame may take when it is unpacked
_USUAL_DPI = 200.0
_SANE_DPI = (50.0, 2400.0)
_EVEN = 1.05  #: ratio of the two resolutions up to which pixels count as square
_PAGED = frozenset({"TIFF", "HEIF"})  #: formats whose frames are pages; those of others are an animation or previews


class TooLarge(Exception):
    """A frame has more pixels than can be unpacked safely."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One page of a picture file: RGB, upright, what is transparent as white; the size is the page's in points."""

    picture: Image.Image
    width: float
    height: float


@contextmanager
def opened(file: Path) -> Iterator[Image.Image]:
    """Open a picture without unpacking its pixels.

    Raises:
        TooLarge: It has too many pixels.
        Exception: One of ``FAULTS``, for a file that is damaged or no picture.
    """
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
    with file.open(
        "rb"
    ) as stream:  # by its path, Pillow maps the file into memory and forgets that it lies on its side
        try:
            with _quiet():
                picture = Image.open(stream)
        except Image.DecompressionBombError as error:
            raise TooLarge from error
        with picture:
            yield picture


def _quiet() -> warnings.catch_warnings[None]:
    """Return a context in which Pillow does not warn of large pictures and odd tags: the limit here decides."""
    return warnings.catch_warnings(action="ignore")


def frame_count(picture: Image.Image, check: Callable[[], None] = lambda: None) -> tuple[int, bool]:
    """Return the number of pages, and whether the file breaks off before its last."""
    if picture.format not in _PAGED:
        return 1, False
    if picture.format != "TIFF":
        return max(1, int(getattr(picture, "n_frames", 1))), False
    count = 0
    try:
        while True:
            check()
            with _quiet():
                picture.seek(count)
            count += 1
    except EOFError:
        return max(1, count), False
    except FAULTS:
        return max(1, count), True


def animated_frames(picture: Image.Image) -> int:
    """Return how many frames an animation has, 0 where the picture is none."""
    if picture.format in _PAGED or picture.format == "MPO":
        return 0
    try:
        count = int(getattr(picture, "n_frames", 1))
    except FAULTS:
        return 0
    return count if count > 1 else 0


def size_of(picture: Image.Image, number: int) -> tuple[int, int]:
    """Go to a frame (1-based) and return its width and height in pixels as stored.

    Raises:
        TooLarge: It has too many pixels; otherwise one of ``FAULTS``.
    """
    if picture.tell() != number - 1:
        with _quiet():
            picture.seek(number - 1)
    width, height = picture.size
    bands = max(1, len(picture.getbands()))
    each = 4 if picture.mode.startswith(("I", "F")) else 1
    if width * height * bands * each > _MOST_BYTES:
        raise TooLarge
    return width, height


def frame_of(picture: Image.Image, number: int, most_pixels: int, *, partly: bool = False) -> Frame:
    """Return a frame (1-based), reduced to at most ``most_pixels``.

    Args:
        picture: As opened.
        number: Of the frame.
        most_pixels: Of what is returned.
        partly: Whether a file that breaks off is drawn as far as it goes.

    Raises:
        TooLarge: It has too many pixels; otherwise one of ``FAULTS``.
    """
    width, height = size_of(picture, number)
    across, down = _resolution(picture)
    try:
        picture.draft(None, _reduced(width, height, most_pixels))
        ImageFile.LOAD_TRUNCATED_IMAGES = partly
        with _quiet():
            picture.load()
            upright = ImageOps.exif_transpose(picture)
    except Image.DecompressionBombError as error:
        raise TooLarge from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    if not _lies_as(upright, width, height):
        width, height, across, down = height, width, down, across
    points = width * 72 / across, height * 72 / down
    even = _reduced(round(width * max(1.0, down / across)), round(height * max(1.0, across / down)), most_pixels)
    paper = upright.resize(even, Image.Resampling.LANCZOS, reducing_gap=3.0) if even != upright.size else upright
    return Frame(_on_paper(paper), *points)


def _lies_as(upright: Image.Image, width: int, height: int) -> bool:
    """Return whether a picture set upright has kept its sides: a draft may have made it smaller."""
    return width == height or (upright.width > upright.height) == (width > height)


def _reduced(width: int, height: int, most_pixels: int) -> tuple[int, int]:
    shrink = min(1.0, (most_pixels / max(1, width * height)) ** 0.5)
    return max(1, round(width * shrink)), max(1, round(height * shrink))


def _resolution(picture: Image.Image) -> tuple[float, float]:
    """Return the picture's dots an inch across and down, or the usual of scanners where it says nothing sensible."""
    try:
        across, down = (float(value) for value in picture.info.get("dpi", (0, 0)))
    except FAULTS:
        return _USUAL_DPI, _USUAL_DPI
    if not all(_SANE_DPI[0] <= value <= _SANE_DPI[1] for value in (across, down)):
        return _USUAL_DPI, _USUAL_DPI
    if max(across, down) <= _EVEN * min(across, down):
        return across, across
    return across, down


def _on_paper(picture: Image.Image) -> Image.Image:
    """Return the picture as RGB, what is transparent as white."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return _from_deep(np.asarray(picture, np.float32))
    if "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info:
        shown = picture.convert("RGBA")
        paper = Image.new("RGBA", shown.size, "white")
        paper.alpha_composite(shown)
        return paper.convert("RGB")
    return picture.convert("RGB")


def _from_deep(values: Any) -> Image.Image:
    """Return a picture of deep grey values, spread from the darkest to the lightest that it has."""
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min(initial=0.0)), float(finite.max(initial=1.0))
    spread = (finite - low) * (255.0 / max(high - low, 1e-6))
    return Image.fromarray(spread.astype(np.uint8)).convert("RGB")
