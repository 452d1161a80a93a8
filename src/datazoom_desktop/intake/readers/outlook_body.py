"""The body of an Outlook message from whatever forms it was kept in: plain text, HTML, compressed RTF."""

from __future__ import annotations

from datazoom_desktop.intake.model import ReadContext
from datazoom_desktop.intake.readers.compressed_rtf import unpack
from datazoom_desktop.intake.readers.letter import Attachments, Piece
from datazoom_desktop.intake.readers.rtf_document import Document, Edge
from datazoom_desktop.intake.readers.rtf_flow import plain
from datazoom_desktop.intake.readers.rtf_html import unwrapped_html, wraps_html


def body_of(text: str, html: str, packed: bytes, context: ReadContext, attachments: Attachments) -> Piece:
    """Return the body; ``packed`` is compressed RTF, which counts where no HTML was kept; pictures in it are attached."""
    rtf = unpack(packed, context.check) if packed and not html else b""
    if wraps_html(rtf):
        return Piece(text, unwrapped_html(rtf, context.check))
    if rtf and not text.strip():
        document = Document(rtf, context, attachments)
        body = plain([item for item in document.items() if not isinstance(item, Edge)])
        return Piece("\n\n".join([body, *document.take_notes()]), html)
    return Piece(text, html)
