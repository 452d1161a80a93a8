"""A PDF page as a picture: whether its text must be read from what it shows, and reading it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pymupdf

from datazoom_desktop.intake.model import ReadPage, Words
from datazoom_desktop.intake.ocr import PageImage, Recognised, recognise, recognise_page
from datazoom_desktop.intake.readers.pdf_bounds import has_giant_picture, has_pictures
from datazoom_desktop.intake.readers.pdf_faults import FAULTS
from datazoom_desktop.intake.readers.pdf_layout import Layout
from datazoom_desktop.intake.readers.pdf_words import Box, box_on
from datazoom_desktop.intake.text_layer import is_worthless
from datazoom_desktop.kernel.coverage import Coverage

_DPI = 200
_PIXELS = 8_000_000  #: most pixels of a page's picture
_FEW_LETTERS = 100  #: a text layer shorter than this may be only a stamp over a scan
_MANY_LETTERS = 1_500  #: a text layer longer than this is taken to cover the scan it lies over
_THIN = 3.0  #: points; what is thinner is a rule, not a picture
_COVERS = 0.5  #: share of the page that pictures cover on a scanned page
_PART = 0.04  #: share of the page from which a picture on a page of text is read for itself
_LEAST_SIDE = 60.0  #: points, of such a picture
_MOST_PARTS = 6  #: such pictures read on one page
_WORDS_INSIDE = 3  #: words of the page's own text inside a picture from which its words are taken to be there already
_LOOK_DPI = 50  #: at which a page is drawn to see whether its text layer covers its ink
_INK = 80  #: grey steps from the paper
_UNCOVERED = 0.5  #: share of the ink outside all words from which the layer is taken to leave much out
_LEAST_INK = 0.003  #: of the page
_LETTER = re.compile(r"[^\W\d_]")

_TOO_LARGE = "The picture on this page is too large to be read safely."
_FAULTS = "The picture on this page is damaged and cannot be read."


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on a page besides text: boxes of its pictures as displayed, and whether anything at all."""

    pictures: tuple[Box, ...]
    anything: bool

    def share(self, page: pymupdf.Page) -> float:
        """Return the share of the page's area that pictures cover."""
        area = max(abs(float(page.rect.width) * float(page.rect.height)), 1.0)
        return min(1.0, sum(_area(box) for box in self.pictures) / area)


def shown_on(page: pymupdf.Page) -> Shown:
    """Look at what a page draws, without drawing it; nothing where that cannot be told.

    A picture that cannot be unpacked counts as something: such a page is not blank.
    """
    try:
        log = page.get_bboxlog()
        in_vain = not log and has_pictures(page) and b" Do" in page.read_contents()
    except FAULTS:
        return Shown((), anything=False)
    width, height = float(page.rect.width), float(page.rect.height)
    pictures = [_clipped(box_on(page, box), width, height) for kind, box in log if "image" in kind or "shade" in kind]
    anything = in_vain or any(kind not in ("ignore-text", "clip-text") and not _is_rule(box) for kind, box in log)
    return Shown(tuple(box for box in pictures if _area(box) > 0), anything)


def is_to_be_read(page: pymupdf.Page, layout: Layout) -> bool:
    """Return whether a page's text may not be what the page shows, so that its picture must be read."""
    text = layout.text
    if not text.strip():
        return shown_on(page).anything
    if is_worthless(text):
        return True
    letters = len(_LETTER.findall(text))
    few = len(text) < 4 * _FEW_LETTERS and letters < _FEW_LETTERS
    worthless = is_worthless(text, over_scan=True)
    if not (few or worthless or (letters < _MANY_LETTERS and has_pictures(page))):
        return False
    if shown_on(page).share(page) < _COVERS:
        return False
    return few or worthless or _leaves_ink(page, layout.words)


def read_picture(page: pymupdf.Page, label: str | None, check: Callable[[], None]) -> ReadPage:
    """Draw a page and read its picture."""
    number, width, height = page.number + 1, float(page.rect.width), float(page.rect.height)
    reason = _TOO_LARGE
    if not has_giant_picture(page):
        pixels = _pixels(page, (0.0, 0.0, width, height))
        if pixels is not None and _shows_anything(page):
            return recognise_page(PageImage(number, pixels, width, height, label), check)
        reason = _FAULTS
    return ReadPage(number, Coverage.FAILED, reason=reason, label=label, width=width, height=height)


