"""Write blocks as a PDF with a real text layer, numbered footers and, for long agreements, a table of contents."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import letter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from builder.markup import Block, plain, runs

_SECTION = re.compile(r"^(\d+\.\d+) \*\*(.+?)\.\*\*")


@dataclass(frozen=True, slots=True)
class Look:
    """How a PDF looks: type size in points, family, footer words, contents page, and the password that opens it."""

    size: float = 10.5
    family: str = "Times"
    footer: str = ""
    contents: bool = False
    margin: float = 1.0
    password: str = ""


class _Template(BaseDocTemplate):  # type: ignore[misc]
    """A document template that reports article and section headings to the table of contents."""

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - the library's name
        """Notify the contents page of a heading that has just been placed."""
        entry = getattr(flowable, "contents_entry", None)
        if entry is not None:
            self.notify("TOCEntry", (entry[0], entry[1], self.page))


def write(blocks: list[Block], title: str, look: Look) -> bytes:
    """Lay out `blocks` on US letter paper and return the PDF's bytes (the same bytes every time)."""
    out = io.BytesIO()
    margin = look.margin * inch
    encrypt = StandardEncryption(look.password, look.password + "-owner", strength=128) if look.password else None
    template = _Template(
        out,
        pagesize=letter,
        invariant=1,
        pageCompression=0,
        title=title,
        author="Halyard Robotics, Inc.",
        encrypt=encrypt,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin,
    )
    frame = Frame(margin, margin, letter[0] - 2 * margin, letter[1] - 2 * margin, leftPadding=0, rightPadding=0)
    template.addPageTemplates([PageTemplate(id="page", frames=[frame], onPage=_footer(look))])
    template.multiBuild(_story(blocks, _styles(look), look.contents))
    return out.getvalue()


def _footer(look: Look) -> Any:
    def draw(canvas: Canvas, _document: BaseDocTemplate) -> None:
        canvas.setFont(_face(look, bold=False), 8.5)
        canvas.drawString(look.margin * inch, 0.6 * inch, look.footer)
        canvas.drawRightString(letter[0] - look.margin * inch, 0.6 * inch, f"Page {canvas.getPageNumber()}")

    return draw


def _face(look: Look, *, bold: bool) -> str:
    if look.family == "Times":
        return "Times-Bold" if bold else "Times-Roman"
    return f"{look.family}-Bold" if bold else look.family


def _styles(look: Look) -> dict[str, ParagraphStyle]:
    leading = look.size * 1.32
    base = ParagraphStyle("clause", fontName=_face(look, bold=False), fontSize=look.size, leading=leading)
    base.spaceAfter = look.size * 0.72
    base.alignment = TA_JUSTIFY

    def style(name: str, **changes: Any) -> ParagraphStyle:
        return ParagraphStyle(name, parent=base, **changes)

    bold = _face(look, bold=True)
    return {
        "clause": base,
        "title": style("title", fontName=bold, fontSize=look.size + 4, leading=leading + 6, alignment=TA_CENTER,
                       spaceBefore=6, spaceAfter=12),
        "article": style("article", fontName=bold, alignment=TA_CENTER, spaceBefore=10, keepWithNext=1),
        "centre": style("centre", alignment=TA_CENTER),
        "level1": style("level1", leftIndent=26),
        "level2": style("level2", leftIndent=52),
        "bullet": style("bullet", leftIndent=26),
        "cell": style("cell", fontSize=look.size - 1, leading=leading - 1, spaceAfter=0, alignment=0),
        "sign": style("sign", alignment=0, spaceAfter=3),
        "toc0": style("toc0", fontName=bold, fontSize=look.size - 1, leading=leading - 2, spaceBefore=3, spaceAfter=0, alignment=0),
        "toc1": style("toc1", fontSize=look.size - 1, leading=leading - 2, leftIndent=20, spaceAfter=0, alignment=0),
    }  # fmt: skip


def _story(blocks: list[Block], styles: dict[str, ParagraphStyle], contents: bool) -> list[Flowable]:
    story: list[Flowable] = []
    for block in blocks:
        if block.kind == "break":
            story.append(PageBreak())
        elif block.kind == "table":
            story += [_table(block, styles["cell"]), Spacer(1, 10)]
        elif block.kind == "signature":
            story.append(_signature(block.rows[0], styles["sign"]))
        elif block.kind == "contents":
            story.append(_contents(styles))
        else:
            story.append(_paragraph(block, styles, contents))
    return story


def _contents(styles: dict[str, ParagraphStyle]) -> TableOfContents:
    contents = TableOfContents(dotsMinLevel=0)
    contents.levelStyles = [styles["toc0"], styles["toc1"]]
    return contents


class _Heading(Paragraph):  # type: ignore[misc]
    """A paragraph that may have a line in the table of contents, which it keeps when a page break splits it."""

    contents_entry: tuple[int, str] | None = None

    def split(self, width: float, height: float) -> list[Paragraph]:
        """Split at the foot of a page; the first part keeps the line in the table of contents."""
        parts: list[Paragraph] = super().split(width, height)
        if parts:
            parts[0].contents_entry = self.contents_entry
        return parts


def _paragraph(block: Block, styles: dict[str, ParagraphStyle], contents: bool) -> Paragraph:
    paragraph = _Heading(_xml(block.text), styles[block.kind])
    found = _SECTION.match(block.text)
    if contents and block.kind == "article":
        paragraph.contents_entry = (0, _xml(plain(block.text)))
    elif contents and found:
        paragraph.contents_entry = (1, _xml(f"{found.group(1)}  {found.group(2)}"))
    return paragraph


def _xml(text: str) -> str:
    def escape(words: str) -> str:
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    return "".join(f"<b>{escape(words)}</b>" if bold else escape(words) for words, bold in runs(text))


def _table(block: Block, style: ParagraphStyle) -> Table:
    head, *body = block.rows
    rows = [[Paragraph(f"<b>{_xml(cell)}</b>", style) for cell in head]]
    rows += [[Paragraph(_xml(cell), style) for cell in row] for row in body]
    table = Table(rows, colWidths=[6.4 * inch / len(head)] * len(head), repeatRows=1)
    table.setStyle(TableStyle([
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]))  # fmt: skip
    return table


def _signature(cells: tuple[str, ...], style: ParagraphStyle) -> KeepTogether:
    entity, name, title = (*cells, "", "")[:3]
    lines = [f"<b>{_xml(entity)}</b>", "", f"By: /s/ {_xml(name)}", f"Name: {_xml(name)}"]
    lines += [f"Title: {_xml(title)}"] if title else []
    return KeepTogether([Spacer(1, 12), *(Paragraph(line or "&nbsp;", style) for line in lines)])
