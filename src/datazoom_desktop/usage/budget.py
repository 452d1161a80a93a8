"""Budgets: what an organization may spend in a day or a month, and whether one more call would break it; pure.

A budget is in money of one currency or in tokens. Days and months are those of UTC.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from datazoom_desktop.engines.choice import EngineKind
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.money import Money

TOKENS = ""  #: in place of a currency


class Period(enum.StrEnum):
    """The time a budget is for."""

    DAY = "day"
    MONTH = "month"


class Scope(enum.StrEnum):
    """The engines a budget is for."""

    REMOTE = "remote"  #: all but the product's own process
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit: ``amount`` in ``currency``, or in tokens where that is ``TOKENS``."""

    period: Period
    scope: Scope
    currency: str
    amount: Decimal

    @property
    def name(self) -> str:
        """Return what it is called, such as "20.00 USD a month for remote engines"."""
        limit = in_words(self.amount, self.currency)
        return f"{limit} a {self.period} for {'remote' if self.scope is Scope.REMOTE else 'all'} engines"

    def covers(self, kind: EngineKind) -> bool:
        """Return whether a call of this kind of engine counts."""
        return self.scope is Scope.ALL or kind is not EngineKind.LOCAL


def in_words(amount: Decimal, currency: str) -> str:
    """Return an amount of money or tokens as people write it."""
    return f"{int(amount):,} tokens" if currency == TOKENS else str(Money(amount, currency))


def start_of(period: Period, moment: dt.datetime) -> dt.datetime:
    """Return when the day or month (UTC) of ``moment`` began."""
    midnight = moment.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if period is Period.DAY else midnight.replace(day=1)


def start_after(period: Period, moment: dt.datetime) -> dt.datetime:
    """Return when the day or month (UTC) after that of ``moment`` begins."""
    length = dt.timedelta(days=1 if period is Period.DAY else 32)
    return start_of(period, start_of(period, moment) + length)


def broken_by(
    kind: EngineKind,
    tokens: int,
    price: Money | None,
    budgets: Iterable[tuple[Budget, Decimal]],
    moment: dt.datetime,
    model: str,
) -> Problem | None:
    """Return why a call must not be made, or None when every budget allows it.

    Args:
        kind: Where the model runs.
        tokens: The most that the call takes, read and written.
        price: The most that it costs; None when its model has no price.
        budgets: Each with what is spent of it in its period so far.
        moment: Now.
        model: What people call the model.
    """
    for budget, spent in budgets:
        if not budget.covers(kind):
            continue
        if budget.currency == TOKENS:
            more = Decimal(tokens)
        elif price is None:
            return _unpriced(budget, model)
        elif not price.amount:
            continue
        elif price.currency != budget.currency:
            return _other_currency(budget, model, price.currency)
        else:
            more = price.amount
        if spent + more > budget.amount:
            return _spent(budget, spent, more, moment, kind)
    return None


def _spent(budget: Budget, spent: Decimal, more: Decimal, moment: dt.datetime, kind: EngineKind) -> Problem:
    again = start_after(budget.period, moment)
    elsewhere = "" if budget.scope is Scope.ALL or kind is EngineKind.LOCAL else ", choose a model on this machine"
    return Problem(
        "The budget for language models is spent",
        f"The budget of {budget.name} does not allow this call: {in_words(spent, budget.currency)} are spent and it may take "
        f"{in_words(more, budget.currency)}. It was not made.",
        f"Wait until {again:%d %b %Y} (UTC){elsewhere}, or raise the budget. Answers by quotation cost nothing.",
    )


def _unpriced(budget: Budget, model: str) -> Problem:
    return Problem(
        "This model has no price",
        f"{model} has no price, so the budget of {budget.name} could not be kept. The call was not made.",
        f"Set what a million tokens of {model} cost, in {budget.currency}.",
    )


def _other_currency(budget: Budget, model: str, currency: str) -> Problem:
    return Problem(
        "This model has a price in another currency",
        f"{model} is paid in {currency}, so the budget of {budget.name} could not be kept. The call was not made.",
        f"Set its price in {budget.currency}, or make the budget in {currency}.",
    )
