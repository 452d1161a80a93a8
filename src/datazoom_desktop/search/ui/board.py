"""What both ways to search have in common: a list, and what opens from it. The search page knows them by this only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from datazoom_desktop.documents.model import RoomCoverage
from datazoom_desktop.search.lexer import Mistake
from datazoom_desktop.search.ui.results_view import ResultsView
from datazoom_desktop.search.ui.rows import Target
from datazoom_desktop.shell.operations import Task


@dataclass(frozen=True, slots=True)
class Idle:
    """What a page shows before anything is searched for."""

    title: str
    text: str
    example: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is said about a search that ended.

    Attributes:
        understood: How it was read, or where it was looked for.
        found: How much was found.
        gaps: What could not be searched; empty for nothing.
        nothing: What was searched, where nothing was found; empty where something was.
        coverage: Of the room, as it was searched.
        milliseconds: How long it took.
    """

    understood: str
    found: str
    gaps: str
    nothing: str
    coverage: RoomCoverage
    milliseconds: float


class Board(QObject):
    """One way to search.

    Attributes:
        opened: Emitted with (Target, its 1-based place, of how many) to show beside the list.
        outdated: Emitted when what is on show no longer fits the room, or other documents are to be searched.
        failed: Emitted with an exception of reading on.
    """

    opened = Signal(object, int, int)
    outdated = Signal()
    failed = Signal(object)

    noun: str
    idle: Idle
    view: ResultsView

    def work(self, text: str, *, again: bool) -> Callable[[Task], object] | Mistake:
        """Return what looks for ``text`` on a background thread, or what is wrong with it; ``again`` keeps what is unfolded."""
        raise NotImplementedError

    def show(self, found: object, *, again: bool) -> Told:
        """List what ``work`` returned; ``again`` keeps what is selected where it is still there."""
        raise NotImplementedError

    def clear(self) -> None:
        """List nothing."""
        raise NotImplementedError

    def open_line(self, line: int) -> None:
        """Open what a line stands for."""
        raise NotImplementedError

    def step(self, step: int) -> None:
        """Open the next (1) or previous (-1) after the current line."""
        raise NotImplementedError

    def target(self, line: int) -> Target | None:
        """Return what a line opens, if it is one place or passage and known."""
        raise NotImplementedError
