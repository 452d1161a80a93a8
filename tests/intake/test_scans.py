"""Scans as they come: turned, skewed, faint, inverted, in columns; with a text layer that is good, bad or only a stamp."""

from __future__ import annotations

import io
import random
import string
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pymupdf
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from datazoom_desktop.intake.model import ReadContext, ReadPage, Source
from datazoom_desktop.intake.ocr import PageImage, recognise_page
from datazoom_desktop.intake.readers.pdf import PdfReader
from datazoom_desktop.jobs.process import WorkerProcess
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import check, pages_of

LINES = (
    "The Seller shall deliver the Shares at Closing",
    "free of any lien, against payment of the price",
    "of EUR 4,250,000 to the account of the notary",
    "on or before the third day of March 2026",
)


def drawn(lines: tuple[str, ...] = LINES, width: float = 460, dpi: int = 120) -> Image.Image:
    document = pymupdf.open()
    page = document.new_page(width=width, height=300)
    for row, line in enumerate(lines):
        page.insert_text((50, 90 + 30 * row), line, fontsize=15)
    pixmap = page.get_pixmap(dpi=dpi)
    return Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)


def recognised(picture: Image.Image, dpi: int = 120) -> ReadPage:
    pixels = np.asarray(picture.convert("RGB"), np.uint8)
    page = recognise_page(PageImage(1, pixels, picture.width * 72 / dpi, picture.height * 72 / dpi), lambda: None)
    check([page])
    return page


def lines(page: ReadPage) -> tuple[str, ...]:
    return tuple(line for line in page.text.split("\n") if line)


def ink_in_boxes(page: ReadPage, picture: Image.Image, dpi: int = 120) -> float:
    dark = np.asarray(picture.convert("L")) < 128
    within = np.zeros_like(dark)
    for x0, y0, x1, y1 in page.words.boxes * dpi / 72:
        within[max(0, int(y0) - 2) : int(y1) + 3, max(0, int(x0) - 2) : int(x1) + 3] = True
    return float((dark & within).sum() / dark.sum())


@pytest.mark.parametrize("angle", [90, 180, 270, -15, -7, 4, 15, 97])
def test_a_turned_or_skewed_page_reads_as_the_upright_one_with_boxes_on_its_ink(angle: int) -> None:
    picture = drawn().rotate(angle, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    page = recognised(picture)
    assert lines(page) == LINES
    assert ink_in_boxes(page, picture) > 0.95
    assert page.words.boxes.min() >= -2
    assert page.words.boxes[:, 2].max() <= page.width + 2


@pytest.mark.parametrize("kind", ["inverted", "faint", "faint on grey", "dark paper"])
def test_a_page_is_read_whatever_its_shades(kind: str) -> None:
    grey = np.asarray(drawn().convert("L"), np.float32)
    shades = {
        "inverted": 255 - grey,
        "faint": 255 - (255 - grey) * 0.12,
        "faint on grey": 120 + grey * 0.15,
        "dark paper": 40 + (255 - grey) * 0.3,
    }[kind]
    page = recognised(Image.fromarray(shades.astype(np.uint8)))
    assert lines(page) == LINES
    assert page.confidence is not None
    assert page.confidence > 0.95


def test_two_columns_of_a_skewed_scan_are_read_one_after_the_other() -> None:
    document = pymupdf.open()
    page = document.new_page(width=600, height=330)
    for row in range(6):
        page.insert_text((40, 60 + 22 * row), f"left row {row} says a few words", fontsize=13)
        page.insert_text((330, 66 + 22 * row), f"right row {row} says a few words", fontsize=13)
    pixmap = page.get_pixmap(dpi=110)
    picture = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)
    read = recognised(picture.rotate(-5, fillcolor="white", resample=Image.Resampling.BICUBIC), 110)
    assert lines(read) == tuple(f"{side} row {n} says a few words" for side in ("left", "right") for n in range(6))


def scanned(folder: Path, layer: str = "", mode: int = 3, *, cover: float = 1.0) -> Path:
    """Return a PDF of a scan with a text layer laid over it line by line, invisible unless ``mode`` says otherwise."""
    document = pymupdf.open()
    page = document.new_page(width=460, height=300)
    out = io.BytesIO()
    drawn().save(out, "PNG")
    page.insert_image(pymupdf.Rect(0, 0, 460 * cover, 300 * cover), stream=out.getvalue())
    for row, line in enumerate(layer.split("\n") if layer else ()):
        page.insert_text((50, 90 + 30 * row), line, fontsize=15, render_mode=mode)
    file = folder / "scan.pdf"
    document.save(file)
    return file


def test_a_good_layer_over_a_scan_is_kept_as_it_is(tmp_path: Path) -> None:
    layer = "\n".join(LINES).replace("third", "THIRD")
    (page,) = pages_of(scanned(tmp_path, layer))
    assert (page.coverage, page.confidence, page.reason) == (Coverage.TEXT, None, None)
    assert "THIRD" in page.text


def test_a_bad_layer_over_a_scan_is_replaced(tmp_path: Path) -> None:
    chance = random.Random(1)
    spoiled = "".join(
        chance.choice("1|l!;~3") if c.isalpha() and chance.random() < 0.2 else c for c in "\n".join(LINES)
    )
    (page,) = pages_of(scanned(tmp_path, spoiled))
    assert page.coverage is Coverage.OCR
    assert lines(page) == LINES


