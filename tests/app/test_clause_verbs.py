"""``datazoom clauses``: list, show, check, as a lawyer at a terminal would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from datazoom_desktop.app.cli import main
from datazoom_desktop.search.clause_file import parse

OWN = """[[clause]]
id = "demurrage"
name = "Demurrage"
aliases = ["laytime"]
phrasings = ["The charterer pays demurrage for each day of delay."]

[[clause]]
id = "governing-law"
name = "Governing law of ships"
phrasings = ["The law of the flag governs."]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "clauses").mkdir()
    return tmp_path


def test_the_list_names_where_each_clause_comes_from(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "clauses" / "ships.toml").write_text(OWN, encoding="utf-8")
    assert main(["clauses", "list", "--home", str(home)]) == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert rows["non-compete"].endswith("shipped")
    assert rows["demurrage"].endswith("yours (ships.toml)")
    assert rows["governing-law"].endswith("yours (ships.toml, in place of the shipped one)")
    assert main(["clauses", "list", "who", "pays", "laytime", "--home", str(home), "--json"]) == 0
    [first, *_] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (first["id"], first["phrasings"]) == ("demurrage", 1)


def test_words_that_mean_no_clause_are_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clauses", "list", "xyzzy", "--home", str(home)]) == 0
    assert capsys.readouterr().out == "No clause is called so.\n"


def test_what_is_shown_can_be_copied_into_a_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clauses", "show", "non-compete", "--home", str(home)]) == 0
    [entry], problems = parse(capsys.readouterr().out, "copy.toml")
    assert (entry.id, problems) == ("non-compete", ())
    assert main(["clauses", "show", "non-compete", "--home", str(home), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["phrasings"] == list(entry.phrasings)


def test_an_unknown_clause_is_told_with_what_may_be_meant(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clauses", "show", "no-compete", "--home", str(home)]) == 1
    assert "Did you mean non-compete" in capsys.readouterr().err
    assert main(["clauses", "show", "xyzzy", "--home", str(home)]) == 1
    assert "datazoom clauses list" in capsys.readouterr().err


def test_a_file_is_checked_before_it_is_used(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "draft.toml"
    file.write_text(OWN, encoding="utf-8")
    assert main(["clauses", "check", str(file), "--home", str(home)]) == 0
    out = capsys.readouterr().out
    assert "2 clauses without mistakes, 0 mistakes." in out
    assert "In place of what ships: governing-law." in out
    file.write_text(OWN.replace('name = "Demurrage"', "name = “Demurrage”"), encoding="utf-8")
    assert main(["clauses", "check", str(file), "--home", str(home)]) == 3
    out, err = capsys.readouterr()
    assert "1 clause without mistakes, 1 mistake." in out
    assert "draft.toml, line 3, clause “Demurrage”" in err
    assert "straight quotation marks" in err
    assert main(["clauses", "check", str(file), "--home", str(home), "--json"]) == 3
    [row] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert row["clauses"] == ["governing-law"]
    assert [problem["path"] for problem in row["problems"]] == [str(file)]


def test_a_file_that_is_not_there_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clauses", "check", str(home / "none.toml"), "--home", str(home)]) == 1
    assert "none.toml could not be opened" in capsys.readouterr().err


def test_a_mistake_in_ones_own_file_is_told_and_the_rest_is_listed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "clauses" / "ships.toml").write_text(OWN.replace('id = "demurrage"\n', ""), encoding="utf-8")
    assert main(["clauses", "list", "--home", str(home)]) == 3
    out, err = capsys.readouterr()
    assert "Governing law of ships" in out
    assert "ships.toml, line 1, clause “Demurrage”: it has no id." in err
