"""Tables: what the sheets of an open room hold."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from datazoom_desktop.engines.llm import Message
from datazoom_desktop.storage.database import Cursor
from datazoom_desktop.storage.room import RoomStorage
from datazoom_desktop.storage.sandbox import Result, Sandbox, SandboxColumn, SandboxTable
from datazoom_desktop.tables import columns, propose, store
from datazoom_desktop.tables.asked import Asked, take_apart
from datazoom_desktop.tables.figures import Figure, figures, runs, where
from datazoom_desktop.tables.find import Source, find
from datazoom_desktop.tables.grid import grids
from datazoom_desktop.tables.index import TableIndex, index
from datazoom_desktop.tables.lexis import forms, keys, must_stand
from datazoom_desktop.tables.match import match
from datazoom_desktop.tables.model import Column, Kind, Row, Table, Unfit
from datazoom_desktop.tables.plan import MOST_ALTERNATIVES, Plan, plan


@dataclass(frozen=True, slots=True)
class Found:
    """The tables of some documents, by path and as they stand in them, and what of their sheets is none."""

    tables: tuple[Table, ...]
    unfit: tuple[Unfit, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """What was worked out from tables.

    Attributes:
        figures: The sentences, with their cells.
        sql: The queries that were run, one after the other.
        remarks: What a reader should know: other columns that fit, words that were taken for others, what was left out.
    """

    figures: tuple[Figure, ...]
    sql: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The cells of a table that a query's result is from; ``rows``: how many rows entered, None where that cannot be told."""

    table: Table
    where: str
    rows: int | None


