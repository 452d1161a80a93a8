"""``datazoom status``, ``pages`` and ``documents``: what stands in a room, what was read of it, and taking documents out."""

from __future__ import annotations

import argparse
import dataclasses
import shlex
from collections.abc import Callable

from datazoom_desktop.app.language import language
from datazoom_desktop.app.stages import work_in_words
from datazoom_desktop.app.verbs.engines import engines_in_words, plans_as_json
from datazoom_desktop.app.verbs.output import counted, coverage_in_words, print_json, print_table, size_in_words
from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.documents.model import Cause, DocumentRow
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.errors import Problem


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the verbs that look at documents."""
    for name, run, text in (
        ("status", _status, "documents, pages by coverage, and work by state"),
        ("pages", _pages, "every page: how its text was obtained, and the text"),
        ("documents", _documents, "the numbered index; take documents out and bring them back"),
    ):
        parser = subparsers.add_parser(name, parents=[common], help=text, description=text)
        parser.add_argument("room", help="the room's name or id")
        if name == "pages":
            parser.add_argument("path", nargs="?", help="only this document and what came attached to it")
        if name == "documents":
            parser.add_argument("what", nargs="?", choices=tuple(_DOCUMENTS), default="list", help="what to do (list)")
            parser.add_argument(
                "paths", nargs="*", metavar="PATH", help="documents or folders, as the index lists them"
            )
        parser.set_defaults(run=run)


def _status(args: argparse.Namespace) -> int:
    with language(args.home) as models, open_workspace(args.home, args.room) as workspace:
        engines = plans_as_json(models)
        coverage = workspace.documents.coverage()
        unreadable, doubtful = workspace.documents.unreadable(), workspace.documents.doubtful()
        jobs, outdated = workspace.queue.counts(), workspace.intake.outdated()
        index = workspace.intake.embedder_standing()
        if args.json:
            print_json(
                {
                    "room": workspace.info.name,
                    "documents": coverage.documents,
                    "pages": coverage.pages,
                    "searchable": coverage.searchable,
                    "coverage": coverage.by_coverage,
                    "waiting": coverage.waiting,
                    "unreadable": [x._asdict() for x in unreadable],
                    "doubtful": [x._asdict() for x in doubtful],
                    "jobs": jobs,
                    "paused": workspace.queue.paused,
                    "outdated": outdated,
                    "index": index._asdict(),
                    "engines": engines,
                }
            )
            return 0
        print(f"{workspace.info.name}: {counted(coverage.documents, 'document')}.")
        print(coverage_in_words(coverage.by_coverage, coverage.pages, coverage.searchable) + ".")
        for page in unreadable:
            where = f"{page.path}, page {page.page}" if page.page else page.path
            print(f"  {where}: {page.reason}")
        if doubtful:
            print(f"{counted(len(doubtful), 'page')} read from pictures with low certainty:")
        for uncertain in doubtful:
            print(f"  {uncertain.path}, page {uncertain.page}: {uncertain.reason}")
        for kind, states in sorted(jobs.items()):
            print(
                f"{work_in_words(kind)}: "
                + ", ".join(f"{number:,} {state}" for state, number in sorted(states.items()) if number)
            )
        if workspace.queue.paused:
            print(f"Paused. Go on with: datazoom jobs {shlex.quote(args.room)} resume")
        if outdated:
            print(outdated_in_words(outdated, args.room))
        if index.next_model_id is not None:
            print(f"Changing to the search model {index.next_model_id}: {counted(index.done, 'passage')} done.")
        print(engines_in_words(engines))
    return 0


def _pages(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        path = args.path.rstrip("/") if args.path else None
        found = False
        for page in workspace.documents.page_rows(path):
            found = True
            if args.json:
                print_json({**dataclasses.asdict(page), "coverage": str(page.coverage)})
            else:
                where = f"page {page.page}" if page.page else "whole file"
                label = f" ({page.label})" if page.label else ""
                note = f": {page.reason}" if page.reason else ""
                print(f"--- {page.path}, {where}{label} [{page.coverage}{note}]\n{page.text}")
        if path and not found:
            raise Problem(
                "No such document",
                f"Nothing in {workspace.info.name} stands at “{path}”.",
                f"List what there is with: datazoom documents {args.room}",
                path,
            )
    return 0


def _documents(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        return _DOCUMENTS[args.what](workspace, args)


def _list(workspace: Workspace, args: argparse.Namespace) -> int:
    rows = workspace.documents.rows()
    if args.json:
        for row in rows:
            print_json(
                {
                    **dataclasses.asdict(row),
                    "coverage": str(row.coverage) if row.coverage else None,
                    "added_at": clock.iso(row.added_at),
                }
            )
    elif rows:
        print_table(
            ("No.", "Path", "Version", "Pages", "State"),
            [(r.index, r.path, r.version, f"{r.pages:,}" if r.pages else "", state_in_words(r)) for r in rows],
        )
    else:
        print("There are no documents in this room yet.")
    return 0


def _remove(workspace: Workspace, args: argparse.Namespace) -> int:
    taken = workspace.intake.remove(_named(args))
    if args.json:
        print_json({"removed": taken})
    else:
        print(f"Moved {counted(len(taken), 'document')} to the trash. {_bring_back(args.room)}")
        quotes, conversations = workspace.conversations.left_behind(taken)
        if quotes:
            print(
                f"{counted(quotes, 'quote')} in {counted(conversations, 'saved conversation')} stay, marked as no longer in the room; "
                f"to delete them too: datazoom conversations {shlex.quote(args.room)} delete NAME"
            )
    return 0


def _restore(workspace: Workspace, args: argparse.Namespace) -> int:
    back = workspace.intake.restore(_named(args))
    if args.json:
        print_json({"restored": back})
    else:
        again = f"Have them read again with: datazoom ingest {shlex.quote(args.room)}"
        print(f"Brought back {counted(len(back), 'document')}. {again}")
    return 0


def _trash(workspace: Workspace, args: argparse.Namespace) -> int:
    rows = workspace.intake.trash()
    if args.json:
        for row in rows:
            print_json(
                {**dataclasses.asdict(row), "cause": str(row.cause), "removed_at": clock.iso(row.removed_at)},
            )
    elif rows:
        print_table(
            ("Path", "Version", "Size", "Left", "Why"),
            [
                (r.path, r.version, size_in_words(r.bytes), f"{r.removed_at:%d %b %Y %H:%M} UTC", _WHY[r.cause])
                for r in rows
            ],
        )
        print(
            f"{_bring_back(args.room)}\nDelete them for good with: datazoom documents {shlex.quote(args.room)} empty-trash"
        )
    else:
        print("The trash is empty.")
    return 0


def _empty_trash(workspace: Workspace, args: argparse.Namespace) -> int:
    number = workspace.intake.empty_trash(args.paths)
    if args.json:
        print_json({"deleted": number})
    else:
        print(f"Deleted {counted(number, 'original')} for good." if number else "Nothing was left to delete.")
    return 0


def _named(args: argparse.Namespace) -> list[str]:
    """Return the paths that were named; at least one.

    Raises:
        Problem: There is none.
    """
    if not any(args.paths):
        raise Problem(
            "Nothing named",
            f"“{args.what}” needs the path of a document or folder.",
            f"List what there is with: datazoom documents {shlex.quote(args.room)}",
        )
    return [path for path in args.paths if path]


def _bring_back(room: str) -> str:
    return f"Bring them back with: datazoom documents {shlex.quote(room)} restore PATH"


_DOCUMENTS: dict[str, Callable[[Workspace, argparse.Namespace], int]] = {
    "list": _list,
    "remove": _remove,
    "restore": _restore,
    "trash": _trash,
    "empty-trash": _empty_trash,
}
_WHY = {
    Cause.REMOVED: "Removed by hand",
    Cause.GONE: "No longer in its folder",
    Cause.REPLACED: "Replaced by another document",
}


def outdated_in_words(number: int, room: str) -> str:
    """Return what to do about documents that an older reader read."""
    were = "was" if number == 1 else "were"
    again = f"datazoom ingest {shlex.quote(room)} --reread"
    return f"{counted(number, 'document')} {were} read by an older reader. Have {'it' if number == 1 else 'them'} read again with: {again}"


def state_in_words(row: DocumentRow) -> str:
    """Return what state a document is in, as a person says it."""
    if row.state == "unreadable":
        return row.reason or "Could not be read."
    if row.unreadable:
        return f"{row.unreadable:,} of {counted(row.pages, 'page')} could not be read"
    if row.doubtful and row.state == "indexed":
        return f"Ready, {counted(row.doubtful, 'page')} read with low certainty"
    return {"new": "Waiting to be read", "read": "Being indexed", "indexed": "Ready"}[row.state]
