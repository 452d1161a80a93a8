"""``datazoom search``: ranked passages, for one question or a file of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from datazoom_desktop.app.verbs.output import print_json, read_lines
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.kernel.errors import Problem


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``search`` verb."""
    text = "find passages, best first"
    parser = subparsers.add_parser("search", parents=[common], help=text, description=text)
    parser.add_argument("room", help="the room's name or id")
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("query", nargs="?", help="what to look for, in your own words")
    wanted.add_argument("--queries", metavar="FILE.jsonl", help='many at once: one {"id", "query"} a line')
    parser.add_argument("-k", type=_positive, default=8, metavar="N", help="how many passages at most (8)")
    parser.set_defaults(run=_search)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _search(args: argparse.Namespace) -> int:
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
        print(f"{hit.rank}. {hit.path}, {hit.cells or f'page {hit.page}'}\n   {' '.join(hit.text.split())}\n")
    if not result.hits:
        print("Nothing in this room matches.")
    return 0


def _queries(file: Path) -> Iterator[tuple[object, str]]:
    for number, line in enumerate(read_lines(file, "queries"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield row["id"], str(row["query"])
        except (ValueError, KeyError, TypeError) as error:
            raise Problem(
                "Cannot read the queries",
                f'Line {number} of {file} is not {{"id", "query"}} in JSON.',
                "Correct that line and try again.",
                str(file),
            ) from error
