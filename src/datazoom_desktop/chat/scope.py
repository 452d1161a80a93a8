"""Saying what was searched, and what could not be: pure wording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from datazoom_desktop.chat.model import Searched


def scope_text(names: Sequence[str], documents: int) -> str:
    """Return which of the room's ``documents`` are searched, such as "Searching 2 of 41: Lease, Amendment 1"."""
    if not names:
        return f"Searching all {documents:,} documents" if documents != 1 else "Searching the one document"
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"Searching {len(names):,} of {documents:,}: {shown}"


def names(current: Iterable[tuple[str, str, str, str | None]]) -> dict[str, str]:
    """Return by document id what a person calls it; ``current`` is as the register has it: version, document, path, title."""
    out: dict[str, str] = {}
    for _, document, path, title in current:
        out.setdefault(document, title or path.rpartition("/")[2])
    return out


def files(current: Iterable[tuple[str, str, str, str | None]]) -> dict[str, str]:
    """Return by document id the name of its file without the ending, as citations name it."""
    out: dict[str, str] = {}
    for _, document, path, _ in current:
        out.setdefault(document, PurePosixPath(path).stem)
    return out


def continues_text(named: Sequence[str], subject: str, *, without: bool = False) -> str:
    """Return what a question takes over, such as "Lease with Harbourline · rent"; ``without``: documents that are left out."""
    shown = ", ".join(named[:2]) + (f" and {len(named) - 2} more" if len(named) > 2 else "")
    return " · ".join(filter(None, (f"other than {shown}" if without and shown else shown, subject)))


def not_found_text(searched: Searched, scope: str) -> str:
    """Return what to say when nothing was found: what was searched, what could not be, and that the nearest are listed."""
    if not searched.pages:
        return "Nothing could be searched: the room has no readable documents yet."
    where = "" if scope.startswith("Searching all") or not scope else f" {scope}."
    unreadable = len(searched.unreadable)
    waiting = searched.pages - searched.searched - unreadable
    unread = f"; {unreadable:,} could not be read" if unreadable else ""
    unread += f"; {waiting:,} {'is' if waiting == 1 else 'are'} still being read" if waiting > 0 else ""
    return (
        f"Not found.{where} {searched.searched:,} of {_pages(searched.pages)} were searched{unread}. "
        "The nearest passages are listed so that you can judge for yourself."
    )


def unworded_text(model: str) -> str:
    """Return what to say when a model wrote nothing that holds and the documents' own words stand in."""
    return f"{model} wrote nothing that its sources bear out. In the documents' own words:"


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count:,} pages"
