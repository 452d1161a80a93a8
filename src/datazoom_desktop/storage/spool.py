"""What worker processes hand back: files of pages, passages and vectors, and how they enter the database.

Workers write with bounded memory and never open the room; the parent loads a file with one statement in the transaction
that marks the work done. Loading replaces what the version had before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from datazoom_desktop.kernel.spans import Geometry

if TYPE_CHECKING:
    from datazoom_desktop.storage.database import Cursor

R = TypeVar("R")

_GROUP_CHARS = 4 << 20
_GROUP_ROWS = 2_048
_SURROGATE = re.compile("[\ud800-\udfff]")

_PAGE_SCHEMA = pa.schema(
    [
        pa.field("version_id", pa.string(), nullable=False),
        pa.field("page", pa.int32(), nullable=False),
        pa.field("label", pa.string()),
        pa.field("coverage", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("char_start", pa.int64(), nullable=False),
        pa.field("char_end", pa.int64(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("width", pa.float32(), nullable=False),
        pa.field("height", pa.float32(), nullable=False),
        pa.field("confidence", pa.float32()),
        pa.field("word_starts", pa.list_(pa.int32()), nullable=False),
        pa.field("word_ends", pa.list_(pa.int32()), nullable=False),
        pa.field("word_boxes", pa.list_(pa.float32()), nullable=False),
        pa.field("geometry", pa.string()),
        pa.field("sheet", pa.string()),
    ]
)
_PASSAGE_SCHEMA = pa.schema(
    [
        pa.field("passage_id", pa.string(), nullable=False),
        pa.field("version_id", pa.string(), nullable=False),
        pa.field("ordinal", pa.int32(), nullable=False),
        pa.field("char_start", pa.int64(), nullable=False),
        pa.field("char_end", pa.int64(), nullable=False),
        pa.field("page_first", pa.int32(), nullable=False),
        pa.field("page_last", pa.int32(), nullable=False),
        pa.field("heading", pa.string(), nullable=False),
        pa.field("prefix", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
    ]
)


class PageRecord(NamedTuple):
    """One page; columns as in the table ``pages``, less the version.

    Attributes:
        page: 1-based.
        char_start: 0-based offset in the version's text; ``char_end`` is exclusive; ``text`` is exactly what lies between.
        width: Points as displayed, 0 where there is no page size.
        word_starts: (N,) offsets in the page's text, 0-based; ``word_ends`` are exclusive.
        word_boxes: (N, 4) or flat (4 N,): x0, y0, x1, y1 of each word; empty where there is no geometry.
        geometry: What the boxes are measured in, a ``kernel.spans.Geometry``; None exactly when there are none.
        sheet: Name that stands before a range of cells, where there is one.
    """

    page: int
    label: str | None
    coverage: str
    reason: str | None
    char_start: int
    char_end: int
    text: str
    width: float
    height: float
    confidence: float | None
    word_starts: npt.NDArray[np.int32] | Sequence[int]
    word_ends: npt.NDArray[np.int32] | Sequence[int]
    word_boxes: npt.NDArray[np.float32] | Sequence[float]
    geometry: str | None
    sheet: str | None


class PassageRecord(NamedTuple):
    """One passage; columns as in the table ``passages``, less its id and the version."""

    ordinal: int
    char_start: int
    char_end: int
    page_first: int
    page_last: int
    heading: str
    prefix: str
    text: str


def passage_id(version_id: str, ordinal: int) -> str:
    """Return the id of a version's passage by its 0-based ordinal."""
    return f"{version_id}:{ordinal}"


def write_pages(file: Path, version_id: str, pages: Iterable[PageRecord]) -> int:
    """Write a version's pages to ``file`` (Parquet) as they come; return how many.

    Raises:
        ValueError: A page does not start where the one before ended, its text is not as long as its range, its number
            does not follow, its words do not lie within its text, its boxes lack a geometry, or its cells are out of order.
    """
    state = _Tiling()
    checked = (state.next(page) for page in pages)
    return _write(
        file, _PAGE_SCHEMA, checked, lambda page: len(page.text), lambda group: _page_columns(version_id, group)
    )


def write_passages(file: Path, version_id: str, passages: Iterable[PassageRecord]) -> int:
    """Write a version's passages to ``file`` (Parquet) as they come; return how many.

    Raises:
        ValueError: A passage's text is not as long as its range.
    """

    def checked() -> Iterable[PassageRecord]:
        for passage in passages:
            if len(passage.text) != passage.char_end - passage.char_start:
                raise ValueError(f"passage {passage.ordinal}: its text is not as long as its range")
            yield passage

    return _write(
        file, _PASSAGE_SCHEMA, checked(), lambda row: len(row.text), lambda group: _passage_columns(version_id, group)
    )


def load_pages(tx: Cursor, file: Path, *, first: bool = False) -> int:
    """Put a file's pages in place of those that their versions had (``first``: they had none); return how many."""
    return _load(tx, "pages", _PAGE_SCHEMA, file, first=first)


def load_passages(tx: Cursor, file: Path, *, first: bool = False) -> int:
    """Put a file's passages in place of those that their versions had (``first``: they had none); return how many."""
    return _load(tx, "passages", _PASSAGE_SCHEMA, file, first=first)


def passage_texts(file: Path) -> list[tuple[str, str]]:
    """Return (passage_id, what is indexed of it) of the passages in a file, in order."""
    table = pq.read_table(file, columns=["passage_id", "prefix", "text"])
    return [
        (one, prefix + text)
        for one, prefix, text in zip(*(column.to_pylist() for column in table.columns), strict=True)
    ]


