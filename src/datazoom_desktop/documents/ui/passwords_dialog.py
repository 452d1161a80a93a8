"""Asking for several passwords at once, one a line; they are kept nowhere in here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from datazoom_desktop.shell.theme.tokens import SPACE_3, SPACE_4

_ASKING = "One password a line. Each is tried on every locked document of this room, never stored, and forgotten when the room is closed."


class PasswordsDialog(QDialog):
    """A field for passwords.

    Attributes:
        given: Emitted with the list of passwords, when there are any.
    """

    given = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Passwords")
        asking = QLabel(_ASKING)
        asking.setWordWrap(True)
        self.field = QPlainTextEdit()
        self.field.setAccessibleName("Passwords, one a line")
        self.field.setUndoRedoEnabled(False)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.unlock = self.buttons.addButton("Unlock", QDialogButtonBox.ButtonRole.AcceptRole)
        self.unlock.setProperty("kind", "primary")
        self.buttons.accepted.connect(self._give)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_4, SPACE_4, SPACE_4, SPACE_4)
        column.setSpacing(SPACE_3)
        column.addWidget(asking)
        column.addWidget(self.field, 1)
        column.addWidget(self.buttons)
        self.resize(480, 280)
        self.field.setFocus()

    def _give(self) -> None:
        passwords = [line for line in self.field.toPlainText().splitlines() if line]
        self.field.clear()
        self.accept()
        if passwords:
            self.given.emit(passwords)
