"""Pictures: every frame is a page, read from what it shows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageSequence

from datazoom_desktop.documents.pictures import FAULTS, on_paper, open_picture, resolution, upright
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.ocr import PageImage, recognise_page
from datazoom_desktop.kernel.coverage import Coverage

_MOST_PIXELS = 120_000_000  #: of one frame; more is refused before it is unpacked
_READ_PIXELS = 8_000_000  #: a frame is reduced to this for reading
_LEAST_SIDE = 16  #: pixels; smaller pictures are bullets and tracking dots
_DAMAGED = "This picture is damaged and cannot be read."


class ImageReader:
    """Reads PNG, JPEG, TIFF, BMP, GIF, WebP and HEIC files."""

    name = "image"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield a page for each frame."""
        try:
            picture = open_picture(source.file)
        except Image.DecompressionBombError as error:
            raise Unreadable(Coverage.SKIPPED, "The picture is too large to be read safely.") from error
        except FAULTS as error:
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
    except FAULTS:
        return max(1, picture.tell())


def _frame(picture: Image.Image, number: int, context: ReadContext) -> ReadPage:
    try:
        picture.seek(number - 1)
        if picture.width * picture.height > _MOST_PIXELS:
            reason = "This picture is too large to be read safely."
            return ReadPage(number, Coverage.SKIPPED, reason=reason)
        if min(picture.size) < _LEAST_SIDE:
            return ReadPage(number, Coverage.SKIPPED, reason="This picture is too small to hold words.")
        dpi = resolution(picture)
        shown = upright(picture)
        width, height = shown.width * 72 / dpi, shown.height * 72 / dpi
        shrink = (_READ_PIXELS / (shown.width * shown.height)) ** 0.5
        if shrink < 1:
            shown.thumbnail((int(shown.width * shrink), int(shown.height * shrink)), Image.Resampling.LANCZOS)
        pixels = np.asarray(on_paper(shown), np.uint8)
    except (*FAULTS, Image.DecompressionBombError):
        return ReadPage(number, Coverage.FAILED, reason=_DAMAGED)
    return recognise_page(PageImage(number, pixels, width, height), context.check)
