"""What a question takes over from the turns before it."""

from __future__ import annotations

import pytest

from datazoom_desktop.chat.conversation import Focus
from datazoom_desktop.chat.followup import continued, focus_after, subject_of

LEASE = Focus("What is the monthly rent?", "monthly rent", "the lease with Harbourline", ("lease",), named=True)
CORVID = Focus("Which law governs?", "which law governs", "the NDA with Corvid", ("corvid",), named=True)
TARN = Focus("Which law governs?", "which law governs", "the NDA with Tarn", ("tarn",), named=True)
ROOM = Focus("What is the monthly rent?", "monthly rent", "", ("lease",), named=False)
NOTHING = Focus("Hello", "", "", (), named=False)


def is_name(words: str) -> bool:
    return words in {"Acme", "Tarn"}


@pytest.mark.parametrize(
    ("question", "restated"),
    [
        ("And for how long?", "For how long, as to the monthly rent?"),
        ("Why?", "Why, as to the monthly rent?"),
        ("until when?", "Until when, as to the monthly rent?"),
        ("Which section?", "Which section, as to the monthly rent?"),
        ("When is it due?", "When is the monthly rent due?"),
        ("Who pays it?", "Who pays the monthly rent?"),
        ("Is that enforceable?", "Is the monthly rent enforceable?"),
        ("Where does it say that?", "Where does the lease say that, as to the monthly rent?"),
        ("Are there any exceptions?", "Are there any exceptions, as to the monthly rent?"),
        ("Does that include VAT?", "Does the monthly rent include VAT?"),
        ("What happens if they don't pay?", "What happens if they don't pay, as to the monthly rent?"),
        ("And under section 5.2?", "Under section 5.2, as to the monthly rent?"),
    ],
)
def test_a_question_without_a_subject_takes_over_subject_and_documents(question: str, restated: str) -> None:
    found = continued(question, [LEASE])
    assert found is not None
    assert (found.question, found.subject) == (restated, "monthly rent")
    assert (found.documents, found.only, found.reference) == (("lease",), True, "the lease with Harbourline")


@pytest.mark.parametrize(
    ("question", "restated"),
    [
        ("who signed it?", "Who signed the lease?"),
        ("Can it be renewed?", "Can the lease be renewed?"),
        ("Can the tenant assign it?", "Can the tenant assign the lease?"),
        ("Does it say anything about subletting?", "Does the lease say anything about subletting?"),
        ("What about the deposit?", "The deposit?"),
        ("And what is the notice period?", "What is the notice period?"),
        ("Is there a cap on liability there?", "Is there a cap on liability there?"),
        ("What does this agreement say about assignment?", "What does this agreement say about assignment?"),
        ("Who is its landlord?", "Who is its landlord?"),
        ("Did they sign it?", "Did they sign it?"),
        ("When was it signed, and by whom?", "When was the lease signed, and by whom?"),
    ],
)
def test_a_question_about_the_document_takes_over_the_document_alone(question: str, restated: str) -> None:
    found = continued(question, [LEASE], is_name)
    assert found is not None
    assert (found.question, found.subject, found.documents, found.only) == (restated, "", ("lease",), True)


@pytest.mark.parametrize(
    ("question", "restated"),
    [
        ("What about Acme's?", "What is the monthly rent in the lease with Acme?"),
        ("And Tarn?", "What is the monthly rent in the lease with Tarn?"),
        ("What about the one with Orsted?", "What is the monthly rent in the lease with Orsted?"),
        ("And Brightwater Ltd?", "What is the monthly rent in the lease with Brightwater Ltd?"),
        ("And in the supply agreement?", "What is the monthly rent in the supply agreement?"),
        ("same for the NDA with Tarn", "What is the monthly rent in the NDA with Tarn?"),
        ("And everywhere else?", "What is the monthly rent?"),
        ("And in all of them?", "What is the monthly rent?"),
    ],
)
def test_the_subject_is_asked_of_another_document(question: str, restated: str) -> None:
    found = continued(question, [LEASE], is_name)
    assert found is not None
    assert (found.question, found.subject, found.documents) == (restated, "monthly rent", ())


@pytest.mark.parametrize(
    ("before", "question", "restated"),
    [
        ("What was the revenue in 2023?", "And in 2024?", "What was the revenue in 2024?"),
        ("What was the revenue in 2023?", "2024?", "What was the revenue in 2024?"),
        ("What was the revenue?", "What about Q3 2024?", "What was the revenue in Q3 2024?"),
        ("What was the revenue in March 2023?", "and for April?", "What was the revenue in April?"),
        ("What was the revenue in FY23?", "And FY 2024?", "What was the revenue in FY 2024?"),
    ],
)
def test_the_same_is_asked_of_another_time(before: str, question: str, restated: str) -> None:
    focus = Focus(before, subject_of(before), "the accounts", ("accounts",), named=True)
    found = continued(question, [focus], is_name)
    assert found is not None
    assert (found.question, found.subject, found.documents) == (restated, "revenue", ("accounts",))


