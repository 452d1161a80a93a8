"""Taking documents out of the register and bringing them back: rules, and steps in the caller's transaction.

What leaves goes to the trash path by path. A document whose last path is there loses at once everything derived from it, for all of
its versions and for what was attached to it; its originals stay until the trash is emptied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from datazoom_desktop.documents import store
from datazoom_desktop.documents.model import Cause, TrashedRow
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.database import Cursor


def beneath(paths: Iterable[str], wanted: Collection[str]) -> list[str]:
    """Return the "/"-separated ``paths`` that are among ``wanted`` or stand under one of them, sorted."""
    chosen = frozenset(wanted)
    return sorted(path for path in paths if any(above in chosen for above in _with_those_above(path)))


def missing(paths: Collection[str], wanted: Sequence[str]) -> str | None:
    """Return the first of the ``wanted`` paths that is not among ``paths`` and has none of them beneath it."""
    covered = {above for path in paths for above in _with_those_above(path)}
    return next((path for path in wanted if path not in covered), None)


def take_out(tx: Cursor, paths: Collection[str], cause: Cause, at: dt.datetime) -> list[str]:
    """Move live paths and what stands beneath them to the trash; return them all, sorted."""
    taken = beneath(store.live_paths(tx), paths)
    store.trash_paths(tx, taken, cause, at)
    return taken


def strip(tx: Cursor) -> list[str]:
    """Delete pages and passages of documents that only the trash still knows; return the versions concerned."""
    versions = store.homeless_versions(tx)
    if versions:
        store.mark_trashed(tx, versions)
    return versions


def choose(rows: Sequence[TrashedRow], wanted: Collection[str]) -> list[TrashedRow]:
    """Return the rows at or beneath the ``wanted`` paths, of each path the one that left last; ``rows`` come in that order."""
    there = frozenset(beneath({row.path for row in rows}, wanted))
    newest: dict[str, TrashedRow] = {}
    for row in rows:
        if row.path in there:
            newest.setdefault(row.path, row)
    return list(newest.values())


def put_back(tx: Cursor, rows: Sequence[TrashedRow]) -> list[tuple[str, str]]:
    """Let rows of the trash stand at their paths again; return (version_id, path) of what has to be read for that, newest first.

    Raises:
        Problem: Another document stands at one of the paths.
    """
    for row in rows:
        live = store.path_row(tx, row.path)
        if live is not None and live.version_id != row.version_id:
            raise Problem(
                "This path is taken",
                f"Something else stands at “{row.path}” now.",
                "Remove or move that first, then restore again.",
                row.path,
            )
    store.put_back(tx, rows)
    waiting: dict[str, str] = {}
    for row in rows:
        for version_id in store.revive(tx, row.document_id):
            waiting.setdefault(version_id, row.path)
    return list(waiting.items())


def _with_those_above(path: str) -> Iterable[str]:
    yield path
    at = len(path)
    while (at := path.rfind("/", 0, at)) > 0:
        yield path[:at]
