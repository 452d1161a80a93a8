"""Words of a PDF lie where the viewer draws them, however the page is turned, cut or scaled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pymupdf
import pytest

from datazoom_desktop.documents.render import draw
from datazoom_desktop.intake.model import ReadPage
from datazoom_desktop.jobs.model import WorkContext
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of

WORDS = {"Alpha": (150, 200, 14), "Omega": (300, 600, 20), "Shares": (420, 300, 11)}


def page_file(folder: Path, rotation: int, crop: bool, unit: float, scanned: bool) -> Path:
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    if scanned:
        drawing = pymupdf.open()
        other = drawing.new_page(width=600, height=800)
        for word, (x, y, size) in WORDS.items():
            other.insert_text((x, y), f"{word} of the company", fontsize=size)
        page.insert_image(page.rect, pixmap=other.get_pixmap(dpi=150))
    else:
        for word, (x, y, size) in WORDS.items():
            page.insert_text((x, y), word, fontsize=size)
    if crop:
        page.set_cropbox(pymupdf.Rect(100, 50, 580, 700))
    if unit != 1:
        document.xref_set_key(page.xref, "UserUnit", str(unit))
    page.set_rotation(rotation)
    file = folder / "a.pdf"
    document.save(file)
    return file


def drawn(file: Path, folder: Path, scale: float) -> np.ndarray:
    draw(
        {"file": str(file), "page": 1, "scale": scale, "passwords": []},
        WorkContext(folder, lambda _done, _total: None, lambda: None),
    )
    pixmap = pymupdf.Pixmap(str(folder / "page.png"))
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, pixmap.n).min(axis=2)


def ink_of(page: ReadPage, picture: np.ndarray, scale: float) -> tuple[float, dict[str, float]]:
    """Return the share of all ink that lies in the words' boxes, and for each word the share of its box that is inked."""
    dark = picture < 140
    within = np.zeros_like(dark)
    each = {}
    for start, end, box in zip(page.words.starts, page.words.ends, page.words.boxes * scale, strict=True):
        x0, y0, x1, y1 = (round(float(value)) for value in box)
        assert 0 <= x0 < x1 <= picture.shape[1] + 1
        assert 0 <= y0 < y1 <= picture.shape[0] + 1
        within[max(0, y0 - 2) : y1 + 2, max(0, x0 - 2) : x1 + 2] = True
        each[page.text[start:end]] = float(dark[y0:y1, x0:x1].mean())
    return float((dark & within).sum() / dark.sum()), each


@pytest.mark.parametrize("unit", [1, 2.5])
@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_of_words_lie_on_their_ink(tmp_path: Path, rotation: int, crop: bool, unit: float) -> None:
    file = page_file(tmp_path, rotation, crop, unit, scanned=False)
    (page,) = pages_of(file)
    across, down = ((480, 650) if crop else (600, 800))[:: 1 if rotation % 180 == 0 else -1]
    assert (page.width, page.height) == pytest.approx((across * unit, down * unit))
    scale = 2 / unit
    picture = drawn(file, tmp_path, scale)
    assert picture.shape == pytest.approx((page.height * scale, page.width * scale), abs=1)
    share, each = ink_of(page, picture, scale)
    assert share > 0.97
    assert set(each) == set(WORDS)
    assert all(inked > 0.08 for inked in each.values()), each


@pytest.mark.parametrize(
    ("rotation", "crop", "unit"), [(0, True, 1), (90, False, 1), (180, True, 2.5), (270, False, 2.5)]
)
def test_boxes_of_recognised_words_lie_on_their_ink(tmp_path: Path, rotation: int, crop: bool, unit: float) -> None:
    file = page_file(tmp_path, rotation, crop, unit, scanned=True)
    (page,) = pages_of(file)
    assert page.coverage is Coverage.OCR
    scale = 2 / unit
    share, each = ink_of(page, drawn(file, tmp_path, scale), scale)
    assert share > 0.95
    assert set(WORDS) <= set(each)
    assert all(inked > 0.06 for inked in each.values()), each


def test_a_watermark_askew_and_a_note_along_the_edge_do_not_mix_with_the_text(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    for row in range(12):
        page.insert_text((72, 100 + 16 * row), f"Clause {row} of the agreement runs along here", fontsize=11)
    turned = pymupdf.Matrix(1, 1).prerotate(45)
    page.insert_text(
        (150, 300), "DRAFT COPY", fontsize=60, morph=(pymupdf.Point(150, 300), turned), color=(0.8, 0.8, 0.8)
    )
    page.insert_text((580, 300), "B-1191", rotate=270, fontsize=9)
    file = tmp_path / "a.pdf"
    document.save(file)
    (read,) = pages_of(file)
    found = [line for line in read.text.split("\n") if line]
    assert found[:12] == [f"Clause {row} of the agreement runs along here" for row in range(12)]
    assert sorted(found[12:]) == ["B-1191", "DRAFT COPY"]
