"""``datazoom search``: ranked passages, for one question or a file of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from datazoom_desktop.app.verbs.output import print_json
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.kernel.errors import Problem


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``search`` verb."""
    text = "find passages, best first"
    parser = subparsers.add_parser("search", parents=[common], help=text, description=text)
    parser.add_argument("room", help="the room's name or id")
    parser.add_argument("query", nargs="?", help="what to look for, in your own words")
    parser.add_argument("-k", type=int, default=8, metavar="N", help="how many passages at most (8)")
    parser.add_argument("--queries", metavar="FILE.jsonl", help='many at once: one {"id", "query"} a line')
    parser.set_defaults(run=_search)


def _search(args: argparse.Namespace) -> int:
    if (args.query is None) == (args.queries is None):
        raise Problem("Nothing to look for", "Give either a query or --queries FILE.jsonl.")
    if args.k < 1:
        raise Problem("No passages wanted", "-k must be 1 or more.")
    with open_workspace(args.home, args.room) as workspace:
        if args.queries is not None:
            for identifier, query in _queries(Path(args.queries)):
                hits = workspace.search.search(query, args.k).hits
                print_json({"id": identifier, "hits": [hit.as_dict() for hit in hits]})
            return 0
        result = workspace.search.search(args.query, args.k)
    if args.json:
        for hit in result.hits:
            print_json(hit.as_dict())
        return 0
    if result.route.reason:
        print(f"Searching where the question {result.route.reason}.\n")
    for hit in result.hits:
        print(f"{hit.rank}. {hit.path}, page {hit.page}\n   {' '.join(hit.text.split())}\n")
    if not result.hits:
        print("Nothing in this room matches.")
    return 0


def _queries(file: Path) -> Iterator[tuple[object, str]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Problem(
            "Cannot read the queries", f"{file} could not be opened: {error.strerror}.", path=str(file)
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield row["id"], str(row["query"])
        except (ValueError, KeyError, TypeError) as error:
            raise Problem(
                "Cannot read the queries", f'Line {number} of {file} is not {{"id", "query"}} in JSON.', path=str(file)
            ) from error
