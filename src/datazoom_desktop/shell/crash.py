"""Local crash reports: what a bug leaves behind, in a text file on this machine and nowhere else. Knows no Qt."""

from __future__ import annotations

import platform
import traceback
from pathlib import Path

from datazoom_desktop.kernel import clock
from datazoom_desktop.kernel.ids import new_id


def write_report(folder: Path, error: BaseException) -> Path:
    """Write a report about ``error`` into ``folder`` and return its file.

    It holds the time, the Python and system versions and the chain of calls; nothing of a document.
    Raises OSError when it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"crash-{new_id()}.txt"
    head = f"{clock.iso(clock.now())}\nPython {platform.python_version()} on {platform.platform()}\n\n"
    file.write_text(head + "".join(traceback.format_exception(error)), encoding="utf-8")
    return file
