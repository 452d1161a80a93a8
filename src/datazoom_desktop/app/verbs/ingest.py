"""``datazoom ingest``: take files and folders into a room and wait until they can be searched."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datazoom_desktop.app.verbs.output import ProgressLine, counted, coverage_in_words, print_json, read_lines, report
from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.intake.watch import FolderWatch
from datazoom_desktop.jobs.model import Job, JobState
from datazoom_desktop.kernel.errors import Problem


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``ingest`` verb."""
    text = "take files and folders into a room; without a path, go on with what was left unfinished"
    parser = subparsers.add_parser("ingest", parents=[common], help=text, description=text)
    parser.add_argument("room", help="the room's name or id")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a file or a folder")
    parser.add_argument("--watch", action="store_true", help="stay, and take in what changes in the folders")
    parser.add_argument("--password-file", metavar="FILE", help="passwords to try on encrypted files, one a line")
    parser.add_argument(
        "--reread",
        action="store_true",
        help="read again what an older reader read, and what was left out (after installing LibreOffice, say)",
    )
    parser.add_argument("--reread-all", action="store_true", help="read every document again")
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
        if args.reread or args.reread_all:
            workspace.intake.read_anew(everything=args.reread_all)
        _wait(workspace, quiet=args.json)
        code = _report(workspace, look, as_json=args.json)
        if args.watch:
            _watch(workspace, paths, as_json=args.json)
        return code


@dataclass(frozen=True, slots=True)
class _Came:
    """What changed in a room: how many documents are new, how many have another version, which moved, and which are gone."""

    new: int
    changed: int
    moved: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.moved or self.gone)


class _Look:
    """The room before something was taken in, to tell afterwards what came of it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._versions = self._now()
        self._moved, self._gone = len(workspace.intake.moved), len(workspace.intake.gone)
        self._ended = {(job.job_id, job.finished_at) for job in self._ended_badly()}
        self._began = time.monotonic()

    def seconds(self) -> float:
        """Return the time since then."""
        return time.monotonic() - self._began

    def came(self) -> _Came:
        """Return what changed since then."""
        now, intake = self._now(), self._workspace.intake
        changed = sum(
            document in self._versions and self._versions[document] != version for document, version in now.items()
        )
        new = len(now.keys() - self._versions.keys())
        return _Came(new, changed, intake.moved[self._moved :], intake.gone[self._gone :])

    def stopped(self) -> list[Job]:
        """Return the work that ended badly, save readings (their pages say so) and folders that had failed before."""
        return [
            job
            for job in self._ended_badly()
            if job.kind != "intake.read"
            and (job.kind != "intake.scan" or (job.job_id, job.finished_at) not in self._ended)
        ]

    def _ended_badly(self) -> list[Job]:
        return self._workspace.queue.list(states=(JobState.FAILED, JobState.DEAD, JobState.CANCELLED))

    def _now(self) -> dict[str, str]:
        return {document: version for version, document, _, _ in self._workspace.documents.current_versions()}


def _passwords(file: str | None) -> list[str]:
    if file is None:
        return []
    return [line for line in read_lines(Path(file), "passwords") if line]


def _wait(workspace: Workspace, *, quiet: bool) -> None:
    line = ProgressLine(quiet=quiet)

    def show(counts: Mapping[str, Mapping[str, int]]) -> None:
        parts = []
        for kind, doing in (("intake.scan", "looked through"), ("intake.read", "read"), ("intake.embed", "indexed")):
            states = counts.get(kind, {})
            total = sum(states.values())
            left = states.get("queued", 0) + states.get("running", 0)
            if total:
                parts.append(f"{doing} {total - left:,} of {total:,}")
        if reason := workspace.queue.held_up():
            parts.append(f"waiting: {reason}")
        line.show(", ".join(parts))

    workspace.runner.drain(on_progress=show)
    line.end()


def _report(workspace: Workspace, look: _Look, *, as_json: bool) -> int:
    coverage = workspace.documents.coverage()
    unreadable = workspace.documents.unreadable()
    came, stopped = look.came(), look.stopped()
    left_out = workspace.intake.left_out
    waiting = workspace.unfinished() if workspace.queue.paused else 0
    if as_json:
        print_json(
            {
                "documents": coverage.documents,
                "new": came.new,
                "new_versions": came.changed,
                "moved": [list(pair) for pair in came.moved],
                "gone": list(came.gone),
                "pages": coverage.pages,
                "searchable": coverage.searchable,
                "coverage": coverage.by_coverage,
                "unreadable": [page._asdict() for page in unreadable],
                "left_out": [{"path": x.path, "reason": x.reason} for x in left_out],
                "stopped": [{"job": job.job_id, "title": job.title, "reason": job.reason} for job in stopped],
                "paused": workspace.queue.paused,
                "seconds": round(look.seconds(), 2),
            }
        )
    else:
        print(f"{_came_in_words(came)} in {look.seconds():,.1f} s. ", end="")
        print(f"The room has {counted(coverage.documents, 'document')}; ", end="")
        print(coverage_in_words(coverage.by_coverage, coverage.pages, coverage.searchable) + ".")
        for page in unreadable:
            where = f"{page.path}, page {page.page}" if page.page else page.path
            print(f"  {where}: {page.reason}", file=sys.stderr)
        for before, after in came.moved:
            print(f"  {before} is now at {after}.", file=sys.stderr)
        for path in came.gone:
            print(f"  {path} is no longer in its folder. It was moved to the trash.", file=sys.stderr)
        for item in left_out:
            print(f"  {item.path} was left out. {item.reason}", file=sys.stderr)
        for job in stopped:
            print(f"  {job.title}: {job.reason}", file=sys.stderr)
        if waiting:
            resume = f"datazoom jobs {shlex.quote(workspace.info.name)} resume"
            print(f"This room is paused; {counted(waiting, 'job')} wait. Go on with: {resume}", file=sys.stderr)
    sys.stdout.flush()  # a script that reads what a watch tells gets it now
    return 3 if unreadable or left_out or stopped or waiting else 0


def _came_in_words(came: _Came) -> str:
    parts = [
        words
        for number, words in (
            (came.new, counted(came.new, "new document")),
            (came.changed, counted(came.changed, "new version")),
            (len(came.moved), f"{counted(len(came.moved), 'document')} moved"),
            (len(came.gone), f"{counted(len(came.gone), 'document')} gone"),
        )
        if number
    ]
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:]))) or "Nothing new"


def _watch(workspace: Workspace, paths: list[Path], *, as_json: bool) -> None:
    with FolderWatch(paths, workspace.intake.add, lambda problem: report(problem, as_json=as_json)):
        print("Watching. Press Ctrl+C to stop.", file=sys.stderr)
        look = _Look(workspace)
        try:
            while True:
                time.sleep(1.0)
                _wait(workspace, quiet=as_json)
                if look.came() or look.stopped():
                    _report(workspace, look, as_json=as_json)
                    look = _Look(workspace)
        except KeyboardInterrupt:
            print("Stopped watching. What was taken in so far is kept.", file=sys.stderr)
