"""Questions find their clauses: by name, by another name, by a misspelt one, by the way a lawyer asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.search.clause_file import Clause
from datazoom_desktop.search.clause_match import ClauseMatcher
from datazoom_desktop.search.clauses import folders, load

LIBRARY, _ = load(folders(Path("nowhere"))[0])
MATCHER = ClauseMatcher(LIBRARY.clauses)


def best(question: str, limit: int = 3) -> list[str]:
    return [match.clause.id for match in MATCHER.clause_types_of(question, limit)]


@pytest.mark.parametrize("entry", LIBRARY.clauses, ids=lambda entry: entry.id)
def test_each_clause_is_found_by_its_name_and_its_questions(entry: Clause) -> None:
    assert best(entry.name)[0] == entry.id
    for question in entry.questions:
        assert entry.id in best(question, 2), question


@pytest.mark.parametrize("entry", LIBRARY.clauses, ids=lambda entry: entry.id)
def test_each_clause_is_found_by_its_other_names(entry: Clause) -> None:
    assert [alias for alias in entry.aliases if entry.id not in best(alias, 4)] == []


QUESTIONS = """
    who can walk away from this deal whenever they like | termination-for-convenience
    can they get out early without giving any reason | termination-for-convenience
    which state's law applies | governing-law
    do we need permission to transfer the contract to the buyer | anti-assignment
    what happens if the company gets acquired | change-of-control
    does it roll over automatically each year | renewal-term
    how much do we have to buy at a minimum | minimum-commitment
    are they allowed to hire our people | no-solicit-employees
    is there a ceiling on damages | cap-on-liability
    how long are goods under warranty | warranty-duration
    can they look at our books | audit-rights
    does anybody get our source code if we go bust | source-code-escrow
    is the licence forever | irrevocable-perpetual-license
    who owns what the contractor develops | ip-ownership-assignment
    do we have to tell them if a court orders us to disclose | compelled-disclosure
    may we keep a copy of their confidential information | retained-copies
    how many years does the duty of confidentiality last | confidentiality-survival
    what does the seed investor get first when the company is sold | liquidation-preference
    weighted average or full ratchet | anti-dilution
    what is the strike price of the options | option-grant
    cliff and vesting schedule | vesting
    double trigger acceleration | vesting-acceleration
    can the majority force the others to sell their shares | drag-along
    when must the loan be paid back | loan-maturity
    is there a prepayment penalty | loan-prepayment
    what minimum cash must the borrower hold | financial-covenants
    which assets were pledged to the bank | security-interest
    can the tenant sublet | lease-assignment-subletting
    how much is the deposit under the lease | security-deposit
    what does the tenant pay if it stays too long | holdover
    who fixes the roof | repairs-alterations
    what severance does the CEO get | severance
    how much notice does the employee have to give | employment-notice
    did the engineer assign her inventions | invention-assignment
    where is personal data stored | data-transfer
    how fast do we have to report a data breach | personal-data-breach
    do you sell my data | privacy-sharing
    does the contract reward referrals | stark-aks
    how many directors sit on the board | board-composition
    is there an earn-out | acquisition-price-adjustment
    indemnifcation obligations | indemnification
    non compete | non-compete
    mfn clause | most-favored-nation
    force majure | force-majeure
"""


@pytest.mark.parametrize("line", QUESTIONS.strip().splitlines(), ids=lambda line: line.split(" | ")[1])
def test_plain_words_find_the_clause_among_the_first_three(line: str) -> None:
    question, _, wanted = line.strip().partition(" | ")
    assert wanted in best(question)


def test_a_match_says_what_it_rests_on() -> None:
    [match, *_] = MATCHER.clause_types_of("Is there a right of first refusal?")
    assert match.clause.id == "rofr-rofo-rofn"
    assert "first refusal" in match.because.lower()


@pytest.mark.parametrize("question", ["", "   ", "?!", "what is the", "xyzzy plugh"])
def test_words_that_mean_no_clause_find_none(question: str) -> None:
    assert MATCHER.clause_types_of(question) == []


def test_a_library_without_clauses_finds_none() -> None:
    assert ClauseMatcher(()).clause_types_of("governing law") == []


@given(st.text(max_size=80), st.integers(0, 5))
def test_matches_are_ranked_within_bounds_and_never_more_than_wanted(question: str, limit: int) -> None:
    matches = MATCHER.clause_types_of(question, limit)
    scores = [match.score for match in matches]
    assert len(matches) <= limit
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-9 for score in scores)
