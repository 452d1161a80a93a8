"""The ledger's rows in its database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

from datazoom_desktop.engines.choice import EngineKind, Purpose
from datazoom_desktop.kernel.money import Money
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.usage.budget import TOKENS, Budget, Period, Scope
from datazoom_desktop.usage.model import By, Call, Outcome, Sent, Spending

_COLUMNS = (
    "call_id, started_at, organization, room_id, purpose, engine, address, model, outcome, reason, prompt_tokens, "
    "completion_tokens, counted, first_token_seconds, seconds, cost, currency, sent_sha256, sent_bytes, sent_passages"
)
_KEYS = {
    By.DAY: "CAST(CAST(started_at AS DATE) AS VARCHAR)",
    By.MODEL: "model",
    By.PURPOSE: "purpose",
    By.ROOM: "coalesce(room_id, '')",
}
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Part(NamedTuple):
    """What calls with one key and one currency add up to."""

    key: str
    currency: str | None
    calls: int
    refused: int
    unfinished: int
    unpriced: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    cost: Decimal


def add(tx: Cursor, call: Call) -> None:
    """Add a call."""
    values = _values(call)
    tx.execute(f"INSERT INTO calls ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)


def end(tx: Cursor, call: Call) -> None:
    """Write down how a call ended and what it took."""
    amount, currency = _money(call.spending.cost)
    tx.execute(
        "UPDATE calls SET outcome = ?, reason = ?, prompt_tokens = ?, completion_tokens = ?, counted = ?, "
        "first_token_seconds = ?, seconds = ?, cost = ?, currency = ? WHERE call_id = ?",
        [
            str(call.outcome),
            call.reason,
            call.spending.prompt_tokens,
            call.spending.completion_tokens,
            call.spending.counted,
            call.first_token_seconds,
            call.seconds,
            amount,
            currency,
            call.call_id,
        ],
    )


def spent(cursor: Cursor, budget: Budget, since: dt.datetime) -> Decimal:
    """Return what was spent of a budget since a moment, open calls at the most they may take."""
    what = "prompt_tokens + completion_tokens" if budget.currency == TOKENS else "cost"
    where, values = "started_at >= ?", [since]
    if budget.scope is Scope.REMOTE:
        where += " AND engine <> ?"
        values.append(str(EngineKind.LOCAL))  # type: ignore[arg-type]
    if budget.currency != TOKENS:
        where += " AND currency = ?"
        values.append(budget.currency)  # type: ignore[arg-type]
    found = cursor.execute(f"SELECT coalesce(sum({what}), 0) FROM calls WHERE {where}", values).fetchone()
    return Decimal(found[0] if found else 0)


def budgets(cursor: Cursor) -> list[Budget]:
    """Return every budget, by period, scope and currency."""
    found = cursor.execute("SELECT period, scope, currency, amount FROM budgets ORDER BY ALL").fetchall()
    return [Budget(Period(period), Scope(scope), currency, amount) for period, scope, currency, amount in found]


def set_budget(tx: Cursor, budget: Budget) -> None:
    """Add a budget, or replace the one for the same period, scope and currency."""
    tx.execute(
        "INSERT OR REPLACE INTO budgets (period, scope, currency, amount) VALUES (?, ?, ?, ?)",
        [str(budget.period), str(budget.scope), budget.currency, budget.amount],
    )


def remove_budget(tx: Cursor, period: Period, scope: Scope, currency: str) -> bool:
    """Remove a budget; return whether there was one."""
    found = tx.execute(
        "DELETE FROM budgets WHERE period = ? AND scope = ? AND currency = ? RETURNING period",
        [str(period), str(scope), currency],
    ).fetchall()
    return bool(found)


def parts(cursor: Cursor, by: By, since: dt.datetime | None) -> list[Part]:
    """Return what calls since a moment (None: ever) add up to, by key and currency."""
    found = cursor.execute(
        f"SELECT {_KEYS[by]} AS key, currency, count(*) FILTER (outcome <> 'refused'), count(*) FILTER (outcome = 'refused'), "
        "count(*) FILTER (outcome = 'open'), count(*) FILTER (cost IS NULL AND outcome <> 'refused'), "
        "sum(prompt_tokens)::BIGINT, sum(completion_tokens)::BIGINT, sum(seconds), coalesce(sum(cost), 0) "
        "FROM calls WHERE started_at >= ? GROUP BY ALL ORDER BY key, currency",
        [since or _BEGINNING],
    ).fetchall()
    return [Part(*row) for row in found]


def calls(cursor: Cursor, since: dt.datetime | None) -> list[Call]:
    """Return the calls since a moment (None: ever), oldest first."""
    found = cursor.execute(
        f"SELECT {_COLUMNS} FROM calls WHERE started_at >= ? ORDER BY started_at, call_id", [since or _BEGINNING]
    ).fetchall()
    return [_call(row) for row in found]


def _values(call: Call) -> list[object]:
    sent = call.sent
    return [
        call.call_id,
        call.started_at,
        call.organization,
        call.room_id,
        str(call.purpose),
        str(call.kind),
        call.address,
        call.model,
        str(call.outcome),
        call.reason,
        call.spending.prompt_tokens,
        call.spending.completion_tokens,
        call.spending.counted,
        call.first_token_seconds,
        call.seconds,
        *_money(call.spending.cost),
        sent.sha256 if sent else None,
        sent.bytes if sent else None,
        list(sent.passages) if sent else None,
    ]


def _money(cost: Money | None) -> tuple[Decimal | None, str | None]:
    return (None, None) if cost is None else (cost.amount, cost.currency or None)


def _call(row: tuple[Any, ...]) -> Call:
    (call_id, started_at, organization, room_id, purpose, engine, address, model, outcome, reason, *rest) = row
    prompt_tokens, completion_tokens, counted, first, seconds, cost, currency, sha256, size, passages = rest
    return Call(
        call_id=call_id,
        started_at=started_at.astimezone(dt.UTC),
        organization=organization,
        room_id=room_id,
        purpose=Purpose(purpose),
        kind=EngineKind(engine),
        address=address,
        model=model,
        spending=Spending(
            prompt_tokens, completion_tokens, None if cost is None else Money(cost, currency or ""), counted
        ),
        sent=None if sha256 is None else Sent(sha256, size, tuple(passages)),
        outcome=Outcome(outcome),
        reason=reason,
        first_token_seconds=first,
        seconds=seconds,
    )
