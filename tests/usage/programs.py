"""A program of its own that spends an organization's budget, for tests with several processes."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

from datazoom_desktop.engines.choice import EngineKind, Purpose
from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import new_id
from datazoom_desktop.kernel.money import Money
from datazoom_desktop.usage.ledger import Ledger
from datazoom_desktop.usage.model import Call, Spending


def a_call(room_id: str | None = "room-1", tokens: int = 10, kind: EngineKind = EngineKind.REMOTE) -> Call:
    """Return a call that is about to be made."""
    free = kind is EngineKind.LOCAL
    spending = Spending(tokens, 0, Money(Decimal(0), "") if free else Money(Decimal(1), "USD"))
    address = "" if free else "https://example.com/v1"
    return Call(new_id(), now(), "personal", room_id, Purpose.ANSWERS, kind, address, "Big", spending)


def main() -> None:
    """Begin calls until one is refused or there were ``most``; print how many were allowed."""
    ledger, allowed = Ledger(Path(sys.argv[1])), 0
    print("ready", flush=True)
    for _ in range(int(sys.argv[2])):
        try:
            ledger.begin(a_call(sys.argv[3]))
        except Problem:
            break
        allowed += 1
    print(allowed, flush=True)


if __name__ == "__main__":
    main()
