"""Reading one input as a worker would, and what must hold whatever it is."""

from __future__ import annotations

import re
import resource
import shutil
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from datazoom_desktop.engines.ocr import OcrLine
from datazoom_desktop.intake import detect, kinds, ocr
from datazoom_desktop.intake.model import Attachment, ReadContext, ReadPage, Source, Unreadable
from datazoom_desktop.intake.passages import passages
from datazoom_desktop.intake.readers import libreoffice
from datazoom_desktop.intake.readers.registry import reader_for
from datazoom_desktop.intake.title import title_of
from datazoom_desktop.kernel.coverage import Coverage
from tests.intake.reading import check

SLOW_SECONDS = 10.0  #: of this process's own time
MUCH_MEMORY = 1 << 30  #: bytes that one input may add to what the process has held so far
_PASSWORDS = ("wrong", "sesame", "geheim", "pass")
_UNSAFE = re.compile("[\x00-\x1f\x7f\\\\]|[\ud800-\udfff]|(?:^|/)\\.{0,2}(?:/|$)")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Finding:
    """Something a reader must not do; ``where`` tells one finding from another."""

    where: str
    detail: str


class NoOcr:
    """Reads nothing: recognising words takes seconds, and is not what is tried here."""

    name = "none"

    def recognise(self, image: npt.NDArray[np.uint8]) -> list[OcrLine]:
        """Return no lines."""
        return []

    find = recognise

    def read(self, image: npt.NDArray[np.uint8], quads: Sequence[object], check: object) -> list[None]:
        """Return nothing for each place."""
        return [None] * len(quads)


def prepare() -> None:
    """Make this process fit for many quick readings."""
    ocr.engine = NoOcr  # type: ignore[assignment]
    libreoffice.find = _nowhere


def _nowhere() -> None:
    """Find no LibreOffice: it is another program, which takes seconds."""


def run(data: bytes, name: str, folder: Path) -> Finding | None:
    """Read ``data`` as a file called ``name``, in a folder of its own that is emptied; return what went wrong."""
    file, scratch = folder / "input", folder / "scratch"
    file.write_bytes(data)
    scratch.mkdir(exist_ok=True)
    began, held = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        _read(file, name, scratch)
    except Unreadable as error:
        if not error.reason or (not error.reason.isprintable() and "\n" not in error.reason):
            return Finding("a reason that cannot be shown", repr(error.reason))
        if error.coverage.readable:
            return Finding("unreadable, but readable", str(error.coverage))
    except Exception as error:  # noqa: BLE001 - whatever else comes out is a finding
        return Finding(_where(error), traceback.format_exc())
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    seconds = time.process_time() - began
    if seconds > SLOW_SECONDS:
        return Finding(f"slow: {detect.media_type(file, name)}", f"{seconds:.1f} s")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) * 1024
    if grown > MUCH_MEMORY:
        return Finding(f"memory: {detect.media_type(file, name)}", f"{grown:,} bytes")
    return None


def _read(file: Path, name: str, scratch: Path) -> None:
    kind = detect.media_type(file, name)
    reader = reader_for(kind)
    if reader is None:
        assert kinds.unreadable(file, name).reason
        return
    pages: list[ReadPage] = []
    names: list[str] = []
    context = ReadContext(scratch, lambda done, total: None, lambda: None)
    for item in reader.read(Source(file, name, kind, _PASSWORDS), context):
        if isinstance(item, Attachment):
            assert item.file.is_relative_to(scratch), "an attachment outside scratch"
            assert item.file.is_file(), "an attachment that is not there"
            assert item.name, "an attachment without a name"
            assert not _UNSAFE.search(item.name), f"an unsafe name: {item.name!r}"
            assert 0 <= item.modified_ns < 1 << 63, "a time that no database holds"
            names.append(item.name)
        else:
            pages.append(item)
    assert len(set(names)) == len(names), "two attachments of one name"
    check(pages)
    _check_more(pages)


def _check_more(pages: Sequence[ReadPage]) -> None:
    for page in pages:
        assert not _SURROGATE.search(page.text), "half a sign in the text"
        assert page.confidence is None or 0 <= page.confidence <= 1, "a confidence beyond 1"
        assert np.isfinite([page.width, page.height]).all(), "a page without end"
        assert np.isfinite(page.words.boxes).all(), "a box without end"
        assert page.coverage in Coverage, "an unknown coverage"
    text = "".join(page.text for page in pages)
    if pages:
        for passage in passages(pages, lambda texts: [len(text) // 4 + 1 for text in texts], title_of(pages, "a")):
            assert passage.text == text[passage.char_start : passage.char_end], "a passage that is not its span"


def _where(error: BaseException) -> str:
    """Return the kind of an error with the innermost place of ours, and of anyone's, where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "datazoom_desktop" in frame.filename or "/tests/" in frame.filename]
    places = [f"{Path(frame.filename).name}:{frame.name}" for frame in (*ours[-1:], *frames[-1:])]
    line = ours[-1].line if ours and isinstance(error, AssertionError) else ""
    return " ".join(dict.fromkeys((type(error).__name__, *places, line or "")))
