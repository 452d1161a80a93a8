"""``datazoom index``: what a room is searched with, and changing to another search model while the present one answers."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from pathlib import Path

from datazoom_desktop.app.verbs.output import ProgressLine, counted, print_json
from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.intake.reindexing import EXCHANGE, REEMBED
from datazoom_desktop.jobs.model import Job, JobState
from datazoom_desktop.kernel.errors import Problem


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``index`` verb."""
    text = "show what a room is searched with, or let it change to another search model while the present one answers"
    parser = subparsers.add_parser("index", parents=[common], help=text, description=text)
    parser.add_argument("room", help="the room's name or id")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("show", "switch", "keep"),
        default="show",
        help="show (the default), switch to another search model, or keep the present one and give a change up",
    )
    parser.add_argument(
        "model", nargs="?", help="of switch: the id of a search model that is here, or a folder with one"
    )
    parser.set_defaults(run=_index)


def _index(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        if args.what == "switch":
            return _switch(workspace, args)
        if args.what == "keep":
            kept = workspace.intake.keep_embedder()
            if not args.json:
                print("The change was given up." if kept else "This room is not changing to another search model.")
                return 0
        return _show(workspace, args)


def _show(workspace: Workspace, args: argparse.Namespace) -> int:
    standing = workspace.intake.embedder_standing()
    models = [{"id": one.model_id, "dims": one.dims} for one in workspace.embedders.list()]
    if args.json:
        print_json({**standing._asdict(), "models": models})
        return 0
    print(
        f"{counted(standing.passages, 'passage')} can be searched with {standing.model_id} ({standing.dims} dimensions)."
    )
    if standing.next_model_id is not None:
        room = shlex.quote(args.room)
        print(
            f"It is changing to {standing.next_model_id}: {counted(standing.done, 'passage')} done. It goes on whenever the room works, "
            f"and at once with: datazoom index {room} switch {standing.next_model_id}"
        )
    print("Here are: " + ", ".join(str(one["id"]) for one in models) + ".")
    return 0


def _switch(workspace: Workspace, args: argparse.Namespace) -> int:
    """Begin or go on with a change, and work until it is made.

    Raises:
        Problem: There is no such model, it does not work, or some documents could not be prepared for it.
    """
    if args.model is None:
        raise Problem(
            "Which search model?", "A switch needs the model's id or folder.", "List them: datazoom index ROOM"
        )
    embedder = _found(workspace, args.model)
    if workspace.intake.change_embedder(embedder):
        workspace.start()
        _work(workspace, embedder, quiet=args.json)
    standing = workspace.intake.embedder_standing()
    if standing.model_id != embedder.model_id:
        raise _unfinished(workspace)
    return _show(workspace, args)


def _found(workspace: Workspace, named: str) -> OnnxEmbedder:
    folder = Path(named)
    if folder.is_dir() and (folder / "model.json").is_file():
        return workspace.embedders.install(folder)
    known = {one.model_id: one for one in workspace.embedders.list()}
    if named not in known:
        raise Problem(
            "No such search model",
            f"“{named}” is neither the id of a search model here nor a folder with one.",
            f"Here are: {', '.join(known)}.",
        )
    return known[named]


def _work(workspace: Workspace, embedder: OnnxEmbedder, *, quiet: bool) -> None:
    line = ProgressLine(quiet=quiet)

    def show(_counts: Mapping[str, Mapping[str, int]]) -> None:
        standing = workspace.intake.embedder_standing()
        if standing.next_model_id is not None:
            line.show(f"{standing.done:,} of {counted(standing.passages, 'passage')} prepared for {embedder.model_id}")

    workspace.runner.drain(on_progress=show)
    line.end()


def _unfinished(workspace: Workspace) -> Problem:
    """Return why a change was not made."""
    if workspace.queue.paused:
        return Problem("This room is paused", "The change waits.", "Go on with: datazoom jobs ROOM resume")
    ended: list[Job] = workspace.queue.list([JobState.FAILED, JobState.DEAD, JobState.CANCELLED])
    reasons = [job for kind in (EXCHANGE, REEMBED) for job in ended if job.kind == kind]
    reason, remedy = (reasons[0].reason, reasons[0].remedy) if reasons else (None, None)
    return Problem("The search model was not changed", reason or "The work was stopped.", remedy or "Try again.")