def read_parts(page: pymupdf.Page, words: Words, check: Callable[[], None]) -> list[tuple[Box, Recognised]]:
    """Return what can be read in the larger pictures on a page of text, where its own text says nothing inside them."""
    if not has_pictures(page):
        return []
    area = max(abs(page.rect.width * page.rect.height), 1.0)
    boxes = [
        box
        for box in _merged(shown_on(page).pictures)
        if _area(box) >= _PART * area
        and min(box[2] - box[0], box[3] - box[1]) >= _LEAST_SIDE
        and _words_in(words, box) < _WORDS_INSIDE
    ][:_MOST_PARTS]
    if not boxes or has_giant_picture(page):
        return []
    found = []
    for box in boxes:
        pixels = _pixels(page, box)
        if pixels is not None:
            read = recognise(PageImage(1, pixels, box[2] - box[0], box[3] - box[1]), check)
            if read is not None:
                found.append((box, read))
    return found


def _pixels(page: pymupdf.Page, box: Box) -> npt.NDArray[np.uint8] | None:
    """Draw what stands in a box of the page as displayed; None when that cannot be drawn."""
    width, height = box[2] - box[0], box[3] - box[1]
    scale = min(_DPI / 72, (_PIXELS / max(width * height, 1.0)) ** 0.5)
    try:
        pixmap = page.get_pixmap(
            matrix=pymupdf.Matrix(scale, scale), clip=pymupdf.Rect(box), colorspace=pymupdf.csRGB, alpha=False
        )
        rows = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)
        return rows[:, : pixmap.width * 3].reshape(pixmap.height, pixmap.width, 3)
    except FAULTS:
        return None


def _shows_anything(page: pymupdf.Page) -> bool:
    try:
        return bool(page.get_bboxlog())
    except FAULTS:
        return False


def _leaves_ink(page: pymupdf.Page, words: Words) -> bool:
    """Return whether much of what a page shows stands outside all of its words."""
    scale = min(_LOOK_DPI / 72, (_PIXELS / 8 / max(page.rect.width * page.rect.height, 1.0)) ** 0.5)
    if has_giant_picture(page):
        return False
    try:
        pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csGRAY, alpha=False)
    except FAULTS:
        return False
    grey = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width]
    ink = np.abs(grey.astype(np.int16) - np.median(grey)) > _INK
    outside = ink.copy()
    for x0, y0, x1, y1 in (words.boxes * scale).round().astype(int).tolist():
        outside[max(0, y0 - 1) : y1 + 1, max(0, x0 - 1) : x1 + 1] = False
    return bool(outside.mean() > _LEAST_INK and outside.sum() > _UNCOVERED * ink.sum())


def _words_in(words: Words, box: Box) -> int:
    centres = (words.boxes[:, :2] + words.boxes[:, 2:]) / 2
    x, y = centres[:, 0], centres[:, 1]
    return int(((x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])).sum())


def _merged(boxes: tuple[Box, ...]) -> list[Box]:
    """Return the boxes, those joined that touch: a picture may be drawn in strips."""
    out: list[Box] = []
    for box in sorted(boxes, key=lambda box: (box[1], box[0])):
        for number, other in enumerate(out):
            if box[0] <= other[2] + 1 and other[0] <= box[2] + 1 and box[1] <= other[3] + 1 and other[1] <= box[3] + 1:
                out[number] = (
                    min(box[0], other[0]),
                    min(box[1], other[1]),
                    max(box[2], other[2]),
                    max(box[3], other[3]),
                )
                break
        else:
            out.append(box)
    return out


def _clipped(box: Box, width: float, height: float) -> Box:
    return max(0.0, box[0]), max(0.0, box[1]), min(width, box[2]), min(height, box[3])


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _is_rule(box: tuple[float, float, float, float]) -> bool:
    """Return whether something drawn is only a line."""
    width, height = abs(box[2] - box[0]), abs(box[3] - box[1])
    return min(width, height) < _THIN
