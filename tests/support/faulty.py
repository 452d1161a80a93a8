"""Intake's own work in worker processes, except that some files are deadly to it: their first word says how."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path
from typing import Any

from datazoom_desktop.intake import work
from datazoom_desktop.jobs.model import WorkContext


def read(payload: dict[str, Any], context: WorkContext) -> dict[str, Any]:
    """Read a file as intake does, or come to grief over it."""
    with Path(payload["file"]).open("rb") as stream:
        word, _, rest = stream.read(1000).partition(b" ")
    if word == b"HANG":
        time.sleep(600)
    if word == b"HOG":
        held = []
        while True:
            held.append(b"\x01" * (50 << 20))
            context.check()
            time.sleep(0.02)
    if word == b"SEGV":
        ctypes.string_at(0)
    if word == b"EXIT":
        os._exit(0)
    if word == b"FULL" and Path(rest.split(b"\n")[0].decode().strip()).exists():
        raise OSError(28, "No space left on device")
    return work.read(payload, context)
