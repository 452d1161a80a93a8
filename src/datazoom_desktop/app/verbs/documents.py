"""``datazoom status``, ``pages`` and ``documents``: what stands in a room and what was read of it."""

from __future__ import annotations

import argparse
import dataclasses

from datazoom_desktop.app.stages import work_in_words
from datazoom_desktop.app.verbs.output import counted, coverage_in_words, print_json, print_table
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.documents.model import DocumentRow
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.errors import Problem


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the verbs that look at documents."""
    for name, run, text in (
        ("status", _status, "documents, pages by coverage, and work by state"),
        ("pages", _pages, "every page: how its text was obtained, and the text"),
        ("documents", _documents, "the numbered index"),
    ):
        parser = subparsers.add_parser(name, parents=[common], help=text, description=text)
        parser.add_argument("room", help="the room's name or id")
        if name == "pages":
            parser.add_argument("path", nargs="?", help="only this document and what came attached to it")
        parser.set_defaults(run=run)


def _status(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        coverage = workspace.documents.coverage()
        unreadable = workspace.documents.unreadable()
        jobs = workspace.queue.counts()
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
                    "jobs": jobs,
                }
            )
            return 0
        print(f"{workspace.info.name}: {counted(coverage.documents, 'document')}.")
        print(coverage_in_words(coverage.by_coverage, coverage.pages, coverage.searchable) + ".")
        for page in unreadable:
            where = f"{page.path}, page {page.page}" if page.page else page.path
            print(f"  {where}: {page.reason}")
        for kind, states in sorted(jobs.items()):
            print(
                f"{work_in_words(kind)}: "
                + ", ".join(f"{number:,} {state}" for state, number in sorted(states.items()) if number)
            )
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


def state_in_words(row: DocumentRow) -> str:
    """Return what state a document is in, as a person says it."""
    if row.state == "unreadable":
        return row.reason or "Could not be read."
    if row.unreadable:
        return f"{row.unreadable:,} of {counted(row.pages, 'page')} could not be read"
    return {"new": "Waiting to be read", "read": "Being indexed", "indexed": "Ready"}[row.state]
