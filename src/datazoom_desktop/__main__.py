"""``python -m datazoom_desktop``: the command line, or the window when no verb is given."""

from __future__ import annotations

import sys

from datazoom_desktop.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
