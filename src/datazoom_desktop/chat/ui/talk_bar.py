"""The line above the answers: the open conversation's title, and what can be done to it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from datazoom_desktop.shell.elided_label import ElidedLabel
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2, SPACE_4

_HEIGHT = 44


class TalkBar(QFrame):
    """Shown while a conversation is open."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Start hidden; the page connects the buttons."""
        super().__init__(parent)
        self.setProperty("role", "viewer-bar")
        self.setFixedHeight(_HEIGHT)
        self.title = ElidedLabel()
        self.title.setProperty("role", "strong")
        self.rename = WordButton(theme, "pencil", "Rename", "quiet")
        self.export = WordButton(theme, "export", "Export", "quiet")
        self.delete = WordButton(theme, "trash", "Delete", "quiet")
        for button, told in ((self.rename, "Rename"), (self.export, "Export"), (self.delete, "Delete")):
            button.setAccessibleName(f"{told} this conversation")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_4, 0, SPACE_2, 0)
        row.setSpacing(SPACE_1)
        row.addWidget(self.title)
        row.addStretch(1)
        for button in (self.rename, self.export, self.delete):
            row.addWidget(button)
        self.hide()

    def set_title(self, title: str) -> None:
        """Show the bar of a conversation; hide it for an empty title."""
        self.title.set_whole(title)
        self.setVisible(bool(title))
