"""Reading a page from its picture: setting it upright, ordering its lines, and giving each word its place on the page."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from datazoom_desktop.engines.ocr import Image, Ocr, OcrLine, Quad
from datazoom_desktop.engines.rapid_ocr import RapidOcr, stretch
from datazoom_desktop.intake.model import ReadPage
from datazoom_desktop.intake.readers.pdf_layout import Layout, clean, joined, lay_out
from datazoom_desktop.intake.readers.reading_order import Run, Word
from datazoom_desktop.intake.structure import blocks_of
from datazoom_desktop.intake.upright import Picture, clear, height, is_sideways, length, slant_of, turned
from datazoom_desktop.kernel.coverage import CERTAIN, Coverage

SURE = (
    0.95  #: confidence of a page below which it is said to be read with low certainty: one word in seven is wrong then
)
_SURE_WORD = 0.9  #: mean confidence of a word's letters from which it counts as certain
_UPRIGHT = 0.8  #: mean confidence of the longest lines from which a page is taken to stand upright
_SAMPLE = 6  #: lines that tell which way up a page stands
_FEW_LINES = 3
_LEANS = 0.6  #: degrees of skew from which the picture is turned straight before it is read
_DARK = 96  #: grey steps that a pixel differs from the paper to count as ink
_INK = 0.0004  #: share of inked pixels below which a page without words is blank
_JOINED = re.compile(
    r"(?<=\d)(?=[A-Za-z]{4})|(?<=[a-z]{3}[,;:])(?=[A-Za-z]{2})|(?<=[a-z]{3}\.)(?=[A-Z][a-z])"
)  #: a space goes here


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


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was read from a picture: its lines laid out, words in points of the page, and the share of it that is certain, 0 to 1."""

    layout: Layout
    confidence: float


@functools.cache
def engine() -> Ocr:
    """Return this process's engine; its models are loaded once, with the first picture."""
    return RapidOcr()


def recognise_page(image: PageImage, check: Callable[[], None], ocr: Ocr | None = None) -> ReadPage:
    """Return a page read from its picture: recognised, blank when really empty, else failed with the reason."""
    found = recognise(image, check, ocr)
    if found is None:
        return _wordless(image)
    layout = found.layout
    return ReadPage(
        image.page,
        Coverage.OCR,
        layout.text,
        image.label,
        certainty_words(found.confidence),
        layout.words,
        blocks_of(layout.lines),
        image.width,
        image.height,
        found.confidence,
    )


def recognise(image: PageImage, check: Callable[[], None], ocr: Ocr | None = None) -> Recognised | None:
    """Return what can be read in a picture, None where there are no words."""
    check()
    picture, lines = _lines(image.pixels, ocr or engine(), check)
    if not lines:
        return None
    return Recognised(_laid_out(lines, picture, image), _certainty(lines))


def _certainty(lines: Sequence[OcrLine]) -> float:
    """Return the share of the letters that stand in words read with certainty."""
    sure = total = 0
    for line in lines:
        for text, confidence in [(word.text, word.confidence) for word in line.words] or [(line.text, line.confidence)]:
            total += len(text)
            sure += len(text) if confidence >= _SURE_WORD else 0
    return sure / total


def certainty_words(confidence: float) -> str | None:
    """Return what a person is to know of a page recognised with low certainty, else None."""
    if confidence >= CERTAIN:
        return None
    return f"Read from a picture with low certainty ({confidence:.0%}): check names and figures against the page."


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


def _lines(pixels: Image, ocr: Ocr, check: Callable[[], None]) -> tuple[Picture, list[OcrLine]]:
    """Return the page's lines and the picture they stand in: turned upright and straight where that was needed."""
    picture = Picture.shown(clear(pixels))
    quads = ocr.find(picture.pixels)
    check()
    turns, known = _turns(picture.pixels, quads, ocr, check)
    if turns:
        picture = picture.quarter(turns)
        quads = ocr.find(picture.pixels)
        check()
    slant = slant_of(quads)
    if abs(slant) > _LEANS:
        picture = picture.straight(slant)
        quads, known = ocr.find(picture.pixels), {}
        check()
    lying = [quad for quad in quads if length(quad) >= height(quad) * 0.75]
    rest = [quad for quad in lying if quad not in known]
    read = known | dict(zip(rest, ocr.read(picture.pixels, rest, check), strict=True))
    lines = [line for quad in lying if (line := read[quad]) is not None]
    for quad in quads:
        if quad not in read:  # it stands upright, as a note along an edge does, and may run either way
            ways = ocr.read(picture.pixels, [turned(quad, 3), turned(quad, 1)], check)
            lines += sorted(filter(None, ways), key=lambda line: -line.confidence)[:1]
    return picture, lines


