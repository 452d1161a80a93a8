"""PDF: words with their boxes in reading order; a page without a text layer worth the name is recognised from its picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pymupdf

from datazoom_desktop.intake.model import (
    Attachment,
    Block,
    BlockKind,
    ReadContext,
    ReadPage,
    Source,
    Unreadable,
    Words,
)
from datazoom_desktop.intake.ocr import certainty_words
from datazoom_desktop.intake.readers import pdf_forms, pdf_notes, pdf_xfa
from datazoom_desktop.intake.readers.furniture import Repeats
from datazoom_desktop.intake.readers.pdf_bounds import draws_too_much
from datazoom_desktop.intake.readers.pdf_faults import FAULTS
from datazoom_desktop.intake.readers.pdf_files import PdfFiles, is_portfolio
from datazoom_desktop.intake.readers.pdf_layout import Layout, joined
from datazoom_desktop.intake.readers.pdf_open import opened, page_count
from datazoom_desktop.intake.readers.pdf_pictures import is_to_be_read, read_parts, read_picture
from datazoom_desktop.intake.readers.pdf_words import Drawn, hidden_lines, layout_of
from datazoom_desktop.intake.structure import Line, blocks_of
from datazoom_desktop.intake.text_layer import is_better, is_worthless
from datazoom_desktop.kernel.coverage import Coverage

_WINDOW = 32  #: pages looked at together for what repeats on them
_STORE_KEPT = 100  #: percent by which the library's store of fonts and pictures shrinks after each window
_SPACES = re.compile(r"\s+")

_BROKEN = "This page is damaged and cannot be read."
_TOO_MUCH = "This page holds more than can be drawn safely, and was left out."
_GARBLED = "The text of this page is garbled in the file, and could not be read better from its picture."
_COVER = "This page is the cover of a PDF portfolio: the documents in it are listed under it."
_XFA = (
    "This form can be shown by Adobe Acrobat only (XFA); what was filled in is listed here without the pages around it."
)
_XFA_EMPTY = "This form can be shown by Adobe Acrobat only (XFA). Open it there, print it to a new PDF, and add that."


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What was found on a page before it is decided how to read it.

    Attributes:
        page: The library's; None when it cannot be loaded.
        layout: Of its own text; None when the page cannot be parsed, for ``reason``.
        said: Returns what people noted and filled in, a line each, given the page's text and words.
    """

    label: str | None
    width: float
    height: float
    page: pymupdf.Page | None = None
    layout: Layout | None = None
    reason: str = _BROKEN
    said: Callable[[str, Words], Sequence[str]] = lambda text, words: ()


