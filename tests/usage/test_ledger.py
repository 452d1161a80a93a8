"""The ledger on disk: rows, budgets, sums, and two programs at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from filelock import FileLock

from datazoom_desktop.engines.choice import EngineKind, Purpose
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.money import Money
from datazoom_desktop.storage.database import Database
from datazoom_desktop.storage.migrate import Kind, migrations, schema_number
from datazoom_desktop.usage import ledger as ledger_module
from datazoom_desktop.usage.budget import TOKENS, Budget, Period, Scope
from datazoom_desktop.usage.ledger import KIND, LEDGER, Ledger
from datazoom_desktop.usage.model import By, Call, Outcome, Sent, Spending
from tests.support.processes import running
from tests.usage.programs import a_call


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def ended(call: Call, cost: str = "0.25", **changes: object) -> Call:
    spending = Spending(100, 20, Money(Decimal(cost), "USD"), counted=True)
    values = {"outcome": Outcome.DONE, "spending": spending, "first_token_seconds": 0.5, "seconds": 2.0}
    return dataclasses.replace(call, **(values | changes))  # type: ignore[arg-type]


def test_a_call_is_there_before_it_is_made_and_keeps_what_it_took(ledger: Ledger) -> None:
    call = dataclasses.replace(a_call(), sent=Sent("ab" * 32, 4096, ("v:1", "v:7")))
    ledger.begin(call)
    assert ledger.calls() == [call]
    assert ledger.calls()[0].outcome is Outcome.OPEN
    done = ended(call, "0.000000750")
    ledger.end(done)
    (kept,) = ledger.calls()
    assert kept == done
    assert kept.spending.cost == Money(Decimal("0.00000075"), "USD")
    assert kept.started_at.tzinfo is dt.UTC


def test_nothing_keeps_the_file_open(ledger: Ledger, tmp_path: Path) -> None:
    ledger.begin(a_call())
    with FileLock(tmp_path / "usage.lock", timeout=0):
        db = Database(tmp_path / LEDGER)
        assert schema_number(db) == len(migrations(KIND))
        db.close()


def test_sums_tell_by_day_model_purpose_and_room(ledger: Ledger) -> None:
    yesterday = dt.datetime(2020, 11, 23, 23, 59, 59, tzinfo=dt.UTC)
    calls = [
        dataclasses.replace(a_call("a"), started_at=yesterday),
        dataclasses.replace(a_call("a"), started_at=yesterday + dt.timedelta(seconds=1)),
        dataclasses.replace(a_call("b", kind=EngineKind.LOCAL), purpose=Purpose.MEMO, model="Small"),
        dataclasses.replace(a_call(None), purpose=Purpose.TEST),
    ]
    for call in calls:
        ledger.begin(call)
    ledger.end(ended(calls[0], "0.1"))
    ledger.end(ended(calls[1], "0.2"))
    ledger.end(ended(calls[2], spending=Spending(5, 5, Money(Decimal(0), ""))))
    ledger.end(ended(calls[3], spending=Spending(5, 5, None), outcome=Outcome.FAILED))
    days = ledger.sums(By.DAY)
    assert [(day.key, day.calls) for day in days[:2]] == [("2020-11-23", 1), ("2020-11-24", 1)]
    assert sum(day.calls for day in days) == 4
    (room,) = [total for total in ledger.sums(By.ROOM) if total.key == "a"]
    assert (room.calls, room.prompt_tokens, room.completion_tokens, room.seconds) == (2, 200, 40, 4.0)
    assert room.costs == (Money(Decimal("0.3"), "USD"),), "one and two tenths are three tenths"
    assert {total.key: total.unpriced for total in ledger.sums(By.ROOM)} == {"": 1, "a": 0, "b": 0}
    assert [total.key for total in ledger.sums(By.MODEL)] == ["Big", "Small"]
    assert [total.key for total in ledger.sums(By.PURPOSE)] == ["answers", "memo", "test"]
    since = dt.datetime(2020, 11, 24, tzinfo=dt.UTC)
    assert sum(total.calls for total in ledger.sums(By.MODEL, since)) == 3
    assert len(ledger.calls(since)) == 3


def test_a_budget_stops_a_call_and_the_refusal_is_written_down(ledger: Ledger) -> None:
    ledger.set_budget(Budget(Period.DAY, Scope.REMOTE, TOKENS, Decimal(25)))
    first, second = a_call(), a_call()
    ledger.begin(first)
    ledger.begin(second)
    with pytest.raises(Problem, match="25 tokens a day for remote engines"):
        ledger.begin(a_call())
    ledger.begin(a_call(kind=EngineKind.LOCAL))
    outcomes = [call.outcome for call in ledger.calls()]
    assert outcomes.count(Outcome.REFUSED) == 1
    assert ledger.budgets()[0][1] == 20, "a refused call takes nothing, one under way the most it may"
    ledger.end(dataclasses.replace(first, outcome=Outcome.DONE, spending=Spending(1, 1, None)))
    ledger.begin(a_call())
    (total,) = ledger.sums(By.PURPOSE)
    assert (total.calls, total.refused, total.unfinished) == (4, 1, 3)


def test_what_an_earlier_period_or_another_currency_took_does_not_count(ledger: Ledger) -> None:
    ledger.set_budget(Budget(Period.MONTH, Scope.ALL, "USD", Decimal("1.5")))
    ledger.begin(dataclasses.replace(a_call(), started_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)))
    euros = dataclasses.replace(a_call(), spending=Spending(1, 1, Money(Decimal(9), "EUR")))
    with pytest.raises(Problem, match="EUR"):
        ledger.begin(euros)
    ledger.begin(a_call())
    with pytest.raises(Problem, match=r"1\.50 USD a month for all engines"):
        ledger.begin(a_call())


def test_budgets_are_replaced_and_removed(ledger: Ledger) -> None:
    limit = Budget(Period.DAY, Scope.REMOTE, "USD", Decimal("5.5"))
    ledger.set_budget(limit)
    ledger.set_budget(dataclasses.replace(limit, amount=Decimal(7)))
    ledger.set_budget(dataclasses.replace(limit, scope=Scope.ALL))
    assert [(each.scope, each.amount) for each, _ in ledger.budgets()] == [
        (Scope.ALL, Decimal("5.5")),
        (Scope.REMOTE, 7),
    ]
    assert ledger.remove_budget(Period.DAY, Scope.REMOTE, "USD")
    assert not ledger.remove_budget(Period.DAY, Scope.REMOTE, "USD")
    assert len(ledger.budgets()) == 1


def test_two_programs_and_several_threads_cannot_spend_one_remainder_twice(ledger: Ledger, tmp_path: Path) -> None:
    ledger.set_budget(Budget(Period.MONTH, Scope.REMOTE, "USD", Decimal(30)))
    with (
        running("tests.usage.programs", str(tmp_path), "40", "a") as first,
        running("tests.usage.programs", str(tmp_path), "40", "b") as second,
    ):
        for program in (first, second):
            assert program.stdout is not None
            assert program.stdout.readline() == "ready\n"

        def here(_number: int) -> int:
            try:
                ledger.begin(a_call("c"))
            except Problem:
                return 0
            return 1

        with ThreadPoolExecutor(3) as threads:
            mine = sum(threads.map(here, range(9)))
        theirs = [int(program.stdout.readline()) for program in (first, second) if program.stdout]
    assert mine + sum(theirs) == 30
    made = {total.key: total.calls for total in ledger.sums(By.ROOM) if total.calls}
    assert made == {name: number for name, number in zip("abc", (*theirs, mine), strict=True) if number}


def test_a_ledger_that_stays_locked_is_told(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_module, "_PATIENCE", 0.1)
    with FileLock(tmp_path / "usage.lock"), pytest.raises(Problem, match="Another program has held"):
        ledger.begin(a_call())
    ledger.begin(a_call())


def test_a_damaged_ledger_is_told_and_left_alone(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_bytes(b"no database" * 1000)
    with pytest.raises(Problem, match="The AI ledger") as caught:
        ledger.begin(a_call())
    assert "budgets" in caught.value.remedy
    assert (tmp_path / LEDGER).read_bytes().startswith(b"no database")


def test_a_ledger_from_a_newer_version_is_refused_by_its_name(ledger: Ledger, tmp_path: Path) -> None:
    ledger.begin(a_call())
    db = Database(tmp_path / LEDGER)
    db.write(lambda tx: tx.execute("INSERT INTO schema_migrations VALUES (99, 'later', 'ff', now(), '9')"))
    db.close()
    with pytest.raises(Problem, match="This AI ledger was last opened with a newer version"):
        ledger.begin(a_call())


def test_a_package_without_gaps_in_its_numbers_is_a_kind_of_database() -> None:
    assert [step.number for step in migrations(KIND)] == list(range(1, len(migrations(KIND)) + 1))
    assert migrations(Kind("datazoom_desktop.kernel", "nothing", "nothing")) == ()
