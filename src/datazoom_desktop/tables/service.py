"""Tables: what the sheets of an open room hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections.abc import Collection
from dataclasses import dataclass

from datazoom_desktop.storage.room import RoomStorage
from datazoom_desktop.tables import columns, store
from datazoom_desktop.tables.find import Source, find
from datazoom_desktop.tables.grid import grids
from datazoom_desktop.tables.model import Table, Unfit


@dataclass(frozen=True, slots=True)
class Found:
    """The tables of some documents, by path and as they stand in them, and what of their sheets is none."""

    tables: tuple[Table, ...]
    unfit: tuple[Unfit, ...]


class Tables:
    """The tables of an open room; thread-safe, reads only. What was found in a version is remembered while the room is open."""

    def __init__(self, storage: RoomStorage) -> None:
        """Look at nothing yet."""
        self._storage = storage
        self._lock = threading.Lock()
        self._known: dict[str, tuple[dt.datetime, Found]] = {}

    def found(self, documents: Collection[str] | None = None) -> Found:
        """Return the tables of the documents that stand in the room, or of some of them (ids).

        A table's name is the same whichever documents are asked for.
        """
        with self._lock:
            with self._storage.db.read() as cursor:
                versions = store.sheet_versions(cursor)
            self._forget({version.version_id for version in versions})
            each = [(version, self._of(version)) for version in versions]
        tables: list[Table] = []
        unfit: list[Unfit] = []
        taken: set[str] = set()
        for version, found in each:
            wanted = documents is None or version.document_id in documents
            for table in found.tables:
                name = _unique(columns.slug(_stem(version.path)), table.name, taken)
                if wanted:
                    tables.append(dataclasses.replace(table, name=name, path=version.path))
            if wanted:
                unfit += [dataclasses.replace(one, path=version.path) for one in found.unfit]
        return Found(tuple(tables), tuple(unfit))

    def _of(self, version: store.SheetVersion) -> Found:
        known = self._known.get(version.version_id)
        if known is not None and known[0] == version.read_at:
            return known[1]
        with self._storage.db.read() as cursor:
            pages = store.sheet_pages(cursor, version.version_id)
            missing = store.unread(cursor, version.version_id)
        source = Source(version.document_id, version.version_id, version.path)
        tables: list[Table] = []
        unfit: list[Unfit] = []
        for grid in grids(pages):
            more, amiss = find(grid, source)
            tables += [dataclasses.replace(table, notes=(*table.notes, *missing)) for table in more]
            unfit += amiss
        found = Found(tuple(tables), tuple(unfit))
        self._known[version.version_id] = (version.read_at, found)
        return found

    def _forget(self, present: set[str]) -> None:
        for version in self._known.keys() - present:
            del self._known[version]


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _unique(file: str, sheet: str, taken: set[str]) -> str:
    plain = "_".join(filter(None, (file, sheet))) or "sheet"
    name, more = plain, 2
    while name in taken:
        name, more = f"{plain}_{more}", more + 1
    taken.add(name)
    return name
