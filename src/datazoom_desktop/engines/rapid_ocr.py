"""Reading words from pictures with RapidOCR: PP-OCR models on ONNX Runtime, shipped inside its package, so nothing is downloaded."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np

from datazoom_desktop.engines.ocr import Image, OcrLine, OcrWord, Quad

_DETECTION_SIDE = 1536  #: pixels of the longer side at which lines are looked for; they are read at full size
_LEAST_CONFIDENCE = 0.5  #: of a line, below which it is noise


class RapidOcr:
    """Recognises Latin and Chinese script; models are loaded when the first picture comes and kept. Not thread-safe."""

    name = "rapidocr"

    def __init__(self, threads: int = 1) -> None:
        """Use so many threads for one picture; several worker processes read side by side."""
        self._threads = threads
        self._engine: Any = None

    def recognise(self, image: Image) -> list[OcrLine]:
        """Return the lines in an (H, W, 3) RGB picture."""
        found = self._loaded()(
            np.ascontiguousarray(image[:, :, ::-1]), use_cls=False, return_word_box=True, text_score=_LEAST_CONFIDENCE
        )
        if found.boxes is None or not found.txts:
            return []
        words = found.word_results or [()] * len(found.txts)
        return [
            OcrLine(
                text,
                float(score),
                _quad(box),
                tuple(OcrWord(word, _quad(quad)) for word, _, quad in inside if word.strip() and quad),
            )
            for text, score, box, inside in zip(found.txts, found.scores, found.boxes, words, strict=True)
            if text.strip()
        ]

    def _loaded(self) -> Any:
        if self._engine is None:
            from rapidocr import RapidOCR  # loads OpenCV and ONNX Runtime

            settings = {
                "Global.log_level": "error",
                "Det.limit_type": "max",
                "Det.limit_side_len": _DETECTION_SIDE,
                "EngineConfig.onnxruntime.intra_op_num_threads": self._threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
            self._engine = RapidOCR(params=settings)
            logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        return self._engine


def _quad(points: Any) -> Quad:
    """Return four corners, clockwise from the top left."""
    return tuple((float(x), float(y)) for x, y in points)
