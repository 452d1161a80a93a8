"""Saying what was searched, and what could not be: pure wording."""

from __future__ import annotations

from collections.abc import Sequence

from datazoom_desktop.chat.model import Searched


def scope_text(names: Sequence[str], documents: int) -> str:
    """Return which of the room's ``documents`` are searched, such as "Searching 2 of 41: Lease, Amendment 1"."""
    if not names:
        return f"Searching all {documents:,} documents" if documents != 1 else "Searching the one document"
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"Searching {len(names):,} of {documents:,}: {shown}"


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
