"""``datazoom search``: ranked passages or exact places, for one question or a file of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from datazoom_desktop.app.verbs.output import counted, coverage_in_words, print_json, read_lines
from datazoom_desktop.app.workspace import open_workspace
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.search.expression import Expression
from datazoom_desktop.search.lexer import Mistake
from datazoom_desktop.search.model import ExactResult
from datazoom_desktop.search.parser import parse

_LANGUAGE = """
All words must occur in the document. "a phrase"; OR, NOT or -word, parentheses; assign* and wom?n; a /5 b (within five words),
pre/5 (in this order), /s (in one sentence), NOT /5; "a b"~5 (in any order). Fields: document: type: party: folder: date: choose
documents; page: heading: section: (§7.2(b)) narrow places; term: (where it is defined), amount: (>=1m, USD 1m..5m) and when:
(a date in the text) find places. Write NOT where a query would
begin with a minus.
"""


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``search`` verb."""
    text = "find passages, best first"
    parser = subparsers.add_parser("search", parents=[common], help=text, description=text)
    parser.add_argument("room", help="the room's name or id")
    wanted = parser.add_mutually_exclusive_group(required=True)
    wanted.add_argument("query", nargs="?", help="what to look for, in your own words")
    wanted.add_argument("--queries", metavar="FILE.jsonl", help='many at once: one {"id", "query"} a line')
    parser.add_argument("-k", type=_positive, default=8, metavar="N", help="how many passages or places at most (8)")
    exact = parser.add_argument_group("exact search", _LANGUAGE)
    exact.add_argument("--exact", action="store_true", help="find every place with exactly these words")
    exact.add_argument("--count", action="store_true", help="with --exact: say how many places there are, and where")
    exact.add_argument(
        "--offset", type=_natural, default=0, metavar="N", help="with --exact: leave out the first N places (0)"
    )
    parser.set_defaults(run=lambda args: _exact(parser, args) if args.exact else _search(parser, args))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _natural(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def _search(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    if args.count or args.offset:
        parser.error("--count and --offset go with --exact")
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


def _exact(parser: argparse.ArgumentParser, args: argparse.Namespace) -> int:
    if args.queries is not None:
        if args.count:
            parser.error("--count takes one query")
        asked = [(identifier, _read(query)) for identifier, query in _queries(Path(args.queries))]
        with open_workspace(args.home, args.room) as workspace:
            for identifier, expression in asked:
                hits = workspace.exact.find(expression, args.k, args.offset).hits
                print_json({"id": identifier, "hits": [one.hit.as_dict() for one in hits]})
        return 0
    expression = _read(args.query)
    with open_workspace(args.home, args.room) as workspace:
        result = workspace.exact.find(expression, 0 if args.count else args.k, args.offset)
        coverage = workspace.documents.coverage()
    if args.json and not args.count:
        for one in result.hits:
            print_json(one.hit.as_dict())
        return 0
    if args.json:
        print_json(_counts(result))
        return 0
    _print_exact(result)
    readable = sum(n for state, n in coverage.by_coverage.items() if state != "waiting" and Coverage(state).readable)
    print(f"{coverage_in_words(coverage.by_coverage, coverage.pages, readable)}.")
    return 0


def _read(query: str) -> Expression:
    read = parse(query)
    if isinstance(read, Mistake):
        raise Problem("This search cannot be read", f"{read.message}\n\n{read.marked(query)}\n", read.remedy)
    return read


def _counts(result: ExactResult) -> dict[str, object]:
    return {
        "places": result.places,
        "documents": len(result.documents),
        "searched": result.searched,
        "understood": result.understood,
        "by_document": [
            {"document_id": one.document_id, "path": one.path, "places": one.places} for one in result.documents
        ],
    }


def _print_exact(result: ExactResult) -> None:
    """Print the places by document, each in its sentence, or only how many each document has."""
    print(f"Looking for {result.understood}\n")
    counts = {one.version_id: one.places for one in result.documents}
    last = ""
    for one in result.hits:
        hit = one.hit
        if hit.version_id != last:
            last = hit.version_id
            print(f"{hit.path}: {counted(counts[last], 'place')}")
        sentence = " ".join(f"{one.before}{hit.text}{one.after}".split())
        print(f"  {hit.rank}. {hit.cells or f'page {hit.page}'}: {sentence}")
    if not result.hits:
        for document in result.documents:
            print(f"{document.path}: {counted(document.places, 'place')}")
    places, documents = counted(result.places, "place"), counted(len(result.documents), "document")
    found = f"{places} in {documents}" if result.places else "Nothing matches"
    gap = "\n" if result.documents else ""
    print(f"{gap}{found}; {counted(result.searched, 'document')} searched.")


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
