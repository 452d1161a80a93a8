"""Pictures as pages: opened, set upright, on paper; the same for whoever reads a picture and whoever shows it."""

from __future__ import annotations

import struct
import warnings
import zlib
from pathlib import Path

from PIL import Image, ImageOps

USUAL_DPI = 200.0  #: of scanners, for a picture that says nothing sensible
_SANE_DPI = (50.0, 2400.0)

FAULTS = (  # what Pillow raises on damaged pictures, slips of its own included
    *(OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(RuntimeError, NotImplementedError, struct.error, zlib.error),
)


def open_picture(file: Path) -> Image.Image:
    """Return a picture whose pixels are not unpacked yet, HEIC among the formats.

    Raises:
        Image.DecompressionBombError: It claims to be far too large.
        Exception: One of ``FAULTS``, for a file that is damaged or no picture.
    """
    from pillow_heif import register_heif_opener

    register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures; whoever opens one has a limit of its own
        return Image.open(file)


def upright(picture: Image.Image) -> Image.Image:
    """Return the picture's present frame as it is to be looked at."""
    return ImageOps.exif_transpose(picture)


def resolution(picture: Image.Image) -> float:
    """Return the picture's dots an inch, or the usual of scanners where it says nothing sensible."""
    stated = picture.info.get("dpi")
    value = float(stated[0]) if isinstance(stated, tuple) and stated else 0.0
    return value if _SANE_DPI[0] <= value <= _SANE_DPI[1] else USUAL_DPI


def on_paper(picture: Image.Image) -> Image.Image:
    """Return the picture as RGB with 8 bits a colour, what is transparent as white."""
    if picture.mode.startswith("I") or picture.mode == "F":
        import numpy as np

        values = np.asarray(picture, np.float64)
        top = max(float(values.max(initial=1.0)), 1.0)
        return Image.fromarray((values * (255 / top)).astype(np.uint8)).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        shown = picture.convert("RGBA")
        paper = Image.new("RGBA", shown.size, "white")
        paper.alpha_composite(shown)
        return paper.convert("RGB")
    return picture.convert("RGB")