class Tables:
    """The tables of an open room; thread-safe, reads only. What was found in a version is remembered while the room is open."""

    def __init__(self, storage: RoomStorage) -> None:
        """Look at nothing yet."""
        self._storage = storage
        self._lock = threading.Lock()
        self._known: dict[str, tuple[dt.datetime, Found]] = {}
        self._indexes: dict[tuple[str, str, str], TableIndex] = {}

    def answer(self, question: str, documents: Collection[str] | None = None) -> Computed | None:
        """Return what tables answer to a question, None where they do not: most questions are about no table.

        Args:
            question: As a person asks it.
            documents: Ids of the only documents to look into; None for the room.
        """
        asked = take_apart(question)
        if asked is None:
            return None
        generic = frozenset(keys(self._storage.manifest.name))
        plans = [
            made
            for table in self.found(documents, asked).tables
            if (made := plan(match(asked, self._index(table), generic))) is not None
        ]
        best = max((made.told for made in plans), default=None)
        chosen = [made for made in plans if made.told == best]
        if not chosen or len(chosen) > MOST_ALTERNATIVES:
            return None
        return self.compute(chosen)

    def missed(self, question: str, documents: Collection[str] | None = None) -> str | None:
        """Return why there is no figure where a question has the words of cells that are read as no table; None elsewhere."""
        asked = take_apart(question)
        if asked is None or not asked.words:
            return None
        generic = frozenset(keys(self._storage.manifest.name))
        for one in self.found(documents, asked).unfit:
            named = frozenset(keys(" ".join((_stem(one.path).replace("_", " "), one.sheet or "")))) | generic
            wanted = {token.key for token in asked.words} - named
            if wanted and wanted <= one.words:
                return f"{one.path} may hold the figure. {one.reason}"
        return None

    def proposed(
        self, question: str, documents: Collection[str] | None, ask: Callable[[list[Message], dict[str, Any]], str]
    ) -> Computed | None:
        """Return what a query that a language model proposes finds; None where no table is near, or it proposes none that may run.

        Args:
            question: As a person asks it.
            documents: Ids of the only documents to look into; None for the room.
            ask: Puts a conversation to the model, and returns its whole answer, which is JSON of the schema given.
        """
        asked = take_apart(question)
        if asked is None or not propose.asks_for_figures(asked):
            return None
        indexes = [self._index(table) for table in self.found(documents).tables]
        near = propose.candidates(asked, indexes, frozenset(keys(self._storage.manifest.name)))
        tables = [one.index.table for one in near]
        if not tables:
            return None
        made = propose.plan(ask(propose.messages(question, tables), propose.schema(tables)), question, near)
        return None if made is None else self.compute([made])

    def compute(self, plans: Sequence[Plan]) -> Computed | None:
        """Run plans that answer equally well; None where they find nothing."""
        queries = [query for one in plans for query in one.queries]
        tables = {query.table.name: query.table for query in queries}
        found: list[Figure] = []
        ran: list[str] = []
        with _opened(tables.values()) as sandbox:
            for query in queries:
                sql = store.sql(query)
                if made := figures(query, sandbox.run(sql)):
                    found += made
                    ran.append(sql)
        several = {figure.table.name: figure.table for figure in found}
        if len(several) > 1:
            apart = len({_called(table) for table in several.values()}) == len(several)
            found = [
                replace(
                    one, text=f"{_called(one.table) if apart else f'{one.table.path}, {one.table.where}'}: {one.text}"
                )
                for one in found
            ]
        return Computed(tuple(found), tuple(ran), tuple(_remarks(plans, found))) if found else None

    def query(self, sql: str) -> tuple[Result, tuple[Evidence, ...]]:
        """Return what a query of the user's own gives, and the cells that it is from.

        These are the columns that it mentions in the rows that entered, where that can be told; else all cells of its tables.

        Raises:
            Problem: It is not one SELECT over the room's tables, or takes too long.
        """
        tables = {table.name: table for table in self.found().tables}
        with _opened(tables.values()) as sandbox:
            result = sandbox.run(sql)
        return result, tuple(_evidence(tables[name], result) for name in result.tables)

    def _index(self, table: Table) -> TableIndex:
        """Return what a table can be asked about, worked out once while its version stands where it does."""
        known = (table.version_id, table.path, table.where)
        with self._lock:
            made = self._indexes.get(known)
            if made is None or made.table != table:
                made = self._indexes[known] = index(table)
            return made

    def found(self, documents: Collection[str] | None = None, asked: Asked | None = None) -> Found:
        """Return the tables of the documents that stand in the room, or of some of them (ids).

        A table's name is the same whichever are asked for. With a question, sheets that were not looked at yet are left alone where
        they do not have its words.
        """
        tables: list[Table] = []
        unfit: list[Unfit] = []
        with self._lock:
            with self._storage.db.read() as cursor:
                versions = store.sheet_versions(cursor)
                self._forget({version.version_id for version in versions})
                likely = self._likely(cursor, versions, asked)
            stems: set[str] = set()
            taken: set[str] = set()
            for version in versions:
                stem = _unique("", columns.slug(_stem(version.path)) or "sheet", stems)
                if version.version_id not in likely or (documents is not None and version.document_id not in documents):
                    continue
                found = self._of(version)
                tables += [
                    replace(table, name=_unique(stem, table.name, taken), path=version.path) for table in found.tables
                ]
                unfit += [replace(one, path=version.path) for one in found.unfit]
        return Found(tuple(tables), tuple(unfit))

    def _likely(self, cursor: Cursor, versions: Sequence[store.SheetVersion], asked: Asked | None) -> set[str]:
        """Return the versions that may have a question's words: one of several may be misspelt, or stand there otherwise."""
        known = {
            version.version_id
            for version in versions
            if self._known.get(version.version_id, (None,))[0] == version.read_at
        }
        fresh = [version.version_id for version in versions if version.version_id not in known]
        wanted = [] if asked is None else [forms(token.key) for token in asked.words if must_stand(token)]
        if not wanted or not fresh:
            return known | set(fresh)
        least = len(wanted) - (len(wanted) > 1)
        return known | store.with_words(cursor, fresh, wanted, least)

    def _of(self, version: store.SheetVersion) -> Found:
        known = self._known.get(version.version_id)
        if known is not None and known[0] == version.read_at:
            return known[1]
        with self._storage.db.read() as cursor:
            pages = store.sheet_pages(cursor, version.version_id)
            missing = store.unread(cursor, version.version_id)
        source = Source(version.document_id, version.version_id, version.path)
        tables: list[Table] = []
        unfit: list[Unfit] = []
        for grid in grids(pages):
            more, amiss = find(grid, source)
            tables += [replace(table, notes=(*table.notes, *missing)) for table in more]
            unfit += amiss
        found = Found(tuple(tables), tuple(unfit))
        self._known[version.version_id] = (version.read_at, found)
        return found

    def _forget(self, present: set[str]) -> None:
        for version in self._known.keys() - present:
            del self._known[version]
        for known in [one for one in self._indexes if one[0] not in present]:
            del self._indexes[known]


