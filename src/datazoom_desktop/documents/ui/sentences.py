"""What the documents page says about a document, in plain English. Pure; knows no Qt widgets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from datazoom_desktop.documents.model import DocumentRow, RoomCoverage
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.shell.words import count, number

_WHOLE = {
    Coverage.ENCRYPTED: "Needs a password",
    Coverage.FAILED: "Could not be read",
    Coverage.SKIPPED: "Left out",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the reading of one version is: units done, of ``total`` (0 while unknown); ``running`` or still waiting."""

    running: bool
    done: int = 0
    total: int = 0
    unit: str = "pages"


def name_of(path: str) -> str:
    """Return the last part of a path."""
    return PurePosixPath(path).name


def folder_of(path: str) -> str:
    """Return the folders above, joined by " / "; empty at the top."""
    return " / ".join(PurePosixPath(path).parts[:-1])


def state_words(row: DocumentRow, reading: Reading | None) -> str:
    """Return where a document stands on its way to being searchable, and what of it could not be read.

    Such as "Reading, page 12 of 40", "Searchable", "2 of 24 pages could not be read" or "Needs a password".
    """
    if reading is not None and reading.running:
        if row.state == "read":
            return "Indexing"
        if reading.total:
            return f"Reading, {reading.unit.rstrip('s')} {number(reading.done)} of {number(reading.total)}"
        return "Reading"
    if row.state == "unreadable":
        return _WHOLE.get(row.coverage, "Could not be read") if row.coverage is not None else "Could not be read"
    if row.state != "indexed":
        return "Waiting to be indexed" if row.state == "read" else "Waiting to be read"
    if row.needs_password:
        return "Part of it is encrypted"
    if row.unreadable:
        return f"{number(row.unreadable)} of {count(row.pages, 'page')} could not be read"
    if row.doubtful:
        return f"Searchable, {count(row.doubtful, 'page')} with low certainty"
    return f"Searchable, {number(row.ocr)} from pictures" if row.ocr else "Searchable"


def state_role(row: DocumentRow, reading: Reading | None) -> str:
    """Return the colour role of ``state_words``: only what wants attention has a colour."""
    if reading is not None and reading.running:
        return "ink"
    if row.state == "unreadable":
        return "ink_soft" if row.coverage is Coverage.SKIPPED else "bad"
    if row.state != "indexed":
        return "ink_faint"
    return "warn" if row.unreadable or row.doubtful else "ink_soft"


def locked(row: DocumentRow) -> bool:
    """Tell whether a document waits for a password, the whole of it or a part."""
    return row.needs_password and row.state != "new"


def tried_words(opened: int, still: int) -> tuple[str, str]:
    """Return what came of trying passwords: how many documents opened, and how many still wait for one."""
    title = f"{count(opened, 'document')} opened" if opened else "No document opened"
    return title, f"{count(still, 'document')} still {'needs' if still == 1 else 'need'} a password." if still else ""


def summary_words(coverage: RoomCoverage) -> str:
    """Return one line about the whole room, such as "41 documents, 1,930 pages, 18 could not be read"."""
    parts = [count(coverage.documents, "document"), count(coverage.pages - unread_documents(coverage), "page")]
    unreadable = unreadable_pages(coverage)
    if unreadable:
        parts.append(f"{number(unreadable)} could not be read")
    if coverage.doubtful:
        parts.append(f"{number(coverage.doubtful)} read with low certainty")
    if coverage.waiting:
        parts.append(f"{number(coverage.waiting)} still to be read or indexed")
    return ", ".join(parts)


def unreadable_pages(coverage: RoomCoverage) -> int:
    """Return how many pages could not be read."""
    states = (Coverage.ENCRYPTED, Coverage.FAILED, Coverage.SKIPPED)
    return sum(coverage.by_coverage.get(str(state), 0) for state in states)


def unread_documents(coverage: RoomCoverage) -> int:
    """Return how many documents nobody has tried to read yet."""
    return coverage.by_coverage.get("waiting", 0)


def readable_words(coverage: RoomCoverage) -> str:
    """Return the status line's words on coverage, such as "1,912 of 1,930 pages readable"; empty for an empty room."""
    known = coverage.pages - unread_documents(coverage)
    if not known:
        return ""
    readable = sum(number for state, number in coverage.by_coverage.items() if state in _READABLE)
    return f"{number(readable)} of {count(known, 'page')} readable"


_READABLE = frozenset(str(state) for state in Coverage if state.readable)
