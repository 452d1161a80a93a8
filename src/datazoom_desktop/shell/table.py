"""The table kit: a model that fetches its rows in blocks when they are looked at, and the view that shows it.

Of 10,000 rows only the blocks that were scrolled into view are ever loaded. ``refresh`` keeps what is on show until newer rows
arrive, so nothing flickers while documents are being read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from datazoom_desktop.shell.operations import Operations, Task
from datazoom_desktop.shell.rich_text import tip
from datazoom_desktop.shell.theme.theme import Theme, ui_font
from datazoom_desktop.shell.theme.tokens import Density

Row = TypeVar("Row")
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

BLOCK = 200  #: rows fetched at once
KEPT_BLOCKS = 10  #: blocks kept in memory; the one longest unseen goes first


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column.

    Attributes:
        title: Header, sentence case.
        text: The cell's words.
        role: Colour role of the words, by row.
        numbers: Right-aligned, figures of one width.
        width: Pixels; 0 takes what the others leave.
        tip: Longer words for the tool tip; empty for none.
    """

    title: str
    text: Callable[[Row], str]
    role: Callable[[Row], str] = lambda _row: "ink"
    numbers: bool = False
    width: int = 0
    tip: Callable[[Row], str] = lambda _row: ""


class LazyTable(QAbstractTableModel, Generic[Row]):
    """Rows of a long list, fetched in the background.

    Attributes:
        counted: Emitted with the number of rows whenever it was looked up.
        failed: Emitted with the exception when rows could not be fetched.
    """

    counted = Signal(int)
    failed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        operations: Operations,
        columns: Sequence[Column[Row]],
        count: Callable[[], int],
        fetch: Callable[[int, int], Sequence[Row]],
        parent: QObject | None = None,
    ) -> None:
        """``count`` and ``fetch(offset, limit)`` run on background threads; nothing is fetched before ``refresh``."""
        super().__init__(parent)
        self._theme = theme
        self._operations = operations
        self.columns = tuple(columns)
        self._count, self._fetch = count, fetch
        self._rows = 0
        self._blocks: dict[int, Sequence[Row]] = {}
        self._stale: set[int] = set()
        self._asked: set[int] = set()
        self._generation = 0

    def refresh(self) -> None:
        """Look up the number of rows again, and every block again once it is next looked at."""
        self._generation += 1
        generation = self._generation

        def work(_task: Task) -> int:
            return self._count()

        def done(rows: int) -> None:
            if generation == self._generation:
                self._resize(rows)

        self._operations.run(self, work, done, key="count", failed=self.failed.emit)

    def row(self, number: int) -> Row | None:
        """Return a row when it is loaded, else None and fetch it."""
        block, offset = divmod(number, BLOCK)
        rows = self._blocks.get(block)
        if (rows is None or block in self._stale) and block not in self._asked and 0 <= number < self._rows:
            self._ask(block)
        if rows is None:
            return None
        self._blocks[block] = self._blocks.pop(block)
        return rows[offset] if offset < len(rows) else None

    def find(self, wanted: Callable[[Row], bool]) -> int | None:
        """Return the number of the first ``wanted`` row among those in memory; None when it is not there."""
        numbered = ((block * BLOCK + n, row) for block, rows in self._blocks.items() for n, row in enumerate(rows))
        return min((number for number, row in numbered if wanted(row)), default=None)

    @property
    def loaded(self) -> int:
        """How many rows are in memory."""
        return sum(len(rows) for rows in self._blocks.values())

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of rows as last looked up."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return titles, and how a column is aligned."""
        return heading(self.columns, section, orientation, role)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's words, colour, alignment and font; blank while its row is being fetched."""
        return cell(self._theme, self.columns[index.column()], lambda: self.row(index.row()), role)

    def _ask(self, block: int) -> None:
        self._asked.add(block)
        generation = self._generation

        def work(_task: Task) -> Sequence[Row]:
            return self._fetch(block * BLOCK, BLOCK)

        def done(rows: Sequence[Row]) -> None:
            self._asked.discard(block)
            if generation == self._generation:
                self._stale.discard(block)
            self._blocks[block] = rows
            while len(self._blocks) > KEPT_BLOCKS:
                del self._blocks[next(iter(self._blocks))]
            if self._rows:
                last = min(self._rows, (block + 1) * BLOCK) - 1
                self.dataChanged.emit(self.index(block * BLOCK, 0), self.index(last, len(self.columns) - 1))

        def failed(error: Exception) -> None:
            self._asked.discard(block)
            self.failed.emit(error)

        self._operations.run(self, work, done, failed=failed)

    def _resize(self, rows: int) -> None:
        self._stale = set(self._blocks)
        if rows > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, rows - 1)
            self._rows = rows
            self.endInsertRows()
        elif rows < self._rows:
            self.beginRemoveRows(QModelIndex(), rows, self._rows - 1)
            self._rows = rows
            self.endRemoveRows()
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, len(self.columns) - 1))
        self.counted.emit(rows)


_CELL_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ForegroundRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)


def heading(columns: Sequence[Column[Any]], section: int, orientation: Qt.Orientation, role: int) -> Any:
    """Return what a table's header shows for a Qt ``role``: the column's title and its alignment."""
    if orientation is not Qt.Orientation.Horizontal:
        return None
    if role == Qt.ItemDataRole.DisplayRole:
        return columns[section].title
    return _aligned(columns[section]) if role == Qt.ItemDataRole.TextAlignmentRole else None


def cell(theme: Theme, column: Column[Row], row: Callable[[], Row | None], role: int) -> Any:
    """Return what a cell shows for a Qt ``role``; ``row`` is only asked for when the role needs it, None leaves the cell blank."""
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return _aligned(column)
    if role == Qt.ItemDataRole.FontRole:
        return ui_font(tabular=True) if column.numbers else None
    if role not in _CELL_ROLES:
        return None
    found = row()
    if found is None:
        return None
    if role == Qt.ItemDataRole.ForegroundRole:
        return theme.colour(column.role(found))
    if role == Qt.ItemDataRole.ToolTipRole:
        return tip(column.tip(found)) or None
    return column.text(found)


def _aligned(column: Column[Any]) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.numbers else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class Table(QTableView):
    """The view of a table: whole rows, arrows, Enter or double click opens.

    Attributes:
        opened: Emitted with the row's number.
    """

    opened = Signal(int)

    def __init__(
        self, model: QAbstractTableModel, columns: Sequence[Column[Any]], parent: QWidget | None = None
    ) -> None:
        """Show ``model``, whose columns are ``columns``."""
        super().__init__(parent)
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.set_density(Density.COMFORTABLE)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(40)
        for number, column in enumerate(columns):
            if column.width:
                self.setColumnWidth(number, column.width)
            else:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    def set_density(self, density: Density) -> None:
        """Set the height of rows."""
        self.verticalHeader().setMinimumSectionSize(int(density))
        self.verticalHeader().setDefaultSectionSize(int(density))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the current row on Enter; everything else as usual."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)
