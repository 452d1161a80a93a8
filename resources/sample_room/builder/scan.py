"""Turn a clean PDF into what a tired office scanner or a telephone would have made of it: pictures with no text layer."""

from __future__ import annotations

import io

import numpy as np
import pymupdf
from PIL import Image, ImageFilter
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

_DPI = 170
_PAPER = 246


def scanned(source: bytes, title: str, *, seed: int) -> bytes:
    """Rasterise every page of the PDF `source` with slight skew, blur and noise, and bind the pictures into a new PDF."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=1, pageCompression=0)
    canvas.setTitle(title)
    rng = np.random.default_rng(seed)
    for picture in _pages(source):
        aged = _age(picture, rng, skew=float(rng.uniform(0.35, 0.7)) * float(rng.choice([-1, 1])), noise=3.0)
        buffer = io.BytesIO()
        aged.save(buffer, "JPEG", quality=52)
        buffer.seek(0)
        canvas.drawImage(ImageReader(buffer), 0, 0, width=letter[0], height=letter[1])
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def photographed(source: bytes, *, seed: int) -> bytes:
    """Make a grey PNG of the first page of the PDF `source`, turned and shaded as if photographed on a desk."""
    rng = np.random.default_rng(seed)
    picture = _age(_pages(source)[0], rng, skew=-1.1, noise=0.0)
    shade = np.linspace(1.0, 0.86, picture.width)[np.newaxis, :]
    pixels = (np.asarray(picture, dtype=np.float64) * shade).clip(0, 255)
    small = Image.fromarray((pixels // 8 * 8).astype(np.uint8))
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True, dpi=(_DPI, _DPI))
    return out.getvalue()


def _pages(source: bytes) -> list[Image.Image]:
    with pymupdf.open(stream=source, filetype="pdf") as document:
        pixmaps = [page.get_pixmap(dpi=_DPI, colorspace=pymupdf.csGRAY) for page in document]
        return [Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples) for pixmap in pixmaps]


def _age(picture: Image.Image, rng: np.random.Generator, *, skew: float, noise: float) -> Image.Image:
    turned = picture.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255)
    pixels = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float64)
    pixels = pixels * (_PAPER / 255) + rng.normal(0.0, noise, pixels.shape) if noise else pixels
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
