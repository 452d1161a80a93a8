"""The passages of a room as LanceDB keeps them: found by meaning, by words, or by id.

Everything here is derived from the database: a lost or damaged index is made again by reading the passages' texts and
embedding them. Calls are thread-safe; writes wait for each other, reads do not wait.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import shutil
import threading
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.letters import unaccented
from datazoom_desktop.storage.faults import disk_full, is_disk_full
from datazoom_desktop.storage.gate import Gate

if TYPE_CHECKING:
    from lancedb.db import DBConnection
    from lancedb.index import FTS, BTree
    from lancedb.query import FullTextQuery, LanceVectorQueryBuilder
    from lancedb.table import Table

TABLE = "passages"
DIMS = 384
DEFAULT_MODEL_ID = "all-MiniLM-L6-v2"

_MODEL_KEY = b"datazoom.model_id"
_IDS_A_FILTER = 2_000

_ALL_ROWS = 8_192
"""Up to so many rows every vector is compared, which is exact; from about there on the index is quicker."""

_PARTITION_ROWS = 4_096
_SCANNED_ROWS = 80_000
_SCANNED_SHARE = 0.3
_MANY = 1_000
_REFINED = 2
"""The index holds one byte a dimension, in partitions of about 4,096 vectors. The nearest partitions with 80,000 vectors are looked at,
or with three tenths of them where that is more, and the best 2 k of these are compared exactly; all of them, where only some versions or
more than a thousand passages are wanted.

``tests/benchmarks/bench_vectors.py`` measures it beside LanceDB's other indexes. Looking at all or many vectors in a quarter of the bytes
finds what comparing every vector finds, in a twentieth of the time; fewer partitions, graphs and shorter codes lose some of the nearest
for little time. LanceDB joins partitions of fewer than 2,048 vectors when it takes in new ones, so smaller ones would not last.
"""

_MEANING = "meaning_"  # and the number of partitions that it was made with
_MOST_PARTS = 4
_QUICK_ROWS = 250_000
"""Each merge may add a part to the index of the vectors, and each part is searched. With more than four it is made anew, which takes some
6 seconds for 100,000 vectors; when everything else is done, and there are no more than 250,000, with more than one. It is made anew too
when there are twice as many rows as it was made for, because what it grows by itself has too few partitions.
"""

_INDEX_BYTES = 512 << 20
_METADATA_BYTES = 64 << 20
"""What LanceDB may keep in memory of the indexes, which is enough for the vectors of a million passages, and of the table's layout."""

_KEPT = dt.timedelta(days=1)

_LOOSE_ROWS = 2_000
_LOOSE_SHARE = 8
_WORTH_ROWS = 256
_WORTH_SHARE = 20
_WORTH_WRITES = 50


class IndexRow(NamedTuple):
    """One passage to index.

    Attributes:
        passage_id: Version id, ":", ordinal.
        version_id: The version it belongs to.
        text: What is found by words: prefix and text.
        vector: (dims,) float32, of length one.
    """

    passage_id: str
    version_id: str
    text: str
    vector: npt.NDArray[np.float32]


