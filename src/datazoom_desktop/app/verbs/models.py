"""``datazoom models``: the language models that can be had and those that are here."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from datazoom_desktop.app.verbs.output import ProgressLine, print_json, print_table, size_in_words
from datazoom_desktop.engines.catalogue import fits
from datazoom_desktop.engines.device import detect_device
from datazoom_desktop.engines.models import ModelRow, Models
from datazoom_desktop.kernel.cancel import CancelToken


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``models`` verb."""
    text = "list, fetch, import and remove language models"
    models = subparsers.add_parser("models", parents=[common], help=text, description=text)
    verbs = models.add_subparsers(dest="models_verb", metavar="WHAT", required=True)
    listing = verbs.add_parser("list", parents=[common], help="what can be had, and what is here")
    listing.set_defaults(run=_list)
    pull = verbs.add_parser("pull", parents=[common], help="fetch a model; goes on where it was broken off")
    pull.add_argument("name", help="the model's id in the list")
    pull.set_defaults(run=_pull)
    take = verbs.add_parser("import", parents=[common], help="use a GGUF file that you have")
    take.add_argument("file", help="the file")
    take.add_argument("--name", help="what to call it (else the file's name)")
    take.set_defaults(run=_import)
    remove = verbs.add_parser("remove", parents=[common], help="delete a model, or what a broken-off fetch left")
    remove.add_argument("name", help="the model's id in the list")
    remove.set_defaults(run=_remove)


def _list(args: argparse.Namespace) -> int:
    memory = detect_device().total_memory
    rows = Models(args.home).list()
    if args.json:
        print_json({"models": [_row(row, memory) for row in rows]})
        return 0
    print_table(
        ("Id", "Name", "Size", "Memory", "Licence", "State"),
        [
            (
                row.id,
                row.name,
                size_in_words(row.size_bytes),
                size_in_words(row.memory_bytes) + ("" if fits(row.memory_bytes, memory) else " (too much)"),
                row.licence,
                row.presence,
            )
            for row in rows
        ],
    )
    return 0


def _row(row: ModelRow, memory: int) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "state": str(row.presence),
        "bytes": row.size_bytes,
        "fetched": row.fetched_bytes,
        "memory_bytes": row.memory_bytes,
        "fits": fits(row.memory_bytes, memory),
        "licence": row.licence,
    }


def _pull(args: argparse.Namespace) -> int:
    line = ProgressLine(quiet=args.json)
    cancel = CancelToken()

    def progress(done: int, total: int) -> None:
        line.show(f"Fetching {args.name}: {size_in_words(done)} of {size_in_words(total)}")

    try:
        model = Models(args.home).pull(args.name, progress, cancel)
    finally:
        line.end()
    return _say(args, model.id, f"{model.name} is ready.")


def _import(args: argparse.Namespace) -> int:
    line = ProgressLine(quiet=args.json)
    model = Models(args.home).import_file(
        Path(args.file),
        name=args.name,
        progress=lambda done, total: line.show(f"{size_in_words(done)} of {size_in_words(total)}"),
    )
    line.end()
    return _say(args, model.id, f"{model.name} is ready.")


def _remove(args: argparse.Namespace) -> int:
    Models(args.home).remove(args.name)
    return _say(args, args.name, f"Removed {args.name}.")


def _say(args: argparse.Namespace, identifier: str, sentence: str) -> int:
    if args.json:
        print_json({"id": identifier})
    else:
        print(sentence)
    return 0
