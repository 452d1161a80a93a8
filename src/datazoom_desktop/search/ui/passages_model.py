"""The ranked passages of a search by meaning, as a list: all in memory, there are never many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from datazoom_desktop.search.model import Hit
from datazoom_desktop.search.ui.places_model import ROW
from datazoom_desktop.search.ui.rows import Row, passage_row
from datazoom_desktop.shell.rich_text import tip

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class PassagesModel(QAbstractListModel):
    """Passages, best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start with none."""
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def show(self, hits: Sequence[Hit]) -> None:
        """Show these hits."""
        self.beginResetModel()
        self.rows = tuple(passage_row(hit) for hit in hits)
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """Return the number of passages."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the ``Row`` of a line, or what a screen reader says."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.spoken
        return tip(row.target.path) if role == Qt.ItemDataRole.ToolTipRole and row.target else None
