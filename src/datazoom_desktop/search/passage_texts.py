"""The texts of a scan's passages, read when they are needed; and what the scan could not tell for sure, proved by reading."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.search import store
from datazoom_desktop.search.finders import Words
from datazoom_desktop.search.store import MarginRow, PassageRow, Scan
from datazoom_desktop.storage.database import Cursor

AT_ONCE = 2_000  #: passages read together


class Texts:
    """The texts of a scan's passages by position, read when needed and kept."""

    def __init__(
        self,
        scan: Scan,
        cursor: Cursor,
        outside: Sequence[MarginRow],
    ) -> None:
        """Read with the cursor, and in the transaction, that the scan was made with; ``outside`` as it was handed to it."""
        self._scan = scan
        self._outside = outside
        self._cursor = cursor
        self._starts: dict[str, list[tuple[int, int]]] = {}
        self._plain: dict[int, str] = {}
        self._rows: dict[int, PassageRow] = {}

    def fetch(self, positions: Iterable[int]) -> None:
        """Read these passages together."""
        wanted = {int(self._scan.rows[at]): at for at in positions if at not in self._rows}
        if inside := [number for number in wanted if number >= 0]:
            found = store.passage_texts(self._cursor, sorted(inside))
            self._rows.update((wanted[number], row) for number, row in found.items())
        self._rows.update((at, _as_passage(self._outside[-1 - number])) for number, at in wanted.items() if number < 0)

    def plain(self, positions: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Yield positions and their texts; only a few are kept."""
        wanted = {int(self._scan.rows[at]): at for at in positions if at not in self._plain}
        inside = [number for number in wanted if number >= 0]
        read = {wanted[number]: text for number, text in store.plain_texts(self._cursor, sorted(inside)).items()}
        read |= {at: self._outside[-1 - number].text for number, at in wanted.items() if number < 0}
        yield from ((at, read[at] if at in read else self._plain[at]) for at in positions)
        if len(self._plain) < AT_ONCE:
            self._plain |= read

    def know_pages(self, positions: Iterable[int]) -> None:
        """Read where the pages begin that these passages may reach over, together."""
        over = {row.version_id for row in map(self.__getitem__, positions) if row.page_first != row.page_last}
        if over:
            self._starts |= store.page_starts(self._cursor, sorted(over))

    def __getitem__(self, at: int) -> PassageRow:
        """Return the passage at a position."""
        if at not in self._rows:
            self.fetch((at,))
        return self._rows[at]

    def page(self, at: int, char: int) -> int:
        """Return the page of a character of the version's text that stands in the passage at ``at``."""
        row = self[at]
        if row.page_first == row.page_last:
            return row.page_first
        if row.version_id not in self._starts:
            self._starts.update(store.page_starts(self._cursor, [row.version_id]))
        starts = self._starts[row.version_id]
        return starts[bisect.bisect_right([start for start, _ in starts], char) - 1][1]


def _as_passage(row: MarginRow) -> PassageRow:
    end = row.char_start + len(row.text)
    return PassageRow("", row.version_id, 0, row.char_start, end, row.page, row.page, "", row.text)


def proved(scan: Scan, words: Sequence[Words], texts: Texts, cancel: CancelToken) -> Scan:
    """Return the scan with the bits of ``words`` exact in texts that are not plain too, by reading those that may have them."""
    masks = scan.masks.copy()
    asked = sum(1 << finder.bit for finder in words)
    doubtful = np.flatnonzero(scan.odd & ((masks & asked) != 0))
    for start in range(0, len(doubtful), AT_ONCE):
        cancel.check()
        for at, text in texts.plain(doubtful[start : start + AT_ONCE].tolist()):
            for finder in words:
                if (masks[at] >> finder.bit) & 1 and not finder.stand_in(text):
                    masks[at] &= ~(1 << finder.bit)
    return scan._replace(masks=masks)
