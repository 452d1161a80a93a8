"""Below the list of questions: what was answered to one of them, what was expected, and the places it cited."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from datazoom_desktop.chat.evaluation import Outcome
from datazoom_desktop.chat.ui import evaluation_words
from datazoom_desktop.shell.flow_layout import FlowLayout
from datazoom_desktop.shell.rich_text import ReadingText
from datazoom_desktop.shell.theme.tokens import SPACE_2, SPACE_3, TYPE_BODY

_MOST = 300  #: characters of an answer that are shown


class OutcomeLine(QFrame):
    """Shows one outcome.

    Attributes:
        cited: Emitted with the 0-based place of the citation to open.
    """

    cited = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setProperty("role", "card")
        self.outcome: Outcome | None = None
        self.chips: list[QPushButton] = []
        self.question, self.expected = QLabel(), QLabel()
        self.said = ReadingText("Answer")
        for label, role in ((self.question, "strong"), (self.expected, "small")):
            label.setProperty("role", role)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._places = QWidget()
        self._row = FlowLayout(self._places)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        column.setSpacing(SPACE_2)
        column.addWidget(self.question)
        column.addWidget(self.said)
        column.addWidget(self._places)
        column.addWidget(self.expected)
        self.hide()

    def show_outcome(self, outcome: Outcome | None) -> None:
        """Show an outcome, or nothing."""
        if outcome == self.outcome:
            return
        self.outcome = outcome
        self.setVisible(outcome is not None)
        for chip in self.chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = []
        if outcome is None:
            return
        said = " ".join(outcome.said.split())
        self.question.setText(outcome.text)
        shown = said if len(said) <= _MOST else said[:_MOST].rpartition(" ")[0] + "…"
        self.said.set_html(f'<div style="font-size:{TYPE_BODY}px; line-height:130%">{html.escape(shown)}</div>')
        self.expected.setText(evaluation_words.expected_words(outcome))
        for number, cited in enumerate(outcome.cited):
            chip = QPushButton(f"{number + 1}   {evaluation_words.place_words(cited)}".replace("&", "&&"))
            chip.setProperty("kind", "citation")
            chip.setToolTip(cited.path)
            chip.clicked.connect(lambda _checked=False, n=number: self.cited.emit(n))
            self._row.addWidget(chip)
            self.chips.append(chip)
        self._places.setVisible(bool(self.chips))
