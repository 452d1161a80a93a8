"""A short list shown as a table: all rows in memory, replaced as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from datazoom_desktop.shell.table import Column, cell, heading
from datazoom_desktop.shell.theme.theme import Theme

Row = TypeVar("Row")
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ListModel(QAbstractTableModel, Generic[Row]):
    """Rows handed over by a page."""

    def __init__(self, theme: Theme, columns: Sequence[Column[Row]], parent: QObject | None = None) -> None:
        """Start with no rows."""
        super().__init__(parent)
        self._theme = theme
        self.columns = tuple(columns)
        self.rows: tuple[Row, ...] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show ``rows``; does nothing when they are the same."""
        if tuple(rows) == self.rows:
            return
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return titles, and how a column is aligned."""
        return heading(self.columns, section, orientation, role)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's words, colour, alignment and font."""
        return cell(self._theme, self.columns[index.column()], lambda: self.rows[index.row()], role)
