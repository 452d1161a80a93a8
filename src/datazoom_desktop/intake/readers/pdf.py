"""PDF: words with their boxes in reading order; a page without a text layer worth the name is recognised from its picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymupdf

from datazoom_desktop.intake.model import Attachment, Block, BlockKind, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.ocr import PageImage, recognise_page
from datazoom_desktop.intake.readers.furniture import Repeats
from datazoom_desktop.intake.readers.pdf_faults import FAULTS
from datazoom_desktop.intake.readers.pdf_layout import Layout, Run, Word, clean, frame_of, lay_out
from datazoom_desktop.intake.readers.pdf_rtl import mended
from datazoom_desktop.intake.structure import blocks_of
from datazoom_desktop.kernel.coverage import Coverage

_FLAGS = (
    pymupdf.TEXT_PRESERVE_LIGATURES
    | pymupdf.TEXT_PRESERVE_WHITESPACE
    | pymupdf.TEXT_CLIP
    | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
)
_COMMENTS = (
    pymupdf.PDF_ANNOT_TEXT,
    pymupdf.PDF_ANNOT_HIGHLIGHT,
    pymupdf.PDF_ANNOT_UNDERLINE,
    pymupdf.PDF_ANNOT_SQUIGGLY,
    pymupdf.PDF_ANNOT_STRIKE_OUT,
    pymupdf.PDF_ANNOT_CARET,
)
_WINDOW = 32  #: pages looked at together for what repeats on them
_DPI = 200
_PIXELS = 8_000_000  #: most pixels of a page's picture
_SOURCE_PIXELS = 250_000_000  #: most pixels a picture on a page may have for the page to be drawn at all
_FEW_LETTERS = 100  #: a text layer shorter than this may be only a stamp over a scan
_THIN = 3.0  #: points; what is thinner is a rule, not a picture
_COVERS = 0.5  #: share of the page that pictures cover on a scanned page
_BAD = re.compile("[\ufffd\ue000-\uf8ff]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is on a page besides text: pictures' share of its area, anything at all, whether drawing it would take too much."""

    pictures: float
    anything: bool
    too_large: bool


class PdfReader:
    """Reads PDF files page by page."""

    name = "pdf"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield every page; a page that cannot be read is yielded with its reason."""
        pymupdf.TOOLS.mupdf_display_errors(False)
        pymupdf.TOOLS.mupdf_display_warnings(False)
        with _open(source) as document:
            count = _page_count(document)
            if not count:
                raise Unreadable(Coverage.FAILED, "The PDF file is damaged: no page can be found in it.")
            repeats = Repeats()
            for first in range(0, count, _WINDOW):
                window = []
                for number in range(first, min(first + _WINDOW, count)):
                    context.check()
                    window.append(_layout(document, number))
                repeats.see(layout for layout, _, _ in window if layout is not None)
                for number, (layout, label, size) in enumerate(window, start=first):
                    context.check()
                    yield _page(document, number, layout, label, size, repeats, context)
                    context.progress(number + 1, count)


def _open(source: Source) -> pymupdf.Document:
    """Open the file, with one of the passwords where it has one."""
    try:
        document = pymupdf.open(source.file, filetype="pdf")
    except FAULTS as error:
        raise Unreadable(
            Coverage.FAILED, "The PDF file is damaged and cannot be opened.", "Ask for a fresh copy of the file."
        ) from error
    if document.needs_pass and not any(document.authenticate(password) for password in ("", *source.passwords)):
        document.close()
        raise Unreadable(
            Coverage.ENCRYPTED, "A password is needed to open this file.", "Add the password and read the file again."
        )
    return document


def _page_count(document: pymupdf.Document) -> int:
    """Return how many pages the file says it has, 0 where it makes no sense."""
    try:
        return int(document.page_count)
    except FAULTS:
        return 0


def _layout(document: pymupdf.Document, number: int) -> tuple[Layout | None, str | None, tuple[float, float]]:
    """Return a page's layout (None when its content cannot be parsed), printed label, and displayed size in points."""
    try:
        page = document[number]
        size = (float(page.rect.width), float(page.rect.height))
        label = page.get_label() or None
        return lay_out(*_runs(page)), label, size
    except FAULTS:
        return None, None, (0.0, 0.0)


