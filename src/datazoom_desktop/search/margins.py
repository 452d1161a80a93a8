"""What of a room's pages is in no passage: running headers and footers, page numbers, marks of copies. Read once a version."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence

from datazoom_desktop.search import store
from datazoom_desktop.storage.database import Cursor


class Margins:
    """Keeps the margins of the versions that stand in the room; thread-safe."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._lock = threading.Lock()
        self._known: dict[str, tuple[dt.datetime, list[store.MarginRow]]] = {}

    def of(self, cursor: Cursor, versions: Sequence[store.VersionRow]) -> list[store.MarginRow]:
        """Return the margins of the versions, in their order; only those of new ones are read."""
        with self._lock:
            present = {version.version_id: version.found_since for version in versions}
            self._known = {key: found for key, found in self._known.items() if present.get(key) == found[0]}
            missing = [version_id for version_id in present if version_id not in self._known]
            if missing:
                self._known |= {version_id: (present[version_id], []) for version_id in missing}
                for row in store.margins(cursor, missing):
                    self._known[row.version_id][1].append(row)
            return [row for version_id in present for row in self._known[version_id][1]]
