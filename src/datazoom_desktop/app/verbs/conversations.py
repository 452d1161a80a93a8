"""``datazoom conversations``: the questions asked of a room and their answers, as they were saved."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from datazoom_desktop.app.verbs.ask import print_answer
from datazoom_desktop.app.verbs.output import counted, print_json, print_table
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.chat.report import moment


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``conversations`` verb."""
    text = "the conversations saved in a room: list, show, rename, delete, search, export"
    parser = subparsers.add_parser("conversations", parents=[common], help=text, description=text)
    parser.add_argument("room", help="the room's name or id")
    parser.set_defaults(run=_list)
    verbs = parser.add_subparsers(dest="conversations_verb", metavar="WHAT")
    named = ("conversation", "its title, the beginning of it, or its id")
    for name, run, help_text, arguments in (
        ("list", _list, "every conversation, the one changed last first", ()),
        ("show", _show, "every question with its answer, and how each citation stands today", (named,)),
        ("rename", _rename, "give a conversation another title", (named, ("title", "its new title"))),
        ("delete", _delete, "delete a conversation for good, with all its questions and answers", (named,)),
        ("search", _search, "find words in questions, answers and quotes", (("words", 'words; "in quotes" together'),)),
        ("export", _export, "write a conversation with its citations to a file", (named,)),
    ):
        verb = verbs.add_parser(name, parents=[common], help=help_text, description=help_text)
        for argument, meaning in arguments:
            verb.add_argument(argument, help=meaning)
        if name == "export":
            verb.add_argument("file", nargs="?", help="a file ending in .md or .docx (else Markdown on stdout)")
        verb.set_defaults(run=run)


def _list(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        rows = workspace.conversations.summaries()
    if args.json:
        for row in rows:
            print_json(row.as_dict())
    elif rows:
        print_table(
            ("Title", "Questions", "Last changed", "Id"),
            [(row.title, row.turns, moment(row.changed_at), row.conversation_id) for row in rows],
        )
    else:
        asking = f"datazoom ask {shlex.quote(args.room)} QUESTION --new-conversation TITLE"
        print(f"No conversation is saved in this room yet. Begin one with: {asking}")
    return 0


def _show(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        talks = workspace.conversations
        whole = talks.open(talks.find(args.conversation).conversation_id)
    if args.json:
        print_json({**whole.summary.as_dict(), "turns": [turn.as_dict() for turn in whole.turns]})
        return 0
    print(f"{whole.summary.title} ({counted(len(whole.turns), 'question')})")
    for turn in whole.turns:
        print(f"\n{'-' * 100}\n{turn.number}. {turn.answer.question}\nAsked {moment(turn.asked_at)}.")
        if turn.continues:
            print(f"Continues: {turn.continues}. Searched for as “{turn.restated}”")
        print()
        print_answer(turn.answer, turn.note)
    return 0


def _rename(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        talks = workspace.conversations
        renamed = talks.rename(talks.find(args.conversation).conversation_id, args.title)
    if args.json:
        print_json(renamed.as_dict())
    else:
        print(f"The conversation is now called “{renamed.title}”.")
    return 0


def _delete(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        talks = workspace.conversations
        gone = talks.delete(talks.find(args.conversation).conversation_id)
    if args.json:
        print_json({"deleted": gone.summary.as_dict()})
    else:
        print(f"Deleted “{gone.summary.title}” with {counted(len(gone.turns), 'question')}.")
    return 0


def _search(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        found = workspace.conversations.search(args.words)
    if args.json:
        for match in found:
            print_json(match.as_dict())
        return 0
    for match in found:
        where = f", question {match.turn}: {match.question}" if match.turn else ""
        print(f"{match.summary.title}{where}\n  {match.snippet}")
    if not found:
        print("No conversation of this room has all these words.")
    return 0


def _export(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        talks = workspace.conversations
        chosen = talks.find(args.conversation)
        if args.file is None:
            text = talks.markdown(chosen.conversation_id)
            if args.json:
                print_json({"conversation_id": chosen.conversation_id, "markdown": text})
            else:
                sys.stdout.write(text)
            return 0
        file = Path(args.file)
        size = talks.export(chosen.conversation_id, file)
    if args.json:
        print_json({"conversation_id": chosen.conversation_id, "file": str(file), "bytes": size})
    else:
        print(f"Wrote {file} ({counted(chosen.turns, 'question')}).")
    return 0
