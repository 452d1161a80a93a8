"""What a reader yields: pages with words and blocks, attachments, and the reason when there is nothing to yield."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.spans import Geometry


class BlockKind(enum.StrEnum):
    """What a stretch of text is in its document's structure."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    FURNITURE = "furniture"  #: running headers, footers, page numbers: part of the text, never of a passage's meaning


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of one page's text with a role.

    Attributes:
        start: Offset in the page's text, 0-based; ``end`` is exclusive. Blocks are in order and do not overlap.
        level: Depth of a heading or list item, 1 outermost; 0 where depth has no meaning.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one page, or the cells of one sheet.

    Attributes:
        starts: (N,) int32, offsets in the page's text, 0-based; those of cells rise and their stretches do not overlap.
        ends: (N,) int32, exclusive.
        boxes: (N, 4) float32 of x0, y0, x1, y1 in what ``geometry`` says, or (0, 4) where the format has no geometry.
    """

    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    boxes: npt.NDArray[np.float32]
    geometry: Geometry = Geometry.POINTS

    @classmethod
    def none(cls) -> Words:
        """Return no words."""
        return cls(np.empty(0, np.int32), np.empty(0, np.int32), np.empty((0, 4), np.float32))


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page as read.

    Attributes:
        page: 1-based, consecutive within a version.
        label: Natural name of the unit (sheet, slide title, printed page label) or None.
        reason: Words for a person; required when coverage is encrypted, failed or skipped, else optional.
        text: The page's part of the version's text. Pages are joined with nothing between, so every page but the last ends with a
            line break unless the format forbids it (a plain-text file's text is exactly its decoded text).
        width: Points as displayed, 0 where there is no page size.
        confidence: Share of what was recognised from a picture that is certain, 0 to 1; None where nothing was.
        sheet: Name that stands before a range of its cells ("Cap table"), where its words are cells of a sheet that has one.
    """

    page: int
    coverage: Coverage
    text: str = ""
    label: str | None = None
    reason: str | None = None
    words: Words = field(default_factory=Words.none)
    blocks: tuple[Block, ...] = ()
    width: float = 0.0
    height: float = 0.0
    confidence: float | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file found inside another.

    Attributes:
        name: Where it stands inside: one safe path component, or several with "/" between (see ``readers.inside``).
        file: In the job's scratch folder.
        modified_ns: When it was last changed, as far as its container says: Unix nanoseconds, 0 where it does not.
    """

    name: str
    file: Path
    modified_ns: int = 0


class Unreadable(Exception):
    """Nothing of the file can be read: says which coverage that is and why, in words for a person.

    Attributes:
        coverage: ``ENCRYPTED``, ``FAILED`` or ``SKIPPED``.
        reason: One sentence, such as "A password is needed to open this file."
        remedy: What the user can do; may be empty.
    """

    def __init__(self, coverage: Coverage, reason: str, remedy: str = "") -> None:
        """Keep the parts."""
        super().__init__(coverage, reason, remedy)
        self.coverage = coverage
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Source:
    """The file to read.

    Attributes:
        file: Where its bytes are; the name there means nothing.
        name: The file's own name, for hints and labels.
        media_type: By content.
        passwords: To try, in order, when it is encrypted.
    """

    file: Path
    name: str
    media_type: str
    passwords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What a reader may use.

    Attributes:
        scratch: Folder of this job, for attachments; deleted afterwards.
        progress: Called with pages done and pages in all (0 while unknown).
        check: Called between pages (at least every second of work); raises to stop.
    """

    scratch: Path
    progress: Callable[[int, int], None]
    check: Callable[[], None]


class Reader(Protocol):
    """One format's reader."""

    name: str
    version: int  #: raised when its output changes, so that documents can be read again

    def read(self, source: Source, context: ReadContext) -> Iterator[ReadPage | Attachment]:
        """Yield the file's pages in order, and attachments anywhere between; raise ``Unreadable`` when there is nothing to yield."""
        ...


@dataclass(frozen=True, slots=True)
class Passage:
    """A span indexed for retrieval.

    Attributes:
        ordinal: 0-based order in the version.
        char_start: Offset in the version's text, 0-based; ``char_end`` is exclusive.
        page_first: 1-based page of its first character; ``page_last`` of its last.
        heading: Path of headings above it, outermost first, joined by " > "; may be empty.
        prefix: Words put before the text when it is indexed; ``prefix + text`` is at most 256 word pieces.
        text: Exactly the version's text at the span.
    """

    ordinal: int
    char_start: int
    char_end: int
    page_first: int
    page_last: int
    heading: str
    prefix: str
    text: str
