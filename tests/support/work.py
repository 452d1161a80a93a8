"""Work functions for tests of worker processes: well behaved, badly behaved, and deadly."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path
from typing import Any

from datazoom_desktop.jobs.model import WorkContext
from datazoom_desktop.kernel.errors import Problem


def echo(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Return the payload."""
    return payload


def about_itself(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Return what the process is like."""
    return {
        "pid": os.getpid(),
        "modules": sorted(sys.modules),
        "threads": os.environ["OMP_NUM_THREADS"],
        "path": sys.path,
        "niceness": os.nice(0) if sys.platform != "win32" else 5,
    }


def pages(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Report ``pages`` pages, ``seconds`` each, and leave a file for each in scratch."""
    for page in range(payload["pages"]):
        context.check()
        (context.scratch / f"page-{page}").write_text("text")
        time.sleep(payload.get("seconds", 0.0))
        context.progress(page + 1, payload["pages"])
    return {"pages": payload["pages"]}


def endless(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Work for ever, looking up between steps; ``marker`` says that it has begun."""
    Path(payload["marker"]).touch()
    while True:
        context.check()
        time.sleep(0.01)


def stubborn(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Work for ever without ever looking up."""
    Path(payload["marker"]).touch()
    while True:
        time.sleep(60)


def endless_at_first(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Work for ever the first time (no marker yet), not at all the second time."""
    return {} if Path(payload["marker"]).exists() else endless(payload, context)


def hog(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Take 400 MB, ten at a time."""
    held = []
    for step in range(40):
        held.append(b"\x01" * (10 << 20))
        time.sleep(0.03)
        context.progress(step, 40)
    time.sleep(60)
    return {"held": len(held)}


def no_memory(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Fail as an allocation does."""
    raise MemoryError


def segfault(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Read address zero."""
    ctypes.string_at(0)
    return {}


def leave(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """End the process without a word."""
    os._exit(0)


def leave_politely(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """End the program as a library might."""
    sys.exit("enough")


def noisy(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Print a lot, by every way there is, and read standard input."""
    print("\x00\x01 noise" * 10_000, flush=True)
    os.write(1, b"\xff" * 100_000)
    os.write(2, b"\xfe" * 100_000)
    return {"read": sys.stdin.read()}


def garble(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Write rubbish to every pipe there is, as a process that was taken over might."""
    for number in range(3, 32):
        try:
            os.write(number, b"\xff" * 64)
        except OSError:
            continue
    time.sleep(60)
    return {}


def bad_file(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Find the file at fault."""
    raise Problem("Damaged", "The file is damaged.", "Ask for another copy.")


def mistaken(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Be wrong."""
    return {"never": payload["no such key"]}


def unfit(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Return what cannot travel."""
    return {"function": unfit}


def fill_disk(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Write where there is no room: to a full device where the system has one."""
    full = Path("/dev/full")
    if not full.exists():
        raise OSError(28, "No space left on device")
    with full.open("wb", buffering=0) as stream:
        stream.write(b"x")
    return {}
