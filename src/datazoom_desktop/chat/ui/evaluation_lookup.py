"""What is looked up for the evaluation page, on background threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from datazoom_desktop.chat.evaluation import Outcome, parse
from datazoom_desktop.chat.evaluations.model import QuestionSet, Run
from datazoom_desktop.kernel.errors import Problem

if TYPE_CHECKING:
    from datazoom_desktop.chat.evaluations.service import Evaluations


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked up: the runs and sets of the room, the outcomes of the run on show and of the one before it."""

    runs: Sequence[Run]
    sets: Sequence[QuestionSet]
    shown: Run | None
    outcomes: Sequence[Outcome]
    before: Run | None
    former: Sequence[Outcome]


def look(evaluations: Evaluations, run_id: str = "") -> Looked:
    """Return a run, by default the newest, with the one before it that put the same set."""
    runs, sets = evaluations.runs(), evaluations.sets()
    shown = next((run for run in runs if run.run_id == run_id), runs[0] if runs else None)
    if shown is None:
        return Looked(runs, sets, None, (), None, ())
    earlier = (run for run in runs if run.began_at < shown.began_at and run.name == shown.name and run.answered)
    before = next(earlier, None)
    former = evaluations.outcomes(before.run_id) if before is not None else ()
    return Looked(runs, sets, shown, evaluations.outcomes(shown.run_id), before, former)


def read_set(file: Path) -> tuple[QuestionSet, Sequence[Problem]]:
    """Return the set in a file, and what of it is not understood.

    Raises:
        Problem: The file cannot be read, or holds no question.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file.name}: {error}."
        raise Problem("The questions cannot be read", message, "Choose another file.", str(file)) from error
    questions, problems = parse(text, file.name)
    if not questions:
        raise problems[0] if problems else Problem("No questions", f"{file.name} holds none.", "Add some, one a line.")
    return QuestionSet(file.name, text, len(questions)), problems
