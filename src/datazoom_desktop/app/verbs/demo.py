"""``datazoom demo``: the sample room, built, asked and shown."""

from __future__ import annotations

import argparse
import os
import sys
import time

from datazoom_desktop.app.verbs.ask import print_answer
from datazoom_desktop.app.verbs.output import counted, coverage_in_words, print_json
from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.organizations.register import Rooms

ROOM = "Halyard"
QUESTIONS = (
    "When does the office lease expire?",
    "What liquidation preference do the Series A holders have?",
    "Which regulator must clear the acquisition under foreign investment rules?",
)


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``demo`` verb."""
    text = "build the sample room, ask it three questions, and open the window where there is a display"
    parser = subparsers.add_parser("demo", parents=[common], help=text, description=text)
    parser.add_argument("--no-window", action="store_true", help="only print")
    parser.set_defaults(run=_demo)


def _demo(args: argparse.Namespace) -> int:
    rooms = Rooms(args.home)
    if ROOM not in {room.name for room in rooms.list()}:
        rooms.create(ROOM)
    with open_workspace(args.home, ROOM) as workspace:
        _build(workspace, as_json=args.json)
        for question in QUESTIONS:
            answer = workspace.chat.ask(question, engine="quote")
            if args.json:
                print_json(answer.as_dict())
            else:
                print(f"\n{'-' * 100}\n{question}\n")
                print_answer(answer)
    if args.no_window or not _has_display():
        return 0
    from datazoom_desktop.app.gui import run

    return run(args.home, ROOM)


def _build(workspace: Workspace, *, as_json: bool) -> None:
    began = time.monotonic()
    workspace.start()
    workspace.intake.add([resource_path("sample_room", "files")])
    workspace.runner.drain()
    seconds = time.monotonic() - began
    coverage = workspace.documents.coverage()
    unreadable = workspace.documents.unreadable()
    if as_json:
        print_json(
            {
                "documents": coverage.documents,
                "pages": coverage.pages,
                "searchable": coverage.searchable,
                "seconds": round(seconds, 2),
            }
        )
        return
    print(f"The room {ROOM}: {counted(coverage.documents, 'document')} read in {seconds:,.1f} s.")
    print(coverage_in_words(coverage.by_coverage, coverage.pages, coverage.searchable) + ".")
    for page in unreadable:
        print(f"  {page.path}: {page.reason}")


def _has_display() -> bool:
    if os.environ.get("CI"):
        return False
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
