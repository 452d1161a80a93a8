"""Reading words from pictures with RapidOCR: PP-OCR models on ONNX Runtime, shipped inside its package, so nothing is downloaded."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from datazoom_desktop.engines.ocr import Image, OcrLine, OcrWord, Quad

_DETECTION = 0.65  #: of a picture's longer side, at which lines are looked for; they are read at full size
_DETECTION_SIDE = (1536, 2560)  #: pixels, least and most, of that
_NARROWEST = 128  #: pixels, at 48 pixels' height, that the shortest line is read at
_LEAST_CONFIDENCE = 0.5  #: of a line, below which it is noise
_LONGEST = 400.0  #: times as long as high; what is longer is a rule
_GAP = 5  #: columns without a letter that part two words, whether or not a space was read


class _Letter(NamedTuple):
    """A letter, its column in the row of steps that the model reads a line in, and how sure it is."""

    text: str
    column: int
    confidence: float
    spaced: bool


class RapidOcr:
    """Recognises Latin and Chinese script; models are loaded when the first picture comes and kept. Not thread-safe."""

    name = "rapidocr"

    def __init__(self, threads: int = 1) -> None:
        """Use so many threads for one picture; several worker processes read side by side."""
        self._threads = threads
        self._engine: Any = None

    def find(self, image: Image) -> list[Quad]:
        """Return where lines stand in an (H, W, 3) RGB picture."""
        from rapidocr.main import RapidOCRError

        engine = self._loaded()
        side = min(max(int(max(image.shape[:2]) * _DETECTION), _DETECTION_SIDE[0]), _DETECTION_SIDE[1])
        if engine.text_det is not None:
            engine.text_det.limit_side_len = side
        engine.cfg.Det.limit_side_len = side
        try:
            _, found = engine.detect_and_crop(_bgr(image), {})
        except RapidOCRError:  # its way of saying that there is no text
            return []
        return [_from_left([(float(x), float(y)) for x, y in box]) for box in found.boxes]

    def read(self, image: Image, quads: Sequence[Quad], check: Callable[[], None]) -> list[OcrLine | None]:
        """Return what the quads hold; each line is read on its own, which is the fastest on one core."""
        engine = self._loaded()
        picture = _bgr(image)
        lines: list[OcrLine | None] = []
        for quad in quads:
            check()
            lines.append(_line(engine, picture, quad) if _is_line(quad) else None)
        return lines

    def _loaded(self) -> Any:
        if self._engine is None:
            from rapidocr import RapidOCR  # loads OpenCV and ONNX Runtime

            settings = {
                "Global.log_level": "error",
                "Global.return_word_box": True,
                "Det.limit_type": "max",
                "Rec.rec_batch_num": 1,
                "Rec.rec_img_shape": [3, 48, _NARROWEST],
                "EngineConfig.onnxruntime.intra_op_num_threads": self._threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
            self._engine = RapidOCR(params=settings)
            logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        return self._engine


def _bgr(image: Image) -> Image:
    return np.ascontiguousarray(image[:, :, ::-1])


def _from_left(corners: list[tuple[float, float]]) -> Quad:
    """Return clockwise corners from the one whose edge runs most nearly to the right."""
    edges = [
        (b[0] - a[0]) / max(math.dist(a, b), 1e-6) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)
    ]
    first = edges.index(max(edges))
    return tuple(corners[first:] + corners[:first])


def _is_line(quad: Quad) -> bool:
    length, height = math.dist(quad[0], quad[1]), math.dist(quad[0], quad[3])
    return height >= 2 and length >= 2 and length / height <= _LONGEST


def _line(engine: Any, picture: Image, quad: Quad) -> OcrLine | None:
    crops = engine.crop_text_regions(picture, np.array([quad], np.float32))
    found = engine.recognize_txt(crops)
    text, confidence, steps = found.txts[0], float(found.scores[0]), found.word_results[0]
    if confidence < _LEAST_CONFIDENCE or not text.strip():
        return None
    return OcrLine(text, confidence, quad, tuple(_words(_letters(text, steps), float(steps.line_txt_len), quad)))


def _letters(text: str, steps: Any) -> list[_Letter]:
    """Return the line's letters without its spaces."""
    columns = iter([column for word in steps.word_cols for column in word])
    letters: list[_Letter] = []
    spaced = False
    for letter, confidence in zip(text, steps.confs, strict=True):
        if letter.isspace():
            spaced = True
        else:
            letters.append(_Letter(letter, next(columns), float(confidence), spaced))
            spaced = False
    return letters


def _words(letters: list[_Letter], steps: float, quad: Quad) -> list[OcrWord]:
    """Return the line's words, each with its share of the line's quad, which is ``steps`` columns long."""
    groups: list[list[_Letter]] = []
    for letter in letters:
        if not groups or letter.spaced or letter.column - groups[-1][-1].column > _GAP:
            groups.append([])
        groups[-1].append(letter)
    words = []
    for number, group in enumerate(groups):
        first, last = group[0].column, group[-1].column
        half = min(2.0, max(0.75, (last - first) / (2 * max(1, len(group) - 1))))
        left = (groups[number - 1][-1].column + first) / 2 if number else 0.0
        right = (last + groups[number + 1][0].column) / 2 if number + 1 < len(groups) else steps
        start = max(left, first + 0.5 - half) / max(steps, 1.0)
        end = min(right + 0.5, last + 0.5 + half) / max(steps, 1.0)
        confidence = float(np.mean([letter.confidence for letter in group]))
        words.append(OcrWord("".join(letter.text for letter in group), stretch(quad, start, min(1.0, end)), confidence))
    return words


def stretch(quad: Quad, start: float, end: float) -> Quad:
    """Return the part of a line's quad between two shares of its length."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
    return (
        (ax + start * (bx - ax), ay + start * (by - ay)),
        (ax + end * (bx - ax), ay + end * (by - ay)),
        (dx + end * (cx - dx), dy + end * (cy - dy)),
        (dx + start * (cx - dx), dy + start * (cy - dy)),
    )
