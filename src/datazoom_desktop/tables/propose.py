"""A query that a language model proposes where the rules find none: what it is asked, and what of its answer may be run. Pure.

The model never writes SQL: it fills in a form whose tables, columns and signs are those there are, and the same code as for the rules
makes the query of it. A form is thrown away where it has a number, a year or a name that the question does not have: a small model
fills in what it has seen before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rapidfuzz import fuzz

from datazoom_desktop.engines.llm import Message
from datazoom_desktop.kernel.dates import LooseDate
from datazoom_desktop.tables.asked import Asked, Wish
from datazoom_desktop.tables.index import TableIndex
from datazoom_desktop.tables.lexis import keys
from datazoom_desktop.tables.match import Match, match
from datazoom_desktop.tables.model import Column, Kind, Shape, Table
from datazoom_desktop.tables.plan import Plan
from datazoom_desktop.tables.query import Filter, Op, Query
from datazoom_desktop.tables.values import read

MOST_TABLES = 3
MOST_COLUMNS = 12
TOKENS = 220  #: of the form
_SAMPLES = 2  #: rows of each table that are shown
_LEAST_KNOWN = 0.5  #: share of a question's words that a table must have
_NONE = "none"
_ALIKE = 85.0  #: rapidfuzz ratio from which a proposed name is a value of the column
_SIGNS = ("=", "<>", "<", "<=", ">", ">=")
_SYSTEM = (
    "You turn a question into a query over one of the tables below, as JSON. op: count, sum, average, most (highest), least (lowest) or "
    "rows (look up or list). column: the one that is added up, ranked or looked up. filters: only what the question says, with values "
    "as the table has them. by: the column to group by, or empty. If no table answers the question, table is none."
)
_EXAMPLE = (
    "Table orders: customer (text), city (text), amount (number)\n  Acme | Oslo | 100\n\nQuestion: How much did the buyers in Oslo order?",
    '{"table": "orders", "op": "sum", "column": "amount", "filters": [{"column": "city", "sign": "=", "value": "Oslo"}], "by": ""}',
)


def asks_for_figures(asked: Asked) -> bool:
    """Return whether a question plainly wants something counted, added up or ranked."""
    wanted = {Wish.COUNT, Wish.SUM, Wish.AVERAGE, Wish.HIGHEST, Wish.LOWEST}
    return bool(asked.words) and (bool(asked.wishes & wanted) or asked.opening == "how much")


def candidates(asked: Asked, indexes: Sequence[TableIndex], generic: frozenset[str]) -> list[Match]:
    """Return how the question falls to the tables that it may be about, the likeliest first; none where it asks for no figures."""
    if not asks_for_figures(asked):
        return []
    rated: list[tuple[float, int, Match]] = []
    for number, index in enumerate(indexes):
        found = match(asked, index, generic)
        own = {n for places in found.columns.values() for n in places} | {n for one in found.named for n in one.words}
        known = 1 - len(found.left) / len(asked.words)
        if own and known >= _LEAST_KNOWN and index.table.shape is Shape.RECORDS:
            rated.append((-(len(own) + known), number, found))
    return [found for _, _, found in sorted(rated, key=lambda one: one[:2])[:MOST_TABLES]]


def messages(question: str, tables: Sequence[Table]) -> list[Message]:
    """Return the conversation that asks for a form."""
    told = "\n".join(_told(table) for table in tables)
    return [
        {"role": "system", "content": _SYSTEM},
        {"role": "user", "content": _EXAMPLE[0]},
        {"role": "assistant", "content": _EXAMPLE[1]},
        {"role": "user", "content": f"{told}\n\nQuestion: {question}"},
    ]


def schema(tables: Sequence[Table]) -> dict[str, Any]:
    """Return the JSON schema of a form over these tables."""
    columns = list(dict.fromkeys(column.name for table in tables for column in table.columns[:MOST_COLUMNS]))
    condition = {
        "type": "object",
        "properties": {
            "column": {"enum": columns},
            "sign": {"enum": list(_SIGNS)},
            "value": {"type": "string", "maxLength": 60},
        },
        "required": ["column", "sign", "value"],
    }
    return {
        "type": "object",
        "properties": {
            "table": {"enum": [*(table.name for table in tables), _NONE]},
            "op": {"enum": [str(op) for op in Op]},
            "column": {"enum": [*columns, ""]},
            "filters": {"type": "array", "maxItems": 3, "items": condition},
            "by": {"enum": [*columns, ""]},
        },
        "required": ["table", "op", "column", "filters", "by"],
    }


def plan(form: str, question: str, matches: Sequence[Match]) -> Plan | None:
    """Return the query that a filled-in form stands for; None where it may not be run.

    It may not where it leaves out a limit, a time or a value that the rules find in the question.
    """
    try:
        said = json.loads(form)
    except (ValueError, RecursionError):
        return None
    name = said.get("table") if isinstance(said, dict) else None
    found = next((one for one in matches if one.index.table.name == name), None)
    if found is None or not isinstance(said.get("filters"), list):
        return None
    table = found.index.table
    columns = {column.name: column for column in table.columns}
    target, by = columns.get(str(said.get("column"))), columns.get(str(said.get("by")))
    filters = [_filters(one, columns, table, question) for one in said["filters"] if isinstance(one, dict)]
    kept = tuple(one for made in filters for one in made)
    if not all(filters) or len(filters) < len(said["filters"]) or said.get("op") not in {str(op) for op in Op}:
        return None
    if not _whole(found, kept):
        return None
    query = _query(Op(said["op"]), table, target, by, kept)
    return None if query is None else Plan((query,), (0, 0, 0))


def _whole(found: Match, filters: Sequence[Filter]) -> bool:
    """Return whether the conditions have every limit, time and value that the rules find in the question."""
    numbers = sum(one.column.kind is Kind.NUMBER for one in filters)
    dates = sum(one.column.kind is Kind.DATE for one in filters)
    texts = {value for one in filters for value in one.values if isinstance(value, str)}
    years = [one for one in filters if one.column.kind is Kind.NUMBER and "year" in one.column.name]
    if numbers - len(years) < len(found.asked.limits) or dates + len(years) < len(found.asked.times):
        return False
    return all(texts & {entry.text for entry in named.entries} for named in found.named)


def _query(op: Op, table: Table, target: Column | None, by: Column | None, filters: tuple[Filter, ...]) -> Query | None:
    label = table.label
    if by is not None and (by.kind is not Kind.TEXT or op not in (Op.COUNT, Op.SUM, Op.AVERAGE)):
        return None
    if op is Op.COUNT:
        return Query(table, op, filters=filters, by=by)
    if target is None or target.mixed:
        return None
    if op in (Op.SUM, Op.AVERAGE):
        return Query(table, op, target, filters=filters, by=by) if target.kind is Kind.NUMBER else None
    if label is None or target is label:
        return None
    if op is Op.ROWS:
        return Query(table, op, target, (label, target), filters) if filters else None
    return Query(table, op, target, (label, target), filters) if target.kind is not Kind.TEXT else None


def _filters(said: dict[str, Any], columns: dict[str, Column], table: Table, question: str) -> list[Filter]:
    """Return a condition of a form, as two where a period has two ends; none where its value is neither asked for nor there."""
    column, sign, value = columns.get(str(said.get("column"))), said.get("sign"), said.get("value")
    if column is None or sign not in _SIGNS or not isinstance(value, str) or not value.strip():
        return []
    if column.kind is Kind.TEXT:
        return _text(column, sign, value, table, question)
    if column.kind is Kind.NUMBER:
        number = read(value).value.number
        asked = {read(word.strip(" ,?.")).value.number for word in question.split()}
        return [] if number is None or number not in asked else [Filter(column, sign, (number,))]
    date = LooseDate.parse(value.strip())
    if date is None or str(date.first.year) not in question or (sign == "<>" and date.first != date.last):
        return []
    if sign == "=" and date.first != date.last:
        return [Filter(column, ">=", (date.first,)), Filter(column, "<=", (date.last,))]
    return [Filter(column, sign, (date.last if sign in (">", "<=") else date.first,))]


def _text(column: Column, sign: str, value: str, table: Table, question: str) -> list[Filter]:
    if sign not in ("=", "<>"):
        return []
    known = {row.cells[column.position].text for row in table.data if column.position in row.cells}
    near = max(known, key=lambda one: fuzz.ratio(one.casefold(), value.casefold()), default="")
    if fuzz.ratio(near.casefold(), value.casefold()) < _ALIKE or not set(keys(near)) & set(keys(question)):
        return []
    return [Filter(column, sign, (near,))]


def _told(table: Table) -> str:
    """Return a table as it is told to the model: its columns and its first rows."""
    columns = table.columns[:MOST_COLUMNS]
    named = ", ".join(f"{column.name} ({column.kind}{f', {column.unit}' if column.unit else ''})" for column in columns)
    rows = [
        "  " + " | ".join(row.cells[c.position].text[:40] if c.position in row.cells else "" for c in columns)
        for row in table.data[:_SAMPLES]
    ]
    return "\n".join((f"Table {table.name}: {named}", *rows))
