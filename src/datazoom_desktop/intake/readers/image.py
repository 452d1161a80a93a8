"""Pictures: every page of a file is read from what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from datazoom_desktop.documents.pictures import (
    FAULTS,
    Frame,
    TooLarge,
    animated_frames,
    frame_count,
    frame_of,
    opened,
    size_of,
)
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.ocr import PageImage, recognise_page
from datazoom_desktop.kernel.coverage import Coverage

_READ_PIXELS = 8_000_000  #: a frame is reduced to this for reading
_LEAST_SIDE = 16  #: pixels; smaller pictures are bullets and tracking dots

_DAMAGED = "This picture is damaged and cannot be read."
_INCOMPLETE = "This picture is damaged: it was read as far as it goes."
_TOO_LARGE = "This picture is too large to be read safely."
_TOO_SMALL = "This picture is too small to hold words."
_BREAKS_OFF = "The file is damaged from here on: further pages, if it has any, cannot be read."


class ImageReader:
    """Reads PNG, JPEG, TIFF, BMP, GIF, WebP, HEIC, AVIF and JPEG 2000 files."""

    name = "image"
    version = 2

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield a page for each frame of a TIFF or HEIC file, else one page."""
        with ExitStack() as stack:
            try:
                picture = stack.enter_context(opened(source.file))
            except TooLarge as error:
                raise Unreadable(Coverage.SKIPPED, "The picture is too large to be read safely.") from error
            except FAULTS as error:
                raise Unreadable(
                    Coverage.FAILED, "The picture is damaged and cannot be opened.", "Ask for a fresh copy of the file."
                ) from error
            yield from _pages(picture, source.file, context)


def _pages(picture: Image.Image, file: Path, context: ReadContext) -> Iterator[ReadPage]:
    frames, broken = frame_count(picture, context.check)
    moving = animated_frames(picture)
    for number in range(1, frames + 1):
        context.check()
        page = _page(picture, file, number, context)
        if moving and page.coverage.readable:
            first = f"This picture moves: the first of its {moving:,} frames was read."
            page = replace(page, reason=" ".join(filter(None, (first, page.reason))))
        yield page
        context.progress(number, frames)
    if broken:
        yield ReadPage(frames + 1, Coverage.FAILED, reason=_BREAKS_OFF)


def _page(picture: Image.Image, file: Path, number: int, context: ReadContext) -> ReadPage:
    """Return one frame as read, or why it was not."""
    try:
        if min(size_of(picture, number)) < _LEAST_SIDE:
            return ReadPage(number, Coverage.SKIPPED, reason=_TOO_SMALL)
        frame = frame_of(picture, number, _READ_PIXELS)
    except TooLarge:
        return ReadPage(number, Coverage.SKIPPED, reason=_TOO_LARGE)
    except FAULTS:
        return _partly(file, number, context)
    return _recognised(frame, number, context)


def _partly(file: Path, number: int, context: ReadContext) -> ReadPage:
    """Return what can be read of a frame that breaks off, else say that it is damaged."""
    try:
        with opened(file) as again:
            size_of(again, number)
            frame = frame_of(again, number, _READ_PIXELS, partly=True)
    except (TooLarge, *FAULTS):
        return ReadPage(number, Coverage.FAILED, reason=_DAMAGED)
    page = _recognised(frame, number, context)
    if page.coverage is Coverage.OCR:
        return replace(page, reason=" ".join(filter(None, (_INCOMPLETE, page.reason))))
    return ReadPage(number, Coverage.FAILED, reason=_DAMAGED)


def _recognised(frame: Frame, number: int, context: ReadContext) -> ReadPage:
    pixels = np.asarray(frame.picture, np.uint8)
    return recognise_page(PageImage(number, pixels, frame.width, frame.height), context.check)
