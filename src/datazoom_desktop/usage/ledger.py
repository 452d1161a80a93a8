"""The ledger of one organization: calls begun and ended, budgets kept, sums."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from datazoom_desktop.kernel.clock import now
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.money import Money
from datazoom_desktop.storage.database import Cursor, Database
from datazoom_desktop.storage.faults import file_faults
from datazoom_desktop.storage.migrate import Kind, migrate
from datazoom_desktop.usage import store
from datazoom_desktop.usage.budget import Budget, Period, Scope, broken_by, start_of
from datazoom_desktop.usage.model import By, Call, Outcome, Spending, Sum

LEDGER = "usage.duckdb"
KIND = Kind("datazoom_desktop.usage.migrations", "AI ledger", "usage")
_PATIENCE = 30.0  #: seconds to wait for another process, which holds the ledger for some hundredths of one

T = TypeVar("T")


class Ledger:
    """The ledger in an organization's folder; safe to use from several threads and processes at once.

    Every method raises a ``Problem`` when the file cannot be opened or written, or stays locked.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the organization's folder, which is there; the ledger is made at its first use."""
        self._folder = folder
        self._file = folder / LEDGER

    def begin(self, call: Call) -> None:
        """Write down a call that is about to be made, unless a budget does not allow it.

        Raises:
            Problem: It would break a budget, which is named; the call is then written down as refused and must not be made.
        """

        def work(tx: Cursor) -> Problem | None:
            spending = call.spending
            allowed = [(each, _spent(tx, each, call.started_at)) for each in store.budgets(tx)]
            broken = broken_by(call.kind, spending.tokens, spending.cost, allowed, call.started_at, call.model)
            if broken is None:
                store.add(tx, call)
            else:
                store.add(tx, _refused(call, broken.title))
            return broken

        broken = self._write(work)
        if broken is not None:
            raise broken

    def end(self, call: Call) -> None:
        """Write down how a call that was begun ended and what it took."""
        self._write(lambda tx: store.end(tx, call))

    def budgets(self) -> list[tuple[Budget, Decimal]]:
        """Return every budget with what is spent of it in the present day or month."""
        moment = now()

        def work(cursor: Cursor) -> list[tuple[Budget, Decimal]]:
            return [(each, _spent(cursor, each, moment)) for each in store.budgets(cursor)]

        return self._read(work)

    def set_budget(self, budget: Budget) -> None:
        """Set a budget, in place of the one for the same period, scope and currency."""
        self._write(lambda tx: store.set_budget(tx, budget))

    def remove_budget(self, period: Period, scope: Scope, currency: str) -> bool:
        """Remove a budget; return whether there was one."""
        return self._write(lambda tx: store.remove_budget(tx, period, scope, currency))

    def calls(self, since: dt.datetime | None = None) -> list[Call]:
        """Return the calls since a moment (None: ever), oldest first."""
        return self._read(lambda cursor: store.calls(cursor, since))

    def sums(self, by: By, since: dt.datetime | None = None) -> list[Sum]:
        """Return what the calls since a moment (None: ever) add up to, in the order of their keys."""
        parts = self._read(lambda cursor: store.parts(cursor, by, since))
        return [added(key, group) for key, group in itertools.groupby(parts, lambda part: part.key)]

    def _write(self, work: Callable[[Cursor], T]) -> T:
        with self._opened() as db:
            return db.write(work)

    def _read(self, work: Callable[[Cursor], T]) -> T:
        with self._opened() as db, db.read() as cursor:
            return work(cursor)

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        """Hold the ledger for the length of the block; no other process can open its file meanwhile."""
        with self._locked():
            try:
                db = Database(self._file)
            except Problem as problem:
                raise _unusable(self._file, problem) from problem
            try:
                migrate(db, self._folder, kind=KIND)
                yield db
            finally:
                db.close()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = FileLock(self._file.with_suffix(".lock"), timeout=_PATIENCE, thread_local=False)
        try:
            with file_faults(self._folder):
                lock.acquire()
        except Timeout as error:
            raise Problem(
                "The AI ledger is busy",
                f"Another program has held {self._file} for {_PATIENCE:.0f} seconds.",
                "Close other windows of DataZoom Desktop and try again.",
                str(self._file),
            ) from error
        try:
            yield
        finally:
            lock.release()


def added(key: str, parts: Iterable[store.Part]) -> Sum:
    """Return parts of one key, one a currency, as one sum."""
    rows = list(parts)
    return Sum(
        key=key,
        calls=sum(row.calls for row in rows),
        refused=sum(row.refused for row in rows),
        unfinished=sum(row.unfinished for row in rows),
        unpriced=sum(row.unpriced for row in rows),
        prompt_tokens=sum(row.prompt_tokens for row in rows),
        completion_tokens=sum(row.completion_tokens for row in rows),
        seconds=sum(row.seconds for row in rows),
        costs=tuple(Money(row.cost, row.currency) for row in rows if row.currency is not None),
    )


def _unusable(file: Path, problem: Problem) -> Problem:
    return Problem(
        "The AI ledger cannot be opened",
        f"The AI ledger {file} cannot be used, so no language model is asked. {problem.message}",
        "Free some space, or restore the file from a backup. Where it is damaged, move it elsewhere: a new one is begun, and budgets "
        "have to be set again. Answers by quotation work without it.",
        str(file),
    )


def _spent(cursor: Cursor, budget: Budget, moment: dt.datetime) -> Decimal:
    return store.spent(cursor, budget, start_of(budget.period, moment))


def _refused(call: Call, why: str) -> Call:
    return dataclasses.replace(
        call, outcome=Outcome.REFUSED, reason=why, spending=Spending(0, 0, Money(Decimal(0), ""))
    )
