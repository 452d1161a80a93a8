"""Judging one SQL statement before it is run, by what DuckDB's own parser makes of it: a SELECT from known tables, and nothing else. Pure.

What is allowed is listed; everything else is refused, so that what a later version of DuckDB adds is refused too. No function is allowed
that makes text longer, that reads a setting, a file or the clock, or that makes rows out of nothing; recursion is not either.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from datazoom_desktop.kernel.errors import Problem

LONGEST = 10_000  #: characters of a statement
_DEEPEST = 200  #: levels of the parsed statement

_TOGETHER = """
    count count_star sum avg min max median mode first last any_value arg_min arg_max bool_and bool_or stddev variance
"""
AGGREGATES = frozenset(_TOGETHER.split())
"""Functions that make one value of many rows."""
_SCALARS = """
    + - * / // % = <> < > <= >= ~~ !~~ ~~* !~~* abs round floor ceil ceiling sign greatest least coalesce nullif ifnull
    lower upper trim ltrim rtrim length strlen contains starts_with ends_with prefix suffix substring substr left right regexp_matches
    year month day quarter week dayofweek weekday date_part date_trunc date_diff datediff last_day make_date
    row_number rank dense_rank lag lead first_value last_value ntile
"""
FUNCTIONS = AGGREGATES | frozenset(_SCALARS.split())
_EXPRESSIONS = """
    COLUMN_REF CONSTANT COMPARISON CONJUNCTION FUNCTION CASE CAST TYPE BETWEEN OPERATOR STAR SUBQUERY WINDOW POSITIONAL_REFERENCE
"""
_CLASSES = frozenset(_EXPRESSIONS.split())
_NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE"})
_SOURCES = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY", "EMPTY_FROM", "EXPRESSION_LIST"})


class Reading(NamedTuple):
    """A statement that may be run.

    Attributes:
        tree: As DuckDB's parser gives it, as JSON.
        tables: Names of the known tables that it reads, in lower case.
        columns: Names of the columns that it mentions, in lower case; "*" for all.
    """

    tree: dict[str, Any]
    tables: frozenset[str]
    columns: frozenset[str]


def judge(tree_json: str, tables: Collection[str]) -> Reading:
    """Return what a statement reads.

    Args:
        tree_json: What ``json_serialize_sql`` returned for it.
        tables: Names of the tables that may be read, in lower case.

    Raises:
        Problem: It is not one SELECT from these tables with allowed functions.
    """
    try:
        tree: dict[str, Any] = json.loads(tree_json)
    except RecursionError:
        raise refused("it is nested too deeply") from None
    if tree.get("error"):
        raise refused(_why(tree))
    if len(tree["statements"]) != 1:
        raise refused("it is more than one statement")
    nodes = list(_nodes(tree["statements"]))
    named = {str(item["key"]).lower() for node in nodes for item in node.get("map", ()) if isinstance(item, dict)}
    read: set[str] = set()
    columns: set[str] = set()
    for node in nodes:
        _check(node)
        if node.get("type") == "BASE_TABLE":
            read.add(_table(node, tables, named))
        if node.get("class") == "COLUMN_REF":
            columns.add(str(node["column_names"][-1]).lower())
        if node.get("class") == "STAR":
            columns.add("*")
    return Reading(tree, frozenset(read - named), frozenset(columns))


def rows_behind(reading: Reading) -> tuple[dict[str, Any], bool] | None:
    """Return the statement changed so that it tells the rows that its result comes from, in the column ``_row``.

    The second value says whether each row of the result comes from one row, whose number then stands last in it; else the changed
    statement lists all rows that entered. None where the statement is not plainly about one table.
    """
    statement = json.loads(json.dumps(reading.tree))
    node = statement["statements"][0]["node"]
    if node["type"] != "SELECT_NODE" or node["from_table"]["type"] != "BASE_TABLE" or len(reading.tables) != 1:
        return None
    if node["cte_map"]["map"] or sum(one.get("type") in _NODES for one in _nodes(statement["statements"])) != 1:
        return None
    row = {"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "column_names": ["_row"]}
    functions = {str(one.get("function_name")) for one in _nodes(node["select_list"]) if one.get("class") == "FUNCTION"}
    distinct = any(modifier["type"] == "DISTINCT_MODIFIER" for modifier in node["modifiers"])
    if node["group_expressions"] or functions & AGGREGATES or distinct or node["having"]:
        node |= {"select_list": [row], "group_expressions": [], "group_sets": [], "having": None, "qualify": None}
        node |= {"modifiers": [], "aggregate_handling": "STANDARD_HANDLING"}
        return statement, False
    node["select_list"].append(row)
    return statement, True


def refused(why: str) -> Problem:
    """Return the problem of a query that is not run; ``why`` ends a sentence."""
    return Problem(
        "The query was not run",
        f"The query was not run: {why}.",
        "Ask with one SELECT over the tables that “datazoom tables ROOM” lists.",
    )


def _nodes(whole: Any) -> Iterator[dict[str, Any]]:
    """Yield every object inside a JSON value.

    Raises:
        Problem: It is nested too deeply.
    """
    stack = [(whole, 0)]
    while stack:
        value, depth = stack.pop()
        if depth > _DEEPEST:
            raise refused("it is nested too deeply")
        if isinstance(value, dict):
            yield value
            stack += [(inner, depth + 1) for inner in value.values()]
        elif isinstance(value, list):
            stack += [(inner, depth + 1) for inner in value]


def _check(node: dict[str, Any]) -> None:
    """Refuse what is not on the lists."""
    kind, group = node.get("type"), node.get("class")
    if group is not None and group not in _CLASSES:
        raise refused(f"it has {str(group).lower().replace('_', ' ')}s, which are not allowed")
    if group is None and isinstance(kind, str):
        if kind.endswith("_NODE") and kind not in _NODES:
            what = "recursion" if kind == "RECURSIVE_CTE_NODE" else "a part that is no SELECT"
            raise refused(f"it has {what}, which is not allowed")
        if ("from_table" in node or "alias" in node) and not kind.endswith("_NODE") and kind not in _SOURCES:
            raise refused("it reads from something that is no table of this room")
    name = node.get("function_name")
    if name is not None and (str(name).lower() not in FUNCTIONS or node.get("schema") or node.get("catalog")):
        raise refused(f"the function {name} is not allowed")


def _table(node: dict[str, Any], tables: Collection[str], named: set[str]) -> str:
    name = str(node.get("table_name", "")).lower()
    if node.get("schema_name") or node.get("catalog_name") or node.get("at_clause") or name not in {*tables, *named}:
        raise refused(f"there is no table called {node.get('table_name')}")
    return name


def _why(tree: dict[str, Any]) -> str:
    if tree.get("error_type") == "parser":
        return f"it cannot be read ({tree.get('error_message')})"
    return "it is no SELECT"
