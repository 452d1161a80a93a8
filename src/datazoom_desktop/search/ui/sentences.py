"""What the search page says about what was found and what was looked into, in plain English. Pure; knows no Qt widgets."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from datazoom_desktop.documents.model import RoomCoverage
from datazoom_desktop.documents.ui.sentences import readable_words, unread_documents, unreadable_pages
from datazoom_desktop.search.lexer import Mistake
from datazoom_desktop.search.model import ExactResult, Route
from datazoom_desktop.shell.words import count, number

_NAMED = 3  #: documents named of those that are searched


def found_words(result: ExactResult, *, placed: bool) -> str:
    """Return how much was found, such as "38 places in 6 of 41 documents"; of documents alone, "6 of 41 documents"."""
    documents = f"{number(len(result.documents))} of {count(result.searched, 'document')}"
    if not result.documents:
        return f"Nothing in {count(result.searched, 'document')}"
    return f"{count(result.places, 'place')} in {documents}" if placed else documents


def passages_words(hits: int) -> str:
    """Return how many passages are listed, such as "24 passages, best first"."""
    return f"{count(hits, 'passage')}, best first" if hits else "No passages"


def gaps_words(coverage: RoomCoverage, *, by_meaning: bool) -> str:
    """Return what could not be searched, such as "18 pages could not be read, 2 documents are still to be read"; empty for nothing."""
    parts = []
    if bad := unreadable_pages(coverage):
        parts.append(f"{count(bad, 'page')} could not be read")
    waiting = coverage.waiting if by_meaning else unread_documents(coverage)
    if waiting:
        last = "read and indexed" if by_meaning else "read"
        parts.append(f"{count(waiting, 'document')} {'is' if waiting == 1 else 'are'} still to be {last}")
    return ", ".join(parts)


def nothing_words(coverage: RoomCoverage, *, by_meaning: bool) -> str:
    """Return what was searched when nothing was found, and what could not be."""
    searched = f"{count(coverage.documents, 'document')} searched: {readable_words(coverage)}."
    gaps = gaps_words(coverage, by_meaning=by_meaning)
    return f"{searched} {gaps}." if gaps else searched


def mistake_words(mistake: Mistake) -> tuple[str, str]:
    """Return what is wrong with a search as a title, and what to type instead."""
    return mistake.message.removesuffix("."), mistake.remedy


def route_words(route: Route, names: Sequence[str], documents: int) -> str:
    """Return where passages were looked for, such as "Searching 3 of 41 documents: Lease.pdf, Amendment 1.pdf and 1 more".

    ``names`` are those of the documents that were chosen or put first.
    """
    if not route.document_ids:
        first = f", {named(names)} first" if names else ""
        return f"Searching {'all ' if documents != 1 else ''}{count(documents, 'document')}{first}"
    return f"Searching {number(len(names))} of {count(documents, 'document')}: {named(names)}"


def named(names: Collection[str]) -> str:
    """Return a few names, and how many more there are."""
    shown, more = list(names)[:_NAMED], len(names) - _NAMED
    return ", ".join(shown) + (f" and {number(more)} more" if more > 0 else "")
