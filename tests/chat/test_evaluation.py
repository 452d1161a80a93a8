"""Question sets in both forms, and how answers are judged."""

from __future__ import annotations

import json

import pytest

from datazoom_desktop.chat.evaluation import Outcome, changed, judge, parse, summary
from datazoom_desktop.chat.model import Answer, AnswerStatus, Citation, Claim, Searched, Verdict
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.metrics import Retrieved


def lines(*rows: object) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def answer(*places: tuple[str, int, Span], found: bool = True) -> Answer:
    claims = tuple(
        Claim("c", (Citation("d", "v", path, page, span, "c", Verdict.VERIFIED),)) for path, page, span in places
    )
    status = AnswerStatus.ANSWERED if found else AnswerStatus.NOT_FOUND
    return Answer(status, "?", "said", claims, Searched(1, 1, 1), "quote")


SPANNED = {"id": "q1", "query": "When?", "doc": "x/a.txt", "spans": [[10, 20]], "family": "term"}
QUOTED = {"question": "Who?", "document": "Lease.pdf", "page": 3, "quote": "the Tenant"}
UNANSWERED = {"id": "n1", "query": "Is there a pension?", "doc": "x/a.txt", "spans": []}


def test_both_forms_and_questions_without_an_answer() -> None:
    questions, problems = parse(lines(SPANNED, QUOTED, UNANSWERED, {"question": "What?"}), "set.jsonl")
    assert problems == []
    assert [(q.id, q.path, q.spans, q.page, q.answerable) for q in questions] == [
        ("q1", "x/a.txt", (Span(10, 20),), None, True),
        ("2", "Lease.pdf", (), 3, True),
        ("n1", None, (), None, False),
        ("4", None, (), None, False),
    ]
    assert questions[0].group == "term"


def test_a_list_is_read_like_lines() -> None:
    assert [q.id for q in parse(json.dumps([SPANNED, UNANSWERED]), "set.json")[0]] == ["q1", "n1"]


@pytest.mark.parametrize(
    "bad", ["{", '{"page": 3}', "[1]\n", '{"question": ""}', '{"question": "x", "document": "d", "spans": [[5, 2]]}']
)
def test_what_is_not_understood_is_a_problem_that_names_its_place(bad: str) -> None:
    questions, problems = parse(lines(QUOTED) + "\n" + bad, "set.jsonl")
    assert [q.text for q in questions] == ["Who?"]
    assert "Line 2 of set.jsonl" in problems[0].message


def test_an_object_with_lists_of_questions_is_read_like_one_list() -> None:
    text = json.dumps({"questions": [SPANNED, QUOTED], "unanswerable": [UNANSWERED], "more": 1}, indent=1)
    questions, problems = parse(text, "facts.json")
    assert ([q.id for q in questions], problems) == (["q1", "2", "n1"], [])
    assert [q.text for q in parse(json.dumps(QUOTED), "one.jsonl")[0]] == ["Who?"]


def test_a_list_that_is_cut_off_is_a_problem() -> None:
    questions, problems = parse('[{"question": "x"}', "set.json")
    assert questions == []
    assert "not JSON" in problems[0].message


def test_a_citation_of_the_gold_characters_is_right_and_one_beside_them_is_not() -> None:
    question = parse(lines(SPANNED), "s")[0][0]
    right = judge(
        question, answer(("x/a.txt", 1, Span(15, 40))), [Retrieved("x/a.txt", Span(10, 20))], question.spans, 0.1
    )
    assert right.right
    assert right.coverage is not None
    assert right.coverage.precision_first == 1
    beside = judge(question, answer(("x/a.txt", 1, Span(20, 40))), [], question.spans, 0.1)
    assert not beside.right
    fourth = judge(
        question,
        answer(*[("b", 1, Span(n, n + 1)) for n in range(3)], ("x/a.txt", 1, Span(10, 20))),
        [],
        question.spans,
        0.1,
    )
    assert not fourth.right


def test_without_gold_characters_the_page_decides() -> None:
    question = parse(lines(QUOTED), "s")[0][0]
    assert judge(question, answer(("5 Property/Lease.pdf", 3, Span(0, 5))), [], (), 0.1).right
    assert not judge(question, answer(("5 Property/Lease.pdf", 4, Span(0, 5))), [], (), 0.1).right


def test_not_found_is_right_exactly_where_nothing_answers() -> None:
    answerable, unanswerable = (parse(lines(row), "s")[0][0] for row in (QUOTED, UNANSWERED))
    assert judge(unanswerable, answer(found=False), [], (), 0.1).right
    assert not judge(unanswerable, answer(("x/a.txt", 1, Span(0, 5))), [], (), 0.1).right
    assert not judge(answerable, answer(found=False), [], (), 0.1).right


def outcome(name: str, *, right: bool, answerable: bool = True, refused: bool = False) -> Outcome:
    return Outcome(name, "?", answerable, refused, right, None, "", 0.2)


def test_the_summary_keeps_the_two_kinds_apart() -> None:
    figures = summary(
        [
            outcome("a", right=True),
            outcome("b", right=False, refused=True),
            outcome("n", right=True, answerable=False, refused=True),
            outcome("m", right=False, answerable=False),
        ]
    )
    assert figures["right_place_cited"] == 0.5
    assert figures["refused_by_mistake"] == 0.5
    assert figures["rightly_refused"] == 0.5
    assert "recall_all_hits" not in figures
    assert summary([]) == {"questions": 0, "answerable": 0, "unanswerable": 0}


def test_a_comparison_names_what_became_right_and_what_became_wrong() -> None:
    before = [
        outcome("a", right=False).as_dict(),
        outcome("b", right=True).as_dict(),
        outcome("gone", right=True).as_dict(),
    ]
    better, worse = changed(before, [outcome("a", right=True), outcome("b", right=False), outcome("new", right=True)])
    assert ([o.id for o in better], [o.id for o in worse]) == (["a"], ["b"])
