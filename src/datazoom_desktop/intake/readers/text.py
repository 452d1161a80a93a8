"""Plain text, Markdown, CSV and JSON: the text is exactly the decoded file, a form feed ends a page."""

from __future__ import annotations

from collections.abc import Iterator

from datazoom_desktop.intake.detect import CSV
from datazoom_desktop.intake.encodings import decode
from datazoom_desktop.intake.model import Attachment, Block, BlockKind, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.structure import blocks_of_text, lines_of_text
from datazoom_desktop.kernel.coverage import Coverage

_LARGEST = 256 * 1024 * 1024  #: bytes; more than that is a data dump, not a document


class TextReader:
    """Reads text files; offsets index the decoded file as ``open(newline="")`` gives it, byte-order mark included."""

    name = "text"
    version = 1

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield a page for each stretch between form feeds (one page when there is none)."""
        if source.file.stat().st_size > _LARGEST:
            raise Unreadable(Coverage.SKIPPED, "The text file is larger than 256 MB.", "Split it into smaller files.")
        text = decode(source.file.read_bytes())
        pages = text.split("\f")
        rows = source.media_type == CSV
        for number, part in enumerate(pages, start=1):
            context.check()
            whole = part + "\f" if number < len(pages) else part
            if number == len(pages) > 1 and not whole:
                break  # the file ends with a form feed
            blank = not whole.strip()
            blocks = rows_of(whole) if rows else blocks_of_text(whole)
            yield ReadPage(number, Coverage.BLANK if blank else Coverage.TEXT, whole, blocks=() if blank else blocks)
            context.progress(number, len(pages))


def rows_of(text: str) -> tuple[Block, ...]:
    """Return one table row for each line that holds anything."""
    return tuple(Block(line.start, line.end, BlockKind.TABLE_ROW) for line in lines_of_text(text))
