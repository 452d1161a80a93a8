"""From starting the program to a window that shows the rooms, three times over; one JSON line."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from datazoom_desktop.organizations.register import Rooms

_PROGRAM = "import sys; from pathlib import Path; from datazoom_desktop.app.gui import run; sys.exit(run(Path(sys.argv[1]), smoke=True))"


def main() -> int:
    """Start and close the window three times; the time includes closing it."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    with tempfile.TemporaryDirectory() as folder:
        Rooms(Path(folder)).create("Bench")
        seconds = []
        for _ in range(3):
            began = time.monotonic()
            subprocess.run([sys.executable, "-c", _PROGRAM, folder], env=environment, check=True)
            seconds.append(time.monotonic() - began)
    print(
        json.dumps(
            {"name": "start to a window with its rooms, and closed", "median_s": round(statistics.median(seconds), 2)}
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
