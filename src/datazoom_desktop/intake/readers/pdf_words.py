"""What is written on a PDF page: its words with their places as displayed, line by line in the file's order, by direction of writing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pymupdf
from pymupdf import mupdf

from datazoom_desktop.intake.readers.pdf_layout import Layout, clean, frame_of, joined, lay_out
from datazoom_desktop.intake.readers.pdf_rtl import RawWord, mended
from datazoom_desktop.intake.readers.reading_order import Run, Word

FLAGS = (
    pymupdf.TEXT_PRESERVE_LIGATURES
    | pymupdf.TEXT_PRESERVE_WHITESPACE
    | pymupdf.TEXT_CLIP
    | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
)
_ASKEW = math.sin(
    math.radians(8)
)  #: of the angle from which a line runs along no edge of the page, as a watermark does

Box = tuple[float, float, float, float]
Boxes = npt.NDArray[np.float64]
_Way = tuple[int, int]  #: a unit vector along an edge, y down; (0, 0) for lines that run along none
_Key = tuple[int, int]  #: block and line


@dataclass(frozen=True, slots=True)
class Mark:
    """A box on a form and the sign that stands for it: ticked or empty; ``box`` is as displayed, in points."""

    box: Box
    sign: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the annotations and form fields of a page draw on it.

    Attributes:
        marks: Boxes to tick, whose own drawing is no text.
        laid_over: Where text was laid over the page: fields filled in, notes written on it. As displayed, in points.
    """

    marks: Sequence[Mark] = ()
    laid_over: Sequence[Box] = ()


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    bold: bool
    way: _Way
    length: int


def layout_of(page: pymupdf.Page, drawn: Drawn) -> Layout:
    """Return the page's text in reading order: what runs the way most of it does, then the rest, such as notes along an edge."""
    textpage = page.get_textpage(flags=FLAGS)
    raw = mended(textpage.extractWORDS(), textpage)
    width, height = float(page.rect.width), float(page.rect.height)
    shown = displayed(np.array([word[:4] for word in raw], np.float64).reshape(-1, 4), page)
    raw, shown = _without(raw, shown, [mark.box for mark in drawn.marks])
    styles = _styles(textpage.extractDICT(), page.rotation)
    ways = _by_weight(styles)
    layouts = []
    for way in ways:
        lines = [n for n, word in enumerate(raw) if styles.get((word[5], word[6]), _NO_STYLE).way == way]
        runs = list(_runs([raw[n] for n in lines], shown[lines], way, (width, height), styles))
        over: list[Run] = []
        if way == ways[0]:
            over = [_mark_run(mark, way, (width, height)) for mark in drawn.marks]
            over += [run for run in runs if _stands_in(run, drawn.laid_over)]
            runs = [run for run in runs if not _stands_in(run, drawn.laid_over)]
        layouts.append(lay_out(runs, width if way[0] == 0 and way[1] else height, laid_over=over))
    return joined(layouts)


_NO_STYLE = _Style(0.0, False, (1, 0), 0)


def displayed(boxes: Boxes, page: pymupdf.Page) -> Boxes:
    """Return (N, 4) boxes of the unrotated page as they stand on the page as displayed."""
    x0, y0, x1, y1 = boxes.T
    width, height = page.rect.width, page.rect.height
    match page.rotation % 360:
        case 90:
            turned = (width - y1, x0, width - y0, x1)
        case 180:
            turned = (width - x1, height - y1, width - x0, height - y0)
        case 270:
            turned = (y0, height - x1, y1, height - x0)
        case _:
            return boxes
    return np.stack(turned, axis=1)


def box_on(page: pymupdf.Page, rect: Any) -> Box:
    """Return one rectangle of the unrotated page as it stands on the page as displayed."""
    x0, y0, x1, y1 = displayed(np.array([[rect[0], rect[1], rect[2], rect[3]]], np.float64), page)[0].tolist()
    return x0, y0, x1, y1


def hidden_lines(document: pymupdf.Document, page: pymupdf.Page) -> list[str]:
    """Return the lines of text in layers that the file keeps switched off, which a viewer does not show."""
    off = list(_layers_off(document))
    if not off:
        return []
    handle = mupdf.pdf_document_from_fz_document(document.this)
    shown = {_identity(word) for word in page.get_textpage(flags=FLAGS).extractWORDS()}
    for number in off:
        mupdf.pdf_enable_layer(handle, number, 1)
    try:
        everything = page.get_textpage(flags=FLAGS).extractWORDS()
    finally:
        for number in off:
            mupdf.pdf_enable_layer(handle, number, 0)
    lines: dict[_Key, list[str]] = {}
    for word in everything:
        if _identity(word) not in shown and (text := clean(word[4])):
            lines.setdefault((word[5], word[6]), []).append(text)
    return [" ".join(words) for words in lines.values()]


