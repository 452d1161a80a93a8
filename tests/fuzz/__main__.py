"""The fuzzer's command line: makes seeds, fuzzes reader by reader, and says what was tried and found."""

from __future__ import annotations

import argparse
import os
import shutil
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from datazoom_desktop.intake import detect
from tests.fuzz.child import COUNT, CURRENT, FOUND
from tests.fuzz.harvest import WHERE, folder_of

REPOSITORY = Path(__file__).resolve().parents[2]
_SUFFIXES = {
    detect.PDF: ".pdf",
    detect.DOCX: ".docx",
    detect.XLSX: ".xlsx",
    detect.PPTX: ".pptx",
    detect.EML: ".eml",
    detect.HTML: ".html",
    detect.CSV: ".csv",
    detect.JSON: ".json",
    detect.MARKDOWN: ".md",
    detect.GZIP: ".gz",
}
_RESTARTS = 40  #: after crashes, of one reader


@dataclass
class Tally:
    """What came of fuzzing one kind of file."""

    kind: str
    seeds: int
    inputs: int
    seconds: float
    findings: list[str]


def main() -> int:
    """Fuzz the kinds of file that are named, or all; return 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "kinds", nargs="*", metavar="KIND", help="media types or parts of them, such as pdf; all when absent"
    )
    parser.add_argument("--seconds", type=int, default=60, help="for each kind")
    parser.add_argument("--folder", type=Path, default=REPOSITORY / ".fuzz", help="where seeds and findings are kept")
    parser.add_argument("--harvest", action="store_true", help="make the seeds anew")
    args = parser.parse_args()
    seeds = args.folder / "seeds"
    if args.harvest or not seeds.is_dir():
        _harvest(seeds)
    tallies = []
    for folder in sorted(seeds.iterdir()):
        if not args.kinds or any(word in folder.name for word in args.kinds):
            tallies.append(_fuzz(folder, args.folder / "work" / folder.name, args.seconds))
            print(_line(tallies[-1]), flush=True)
    print(f"\n{sum(t.inputs for t in tallies):,} inputs, {sum(len(t.findings) for t in tallies)} findings")
    for tally in tallies:
        for finding in tally.findings:
            print(f"  {finding}")
    return 1 if any(tally.findings for tally in tallies) else 0


def _harvest(seeds: Path) -> None:
    """Run the tests of intake and keep the files they make."""
    shutil.rmtree(seeds, ignore_errors=True)
    seeds.mkdir(parents=True)
    print("Making seeds: running the tests of intake, which takes some minutes", flush=True)
    words = "not hostile and not watch and not ten_thousand and not real_documents"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.fuzz.harvest", "-k", words, "tests/intake"]
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", **{WHERE: str(seeds)})
    subprocess.run(command, cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL, check=False)


def _fuzz(seeds: Path, folder: Path, seconds: int) -> Tally:
    """Fuzz one kind of file for a time, beginning again after every crash."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    kind = next((kind for kind in _media_types() if folder_of(kind) == seeds.name), seeds.name)
    name = "file" + _SUFFIXES.get(kind, "")
    began = time.monotonic()
    for _ in range(_RESTARTS):
        left = seconds - int(time.monotonic() - began)
        if left <= 0:
            break
        command = [sys.executable, "-m", "tests.fuzz.child", seeds.name, name, str(folder), str(seeds), str(left)]
        with (folder / "log").open("wb") as log:
            code = subprocess.run(command, cwd=REPOSITORY, stdout=log, stderr=log, check=False).returncode
        if code == 0:
            break
        _keep_crash(folder, seeds.name, code)
    counter = folder / COUNT
    inputs = struct.unpack("<Q", counter.read_bytes())[0] if counter.exists() else 0
    found = sorted(str(file) for file in (folder / FOUND).glob("*") if file.suffix != ".txt")
    return Tally(seeds.name, len(list(seeds.iterdir())), inputs, time.monotonic() - began, found)


def _keep_crash(folder: Path, kind: str, code: int) -> None:
    """Keep the input that ended the process, with the end of what it said."""
    tail = (folder / "log").read_bytes()[-6000:].decode("utf-8", "replace")
    current = folder / CURRENT
    if not current.exists():
        raise SystemExit(f"The fuzzer did not start:\n{tail}")
    (folder / FOUND).mkdir(exist_ok=True)
    why = next((word for word in ("timeout", "out-of-memory", "deadly signal") if word in tail), "ended")
    number = len(list((folder / FOUND).glob("*")))
    file = folder / FOUND / f"{kind}_{why.replace(' ', '_')}_{number}"
    shutil.copyfile(current, file)
    Path(f"{file}.txt").write_text(f"exit code {code}\n\n{tail}", encoding="utf-8")


def _media_types() -> tuple[str, ...]:
    return tuple(value for name, value in vars(detect).items() if name.isupper() and isinstance(value, str))


def _line(tally: Tally) -> str:
    pace = tally.inputs / max(1.0, tally.seconds)
    return f"{tally.kind:60} {tally.seeds:4} seeds {tally.inputs:9,} inputs {pace:7.0f} a second {len(tally.findings):3} findings"


if __name__ == "__main__":
    sys.exit(main())
