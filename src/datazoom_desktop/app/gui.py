"""The window's entry: ``run`` opens it and returns when it is closed; Qt is only loaded here and below ``app/ui``."""

from __future__ import annotations

import sys
from pathlib import Path

from datazoom_desktop.kernel.paths import home_dir


def run(home: Path, room: str | None = None, *, smoke: bool = False, screenshots: Path | None = None) -> int:
    """Show the window until it is closed, and return the process's exit code.

    Args:
        home: Where everything is kept.
        room: Name or id of the room to open; None shows the list of rooms.
        smoke: Close by itself once the rooms (and ``room``, if given) are on show; 1 when that fails within a minute.
        screenshots: Folder for pictures of the window in its states; closes by itself afterwards.
    """
    from datazoom_desktop.app.ui.start import show

    return show(home, room, smoke=smoke, screenshots=screenshots)


def main() -> int:
    """Open the window over the usual home; the first argument, if any, is the room to open."""
    return run(home_dir(), sys.argv[1] if len(sys.argv) > 1 else None)


if __name__ == "__main__":
    sys.exit(main())
