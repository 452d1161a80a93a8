"""Choosing the documents that a search by meaning looks into: a filter and a list to tick."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListView, QPushButton, QVBoxLayout, QWidget

from datazoom_desktop.shell.popover import Popover
from datazoom_desktop.shell.rich_text import tip
from datazoom_desktop.shell.theme.tokens import SPACE_2, SPACE_3, Density
from datazoom_desktop.shell.words import count

_WIDTH, _HEIGHT = 480, 320
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Choice:
    """A document that can be chosen: its file's name and folder, and what it calls itself."""

    document_id: str
    name: str
    folder: str
    title: str


class _Choices(QAbstractListModel):
    """Those of the documents whose path or name has the words of the filter."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: Sequence[Choice] = ()
        self._folded: list[str] = []
        self.shown: list[Choice] = []
        self.ticked: dict[str, None] = {}

    def set_all(self, choices: Sequence[Choice], ticked: Collection[str]) -> None:
        self.beginResetModel()
        self._all = choices
        self._folded = [f"{choice.folder} {choice.name} {choice.title}".casefold() for choice in choices]
        self.shown = list(choices)
        self.ticked = dict.fromkeys(ticked)
        self.endResetModel()

    def filter(self, text: str) -> None:
        wanted = text.casefold().split()
        self.beginResetModel()
        self.shown = [
            choice
            for choice, folded in zip(self._all, self._folded, strict=True)
            if all(word in folded for word in wanted)
        ]
        self.endResetModel()

    def toggle(self, line: int) -> None:
        document = self.shown[line].document_id
        if document in self.ticked:
            del self.ticked[document]
        else:
            self.ticked[document] = None
        self.dataChanged.emit(self.index(line), self.index(line))

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        choice = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{choice.name}   {choice.folder}"
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(0, int(Density.COMPACT))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(choice.title or "") or None
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if choice.document_id in self.ticked else Qt.CheckState.Unchecked
        return None


class _List(QListView):
    """Ticks with space and Enter."""

    ticked = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        line = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and line >= 0:
            self.ticked.emit(line)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class DocumentsCard(Popover):
    """Lets documents be ticked.

    Attributes:
        chosen: Emitted with a tuple of ids of the documents to search.
    """

    chosen = Signal(object)

    def __init__(self, anchor: QWidget) -> None:
        """Start with no documents."""
        super().__init__("Choose documents", anchor)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find a document")
        self.filter.setAccessibleName("Find a document")
        self.model = _Choices(self)
        self.list = _List()
        self.list.setModel(self.model)
        self.list.setAccessibleName("Documents to search")
        self.list.setProperty("role", "choices")
        self.list.setUniformItemSizes(True)
        self.list.setFixedSize(_WIDTH, _HEIGHT)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.search = QPushButton()
        self.search.setProperty("kind", "primary")
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        column.setSpacing(SPACE_2)
        column.addWidget(self.filter)
        column.addWidget(self.list)
        column.addLayout(foot)
        self._tell()
        self.filter.textChanged.connect(self.model.filter)
        self.filter.returnPressed.connect(self._enter)
        self.list.clicked.connect(lambda index: self._toggle(index.row()))
        self.list.ticked.connect(self._toggle)
        self.search.clicked.connect(self._choose)

    def offer(self, choices: Sequence[Choice], ticked: Collection[str]) -> None:
        """List these documents, some of them ticked, and open."""
        self.model.set_all(choices, ticked)
        self.filter.clear()
        self._tell()
        self.open()
        self.filter.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go into the list with the down arrow."""
        if event.key() == Qt.Key.Key_Down and self.filter.hasFocus() and self.model.shown:
            self.list.setFocus()
            self.list.setCurrentIndex(self.model.index(0))
        else:
            super().keyPressEvent(event)

    def _enter(self) -> None:
        """Search the ticked documents; with none ticked, tick the only one that the filter leaves."""
        if not self.model.ticked and len(self.model.shown) == 1:
            self._toggle(0)
        if self.model.ticked:
            self._choose()

    def _toggle(self, line: int) -> None:
        self.model.toggle(line)
        self._tell()

    def _tell(self) -> None:
        number = len(self.model.ticked)
        self.search.setText(f"Search {count(number, 'document')}" if number else "Search these documents")
        self.search.setEnabled(bool(number))

    def _choose(self) -> None:
        self.close_card()
        self.chosen.emit(tuple(self.model.ticked))
