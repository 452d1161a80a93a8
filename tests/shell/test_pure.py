"""The shell's parts that need no window: commands, history, joined changes, words."""

from __future__ import annotations

import datetime as dt

import pytest

from datazoom_desktop.kernel.changes import Changes, Topic
from datazoom_desktop.shell import words
from datazoom_desktop.shell.changes_bridge import joined
from datazoom_desktop.shell.commands import Command, Commands, fit
from datazoom_desktop.shell.navigation import History, Place

A, B, C = Place("rooms"), Place("documents", "r1"), Place("ask", "r1")


def test_history_goes_back_and_forward_and_forgets_what_lay_ahead() -> None:
    history = History()
    assert history.back() is None
    for place in (A, B, B, C):
        history.visit(place)
    assert history.back() == B
    assert history.back() == A
    assert history.back() is None
    assert history.forward() == B
    history.visit(A)
    assert history.forward() is None
    assert history.back() == B


def test_history_is_bounded() -> None:
    history = History(limit=3)
    for number in range(10):
        history.visit(Place("document", "r", "v", number + 1))
    assert history.back() is not None
    assert history.back() is not None
    assert history.back() is None


@pytest.mark.parametrize(
    ("visited", "backs", "here"), [([A, B, C], 0, A), ([B, A, C], 1, A), ([B, C], 0, None), ([B, A], 1, A)]
)
def test_a_removed_rooms_places_are_forgotten(visited: list[Place], backs: int, here: Place | None) -> None:
    history = History()
    for place in visited:
        history.visit(place)
    for _ in range(backs):
        history.back()
    history.forget_room("r1")
    assert history.here == here
    assert not history.can_forward


def test_commands_are_found_by_start_words_inside_and_letters() -> None:
    assert (
        fit("add", "Add a folder")
        > fit("fol", "Add a folder")
        > fit("old", "Add a folder")
        > fit("adr", "Add a folder")
        > 0
    )
    assert fit("xyz", "Add a folder") == 0


def test_disabled_commands_are_not_offered_and_ids_are_taken_once() -> None:
    commands = Commands()
    on, off = Command("a.on", "Go back", print), Command("a.off", "Go forward", print, enabled=lambda: False)
    commands.add(on, off)
    assert commands.matching("go") == [on]
    with pytest.raises(ValueError, match="two commands"):
        commands.add(on)
    commands.remove("a.")
    assert commands.all() == ()


def test_joined_changes_concern_anything_when_either_does() -> None:
    some, others = Changes.of(Topic.JOBS, ids=("a",)), Changes.of(Topic.PAGES, ids=("b",))
    assert joined(some, others) == Changes.of(Topic.JOBS, Topic.PAGES, ids=("a", "b"))
    assert joined(some, Changes.of(Topic.PAGES)).ids == frozenset()


def test_numbers_have_separators_and_nouns_agree() -> None:
    assert words.count(1, "page") == "1 page"
    assert words.count(1912, "page") == "1,912 pages"
    assert words.count(2, "entry", "entries") == "2 entries"


def test_dates_have_the_month_in_letters_and_no_day_of_the_week() -> None:
    told = words.date(dt.date(2026, 11, 23))
    assert "November" in told
    assert "Monday" not in told
    assert "2026" in told


NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("seconds", "told"), [(5, "just now"), (60, "1 minute ago"), (59 * 60, "59 minutes ago"), (40 * 86400, "October")]
)
def test_moments_are_relative_when_recent(seconds: int, told: str) -> None:
    assert told in words.moment(NOW - dt.timedelta(seconds=seconds), NOW)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        words.moment(NOW.replace(tzinfo=None), NOW)


@pytest.mark.parametrize(
    ("seconds", "told"), [(10, "less than a minute"), (119, "2 min"), (3600, "1 h"), (4800, "1 h 20 min")]
)
def test_durations_are_round(seconds: float, told: str) -> None:
    assert words.duration(seconds) == told
