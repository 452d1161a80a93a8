"""Where the parts of the evaluation page stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from datazoom_desktop.chat.ui.evaluation_words import ENGINES, Figure, Shown
from datazoom_desktop.chat.ui.outcome_line import OutcomeLine
from datazoom_desktop.search.ui.document_side import DocumentSide
from datazoom_desktop.shell import words
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.states import States
from datazoom_desktop.shell.table import Column, Table
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

if TYPE_CHECKING:
    from datazoom_desktop.documents.ui.viewer import Viewer

_LIST_SHARE = 0.54  #: of the width, beside a document
_ACROSS = 3  #: figures in one row
_RESULT, _WIDE_COLUMNS = 2, (3, 4)  #: positions of columns
_RESULT_NARROW = 196


class EvaluationLayout:
    """The widgets of the page, laid out; the page connects them."""

    def __init__(
        self,
        theme: Theme,
        page: QWidget,
        model: QAbstractTableModel,
        columns: Sequence[Column[Any]],
        viewer: Callable[[], Viewer],
    ) -> None:
        """Fill ``page``."""
        self.sets = WordButton(theme, "document", "Choose questions")
        self.sets_menu = QMenu(self.sets)
        self.sets.setMenu(self.sets_menu)
        self.engines = {name: _switch(label) for name, label in ENGINES.items()}
        self.run = WordButton(theme, "resume", "Ask all", "primary")
        self.stop = WordButton(theme, "stop", "Stop")
        self.resume = QPushButton("Go on")
        self.runs = WordButton(theme, "clock", "", "quiet")
        self.runs_menu = QMenu(self.runs)
        self.runs.setMenu(self.runs_menu)
        self.state, self.compared = QLabel(), QLabel()
        self.state.setProperty("role", "soft")
        self.state.setWordWrap(True)
        self.compared.setProperty("role", "soft")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress of the evaluation")
        self._summary = QWidget()
        self._figures = QGridLayout(self._summary)
        self.views = {view: _switch(view.value) for view in Shown}
        self.table = Table(model, columns)
        self.table.setAccessibleName("Questions")
        self._result_width = columns[_RESULT].width
        self.line = OutcomeLine()
        self._content = QWidget()
        self.states = States(theme, self._content)
        self.side = DocumentSide(theme, viewer)
        self.side.name("citation")
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self._place(page)

    def show_controls(self, name: str, *, can_run: bool, running: bool, can_go_on: bool) -> None:
        """Show what can be done now; ``name`` is that of the chosen set."""
        self.sets.setText(name or "Choose questions")
        self.sets.setEnabled(not running)
        self.runs.setEnabled(not running)
        self.run.setVisible(not running)
        self.run.setEnabled(can_run)
        self.stop.setVisible(running)
        self.resume.setVisible(can_go_on)
        for button in self.engines.values():
            button.setEnabled(not running)

    def show_progress(self, done: int | None, of: int) -> None:
        """Show how far a run is, or that none goes on (None)."""
        self.progress.setVisible(done is not None)
        if done is not None:
            self.progress.setRange(0, max(1, of))
            self.progress.setValue(done)

    def show_figures(self, figures: Sequence[Figure]) -> None:
        """Show the summary."""
        while (item := self._figures.takeAt(0)) is not None:
            former = item.widget()
            if former is not None:
                former.hide()
                former.deleteLater()
        for number, figure in enumerate(figures):
            self._figures.addWidget(_tile(figure), number // _ACROSS, number % _ACROSS)

    def show_views(self, numbers: Mapping[Shown, int], *, compared: bool) -> None:
        """Say how many questions each view lists; what changed only where there is a run before."""
        for view, button in self.views.items():
            number = numbers[view]
            button.setText(f"{view.value}  {words.number(number)}" if number else view.value)
            button.setVisible(compared or view in (Shown.ALL, Shown.WRONG))

    def check_view(self, view: Shown) -> None:
        """Mark the view on show."""
        for each, button in self.views.items():
            button.setChecked(each is view)

    def share_width(self) -> None:
        """Part the width between the list and the document; what is not needed to read on gives way."""
        self._narrow(narrow=True)
        left = round(self.splitter.width() * _LIST_SHARE)
        self.splitter.setSizes([left, self.splitter.width() - left])

    def close_side(self) -> None:
        """Give the list the whole width again."""
        self.side.hide()
        self._narrow(narrow=False)

    def _narrow(self, *, narrow: bool) -> None:
        for widget in (self._summary, self.compared, *self.engines.values()):
            widget.setVisible(not narrow)
        for column in _WIDE_COLUMNS:
            self.table.setColumnHidden(column, narrow)
        self.table.setColumnWidth(_RESULT, _RESULT_NARROW if narrow else self._result_width)

    def _place(self, page: QWidget) -> None:
        title = QLabel("Evaluation")
        title.setProperty("role", "page-title")
        head = QHBoxLayout()
        head.setSpacing(SPACE_2)
        head.addWidget(title)
        head.addStretch()
        for button in self.engines.values():
            head.addWidget(button)
        head.addSpacing(SPACE_2)
        head.addWidget(self.sets)
        head.addWidget(self.run)
        head.addWidget(self.stop)
        left = QWidget()
        left.setProperty("role", "plain")
        left.setMinimumWidth(480)
        column = QVBoxLayout(left)
        column.setContentsMargins(SPACE_8, SPACE_6, SPACE_8, SPACE_3)
        column.setSpacing(SPACE_2)
        column.addLayout(head)
        column.addWidget(self.states, 1)
        self._place_content()
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.side)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        whole = QHBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.splitter)

    def _place_content(self) -> None:
        told = QHBoxLayout()
        told.setSpacing(SPACE_2)
        told.addWidget(self.runs)
        told.addWidget(self.state, 1)
        told.addWidget(self.resume)
        switch = QHBoxLayout()
        switch.setSpacing(SPACE_1)
        switch.addWidget(self.compared)
        switch.addStretch()
        for button in self.views.values():
            switch.addWidget(button)
        self._figures.setContentsMargins(0, 0, 0, 0)
        self._figures.setSpacing(SPACE_3)
        for number in range(_ACROSS):
            self._figures.setColumnStretch(number, 1)
        self._content.setProperty("role", "plain")
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        column.addLayout(told)
        column.addWidget(self.progress)
        column.addWidget(self._summary)
        column.addSpacing(SPACE_4 - SPACE_2)
        column.addLayout(switch)
        column.addWidget(self.table, 1)
        column.addWidget(self.line)


def _tile(figure: Figure) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    value = QLabel(figure.value)
    value.setProperty("role", "title")
    moved = QLabel(figure.moved)
    moved.setProperty("role", figure.role)
    means = QLabel(figure.means)
    means.setProperty("role", "small")
    top = QHBoxLayout()
    top.addWidget(value)
    top.addStretch()
    top.addWidget(moved)
    column = QVBoxLayout(card)
    column.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
    column.setSpacing(0)
    column.addLayout(top)
    column.addWidget(means)
    card.setAccessibleName(f"{figure.value} {figure.means} {figure.moved}".strip())
    return card


def _switch(label: str) -> QPushButton:
    button = QPushButton(label)
    button.setProperty("kind", "quiet")
    button.setCheckable(True)
    return button
