"""Build the sample data room again: `python build.py [--out DIR]` writes files/, updates/ and facts.json."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from builder.facts import write_facts  # noqa: E402 - the workshop is found beside this file
from builder.register import FILES, UPDATES  # noqa: E402


def build(out: Path) -> None:
    """Write the whole room under `out`, replacing what an earlier build left there.

    Raises:
        ValueError: a quote of the facts is not on exactly the page where it should be.
    """
    for folder, makers in (("files", FILES), ("updates", UPDATES)):
        shutil.rmtree(out / folder, ignore_errors=True)
        for path, make in makers.items():
            target = out / folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(make())
    write_facts(out)


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description="Build the sample data room.")
    parser.add_argument("--out", type=Path, default=HERE, help="where to write (default: beside this file)")
    build(parser.parse_args().out)


if __name__ == "__main__":
    main()