def _runs(page: pymupdf.Page) -> tuple[list[Run], float]:
    """Return the page's runs in the file's order, and the page's height in the frame they are laid out in."""
    textpage = page.get_textpage(flags=_FLAGS)
    raw = mended(textpage.extractWORDS(), textpage)
    rect = page.rect
    if not raw:
        return [], float(rect.height)
    styles = _styles(textpage.extractDICT())
    shown = _displayed(np.array([word[:4] for word in raw], np.float64), page)
    direction = _direction(styles, page.rotation)
    frames = frame_of(shown, direction, float(rect.width), float(rect.height))
    runs: list[Run] = []
    words: list[Word] = []
    key: tuple[int, int] | None = None
    for found, box, frame in zip(raw, shown.tolist(), frames.tolist(), strict=True):
        if (found[5], found[6]) != key:
            _close(runs, words, key, styles)
            words, key = [], (found[5], found[6])
        text = clean(found[4])
        if text:
            words.append(Word(text, tuple(box), tuple(frame)))
    _close(runs, words, key, styles)
    return runs, float(rect.height if direction[1] == 0 else rect.width)


def _close(runs: list[Run], words: list[Word], key: tuple[int, int] | None, styles: dict[tuple[int, int], Any]) -> None:
    if words and key is not None:
        size, bold, _, _ = styles.get(key, (0.0, False, (1, 0), 0))
        runs.append(Run(words, key[0], size, bold))


def _styles(pages: dict[str, Any]) -> dict[tuple[int, int], tuple[float, bool, tuple[int, int], int]]:
    """Return for each (block, line) its size in points, whether all of it is bold, its direction, and its characters."""
    styles = {}
    for block in pages["blocks"]:
        for number, line in enumerate(block.get("lines", ())):
            spans = [span for span in line["spans"] if not span["text"].isspace()]
            if spans:
                size = max(span["size"] for span in spans)
                bold = all(span["flags"] & pymupdf.TEXT_FONT_BOLD for span in spans)
                x, y = line["dir"]
                styles[block["number"], number] = (
                    size,
                    bold,
                    (round(x), round(y)),
                    sum(len(span["text"]) for span in spans),
                )
    return styles


