"""Placing content in the register: which document and version the bytes at a path are."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass

from datazoom_desktop.documents import store
from datazoom_desktop.documents.model import Cause
from datazoom_desktop.documents.store import PathRow, VersionRow
from datazoom_desktop.kernel.ids import new_id
from datazoom_desktop.storage.database import Cursor


class Placement(enum.StrEnum):
    """What a file turned out to be."""

    NEW = "new"  #: bytes the room had not seen, at a path it had not seen
    VERSION = "version"  #: new bytes at a known path
    DUPLICATE = "duplicate"  #: known bytes at a further path
    RETURNED = "returned"  #: a known path that now holds bytes the room already had
    UNCHANGED = "unchanged"  #: the same bytes at the same path


@dataclass(frozen=True, slots=True)
class Incoming:
    """Content that arrives at a path; its bytes already lie among the room's originals.

    Attributes:
        path: Relative to the ingested folder, "/"-separated.
        source: Absolute path it came from, or its mail's path for an attachment.
        modified_ns: Unix nanoseconds.
        parent_id: The document it came attached to.
    """

    path: str
    sha256: str
    bytes: int
    source: str
    modified_ns: int
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where content was placed.

    Attributes:
        fresh: Its version has to be read, if only for what is attached to it.
        also: Other versions of its document that have to be read again, because the document comes out of the trash.
    """

    placement: Placement
    document_id: str
    version_id: str
    fresh: bool
    also: tuple[str, ...] = ()


def place(tx: Cursor, incoming: Incoming, at: dt.datetime) -> Placed:
    """Place content at its path, in the caller's transaction.

    The same bytes are one version wherever they stand. New bytes at a known path are the next version of its document - unless
    that document stands at other paths too, whose content they do not change: then the path parts from it as a new document.
    New bytes at a path whose file went away are the next version of what stood there. Bytes that only the trash knows bring
    their document back; a document that loses its last path to one that the room already had goes to the trash.
    """
    existing = store.path_row(tx, incoming.path)
    known = store.version_by_hash(tx, incoming.sha256)
    if known is not None and existing is not None and known.version_id == existing.version_id:
        store.point_path(tx, _row(incoming, known))
        return Placed(Placement.UNCHANGED, known.document_id, known.version_id, False)
    heir = store.gone_document(tx, incoming.path) if known is None and existing is None else None
    if existing is None:
        placement = Placement.DUPLICATE if known else Placement.VERSION if heir else Placement.NEW
        version = known or _new_version(tx, incoming, heir, at)
        store.add_path(tx, _row(incoming, version), at)
    else:
        store.drop_paths(tx, store.attached_paths(tx, incoming.path))
        alone = len(store.paths_by_document(tx, [existing.document_id])[existing.document_id]) == 1
        placement = Placement.RETURNED if known else Placement.VERSION
        version = known or _new_version(tx, incoming, existing.document_id if alone else None, at)
        store.point_path(tx, _row(incoming, version))
        if alone and version.document_id != existing.document_id:
            store.trash_row(tx, existing, Cause.REPLACED, at)
    store.forget_moved(tx, incoming.path, version.document_id, version.version_id)
    comes_back = heir is not None or (known is not None and known.state == "trashed")
    revived = store.revive(tx, version.document_id) if comes_back else []
    fresh = known is None or version.version_id in revived or _must_reattach(tx, incoming.path, version, at)
    also = tuple(version_id for version_id in revived if version_id != version.version_id)
    return Placed(placement, version.document_id, version.version_id, fresh, also)


def place_many(tx: Cursor, arriving: Sequence[Incoming], at: dt.datetime) -> list[Placed]:
    """Place content at several paths, as ``place`` does each, in order; what the room has never seen goes in all at once."""
    touched = store.touched(tx, [each.path for each in arriving], [each.sha256 for each in arriving])
    placed: dict[int, Placed] = {}
    rows: list[tuple[Incoming, VersionRow]] = []
    for number, incoming in enumerate(arriving):
        if touched.isdisjoint((incoming.path, incoming.sha256)):
            version = VersionRow(new_id(), new_id(), 1, incoming.sha256, "new")
            rows.append((incoming, version))
            placed[number] = Placed(Placement.NEW, version.document_id, version.version_id, True)
        touched.update((incoming.path, incoming.sha256))
    if rows:
        documents = [(version.document_id, incoming.parent_id) for incoming, version in rows]
        versions = [(version, incoming.bytes) for incoming, version in rows]
        store.add_all(tx, documents, versions, [_row(incoming, version) for incoming, version in rows], at)
    return [placed.get(number) or place(tx, incoming, at) for number, incoming in enumerate(arriving)]


def _new_version(tx: Cursor, incoming: Incoming, document_id: str | None, at: dt.datetime) -> VersionRow:
    number = 1
    if document_id is None:
        document_id = new_id()
        store.add_document(tx, document_id, incoming.parent_id, at)
    else:
        number = store.last_number(tx, document_id) + 1
    version = VersionRow(new_id(), document_id, number, incoming.sha256, "new")
    store.add_version(tx, version.version_id, document_id, number, incoming.sha256, incoming.bytes, at)
    return version


def _row(incoming: Incoming, version: VersionRow) -> PathRow:
    return PathRow(
        incoming.path, version.document_id, version.version_id, incoming.source, incoming.modified_ns, incoming.bytes
    )


def _must_reattach(tx: Cursor, path: str, version: VersionRow, at: dt.datetime) -> bool:
    """Let what is attached to a known version stand under its further path as well.

    Return whether the version must be read again for that: it stood nowhere any more, so neither did what it had attached.
    """
    others = [p for p in store.paths_of_version(tx, version.version_id) if p != path]
    if not others:
        return store.has_attached(tx, version.document_id)
    for attached in store.attached_paths(tx, others[0]):
        row = store.path_row(tx, attached)
        assert row is not None
        copy = path + attached[len(others[0]) :]
        if store.path_row(tx, copy) is None:
            store.add_path(tx, row._replace(path=copy, source=path), at)
    return False
