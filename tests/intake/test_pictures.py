"""Pictures of every kind: read, and shown where their words were found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pillow_heif
import pymupdf
import pytest
from PIL import Image

from datazoom_desktop.documents.render import draw
from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import ReadPage
from datazoom_desktop.jobs.model import WorkContext
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import pages_of

LINE = "The directors approve the lease"


def page_picture() -> Image.Image:
    document = pymupdf.open()
    page = document.new_page(width=420, height=300)
    page.insert_text((40, 120), LINE, fontsize=18)
    pixmap = page.get_pixmap(dpi=150)
    return Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)


def drawn(file: Path, page: int, scale: float, folder: Path) -> np.ndarray:
    context = WorkContext(folder, lambda _done, _total: None, lambda: None)
    draw({"file": str(file), "page": page, "scale": scale, "passwords": []}, context)
    with Image.open(folder / "page.png") as picture:
        return np.asarray(picture.convert("L"))


def ink_in_boxes(page: ReadPage, picture: np.ndarray, scale: float) -> float:
    """Return the share of a drawn page's dark pixels that lie in the boxes of its words."""
    dark = picture < 128
    within = np.zeros_like(dark)
    for x0, y0, x1, y1 in page.words.boxes * scale:
        within[int(y0) - 2 : int(y1) + 3, int(x0) - 2 : int(x1) + 3] = True
    return float((dark & within).sum() / dark.sum())


def saved(folder: Path, kind: str) -> Path:
    picture, file = page_picture(), folder / f"scan.{kind}"
    if kind == "heic":
        pillow_heif.from_pillow(picture).save(file, quality=90)
    elif kind == "turned.jpg":
        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned clockwise
        picture.rotate(90, expand=True).save(file, exif=exif, dpi=(150, 150))
    elif kind == "tif":
        other = Image.new("L", (300, 400), "white")
        other.save(file, save_all=True, append_images=[picture], dpi=(150, 150))
    else:
        picture.save(file)
    return file


@pytest.mark.parametrize(("kind", "number"), [("heic", 1), ("turned.jpg", 1), ("tif", 2), ("png", 1)])
def test_words_lie_where_the_page_is_drawn(tmp_path: Path, kind: str, number: int) -> None:
    file = saved(tmp_path, kind)
    page = pages_of(file)[number - 1]
    assert page.coverage is Coverage.OCR
    assert LINE in page.text
    picture = drawn(file, number, 1.5, tmp_path)
    assert picture.shape == (round(page.height * 1.5), round(page.width * 1.5))
    assert ink_in_boxes(page, picture, 1.5) > 0.9


def test_a_heic_picture_is_known_by_its_content(tmp_path: Path) -> None:
    assert detect.media_type(saved(tmp_path, "heic"), "IMG_0001.jpg") == detect.HEIC


def test_a_damaged_heic_picture_fails_alone(tmp_path: Path) -> None:
    file = saved(tmp_path, "heic")
    file.write_bytes(file.read_bytes()[:600])
    [page] = pages_of(file)
    assert page.coverage is Coverage.FAILED
    assert page.reason
    assert "damaged" in page.reason
