"""Run every benchmark of this folder, one after another, and print their rows as a table."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Return 0 when every benchmark ran."""
    failed = 0
    for script in sorted(Path(__file__).parent.glob("bench_*.py")):
        print(f"# {script.stem}", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"tests.benchmarks.{script.stem}"], stdout=subprocess.PIPE, text=True, check=False
        )
        for line in done.stdout.splitlines():
            row = json.loads(line) if line.startswith("{") else {"note": line}
            print("  " + "  ".join(f"{key}: {value}" for key, value in row.items()))
        if done.returncode:
            print(f"  ended with exit code {done.returncode}")
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
