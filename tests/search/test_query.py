"""Questions split into the reference to a document and the bare question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.search.query import essence, split


@pytest.mark.parametrize(
    ("asked", "reference", "bare"),
    [
        ("What is the notice period in the lease with Acme?", "the lease with Acme", "What is the notice period?"),
        ("What is the price per share under the Series A SPA?", "the Series A SPA", "What is the price per share?"),
        (
            "Does the NDA with Foo Ltd. survive termination?",
            "the NDA with Foo Ltd.",
            "Does the nda survive termination?",
        ),
        ("In the Office Lease, what is the rent?", "the Office Lease", "What is the rent?"),
        (
            "According to the board minutes of 12 March 2024, who was appointed CFO?",
            "the board minutes of 12 March 2024",
            "Who was appointed CFO?",
        ),
        ('Who signed "Master Services Agreement 2021"?', "Master Services Agreement 2021", "Who signed?"),
        (
            "Consider the Supply Agreement between Tarn, Inc. and Pelham, LLC; Is there a cap on liability?",
            "the Supply Agreement between Tarn, Inc. and Pelham, LLC",
            "Is there a cap on liability?",
        ),
        ("What is the valuation cap of the Northgate SAFE?", "the Northgate SAFE", "What is the valuation cap?"),
    ],
)
def test_reference_is_split_off(asked: str, reference: str, bare: str) -> None:
    parts = split(asked)
    assert (parts.reference, parts.bare) == (reference, bare)


@pytest.mark.parametrize(
    "asked",
    [
        "Who are the directors?",
        "What does the agreement say about assignment?",
        "Has the company granted any warrants?",
        "List all agreements with change of control provisions",
        "What was revenue in fiscal 2023?",
    ],
)
def test_question_about_the_room_keeps_its_words(asked: str) -> None:
    parts = split(asked)
    assert (parts.reference, parts.bare) == ("", asked)


def test_only_a_subject_before_the_question_is_led() -> None:
    assert split("Consider VELCO's Non-Disclosure Agreement; Is there a clause?").led
    assert not split("What is the rent in the Office Lease?").led


def test_inside_a_question_the_place_wins_over_the_thing() -> None:
    assert split("Is the Okafor SAFE counted in the total of the cap table?").reference == "the cap table"


@pytest.mark.parametrize(
    ("question", "core"),
    [
        ("Is there a cap on liability under this contract?", "cap on liability"),
        ("What is the governing law for this contract?", "governing law"),
        ("Does the document state that notice must be written?", "notice must be written"),
        ("Who pays?", "Who pays"),
    ],
)
def test_essence_drops_the_scaffolding(question: str, core: str) -> None:
    assert essence(question) == core


@given(st.text(max_size=200))
def test_any_text_can_be_split(text: str) -> None:
    parts = split(text)
    assert parts.text == " ".join(text.split())
    assert essence(parts.bare) or not parts.bare.strip()
    if parts.text:
        assert parts.bare
