"""``datazoom clauses``: the clause library, shown, searched and checked."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from datazoom_desktop.app.verbs.output import counted, print_json, print_table, report
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.search.clause_file import Clause, as_toml
from datazoom_desktop.search.clause_match import ClauseMatcher
from datazoom_desktop.search.clauses import folders, load, read

_PARTLY = 3


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``clauses`` verb."""
    text = "the clauses that search knows: list, show, and check your own"
    more = (
        "Your own clauses are files that end in .toml in the folder clauses under the home folder. They add to those that ship,"
        " and one with the id of a shipped clause replaces it."
    )
    clauses = subparsers.add_parser("clauses", parents=[common], help=text, description=f"{text}. {more}")
    verbs = clauses.add_subparsers(dest="clauses_verb", metavar="WHAT", required=True)
    listing = verbs.add_parser(
        "list", parents=[common], help="all clauses, or those that some words may mean, best first"
    )
    listing.add_argument("words", nargs="*", help="a question, or what you call the clause")
    listing.set_defaults(run=_list)
    show = verbs.add_parser(
        "show", parents=[common], help="one clause as it stands in its file, to read or to copy and change"
    )
    show.add_argument("id", help="the clause's id in the list")
    show.set_defaults(run=_show)
    check = verbs.add_parser("check", parents=[common], help="say what is wrong with a file of clauses")
    check.add_argument("file", help="the file")
    check.set_defaults(run=_check)


def _list(args: argparse.Namespace) -> int:
    library, problems = load(*folders(args.home))
    asked = " ".join(args.words)
    found = (
        [match.clause for match in ClauseMatcher(library.clauses).clause_types_of(asked)] if asked else library.clauses
    )
    if args.json:
        for clause in found:
            print_json(_row(clause))
    elif found:
        print_table(("Id", "Name", "Area", "From"), [(c.id, c.name, c.area, _origin(c, args.home)) for c in found])
    else:
        print("No clause is called so.")
    return _tell(problems, as_json=args.json)


def _show(args: argparse.Namespace) -> int:
    library, problems = load(*folders(args.home))
    clause = library.get(args.id)
    if clause is None:
        near = [
            match.clause.id for match in ClauseMatcher(library.clauses).clause_types_of(args.id.replace("-", " "), 3)
        ]
        raise Problem(
            "No such clause",
            f"There is no clause with the id {args.id}.",
            f"Did you mean {' or '.join(near)}?" if near else "List what there is with: datazoom clauses list",
        )
    if args.json:
        print_json(
            _row(clause) | {key: value for key, value in dataclasses.asdict(clause).items() if key != "replaces"}
        )
    else:
        print(f"# {clause.area}: {_origin(clause, args.home)}\n{as_toml(clause)}", end="")
    return _tell(problems, as_json=args.json)


def _check(args: argparse.Namespace) -> int:
    clauses, problems = read(Path(args.file))
    shipped, _ = load(folders(args.home)[0])
    replaced = [clause.id for clause in clauses if shipped.get(clause.id)]
    if args.json:
        print_json(
            {
                "clauses": [clause.id for clause in clauses],
                "replaces": replaced,
                "problems": [problem.as_dict() for problem in problems],
            }
        )
        return _PARTLY if problems else 0
    print(f"{counted(len(clauses), 'clause')} without mistakes, {counted(len(problems), 'mistake')}.")
    if replaced:
        print(f"In place of what ships: {', '.join(replaced)}.")
    return _tell(problems, as_json=False)


def _row(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "name": clause.name,
        "area": clause.area,
        "phrasings": len(clause.phrasings),
        "file": clause.file,
        "replaces": clause.replaces or None,
    }


def _origin(clause: Clause, home: Path) -> str:
    """Return where a clause comes from, for a person."""
    if Path(clause.file).parent != folders(home)[1]:
        return "shipped"
    return f"yours ({Path(clause.file).name}{', in place of the shipped one' if clause.replaces else ''})"


def _tell(problems: Iterable[Problem], *, as_json: bool) -> int:
    """Print what is wrong with the files on stderr; return the verb's exit code."""
    code = 0
    for problem in problems:
        report(problem, as_json=as_json)
        code = _PARTLY
    sys.stderr.flush()
    return code
