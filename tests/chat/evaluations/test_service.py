"""Runs of a set of questions: kept as they go, stopped, cut off, gone on with, compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.activity import trail
from datazoom_desktop.chat.evaluation import Outcome, changed
from datazoom_desktop.chat.evaluations.model import End
from datazoom_desktop.chat.evaluations.service import Evaluations
from datazoom_desktop.documents.service import Documents
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage.room import RoomStorage
from tests.support.answers import DEAL
from tests.support.questions import ANSWERS, LAW, LIABILITY, PENSION, QUESTIONS, RENT, TEXT, NoSearch, ToldChat
from tests.support.rooms import add_document, make_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomStorage]:
    with make_room(tmp_path / "room") as storage:
        for path, pages in DEAL.items():
            add_document(storage, path, pages)
        yield storage


@pytest.fixture
def chat(room: RoomStorage) -> ToldChat:
    return ToldChat(Documents(room), dict(ANSWERS))


@pytest.fixture
def evaluations(room: RoomStorage, chat: ToldChat) -> Evaluations:
    return Evaluations(room, chat, NoSearch(), Documents(room))  # type: ignore[arg-type]


def ids(outcomes: list[Outcome]) -> list[str]:
    return [outcome.id for outcome in outcomes]


def test_a_run_is_kept_with_what_was_asked_answered_and_cited(
    evaluations: Evaluations, room: RoomStorage, chat: ToldChat
) -> None:
    chat.answers[LAW] = "the law of England and Wales"
    begun = evaluations.begin("deal.jsonl", TEXT, "quote")
    told: list[Outcome] = []
    ended = evaluations.run(begun.run_id, told.append)
    assert (ended.end, ended.answered, ended.questions) == (End.DONE, 4, 4)
    assert evaluations.runs() == [ended]
    kept = evaluations.outcomes(begun.run_id)
    assert kept == told
    assert [(o.id, o.right, o.refused) for o in kept] == [
        ("rent", True, False), ("cap", True, False), ("law", False, False), ("pension", True, True)
    ]  # fmt: skip
    assert kept[0].expected == "5 Property/Lease.pdf, p. 2"
    (cited,) = kept[0].cited
    assert Documents(room).text(cited.version_id, _span(cited.start, cited.end)) == cited.quote
    with room.db.read() as cursor:
        assert [row.intent for row in trail.recent(cursor, 5)] == ["evaluations.begun"]


def _span(start: int, end: int):  # type: ignore[no-untyped-def]
    from datazoom_desktop.kernel.spans import Span

    return Span(start, end)


def test_the_sets_of_a_room_are_those_that_were_put_to_it_in_their_last_form(evaluations: Evaluations) -> None:
    evaluations.begin("deal.jsonl", TEXT, "quote")
    evaluations.begin("other.jsonl", json.dumps(QUESTIONS[3]), "quote")
    evaluations.begin("deal.jsonl", json.dumps(QUESTIONS[0]), "quote")
    assert [(one.name, one.questions) for one in evaluations.sets()] == [("deal.jsonl", 1), ("other.jsonl", 1)]
    assert evaluations.sets()[0].text == json.dumps(QUESTIONS[0])


def test_a_run_that_was_cut_off_has_kept_its_outcomes_and_is_gone_on_with(
    evaluations: Evaluations, room: RoomStorage, chat: ToldChat
) -> None:
    begun = evaluations.begin("deal.jsonl", TEXT, "quote")

    class Killed(BaseException):
        pass

    def kill(outcome: Outcome) -> None:
        if outcome.id == "cap":
            raise Killed

    with pytest.raises(Killed):
        evaluations.run(begun.run_id, kill)
    (cut,) = evaluations.runs()
    assert (cut.end, cut.answered, cut.ended_at) == (End.OPEN, 2, None)
    ended = evaluations.run(begun.run_id)
    assert (ended.end, ended.answered) == (End.DONE, 4)
    assert chat.asked == [RENT, LIABILITY, LAW, PENSION]
    assert ids(evaluations.outcomes(begun.run_id)) == ["rent", "cap", "law", "pension"]


def test_a_run_that_is_stopped_says_so(evaluations: Evaluations, chat: ToldChat) -> None:
    begun = evaluations.begin("deal.jsonl", TEXT, "quote")
    token = CancelToken()
    ended = evaluations.run(begun.run_id, lambda outcome: token.cancel() if outcome.id == "cap" else None, token)
    assert (ended.end, ended.answered) == (End.STOPPED, 2)
    assert evaluations.run(begun.run_id).end is End.DONE


def test_a_run_that_cannot_go_on_says_why(evaluations: Evaluations, chat: ToldChat) -> None:
    chat.problem = Problem("There is no language model", "A written answer needs one.", "Install one.")
    begun = evaluations.begin("deal.jsonl", TEXT, "llm")
    ended = evaluations.run(begun.run_id)
    assert (ended.end, ended.answered) == (End.FAILED, 0)
    assert ended.reason == "A written answer needs one. Install one."


def test_two_runs_compare_by_question(evaluations: Evaluations, chat: ToldChat) -> None:
    first = evaluations.run(evaluations.begin("deal.jsonl", TEXT, "quote").run_id)
    del chat.answers[RENT]
    chat.answers[PENSION] = ANSWERS[LAW]
    second = evaluations.run(evaluations.begin("deal.jsonl", TEXT, "quote").run_id)
    before = [outcome.as_dict() for outcome in evaluations.outcomes(first.run_id)]
    better, worse = changed(before, evaluations.outcomes(second.run_id))
    assert (ids(better), ids(worse)) == ([], ["rent", "pension"])


def test_a_set_without_questions_is_refused(evaluations: Evaluations) -> None:
    with pytest.raises(Problem, match="holds none"):
        evaluations.begin("empty.jsonl", "\n", "quote")
    with pytest.raises(Problem, match="Line 1 of bad"):
        evaluations.begin("bad.jsonl", "{", "quote")
    assert evaluations.runs() == []


def test_what_is_not_there_is_told(evaluations: Evaluations) -> None:
    with pytest.raises(Problem, match="not in this room"):
        evaluations.run("nothing")
