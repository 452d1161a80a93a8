"""Recognition of scanned pages: the product's against Tesseract's, on one core each; a JSON line for each kind of page and engine.

References are exact where a page of a text PDF is drawn and then spoiled with a seed (noise, fax, skew, faint print); for real scans
they are the text layer that somebody's recognition left, so that an error may be either's. Errors are shares of the reference's
characters and words, after white space, quotes and dashes are made alike. Seconds are of processor time, models loaded before.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import numpy as np
import pymupdf
from PIL import Image, ImageFilter
from rapidfuzz.distance import Levenshtein

from datazoom_desktop.intake.ocr import PageImage, recognise_page

FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "realdocs_dev" / "files"
TEXTS = (
    ("KINGPHARMACEUTICALSINC_08_09_2006-EX-10.1-PROMOTION_AGREEMENT.PDF", 5),
    ("ArcGroupInc_20171211_8-K_EX-10.1_10976103_EX-10.1_Sponsorship_Agreement.pdf", 2),
    ("HOLIDAYRVSUPERSTORESINC_04_15_2002-EX-10.13-ENDORSEMENT_AGREEMENT.PDF", 1),
    ("POST_MONEY_CAP.pdf", 3),
)
SCANS = (
    ("WESTERN_COPPER_-_NON-COMPETITION_AGREEMENT.PDF", (0, 1, 3, 5)),
    ("Seige_of_Vicksburg_Sample_OCR.pdf", (0, 2, 4)),
)
SPOILED = (
    ("clean", 200),
    ("scan", 150),
    ("scan", 200),
    ("scan", 300),
    ("fax", 150),
    ("fax", 200),
    ("skewed", 200),
    ("upside down", 200),
    ("faint", 200),
)
ALIKE = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"}


class Sample(NamedTuple):
    """A page's picture and what it says; ``dpi`` is what it was drawn at."""

    kind: str
    dpi: int
    picture: Image.Image
    says: str


class Result(NamedTuple):
    """What an engine made of one page."""

    text: str
    seconds: float
    certain: float | None


def page_of(name: str, number: int, dpi: int) -> tuple[Image.Image, str]:
    """Return a page's picture and text."""
    with pymupdf.open(FILES / name) as document:
        page = document[number]
        pixmap = page.get_pixmap(dpi=dpi, alpha=False)
        picture = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)
        return picture, page.get_text(sort=True)


def spoiled(picture: Image.Image, kind: str, dpi: int, seed: int) -> Image.Image:
    """Return the picture as a scanner might have left it."""
    chance = np.random.default_rng(seed)
    if kind == "skewed":
        angle = float(chance.uniform(2, 4)) * (1 if seed % 2 else -1)
        return picture.rotate(angle, fillcolor="white", resample=Image.Resampling.BICUBIC)
    if kind == "upside down":
        return picture.rotate(180)
    grey = np.asarray(picture.convert("L").filter(ImageFilter.GaussianBlur(0.45 * dpi / 150)), np.float32)
    if kind == "scan":
        grey = grey * 0.86 + 20 + chance.normal(0, 12, grey.shape)
    elif kind == "fax":
        grey = np.where(grey + chance.normal(0, 25, grey.shape) > 150, 255, 0)
    elif kind == "faint":
        grey = 200 - (255 - grey) * 0.22 + chance.normal(0, 4, grey.shape)
    else:
        return picture
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB")


def samples() -> Iterator[Sample]:
    """Yield the pages, kind by kind."""
    for kind, dpi in SPOILED:
        for number, (name, page) in enumerate(TEXTS):
            picture, says = page_of(name, page, dpi)
            yield Sample(kind, dpi, spoiled(picture, kind, dpi, 7 * number + dpi), says)
    for name, pages in SCANS:
        for page in pages:
            picture, says = page_of(name, page, 200)
            yield Sample(f"real: {name.split('_')[0].title()}", 200, picture, says)


def ours(sample: Sample) -> Result:
    """Read a page as the product does."""
    pixels = np.asarray(sample.picture, np.uint8)
    began = time.process_time()
    page = recognise_page(PageImage(1, pixels, 595, 842), lambda: None)
    return Result(page.text, time.process_time() - began, page.confidence)


def tesseract(sample: Sample) -> Result:
    """Read a page as Tesseract does by itself."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.png")
        sample.picture.save(file, dpi=(sample.dpi, sample.dpi))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            ["tesseract", str(file), "-", "-l", "eng"],
            env=dict(os.environ, OMP_THREAD_LIMIT="1"),
            capture_output=True,
            text=True,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Result(done.stdout, seconds, None)


def alike(text: str) -> str:
    """Return text with white space, quotes and dashes made alike."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(ALIKE).split())


def errors(says: str, read: str) -> tuple[float, float]:
    """Return the shares of characters and of words that are wrong."""
    wanted, got = alike(says), alike(read)
    words = re.findall(r"\S+", wanted)
    return (
        Levenshtein.distance(wanted, got) / len(wanted),
        Levenshtein.distance(words, re.findall(r"\S+", got)) / len(words),
    )


def measure(name: str, read: Callable[[Sample], Result], pages: list[Sample]) -> None:
    """Print a line for each kind of page, and one for all."""
    read(pages[0])
    rows: dict[tuple[str, int], list[tuple[float, float, float, float | None]]] = {}
    for sample in pages:
        result = read(sample)
        row = (*errors(sample.says, result.text), result.seconds, result.certain)
        rows.setdefault((sample.kind, sample.dpi), []).append(row)
    for key, found in [*rows.items(), (("all", 0), [row for some in rows.values() for row in some])]:
        certain = [row[3] for row in found if row[3] is not None]
        print(
            json.dumps(
                {
                    "name": "recognition",
                    "engine": name,
                    "kind": key[0],
                    "dpi": key[1] or None,
                    "pages": len(found),
                    "characters wrong": f"{mean(row[0] for row in found):.2%}",
                    "words wrong": f"{mean(row[1] for row in found):.2%}",
                    "seconds a page": round(mean(row[2] for row in found), 2),
                    "certain": f"{mean(certain):.1%}" if certain else None,
                }
            ),
            flush=True,
        )


def main() -> int:
    """Measure both engines, or the one that is there."""
    if not FILES.is_dir():
        print("the shared scans are not on this machine: nothing was measured")
        return 0
    pages = list(samples())
    measure("ours (rapidocr)", ours, pages)
    if shutil.which("tesseract") is None:
        print("tesseract is not installed: nothing to compare with")
        return 0
    measure("tesseract", tesseract, pages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
