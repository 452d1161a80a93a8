"""Every question of the sample room, asked: the right page, the very words, and "not found" where nothing is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from datazoom_desktop.app.workspace import Workspace
from tests.support.facts import Outcome, facts, open_sample_room, put

#: Floors a little below what was measured, so that a change which costs answers is seen.
RIGHT_OF_94 = 74
REFUSED_OF_18 = 9
WRONGLY_REFUSED_OF_94 = 10


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with open_sample_room(tmp_path_factory.mktemp("home")) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def answered(room: Workspace) -> list[Outcome]:
    return put(room, facts()["questions"], "quote")


@pytest.fixture(scope="module")
def unanswerable(room: Workspace) -> list[Outcome]:
    return put(room, facts()["unanswerable"], "quote")


def test_the_right_page_is_among_the_first_three_citations(answered: list[Outcome]) -> None:
    wrong = [outcome.question["id"] for outcome in answered if not outcome.right]
    assert len(answered) - len(wrong) >= RIGHT_OF_94, wrong


def test_every_quote_stands_character_for_character_at_its_span(
    answered: list[Outcome], unanswerable: list[Outcome]
) -> None:
    assert [outcome.altered for outcome in (*answered, *unanswerable) if outcome.altered] == []


def test_not_found_is_said_where_nothing_is_there_and_seldom_elsewhere(
    answered: list[Outcome], unanswerable: list[Outcome]
) -> None:
    assert sum(outcome.refused for outcome in unanswerable) >= REFUSED_OF_18
    assert sum(outcome.refused for outcome in answered) <= WRONGLY_REFUSED_OF_94


def test_every_answer_says_what_was_searched(answered: list[Outcome]) -> None:
    for outcome in answered:
        searched = outcome.answer.searched
        assert 0 < searched.searched <= searched.pages