class PassageIndex:
    """The table ``passages.lance``, or of another name, in a room's folder, made when the first rows arrive.

    Attributes:
        planned_model_id: The embedder that an index made from now on is for.
        dims: The length of a vector.
    """

    def __init__(
        self,
        folder: Path,
        all_rows: int = _ALL_ROWS,
        *,
        name: str = TABLE,
        model_id: str = DEFAULT_MODEL_ID,
        dims: int = DIMS,
    ) -> None:
        """Use the index called ``name`` in a room's ``folder``; nothing is opened until it is needed.

        Where no more than ``all_rows`` rows are searched, every vector is compared. One that has to be made is for vectors of
        ``model_id``, which have ``dims`` components.
        """
        self.folder = folder
        self.name = name
        self.planned_model_id = model_id
        self.dims = dims
        self._all_rows = all_rows
        self._connection: DBConnection | None = None
        self._table: Table | None = None
        self._counts: dict[str, int] | None = None
        self._known_partitions: int | None = None
        self._loose_rows = 0
        self._loose_writes = 0
        self._writing = threading.RLock()  # held for as long as a write or a merge takes
        self._state = threading.RLock()  # held for a moment, by readers too
        self._reading = Gate()  # closed for the moment in which files that nobody reads any more are deleted

    @property
    def path(self) -> Path:
        """Return where the index is kept."""
        return self.folder / f"{self.name}.lance"

    @property
    def model_id(self) -> str | None:
        """Return the id of the embedder the vectors came from, None while there is no index."""
        table = self._existing()
        if table is None:
            return None
        metadata: dict[bytes, bytes] = table.schema.metadata or {}
        return metadata.get(_MODEL_KEY, b"").decode()

    def exists(self) -> bool:
        """Return whether there is an index and every piece of it can be read; looks at the disk anew."""
        self.close()
        try:
            with self._state:
                self._known_counts()
                return self._existing() is not None
        except Problem:
            return False

    def recreate(self, model_id: str | None = None) -> None:
        """Throw away whatever is there and start an empty index for vectors of ``model_id`` (None: as planned)."""
        with self._write(), self._state:
            self.close()
            if self.path.exists():
                shutil.rmtree(self.path)
            self._table = self._connect().create_table(
                self.name, schema=_schema(model_id or self.planned_model_id, self.dims)
            )
            self._counts = {}

    def replace(self, version_id: str, rows: Sequence[IndexRow]) -> None:
        """Make ``rows`` the whole index of one version; doing it twice changes nothing."""
        self.replace_many({version_id: rows})

    def replace_many(self, rows: Mapping[str, Sequence[IndexRow]]) -> None:
        """Make each version's rows its whole index.

        Raises:
            Problem: The index cannot be written or the disk is full.
            ValueError: A row's version is not the one it is filed under, or its vector has the wrong length.
        """
        if not rows:
            return
        added = [row for version_id, listed in rows.items() for row in _checked(version_id, listed, self.dims)]
        with self._write():
            table = self._existing()
            if table is None:
                self.recreate()
                table = self._existing()
            assert table is not None
            self._forget(table, rows)
            if added:
                self._count_in(rows)
                table.add(_arrow(added, table.schema))
                self._tend(table, len(added))

    def remove(self, version_ids: Collection[str]) -> None:
        """Take the versions' rows out of the index."""
        with self._write():
            table = self._existing()
            if table is not None:
                self._forget(table, version_ids)

    def nearest(
        self, vector: npt.NDArray[np.float32], k: int, versions: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return up to ``k`` (passage id, cosine similarity -1 to 1), best first, within ``versions`` (None: all)."""
        table = self._existing()
        if table is None or k < 1 or (versions is not None and not versions):
            return []
        with self._reading.passing(), _faults(self.path):
            search: LanceVectorQueryBuilder = cast("Any", table.search(np.asarray(vector, np.float32)))
            query = search.distance_type("cosine").select(["passage_id", "_distance"]).limit(k)
            within = self._rows_within(versions)
            if within <= self._all_rows:
                query = query.bypass_vector_index()
            else:
                partitions = self._partitions(table)
                share = 1.0 if k > _MANY else max(_SCANNED_SHARE, _SCANNED_ROWS / within)
                probed = math.ceil(partitions * min(1.0, share))
                most = (
                    probed if versions is None and share < 1.0 else 2 * partitions
                )  # it may have grown some by itself
                query = query.minimum_nprobes(probed).maximum_nprobes(most).refine_factor(_REFINED)
            if (condition := self._within(versions)) is not None:
                query = query.where(condition, prefilter=True)
            found = query.to_arrow()
        cosines = 1.0 - found["_distance"].to_numpy()
        return list(zip(found["passage_id"].to_pylist(), cosines.tolist(), strict=True))

    def match(self, words: str, k: int, versions: Collection[str] | None = None) -> list[tuple[str, float]]:
        """Return up to ``k`` (passage id, BM25 score), best first, with any of ``words``, within ``versions`` (None: all).

        ``words`` are plain words whatever signs are among them; rows added a moment ago are found.
        """
        table = self._existing()
        if table is None or k < 1 or not words.strip() or (versions is not None and not versions):
            return []
        with self._reading.passing(), _faults(self.path):
            query = table.search(_any_of(words), query_type="fts").select(["passage_id", "_score"]).limit(k)
            if (condition := self._within(versions)) is not None:
                query = query.where(condition, prefilter=True)
            found = query.to_arrow()
        return list(zip(found["passage_id"].to_pylist(), found["_score"].to_pylist(), strict=True))

    def vectors(self, passage_ids: Collection[str]) -> dict[str, npt.NDArray[np.float32]]:
        """Return the (dims,) float32 vectors of the passages that are in the index."""
        table = self._existing()
        out: dict[str, npt.NDArray[np.float32]] = {}
        if table is None:
            return out
        with self._reading.passing(), _faults(self.path):
            for condition in _conditions("passage_id", passage_ids):
                found = (
                    table.search().where(condition).select(["passage_id", "vector"]).limit(len(passage_ids)).to_arrow()
                )
                matrix = found["vector"].combine_chunks().flatten().to_numpy().reshape(-1, self.dims)
                out.update(zip(found["passage_id"].to_pylist(), matrix, strict=True))
        return out

    def count(self) -> int:
        """Return how many passages are in the index."""
        table = self._existing()
        if table is None:
            return 0
        with self._reading.passing(), _faults(self.path):
            return int(table.count_rows())

    def version_counts(self) -> dict[str, int]:
        """Return how many passages of each version are in the index."""
        with self._state:
            return dict(self._known_counts())

    def optimize(self) -> None:
        """Merge small pieces, bring the word index up to date and drop what is no longer needed, when that is worth it.

        Rows that wait for it are found meanwhile, only more slowly. Reading goes on while it runs; it takes about 5 s for
        100,000 passages.
        """
        with self._write():
            table = self._existing()
            if table is None:
                return
            rows, loose = table.count_rows(), max(self._loose_rows, _unindexed(table))
            most = 1 if rows <= _QUICK_ROWS else _MOST_PARTS
            worth = loose >= _WORTH_ROWS or loose * _WORTH_SHARE >= rows or self._loose_writes >= _WORTH_WRITES
            if (loose and worth) or (rows > self._all_rows and not _fits(table, rows, most)):
                self._merge(table, most)

    def purge(self) -> None:
        """Leave nothing of removed rows on the disk: write those that stay anew, and all indexes; takes about as long as making them."""
        with self._write():
            table = self._existing()
            if table is None:
                return
            table.update(values_sql={"passage_id": "passage_id"})  # which writes every row anew, in one step
            for one in table.list_indices():
                if one.columns != ["vector"]:
                    table.create_index(one.columns[0], config=_config(one.columns[0]), name=one.name, replace=True)
            self._merge(table, 0)

    def close(self) -> None:
        """Forget the open table; it opens again when needed."""
        with self._state:
            self._table = None
            self._connection = None
            self._counts = None
            self._known_partitions = None

    def _connect(self) -> DBConnection:
        if self._connection is None:
            os.environ.setdefault("LANCEDB_LOG", "error")  # else it warns the user's terminal of small clusters
            import lancedb

            session = lancedb.Session(index_cache_size_bytes=_INDEX_BYTES, metadata_cache_size_bytes=_METADATA_BYTES)
            self._connection = lancedb.connect(self.folder, session=session)
        return self._connection

    def _existing(self) -> Table | None:
        with self._state:
            if not self.path.is_dir():
                self.close()
            elif self._table is None:
                with _faults(self.path, ValueError):  # which is what a folder without a table is to LanceDB
                    self._table = self._connect().open_table(self.name)
            return self._table

    @contextmanager
    def _write(self) -> Iterator[None]:
        """Wait for other writes; after a failed one, count the rows anew."""
        with self._writing, _faults(self.path):
            try:
                yield
            except BaseException:
                with self._state:
                    self._counts = None
                raise

    def _known_counts(self) -> dict[str, int]:
        """Return the passages a version, read once and kept up to date; never lacks a version that has rows."""
        if self._counts is None:
            table = self._existing()
            if table is None:
                return {}
            with self._reading.passing(), _faults(self.path):
                column = table.search().select(["version_id"]).to_arrow()["version_id"]
            self._counts = {one["values"].as_py(): one["counts"].as_py() for one in column.value_counts()}
        return self._counts

    def _partitions(self, table: Table) -> int:
        """Return how many partitions the index of the vectors was made with, looked up once."""
        with self._state:
            if self._known_partitions is None:
                name = _meaning(table)
                self._known_partitions = int(name.removeprefix(_MEANING)) if name is not None else 1
            return self._known_partitions

    def _within(self, versions: Collection[str] | None) -> str | None:
        """Return the shortest condition that keeps exactly the rows of ``versions``, None when every row is theirs."""
        if versions is None:
            return None
        with self._state:
            there = frozenset(self._known_counts())
        wanted = there.intersection(versions)
        others = there - wanted
        if not others:
            return None
        if len(others) < len(wanted):
            return f"NOT ({_among('version_id', others)})"
        return _among("version_id", wanted or ["-"])

    def _rows_within(self, versions: Collection[str] | None) -> int:
        with self._state:
            counts = self._known_counts()
            if versions is None or len(versions) >= len(counts):
                return sum(counts.values())
            return sum(counts.get(version_id, 0) for version_id in versions)

    def _forget(self, table: Table, version_ids: Collection[str]) -> None:
        with self._state:
            known = [one for one in version_ids if one in self._known_counts()]
        for condition in _conditions("version_id", known):
            table.delete(condition)
        with self._state:
            for version_id in known:
                self._known_counts().pop(version_id, None)

    def _count_in(self, rows: Mapping[str, Sequence[IndexRow]]) -> None:
        with self._state:
            self._known_counts().update({version_id: len(listed) for version_id, listed in rows.items() if listed})

    def _tend(self, table: Table, added: int) -> None:
        """Make the indexes once there are words, and merge before the loose rows slow every search down."""
        self._loose_rows += added
        self._loose_writes += 1
        if not table.list_indices():
            _index_words_and_ids(table)
            self._loose_rows = 0
        elif self._loose_rows > _LOOSE_ROWS and self._loose_rows * _LOOSE_SHARE > table.count_rows():
            self._merge(table)

    def _merge(self, table: Table, most: int = _MOST_PARTS) -> None:
        """Merge what was written; make the index of the vectors anew if there are enough and it is missing or has more parts than ``most``."""
        _index_words_and_ids(table)
        table.optimize(cleanup_older_than=_KEPT)
        rows, wanted = table.count_rows(), None
        if rows > self._all_rows:
            wanted = _meaning(table)
            if wanted is None or not _fits(table, rows, most):
                from lancedb.index import IvfSq

                wanted, partitions = f"{_MEANING}{_partitions(rows)}", _partitions(rows)
                config = IvfSq(distance_type="cosine", num_partitions=partitions)
                table.create_index("vector", config=config, name=wanted, replace=True)
        for one in table.list_indices():
            if one.columns == ["vector"] and one.name != wanted:
                table.drop_index(one.name)
        with self._state:
            self._known_partitions = None
        with self._reading.closed(), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # which tells of readers of older versions: there are none now
            table.optimize(cleanup_older_than=dt.timedelta(0))
        self._loose_rows = 0
        self._loose_writes = 0


def _partitions(rows: int) -> int:
    """Return how many partitions the vectors of so many rows are put into."""
    return max(1, rows // _PARTITION_ROWS)


def _meaning(table: Table) -> str | None:
    """Return the name of the index of the vectors, None when there is none or only one of former days."""
    return next((one.name for one in table.list_indices() if one.name.startswith(_MEANING)), None)


def _fits(table: Table, rows: int, most: int) -> bool:
    """Return whether the index of the vectors is there, has no more parts than ``most``, and was made for about so many rows."""
    name = _meaning(table)
    stats = table.index_stats(name) if name is not None else None
    if name is None or stats is None:
        return False
    return int(stats.num_indices or 1) <= most and _partitions(rows) < 2 * int(name.removeprefix(_MEANING))


def _index_words_and_ids(table: Table) -> None:
    """Make the indexes of the other columns where they are missing."""
    there = {column for one in table.list_indices() for column in one.columns}
    for column in ("text", "version_id", "passage_id"):
        if column not in there:
            table.create_index(column, config=_config(column))


def _config(column: str) -> FTS | BTree:
    """Return the index that a column of words or ids has."""
    from lancedb.index import FTS, BTree

    return FTS(with_position=True, remove_stop_words=False) if column == "text" else BTree()


def _unindexed(table: Table) -> int:
    """Return how many rows the word index does not cover yet."""
    for index in table.list_indices():
        if index.columns == ["text"]:
            stats = table.index_stats(index.name)
            return 0 if stats is None else int(stats.num_unindexed_rows)
    return int(table.count_rows())


def _schema(model_id: str, dims: int) -> pa.Schema:
    fields = [
        pa.field("passage_id", pa.string(), nullable=False),
        pa.field("version_id", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("vector", pa.list_(pa.float32(), dims), nullable=False),
    ]
    return pa.schema(fields, metadata={_MODEL_KEY: model_id.encode()})


def _checked(version_id: str, rows: Sequence[IndexRow], dims: int) -> Sequence[IndexRow]:
    for row in rows:
        if row.version_id != version_id:
            raise ValueError(f"passage {row.passage_id} is not of version {version_id}")
        if row.vector.shape != (dims,):
            raise ValueError(f"passage {row.passage_id} has a vector of shape {row.vector.shape}, not ({dims},)")
    return rows


def _arrow(rows: Sequence[IndexRow], schema: pa.Schema) -> pa.Table:
    matrix = np.ascontiguousarray(np.stack([row.vector for row in rows]), np.float32)
    columns = [
        pa.array([row.passage_id for row in rows], pa.string()),
        pa.array([row.version_id for row in rows], pa.string()),
        pa.array([_plain(row.text) for row in rows], pa.string()),
        pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel()), matrix.shape[1]),
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _any_of(words: str) -> FullTextQuery:
    """Return the query for passages with any of ``words``, in which no sign has a meaning."""
    from lancedb.query import FullTextOperator, MatchQuery

    return MatchQuery(
        _plain(words),
        "text",
        boost=1.0,
        fuzziness=0,
        max_expansions=50,
        operator=FullTextOperator.OR,
        prefix_length=0,
        document_granularity=None,
    )


def _plain(text: str) -> str:
    """Return text as words are looked for: ligatures and wide forms as plain letters, no accents, no lone surrogates.

    Folding here and not in the index, because the index would stem before it folds.
    """
    return text if text.isascii() else unaccented(text.encode("utf-8", "replace").decode())


def _among(column: str, values: Collection[str]) -> str:
    quoted = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} IN ({quoted})"


def _conditions(column: str, values: Collection[str]) -> Iterator[str]:
    listed = list(values)
    for start in range(0, len(listed), _IDS_A_FILTER):
        yield _among(column, listed[start : start + _IDS_A_FILTER])


@contextmanager
def _faults(path: Path, *others: type[Exception]) -> Iterator[None]:
    """Turn what LanceDB reports inside the block, and ``others``, into a ``Problem`` about the index."""
    reported: tuple[type[Exception], ...] = (OSError, RuntimeError, *others)
    try:
        yield
    except reported as error:
        if is_disk_full(error):
            raise disk_full(path) from error
        raise Problem(
            "The search index cannot be used",
            f"The search index in {path} cannot be read or written: {error}.",
            "Check the room with “doctor” and let it repair the index. Your documents are not affected.",
            str(path),
        ) from error
