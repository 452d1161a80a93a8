"""What the evaluation page says."""

from __future__ import annotations

import datetime as dt

import pytest

from datazoom_desktop.chat.evaluation import Outcome
from datazoom_desktop.chat.evaluations.model import End, Run
from datazoom_desktop.chat.ui.evaluation_words import (
    Shown,
    can_go_on,
    change_words,
    compared_words,
    figures,
    listed,
    outcome_words,
    state_words,
)
from datazoom_desktop.search.metrics import Coverage

NOW = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)


def run(end: End = End.DONE, answered: int = 4, reason: str = "") -> Run:
    return Run("r", "deal.jsonl", "quote", 4, answered, NOW - dt.timedelta(minutes=5), NOW, end, reason)


def outcome(name: str, *, right: bool, refused: bool = False, answerable: bool = True, **more: object) -> Outcome:
    return Outcome(name, name, answerable, refused, right, more.get("coverage"), "said", 0.25)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("end", "answered", "running", "told"),
    [
        (End.DONE, 4, False, "4 questions, 0.5 seconds each"),
        (End.STOPPED, 1, False, "Stopped after 1 of 4 questions"),
        (End.OPEN, 1, False, "Cut off after 1 of 4 questions: the program was closed"),
        (End.OPEN, 1, True, "Asked 1 of 4 questions"),
        (End.OPEN, 3, True, "Asked 3 of 4 questions, less than a minute left"),
        (End.FAILED, 0, False, "Ended after 0 of 4 questions: No model."),
    ],
)
def test_how_a_run_stands(end: End, answered: int, running: bool, told: str) -> None:
    one = run(end, answered, "No model.")
    assert state_words(one, running=running, answered=answered, seconds=0.5) == told
    assert can_go_on(one, running=running) is (end is not End.DONE and not running)


def test_figures_say_what_they_count_and_how_they_moved() -> None:
    covered = Coverage(1.0, 0.5, 0.8, 1.0)
    before = [outcome("a", right=False, refused=True), outcome("n", right=True, refused=True, answerable=False)]
    after = [outcome("a", right=True, coverage=covered), outcome("n", right=False, answerable=False)]
    told = [(f.value, f.means, f.moved, f.role) for f in figures(after, before)]
    assert told == [
        ("100 %", "1 of 1 answered from the right place", "up from 0 %", "good"),
        ("0 %", "0 of 1 not found by mistake", "down from 100 %", "good"),
        ("0 %", "0 of 1 rightly not found", "down from 100 %", "bad"),
        ("100 %", "with the right document first", "", "faint"),
        ("50 %", "of the first passage is the answer", "", "faint"),
        ("80 %", "of the answer within 4,000 characters", "", "faint"),
    ]
    assert {figure.moved for figure in figures(before, before)} == {"as before"}
    assert figures([], before) == []


def test_outcomes_and_changes() -> None:
    was = {"a": outcome("a", right=False, refused=True), "b": outcome("b", right=True)}
    now = [outcome("a", right=True), outcome("b", right=False), outcome("c", right=False, answerable=False)]
    assert [outcome_words(o) for o in now] == [
        "Right",
        "Another place was cited",
        "Answered, though the room does not say",
    ]
    assert [change_words(o, was) for o in now] == ["Better", "Worse", ""]
    assert {view: [o.id for o in listed(now, was, view)] for view in Shown} == {
        Shown.ALL: ["a", "b", "c"],
        Shown.WRONG: ["b", "c"],
        Shown.BETTER: ["a"],
        Shown.WORSE: ["b"],
    }


def test_a_run_is_compared_with_the_one_before_by_name() -> None:
    assert compared_words(7, 2, run(), NOW) == "7 better, 2 worse than before (5 minutes ago, quotes)"
    assert compared_words(0, 0, run(), NOW) == "The same as before (5 minutes ago, quotes)"
