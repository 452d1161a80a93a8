"""The room's catalogue of digests, made when first needed and again whenever the searchable documents change."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from datazoom_desktop.search import store
from datazoom_desktop.search.routing import Catalogue, Digest
from datazoom_desktop.storage.database import Cursor

FIRST_CHARS = 1_200  #: of a document's text: its title, date and usually its parties
LAST_CHARS = 800  #: of a document's text: the signatures, which name the parties when the opening does not


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is searchable at one moment.

    Attributes:
        by_version: Version id to its row.
        versions_of: Document id to its searchable version ids.
    """

    catalogue: Catalogue
    by_version: dict[str, store.VersionRow]
    versions_of: dict[str, list[str]]


class Shelves:
    """Keeps the shelf of the room's present state; thread-safe."""

    def __init__(self, states: Sequence[str] = store.INDEXED) -> None:
        """Start with nothing read; the shelf will hold versions in these states."""
        self._states = states
        self._lock = threading.Lock()
        self._of: tuple[int, int] | None = None
        self._shelf: Shelf | None = None

    def shelf(self, cursor: Cursor) -> Shelf:
        """Return what is searchable now; of what changed since the last call, only that is read."""
        state = store.fingerprint(cursor, self._states)
        with self._lock:
            if self._shelf is None or self._of != state:
                self._shelf = _read(cursor, self._shelf, self._states)
                self._of = state
            return self._shelf


def _read(cursor: Cursor, before: Shelf | None, states: Sequence[str]) -> Shelf:
    """Return the shelf of this moment, with the digests of the documents that stand as they did ``before``."""
    rows = store.searchable(cursor, states)
    known = {} if before is None else {digest.version_id: digest for digest in before.catalogue.digests}
    fresh = {row.version_id for row in rows if before is None or before.by_version.get(row.version_id) != row}
    openings = store.openings(cursor, FIRST_CHARS, LAST_CHARS, None if before is None else sorted(fresh), states)
    versions_of: dict[str, list[str]] = {}
    for row in rows:
        versions_of.setdefault(row.document_id, []).append(row.version_id)
    for row in rows:
        if row.version_id in fresh:
            opening = openings.get(row.version_id, "")
            known[row.version_id] = Digest(row.document_id, row.version_id, row.path, row.title, opening)
    digests = [known[row.version_id] for row in rows]
    return Shelf(
        Catalogue(digests, before.catalogue if before is not None else None),
        {row.version_id: row for row in rows},
        versions_of,
    )
