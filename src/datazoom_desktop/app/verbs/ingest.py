"""``datazoom ingest``: take files and folders into a room and wait until they can be searched."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from datazoom_desktop.app.verbs.output import ProgressLine, counted, coverage_in_words, print_json
from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.intake.watch import FolderWatch
from datazoom_desktop.jobs.model import JobState
from datazoom_desktop.kernel.errors import Problem


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``ingest`` verb."""
    text = "take files and folders into a room; without a path, go on with what was left unfinished"
    parser = subparsers.add_parser("ingest", parents=[common], help=text, description=text)
    parser.add_argument("room", help="the room's name or id")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file or a folder")
    parser.add_argument("--watch", action="store_true", help="stay, and take in what changes in the folders")
    parser.add_argument("--password-file", metavar="FILE", help="passwords to try on encrypted files, one a line")
    parser.set_defaults(run=_ingest)


def _ingest(args: argparse.Namespace) -> int:
    passwords = _passwords(args.password_file)
    paths = [Path(path) for path in args.paths]
    if args.watch and not paths:
        raise Problem("Nothing to watch", "--watch needs a folder.")
    with open_workspace(args.home, args.room) as workspace:
        before = time.monotonic()
        workspace.start()
        if paths or passwords:
            workspace.intake.add(paths, passwords)
        _wait(workspace, quiet=args.json)
        code = _report(workspace, time.monotonic() - before, as_json=args.json)
        if args.watch:
            _watch(workspace, paths, as_json=args.json)
        return code


def _passwords(file: str | None) -> list[str]:
    if file is None:
        return []
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise Problem(
            "Cannot read the passwords", f"{file} could not be opened: {error.strerror}.", path=file
        ) from error
    return [line for line in lines if line]


def _wait(workspace: Workspace, *, quiet: bool) -> None:
    line = ProgressLine(quiet=quiet)

    def show(counts: Mapping[str, Mapping[str, int]]) -> None:
        parts = []
        for kind, doing in (("intake.scan", "looking through"), ("intake.read", "read"), ("intake.embed", "indexed")):
            states = counts.get(kind, {})
            total = sum(states.values())
            left = states.get("queued", 0) + states.get("running", 0)
            if total:
                parts.append(f"{doing} {total - left:,} of {total:,}")
        line.show(", ".join(parts))

    workspace.runner.drain(on_progress=show)
    line.end()


def _report(workspace: Workspace, seconds: float, *, as_json: bool) -> int:
    coverage = workspace.documents.coverage()
    unreadable = workspace.documents.unreadable()
    stopped = [
        job
        for job in workspace.queue.list(states=(JobState.FAILED, JobState.DEAD, JobState.CANCELLED))
        if job.kind != "intake.read"
    ]
    left_out = workspace.intake.left_out
    if as_json:
        print_json(
            {
                "documents": coverage.documents,
                "pages": coverage.pages,
                "searchable": coverage.searchable,
                "coverage": coverage.by_coverage,
                "unreadable": [page._asdict() for page in unreadable],
                "left_out": [{"path": x.path, "reason": x.reason} for x in left_out],
                "stopped": [{"job": job.job_id, "title": job.title, "reason": job.reason} for job in stopped],
                "seconds": round(seconds, 2),
            }
        )
    else:
        print(f"{counted(coverage.documents, 'document')} in {seconds:,.1f} s. ", end="")
        print(coverage_in_words(coverage.by_coverage, coverage.pages, coverage.searchable) + ".")
        for page in unreadable:
            where = f"{page.path}, page {page.page}" if page.page else page.path
            print(f"  {where}: {page.reason}", file=sys.stderr)
        for item in left_out:
            print(f"  {item.path} was left out. {item.reason}", file=sys.stderr)
        for job in stopped:
            print(f"  {job.title}: {job.reason}", file=sys.stderr)
    return 3 if unreadable or left_out or stopped else 0


def _watch(workspace: Workspace, paths: list[Path], *, as_json: bool) -> None:
    with FolderWatch(paths, workspace.intake.add):
        print("Watching. Press Ctrl+C to stop.", file=sys.stderr)
        while True:
            time.sleep(1.0)
            if workspace.unfinished():
                _wait(workspace, quiet=as_json)
                _report(workspace, 0.0, as_json=as_json)