def _layers_off(document: pymupdf.Document) -> Iterator[int]:
    handle = mupdf.pdf_document_from_fz_document(document.this)
    for number in range(mupdf.pdf_count_layers(handle)):
        if not mupdf.pdf_layer_is_enabled(handle, number):
            yield number


def _identity(word: RawWord) -> tuple[str, int, int]:
    return word[4], round(word[0] * 2), round(word[1] * 2)


def _without(raw: list[RawWord], shown: Boxes, boxes: Sequence[Box]) -> tuple[list[RawWord], Boxes]:
    """Return the words that do not stand in any of the boxes."""
    if not boxes or not len(raw):
        return raw, shown
    kept = [n for n, box in enumerate(shown.tolist()) if not any(_inside(box, other) for other in boxes)]
    return [raw[n] for n in kept], shown[kept]


def _inside(box: Sequence[float], other: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return other[0] <= x <= other[2] and other[1] <= y <= other[3]


def _stands_in(run: Run, boxes: Sequence[Box]) -> bool:
    x0, y0, x1, y1 = run.words[0].box
    return any(_inside((x0, y0, x1, y1), box) for box in boxes)


def _runs(
    raw: Sequence[RawWord], shown: Boxes, way: _Way, size: tuple[float, float], styles: dict[_Key, _Style]
) -> Iterator[Run]:
    """Yield the lines of one direction."""
    frames = frame_of(shown, way, *size) if len(shown) else shown
    words: list[Word] = []
    key: _Key | None = None
    for found, box, frame in zip(raw, shown.tolist(), frames.tolist(), strict=True):
        if (found[5], found[6]) != key:
            if words and key is not None:
                yield _run(words, key, styles)
            words, key = [], (found[5], found[6])
        words += _divided(clean(found[4]), tuple(box), tuple(frame))
    if words and key is not None:
        yield _run(words, key, styles)


def _divided(text: str, box: Box, frame: Box) -> list[Word]:
    """Return what the library takes for one word as the words it is: it knows only some of the white space there is."""
    parts = text.split()
    if len(parts) < 2:
        return [Word(part, box, frame) for part in parts]
    words, at = [], 0
    for part in parts:
        at = text.index(part, at)
        share = (at / len(text), (at + len(part)) / len(text))
        lies = (box[2] - box[0] >= box[3] - box[1]) == (frame[2] - frame[0] >= frame[3] - frame[1])
        words.append(Word(part, _part(box, *share) if lies else box, _part(frame, *share)))
        at += len(part)
    return words


def _part(box: Box, start: float, end: float) -> Box:
    width = box[2] - box[0]
    return box[0] + start * width, box[1], box[0] + end * width, box[3]


def _run(words: list[Word], key: _Key, styles: dict[_Key, _Style]) -> Run:
    style = styles.get(key, _NO_STYLE)
    return Run(words, key[0], style.size, style.bold)


def _mark_run(mark: Mark, way: _Way, size: tuple[float, float]) -> Run:
    frame = frame_of(np.array([mark.box]), way, *size)[0].tolist()
    return Run([Word(mark.sign, mark.box, tuple(frame))], -1)


def _styles(page: dict[str, Any], rotation: int) -> dict[_Key, _Style]:
    """Return for each (block, line) its size in points, whether all of it is bold, its direction as displayed, and its length."""
    styles = {}
    for block in page["blocks"]:
        for number, line in enumerate(block.get("lines", ())):
            spans = [span for span in line["spans"] if not span["text"].isspace()]
            if spans:
                styles[block["number"], number] = _Style(
                    max(span["size"] for span in spans),
                    all(span["flags"] & pymupdf.TEXT_FONT_BOLD for span in spans),
                    _way(line["dir"], rotation),
                    sum(len(span["text"]) for span in spans),
                )
    return styles


def _way(direction: tuple[float, float], rotation: int) -> _Way:
    """Return the direction that a line of the unrotated page runs in as displayed."""
    x, y = direction
    if min(abs(x), abs(y)) > _ASKEW:
        return 0, 0
    way = (round(x), round(y))
    for _ in range(rotation // 90 % 4):
        way = (-way[1], way[0])
    return way


def _by_weight(styles: dict[_Key, _Style]) -> list[_Way]:
    """Return the directions that lines run in, the one that most characters run in first; at least one."""
    weights: dict[_Way, int] = {}
    for style in styles.values():
        weights[style.way] = weights.get(style.way, 0) + style.length
    return sorted(weights, key=weights.__getitem__, reverse=True) or [(1, 0)]