@pytest.mark.parametrize(
    "question",
    [
        "What is the notice period?",
        "What is the notice period in the supply agreement?",
        "When does Acme pay its invoices?",
        "If a party breaches, what must it do?",
        "When does the lease end, and can it be renewed?",
        "Is it permitted to sublet?",
        "Is there a cap on liability?",
        "No assignment without consent?",
        "Thanks",
    ],
)
def test_a_question_with_a_subject_of_its_own_stands_alone(question: str) -> None:
    assert continued(question, [LEASE], is_name) is None


def test_a_defined_term_is_a_subject_and_not_a_party() -> None:
    found = continued("And the Purchase Price?", [LEASE], is_name)
    assert found is not None
    assert (found.question, found.documents) == ("The Purchase Price?", ("lease",))
    assert not found.only, "who knows whether this names somebody: the lease comes first, the room is searched"


def test_the_other_one_is_the_document_before_or_any_but_this() -> None:
    found = continued("and in the other one?", [CORVID, TARN])
    assert found is not None
    assert (found.documents, found.only, found.without) == (("corvid",), True, False)
    alone = continued("And in the other NDA?", [TARN])
    assert alone is not None
    assert (alone.documents, alone.without, alone.subject) == (("tarn",), True, "which law governs")
    own = continued("Does the other one have a notice period?", [CORVID, TARN])
    assert own is not None
    assert (own.documents, own.subject) == (("corvid",), "")
    party = continued("And the other party?", [TARN])
    assert party is not None
    assert (party.documents, party.without) == (("tarn",), False)


def test_documents_that_were_only_cited_come_first_and_are_not_the_only_ones() -> None:
    found = continued("And for how long?", [ROOM])
    assert found is not None
    assert (found.documents, found.only) == (("lease",), False)


def test_nothing_is_taken_over_where_there_is_nothing() -> None:
    assert continued("And for how long?", []) is None
    assert continued("And for how long?", [NOTHING]) is None


def test_a_clause_that_was_asked_is_taken_over_as_it_was_put() -> None:
    found = continued("And why?", [Focus("Who may terminate?", subject_of("Who may terminate?"))])
    assert found is not None
    assert found.question == "Why, as to who may terminate?"


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("What is the monthly rent?", "monthly rent"),
        ("Is there a cap on liability?", "cap on liability"),
        ("Which law governs?", "which law governs"),
        ("Can NASA sublet?", "can NASA sublet"),
        ("rent", "rent"),
        ("For how long?", ""),
        ("What " + "very " * 40 + "long?", "what" + " very" * 17 + "…"),
    ],
)
def test_subjects_are_words_or_clauses(question: str, subject: str) -> None:
    assert subject_of(question) == subject


def test_a_document_called_by_its_kind_inside_the_question_is_put_in_its_place() -> None:
    first = focus_after("Which law governs the nda?", "the NDA with Corvid", ("corvid",), ("corvid",), None)
    assert first.subject == "which law governs the NDA"
    found = continued("What about the one with Tarn?", [first])
    assert found is not None
    assert found.question == "Which law governs the NDA with Tarn?"
    back = continued("Who signed it?", [first])
    assert back is not None
    again = focus_after("Who signed the nda?", "the nda", ("corvid",), ("corvid",), back)
    assert again.reference == "the NDA with Corvid"


def test_what_a_turn_was_about_is_kept_through_several_follow_ups() -> None:
    first = focus_after("What is the monthly rent?", "the lease", ("lease",), ("lease", "memo"), None)
    assert first == Focus("What is the monthly rent?", "monthly rent", "the lease", ("lease",), named=True)
    how_long = continued("And for how long?", [first])
    assert how_long is not None
    second = focus_after(how_long.question, "", ("lease",), ("lease",), how_long)
    assert (second.subject, second.reference, second.documents, second.named) == (
        "monthly rent",
        "the lease",
        ("lease",),
        True,
    )
    third = continued("Who signed it?", [first, second])
    assert third is not None
    assert (third.question, third.documents) == ("Who signed the lease?", ("lease",))
    other = continued("And in the other one?", [first])
    assert other is not None
    after = focus_after(other.question, "", ("a", "b", "c"), ("b",), other)
    assert (after.documents, after.named) == (("b",), False), "of many that were left, the one that answered"
    assert focus_after("Who?", "", (), (), None).documents == ()
