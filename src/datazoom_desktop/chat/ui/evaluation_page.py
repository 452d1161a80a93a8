"""The evaluation page: questions with known answers put to the room, how it did, and what changed since the run before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from datazoom_desktop.chat.evaluation import Cited, Outcome, changed
from datazoom_desktop.chat.evaluations.model import QuestionSet, Run
from datazoom_desktop.chat.ui import evaluation_words
from datazoom_desktop.chat.ui.evaluation_layout import EvaluationLayout
from datazoom_desktop.chat.ui.evaluation_lookup import Looked, look, read_set
from datazoom_desktop.chat.ui.evaluation_words import Shown
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.ui.rows import Target
from datazoom_desktop.shell import words
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.icons import WordButton
from datazoom_desktop.shell.list_model import ListModel
from datazoom_desktop.shell.operations import Operation, Task
from datazoom_desktop.shell.table import Column

if TYPE_CHECKING:
    from datazoom_desktop.chat.evaluations.service import Evaluations
    from datazoom_desktop.documents.ui.viewer import Viewer

_FILES = "Questions (*.jsonl *.json *.txt);;All files (*)"
_RUNS_LISTED = 20
_ENDING_MS = 100
_TELLING_MS = 250


class EvaluationPage(QWidget):
    """Evaluates one room."""

    def __init__(
        self, desk: Desk, evaluations: Evaluations, viewer: Callable[[], Viewer], parent: QWidget | None = None
    ) -> None:
        """Evaluate with ``evaluations``; ``viewer`` makes the viewer for the right side at the first citation."""
        super().__init__(parent)
        self.setProperty("role", "page")
        self._desk = desk
        self._evaluations = evaluations
        self._operation: Operation | None = None
        self._running = ""  #: id of the run that goes on
        self._looked = Looked((), (), None, (), None, ())
        self._outcomes: list[Outcome] = []
        self._former: Mapping[str, Outcome] = {}
        self._citation = 0
        self._ending = QTimer(self)  #: waits for a stopped run to end
        self._ending.setInterval(_ENDING_MS)
        self._telling = QTimer(self)  #: shows outcomes that came meanwhile, a few times a second
        self._telling.setSingleShot(True)
        self._telling.setInterval(_TELLING_MS)
        self._set: QuestionSet | None = None
        self._view = Shown.ALL
        self.engine = "quote"
        columns = self._columns()
        self.model: ListModel[Outcome] = ListModel(desk.theme, columns, self)
        self.parts = EvaluationLayout(desk.theme, self, self.model, columns, viewer)
        self.table, self.states, self.side = self.parts.table, self.parts.states, self.parts.side
        self._connect()
        self._show_engine()
        self.states.show_loading()

    @property
    def running(self) -> bool:
        """Whether questions are being asked."""
        return self._operation is not None and self._operation.running

    @property
    def shown(self) -> Run | None:
        """The run on show."""
        return self._looked.shown

    def refresh(self, run_id: str = "") -> None:
        """Look at the runs again and show one of them, by default the newest; not while one goes on."""
        evaluations = self._evaluations

        def work(_task: Task) -> Looked:
            return look(evaluations, run_id)

        self._desk.operations.run(self, work, self._show, key="look", failed=self._failed)

    def choose_file(self) -> None:
        """Let the user choose a file of questions."""
        chosen, _ = QFileDialog.getOpenFileName(self, "Choose questions", "", _FILES)
        if chosen:
            self.take_file(Path(chosen))

    def take_file(self, file: Path) -> None:
        """Read a file of questions and make it the set to be put."""

        def work(_task: Task) -> tuple[QuestionSet, Sequence[Problem]]:
            return read_set(file)

        def done(read: tuple[QuestionSet, Sequence[Problem]]) -> None:
            chosen, problems = read
            self._choose_set(chosen)
            if problems:
                more = f" {words.count(len(problems) - 1, 'other')} too." if len(problems) > 1 else ""
                self._desk.messages.show_error(
                    Problem(problems[0].title, problems[0].message + more, problems[0].remedy, str(file))
                )

        self._desk.operations.run(self, work, done, key="read")

    def start(self) -> None:
        """Put the chosen set to the room."""
        chosen, engine = self._set, self.engine
        if chosen is not None and not self.running:
            self._run(lambda: self._evaluations.begin(chosen.name, chosen.text, engine))

    def go_on(self) -> None:
        """Put the questions that the run on show has left."""
        run = self.shown
        if run is not None and not self.running:
            self._run(lambda: run)

    def stop(self) -> None:
        """Stop after the question that is being asked; what was found stays."""
        if self._operation is not None and self.running:
            self._operation.cancel()
            self.parts.state.setText("Stopping")
            self._ending.start()

    def open_citation(self, number: int) -> None:
        """Open a citation (0-based) of the selected question beside the list."""
        outcome = self.parts.line.outcome
        if outcome is None or not 0 <= number < len(outcome.cited):
            return
        beside = self.side.isVisible()
        self.side.open(_target(outcome.cited[number]), number + 1, len(outcome.cited))
        self._citation = number
        if not beside:
            self.parts.share_width()

    def show_view(self, view: Shown) -> None:
        """List some of the questions."""
        self._view = view
        self._list()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the runs when the page is shown."""
        super().showEvent(event)
        if not self.running:
            self.refresh(self.shown.run_id if self.shown else "")

    def _show(self, looked: Looked) -> None:
        self._looked = looked
        self._outcomes = list(looked.outcomes)
        self._former = {outcome.id: outcome for outcome in looked.former}
        if self._set is None and looked.shown is not None:
            self._set = next((one for one in looked.sets if one.name == looked.shown.name), None)
        self._tell()

    def _run(self, begin: Callable[[], Run]) -> None:
        """Put questions in the background; each outcome is shown as soon as it is kept."""
        evaluations = self._evaluations

        def work(task: Task) -> Run:
            run = begin()
            task.report(look(evaluations, run.run_id))
            return evaluations.run(run.run_id, task.report, task.token)

        def reported(news: object) -> None:
            if isinstance(news, Looked):
                self._running = news.shown.run_id if news.shown is not None else ""
                self._view = Shown.ALL
                self._show(news)
            elif isinstance(news, Outcome):
                self._outcomes.append(news)
                if not self._telling.isActive():
                    self._telling.start()

        def done(run: Run) -> None:
            self._running = ""
            self.refresh(run.run_id)

        def failed(error: Exception) -> None:
            self._running = ""
            self._desk.messages.show_error(error)
            self.refresh()

        self._operation = self._desk.operations.run(self, work, done, key="run", failed=failed, reported=reported)
        self._tell()

    def _ended(self) -> None:
        """Show a stopped run once it has ended."""
        if not self.running:
            self._ending.stop()
            former, self._running = self._running, ""
            self.refresh(former)

    def _tell(self) -> None:
        """Show everything that is known about the run on show."""
        run, parts = self.shown, self.parts
        going = self.running and (run is None or run.run_id == self._running or not self._running)
        parts.show_controls(
            self._set.name if self._set else "",
            can_run=self._set is not None and not self.running,
            running=self.running,
            can_go_on=run is not None and evaluation_words.can_go_on(run, running=self.running),
        )
        if run is None and not self.running:
            self._show_none()
            return
        self.states.show_content()
        if run is None:
            return
        parts.runs.setText(evaluation_words.run_words(run, now()))
        seconds = sum(o.seconds for o in self._outcomes) / len(self._outcomes) if self._outcomes else 0.0
        answered = len(self._outcomes)
        parts.show_progress(answered if going else None, run.questions)
        parts.state.setText(evaluation_words.state_words(run, running=going, answered=answered, seconds=seconds))
        former = list(self._former.values())
        asked = {outcome.id for outcome in self._outcomes}
        comparable = [outcome for outcome in former if outcome.id in asked] if going else former
        parts.show_figures(evaluation_words.figures(self._outcomes, comparable))
        self._compare()
        self._list()

    def _compare(self) -> None:
        before = self._looked.before
        better, worse = changed([o.as_dict() for o in self._former.values()], self._outcomes)
        compared = before is not None and bool(self._outcomes)
        wrong = sum(not outcome.right for outcome in self._outcomes)
        numbers = {
            Shown.ALL: len(self._outcomes), Shown.WRONG: wrong, Shown.BETTER: len(better), Shown.WORSE: len(worse)
        }  # fmt: skip
        self.parts.compared.setText(
            evaluation_words.compared_words(len(better), len(worse), before, now())
            if compared and before is not None
            else ""
        )
        self.parts.show_views(numbers, compared=compared)

    def _list(self) -> None:
        selected, top = self.parts.line.outcome, self.table.verticalScrollBar().value()
        self.parts.check_view(self._view)
        self.model.set_rows(evaluation_words.listed(self._outcomes, self._former, self._view))
        line = next((n for n, o in enumerate(self.model.rows) if selected is not None and o.id == selected.id), 0)
        if self.model.rows:
            self.table.selectRow(line)
            self.table.verticalScrollBar().setValue(top)
        self._show_line()

    def _show_line(self) -> None:
        line = self.table.currentIndex().row()
        self.parts.line.show_outcome(self.model.rows[line] if 0 <= line < len(self.model.rows) else None)

    def _show_none(self) -> None:
        choose = WordButton(self._desk.theme, "document", "Choose questions", "primary")
        choose.clicked.connect(self.choose_file)
        if self._set is None:
            self.states.show_empty(
                "evaluate",
                "See how well this room answers",
                "Put questions with known answers to it, before and after a change of model, settings or documents.",
                choose,
                'A file with one question a line: {"question": "When does the lease end?", "document": "Lease.pdf", "page": 2}',
            )
        else:
            run = WordButton(self._desk.theme, "resume", "Ask them", "primary")
            run.clicked.connect(self.start)
            self.states.show_empty(
                "evaluate",
                self._set.name,
                f"{words.count(self._set.questions, 'question')} to be asked. The outcome is kept in this room.",
                run,
            )

    def _choose_set(self, chosen: QuestionSet) -> None:
        self._set = chosen
        self._tell()

    def _fill_sets(self) -> None:
        menu: QMenu = self.parts.sets_menu
        menu.clear()
        for one in self._looked.sets:
            text = f"{one.name}   {words.count(one.questions, 'question')}"
            chosen = menu.addAction(text)
            chosen.triggered.connect(lambda _checked=False, it=one: self._choose_set(it))
        menu.addSeparator()
        menu.addAction("Choose a file…", self.choose_file)

    def _fill_runs(self) -> None:
        menu: QMenu = self.parts.runs_menu
        menu.clear()
        for run in self._looked.runs[:_RUNS_LISTED]:
            text = f"{evaluation_words.run_words(run, now())}   {run.name}"
            chosen = menu.addAction(text)
            chosen.triggered.connect(lambda _checked=False, it=run.run_id: self.refresh(it))

    def _choose_engine(self, engine: str) -> None:
        self.engine = engine
        self._show_engine()

    def _show_engine(self) -> None:
        for name, button in self.parts.engines.items():
            button.setChecked(name == self.engine)

    def _failed(self, error: Exception) -> None:
        self.states.show_error(error, self.refresh)

    def _columns(self) -> tuple[Column[Outcome], ...]:
        return (
            Column("No.", lambda o: o.id, role=lambda _o: "ink_faint", width=72),
            Column("Question", lambda o: o.text, tip=lambda o: o.text),
            Column(
                "Result",
                evaluation_words.outcome_words,
                role=evaluation_words.outcome_role,
                width=264,
                tip=evaluation_words.outcome_words,
            ),
            Column(
                "Change", lambda o: evaluation_words.change_words(o, self._former), role=self._change_role, width=80
            ),
            Column("Seconds", lambda o: f"{o.seconds:.1f}", role=lambda _o: "ink_soft", numbers=True, width=80),
        )

    def _change_role(self, outcome: Outcome) -> str:
        return "good" if outcome.right else "bad"

    def _connect(self) -> None:
        parts = self.parts
        parts.sets_menu.aboutToShow.connect(self._fill_sets)
        parts.runs_menu.aboutToShow.connect(self._fill_runs)
        parts.run.clicked.connect(self.start)
        parts.stop.clicked.connect(self.stop)
        parts.resume.clicked.connect(self.go_on)
        parts.line.cited.connect(self.open_citation)
        for name, button in parts.engines.items():
            button.clicked.connect(lambda _checked=False, n=name: self._choose_engine(n))
        for view, button in parts.views.items():
            button.clicked.connect(lambda _checked=False, v=view: self.show_view(v))
        self.table.opened.connect(lambda _line: self.open_citation(0))
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.side.stepped.connect(lambda step: self.open_citation(self._citation + step))
        self.side.closed.connect(self._close_side)
        self._ending.timeout.connect(self._ended)
        self._telling.timeout.connect(self._tell)
        escape = QShortcut(QKeySequence("Esc"), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self._close_side)

    def _close_side(self) -> None:
        self.parts.close_side()
        self.table.setFocus()

    def _row_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._show_line()


def _target(cited: Cited) -> Target:
    return Target(cited.version_id, cited.path, cited.page, Span(cited.start, cited.end), cited.quote, cited.cells)
