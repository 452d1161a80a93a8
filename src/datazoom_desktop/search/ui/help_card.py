"""How to search exactly, by example; an example that is clicked is searched for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from datazoom_desktop.search.ui.examples import GROUPS, Example
from datazoom_desktop.shell.popover import Popover
from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2, SPACE_4, SPACE_6

_NOTE = (
    "Capitals and accents make no difference. Several words must all be in a document. "
    "Put NOT or a minus before what must not be there, and parentheses around alternatives."
)


class HelpCard(Popover):
    """Shows the examples.

    Attributes:
        chosen: Emitted with the text of an example.
    """

    chosen = Signal(str)

    def __init__(self, anchor: QWidget) -> None:
        """Lay the examples out in two columns."""
        super().__init__("How to search", anchor)
        title = QLabel("How to search for exact words")
        title.setProperty("role", "strong")
        note = QLabel(_NOTE)
        note.setProperty("role", "small")
        note.setWordWrap(True)
        sides = QHBoxLayout()
        sides.setSpacing(SPACE_6)
        for groups in (GROUPS[:2], GROUPS[2:]):
            side = QVBoxLayout()
            side.setSpacing(SPACE_2)
            for name, examples in groups:
                side.addWidget(_label(name, "section"))
                side.addLayout(self._grid(examples))
                side.addSpacing(SPACE_2)
            side.addStretch()
            sides.addLayout(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_4, SPACE_4, SPACE_4, SPACE_4)
        column.setSpacing(SPACE_2)
        column.addWidget(title)
        column.addWidget(note)
        column.addSpacing(SPACE_2)
        column.addLayout(sides)

    def _grid(self, examples: tuple[Example, ...]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_2)
        grid.setVerticalSpacing(SPACE_1)
        for number, example in enumerate(examples):
            button = QPushButton(example.typed.replace("&", "&&"))
            button.setProperty("kind", "example")
            button.setAccessibleName(f"Search for {example.typed}: {example.finds}")
            button.clicked.connect(lambda _checked=False, typed=example.typed: self._choose(typed))
            grid.addWidget(button, number, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(_label(example.finds, "small"), number, 1)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, 176)
        return grid

    def _choose(self, typed: str) -> None:
        self.close_card()
        self.chosen.emit(typed)


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
