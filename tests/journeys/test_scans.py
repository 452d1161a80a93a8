"""A poor scan among good ones: what was read of it can be searched, and everybody is told how far to trust it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from datazoom_desktop.app.cli import main

LINES = (
    "The tenant shall pay to the landlord a yearly rent of",
    "EUR 148,250.00 in twelve equal instalments, in advance,",
    "on the third working day of each calendar month.",
)


def scan(dots: int, noise: float) -> Image.Image:
    document = pymupdf.open()
    page = document.new_page(width=420, height=200)
    for number, line in enumerate(LINES):
        page.insert_text((40, 50 + 24 * number), line, fontsize=12)
    pixmap = page.get_pixmap(dpi=dots, colorspace=pymupdf.csGRAY)
    grey = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width).astype(float)
    grey += np.random.default_rng(1).normal(0, noise, grey.shape)
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8))


def test_a_page_read_with_low_certainty_is_named_everywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, folder = tmp_path / "home", tmp_path / "deal"
    folder.mkdir()
    scan(150, 10).save(folder / "good.png", dpi=(150, 150))
    scan(72, 70).save(folder / "poor.png", dpi=(72, 72))
    assert main(["--home", str(home), "room", "create", "Deal"]) == 0
    assert main(["--home", str(home), "ingest", "Deal", str(folder)]) == 0
    capsys.readouterr()
    assert main(["--home", str(home), "status", "Deal", "--json"]) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["coverage"] == {"ocr": 2}
    (doubtful,) = status["doubtful"]
    assert (doubtful["path"], doubtful["page"]) == ("poor.png", 1)
    assert 0.2 < doubtful["confidence"] < 0.9
    assert doubtful["reason"].startswith("Read from a picture with low certainty (")
    assert main(["--home", str(home), "status", "Deal"]) == 0
    assert (
        f"1 page read from pictures with low certainty:\n  poor.png, page 1: {doubtful['reason']}"
        in capsys.readouterr().out
    )
    assert main(["--home", str(home), "documents", "Deal"]) == 0
    listed = capsys.readouterr().out
    assert "Ready, 1 page read with low certainty" in listed
    assert listed.count("low certainty") == 1
    assert main(["--home", str(home), "search", "Deal", "yearly rent in twelve instalments", "--json"]) == 0
    assert "good.png" in capsys.readouterr().out
