"""``datazoom eval``: put a set of questions with known answers to a room, and say how it did."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datazoom_desktop.app.language import language, needed
from datazoom_desktop.app.verbs.output import ProgressLine, print_json, print_table
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.chat.evaluation import Outcome, changed, outcome_of, parse, summary, wrong_words
from datazoom_desktop.chat.evaluations.service import HITS
from datazoom_desktop.engines.choice import Purpose
from datazoom_desktop.kernel.errors import Problem

_WORDS = {
    "right_place_cited": "Right place among the first three citations",
    "refused_by_mistake": "Answerable, but “not found”",
    "rightly_refused": "Not answered by the room, and “not found”",
    "right_document_first": "First passage from the right document",
    "precision_first": "Share of the first passage that answers",
    "recall_4000_characters": "Share of the answer within 4,000 characters",
    "recall_all_hits": f"Share of the answer within {HITS} passages",
}


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``eval`` verb."""
    text = "put a set of questions with known answers to a room and say how it did"
    parser = subparsers.add_parser("eval", parents=[common], help=text, description=text)
    parser.add_argument("room", help="the room's name or id")
    parser.add_argument(
        "questions",
        metavar="FILE",
        help='JSON lines, such as {"question", "document", "page", "quote"}; without "document": the room does not answer it',
    )
    parser.add_argument("--engine", choices=("quote", "llm"), default="quote", help="who answers (quote)")
    parser.add_argument("--save", metavar="FILE", help="keep the outcome there, to compare with later")
    parser.add_argument("--against", metavar="FILE", help="compare with an outcome that was kept")
    parser.set_defaults(run=_eval)


def _eval(args: argparse.Namespace) -> int:
    before = _kept(Path(args.against)) if args.against else None
    questions, problems = parse(_text(Path(args.questions)), args.questions)
    if not questions:
        raise (
            problems[0]
            if problems
            else Problem("No questions", f"{args.questions} holds none.", "Add some.", args.questions)
        )
    line = ProgressLine(quiet=args.json)
    outcomes: list[Outcome] = []
    with language(args.home) as models, open_workspace(args.home, args.room, models.answers) as workspace:
        if args.engine == "llm":
            needed(models.plans()[Purpose.ANSWERS])
        for outcome in workspace.evaluations.put(questions, args.engine):
            outcomes.append(outcome)
            line.show(f"asked {len(outcomes):,} of {len(questions):,}")
    line.end()
    if args.save:
        _keep(Path(args.save), outcomes)
    _report(outcomes, before, problems, as_json=args.json)
    return 3 if problems else 0


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(
            "The questions cannot be read", f"{file}: {error}.", "Check the file's name.", str(file)
        ) from error


def _kept(file: Path) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["outcomes"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{file} is not an outcome that was kept with --save."
        raise Problem("Nothing to compare with", message, "Name a file that --save wrote.", str(file)) from error
    return rows


def _keep(file: Path, outcomes: Sequence[Outcome]) -> None:
    kept = {"summary": summary(outcomes), "outcomes": [outcome.as_dict() for outcome in outcomes]}
    try:
        file.write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as error:
        raise Problem(
            "The outcome was not kept", f"{file}: {error.strerror}.", "Choose another place.", str(file)
        ) from error


def _report(
    outcomes: Sequence[Outcome], before: list[dict[str, Any]] | None, problems: Sequence[Problem], *, as_json: bool
) -> None:
    figures = summary(outcomes)
    better, worse = changed(before or (), outcomes)
    if as_json:
        for outcome in outcomes:
            print_json(outcome.as_dict())
        more = {"better": [o.id for o in better], "worse": [o.id for o in worse]} if before is not None else {}
        print_json({"summary": figures, **more, "problems": [problem.as_dict() for problem in problems]})
        return
    wrong = [outcome for outcome in outcomes if not outcome.right]
    if wrong:
        print_table(("Id", "What went wrong", "Question"), [(o.id, wrong_words(o), o.text) for o in wrong])
        print()
    was = summary(outcome_of(row) for row in before) if before is not None else {}
    rows = [(words, _percent(figures[key]), _percent(was.get(key))) for key, words in _WORDS.items() if key in figures]
    print_table(("", "Now", "Before") if was else ("", "Now"), [row if was else row[:2] for row in rows])
    print(f"\n{figures['questions']:,} questions, {figures.get('median_seconds', 0)} s each (median).")
    if before is not None:
        print(
            f"{len(better):,} became right ({', '.join(o.id for o in better) or 'none'}), {len(worse):,} became wrong ({', '.join(o.id for o in worse) or 'none'})."
        )
    for problem in problems:
        print(f"{problem.title}: {problem.message}")


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"
