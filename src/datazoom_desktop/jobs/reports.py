"""Local crash reports: what a failed job left to say, kept in the room's own folder and never sent anywhere."""

from __future__ import annotations

import logging
from pathlib import Path

from datazoom_desktop.jobs.model import Failure, Job
from datazoom_desktop.kernel import clock

_log = logging.getLogger(__name__)

_REPORTED = ("bug", "crash", "timeout")
_KEPT = 50


def keep(folder: Path, job: Job, failure: Failure) -> None:
    """Write a report about a failure that has details of ours to tell; the oldest of more than 50 go.

    A report that cannot be written is logged and missed: the failure itself must still be recorded.
    """
    if failure.error_class not in _REPORTED or not failure.detail:
        return
    at = clock.iso(clock.now())
    lines = [
        f"{failure.error_class} in {job.kind}, attempt {job.attempt}, {at}",
        f"job {job.job_id} about {job.subject}",
        failure.reason,
        "",
        failure.detail,
    ]
    try:
        folder.mkdir(exist_ok=True)
        name = f"{at[:19].replace(':', '')}-{job.job_id}-{job.attempt}.txt"
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
        for old in sorted(folder.glob("*.txt"))[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        _log.exception("a report about %s could not be kept", job.job_id)
