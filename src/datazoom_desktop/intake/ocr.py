"""Reading a page from its picture: turning it upright, ordering its lines, and giving each word its place on the page."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from datazoom_desktop.engines.ocr import Image, Ocr, OcrLine, Quad
from datazoom_desktop.engines.rapid_ocr import RapidOcr
from datazoom_desktop.intake.model import ReadPage
from datazoom_desktop.intake.readers.pdf_layout import Run, Word, clean, lay_out
from datazoom_desktop.intake.structure import blocks_of
from datazoom_desktop.kernel.coverage import Coverage

_SURE = 0.75  #: mean confidence from which a page is taken to stand upright
_FEW_LINES = 3
_DARK = 96  #: grey steps that a pixel differs from the paper to count as ink
_INK = 0.0004  #: share of inked pixels below which a page without words is blank
_JOINED = re.compile(
    r"(?<=\d)(?=[A-Za-z]{4})|(?<=[a-z]{3}[,;:])(?=[A-Za-z]{2})|(?<=[a-z]{3}\.)(?=[A-Z][a-z])"
)  #: a space goes here
_STRAIGHT = math.radians(0.2)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page's picture.

    Attributes:
        page: 1-based.
        pixels: (H, W, 3) RGB, as displayed.
        width: Of the page in points; ``height`` likewise.
    """

    page: int
    pixels: Image
    width: float
    height: float
    label: str | None = None


@functools.cache
def engine() -> Ocr:
    """Return this process's engine; its models are loaded once, with the first picture."""
    return RapidOcr()


def recognise_page(image: PageImage, check: Callable[[], None], ocr: Ocr | None = None) -> ReadPage:
    """Return a page read from its picture: recognised, blank when really empty, else failed with the reason."""
    check()
    lines, turns = _upright(image.pixels, ocr or engine(), check)
    if not lines:
        return _wordless(image)
    runs = _runs(lines, turns, image)
    across = image.height if turns % 2 == 0 else image.width
    layout = lay_out(runs, across)
    weights = [len(line.text) for line in lines]
    confidence = float(np.average([line.confidence for line in lines], weights=weights))
    blocks = blocks_of(layout.lines)
    return ReadPage(
        image.page,
        Coverage.OCR,
        layout.text,
        image.label,
        None,
        layout.words,
        blocks,
        image.width,
        image.height,
        confidence,
    )


def _wordless(image: PageImage) -> ReadPage:
    if ink(image.pixels) < _INK:
        return ReadPage(image.page, Coverage.BLANK, label=image.label, width=image.width, height=image.height)
    reason = "No words could be recognised on this page."
    return ReadPage(
        image.page, Coverage.FAILED, label=image.label, reason=reason, width=image.width, height=image.height
    )