def _direction(
    styles: dict[tuple[int, int], tuple[float, bool, tuple[int, int], int]], rotation: int
) -> tuple[int, int]:
    """Return the direction most characters run in, as displayed: a unit vector along an axis, y down."""
    weights: dict[tuple[int, int], int] = {}
    for _, _, direction, length in styles.values():
        weights[direction] = weights.get(direction, 0) + length
    x, y = max(weights, key=weights.__getitem__) if weights else (1, 0)
    for _ in range(rotation // 90 % 4):
        x, y = -y, x
    return x, y


def _displayed(
    boxes: np.ndarray[Any, np.dtype[np.float64]], page: pymupdf.Page
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Turn boxes of the unrotated page into boxes of the page as displayed."""
    if not page.rotation:
        return boxes
    a, b, c, d, e, f = page.rotation_matrix
    x, y = boxes[:, [0, 2]], boxes[:, [1, 3]]
    turned_x, turned_y = a * x + c * y + e, b * x + d * y + f
    return np.stack([turned_x.min(1), turned_y.min(1), turned_x.max(1), turned_y.max(1)], axis=1)


def _page(
    document: pymupdf.Document,
    number: int,
    layout: Layout | None,
    label: str | None,
    size: tuple[float, float],
    repeats: Repeats,
    context: ReadContext,
) -> ReadPage:
    """Return one page as text, as recognised, as blank, or as failed with a reason."""
    width, height = size
    if layout is None:
        return ReadPage(
            number + 1,
            Coverage.FAILED,
            reason="This page is damaged and cannot be read.",
            label=label,
            width=width,
            height=height,
        )
    drawn = None
    if _doubtful(layout.text):
        try:
            drawn = _drawn(document[number])
        except FAULTS:
            drawn = _Drawn(0.0, False, False)
        if _is_picture(layout.text, drawn):
            recognised = _recognise(document, number, label, drawn, context)
            if recognised.coverage is not Coverage.FAILED and len(recognised.text) > len(layout.text):
                return recognised
            if not layout.text.strip():
                return recognised
    if not layout.text.strip():
        return ReadPage(number + 1, Coverage.BLANK, label=label, width=width, height=height)
    text, blocks = _with_notes(layout.text, blocks_of(repeats.mark(layout)), _notes(document, number))
    return ReadPage(number + 1, Coverage.TEXT, text, label, None, layout.words, blocks, width, height)


def _notes(document: pymupdf.Document, number: int) -> list[str]:
    """Return what readers have noted on the page in comments, which are not drawn on it."""
    try:
        annotations = list(document[number].annots(types=_COMMENTS))
        return [text for annotation in annotations if (text := clean(" ".join(annotation.info["content"].split())))]
    except FAULTS:
        return []


def _with_notes(text: str, blocks: tuple[Block, ...], notes: list[str]) -> tuple[str, tuple[Block, ...]]:
    """Return a page's text and blocks with the notes at its end."""
    for note in notes:
        line = f"[Comment] {note}"
        blocks = (*blocks, Block(len(text), len(text) + len(line), BlockKind.PARAGRAPH))
        text = f"{text}{line}\n"
    return text, blocks


def _doubtful(text: str) -> bool:
    """Return whether a text layer may not be the page's text: hardly any letters, or mostly characters without meaning."""
    return (len(text) < 4 * _FEW_LETTERS and len(_LETTER.findall(text)) < _FEW_LETTERS) or _nonsense(text)


def _nonsense(text: str) -> bool:
    """Return whether much of the text maps to no character (private use, replacement)."""
    return len(_BAD.findall(text)) > 0.15 * len(text)


def _is_picture(text: str, drawn: _Drawn) -> bool:
    if not text.strip():
        return drawn.anything
    return drawn.pictures >= _COVERS or (_nonsense(text) and bool(text))


def _drawn(page: pymupdf.Page) -> _Drawn:
    """Look at what a page draws, without drawing it."""
    log = page.get_bboxlog()
    area = max(abs(page.rect.get_area()), 1.0)
    pictures = sum(_visible(box, page) for kind, box in log if "image" in kind or "shade" in kind)
    too_large = any(image[2] * image[3] > _SOURCE_PIXELS for image in page.get_images())
    anything = any(kind not in ("ignore-text", "clip-text") and not _is_rule(box) for kind, box in log)
    return _Drawn(min(1.0, pictures / area), anything, too_large)


def _is_rule(box: tuple[float, float, float, float]) -> bool:
    """Return whether something drawn is only a line."""
    width, height = abs(box[2] - box[0]), abs(box[3] - box[1])
    return min(width, height) < _THIN


def _visible(box: tuple[float, float, float, float], page: pymupdf.Page) -> float:
    return abs(float((pymupdf.Rect(box) & (page.rect * page.derotation_matrix)).get_area()))


def _recognise(
    document: pymupdf.Document, number: int, label: str | None, drawn: _Drawn, context: ReadContext
) -> ReadPage:
    """Draw a page and read its picture."""
    page = document[number]
    width, height = float(page.rect.width), float(page.rect.height)
    if drawn.too_large:
        reason = "The picture on this page is too large to be read safely."
        return ReadPage(number + 1, Coverage.FAILED, reason=reason, label=label, width=width, height=height)
    scale = min(_DPI / 72, (_PIXELS / max(width * height, 1.0)) ** 0.5)
    try:
        pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=pymupdf.csRGB, alpha=False)
        image = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.stride)[:, : pixmap.width * 3]
    except FAULTS:
        reason = "The picture on this page is damaged and cannot be read."
        return ReadPage(number + 1, Coverage.FAILED, reason=reason, label=label, width=width, height=height)
    pixels = image.reshape(pixmap.height, pixmap.width, 3)
    return recognise_page(PageImage(number + 1, pixels, width, height, label), context.check)
