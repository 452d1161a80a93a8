"""Plain text, Markdown, CSV and JSON: the text is exactly the decoded file, a form feed ends a page."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

import charset_normalizer

from datazoom_desktop.intake.detect import CSV
from datazoom_desktop.intake.model import Attachment, Block, BlockKind, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.structure import blocks_of_text, lines_of_text
from datazoom_desktop.kernel.coverage import Coverage

_LARGEST = 256 * 1024 * 1024  #: bytes; more than that is a data dump, not a document
_SAMPLE = 256 * 1024  #: bytes looked at to guess an encoding
_TOO_FEW = 12  #: characters beyond ASCII to tell encodings apart by
_ENCODINGS = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r", "mac_roman"),
    *("utf_16_le", "utf_16_be", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr"),
]
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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


def decode(data: bytes) -> str:
    """Return the text of a file: by byte-order mark, else UTF-8, else by the likeliest encoding; never fails.

    A UTF-8 byte-order mark stays in the text as U+FEFF, as reading the file as UTF-8 leaves it there.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(_likely(data[:_SAMPLE]), errors="replace")


def _likely(sample: bytes) -> str:
    """Return the likeliest encoding of text that is not UTF-8: Western unless enough of it speaks for another."""
    if sum(byte > 127 for byte in sample) < _TOO_FEW and b"\x00" not in sample:
        return "cp1252"
    best = charset_normalizer.from_bytes(sample, cp_isolation=_ENCODINGS).best()
    return best.encoding if best is not None else "cp1252"


def rows_of(text: str) -> tuple[Block, ...]:
    """Return one table row for each line that holds anything."""
    return tuple(Block(line.start, line.end, BlockKind.TABLE_ROW) for line in lines_of_text(text))
