"""The status line tells the truth about work, coverage and the engine."""

from __future__ import annotations

import pytest

from datazoom_desktop.app.ui.status import Pace, engine_words, status_of, work_of
from datazoom_desktop.documents.model import RoomCoverage
from datazoom_desktop.documents.ui.sentences import Reading
from datazoom_desktop.engines.choice import EngineKind, Plan, none_chosen
from datazoom_desktop.engines.llm import LlmState, Phase

LOCAL = Plan(EngineKind.LOCAL, "small", "Small", "", "local: the one on this machine")
REMOTE = Plan(EngineKind.REMOTE, "big", "Big", "https://example.com/v1", "remote: chosen for answers")
HALF = RoomCoverage(10, 62, 40, {"text": 55, "failed": 3, "waiting": 4}, 6)


def test_reading_counts_half_of_the_way() -> None:
    text, progress = work_of(HALF, {}, Pace(), 0.0)
    assert text == "Reading: 6 of 10 documents done"
    assert progress == pytest.approx((20 - 6 - 4) / 20)


def test_a_document_half_read_moves_the_bar() -> None:
    _, still = work_of(HALF, {}, Pace(), 0.0)
    _, moved = work_of(HALF, {"v": Reading(True, 20, 40)}, Pace(), 0.0)
    assert still is not None
    assert moved == pytest.approx(still + 0.5 / 20)


def test_nothing_waiting_is_no_work() -> None:
    done = RoomCoverage(10, 62, 62, {"text": 62}, 0)
    assert status_of(done, {}, "Local model ready", Pace(), 0.0).work == ""
    assert status_of(done, {}, "", Pace(), 0.0).coverage == "62 of 62 pages readable"
    assert work_of(done, {"scan": Reading(True)}, Pace(), 0.0) == ("Looking through folders", None)


def test_time_left_is_told_once_the_pace_is_known() -> None:
    pace = Pace()
    assert pace.left(0.10, 100.0) is None
    assert pace.left(0.11, 102.0) is None
    assert pace.left(0.30, 120.0) == pytest.approx(20 * 0.7 / 0.2)
    assert pace.left(None, 121.0) is None
    assert pace.left(0.5, 122.0) is None


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_of_the_engine_has_words(phase: Phase) -> None:
    assert engine_words(LlmState(phase), LOCAL)


def test_a_fall_back_is_shown_with_the_engine() -> None:
    state = LlmState(Phase.READY, notice="on the processor: the graphics card has too little memory")
    assert "too little memory" in engine_words(state, LOCAL)
    assert "quoting" in engine_words(LlmState(Phase.ABSENT), none_chosen("none is installed").plan)


def test_a_server_is_named_before_anything_is_sent_to_it() -> None:
    assert engine_words(LlmState(Phase.ABSENT), REMOTE) == "Asks Big on a server"
