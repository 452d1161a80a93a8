"""The words that all packages share."""

from __future__ import annotations

import datetime as dt
import sys
import threading
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.changes import ChangeBus, Changes, Topic
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import new_id, sha256_file, slug
from datazoom_desktop.kernel.letters import unaccented
from datazoom_desktop.kernel.paths import home_dir, recorded, room_path
from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.kernel.spans import Box, Span, lines_of


def test_ids_are_unique_and_sort_by_time() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert all(len(i) == 26 for i in ids)
    assert [i[:9] for i in ids] == sorted(i[:9] for i in ids)


def test_sha256_is_that_of_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"abc")
    assert sha256_file(file) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.text(max_size=200))
def test_a_slug_is_a_safe_file_name(name: str) -> None:
    word = slug(name)
    assert word
    assert len(word) <= 48
    assert not set(word) & set('/\\:*?"<>| .')


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_overlap_is_what_both_cover(a: int, b: int, c: int, d: int) -> None:
    x, y = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    assert x.overlap(y) == len(set(range(x.start, x.end)) & set(range(y.start, y.end))) == y.overlap(x)


def test_a_span_never_runs_backwards() -> None:
    with pytest.raises(ValueError):
        Span(5, 4)
    with pytest.raises(ValueError):
        Span(-1, 4)


def test_words_of_a_line_become_one_box_and_lines_stay_apart() -> None:
    line = [Box(1, 10, 100, 30, 112), Box(1, 33, 101, 60, 112), Box(1, 10, 115, 40, 127), Box(2, 10, 115, 40, 127)]
    assert lines_of(line) == [Box(1, 10, 100, 60, 112), Box(1, 10, 115, 40, 127), Box(2, 10, 115, 40, 127)]


def test_columns_on_one_height_stay_apart() -> None:
    assert len(lines_of([Box(1, 10, 100, 60, 112), Box(1, 300, 100, 350, 112)])) == 2


def test_moments_are_utc_with_zone() -> None:
    assert clock.now().tzinfo is not None
    east = dt.datetime(2026, 3, 1, 1, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert clock.iso(east) == "2026-02-28T23:30:00.000000Z"
    with pytest.raises(ValueError):
        clock.iso(dt.datetime(2026, 3, 1))  # noqa: DTZ001


def test_cancelling_is_seen_and_wakes_who_waits() -> None:
    token = CancelToken()
    token.check()
    threading.Timer(0.05, token.cancel).start()
    assert token.wait(10)
    with pytest.raises(Cancelled):
        token.check()


def test_changes_reach_subscribers_until_they_leave() -> None:
    bus, seen = ChangeBus(), []
    leave = bus.subscribe(seen.append)
    bus.publish(Changes.of(Topic.JOBS, ids=("a",)))
    leave()
    bus.publish(Changes.of(Topic.JOBS))
    assert seen == [Changes(frozenset({Topic.JOBS}), frozenset({"a"}))]


def test_a_problem_says_what_and_what_to_do() -> None:
    problem = Problem("No room", "There is no room X.", "Create it.", "X")
    assert str(problem) == "There is no room X. Create it."
    assert problem.as_dict() == {
        "title": "No room",
        "message": "There is no room X.",
        "remedy": "Create it.",
        "path": "X",
    }


def test_blank_pages_count_as_read() -> None:
    assert {c for c in Coverage if c.readable} == {Coverage.TEXT, Coverage.OCR, Coverage.BLANK}


def test_home_is_chosen_then_environment_then_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATAZOOM_HOME", str(tmp_path / "env"))
    assert home_dir(tmp_path / "mine") == (tmp_path / "mine").resolve()
    assert home_dir() == (tmp_path / "env").resolve()
    monkeypatch.delenv("DATAZOOM_HOME")
    assert "DataZoom" in str(home_dir())


def test_room_paths_are_composed_and_slash_separated() -> None:
    assert room_path(PurePosixPath("a/Vertra\u0308ge.txt")) == "a/Vertr\u00e4ge.txt"


def test_shipped_resources_are_found() -> None:
    assert resource_path("models.toml").parent.is_dir()


def test_letters_are_compared_without_accents_and_ligatures() -> None:
    assert unaccented("plain TEXT 1") == "plain TEXT 1"
    assert unaccented("\u00c7a \ufb01nit \uff21 M\u00fcller") == "Ca finit A Muller"


@pytest.mark.skipif(sys.platform == "win32", reason="file names are Unicode there")
def test_paths_are_kept_as_text_whatever_their_bytes() -> None:
    odd = PurePosixPath("d\udce9al/b\udc81.txt")
    assert room_path(odd) == "d\u00e9al/b[U+0081].txt"
    assert recorded(odd) == "d\\xe9al/b\\x81.txt"
    assert recorded(PurePosixPath("d\u00e9al")) == "d\u00e9al"
    assert room_path(PurePosixPath("e\u0301")) == "\u00e9"
