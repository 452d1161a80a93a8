"""Documents, versions, pages: what the register hands out."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import NamedTuple

from datazoom_desktop.kernel.coverage import Coverage


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line of the room's index: a path and what stands there.

    Attributes:
        index: Number in the folder tree, such as "2.1.3".
        path: Relative to the ingested folder, "/"-separated.
        version: 1-based number of the version that stands at this path.
        state: "new" (waiting or being read), "read" (read, not yet searchable), "indexed" (searchable), "unreadable".
        coverage: Of the whole file when it has no pages (encrypted, failed, skipped), else None.
        reason: Why, in words; also the worst page's reason when some pages could not be read or are doubtful.
        unreadable: Pages whose content could not be read.
        ocr: Pages read from their picture.
        doubtful: Pages of whose recognised words too many are uncertain.
        also_at: Other paths of the same document.
        needs_password: The whole of it or a part waits for a password.
    """

    index: str
    path: str
    document_id: str
    version_id: str
    version: int
    sha256: str
    bytes: int
    media_type: str | None
    state: str
    coverage: Coverage | None
    reason: str | None
    title: str | None
    pages: int
    unreadable: int
    ocr: int
    added_at: dt.datetime
    also_at: tuple[str, ...] = ()
    needs_password: bool = False
    doubtful: int = 0


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page of one document, as ``datazoom pages`` prints it; ``page`` is 1-based, None when the file has none."""

    path: str
    page: int | None
    label: str | None
    coverage: Coverage
    reason: str | None
    text: str


@dataclass(frozen=True, slots=True)
class PageView:
    """What the viewer needs to show one page.

    Attributes:
        page: 1-based.
        char_start: Offset of the page's text in the version's text, 0-based; char_end is exclusive.
        width: Points as displayed, 0 where the format has no page size; so is height.
    """

    version_id: str
    page: int
    label: str | None
    coverage: Coverage
    reason: str | None
    char_start: int
    char_end: int
    text: str
    width: float
    height: float


class DoubtfulPage(NamedTuple):
    """A page read from a picture with low certainty; ``page`` is 1-based, ``confidence`` the certain share of it, 0 to 1."""

    path: str
    page: int
    confidence: float
    reason: str


class UnreadablePage(NamedTuple):
    """A page that could not be read; ``page`` is 1-based, None for a whole file."""

    path: str
    page: int | None
    coverage: str
    reason: str


@dataclass(frozen=True, slots=True)
class RoomCoverage:
    """What of the room's current versions was read.

    Attributes:
        documents: Documents in the register.
        pages: Pages known; a file of which nothing could be read counts as one.
        searchable: Pages that are read and in the index.
        by_coverage: Number of pages in each coverage state.
        waiting: Documents not yet read or not yet searchable.
        doubtful: Pages read from a picture with low certainty.
    """

    documents: int
    pages: int
    searchable: int
    by_coverage: dict[str, int]
    waiting: int
    doubtful: int = 0


class Cause(enum.StrEnum):
    """Why something left the room."""

    REMOVED = "removed"  #: the user took it out
    GONE = "gone"  #: its file is no longer in the folder it came from
    REPLACED = "replaced"  #: its path got bytes that the room already had


@dataclass(frozen=True, slots=True)
class TrashedRow:
    """One path in the trash; restoring it brings back the version that stood there.

    Attributes:
        path: Where it stood.
        version: 1-based number of the version that stood there.
        removed_at: UTC.
    """

    path: str
    document_id: str
    version_id: str
    version: int
    sha256: str
    bytes: int
    title: str | None
    cause: Cause
    removed_at: dt.datetime
