"""Write blocks as a Word document (.docx) with real headings, indents, tables and explicit page breaks."""

from __future__ import annotations

import io

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Inches, Pt
from docx.text.paragraph import Paragraph

from builder.markup import Block, runs
from builder.zips import WRITTEN, settle

_INDENTS = {"level1": 0.35, "level2": 0.7}


def write(blocks: list[Block], title: str) -> bytes:
    """Return the .docx bytes of `blocks`; a `break` block is an explicit page break, which starts a new page of the product."""
    document = docx.Document()
    document.styles["Normal"].font.name = "Times New Roman"
    document.styles["Normal"].font.size = Pt(11)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = (
        title,
        "Halyard Robotics, Inc.",
        "Halyard Robotics, Inc.",
    )
    properties.created = properties.modified = WRITTEN
    properties.comments, properties.revision = "", 1
    for block in blocks:
        _add(document, block)
    out = io.BytesIO()
    document.save(out)
    return settle(out.getvalue())


def _add(document: Document, block: Block) -> None:
    if block.kind == "break":
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    elif block.kind == "table":
        _table(document, block)
    elif block.kind == "signature":
        _signature(document, block.rows[0])
    elif block.kind == "title":
        _write(document.add_heading(level=0), block.text).alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif block.kind == "article":
        _write(document.add_heading(level=1), block.text)
    else:
        paragraph = _write(document.add_paragraph(style="List Bullet" if block.kind == "bullet" else None), block.text)
        if block.kind == "centre":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if block.kind in _INDENTS:
            paragraph.paragraph_format.left_indent = Inches(_INDENTS[block.kind])


def _write(paragraph: Paragraph, text: str) -> Paragraph:
    for words, bold in runs(text):
        paragraph.add_run(words).bold = bold or None
    return paragraph


def _table(document: Document, block: Block) -> None:
    table = document.add_table(rows=len(block.rows), cols=len(block.rows[0]), style="Table Grid")
    for row, cells in zip(table.rows, block.rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            _write(cell.paragraphs[0], text)


def _signature(document: Document, cells: tuple[str, ...]) -> None:
    entity, name, title = (*cells, "", "")[:3]
    document.add_paragraph().add_run(entity).bold = True
    document.add_paragraph(f"By: /s/ {name}")
    document.add_paragraph(f"Name: {name}")
    if title:
        document.add_paragraph(f"Title: {title}")
