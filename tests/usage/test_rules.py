"""What a call costs and what a budget allows: arithmetic without a database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.engines.choice import EngineKind
from datazoom_desktop.kernel.money import Money, parse_amount, parse_currency
from datazoom_desktop.usage.budget import TOKENS, Budget, Period, Scope, broken_by, start_after, start_of
from datazoom_desktop.usage.metered import asked_tokens, what_is_sent
from datazoom_desktop.usage.price import Price, cost

NOON = dt.datetime(2026, 2, 28, 12, tzinfo=dt.UTC)
PRICE = Price(Decimal("0.15"), Decimal("0.60"), "USD")


def money_budget(amount: str, scope: Scope = Scope.REMOTE, period: Period = Period.MONTH) -> Budget:
    return Budget(period, scope, "USD", Decimal(amount))


def test_a_call_costs_its_tokens_at_the_models_price() -> None:
    assert cost(EngineKind.REMOTE, PRICE, 1_000_000, 0) == Money(Decimal("0.15"), "USD")
    assert cost(EngineKind.REMOTE, PRICE, 1, 1) == Money(Decimal("0.00000075"), "USD"), "nothing is lost in rounding"
    assert cost(EngineKind.REMOTE, None, 5, 5) is None, "nobody knows"
    assert cost(EngineKind.LOCAL, PRICE, 5, 5) == Money(Decimal(0), "")
    assert cost(EngineKind.OLLAMA, None, 5, 5) == Money(Decimal(0), "")
    assert cost(EngineKind.OLLAMA, PRICE, 1_000_000, 0) == Money(Decimal("0.15"), "USD")


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=20))
def test_costs_add_up_exactly(calls: list[tuple[int, int]]) -> None:
    each = [cost(EngineKind.REMOTE, PRICE, read, written) for read, written in calls]
    together = cost(EngineKind.REMOTE, PRICE, sum(c[0] for c in calls), sum(c[1] for c in calls))
    assert together is not None
    assert sum((one.amount for one in each if one), Decimal(0)) == together.amount


def test_days_and_months_are_those_of_utc() -> None:
    west = dt.timezone(dt.timedelta(hours=-8))
    late = dt.datetime(2026, 1, 31, 20, 30, tzinfo=west)  # already February in UTC
    assert start_of(Period.DAY, late) == dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    assert start_of(Period.MONTH, late) == dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    assert start_after(Period.DAY, NOON) == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert start_after(Period.MONTH, NOON) == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert start_after(Period.MONTH, dt.datetime(2026, 12, 31, 23, 59, tzinfo=dt.UTC)) == dt.datetime(
        2027, 1, 1, tzinfo=dt.UTC
    )


def allowed(kind: EngineKind, tokens: int, price: Money | None, budget: Budget, spent: str) -> bool:
    return broken_by(kind, tokens, price, [(budget, Decimal(spent))], NOON, "Big") is None


def test_a_budget_is_kept_to_the_last_unit() -> None:
    dollar = Money(Decimal(1), "USD")
    assert allowed(EngineKind.REMOTE, 9, dollar, money_budget("20"), "19")
    assert not allowed(EngineKind.REMOTE, 9, dollar, money_budget("20"), "19.000000001")
    tokens = Budget(Period.DAY, Scope.ALL, TOKENS, Decimal(100))
    assert allowed(EngineKind.LOCAL, 10, Money(Decimal(0), ""), tokens, "90")
    assert not allowed(EngineKind.LOCAL, 11, Money(Decimal(0), ""), tokens, "90")


def test_a_budget_for_remote_engines_leaves_local_ones_alone() -> None:
    tokens = Budget(Period.DAY, Scope.REMOTE, TOKENS, Decimal(0))
    assert allowed(EngineKind.LOCAL, 10, Money(Decimal(0), ""), tokens, "90")
    assert not allowed(EngineKind.OLLAMA, 10, Money(Decimal(0), ""), tokens, "90"), (
        "Ollama is not the product's own process"
    )


def test_what_costs_nothing_breaks_no_budget_of_money() -> None:
    assert allowed(EngineKind.LOCAL, 10, Money(Decimal(0), ""), money_budget("1", Scope.ALL), "5")


def test_the_refusal_names_the_budget_what_is_spent_and_when_it_ends() -> None:
    problem = broken_by(
        EngineKind.REMOTE, 9, Money(Decimal("0.5"), "USD"), [(money_budget("20"), Decimal("19.8"))], NOON, "Big"
    )
    assert problem is not None
    assert "20.00 USD a month for remote engines" in problem.message
    assert "19.80 USD are spent and it may take 0.50 USD" in problem.message
    assert "01 Mar 2026 (UTC), choose a model on this machine, or raise" in problem.remedy
    tokens = Budget(Period.DAY, Scope.ALL, TOKENS, Decimal(1_000_000))
    problem = broken_by(EngineKind.LOCAL, 9, None, [(tokens, Decimal(1_000_000))], NOON, "Big")
    assert problem is not None
    assert "1,000,000 tokens a day for all engines" in problem.message
    assert "machine" not in problem.remedy, "there it would count too"


def test_money_cannot_be_kept_for_a_model_without_a_price_or_in_another_currency() -> None:
    unpriced = broken_by(EngineKind.REMOTE, 9, None, [(money_budget("20"), Decimal(0))], NOON, "Big")
    assert unpriced is not None
    assert "Big has no price" in unpriced.message
    euros = broken_by(EngineKind.REMOTE, 9, Money(Decimal(1), "EUR"), [(money_budget("20"), Decimal(0))], NOON, "Big")
    assert euros is not None
    assert "paid in EUR" in euros.message
    tokens = Budget(Period.DAY, Scope.ALL, TOKENS, Decimal(100))
    assert broken_by(EngineKind.REMOTE, 9, None, [(tokens, Decimal(0))], NOON, "Big") is None


@pytest.mark.parametrize(
    ("amount", "words"), [("0", "0.00 USD"), ("1200", "1,200.00 USD"), ("0.00000075", "0.00000075 USD")]
)
def test_money_is_written_as_exactly_as_it_is(amount: str, words: str) -> None:
    assert str(Money(Decimal(amount), "USD")) == words


@pytest.mark.parametrize("text", ["-1", "NaN", "Infinity", "ten", "", "1,5", "1e13"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount"):
        parse_amount(text)


def test_a_currency_is_three_letters() -> None:
    assert parse_currency(" usd") == "USD"
    for text in ("", "US", "USDT", "U$D", "$"):
        with pytest.raises(ValueError, match="is not a currency"):
            parse_currency(text)


def test_asked_tokens_count_every_message_and_the_form() -> None:
    short = asked_tokens([{"role": "user", "content": "abc"}], None)
    assert short == 1 + 8
    assert asked_tokens([{"role": "user", "content": "abc"}] * 2, {"type": "object"}) == 2 * short + 6


def test_what_was_sent_is_recognised_but_cannot_be_read() -> None:
    messages = [{"role": "user", "content": "The secret price is 7\ud800."}]
    sent = what_is_sent(messages, ["v:1"])  # type: ignore[arg-type]
    assert sent == what_is_sent(messages, ["v:1"])  # type: ignore[arg-type]
    assert sent.sha256 != what_is_sent([{"role": "user", "content": "Other"}], ["v:1"]).sha256
    assert "secret" not in repr(sent)
    assert sent.passages == ("v:1",)
    assert sent.bytes > 40
