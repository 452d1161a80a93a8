"""Scans: words read from pictures, with their places on the page."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from datazoom_desktop.engines.ocr import OcrLine, OcrWord, Quad
from datazoom_desktop.intake.model import ReadPage, Unreadable
from datazoom_desktop.intake.ocr import PageImage, recognise_page
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import check, pages_of

LINES = ("Board resolution of the company", "The directors approve the lease", "Signed in Hamburg on Monday")


def scan(angle: float = 0, rotate: int = 0) -> bytes:
    """Return a PNG of a page with three lines, drawn at 150 dpi."""
    document = pymupdf.open()
    page = document.new_page(width=420, height=300)
    for row, line in enumerate(LINES):
        page.insert_text((40, 60 + 40 * row), line, fontsize=16)
    pixmap = page.get_pixmap(dpi=150)
    image = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)
    if angle:
        image = image.rotate(angle, expand=False, fillcolor="white", resample=Image.Resampling.BICUBIC)
    if rotate:
        image = image.rotate(rotate, expand=True)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(150, 150))
    return out.getvalue()


def box_of(page: ReadPage, word: str) -> np.ndarray:
    for start, end, box in zip(page.words.starts, page.words.ends, page.words.boxes, strict=True):
        if page.text[start:end] == word:
            return box
    raise AssertionError(f"{word} not in {page.text!r}")


def test_a_scanned_page_among_text_pages_is_read_and_its_words_placed(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page().insert_text((72, 100), "This page has its own text.")
    page = document.new_page(width=420, height=300)
    page.insert_image(page.rect, stream=scan())
    file = tmp_path / "a.pdf"
    document.save(file)
    own, read = pages_of(file)
    assert own.coverage is Coverage.TEXT
    assert own.confidence is None
    assert read.coverage is Coverage.OCR
    assert [line for line in read.text.split("\n") if line] == list(LINES)
    assert read.confidence is not None
    assert 0.8 < read.confidence <= 1
    x0, y0, x1, y1 = box_of(read, "directors")
    assert 60 < x0 < 90
    assert 80 < y0 < 100 < y1 < 112
    assert x1 - x0 == pytest.approx(64, abs=14)


def test_a_skewed_and_a_turned_picture_read_the_same(tmp_path: Path) -> None:
    for name, data in (("skewed.png", scan(angle=3)), ("turned.png", scan(rotate=90))):
        file = tmp_path / name
        file.write_bytes(data)
        (read,) = pages_of(file)
        assert [line for line in read.text.split("\n") if line] == list(LINES), name
        assert (read.width < read.height) == name.startswith("turned")


def test_a_white_picture_is_blank_and_a_drawing_without_words_says_so(tmp_path: Path) -> None:
    white, drawn = tmp_path / "white.png", tmp_path / "drawn.png"
    Image.new("L", (600, 400), 255).save(white)
    canvas = np.full((400, 600), 255, np.uint8)
    canvas[100:300, 100:500] = 20
    Image.fromarray(canvas).save(drawn)
    assert pages_of(white)[0].coverage is Coverage.BLANK
    (page,) = pages_of(drawn)
    assert (page.coverage, page.reason) == (Coverage.FAILED, "No words could be recognised on this page.")


def test_every_frame_of_a_tiff_is_a_page_and_a_damaged_one_fails_alone(tmp_path: Path) -> None:
    file = tmp_path / "fax.tif"
    frames = [Image.new("L", (200, 200), 255), Image.new("1", (200, 200), 1), Image.new("L", (200, 200), 255)]
    frames[0].save(file, save_all=True, append_images=frames[1:])
    assert [page.coverage for page in pages_of(file)] == [Coverage.BLANK] * 3


def test_a_damaged_picture_is_said_to_be(tmp_path: Path) -> None:
    cut, bad = tmp_path / "cut.png", tmp_path / "bad.png"
    cut.write_bytes(scan()[:2000])
    bad.write_bytes(scan()[:20])
    (page,) = pages_of(cut)
    assert page.coverage is Coverage.FAILED
    with pytest.raises(Unreadable) as refused:
        pages_of(bad)
    assert refused.value.coverage is Coverage.FAILED


class Hasty:
    """An engine that forgets spaces."""

    name = "hasty"

    def find(self, image: np.ndarray) -> list[Quad]:
        return [((0.0, 0.0), (260.0, 0.0), (260.0, 20.0), (0.0, 20.0))]

    def read(self, image: np.ndarray, quads: Sequence[Quad], check: Callable[[], None]) -> list[OcrLine | None]:
        return [OcrLine("fill 25,000gallons,please by the 10th", 0.9, quad) for quad in quads]


def test_forgotten_spaces_are_put_back_and_the_word_divided() -> None:
    page = recognise_page(PageImage(1, np.full((100, 300, 3), 255, np.uint8), 300, 100), lambda: None, Hasty())
    check([page])
    assert page.text == "fill 25,000 gallons, please by the 10th\n"
    assert box_of(page, "25,000")[2] < box_of(page, "gallons,")[0] < box_of(page, "please")[0]


class Columns:
    """An engine that finds two columns, out of order, one line without words of its own."""

    name = "columns"

    def find(self, image: np.ndarray) -> list[Quad]:
        return [box(x, 100 + 40 * row, 240) for row in (3, 1, 0, 2, 4) for x in (500, 20)]

    def read(self, image: np.ndarray, quads: Sequence[Quad], check: Callable[[], None]) -> list[OcrLine | None]:
        return [self.line(*quad[0], quad) if quad[0][0] < quad[1][0] else None for quad in quads]

    def line(self, x: float, y: float, quad: Quad) -> OcrLine:
        row = round((y - 100) / 40)
        text = f"{'right' if x > 250 else 'left'} number {row} here"
        words = tuple(OcrWord(w, box(x + 60 * n, y, 50)) for n, w in enumerate(text.split()))
        return OcrLine(text, 0.95, quad, words if row else ())


def box(x: float, y: float, length: float) -> Quad:
    return ((x, y), (x + length, y), (x + length, y + 20), (x, y + 20))


def test_recognised_lines_are_put_in_reading_order() -> None:
    image = PageImage(1, np.full((400, 1000, 3), 255, np.uint8), 500, 200)
    page = recognise_page(image, lambda: None, Columns())
    check([page])
    assert [line for line in page.text.split("\n") if line] == [
        f"{side} number {row} here" for side in ("left", "right") for row in range(5)
    ]
    assert page.words.boxes.max() <= 500