def clear_text(tx: Cursor, version_id: str) -> None:
    """Delete a version's pages and passages, as before reading it again."""
    tx.execute("DELETE FROM pages WHERE version_id = ?", [version_id])
    tx.execute("DELETE FROM passages WHERE version_id = ?", [version_id])


def write_vectors(file: Path, vectors: npt.NDArray[np.float32]) -> None:
    """Write an (N, D) float32 matrix to ``file`` (.npy)."""
    with file.open("wb") as stream:
        np.save(stream, np.ascontiguousarray(vectors, np.float32), allow_pickle=False)


def read_vectors(file: Path) -> npt.NDArray[np.float32]:
    """Return the (N, D) float32 matrix in ``file``."""
    matrix: npt.NDArray[np.float32] = np.load(file, allow_pickle=False)
    return matrix


class _Tiling:
    """Checks that pages follow each other without gap or overlap."""

    def __init__(self) -> None:
        self._page = 0
        self._end = 0

    def next(self, page: PageRecord) -> PageRecord:
        if page.page != self._page + 1:
            raise ValueError(f"page {page.page} follows page {self._page}")
        if page.char_start != self._end or page.char_end - page.char_start != len(page.text):
            raise ValueError(f"page {page.page}: its range does not fit its text or the page before")
        words = len(page.word_starts)
        if len(page.word_ends) != words or np.size(page.word_boxes) not in (0, 4 * words):
            raise ValueError(f"page {page.page}: its words' starts, ends and boxes differ in number")
        if words and (min(page.word_starts) < 0 or max(page.word_ends) > len(page.text)):
            raise ValueError(f"page {page.page}: a word lies outside its text")
        if (np.size(page.word_boxes) > 0) != (page.geometry is not None):
            raise ValueError(f"page {page.page}: its boxes and their geometry do not go together")
        if page.geometry == Geometry.CELLS and np.any(
            np.asarray(page.word_starts)[1:] < np.asarray(page.word_ends)[:-1]
        ):
            raise ValueError(f"page {page.page}: its cells are out of order")
        self._page, self._end = page.page, page.char_end
        return page


def _write(
    file: Path,
    schema: pa.Schema,
    rows: Iterable[R],
    size: Callable[[R], int],
    columns: Callable[[list[R]], list[pa.Array]],
) -> int:
    total = chars = 0
    group: list[R] = []
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for row in rows:
            group.append(row)
            chars += size(row)
            if chars >= _GROUP_CHARS or len(group) >= _GROUP_ROWS:
                writer.write_table(pa.Table.from_arrays(columns(group), schema=schema))
                total += len(group)
                group, chars = [], 0
        if group:
            writer.write_table(pa.Table.from_arrays(columns(group), schema=schema))
    return total + len(group)


def _page_columns(version_id: str, group: list[PageRecord]) -> list[pa.Array]:
    return [
        pa.array([version_id] * len(group), pa.string()),
        pa.array([page.page for page in group], pa.int32()),
        pa.array([clean(page.label) for page in group], pa.string()),
        pa.array([str(page.coverage) for page in group], pa.string()),
        pa.array([clean(page.reason) for page in group], pa.string()),
        pa.array([page.char_start for page in group], pa.int64()),
        pa.array([page.char_end for page in group], pa.int64()),
        pa.array([clean(page.text) for page in group], pa.string()),
        pa.array([page.width for page in group], pa.float32()),
        pa.array([page.height for page in group], pa.float32()),
        pa.array([page.confidence for page in group], pa.float32()),
        _lists([np.asarray(page.word_starts, np.int32) for page in group], pa.int32()),
        _lists([np.asarray(page.word_ends, np.int32) for page in group], pa.int32()),
        _lists([np.asarray(page.word_boxes, np.float32).ravel() for page in group], pa.float32()),
        pa.array([page.geometry for page in group], pa.string()),
        pa.array([clean(page.sheet) for page in group], pa.string()),
    ]


def _passage_columns(version_id: str, group: list[PassageRecord]) -> list[pa.Array]:
    return [
        pa.array([passage_id(version_id, row.ordinal) for row in group], pa.string()),
        pa.array([version_id] * len(group), pa.string()),
        pa.array([row.ordinal for row in group], pa.int32()),
        pa.array([row.char_start for row in group], pa.int64()),
        pa.array([row.char_end for row in group], pa.int64()),
        pa.array([row.page_first for row in group], pa.int32()),
        pa.array([row.page_last for row in group], pa.int32()),
        pa.array([clean(row.heading) for row in group], pa.string()),
        pa.array([clean(row.prefix) for row in group], pa.string()),
        pa.array([clean(row.text) for row in group], pa.string()),
    ]


def _lists(parts: list[npt.NDArray[np.int32]] | list[npt.NDArray[np.float32]], kind: pa.DataType) -> pa.Array:
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(np.concatenate(parts), kind))


def clean(text: str | None) -> str | None:
    """Replace lone surrogates, which no UTF-8 can hold, character for character, so that offsets stay true."""
    return text if text is None else _SURROGATE.sub("\ufffd", text)


def _load(tx: Cursor, table: str, schema: pa.Schema, file: Path, *, first: bool) -> int:
    names = ", ".join(schema.names)
    if not first:
        tx.execute(
            f"DELETE FROM {table} WHERE version_id IN (SELECT DISTINCT version_id FROM read_parquet(?))", [str(file)]
        )
    tx.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM read_parquet(?)", [str(file)])
    row = tx.fetchone()
    return int(row[0]) if row else 0
