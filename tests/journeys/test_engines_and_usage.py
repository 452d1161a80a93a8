"""Engines allowed, asked, counted and stopped, as a person does it on the command line; the server is real, on loopback."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from datazoom_desktop.app.cli import main
from datazoom_desktop.app.verbs import engines as engines_verb
from tests.support.keyring_memory import MemoryKeyring
from tests.support.openai_server import OpenAIServer, says

DOCUMENT = "LEASE.\n4. Rent. Tenant shall pay base rent of $4,000 per month on the first day of each month.\n"
QUESTION = "What is the monthly base rent?"


class Line:
    """A terminal with one home folder."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.capsys = home, capsys
        self.err = ""

    def __call__(self, *words: str, code: int = 0) -> Any:
        """Run a verb with --json; return the one object on stdout, or the list where there are several."""
        self.capsys.readouterr()
        got = main([*words, "--home", str(self.home), "--json"])
        out, self.err = self.capsys.readouterr()
        assert got == code, f"{words}: exit {got}\n{self.err}"
        found = [json.loads(line) for line in out.splitlines()]
        return found[0] if len(found) == 1 else found

    def says(self, *words: str) -> str:
        """Run a verb for a person; return stdout."""
        self.capsys.readouterr()
        assert main(["--home", str(self.home), *words]) == 0
        return self.capsys.readouterr().out


def honest(body: dict[str, Any]) -> Sequence[str]:
    """Answer from the first source that speaks of rent."""
    found = re.search(r"\[(\d+)\][^\n]*\$4,000", body["messages"][-1]["content"])
    if found is None:
        return says("ready", usage=(12, 1))
    claims = [{"source": int(found[1]), "text": "The base rent is $4,000 per month."}]
    return says(json.dumps({"found": True, "claims": claims}), usage=(400, 30))


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(reply=honest) as running:
        yield running


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    (folder / "docs").mkdir()
    (folder / "docs" / "lease.txt").write_text(DOCUMENT)
    home = folder / "home"
    assert main(["--home", str(home), "room", "create", "Deal"]) == 0
    assert main(["--home", str(home), "ingest", "Deal", str(folder / "docs")]) == 0
    return home


@pytest.fixture
def line(filled: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Line]:
    line = Line(filled, capsys)
    yield line
    line("engines", "forbid", "--forget")
    line("engines", "price", "big", "--remove")
    line("engines", "choose", "answers", "auto")
    (filled / "organizations" / "personal" / "usage.duckdb").unlink(missing_ok=True)


def test_nothing_is_asked_until_a_server_is_allowed(line: Line, server: OpenAIServer) -> None:
    shown = line("engines", "show")
    assert not shown["remote_allowed"]
    assert shown["engines"]["answers"]["reason"] == "none: no language model is installed"
    assert "nothing leaves this machine" in line.says("engines", "show")
    line("ask", "Deal", QUESTION, "--engine", "llm", code=1)
    assert "no language model is installed" in line.err
    line("engines", "allow", server.url, "--model", "big")
    line("engines", "forbid")
    line("ask", "Deal", QUESTION, "--engine", "llm", code=1)
    assert line("usage") == {"by": "day", "rows": []}
    assert server.requests == []


def test_an_answer_tells_its_engine_and_why_and_stands_in_the_ledger(line: Line, server: OpenAIServer) -> None:
    line("engines", "allow", server.url, "--model", "big", "--no-api-key")
    line("engines", "price", "big", "--input", "10", "--output", "20", "--currency", "EUR")
    status = line("status", "Deal")["engines"]["answers"]
    assert (status["engine"], status["model"], status["address"]) == ("remote", "big", server.url)
    assert "Written answers by big (remote: allowed by the organization" in line.says("status", "Deal")
    assert server.requests == [], "looking asks nothing"
    answer = line("ask", "Deal", QUESTION, "--engine", "llm")
    assert (answer["status"], answer["engine"]) == ("answered", "big")
    assert answer["engine_reason"] == "remote: allowed by the organization; no model is installed"
    told = line.says("ask", "Deal", QUESTION, "--engine", "llm")
    assert "Written by big (remote: allowed by the organization; no model is installed)." in told
    first, _second = line("usage", "--by", "call")
    room = line("room", "list")["rooms"][0]
    assert (first["room"], first["room_id"], first["purpose"]) == ("Deal", room["room_id"], "answers")
    assert (first["engine"], first["address"], first["outcome"]) == ("remote", server.url, "done")
    assert (first["prompt_tokens"], first["completion_tokens"], first["counted"]) == (400, 30, True)
    assert first["cost"] == {"amount": "0.0046", "currency": "EUR"}
    assert len(first["sent"]["passages"]) >= 1
    (row,) = line("usage", "--by", "room")["rows"]
    assert (row["room"], row["calls"], row["prompt_tokens"]) == ("Deal", 2, 800)
    assert "0.0092 EUR" in line.says("usage", "--by", "model")
    assert line("usage", "--since", "2999-01-01")["rows"] == []


