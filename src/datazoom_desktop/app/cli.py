"""The command line: a contract for people, scripts and tests.

Exit codes: 0 done, 1 failed with a ``Problem`` on stderr, 2 wrong usage, 3 done in part.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from datazoom_desktop import __version__
from datazoom_desktop.app.features import FEATURES
from datazoom_desktop.app.verbs.output import report
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.paths import home_dir

DONE, FAILED, USAGE, PARTLY = 0, 1, 2, 3


def build_parser() -> argparse.ArgumentParser:
    """Return the whole command line's parser, assembled from the features."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--home",
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="where everything is kept (else $DATAZOOM_HOME, else the usual place)",
    )
    common.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print JSON on stdout, logs on stderr"
    )
    parser = argparse.ArgumentParser(
        prog="datazoom",
        description="A data room on your own machine: take in a deal's folders, search and ask, and get the exact words on the exact page.",
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"datazoom {__version__}")
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for feature in FEATURES:
        feature.add_verbs(subparsers, common)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return the process's exit code."""
    try:
        args = build_parser().parse_args(argv)
        args.json = getattr(args, "json", False)
        args.home = home_dir(getattr(args, "home", None))
        return _run(args)
    except BrokenPipeError:
        # The reader of our output (such as ``head``) has left: nothing more to say, and nothing of ours went wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("Stopped. What was done so far is kept; the same command goes on from there.", file=sys.stderr)
        return FAILED


def _run(args: argparse.Namespace) -> int:
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except Problem as problem:
        report(problem, as_json=args.json)
        return FAILED
    return code


if __name__ == "__main__":
    sys.exit(main())