def test_a_stamp_over_a_scan_does_not_hide_it(tmp_path: Path) -> None:
    (page,) = pages_of(
        scanned(tmp_path, "CONFIDENTIAL ABC-000123 Produced by Marlow Holdings Ltd in the matter of Halyard", 0)
    )
    assert page.coverage is Coverage.OCR
    assert "free of any lien, against payment of the price" in page.text


def broken_font(folder: Path, swap: bool) -> Path:
    """Return a PDF whose font draws the right letters but says that they are others."""
    document = pymupdf.open()
    page = document.new_page(width=460, height=300)
    letters = list(string.ascii_letters)
    if swap:
        random.Random(4).shuffle(letters)
    page.insert_font(fontname="F9", fontbuffer=pymupdf.Font("helv").buffer)
    for row, line in enumerate(LINES):
        page.insert_text((50, 90 + 30 * row), line, fontsize=15, fontname="F9")
    for number in range(1, document.xref_length()):
        kind, value = document.xref_get_key(number, "ToUnicode")
        if kind == "xref":
            table = int(value.split()[0])
            font = pymupdf.Font("helv")
            pairs = [(font.has_glyph(ord(a)), ord(b)) for a, b in zip(string.ascii_letters, letters, strict=True)]
            text = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
            text += "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
            text += f"{len(pairs)} beginbfchar\n" + "\n".join(f"<{a:04x}> <{b:04x}>" for a, b in pairs)
            text += "\nendbfchar endcmap end end"
            document.update_stream(table, text.encode())
    file = folder / f"font{swap}.pdf"
    document.save(file)
    return file


def test_a_page_whose_font_lies_about_its_letters_is_read_from_its_picture(tmp_path: Path) -> None:
    (honest,) = pages_of(broken_font(tmp_path, swap=False))
    assert honest.coverage is Coverage.TEXT
    (lying,) = pages_of(broken_font(tmp_path, swap=True))
    assert lying.coverage is Coverage.OCR
    assert lines(lying) == LINES


def test_what_a_picture_on_a_page_of_text_says_is_read_behind_the_text(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    for row in range(14):
        page.insert_text(
            (60, 60 + 16 * row), f"Clause {row} of this agreement is text and stays as it is today", fontsize=11
        )
    out = io.BytesIO()
    drawn().save(out, "PNG")
    page.insert_image(pymupdf.Rect(60, 400, 520, 700), stream=out.getvalue())
    page.insert_image(
        pymupdf.Rect(500, 20, 560, 50), pixmap=pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 60, 30))
    )
    file = tmp_path / "mixed.pdf"
    document.save(file)
    (read,) = pages_of(file)
    assert read.coverage is Coverage.TEXT
    found = lines(read)
    assert found[0] == "Clause 0 of this agreement is text and stays as it is today"
    at = found.index("[In a picture on page 1]")
    assert tuple(found[at + 1 :]) == LINES
    assert read.confidence is not None
    start = read.text.index("Shares at Closing")
    n = int(np.flatnonzero(read.words.starts == start)[0])
    x0, y0, x1, y1 = read.words.boxes[n]
    assert 60 < x0 < x1 < 520
    assert 470 < y0 < y1 < 510


def test_reading_a_picture_stops_when_it_is_asked_to(tmp_path: Path) -> None:
    file = tmp_path / "long.png"
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    for row in range(48):
        page.insert_text(
            (40, 40 + 15.5 * row),
            f"{row} The Seller shall deliver the Shares at Closing free of any lien whatsoever",
            fontsize=12,
        )
    pixmap = page.get_pixmap(dpi=200)
    pixmap.save(file)
    process = WorkerProcess(tmp_path / "logs")
    token, begun, stopped = CancelToken(), threading.Event(), threading.Event()
    payload = {"file": str(file), "name": "long.png", "version_id": "v", "passwords": []}

    def work() -> None:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        begun.set()
        try:
            process.call("datazoom_desktop.intake.work:read", payload, scratch=scratch, cancel=token)
        except Cancelled:
            stopped.set()

    process.start()
    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    time.sleep(2.0)  # models are loaded, or being loaded
    token.cancel()
    thread.join(20)
    process.close()
    assert stopped.is_set(), "the page was read to its end"


def test_memory_does_not_grow_with_the_number_of_pages(tmp_path: Path) -> None:
    file = tmp_path / "long.pdf"
    canvas = Canvas(str(file))
    for number in range(600):
        for row in range(40):
            canvas.drawString(60, 780 - 17 * row, f"Page {number}, line {row}: the parties agree on what stands here")
        canvas.showPage()
    canvas.save()
    context = ReadContext(tmp_path, lambda done, total: None, lambda: None)
    pages = PdfReader().read(Source(file, "long.pdf", "application/pdf"), context)
    held = [psutil.Process().memory_info().rss for item in pages if isinstance(item, ReadPage) and item.page % 100 == 0]
    assert len(held) == 6
    assert held[-1] - held[1] < 60 << 20
