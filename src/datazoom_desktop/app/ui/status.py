"""What the status line says about an open room: work in progress, coverage, engine. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datazoom_desktop.documents.model import RoomCoverage
from datazoom_desktop.documents.ui.sentences import Reading, readable_words, unread_documents
from datazoom_desktop.engines.choice import EngineKind, Plan
from datazoom_desktop.engines.llm import LlmState, Phase
from datazoom_desktop.shell.status_line import Status
from datazoom_desktop.shell.words import count, duration, number, size

_STEADY_SECONDS = 5.0  #: no guess of the time left before this much was seen


@dataclass(slots=True)
class Pace:
    """Guesses how long work will take from how far it came."""

    _began: float | None = None
    _from: float = 0.0

    def left(self, progress: float | None, now: float) -> float | None:
        """Return the seconds left at ``progress`` (0 to 1; None: no work) and time ``now``; None while that is unclear."""
        if progress is None or (self._began is not None and progress < self._from):
            self._began = None
            return None
        if self._began is None:
            self._began, self._from = now, progress
        passed, done = now - self._began, progress - self._from
        return passed * (1 - progress) / done if passed >= _STEADY_SECONDS and done > 0 else None


def work_of(coverage: RoomCoverage, reading: Mapping[str, Reading], pace: Pace, now: float) -> tuple[str, float | None]:
    """Return the words and the progress (0 to 1, or None) of the work in progress; empty when there is none.

    Reading a document counts for half of its way, indexing it for the other half.
    """
    if not coverage.waiting:
        pace.left(None, now)
        running = any(each.running for each in reading.values())
        return ("Looking through folders" if running else "", None)
    unread = unread_documents(coverage)
    steps = 2 * coverage.documents - coverage.waiting - unread
    parts = sum(each.done / each.total for each in reading.values() if each.running and each.total)
    progress = min(1.0, (steps + min(parts, coverage.waiting)) / (2 * coverage.documents))
    left = pace.left(progress, now)
    done = coverage.documents - (unread or coverage.waiting)
    text = f"{'Reading' if unread else 'Indexing'}: {number(done)} of {count(coverage.documents, 'document')} done"
    return (f"{text}, {duration(left)} left" if left is not None else text), progress


def status_of(coverage: RoomCoverage, reading: Mapping[str, Reading], engine: str, pace: Pace, now: float) -> Status:
    """Return the whole line; ``now`` is in seconds of any steady clock."""
    work, progress = work_of(coverage, reading, pace, now)
    return Status(work=work, progress=progress, coverage=readable_words(coverage), engine=engine)


def engine_words(state: LlmState, plan: Plan) -> str:
    """Return what answers, and what the local language model is doing, in a few words."""
    if plan.kind not in (None, EngineKind.LOCAL):
        return f"Asks {plan.name} on a server"
    if state.phase is Phase.ABSENT:
        return "Local model starts with the next question" if plan.kind else "Answers by quoting, no language model"
    if state.phase is Phase.DOWNLOADING:
        return f"Fetching a model, {size(state.done)} of {size(state.total)}" if state.total else "Fetching a model"
    if state.phase in (Phase.STARTING, Phase.LOADING):
        return "Local model is loading"
    if state.phase is Phase.FAILED:
        return "Local model failed, answers by quoting"
    return "Local model ready" + (f", {state.notice}" if state.notice else "")
