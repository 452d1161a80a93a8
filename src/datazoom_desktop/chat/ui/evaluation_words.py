"""What the evaluation page says about runs and outcomes, in plain English. Pure; knows no Qt widgets."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from datazoom_desktop.chat.evaluation import Cited, Outcome, summary, wrong_words
from datazoom_desktop.chat.evaluations.model import End, Run
from datazoom_desktop.shell.words import count, duration, moment, number

ENGINES = {"quote": "Quotes", "llm": "Written answers"}
_FIGURES = (
    ("right_place_cited", "answered from the right place", False),
    ("refused_by_mistake", "not found by mistake", True),
    ("rightly_refused", "rightly not found", False),
    ("right_document_first", "with the right document first", False),
    ("precision_first", "of the first passage is the answer", False),
    ("recall_4000_characters", "of the answer within 4,000 characters", False),
)


class Shown(enum.Enum):
    """Which questions are listed; the value is what the button says."""

    ALL = "All"
    WRONG = "Wrong"
    BETTER = "Better"
    WORSE = "Worse"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the summary.

    Attributes:
        value: Such as "60 %".
        means: What it counts, read after the value.
        moved: How it moved since the run before, such as "up from 56 %"; empty without one.
        role: Of ``moved``: "good", "bad" or "faint".
    """

    value: str
    means: str
    moved: str = ""
    role: str = "faint"


def figures(outcomes: Sequence[Outcome], before: Sequence[Outcome]) -> list[Figure]:
    """Return the summary of a run, beside that of the run before, if there is one."""
    if not outcomes:
        return []
    now, was = summary(outcomes), summary(before) if before else {}
    counted = {
        "right_place_cited": _of(o.right for o in outcomes if o.answerable),
        "refused_by_mistake": _of(o.refused for o in outcomes if o.answerable),
        "rightly_refused": _of(o.refused for o in outcomes if not o.answerable),
    }
    return [
        Figure(
            _percent(now[key]),
            f"{counted[key]} {means}" if key in counted else means,
            *(_moved(now[key], was[key], lower_is_better=lower) if key in was else ("", "faint")),
        )
        for key, means, lower in _FIGURES
        if key in now
    ]


def _of(values: Iterable[bool]) -> str:
    known = list(values)
    return f"{number(sum(known))} of {number(len(known))}"


def _moved(now: float, was: float, *, lower_is_better: bool) -> tuple[str, str]:
    """Return how a share moved, in words, and their role; what rounds to the same has not moved."""
    if _percent(now) == _percent(was):
        return "as before", "faint"
    words = f"{'up' if now > was else 'down'} from {_percent(was)}"
    return words, "good" if (now > was) != lower_is_better else "bad"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def run_words(run: Run, now: dt.datetime) -> str:
    """Return which run it is, such as "today 04:31, quotes"."""
    return f"{moment(run.began_at, now)}, {ENGINES[run.engine].lower()}"


def state_words(run: Run, *, running: bool, answered: int, seconds: float) -> str:
    """Return how a run stands; ``seconds`` is how long a question took, as a rule, 0 while that is unknown."""
    if running:
        left = (run.questions - answered) * seconds
        time = f", {duration(left)} left" if seconds and answered >= 3 else ""
        return f"Asked {number(answered)} of {count(run.questions, 'question')}{time}"
    so_far = f"after {number(answered)} of {count(run.questions, 'question')}"
    match run.end:
        case End.DONE:
            each = f", {seconds:.1f} seconds each" if seconds >= 0.05 else ""
            return f"{count(run.questions, 'question')}{each}"
        case End.STOPPED:
            return f"Stopped {so_far}"
        case End.FAILED:
            return f"Ended {so_far}: {run.reason}"
        case End.OPEN:
            return f"Cut off {so_far}: the program was closed"


def can_go_on(run: Run, *, running: bool) -> bool:
    """Tell whether questions are left that nobody puts at the moment."""
    return not running and run.end is not End.DONE and run.answered < run.questions


def outcome_words(outcome: Outcome) -> str:
    """Return how a question went, such as "Right" or "Another place was cited"."""
    if not outcome.right:
        words = wrong_words(outcome)
        return words[:1].upper() + words[1:]
    return "Right" if outcome.answerable else "Rightly not found"


def outcome_role(outcome: Outcome) -> str:
    """Return the colour role of ``outcome_words``."""
    return "ink_soft" if outcome.right else "bad"


def change_words(outcome: Outcome, before: Mapping[str, Outcome]) -> str:
    """Return "Better" or "Worse" than the run before, else nothing."""
    was = before.get(outcome.id)
    if was is None or was.right == outcome.right:
        return ""
    return Shown.BETTER.value if outcome.right else Shown.WORSE.value


def compared_words(better: int, worse: int, before: Run, now: dt.datetime) -> str:
    """Return how a run compares with the one before, such as "7 better, 2 worse than before (yesterday 17:20, quotes)"."""
    moved = f"{number(better)} better, {number(worse)} worse than" if better or worse else "The same as"
    return f"{moved} before ({run_words(before, now)})"


def place_words(cited: Cited) -> str:
    """Return where a citation stands, such as "Lease, p. 7" or "Options, 'Cap table'!B4:H9"."""
    return f"{PurePosixPath(cited.path).stem}, {cited.cells or f'p. {cited.page}'}"


def expected_words(outcome: Outcome) -> str:
    """Return what the set says about a question."""
    return f"Expected: {outcome.expected}" if outcome.answerable else "Expected: not found, the room does not say"


def listed(outcomes: Sequence[Outcome], before: Mapping[str, Outcome], shown: Shown) -> list[Outcome]:
    """Return the outcomes to list."""
    match shown:
        case Shown.ALL:
            return list(outcomes)
        case Shown.WRONG:
            return [o for o in outcomes if not o.right]
        case _:
            return [o for o in outcomes if change_words(o, before) == shown.value]