class PdfReader:
    """Reads PDF files page by page."""

    name = "pdf"
    version = 2

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield every page; a page that cannot be read is yielded with its reason. Files inside are attachments."""
        pymupdf.TOOLS.mupdf_display_errors(False)
        pymupdf.TOOLS.mupdf_display_warnings(False)
        with opened(source) as document:
            count = page_count(document, context.check)
            if not count:
                raise Unreadable(Coverage.FAILED, "The PDF file is damaged: no page can be found in it.")
            files = PdfFiles(document, context.scratch)
            files.take_all()
            yield from files.fresh()
            repeats = Repeats()
            for first in range(0, count, _WINDOW):
                window = []
                for number in range(first, min(first + _WINDOW, count)):
                    context.check()
                    window.append(_sheet(document, number, files))
                repeats.see(sheet.layout for sheet in window if sheet.layout is not None)
                yield from files.fresh()
                for number, sheet in enumerate(window, start=first):
                    context.check()
                    page = _page(number, sheet, repeats, context.check)
                    yield _first(document, page) if number == 0 else page
                    context.progress(number + 1, count)
                pymupdf.TOOLS.store_shrink(_STORE_KEPT)
            for number, reason in enumerate(files.refused, start=count + 1):
                yield ReadPage(number, Coverage.SKIPPED, reason=reason)


def _sheet(document: pymupdf.Document, number: int, files: PdfFiles) -> _Sheet:
    """Return what is on a page; files pinned to it are taken out."""
    try:
        page = document[number]
        sheet = _Sheet(page.get_label() or None, float(page.rect.width), float(page.rect.height), page)
        if draws_too_much(document, page):
            return replace(sheet, reason=_TOO_MUCH)
        fields = list(pdf_forms.fields_of(page))
        notes = list(pdf_notes.notes_of(page))
        pinned = {note.number: files.pinned(note.number) for note in notes if pdf_notes.holds_file(note)}
        hidden = [f"[In a hidden layer] {line}" for line in hidden_lines(document, page)]
        drawn = Drawn(
            [field.mark for field in fields if field.mark is not None],
            [field.box for field in fields if field.box is not None and field.mark is None]
            + [box for note in notes if pdf_notes.is_written(note) for box in note.boxes],
        )
        layout = layout_of(page, drawn)
    except FAULTS:
        return _Sheet(None, 0.0, 0.0)

    def said(text: str, words: Words) -> Sequence[str]:
        return (*pdf_forms.lines_of(fields, text), *pdf_notes.lines_of(notes, text, words, pinned), *hidden)

    return replace(sheet, layout=layout, said=said)


def _page(number: int, sheet: _Sheet, repeats: Repeats, check: Callable[[], None]) -> ReadPage:
    """Return one page as text, as recognised, as blank, or as failed with a reason."""
    page, layout = sheet.page, sheet.layout
    if page is None or layout is None:
        return ReadPage(
            number + 1,
            Coverage.FAILED,
            reason=sheet.reason,
            label=sheet.label,
            width=sheet.width,
            height=sheet.height,
        )
    reason = confidence = None
    if is_to_be_read(page, layout):
        read = read_picture(page, sheet.label, check)
        if not layout.text.strip() or (read.coverage is Coverage.OCR and is_better(read.text, layout.text)):
            return _with_lines(read, sheet.said(read.text, read.words))
        reason = _GARBLED if is_worthless(layout.text) else None
    else:
        layout, confidence = _with_parts(page, layout, check)
        reason = certainty_words(confidence) if confidence is not None else None
    blank = not layout.text.strip()
    read = ReadPage(
        number + 1,
        Coverage.BLANK if blank else Coverage.TEXT,
        "" if blank else layout.text,
        sheet.label,
        None if blank else reason,
        layout.words,
        () if blank else blocks_of(repeats.mark(layout)),
        sheet.width,
        sheet.height,
        confidence,
    )
    return _with_lines(read, sheet.said(layout.text, layout.words))


def _with_parts(page: pymupdf.Page, layout: Layout, check: Callable[[], None]) -> tuple[Layout, float | None]:
    """Return the page's layout with what its larger pictures say behind it, and how certain that is; None where they say nothing."""
    parts = read_parts(page, layout.words, check)
    if not parts:
        return layout, None
    layouts = [layout]
    for box, read in parts:
        title = f"[In a picture on page {page.number + 1}]"
        line = Line(0, len(title), title, gap=True)
        layouts.append(Layout(f"{title}\n", Words.none(), (line,), (box,), layout.height))
        shift = np.array([box[0], box[1], box[0], box[1]], np.float32)
        words = read.layout.words
        layouts.append(replace(read.layout, words=replace(words, boxes=words.boxes + shift)))
    return joined(layouts), min(read.confidence for _, read in parts)


def _with_lines(page: ReadPage, lines: Sequence[str]) -> ReadPage:
    """Return a page with lines at the end of its text; a page that holds nothing else is read, too."""
    if not lines:
        return page
    text, blocks = page.text, list(page.blocks)
    for line in lines:
        blocks.append(Block(len(text), len(text) + len(line), BlockKind.PARAGRAPH))
        text = f"{text}{line}\n"
    coverage = page.coverage if page.coverage is Coverage.OCR else Coverage.TEXT
    return replace(page, coverage=coverage, text=text, blocks=tuple(blocks))


def _first(document: pymupdf.Document, page: ReadPage) -> ReadPage:
    """Return the first page, with what it stands for where it is only a cover."""
    if pdf_xfa.is_only_a_cover(document, page.text):
        lines = pdf_xfa.filled_in(document)
        bare = replace(page, coverage=Coverage.FAILED, text="", words=Words.none(), blocks=(), reason=_XFA_EMPTY)
        return replace(_with_lines(bare, lines), reason=_XFA) if lines else bare
    if is_portfolio(document) and page.coverage.readable and not page.reason:
        return replace(page, reason=_COVER)
    return page