def test_a_budget_stops_a_call_and_quotes_still_answer(line: Line, server: OpenAIServer) -> None:
    line("engines", "allow", server.url, "--model", "big")
    assert "There are no budgets" in line.says("usage", "budget")
    line("usage", "budget", "set", "month", "remote", "20", "usd")
    line("ask", "Deal", QUESTION, "--engine", "llm", code=1)
    problem = json.loads(line.err)["problem"]
    assert "20.00 USD a month for remote engines" in problem["message"]
    assert "has no price" in problem["message"]
    line("engines", "price", "big", "--input", "1", "--output", "2")
    line("usage", "budget", "set", "day", "all", "500", "tokens")
    line("ask", "Deal", QUESTION, "--engine", "llm", code=1)
    assert "500 tokens a day for all engines" in json.loads(line.err)["problem"]["message"]
    assert server.requests == []
    assert line("ask", "Deal", QUESTION)["status"] == "answered"
    line("usage", "budget", "remove", "day", "all", "tokens")
    line("usage", "budget", "remove", "day", "all", "tokens", code=1)
    line("ask", "Deal", QUESTION, "--engine", "llm")
    (budget,) = line("usage", "budget")["budgets"]
    assert (budget["period"], budget["scope"], budget["unit"]) == ("month", "remote", "USD")
    assert budget["spent"] == "0.00046"
    assert "1 without" not in line.says("usage")
    assert "2 stopped by a budget" in line.says("usage")


def test_a_key_goes_to_the_keyring_and_to_its_server_only(
    line: Line, server: OpenAIServer, ring: MemoryKeyring, tmp_path: Path
) -> None:
    file = tmp_path / "key.txt"
    file.write_text("\n s3cret \n")
    shown = line("engines", "allow", server.url, "--model", "big", "--api-key-file", str(file))
    assert shown["api_key"] == "keyring"
    assert "s3cret" not in json.dumps(line("engines", "show"))
    tested = line("engines", "test")
    assert (tested["said"], tested["tokens"]) == ("ready", 13)
    assert server.keys == ["Bearer s3cret"]
    assert [row["key"] for row in line("usage", "--by", "purpose")["rows"]] == ["test"]
    line("engines", "allow", "https://other.example/v1", code=1)
    assert line("engines", "show")["api_key"] == "keyring"
    line(
        "engines",
        "allow",
        "https://other.example/v1",
        "--model",
        "big",
        "--api-key-file",
        str(file),
        "--context-tokens",
        "4096",
    )
    line("engines", "forbid", "--forget")
    assert ring.kept == {}
    file.write_text("\n")
    line("engines", "allow", server.url, "--model", "big", "--api-key-file", str(file), code=1)
    assert "holds none" in line.err


def test_a_key_for_a_server_that_is_refused_does_not_stay_in_the_keyring(
    line: Line, ring: MemoryKeyring, tmp_path: Path
) -> None:
    file = tmp_path / "key.txt"
    file.write_text("s3cret")
    line("engines", "allow", "http://example.com/v1", "--model", "big", "--api-key-file", str(file), code=1)
    assert "unencrypted" in line.err
    assert ring.kept == {}


def test_a_missing_key_stops_the_question_before_anything_is_sent(
    line: Line, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BIG_KEY", raising=False)
    line("engines", "allow", server.url, "--model", "big", "--api-key-env", "BIG_KEY")
    line("ask", "Deal", QUESTION, "--engine", "llm", code=1)
    assert "BIG_KEY" in line.err
    assert server.requests == []


def test_engines_are_chosen_by_purpose(line: Line, server: OpenAIServer) -> None:
    line("engines", "allow", server.url, "--model", "big")
    line("engines", "choose", "memo", "remote", "--model", "huge")
    plans = line("engines", "show")["engines"]
    assert (plans["memo"]["model"], plans["memo"]["reason"]) == (
        "huge",
        "remote: chosen for memos and allowed by the organization",
    )
    assert plans["answers"]["model"] == "big"
    line("engines", "choose", "answers", "local")
    assert line("engines", "show")["engines"]["answers"]["engine"] is None
    line("ask", "Deal", QUESTION, "--engine", "llm", code=1)
    line("engines", "choose", "answers", "local", "--model", "absent", code=1)
    line("engines", "choose", "answers", "auto", "--model", "big", code=1)
    assert "big" in line.says("engines", "choose", "answers", "auto")
    line("engines", "choose", "memo", "auto")
    line("engines", "price", "big", code=1)
    line("engines", "price", "big", "--remove")
    assert "memo" in line.says("engines", "show")
    assert server.requests == []


def test_ollama_is_named_and_never_asked_unallowed(
    line: Line, monkeypatch: pytest.MonkeyPatch, server: OpenAIServer
) -> None:
    monkeypatch.setattr(engines_verb, "OLLAMA_URL", server.url)  # what would be asked if something asked without leave
    line("engines", "show")
    line("ask", "Deal", QUESTION, "--engine", "llm", code=1)
    assert server.requests == []
    line("engines", "allow", "--ollama", "--model", "m")
    assert server.requests == [], "allowing asks nothing either"
    assert line("ask", "Deal", QUESTION, "--engine", "llm")["engine"] == "m"


def test_wrong_words_are_wrong_usage(line: Line) -> None:
    for words in (
        ("usage", "--since", "yesterday"),
        ("usage", "budget", "set", "week", "remote", "1", "USD"),
        ("usage", "budget", "set", "day", "remote", "-1", "USD"),
        ("usage", "budget", "set", "day", "remote", "1", "pounds"),
        ("engines", "choose", "poems", "local"),
        ("engines", "price", "m", "--currency", "pounds"),
    ):
        with pytest.raises(SystemExit, match="2"):
            line(*words)
    line("usage", "budget", "set", "day", "remote", "1.5", "tokens", code=1)
    assert "whole number" in line.err
