"""The places of an exact search as a list that is read when it is looked at: of a million places, only those scrolled to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.expression import Expression
from datazoom_desktop.search.model import ExactHit, ExactResult, PlacesIn
from datazoom_desktop.search.ui.outline import Fold, Kind, Outline
from datazoom_desktop.search.ui.rows import Look, Row, name_and_folder, place_row
from datazoom_desktop.shell.operations import Operations, Task
from datazoom_desktop.shell.rich_text import tip
from datazoom_desktop.shell.words import count, number

ROW = Qt.ItemDataRole.UserRole  #: holds a ``Row``
AHEAD = 80  #: lines read together, around those that are looked at
KEPT = 4_000  #: places kept in memory; those read longest ago go first
_SOON_MS = 20  #: within which the lines of one picture are asked for together

Finder = Callable[[Expression, Callable[[Sequence[PlacesIn]], Sequence[range]], CancelToken], ExactResult]
"""Finds the places at the ranks that are chosen; see ``ExactSearch.look``."""
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


def first_ranks(documents: Sequence[PlacesIn], folds: dict[str, Fold] | None = None) -> list[range]:
    """Return the ranks of the places that a fresh list shows first."""
    outline = outline_of(documents, folds)
    return joined(outline.ranks(range(min(outline.lines, AHEAD))))


def outline_of(documents: Sequence[PlacesIn], folds: dict[str, Fold] | None = None) -> Outline:
    """Return the outline of a result, unfolded as its documents were before."""
    if not folds:
        return Outline(documents)
    usual = Outline(documents)
    return Outline(documents, [folds.get(one.version_id, usual.fold(n)) for n, one in enumerate(documents)])


def joined(numbers: Iterable[int]) -> list[range]:
    """Return ascending numbers as the fewest ranges."""
    out: list[range] = []
    for each in numbers:
        if out and out[-1].stop == each:
            out[-1] = range(out[-1].start, each + 1)
        else:
            out.append(range(each, each + 1))
    return out


class PlacesModel(QAbstractListModel):
    """Lines of documents and their places.

    Attributes:
        outdated: Emitted when places were read that no longer fit the documents shown: the room has changed.
        failed: Emitted with the exception when places could not be read.
    """

    outdated = Signal()
    failed = Signal(object)

    def __init__(self, operations: Operations, look: Finder, parent: QObject | None = None) -> None:
        """Read places with ``look``, on background threads."""
        super().__init__(parent)
        self._operations = operations
        self._look = look
        self._expression: Expression | None = None
        self._hits: dict[int, ExactHit] = {}
        self._placed = True
        self._wanted: dict[int, None] = {}  #: ranks, in the order in which they were looked at
        self._reading = False
        self.outline = Outline(())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SOON_MS)
        self._timer.timeout.connect(self._read)

    def show(self, expression: Expression, result: ExactResult, folds: dict[str, Fold], *, placed: bool) -> None:
        """Show a result; ``placed`` tells whether places were looked for, or documents only."""
        self._begin_anew()
        self._expression, self._placed = expression, placed
        self._take(result.hits)
        self.outline = outline_of(result.documents, folds)
        self.endResetModel()

    def clear(self) -> None:
        """Show nothing."""
        self._begin_anew()
        self._expression = None
        self.outline = Outline(())
        self.endResetModel()

    def row(self, line: int) -> Row:
        """Return what a line shows; its words follow when they are not read yet."""
        shown = self.outline.line(line)
        one = self.outline.documents[shown.document]
        if shown.kind is Kind.MORE:
            return Row(Look.MORE, f"Show all {number(one.places)} places")
        hit = self._hits.get(shown.rank)
        if shown.kind is Kind.HEAD:
            name, folder = name_and_folder(one.path)
            side = count(one.places, "place") if self._placed else ""
            opened = self.outline.fold(shown.document) is not Fold.CLOSED
            return Row(Look.HEAD, name, folder, side, open=opened, target=place_row(hit).target if hit else None)
        if hit is None:
            self._want(shown.rank)
            return Row(Look.PLACE)
        return place_row(hit)

    def hit(self, rank: int) -> ExactHit | None:
        """Return a place, when it was read; else ask for it."""
        found = self._hits.get(rank)
        if found is None and 0 <= rank < self.outline.places:
            self._want(rank)
        return found

    def rank_of(self, version_id: str, span: Span) -> int | None:
        """Return the rank of a place, when it is in memory."""
        found = (n for n, one in self._hits.items() if one.hit.span == span and one.hit.version_id == version_id)
        return next(found, None)

    def fold(self, document: int, fold: Fold) -> None:
        """Show more or less of a document."""
        before = self.outline.lines_of(document)
        changed = Outline(self.outline.documents, [self.outline.fold(n) for n in range(len(self.outline.documents))])
        changed.set_fold(document, fold)
        more = len(changed.lines_of(document)) - len(before)
        if not more:
            self.outline = changed
        elif more > 0:
            self.beginInsertRows(QModelIndex(), before.stop, before.stop + more - 1)
            self.outline = changed
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), before.stop + more, before.stop - 1)
            self.outline = changed
            self.endRemoveRows()
        after = changed.lines_of(document)
        self.dataChanged.emit(self.index(after.start), self.index(after.stop - 1))

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of lines."""
        return 0 if parent.isValid() else self.outline.lines

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the ``Row`` of a line, or what a screen reader says."""
        if not index.isValid():
            return None
        if role == ROW:
            return self.row(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.row(index.row()).spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            found = self.row(index.row()).target
            return tip(found.path) if found else None
        return None

    def _begin_anew(self) -> None:
        self.beginResetModel()
        self._operations.cancel_all(self)
        self._hits.clear()
        self._wanted.clear()
        self._reading = False

    def _want(self, rank: int) -> None:
        self._wanted[rank] = self._wanted.pop(rank, None)
        if not self._timer.isActive() and not self._reading:
            self._timer.start()

    def _read(self) -> None:
        """Read the places that were looked at last, and those on the lines around them."""
        ranks = self._ranks_to_read()
        self._wanted.clear()
        expression, documents = self._expression, self.outline.documents
        if not ranks or expression is None:
            return
        self._reading = True

        def work(task: Task) -> ExactResult:
            return self._look(expression, lambda found: ranks if tuple(found) == documents else (), task.token)

        def done(result: ExactResult) -> None:
            self._reading = False
            if result.documents != self.outline.documents:
                self.outdated.emit()
                return
            self._take(result.hits)
            self.dataChanged.emit(self.index(0), self.index(self.outline.lines - 1))
            if self._wanted:
                self._timer.start()

        def failed(error: Exception) -> None:
            self._reading = False
            self.failed.emit(error)

        self._operations.run(self, work, done, key="read", failed=failed)

    def _ranks_to_read(self) -> list[range]:
        """Return what is missed, as ranges in order; what was scrolled past meanwhile is left out."""
        asked = [rank for rank in list(self._wanted)[-AHEAD:] if rank < self.outline.places]
        if not asked:
            return []
        line = self.outline.line_of(asked[-1])
        around = range(max(0, line - AHEAD), min(self.outline.lines, line + AHEAD // 2))
        ranks = {*self.outline.ranks(around), *asked}
        return joined(rank for rank in sorted(ranks) if rank not in self._hits)

    def _take(self, hits: Sequence[ExactHit]) -> None:
        for one in hits:
            self._hits.pop(one.hit.rank - 1, None)
            self._hits[one.hit.rank - 1] = one
        while len(self._hits) > KEPT:
            del self._hits[next(iter(self._hits))]