def ink(pixels: Image) -> float:
    """Return the share of pixels that stand out from the page's usual shade, edges left out."""
    height, width = pixels.shape[:2]
    inner = pixels[height // 50 : height - height // 50 or None, width // 50 : width - width // 50 or None]
    grey = inner.mean(axis=2, dtype=np.float32)
    if not grey.size:
        return 0.0
    return float((np.abs(grey - np.median(grey)) > _DARK).mean())


def _upright(pixels: Image, ocr: Ocr, check: Callable[[], None]) -> tuple[list[OcrLine], int]:
    """Return the lines and how many quarter turns anticlockwise the picture needed; turned only when it reads badly as it is."""
    best, turns = ocr.recognise(pixels), 0
    if (
        len(best) >= _FEW_LINES
        and _worth(best) / max(1, sum(len(line.text) for line in best)) >= _SURE
        and not _sideways(best)
    ):
        return best, 0
    tries = (1, 3) if _sideways(best) else (2,) if len(best) >= _FEW_LINES else ()
    for quarter in tries:
        check()
        found = ocr.recognise(np.ascontiguousarray(np.rot90(pixels, quarter)))
        if _worth(found) > _worth(best) * 1.1 or (
            _sideways(best) and not _sideways(found) and _worth(found) > 0.8 * _worth(best)
        ):
            best, turns = found, quarter
    return best, turns


def _worth(lines: Sequence[OcrLine]) -> float:
    return sum(len(line.text) * line.confidence for line in lines)


def _sideways(lines: Sequence[OcrLine]) -> bool:
    tall = sum(_sides(line.quad)[1] > 1.5 * _sides(line.quad)[0] for line in lines if len(line.text) > 3)
    return tall >= _FEW_LINES and tall * 2 > len(lines)


def _sides(quad: Quad) -> tuple[float, float]:
    """Return the extents along x and y."""
    xs, ys = zip(*quad, strict=True)
    return max(xs) - min(xs), max(ys) - min(ys)


def _runs(lines: Sequence[OcrLine], turns: int, image: PageImage) -> list[Run]:
    """Return a run for each line: boxes on the page as displayed, and in the frame in which lines run level."""
    slant = median(_angle(line.quad) for line in lines)
    slant = slant if abs(slant) > _STRAIGHT else 0.0
    scale = image.width / image.pixels.shape[1]
    size = image.pixels.shape[:2]
    runs = []
    for number, line in enumerate(lines):
        words = []
        at = 0
        spaced = _JOINED.sub(" ", line.text)
        for text, quad in _words_of(line):
            place = spaced.find(text, at)
            tight = place == at and at > 0
            at = place + len(text) if place >= 0 else at
            frame = _bounds([_level(point, slant) for point in quad], scale)
            box = _bounds([_turn_back(point, turns, size) for point in quad], scale)
            words.append(Word(text, box, frame, tight))
        if words:
            runs.append(Run(words, number, size=round(_height(line.quad) * scale * 0.75, 1)))
    return sorted(runs, key=lambda run: (run.y0, run.x0))


def _words_of(line: OcrLine) -> list[tuple[str, Quad]]:
    """Return the line's words, dividing its quad by length where the engine tells no words apart or joins two."""
    found = [(clean(word.text).strip(), word.quad) for word in line.words] or [(clean(line.text), line.quad)]
    out: list[tuple[str, Quad]] = []
    for text, quad in found:
        parted = _JOINED.sub(" ", text)
        at = 0
        for word in parted.split():
            at = parted.find(word, at)
            out.append((word, _stretch(quad, at / len(parted), (at + len(word)) / len(parted))))
            at += len(word)
    return out


def _stretch(quad: Quad, start: float, end: float) -> Quad:
    """Return the part of a quad between two shares of its length."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    return (
        (ax + start * (bx - ax), ay + start * (by - ay)),
        (ax + end * (bx - ax), ay + end * (by - ay)),
        (dx + end * (cx - dx), dy + end * (cy - dy)),
        (dx + start * (cx - dx), dy + start * (cy - dy)),
    )


def _angle(quad: Quad) -> float:
    """Return the slope of the line's top edge in radians, y down."""
    (ax, ay), (bx, by) = quad[0], quad[1]
    return math.atan2(by - ay, bx - ax) if bx > ax else 0.0


def _height(quad: Quad) -> float:
    return math.dist(quad[0], quad[3])


def _level(point: Point, slant: float) -> Point:
    x, y = point
    return x * math.cos(slant) + y * math.sin(slant), y * math.cos(slant) - x * math.sin(slant)


def _turn_back(point: Point, turns: int, size: tuple[int, ...]) -> Point:
    """Return where a point of the picture turned anticlockwise by quarter turns stands in the picture as displayed."""
    height, width = size
    x, y = point
    if turns == 1:
        return width - y, x
    if turns == 2:
        return width - x, height - y
    if turns == 3:
        return y, height - x
    return x, y


def _bounds(points: Sequence[Point], scale: float) -> tuple[float, float, float, float]:
    xs, ys = zip(*points, strict=True)
    return min(xs) * scale, min(ys) * scale, max(xs) * scale, max(ys) * scale
