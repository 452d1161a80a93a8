"""``datazoom jobs``: the pipeline's work, trying again, stopping."""

from __future__ import annotations

import argparse
import shlex

from datazoom_desktop.app.stages import work_in_words
from datazoom_desktop.app.verbs.output import counted, print_json, print_table
from datazoom_desktop.app.workspace import Workspace, open_workspace
from datazoom_desktop.jobs.model import Job
from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.errors import Problem


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``jobs`` verb."""
    text = "list the pipeline's work, try failed work again, cancel it, or pause it all and go on later"
    parser = subparsers.add_parser("jobs", parents=[common], help=text, description=text)
    parser.add_argument("room", help="the room's name or id")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("list", "retry", "cancel", "pause", "resume"),
        default="list",
        help="what to do (list)",
    )
    parser.add_argument("job", nargs="?", help="one job's id (else all that failed, or all that wait)")
    parser.set_defaults(run=_jobs)


def _jobs(args: argparse.Namespace) -> int:
    with open_workspace(args.home, args.room) as workspace:
        queue = workspace.queue
        if args.what == "list":
            return _list(queue.list(), as_json=args.json)
        if args.what in ("pause", "resume"):
            return _hold(workspace, args)
        number = queue.retry(args.job) if args.what == "retry" else queue.cancel(args.job)
        if args.json:
            print_json({args.what: number})
        elif args.what == "retry":
            print(_retried(number, args.room))
        else:
            print(f"{counted(number, 'job')} cancelled." if number else "Nothing waits or runs in this room.")
        return 0


def _hold(workspace: Workspace, args: argparse.Namespace) -> int:
    """Pause everything, or go on; this holds until it is said otherwise, also after the program starts again.

    Raises:
        Problem: One job was named.
    """
    if args.job:
        raise Problem("Not for one job", f"“{args.what}” is for all work of a room.", "Leave out the job's id.")
    if args.what == "pause":
        workspace.queue.pause()
    else:
        workspace.queue.resume()
    waiting = workspace.unfinished()
    if args.json:
        print_json({"paused": workspace.queue.paused, "waiting": waiting})
    elif args.what == "pause":
        print(f"Paused. Go on with: datazoom jobs {shlex.quote(args.room)} resume")
    else:
        ingest = f"{counted(waiting, 'job')} will be done with: datazoom ingest {shlex.quote(args.room)}"
        print(ingest if waiting else "Nothing waits in this room.")
    return 0


def _retried(number: int, room: str) -> str:
    if not number:
        return "Nothing in this room has failed."
    return f"{counted(number, 'job')} will be tried again with: datazoom ingest {shlex.quote(room)}"


def _done(job: Job) -> str:
    one = job.unit.removesuffix("s")
    return counted(job.done_units, one) if one else f"{job.done_units:,}"


def _list(jobs: list[Job], *, as_json: bool) -> int:
    if as_json:
        for job in jobs:
            print_json(
                {
                    "job_id": job.job_id,
                    "kind": job.kind,
                    "title": job.title,
                    "state": str(job.state),
                    "attempt": job.attempt,
                    "done": job.done_units,
                    "total": job.total_units,
                    "unit": job.unit,
                    "reason": job.reason,
                    "remedy": job.remedy,
                    "created_at": clock.iso(job.created_at),
                }
            )
    elif jobs:
        rows = [
            (work_in_words(job.kind), job.title, job.state, _done(job), job.reason or "", job.job_id) for job in jobs
        ]
        print_table(("Work", "What", "State", "Done", "Reason", "Id"), rows)
    else:
        print("Nothing has been done in this room yet.")
    return 0
