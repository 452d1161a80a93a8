"""The status line, the product's conscience: work in progress, coverage, engine state; each part opens its page."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from datazoom_desktop.shell.theme.tokens import SPACE_2, SPACE_3


@dataclass(frozen=True, slots=True)
class Status:
    """What the line says; an empty text hides its part.

    Attributes:
        work: Such as "Reading 3 of 41 documents, 2 min left".
        progress: 0 to 1, or None where there is nothing to measure.
        coverage: Such as "1,912 of 1,930 pages readable".
        engine: Such as "Local model ready".
    """

    work: str = ""
    progress: float | None = None
    coverage: str = ""
    engine: str = ""


class StatusLine(QFrame):
    """Shows a ``Status``.

    Attributes:
        opened: Emitted with "work", "coverage" or "engine" when that part is clicked.
    """

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start saying nothing."""
        super().__init__(parent)
        self.setProperty("role", "status")
        self.setAccessibleName("Status")
        self.setFixedHeight(28)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_2, 0, SPACE_2, 0)
        row.setSpacing(SPACE_3)
        self._parts = {name: self._part(name) for name in ("work", "coverage", "engine")}
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(140)
        self._bar.setAccessibleName("Progress of reading")
        row.addWidget(self._parts["work"])
        row.addWidget(self._bar)
        row.addStretch(1)
        row.addWidget(self._parts["coverage"])
        row.addWidget(self._parts["engine"])
        self.status = Status()
        self.set_status(self.status)

    def set_status(self, status: Status) -> None:
        """Say ``status``."""
        self.status = status
        for name, button in self._parts.items():
            text = getattr(status, name)
            button.setText(text)
            button.setAccessibleName(text)
            button.setVisible(bool(text))
        self._bar.setVisible(status.progress is not None)
        if status.progress is not None:
            self._bar.setValue(round(status.progress * 1000))

    def _part(self, name: str) -> QPushButton:
        button = QPushButton()
        button.setProperty("kind", "status")
        button.clicked.connect(lambda: self.opened.emit(name))
        return button
