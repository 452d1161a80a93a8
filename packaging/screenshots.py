"""Takes pictures of the window in its states, light and dark, at two sizes, into a folder.

Usage: python packaging/screenshots.py FOLDER [--home DIR --room NAME]

Without a room, the sample room is taken into a home of its own first, so that the pictures show real pages.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from datazoom_desktop.app.cli import main as datazoom
from datazoom_desktop.app.gui import run
from datazoom_desktop.kernel.resources import resource_path

ROOM = "Halyard"


def main() -> int:
    """Make the pictures and return the exit code."""
    parser = argparse.ArgumentParser(description="Take pictures of the window in its states.")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--home", type=Path, help="a home that has the room already")
    parser.add_argument("--room", default=ROOM, help="the room to show")
    args = parser.parse_args()
    if args.home is not None:
        return run(args.home, args.room, screenshots=args.folder)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        files = resource_path("sample_room", "files")
        if not files.is_dir():
            return run(home, screenshots=args.folder)
        for verb in (["room", "create", args.room], ["ingest", args.room, str(files)]):
            code = datazoom(["--home", str(home), *verb])
            if code not in (0, 3):
                return code
        return run(home, args.room, screenshots=args.folder)


if __name__ == "__main__":
    sys.exit(main())
