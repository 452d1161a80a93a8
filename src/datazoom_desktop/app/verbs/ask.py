"""``datazoom ask``: a cited answer, or an honest "not found"."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from datazoom_desktop.app.language import language, needed
from datazoom_desktop.app.verbs.output import counted, print_json
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.chat.conversation import Turn, checked_title
from datazoom_desktop.chat.model import Answer, Citation, engine_in_words
from datazoom_desktop.chat.report import place_in_words
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
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--conversation",
        metavar="NAME_OR_ID",
        help="go on with this conversation: what went before is kept in mind, and the answer is saved in it",
    )
    where.add_argument("--new-conversation", metavar="TITLE", help="begin a conversation, in which the answer is saved")
    parser.add_argument(
        "--fresh", action="store_true", help="take nothing over from the questions before in the conversation"
    )
    parser.set_defaults(run=_ask)


def _ask(args: argparse.Namespace) -> int:
    with language(args.home) as models, open_workspace(args.home, args.room, models.answers) as workspace:
        if args.engine == "llm":
            needed(models.plans()[Purpose.ANSWERS])
        if args.conversation is None and args.new_conversation is None:
            answer = workspace.chat.ask(args.question, engine=args.engine)
            return _say(args, answer, None, None)
        talks = workspace.conversations
        into = None if args.conversation is None else talks.find(args.conversation).conversation_id
        title = checked_title(args.new_conversation) if into is None else ""
        turn = talks.ask(args.question, into, title=title, fresh=args.fresh, engine=args.engine)
        return _say(args, turn.answer, turn, talks.find(turn.conversation_id).title)


def _say(args: argparse.Namespace, answer: Answer, turn: Turn | None, title: str | None) -> int:
    if args.json:
        kept = None if turn is None else {"id": turn.conversation_id, "title": title, "turn": turn.number}
        print_json(
            {
                **answer.as_dict(),
                "question": answer.question,
                "restated": answer.question if turn is None else turn.restated,
                "continues": (turn.continues or None) if turn is not None else None,
                "conversation": kept,
            }
        )
        return 0
    if turn is not None and turn.continues:
        print(f"Continues: {turn.continues}. Searched for as “{turn.restated}” Ask with --fresh to leave that out.\n")
    print_answer(answer)
    if turn is not None:
        print(f"Saved as question {turn.number} of “{title}” ({turn.conversation_id}).")
    return 0


def print_answer(answer: Answer, note: Callable[[Citation], str] = lambda _citation: "") -> None:
    """Print an answer with numbered citations and what was searched, for a person; ``note`` is told after a citation."""
    if not answer.claims:
        print(answer.text)
    number = 0
    notes = []
    for claim in answer.claims:
        marks = []
        for citation in claim.citations:
            number += 1
            marks.append(f"[{number}]")
            notes.append(_noted(f"  {number}  {place_in_words(citation)} ({citation.verdict})", citation, note))
        print(f"{claim.text} {''.join(marks)}")
    if notes:
        print("\n" + "\n".join(notes))
    for citation in answer.nearest:
        print(_noted(f"  nearest: {place_in_words(citation)}", citation, note))
    if answer.remarks or answer.sql:
        print("\n" + "\n".join((*answer.remarks, *(("Computed by:", answer.sql) if answer.sql else ()))))
    searched = answer.searched
    print(
        f"\nSearched {searched.searched:,} of {counted(searched.pages, 'page')} in {counted(searched.documents, 'document')}."
    )
    if searched.unreadable:
        print(f"{counted(len(searched.unreadable), 'page')} could not be read; datazoom status says which and why.")
    if answer.engine_reason:
        print(f"{engine_in_words(answer.engine)} ({answer.engine_reason.rstrip('.')}).")
    print("Took " + ", ".join(f"{step} {ms:,.0f} ms" for step, ms in answer.timings_ms.items()) + ".")


def _noted(where: str, citation: Citation, note: Callable[[Citation], str]) -> str:
    told = note(citation)
    return f"{where}: “{' '.join(citation.quote.split())}”{f' [{told}]' if told else ''}"
