"""Takes pictures of the window in its states, light and dark, at two sizes, into a folder.

Usage: python packaging/screenshots.py FOLDER [--home DIR --room NAME]

Without a home, one is made for the pictures: first without any room, then with the sample room as it is taken in.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from datazoom_desktop.app.cli import main as datazoom
from datazoom_desktop.app.gui import run

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
        code = run(Path(folder, "nothing"), screenshots=args.folder / "first-start")
        home = Path(folder, "home")
        code = code or datazoom(["--home", str(home), "room", "create", args.room])
        return code or run(home, args.room, screenshots=args.folder)


if __name__ == "__main__":
    sys.exit(main())
