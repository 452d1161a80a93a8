"""A report as a Word document: headings, sentences with raised numbers, and under each question a list of its sources."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

from datazoom_desktop.chat.report import Report, Section, Source

_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
_SMALL_POINTS = 9


def docx(whole: Report, at: dt.datetime) -> bytes:
    """Return the bytes of a Word document made ``at`` (UTC)."""
    from docx import Document

    document = Document()
    properties = document.core_properties
    properties.title = _text(whole.title)[:255]
    properties.author = properties.last_modified_by = "DataZoom Desktop"
    properties.comments = ""
    properties.created = properties.modified = at.astimezone(dt.UTC).replace(tzinfo=None)
    _in_ink(document)
    document.add_heading(_text(whole.title), 0)
    for line in whole.lines:
        _small(document.add_paragraph(), line)
    for section in whole.sections:
        _add_section(document, section)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _in_ink(document: Any) -> None:
    """Give headings the colour of the text, as on paper."""
    from docx.shared import RGBColor

    for name in ("Title", "Heading 1", "Heading 2"):
        document.styles[name].font.color.rgb = RGBColor(0x20, 0x1E, 0x1A)


def _add_section(document: Any, section: Section) -> None:
    document.add_heading(_text(section.question), 1)
    for paragraph in section.paragraphs:
        added = document.add_paragraph(_text(paragraph.text))
        for mark in paragraph.marks:
            run = added.add_run(f" {mark}")
            run.font.superscript = True
    for title, nearest in (("Sources", False), ("Nearest passages", True)):
        chosen = [source for source in section.sources if source.nearest is nearest]
        if chosen:
            document.add_heading(title, 2)
        for source in chosen:
            _add_source(document, source)
    document.add_heading("What was searched", 2)
    for fact in section.facts:
        _small(document.add_paragraph(style="List Bullet"), fact)


def _add_source(document: Any, source: Source) -> None:
    added = document.add_paragraph()
    added.add_run(f"[{source.number}] {_text(source.place)}").bold = True
    if not source.nearest:
        added.add_run(f" ({source.verdict})")
    added.add_run(f": “{_text(source.quote)}”")
    if source.note:
        added.add_run(f" {_text(source.note)}").italic = True


def _small(paragraph: Any, text: str) -> None:
    from docx.shared import Pt

    paragraph.add_run(_text(text)).font.size = Pt(_SMALL_POINTS)


def _text(text: str) -> str:
    """Return ``text`` on one line, what a document cannot hold replaced by a sign that says so."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
