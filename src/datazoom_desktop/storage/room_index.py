"""A room's passage index: the one that answers and, while the room changes to another embedder, the one that is made beside it.

Which is which stands in the database (``index.active`` and ``index.next`` among the room's settings), so that the exchange is one
transaction: a program killed at any moment leaves either the old index answering or the new one, complete. A folder that neither names
is deleted. What enters or leaves the one that answers leaves the one beside it, which then has to take it in anew: a version that is
there is as it is in the room.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from datazoom_desktop.storage.database import Cursor, Database
from datazoom_desktop.storage.gate import Gate
from datazoom_desktop.storage.passage_index import DEFAULT_MODEL_ID, DIMS, TABLE, IndexRow, PassageIndex

_ACTIVE, _NEXT = "index.active", "index.next"
_NAME = re.compile(rf"{TABLE}(?:-(\d+))?\.lance\Z")
_log = logging.getLogger(__name__)

R = TypeVar("R")
Vector = npt.NDArray[np.float32]


class Plan(NamedTuple):
    """An index by its name, and the embedder whose vectors it holds."""

    name: str
    model_id: str
    dims: int


class RoomIndex:
    """The passages of an open room as they are searched; its methods are those of the index that answers. Thread-safe."""

    def __init__(self, folder: Path, db: Database) -> None:
        """Use what the room's database names in the room's ``folder``; delete indexes that it does not name."""
        self.folder = folder
        self._db = db
        self._gate = Gate()
        with db.read() as cursor:
            active, beside = _plan(cursor, _ACTIVE), _plan(cursor, _NEXT)
        self._active = self._opened(active or Plan(TABLE, DEFAULT_MODEL_ID, DIMS))
        self._next = self._opened(beside) if beside is not None else None
        self._drop_strays()

    # --- the one that answers -----------------------------------------------------------------------------------------------------

    def steady(self) -> AbstractContextManager[None]:
        """Return a block in which the index that answers, and so its embedder, stays the same."""
        return self._gate.passing()

    @property
    def name(self) -> str:
        """Return the name of the index that answers; another one has another name."""
        return self._active.name

    @property
    def path(self) -> Path:
        """Return where the index that answers is kept."""
        return self._active.path

    @property
    def model_id(self) -> str:
        """Return the id of the embedder whose vectors answer, also before there are any."""
        with self._gate.passing():
            return self._active.model_id or self._active.planned_model_id

    @property
    def dims(self) -> int:
        """Return the length of a vector."""
        return self._active.dims

    def exists(self) -> bool:
        """Return whether there is an index and every piece of it can be read; looks at the disk anew."""
        with self._gate.passing():
            return self._active.exists()

    def recreate(self) -> None:
        """Throw away the index that answers and start an empty one for the same embedder."""
        with self._gate.passing():
            self._active.recreate(self._active.planned_model_id)

    def replace(self, version_id: str, rows: Sequence[IndexRow]) -> None:
        """Make ``rows`` the whole index of one version; doing it twice changes nothing."""
        self.replace_many({version_id: rows})

    def replace_many(self, rows: Mapping[str, Sequence[IndexRow]]) -> None:
        """Make each version's rows its whole index; see ``PassageIndex.replace_many``."""
        with self._gate.passing():
            if self._next is not None:
                self._next.remove(rows)
            self._active.replace_many(rows)

    def remove(self, version_ids: Collection[str]) -> None:
        """Take the versions' rows out of the index, and out of the one beside it."""
        with self._gate.passing():
            if self._next is not None:
                self._next.remove(version_ids)
            self._active.remove(version_ids)

    def nearest(self, vector: Vector, k: int, versions: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Return the nearest passages; see ``PassageIndex.nearest``."""
        with self._gate.passing():
            return self._active.nearest(vector, k, versions)

    def match(self, words: str, k: int, versions: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Return the passages with any of ``words``; see ``PassageIndex.match``."""
        with self._gate.passing():
            return self._active.match(words, k, versions)

    def vectors(self, passage_ids: Collection[str]) -> dict[str, Vector]:
        """Return the float32 vectors of the passages that are in the index."""
        with self._gate.passing():
            return self._active.vectors(passage_ids)

    def count(self) -> int:
        """Return how many passages are in the index."""
        with self._gate.passing():
            return self._active.count()

    def version_counts(self) -> dict[str, int]:
        """Return how many passages of each version are in the index."""
        with self._gate.passing():
            return self._active.version_counts()

    def optimize(self) -> None:
        """Tidy the index when that is worth it; see ``PassageIndex.optimize``."""
        with self._gate.passing():
            self._active.optimize()

    def purge(self) -> None:
        """Leave nothing of removed rows on the disk; see ``PassageIndex.purge``."""
        with self._gate.passing():
            if self._next is not None:
                self._next.purge()
            self._active.purge()

    def close(self) -> None:
        """Forget what is open; it opens again when needed."""
        self._active.close()
        if self._next is not None:
            self._next.close()

    # --- the one beside it --------------------------------------------------------------------------------------------------------

    @property
    def next(self) -> PassageIndex | None:
        """Return the index that is made for another embedder, None when none is."""
        return self._next

    def begin(self, model_id: str, dims: int, note: Callable[[Cursor], None]) -> None:
        """Start an empty index beside the one that answers, instead of one begun before; ``note`` runs in the transaction."""

        def work(tx: Cursor) -> Plan:
            plan = Plan(self._free_name(), model_id, dims)
            _put(tx, _NEXT, plan)
            note(tx)
            return plan

        with self._gate.closed():
            left, self._next = self._next, self._opened(self._db.write(work))
        self._drop(left)

    def abandon(self, note: Callable[[Cursor], None]) -> bool:
        """Throw away the index that was made beside; return whether there was one. ``note`` runs in the transaction."""

        def work(tx: Cursor) -> None:
            _put(tx, _NEXT, None)
            note(tx)

        with self._gate.closed():
            left = self._next
            if left is not None:
                self._db.write(work)
                self._next = None
        self._drop(left)
        return left is not None

    def exchange(self, note: Callable[[Cursor], R]) -> R:
        """Let the index made beside answer from now on, delete the other, and return what ``note`` does in the transaction.

        Searches that run are waited for, those that come meanwhile wait.

        Raises:
            RuntimeError: Nothing was made beside.
        """

        def work(tx: Cursor) -> R:
            assert self._next is not None
            plan = Plan(self._next.name, self._next.planned_model_id, self._next.dims)
            _put(tx, _ACTIVE, plan)
            _put(tx, _NEXT, None)
            return note(tx)

        with self._gate.closed():
            if self._next is None:
                raise RuntimeError("there is no index to exchange this one for")
            done = self._db.write(work)
            left, self._active, self._next = self._active, self._next, None
        self._drop(left)
        return done

    def _opened(self, plan: Plan) -> PassageIndex:
        return PassageIndex(self.folder, name=plan.name, model_id=plan.model_id, dims=plan.dims)

    def _free_name(self) -> str:
        numbers = [int(found[1] or 1) for entry in self.folder.iterdir() if (found := _NAME.match(entry.name))]
        return f"{TABLE}-{max((*numbers, self._number(self._active), self._number(self._next))) + 1}"

    def _number(self, index: PassageIndex | None) -> int:
        found = _NAME.match(f"{index.name}.lance") if index is not None else None
        return int(found[1] or 1) if found else 0

    def _drop_strays(self) -> None:
        named = {self._active.path} | ({self._next.path} if self._next is not None else set())
        for entry in self.folder.iterdir():
            if _NAME.match(entry.name) and entry not in named:
                _delete(entry)

    def _drop(self, index: PassageIndex | None) -> None:
        if index is not None:
            index.close()
            _delete(index.path)


def _delete(folder: Path) -> None:
    """Delete an index that nobody asks any more; what another program holds is tried again when the room is opened."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError:
        _log.warning("the former index in %s is in use; it is deleted when the room is opened again", folder)


def _plan(cursor: Cursor, key: str) -> Plan | None:
    row = cursor.execute("SELECT value FROM room_settings WHERE key = ?", [key]).fetchone()
    return Plan(**json.loads(row[0])) if row else None


def _put(tx: Cursor, key: str, plan: Plan | None) -> None:
    tx.execute("DELETE FROM room_settings WHERE key = ?", [key])
    if plan is not None:
        tx.execute("INSERT INTO room_settings VALUES (?, ?)", [key, json.dumps(plan._asdict())])
