"""Names of rooms."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.organizations.names import LONGEST, checked_name, name_key, near_names


@pytest.mark.parametrize("name", ["", "   ", "\t", "a\x00b", "x" * (LONGEST + 1), "a\ud800", "a\u202eb\ufffeb"])
def test_names_that_cannot_be_used_are_problems(name: str) -> None:
    with pytest.raises(Problem) as caught:
        checked_name(name)
    assert caught.value.remedy


def test_names_are_tidied_not_changed() -> None:
    assert checked_name("  Project   Blue\n") == "Project Blue"
    assert checked_name("Cafe\u0301 / 50% <Ltd.>") == "Café / 50% <Ltd.>"
    assert len(checked_name("x" * LONGEST)) == LONGEST


@given(st.text(max_size=LONGEST))
def test_a_usable_name_stays_as_it_is_once_tidied(name: str) -> None:
    try:
        tidy = checked_name(name)
    except Problem:
        return
    assert checked_name(tidy) == tidy
    assert unicodedata.is_normalized("NFC", tidy)
    assert name_key(tidy) == name_key(name)


def test_case_and_form_do_not_make_another_name() -> None:
    assert name_key("STRASSE  Ⅳ") == name_key("Straße IV".casefold())
    assert name_key("Cafe\u0301") == name_key("CAFÉ")
    assert name_key("Blue") != name_key("Blue 2")


def test_near_names_are_suggested_nearest_first() -> None:
    names = ["Müller & Söhne", "Project Blue", "Project Blue 2", "Harbour"]
    assert near_names("Projekt Blue", names)[0] == "Project Blue"
    assert near_names("muller", names) == ["Müller & Söhne"]
    assert near_names("zzz", names) == []
    assert near_names("", names) == []