@contextmanager
def _opened(tables: Iterable[Table]) -> Iterator[Sandbox]:
    """Yield a database that holds these tables and nothing else."""
    sandbox = Sandbox([_loaded(table) for table in tables])
    try:
        yield sandbox
    finally:
        sandbox.close()


def _loaded(table: Table) -> SandboxTable:
    made = [SandboxColumn(column.name, str(column.kind), column.decimals) for column in table.columns]
    rows = [(row.number, str(row.kind), *(_plain(row, column) for column in table.columns)) for row in table.rows]
    return SandboxTable(table.name, made, rows)


def _plain(row: Row, column: Column) -> object:
    value, cell = row.values.get(column.position), row.cells.get(column.position)
    if column.kind is Kind.TEXT:
        return cell.text if cell is not None else None
    if value is None:
        return None
    return value.number if column.kind is Kind.NUMBER else value.date


def _remarks(plans: Sequence[Plan], found: Sequence[Figure]) -> Iterator[str]:
    """Yield what a reader should know about an answer."""
    targets = list(dict.fromkeys(q.target.title for one in plans for q in one.queries if q.target is not None))
    if any(len({q.target for q in one.queries}) > 1 for one in plans):
        yield f"{len(targets)} columns fit the question equally well: {', '.join(targets)}. All are given."
    tables = {id(figure.table): figure.table for figure in found}
    if len(tables) > 1:
        places = "; ".join(f"{table.path}, {table.where}" for table in tables.values())
        yield f"{len(tables)} tables answer the question equally well: {places}."
    for said, meant in dict.fromkeys(pair for one in plans for pair in one.read_as):
        yield f"“{said}” was read as “{meant}”."
    used = {
        c.title
        for one in plans
        for q in one.queries
        for c in (q.target, q.by, *q.shown, *(f.column for f in q.filters))
        if c
    }
    for note in dict.fromkeys(note for table in tables.values() for note in table.notes):
        if not note.startswith("Column ") or any(f"“{title}”" in note for title in used):
            yield note


def _called(table: Table) -> str:
    """Return what tells a table apart from another one."""
    return table.title or table.sheet or _stem(table.path)


def _evidence(table: Table, result: Result) -> Evidence:
    """Return the cells of the columns that a query mentions, in the rows that entered, or else the whole table."""
    if not result.behind or len(result.tables) > 1:
        return Evidence(table, table.where, None)
    wanted = set(result.behind)
    rows = [row for row in table.rows if row.number in wanted]
    named = [c for c in table.columns if "*" in result.mentioned or c.name in result.mentioned] or list(table.columns)
    cells = [run for column in named for run in runs(rows, column)]
    return Evidence(table, where(table.sheet, cells) or table.where, len(rows))


def _stem(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[0] or name


def _unique(stem: str, name: str, taken: set[str]) -> str:
    """Return a name that is not taken, and take it."""
    plain = "_".join(filter(None, (stem, name)))
    free, more = plain, 2
    while free in taken:
        free, more = f"{plain}_{more}", more + 1
    taken.add(free)
    return free
