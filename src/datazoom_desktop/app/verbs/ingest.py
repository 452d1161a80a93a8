"""``datazoom ingest``: take files and folders into a room and wait until they can be searched."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from datazoom_desktop.app.verbs.output import ProgressLine, counted, coverage_in_words, print_json, read_lines
from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.intake.watch import FolderWatch
from datazoom_desktop.jobs.model import Job, JobState
from datazoom_desktop.kernel import clock
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
    if "" in args.paths:
        raise Problem("Nothing there", "A path is empty.", "Name a file or a folder.")
    paths = [Path(path) for path in args.paths]
    if args.watch and not paths:
        raise Problem("Nothing to watch", "--watch needs a folder.", "Name the folder to watch.")
    with open_workspace(args.home, args.room) as workspace:
        look = _Look(workspace)
        workspace.start()
        if paths or passwords:
            workspace.intake.add(paths, passwords)
        _wait(workspace, quiet=args.json)
        code = _report(workspace, look, as_json=args.json)
        if args.watch:
            _watch(workspace, paths, as_json=args.json)
        return code


class _Look:
    """The room before something was taken in, to tell afterwards what came of it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._versions = self._now()
        self.at = clock.now()
        self._began = time.monotonic()

    def seconds(self) -> float:
        """Return the time since then."""
        return time.monotonic() - self._began

    def came(self) -> tuple[int, int]:
        """Return the number of documents that are new since then, and of those that have another version."""
        now = self._now()
        return len(now.keys() - self._versions.keys()), sum(
            document in self._versions and self._versions[document] != version for document, version in now.items()
        )

    def _now(self) -> dict[str, str]:
        return {row.document_id: row.version_id for row in self._workspace.documents.rows()}


def _passwords(file: str | None) -> list[str]:
    if file is None:
        return []
    return [line for line in read_lines(Path(file), "passwords") if line]


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


def _stopped(workspace: Workspace, look: _Look) -> list[Job]:
    """Return the work that ended badly, save readings (their pages say so) and folders of an earlier run."""
    ended_badly = workspace.queue.list(states=(JobState.FAILED, JobState.DEAD, JobState.CANCELLED))
    return [
        job
        for job in ended_badly
        if job.kind != "intake.read"
        and (job.kind != "intake.scan" or (job.finished_at is not None and job.finished_at >= look.at))
    ]


def _report(workspace: Workspace, look: _Look, *, as_json: bool) -> int:
    coverage = workspace.documents.coverage()
    unreadable = workspace.documents.unreadable()
    stopped = _stopped(workspace, look)
    new, changed = look.came()
    left_out = workspace.intake.left_out
    if as_json:
        print_json(
            {
                "documents": coverage.documents,
                "new": new,
                "new_versions": changed,
                "pages": coverage.pages,
                "searchable": coverage.searchable,
                "coverage": coverage.by_coverage,
                "unreadable": [page._asdict() for page in unreadable],
                "left_out": [{"path": x.path, "reason": x.reason} for x in left_out],
                "stopped": [{"job": job.job_id, "title": job.title, "reason": job.reason} for job in stopped],
                "seconds": round(look.seconds(), 2),
            }
        )
    else:
        parts = [counted(number, f"new {what}") for number, what in ((new, "document"), (changed, "version")) if number]
        came = " and ".join(parts) or "Nothing new"
        print(f"{came} in {look.seconds():,.1f} s. The room has {counted(coverage.documents, 'document')}; ", end="")
        print(coverage_in_words(coverage.by_coverage, coverage.pages, coverage.searchable) + ".")
        for page in unreadable:
            where = f"{page.path}, page {page.page}" if page.page else page.path
            print(f"  {where}: {page.reason}", file=sys.stderr)
        for item in left_out:
            print(f"  {item.path} was left out. {item.reason}", file=sys.stderr)
        for job in stopped:
            print(f"  {job.title}: {job.reason}", file=sys.stderr)
    sys.stdout.flush()  # a script that reads what a watch tells gets it now
    return 3 if unreadable or left_out or stopped else 0


def _watch(workspace: Workspace, paths: list[Path], *, as_json: bool) -> None:
    with FolderWatch(paths, workspace.intake.add):
        print("Watching. Press Ctrl+C to stop.", file=sys.stderr)
        look = _Look(workspace)
        try:
            while True:
                time.sleep(1.0)
                _wait(workspace, quiet=as_json)
                if any(look.came()):
                    _report(workspace, look, as_json=as_json)
                    look = _Look(workspace)
        except KeyboardInterrupt:
            print("Stopped watching. What was taken in so far is kept.", file=sys.stderr)
