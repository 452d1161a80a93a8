"""A model that cannot be asked unrecorded, before a real server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from datazoom_desktop.engines.choice import EngineKind, Plan, Purpose
from datazoom_desktop.engines.llm import Message, Usage
from datazoom_desktop.engines.openai_client import OpenAIClient
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.money import Money
from datazoom_desktop.usage.budget import TOKENS, Budget, Period, Scope
from datazoom_desktop.usage.ledger import LEDGER, Ledger
from datazoom_desktop.usage.metered import Account, MeteredModel
from datazoom_desktop.usage.model import Call, Outcome
from datazoom_desktop.usage.price import Price
from tests.support.openai_server import OpenAIServer, event, says

ACCOUNT = Account("personal", "room-1", Purpose.ANSWERS)
PRICES = {"big": Price(Decimal(1), Decimal(2), "USD")}
TURNS: list[Message] = [{"role": "user", "content": "Is the Zebra clause there?"}]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


@pytest.fixture
def clients() -> Iterator[list[OpenAIClient]]:
    made: list[OpenAIClient] = []
    yield made
    for client in made:
        client.close()


def metered(
    server: OpenAIServer, ledger: Ledger, clients: list[OpenAIClient], kind: EngineKind = EngineKind.REMOTE
) -> MeteredModel:
    clients.append(server.client())
    plan = Plan(kind, "big", "Big", server.url, "remote: for a test")
    return MeteredModel(clients[-1], plan, ledger, ACCOUNT, PRICES)


def the_call(ledger: Ledger) -> Call:
    (call,) = ledger.calls()
    return call


def test_a_call_is_one_row_with_what_its_server_counted(ledger: Ledger, clients: list[OpenAIClient]) -> None:
    with OpenAIServer(says("Yes", ", it is.", usage=(1000, 500))) as server:
        model = metered(server, ledger, clients)
        told: list[Usage] = []
        answer = model.chat(TURNS, max_tokens=50, passages=["v:1"], on_usage=told.append)
        assert ledger.calls() == [], "nothing is asked before the first piece is"
        assert next(answer) == "Yes"
        assert the_call(ledger).outcome is Outcome.OPEN
        assert list(answer) == [", it is."]
    call = the_call(ledger)
    assert told == [Usage(1000, 500)]
    assert (call.organization, call.room_id, call.purpose) == ("personal", "room-1", Purpose.ANSWERS)
    assert (call.kind, call.address, call.model) == (EngineKind.REMOTE, server.url, "Big")
    assert (call.outcome, call.spending.counted) == (Outcome.DONE, True)
    assert (call.spending.prompt_tokens, call.spending.completion_tokens) == (1000, 500)
    assert call.spending.cost == Money(Decimal("0.002"), "USD")
    assert call.first_token_seconds is not None
    assert 0 < call.first_token_seconds <= call.seconds
    assert call.sent is not None
    assert (call.sent.passages, len(call.sent.sha256)) == (("v:1",), 64)
    assert (model.name, model.context_tokens, model.local) == ("Big", 8192, False)
    assert model.count_tokens("abc") == 1


def test_the_ledger_holds_no_word_of_what_was_sent_or_answered(
    ledger: Ledger, clients: list[OpenAIClient], tmp_path: Path
) -> None:
    with OpenAIServer(says("The Walrus clause.")) as server:
        list(metered(server, ledger, clients).chat(TURNS, max_tokens=50))
    echo = ['{"error": "cannot do Zebra and Walrus"}']
    with OpenAIServer(echo, 500) as server, pytest.raises(Problem, match="Zebra"):
        list(metered(server, ledger, clients).chat(TURNS, max_tokens=50))
    data = (tmp_path / LEDGER).read_bytes()
    assert b"Big" in data
    assert b"Zebra" not in data
    assert b"Walrus" not in data


def test_without_a_count_the_tokens_are_guessed_and_said_to_be(ledger: Ledger, clients: list[OpenAIClient]) -> None:
    with OpenAIServer(says("abcdef")) as server:
        list(metered(server, ledger, clients).chat(TURNS, max_tokens=50))
    spending = the_call(ledger).spending
    assert (spending.counted, spending.completion_tokens) == (False, 2)
    assert spending.prompt_tokens == 9 + 8


def test_a_call_that_a_budget_does_not_allow_is_never_made(ledger: Ledger, clients: list[OpenAIClient]) -> None:
    ledger.set_budget(Budget(Period.DAY, Scope.REMOTE, "USD", Decimal("0.0001")))
    with OpenAIServer(says("Yes")) as server:
        with pytest.raises(Problem, match=r"budget of 0\.0001 USD a day for remote engines"):
            list(metered(server, ledger, clients).chat(TURNS, max_tokens=50))
        assert server.requests == []
        assert the_call(ledger).outcome is Outcome.REFUSED
        assert list(metered(server, ledger, clients).chat(TURNS, max_tokens=40)) == ["Yes"], (
            "17 + 2 x 40 millionths fit"
        )


def test_a_failure_a_cancel_and_a_closed_answer_are_written_down(ledger: Ledger, clients: list[OpenAIClient]) -> None:
    with OpenAIServer(["nothing"], 500) as server, pytest.raises(Problem):
        list(metered(server, ledger, clients).chat(TURNS, max_tokens=50))
    half = [event({"choices": [{"delta": {"content": "half"}}]})]
    with OpenAIServer(half) as server, pytest.raises(Problem, match="broke off"):
        list(metered(server, ledger, clients).chat(TURNS, max_tokens=50))
    go_on, cancel = threading.Event(), CancelToken()

    def slowly(_body: object) -> list[str]:
        go_on.wait(10)
        return says("late")

    with OpenAIServer(reply=slowly) as server:
        answer = metered(server, ledger, clients).chat(TURNS, max_tokens=50, cancel=cancel)
        threading.Timer(0.2, cancel.cancel).start()
        with pytest.raises(Cancelled):
            next(answer)
        go_on.set()
    with OpenAIServer(says("one", "two")) as server:
        left = metered(server, ledger, clients).chat(TURNS, max_tokens=50)
        next(left)
        left.close()  # type: ignore[attr-defined]
    failed, broken, cancelled, closed = ledger.calls()
    assert [call.outcome for call in (failed, broken)] == [Outcome.FAILED] * 2
    assert failed.reason == "The language model failed"
    assert failed.spending.tokens == 0
    assert broken.spending.completion_tokens == 2, "what came may have to be paid"
    assert [call.outcome for call in (cancelled, closed)] == [Outcome.CANCELLED] * 2
    assert (cancelled.spending.prompt_tokens, cancelled.first_token_seconds) == (17, None)


def test_a_local_call_costs_nothing_and_sends_nothing_but_counts(ledger: Ledger, clients: list[OpenAIClient]) -> None:
    ledger.set_budget(Budget(Period.DAY, Scope.ALL, TOKENS, Decimal(80)))
    with OpenAIServer(says("Yes", usage=(60, 3))) as server:
        model = metered(server, ledger, clients, EngineKind.LOCAL)
        list(model.chat(TURNS, max_tokens=50))
        with pytest.raises(Problem, match="63 tokens are spent and it may take 67 tokens"):
            list(model.chat(TURNS, max_tokens=50))
    done, _refused = ledger.calls()
    assert (done.sent, done.spending.cost) == (None, Money(Decimal(0), ""))
