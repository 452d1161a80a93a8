"""Pictures: every frame is a page, read from what it shows."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageOps, ImageSequence

from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.ocr import PageImage, recognise_page
from datazoom_desktop.kernel.coverage import Coverage

_MOST_PIXELS = 120_000_000  #: of one frame; more is refused before it is unpacked
_READ_PIXELS = 8_000_000  #: a frame is reduced to this for reading
_LEAST_SIDE = 16  #: pixels; smaller pictures are bullets and tracking dots
_USUAL_DPI = 200.0
_SANE_DPI = (50.0, 2400.0)
_DAMAGED = "This picture is damaged and cannot be read."
_FAULTS = (  # what Pillow raises on damaged pictures, slips of its own included
    *(OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(RuntimeError, NotImplementedError, struct.error, zlib.error),
)


class ImageReader:
    """Reads PNG, JPEG, TIFF, BMP, GIF and WebP files."""

    name = "image"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield a page for each frame."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow warns of large pictures; the limit here decides
                picture = Image.open(io.BytesIO(source.file.read_bytes()))
        except Image.DecompressionBombError as error:
            raise Unreadable(Coverage.SKIPPED, "The picture is too large to be read safely.") from error
        except _FAULTS as error:
            raise Unreadable(Coverage.FAILED, "The picture is damaged and cannot be opened.") from error
        with picture:
            frames = _count(picture)
            for number in range(1, frames + 1):
                context.check()
                yield _frame(picture, number, context)
                context.progress(number, frames)


def _count(picture: Image.Image) -> int:
    """Return the number of pages: a TIFF's frames; an animation counts as one."""
    if picture.format != "TIFF":
        return 1
    try:
        return sum(1 for _ in ImageSequence.Iterator(picture))
    except _FAULTS:
        return max(1, picture.tell())


def _frame(picture: Image.Image, number: int, context: ReadContext) -> ReadPage:
    try:
        picture.seek(number - 1)
        if picture.width * picture.height > _MOST_PIXELS:
            reason = "This picture is too large to be read safely."
            return ReadPage(number, Coverage.SKIPPED, reason=reason)
        if min(picture.size) < _LEAST_SIDE:
            return ReadPage(number, Coverage.SKIPPED, reason="This picture is too small to hold words.")
        dpi = _resolution(picture)
        upright = ImageOps.exif_transpose(picture)
        width, height = upright.width * 72 / dpi, upright.height * 72 / dpi
        shrink = (_READ_PIXELS / (upright.width * upright.height)) ** 0.5
        if shrink < 1:
            upright.thumbnail((int(upright.width * shrink), int(upright.height * shrink)), Image.Resampling.LANCZOS)
        pixels = np.asarray(_on_paper(upright), np.uint8)
    except (*_FAULTS, Image.DecompressionBombError):
        return ReadPage(number, Coverage.FAILED, reason=_DAMAGED)
    return recognise_page(PageImage(number, pixels, width, height), context.check)


def _resolution(picture: Image.Image) -> float:
    """Return the picture's dots an inch, or the usual of scanners where it says nothing sensible."""
    stated = picture.info.get("dpi")
    value = float(stated[0]) if isinstance(stated, tuple) and stated else 0.0
    return value if _SANE_DPI[0] <= value <= _SANE_DPI[1] else _USUAL_DPI


def _on_paper(picture: Image.Image) -> Image.Image:
    """Return the picture as RGB, what is transparent as white."""
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, np.float64)
        top = max(float(values.max(initial=1.0)), 1.0)
        return Image.fromarray((values * (255 / top)).astype(np.uint8)).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        shown = picture.convert("RGBA")
        paper = Image.new("RGBA", shown.size, "white")
        paper.alpha_composite(shown)
        return paper.convert("RGB")
    return picture.convert("RGB")
