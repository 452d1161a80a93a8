"""``datazoom ask``: a cited answer, or an honest "not found"."""

from __future__ import annotations

import argparse

from datazoom_desktop.app.language import language, needed
from datazoom_desktop.app.verbs.output import counted, print_json
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.chat.model import Answer, Citation
from datazoom_desktop.engines.choice import Purpose


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``ask`` verb."""
    text = "ask the room a question"
    parser = subparsers.add_parser("ask", parents=[common], help=text, description=text)
    parser.add_argument("room", help="the room's name or id")
    parser.add_argument("question", help="the question, in your own words")
    parser.add_argument(
        "--engine",
        choices=("quote", "llm"),
        default="quote",
        help="quote: the document's own words, at once; llm: a written answer",
    )
    parser.set_defaults(run=_ask)


def _ask(args: argparse.Namespace) -> int:
    with language(args.home) as models, open_workspace(args.home, args.room, models.answers) as workspace:
        if args.engine == "llm":
            needed(models.plans()[Purpose.ANSWERS])
        answer = workspace.chat.ask(args.question, engine=args.engine)
    if args.json:
        print_json(answer.as_dict())
    else:
        print_answer(answer)
    return 0


def place(citation: Citation) -> str:
    """Return where a citation stands, for a person: its path, and its page or its range of cells."""
    return f"{citation.path}, {citation.cells or f'page {citation.page}'}"


def print_answer(answer: Answer) -> None:
    """Print an answer with numbered citations and what was searched, for a person."""
    if not answer.claims:
        print(answer.text)
    number = 0
    notes = []
    for claim in answer.claims:
        marks = []
        for citation in claim.citations:
            number += 1
            marks.append(f"[{number}]")
            notes.append(f"  {number}  {place(citation)} ({citation.verdict}): “{' '.join(citation.quote.split())}”")
        print(f"{claim.text} {''.join(marks)}")
    if notes:
        print("\n" + "\n".join(notes))
    for citation in answer.nearest:
        print(f"  nearest: {place(citation)}: “{' '.join(citation.quote.split())}”")
    searched = answer.searched
    print(
        f"\nSearched {searched.searched:,} of {counted(searched.pages, 'page')} in {counted(searched.documents, 'document')}."
    )
    if searched.unreadable:
        print(f"{counted(len(searched.unreadable), 'page')} could not be read; datazoom status says which and why.")
    if answer.engine_reason:
        who = "Quoted" if answer.engine == "quote" else f"Written by {answer.engine}"
        print(f"{who} ({answer.engine_reason.rstrip('.')}).")
    print("Took " + ", ".join(f"{step} {ms:,.0f} ms" for step, ms in answer.timings_ms.items()) + ".")
