"""``datazoom window``: the desktop window."""

from __future__ import annotations

import argparse


def add(subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add the ``window`` verb."""
    text = "open the window"
    parser = subparsers.add_parser("window", parents=[common], help=text, description=text)
    parser.add_argument("room", nargs="?", help="the room to open (else the list of rooms)")
    parser.set_defaults(run=_window)


def _window(args: argparse.Namespace) -> int:
    from datazoom_desktop.app.gui import run

    return run(args.home, args.room)
