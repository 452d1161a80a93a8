"""Documents: the register's door."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from datazoom_desktop.documents import index, store
from datazoom_desktop.documents.model import DocumentRow, DoubtfulPage, PageRow, PageView, RoomCoverage, UnreadablePage
from datazoom_desktop.kernel.cells import CellRange, reference
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.spans import Box, Span, lines_of
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage

_PAGES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Index:
    """The room's paths in the order of their numbers, as long as their set stays the same."""

    fingerprint: tuple[int, int]
    paths: list[str]
    numbers: dict[str, str]


class Documents:
    """What stands in a room: reads only, on the caller's thread."""

    def __init__(self, storage: RoomStorage) -> None:
        """Look at the register of an open room."""
        self._storage = storage
        self._known: _Index | None = None

    def count(self) -> int:
        """Return the number of lines of the index, one a path."""
        with self._storage.db.read() as cursor:
            return store.path_count(cursor)

    def rows(self, offset: int = 0, limit: int | None = None) -> list[DocumentRow]:
        """Return lines of the numbered index, in its order, from ``offset`` (0-based)."""
        with self._storage.db.read() as cursor:
            paths = self._index(cursor).paths
        return self.rows_at(paths[offset:] if limit is None else paths[offset : offset + limit])

    def rows_at(self, paths: Sequence[str]) -> list[DocumentRow]:
        """Return the lines of the numbered index for those of ``paths`` at which something stands, in their order."""
        with self._storage.db.read() as cursor:
            numbers = self._index(cursor).numbers
            rows = {row[0]: row for row in store.document_rows(cursor, paths)}
            at = store.paths_by_document(cursor, list({row[1] for row in rows.values()}))
        wanted = [rows[path] for path in paths if path in rows]
        return [
            DocumentRow(
                index=numbers[path],
                path=path,
                document_id=document_id,
                version_id=version_id,
                version=number,
                sha256=sha256,
                bytes=size,
                media_type=media_type,
                state=state,
                coverage=Coverage(coverage) if coverage else None,
                reason=reason or page_reason,
                title=title,
                pages=pages,
                unreadable=unreadable,
                ocr=ocr,
                added_at=added_at,
                also_at=tuple(other for other in at[document_id] if other != path),
                needs_password=needs_password,
                doubtful=doubtful,
            )
            for (
                path,
                document_id,
                version_id,
                number,
                sha256,
                size,
                media_type,
                state,
                coverage,
                reason,
                title,
                pages,
                unreadable,
                ocr,
                page_reason,
                added_at,
                needs_password,
                doubtful,
            ) in wanted
        ]

    def waiting(self) -> list[str]:
        """Return the paths of what waits to be read, or is read but not yet searchable."""
        with self._storage.db.read() as cursor:
            return store.waiting_paths(cursor)

    def _index(self, cursor: Cursor) -> _Index:
        """Return the order of the index, worked out again only where paths came or went."""
        fingerprint = store.paths_fingerprint(cursor)
        known = self._known
        if known is None or known.fingerprint != fingerprint:
            numbers = index.index_numbers(store.live_paths(cursor))
            paths = sorted(numbers, key=lambda path: index.index_order(numbers[path]))
            self._known = known = _Index(fingerprint, paths, numbers)
        return known

    def page_rows(self, path: str | None = None) -> Iterator[PageRow]:
        """Yield every page of every document (or of ``path`` and what is attached to it) by path and page.

        Those of a few documents are in memory at a time, a few hundred unless a single document has more.
        """
        with self._storage.db.read() as cursor:
            lengths = store.page_counts(cursor, path)
        paths: list[str] = []
        pages = 0
        for at, length in lengths:
            paths.append(at)
            pages += max(1, length)
            if pages >= _PAGES_AT_ONCE:
                yield from self._page_rows(paths)
                paths, pages = [], 0
        yield from self._page_rows(paths)

    def _page_rows(self, paths: Sequence[str]) -> list[PageRow]:
        with self._storage.db.read() as cursor:
            return store.page_rows(cursor, paths)

    def coverage(self, version_ids: Collection[str] | None = None) -> RoomCoverage:
        """Return what was read of the current versions, or of some of them."""
        wanted = None if version_ids is None else sorted(version_ids)
        with self._storage.db.read() as cursor:
            counts = store.coverage_counts(cursor, wanted)
            documents, waiting = store.document_counts(cursor, wanted)
            doubtful = len(store.doubtful(cursor, wanted))
        by_coverage: dict[str, int] = {}
        for (coverage, _), number in counts.items():
            by_coverage[coverage] = by_coverage.get(coverage, 0) + number
        searchable = sum(
            number
            for (coverage, indexed), number in counts.items()
            if indexed and coverage != "waiting" and Coverage(coverage).readable
        )
        return RoomCoverage(documents, sum(by_coverage.values()), searchable, by_coverage, waiting, doubtful)

    def unreadable(self, version_ids: Collection[str] | None = None) -> list[UnreadablePage]:
        """Return the pages of current versions that could not be read, with reasons, by path and page."""
        with self._storage.db.read() as cursor:
            return store.unreadable(cursor, None if version_ids is None else sorted(version_ids))

    def doubtful(self, version_ids: Collection[str] | None = None) -> list[DoubtfulPage]:
        """Return the pages of current versions that were read from a picture with low certainty, by path and page."""
        with self._storage.db.read() as cursor:
            return store.doubtful(cursor, None if version_ids is None else sorted(version_ids))

    def current_versions(self) -> list[tuple[str, str, str, str | None]]:
        """Return (version_id, document_id, path, title) of what stands in the room, one a path, by path."""
        with self._storage.db.read() as cursor:
            return store.current_versions(cursor)

    def page(self, version_id: str, page: int) -> PageView:
        """Return one page (1-based) of a version.

        Raises:
            Problem: There is no such page.
        """
        with self._storage.db.read() as cursor:
            view = store.page_view(cursor, version_id, page)
        if view is None:
            raise Problem("No such page", f"Page {page} of this document is not in the room.", "Open another page.")
        return view

    def page_count(self, version_id: str) -> int:
        """Return the number of pages of a version, 0 when nothing of it could be read."""
        with self._storage.db.read() as cursor:
            return store.page_count(cursor, version_id)

    def text(self, version_id: str, span: Span) -> str:
        """Return the version's text at ``span``, cut where the text ends."""
        with self._storage.db.read() as cursor:
            pages = store.pages_over(cursor, version_id, span.start, span.end)
        return "".join(text[max(0, span.start - start) : max(0, span.end - start)] for _, start, text in pages)

    def page_of(self, version_id: str, char: int) -> int:
        """Return the 1-based page on which a character of the version's text stands; 1 when the text is empty."""
        with self._storage.db.read() as cursor:
            pages = store.pages_over(cursor, version_id, char, char + 1)
        return pages[0][0] if pages else 1

    def boxes(self, version_id: str, span: Span) -> tuple[Box, ...]:
        """Return one box a line for the words of ``span``; empty where the format has no geometry."""
        return self.boxes_many([(version_id, span)])[0]

    def boxes_many(self, wanted: Sequence[tuple[str, Span]]) -> list[tuple[Box, ...]]:
        """Return for each (version_id, span), in order, one box a line for its words."""
        keys = [(version_id, span.start, span.end) for version_id, span in wanted]
        with self._storage.db.read() as cursor:
            found = store.words_over(cursor, keys)
        return [_boxes(found[key], key[1], key[2]) for key in keys]

    def cells(self, version_id: str, span: Span) -> str | None:
        """Return the range of cells that ``span`` stands in, such as "'Cap table'!B4:H9"; None where there are no cells."""
        return self.cells_many([(version_id, span)])[0]

    def cells_many(self, wanted: Sequence[tuple[str, Span]]) -> list[str | None]:
        """Return for each (version_id, span), in order, the range of cells it stands in, None where there are no cells."""
        keys = [(version_id, span.start, span.end) for version_id, span in wanted]
        with self._storage.db.read() as cursor:
            found = store.cells_over(cursor, keys)
        return [reference((sheet, _around(boxes)) for sheet, boxes in found[key]) for key in keys]

    def original(self, version_id: str) -> Path:
        """Return where the version's original bytes are; never to be written to.

        Raises:
            Problem: The version is unknown.
        """
        with self._storage.db.read() as cursor:
            row = store.version(cursor, version_id)
        if row is None:
            raise Problem("No such document", "This version is not in the room.", "Refresh the list of documents.")
        return self._storage.blobs.path(row.sha256)

    def row_of(self, version_id: str) -> DocumentRow:
        """Return the index line of the version that stands in the room.

        Raises:
            Problem: It stands at no path any more.
        """
        with self._storage.db.read() as cursor:
            paths = store.paths_of_version(cursor, version_id)
        for row in self.rows_at(paths[:1]):
            return row
        raise Problem(
            "No longer in the room",
            "This version does not stand in the room any more: it was removed, or a newer one took its place.",
            "Look for the document among the documents, or in the trash.",
        )


def _boxes(
    pages: Sequence[tuple[int, int, list[int], list[int], list[float]]], start: int, end: int
) -> tuple[Box, ...]:
    boxes = []
    for page, offset, starts, ends, flat in pages:
        for i, (a, b) in enumerate(zip(starts, ends, strict=True)):
            if a + offset < end and b + offset > start:
                boxes.append(Box(page, *flat[4 * i : 4 * i + 4]))
    return tuple(lines_of(boxes))


def _around(boxes: Sequence[float]) -> CellRange:
    """Return the smallest range that holds cells given as column, row, last column, last row of each in turn."""
    return CellRange(int(min(boxes[0::4])), int(min(boxes[1::4])), int(max(boxes[2::4])), int(max(boxes[3::4])))
