"""Queries that a language model proposes: what it is asked, and what of its answer is run."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from datazoom_desktop.tables import propose, store
from datazoom_desktop.tables.asked import take_apart
from datazoom_desktop.tables.index import index
from datazoom_desktop.tables.match import Match
from datazoom_desktop.tables.plan import plan
from tests.support.sheets import csv, only

QUESTION = "How much turnover do we make with people from Germany?"
TEXT = "Customer,Country,Revenue USD,Since\nAcme,Germany,100,2024-01-01\nBorg,Germany,250,2025-01-01\nCyan,France,70,2025-06-01\n"


@pytest.fixture
def near(tmp_path: Path) -> list[Match]:
    table = dataclasses.replace(only(csv(tmp_path / "Customers.csv", TEXT)), name="customers")
    return matches(QUESTION, table)


def matches(question: str, table: Any) -> list[Match]:
    asked = take_apart(question)
    assert asked is not None
    return propose.candidates(asked, [index(table)], frozenset())


def form(**changes: object) -> str:
    german = {"column": "country", "sign": "=", "value": "Germany"}
    return json.dumps(
        {"table": "customers", "op": "sum", "column": "revenue_usd", "filters": [german], "by": ""} | changes
    )


def test_the_rules_leave_this_question_and_the_table_is_near(near: list[Match]) -> None:
    assert [one.index.table.name for one in near] == ["customers"]
    assert plan(near[0]) is None


def test_a_form_becomes_a_query(near: list[Match]) -> None:
    made = propose.plan(form(), QUESTION, near)
    assert made is not None
    assert store.sql(made.queries[0]) == 'SELECT sum("revenue_usd")\nFROM "customers"\nWHERE "country" = \'Germany\''


@pytest.mark.parametrize(
    "bad",
    [
        "no JSON at all",
        "[]",
        form(table="none"),
        form(table="payroll"),
        form(op="delete"),
        form(column="country"),
        form(filters=[]),
        form(filters=[{"column": "country", "sign": "=", "value": "France"}]),
        form(filters=[{"column": "country", "sign": "<", "value": "Germany"}]),
        form(filters=[{"column": "country", "sign": "=", "value": "Germany' OR 1=1 --"}]),
        form(filters=[{"column": "revenue_usd", "sign": ">", "value": "100"}]),
        form(filters=[{"column": "since", "sign": ">", "value": "2024-01-01"}]),
        form(op="count", by="revenue_usd"),
        form(op="rows", filters=[]),
        "[" * 100_000,
    ],
)
def test_what_the_question_does_not_say_is_not_run(near: list[Match], bad: str) -> None:
    assert propose.plan(bad, QUESTION, near) is None


def test_a_question_for_no_figures_and_one_about_something_else_ask_no_model(near: list[Match]) -> None:
    table = near[0].index.table
    assert matches("Which law governs the lease?", table) == []
    assert matches("How many directors does the board have?", table) == []


def test_the_schema_allows_only_what_there_is(near: list[Match]) -> None:
    schema = propose.schema([near[0].index.table])
    assert schema["properties"]["table"]["enum"] == ["customers", "none"]
    assert schema["properties"]["column"]["enum"] == ["customer", "country", "revenue_usd", "since", ""]
    told = propose.messages(QUESTION, [near[0].index.table])[-1]["content"]
    assert "Table customers: customer (text), country (text), revenue_usd (number, USD), since (date)" in told