def _turns(
    pixels: Image, quads: Sequence[Quad], ocr: Ocr, check: Callable[[], None]
) -> tuple[int, dict[Quad, OcrLine | None]]:
    """Return how many quarter turns anticlockwise make the picture stand upright, told by reading its longest lines.

    The lines that were read as they stand come along, so that nobody reads them twice.
    """
    if len(quads) < _FEW_LINES:
        return 0, {}
    longest = sorted(quads, key=lambda quad: max(length(quad), height(quad)), reverse=True)[:_SAMPLE]
    if is_sideways(quads):
        ways: tuple[int, ...] = (1, 3)
    else:
        as_it_stands = ocr.read(pixels, longest, check)
        if _worth(as_it_stands) >= _UPRIGHT:
            return 0, dict(zip(longest, as_it_stands, strict=True))
        ways = (0, 2)
    return max(ways, key=lambda way: _worth(ocr.read(pixels, [turned(quad, way) for quad in longest], check))), {}


def _worth(lines: Sequence[OcrLine | None]) -> float:
    """Return the mean confidence of lines, those counted as 0 that hold no text."""
    weights = [len(line.text) if line is not None else 10 for line in lines]
    return float(np.average([line.confidence if line is not None else 0.0 for line in lines], weights=weights))


def _laid_out(lines: Sequence[OcrLine], picture: Picture, image: PageImage) -> Layout:
    """Return the lines in reading order: those that run the way most do first, then what runs along the page's edges."""
    scale = image.width / image.pixels.shape[1]
    slant = slant_of([line.quad for line in lines])
    groups: dict[int, list[Run]] = {}
    for number, line in enumerate(lines):
        way = _way(line.quad)
        run = _run(line, number, picture, scale, math.radians(90 * way + slant))
        if run is not None:
            groups.setdefault(way, []).append(run)
    by_length = sorted(groups.values(), key=lambda runs: -sum(len(word.text) for run in runs for word in run.words))
    high = picture.pixels.shape[0] * scale
    return joined([lay_out(runs, high, trusted=False) for runs in by_length] or [lay_out([], high)])


def _way(quad: Quad) -> int:
    """Return the quarter of the circle, clockwise from level, that a line runs in."""
    (ax, ay), (bx, by) = quad[0], quad[1]
    return round(math.degrees(math.atan2(by - ay, bx - ax)) / 90) % 4


def _run(line: OcrLine, number: int, picture: Picture, scale: float, angle: float) -> Run | None:
    """Return a line's words: boxes on the page as displayed, and in the frame in which lines of ``angle`` run level."""
    words = []
    at = 0
    spaced = _JOINED.sub(" ", line.text)
    for text, quad in _words_of(line):
        place = spaced.find(text, at)
        tight = place == at and at > 0
        at = place + len(text) if place >= 0 else at
        frame = _bounds([_level(point, angle) for point in quad], scale)
        words.append(Word(text, _bounds(picture.place(quad), scale), frame, tight))
    return Run(words, number, size=round(height(line.quad) * scale * 0.75, 1)) if words else None


def _words_of(line: OcrLine) -> list[tuple[str, Quad]]:
    """Return the line's words, dividing its quad by length where the engine tells no words apart or joins two."""
    found = [(clean(word.text).strip(), word.quad) for word in line.words] or [(clean(line.text), line.quad)]
    out: list[tuple[str, Quad]] = []
    for text, quad in found:
        parted = _JOINED.sub(" ", text)
        at = 0
        for word in parted.split():
            at = parted.find(word, at)
            out.append((word, stretch(quad, at / len(parted), (at + len(word)) / len(parted))))
            at += len(word)
    return out


def _level(point: tuple[float, float], angle: float) -> tuple[float, float]:
    x, y = point
    return x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)


def _bounds(points: Sequence[tuple[float, float]], scale: float) -> tuple[float, float, float, float]:
    xs, ys = zip(*points, strict=True)
    return min(xs) * scale, min(ys) * scale, max(xs) * scale, max(ys) * scale
