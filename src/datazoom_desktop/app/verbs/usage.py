"""``datazoom usage``: what language models were asked, what that cost, and budgets that stop a call before it is made."""

from __future__ import annotations

import argparse
import datetime as dt
from decimal import Decimal

from datazoom_desktop.app.verbs.engines import amount
from datazoom_desktop.app.verbs.output import print_json, print_table
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.money import Money, parse_currency
from datazoom_desktop.organizations.register import Rooms
from datazoom_desktop.usage.budget import TOKENS, Budget, Period, Scope, in_words
from datazoom_desktop.usage.ledger import Ledger
from datazoom_desktop.usage.model import By, Call, Sum

_CALLS = "call"
_UNIT = "tokens, or a currency such as USD"


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``usage`` verb."""
    text = "what language models were asked and what that cost; budgets"
    usage = subparsers.add_parser("usage", parents=[common], help=text, description=text)
    usage.add_argument(
        "--by", choices=(*map(str, By), _CALLS), default="day", help="what to add up by; call lists every call (day)"
    )
    usage.add_argument("--since", type=_day, metavar="DATE", help="from this day on, such as 2026-11-01 (UTC)")
    usage.set_defaults(run=_usage)
    verbs = usage.add_subparsers(dest="usage_verb", metavar="WHAT")
    text = "what may be spent; a call that would go beyond is stopped before it is made"
    budget = verbs.add_parser("budget", parents=[common], help=text, description=text)
    budget.set_defaults(run=_budgets)
    acts = budget.add_subparsers(dest="budget_verb", metavar="WHAT")
    listing = acts.add_parser("list", parents=[common], help="every budget and what is spent of it")
    listing.set_defaults(run=_budgets)
    setting = acts.add_parser("set", parents=[common], help="set a budget, in place of the one for the same")
    removing = acts.add_parser("remove", parents=[common], help="remove a budget")
    for parser, run in ((setting, _set), (removing, _remove)):
        parser.add_argument("period", type=Period, choices=tuple(Period), help="the time it is for (UTC)")
        parser.add_argument("scope", type=Scope, choices=tuple(Scope), help="remote: all but local models")
        if parser is setting:
            parser.add_argument("amount", type=amount, help="how much at most")
        parser.add_argument("unit", type=_unit, help=_UNIT)
        parser.set_defaults(run=run)


def _day(text: str) -> dt.datetime:
    try:
        return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-11-01") from error


def _unit(text: str) -> str:
    if text.strip().casefold() == "tokens":
        return TOKENS
    try:
        return parse_currency(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not {_UNIT}") from error


def _ledger(args: argparse.Namespace) -> Ledger:
    return Ledger(Rooms(args.home).folder)


def _usage(args: argparse.Namespace) -> int:
    ledger, names = _ledger(args), _room_names(args)
    if args.by == _CALLS:
        return _calls(args, ledger.calls(args.since), names)
    by = By(args.by)
    sums = ledger.sums(by, args.since)
    if args.json:
        rows = [{**_sum(row), **({"room": names.get(row.key)} if by is By.ROOM else {})} for row in sums]
        print_json({"by": str(by), "rows": rows})
        return 0
    if not sums:
        print("No language model was asked.")
        return 0
    shown = {row.key: names.get(row.key, row.key or "(no room)") if by is By.ROOM else row.key for row in sums}
    print_table(
        (str(by).capitalize(), "Calls", "Tokens read", "Tokens written", "Seconds", "Cost", ""),
        [
            (
                shown[row.key],
                f"{row.calls:,}",
                f"{row.prompt_tokens:,}",
                f"{row.completion_tokens:,}",
                f"{row.seconds:,.1f}",
                _costs(row),
                _notes(row),
            )
            for row in sums
        ],
    )
    return 0


def _room_names(args: argparse.Namespace) -> dict[str, str]:
    rooms = Rooms(args.home)
    return {room.room_id: room.name for room in (*rooms.trash(), *rooms.list())}


def _costs(row: Sum) -> str:
    return ", ".join(str(money) for money in row.costs if money.amount) or ("unknown" if row.unpriced else "0")


def _notes(row: Sum) -> str:
    notes = ((row.refused, "stopped by a budget"), (row.unpriced, "without a price"), (row.unfinished, "not finished"))
    return ", ".join(f"{number:,} {words}" for number, words in notes if number)


def _sum(row: Sum) -> dict[str, object]:
    return {
        "key": row.key,
        "calls": row.calls,
        "refused": row.refused,
        "unfinished": row.unfinished,
        "unpriced": row.unpriced,
        "prompt_tokens": row.prompt_tokens,
        "completion_tokens": row.completion_tokens,
        "seconds": round(row.seconds, 2),
        "costs": [_money(money) for money in row.costs],
    }


def _money(money: Money) -> dict[str, str]:
    return {"amount": f"{money.amount.normalize():f}", "currency": money.currency}


def _calls(args: argparse.Namespace, calls: list[Call], names: dict[str, str]) -> int:
    if args.json:
        for call in calls:
            print_json(_call(call, names))
    elif calls:
        print_table(
            ("When (UTC)", "Room", "For", "Engine", "Model", "Tokens", "Seconds", "Cost", "Outcome"),
            [
                (
                    f"{call.started_at:%Y-%m-%d %H:%M:%S}",
                    names.get(call.room_id or "", call.room_id or "(no room)"),
                    call.purpose,
                    f"{call.kind} {call.address}".strip(),
                    call.model,
                    f"{call.spending.prompt_tokens:,} + {call.spending.completion_tokens:,}",
                    f"{call.seconds:,.1f}",
                    _cost(call),
                    str(call.outcome) + (f": {call.reason}" if call.reason else ""),
                )
                for call in calls
            ],
        )
    else:
        print("No language model was asked.")
    return 0


def _cost(call: Call) -> str:
    cost = call.spending.cost
    return "unknown" if cost is None else str(cost) if cost.amount else "0"


def _call(call: Call, names: dict[str, str]) -> dict[str, object]:
    spending, sent = call.spending, call.sent
    return {
        "call_id": call.call_id,
        "started_at": clock.iso(call.started_at),
        "organization": call.organization,
        "room_id": call.room_id,
        "room": names.get(call.room_id or ""),
        "purpose": str(call.purpose),
        "engine": str(call.kind),
        "address": call.address,
        "model": call.model,
        "outcome": str(call.outcome),
        "reason": call.reason,
        "prompt_tokens": spending.prompt_tokens,
        "completion_tokens": spending.completion_tokens,
        "counted": spending.counted,
        "first_token_seconds": call.first_token_seconds,
        "seconds": call.seconds,
        "cost": None if spending.cost is None else _money(spending.cost),
        "sent": None if sent is None else {"sha256": sent.sha256, "bytes": sent.bytes, "passages": list(sent.passages)},
    }


def _budgets(args: argparse.Namespace) -> int:
    budgets = _ledger(args).budgets()
    if args.json:
        print_json({"budgets": [_budget(budget, spent) for budget, spent in budgets]})
    elif budgets:
        print_table(("Budget", "Spent"), [(budget.name, in_words(spent, budget.currency)) for budget, spent in budgets])
    else:
        print("There are no budgets. Set one with: datazoom usage budget set month remote 20 USD")
    return 0


def _budget(budget: Budget, spent: Decimal) -> dict[str, str]:
    return {
        "period": str(budget.period),
        "scope": str(budget.scope),
        "unit": budget.currency or "tokens",
        "amount": f"{budget.amount.normalize():f}",
        "spent": f"{spent.normalize():f}",
    }


def _set(args: argparse.Namespace) -> int:
    budget = Budget(args.period, args.scope, args.unit, args.amount)
    if args.unit == TOKENS and budget.amount != int(budget.amount):
        raise Problem("No such amount", "Tokens come whole.", "Give a whole number of tokens.")
    _ledger(args).set_budget(budget)
    return _told(args, budget, f"From now on: {budget.name}.")


def _remove(args: argparse.Namespace) -> int:
    unit = args.unit or "tokens"
    if not _ledger(args).remove_budget(args.period, args.scope, args.unit):
        message = f"There is no budget in {unit} a {args.period} for {args.scope} engines."
        raise Problem("No such budget", message, "List them with: datazoom usage budget")
    if args.json:
        print_json({"removed": {"period": str(args.period), "scope": str(args.scope), "unit": unit}})
    else:
        print(f"Removed the budget in {unit} a {args.period} for {args.scope} engines.")
    return 0


def _told(args: argparse.Namespace, budget: Budget, sentence: str) -> int:
    if args.json:
        print_json(
            {
                "period": str(budget.period),
                "scope": str(budget.scope),
                "unit": budget.currency or "tokens",
                "amount": f"{budget.amount.normalize():f}",
            }
        )
    else:
        print(sentence)
    return 0
