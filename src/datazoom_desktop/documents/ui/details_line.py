"""The line below the documents: where the selected one stands, why it could not be read, and a field for its password."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from datazoom_desktop.documents.model import DocumentRow
from datazoom_desktop.documents.ui.passwords_dialog import PasswordsDialog
from datazoom_desktop.documents.ui.sentences import locked
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.shell import words
from datazoom_desktop.shell.theme.tokens import SPACE_2

ASKING = "It is tried on every locked document of this room, never stored, and forgotten when the room is closed."
TRYING = "Trying the password…"
REFUSED = "This password does not open the document. Check it and try again; nothing was changed."


class DetailsLine(QWidget):
    """Tells about one document at a time.

    Attributes:
        passwords_given: Emitted with the version_id and a list of passwords to try; they are kept nowhere in here.
        tried: Emitted when passwords have been tried on every document: how many opened, and how many did not.
        left: Emitted when the field goes while the keyboard is in it.
    """

    passwords_given = Signal(str, list)
    tried = Signal(int, int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._row: DocumentRow | None = None
        self._trying: set[str] = set()
        self._refused: set[str] = set()
        self._opened = self._closed = 0
        self.text = QLabel()
        self.password = QLineEdit()
        self.unlock = QPushButton("Unlock")
        self.several = QPushButton("Several\u2026")
        self.told = QLabel()
        self._form = QWidget()
        self._lay_out()
        self.password.returnPressed.connect(self._give)
        self.unlock.clicked.connect(self._give)
        self.several.clicked.connect(self._ask_several)

    def show_row(self, row: DocumentRow | None) -> None:
        """Tell about ``row``; a field for a password comes with it when it waits for one."""
        former, self._row = self._row, row
        if former is None or row is None or former.version_id != row.version_id:
            self.password.clear()
        self.text.setText(details_words(row) if row is not None else "")
        self._show_form()

    def settle(self, rows: Mapping[str, DocumentRow]) -> None:
        """Take note of how passwords fared: ``rows``, by version, were looked up after they were offered."""
        for version_id in tuple(self._trying):
            row = rows.get(version_id)
            if row is None or row.state != "new":
                self._trying.discard(version_id)
                if row is not None and locked(row):
                    self._refused.add(version_id)
                    self._closed += 1
                else:
                    self._opened += 1
        self._show_form()
        if not self._trying and self._opened + self._closed:
            opened, closed = self._opened, self._closed
            self._opened = self._closed = 0
            self.tried.emit(opened, closed)

    def expect(self, version_ids: Iterable[str]) -> None:
        """Say that passwords are being tried on these documents."""
        self._trying.update(version_ids)
        self._refused.difference_update(self._trying)
        self._show_form()

    def ask_password(self) -> None:
        """Put the cursor where the password is typed, when one is needed."""
        if not self._form.isHidden():
            self.password.setFocus()

    def _give(self) -> None:
        password, row = self.password.text(), self._row
        if not password or row is None:
            self.password.setFocus()
            return
        self.password.clear()
        self._try(row.version_id, [password])

    def _ask_several(self) -> None:
        row = self._row
        if row is None:
            return
        dialog = PasswordsDialog(self)
        dialog.given.connect(lambda passwords: self._try(row.version_id, passwords))
        dialog.open()

    def _try(self, version_id: str, passwords: list[str]) -> None:
        self.expect([version_id])
        self.passwords_given.emit(version_id, passwords)

    def _show_form(self) -> None:
        row = self._row
        trying = row is not None and row.version_id in self._trying
        refused = row is not None and row.version_id in self._refused
        typing = any(part.hasFocus() for part in (self.password, self.unlock, self.several))
        self._form.setVisible(row is not None and (locked(row) or trying))
        if typing and self._form.isHidden():
            self.left.emit()
        self.password.setReadOnly(trying)  # keeps the keyboard, for another try
        self.unlock.setEnabled(not trying)
        self.several.setEnabled(not trying)
        self.told.setText(TRYING if trying else REFUSED if refused else ASKING)
        role = "bad" if refused and not trying else "small"
        if self.told.property("role") != role:
            self.told.setProperty("role", role)
            self.told.style().unpolish(self.told)
            self.told.style().polish(self.told)

    def _lay_out(self) -> None:
        self.text.setProperty("role", "small")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setWordWrap(True)
        self.text.setMinimumHeight(36)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText("Password")
        self.password.setAccessibleName("Password of this document")
        self.password.setFixedWidth(220)
        self.told.setProperty("role", "small")
        self.told.setWordWrap(True)
        row = QHBoxLayout(self._form)
        row.setContentsMargins(0, 0, 0, SPACE_2)
        row.setSpacing(SPACE_2)
        row.addWidget(self.password)
        row.addWidget(self.unlock)
        row.addWidget(self.several)
        row.addSpacing(SPACE_2)
        row.addWidget(self.told, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        column.addWidget(self.text)
        column.addWidget(self._form)
        self._form.hide()


def details_words(row: DocumentRow) -> str:
    """Return the line about one document: where it stands, its size and age, and why something could not be read."""
    facts = [row.path, words.size(row.bytes), f"added {words.moment(row.added_at, now())}"]
    if row.version > 1:
        facts.insert(1, f"version {words.number(row.version)}")
    if row.also_at:
        facts.append("also at " + ", ".join(row.also_at))
    line = "  ·  ".join(facts)
    return f"{line}\n{row.reason}" if row.reason else line
