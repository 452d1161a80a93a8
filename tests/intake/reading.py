"""Reading a file in a test as a worker would, and what must hold of every result."""

from __future__ import annotations

from pathlib import Path

from datazoom_desktop.intake import detect
from datazoom_desktop.intake.model import Attachment, BlockKind, ReadContext, ReadPage, Source
from datazoom_desktop.intake.readers.registry import reader_for
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.spans import Geometry


def read_all(file: Path, name: str | None = None, passwords: tuple[str, ...] = ()) -> list[ReadPage | Attachment]:
    """Return everything the file's reader yields."""
    kind = detect.media_type(file, name or file.name)
    reader = reader_for(kind)
    assert reader is not None, kind
    scratch = file.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    context = ReadContext(scratch, lambda done, total: None, lambda: None)
    return list(reader.read(Source(file, name or file.name, kind, passwords), context))


def pages_of(file: Path, name: str | None = None, passwords: tuple[str, ...] = ()) -> list[ReadPage]:
    """Return the file's pages after checking what must hold of any."""
    pages = [item for item in read_all(file, name, passwords) if isinstance(item, ReadPage)]
    check(pages)
    return pages


def check(pages: list[ReadPage]) -> None:
    """Fail unless the pages are numbered, their words are words, and their blocks tile their text."""
    assert [page.page for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        assert bool(page.text.strip()) == (page.coverage in (Coverage.TEXT, Coverage.OCR)), page.coverage
        assert page.reason or page.coverage.readable
        for start, end in zip(page.words.starts, page.words.ends, strict=True):
            word = page.text[start:end]
            assert word == word.strip() != ""
            assert page.words.geometry is Geometry.CELLS or word.split() == [word]
        assert len(page.words.boxes) == len(page.words.starts)
        at = 0
        for block in page.blocks:
            assert at <= block.start < block.end <= len(page.text)
            assert not page.text[at : block.start].strip(), "text that no block covers"
            at = block.end
        assert not page.blocks or not page.text[at:].strip()


def texts(page: ReadPage, *kinds: BlockKind) -> list[str]:
    """Return the texts of a page's blocks of some kinds."""
    return [page.text[block.start : block.end] for block in page.blocks if block.kind in kinds]
