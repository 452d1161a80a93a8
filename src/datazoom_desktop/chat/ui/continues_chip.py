"""What a question takes over from the ones before, with one click to leave it out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from datazoom_desktop.shell.elided_label import ElidedLabel
from datazoom_desktop.shell.icons import IconButton
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2

_HEIGHT = 26


class ContinuesChip(QFrame):
    """Shows "Continues: Lease · monthly rent"; hidden while nothing is taken over.

    Attributes:
        removed: Emitted when the user wants it left out.
    """

    removed = Signal()

    def __init__(self, theme: Theme, label: str, parent: QWidget | None = None) -> None:
        """Start hidden; ``label`` names the button that leaves it out."""
        super().__init__(parent)
        self.setProperty("role", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)
        self.words = ElidedLabel()
        self.words.setProperty("role", "small")
        self.close_button = IconButton(theme, "close", label)
        self.close_button.setFixedSize(_HEIGHT - 4, _HEIGHT - 4)
        self.close_button.clicked.connect(self.removed)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_2, 0, 1, 0)
        row.setSpacing(SPACE_1)
        row.addWidget(self.words)
        row.addWidget(self.close_button)
        self.hide()

    def show_words(self, continues: str, restated: str = "") -> None:
        """Show what is taken over, with the question as it is searched for in the tool tip; hide for nothing."""
        told = f"Continues: {continues}" if continues else ""
        self.words.set_whole(told, f"{told}\nSearched for as “{restated}”" if restated else told)
        self.setVisible(bool(continues))
