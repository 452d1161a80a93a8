"""Fuzzes one kind of file, in a process that a native library may crash: ``python -m tests.fuzz.child TYPE NAME FOLDER``."""

from __future__ import annotations

import hashlib
import os
import re
import struct
import sys
from pathlib import Path

import atheris

_INSTRUMENTED = [
    *("datazoom_desktop.intake", "email", "tarfile", "zipfile", "olefile", "msoffcrypto", "openpyxl", "py7zr"),
    *("striprtf", "html", "csv", "json", "charset_normalizer", "pyxlsb", "xlrd", "docx", "pptx", "odf"),
]
COUNT = "count"  #: file of how many inputs were tried
CURRENT = "current"  #: file of the input that is tried now
FOUND = "found"  #: folder of findings
_LARGEST = 400_000
_ENOUGH_MEMORY = 2500  #: MB that this process may hold at all


def main() -> None:
    """Fuzz until the time is over, which libFuzzer's own arguments say."""
    kind, name, where, seeds, seconds = sys.argv[1:6]
    folder = Path(where)
    with atheris.instrument_imports(include=_INSTRUMENTED, enable_loader_override=False):
        from tests.fuzz import mutate, target
    target.prepare()
    found, counter = folder / FOUND, folder / COUNT
    found.mkdir(exist_ok=True)
    known = {file.name for file in found.iterdir()}
    tried = struct.unpack("<Q", counter.read_bytes())[0] if counter.exists() else 0

    def one(data: bytes) -> None:
        nonlocal tried
        (folder / CURRENT).write_bytes(data)
        tried += 1
        counter.write_bytes(struct.pack("<Q", tried))
        finding = target.run(data, name, folder)
        if finding is None:
            return
        slug = re.sub(r"[^\w.-]+", "_", f"{kind} {finding.where}")[:120]
        title = f"{slug}-{hashlib.sha256(finding.where.encode()).hexdigest()[:6]}"
        if title not in known:
            known.add(title)
            (found / title).write_bytes(data)
            (found / f"{title}.txt").write_text(
                f"{finding.where}\n\n{finding.detail}", encoding="utf-8", errors="replace"
            )

    def changed(data: bytes, most: int, seed: int) -> bytes:
        return mutate.mutate(data, seed, lambda part: atheris.Mutate(part, len(part) + 64))[:most]

    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-max_len={_LARGEST}",
        f"-rss_limit_mb={_ENOUGH_MEMORY}",
        "-timeout=90",
        "-len_control=0",
        f"-seed={int.from_bytes(os.urandom(3), 'big')}",
        f"-artifact_prefix={folder}/",
        str(folder / "corpus"),
        seeds,
    ]
    (folder / "corpus").mkdir(exist_ok=True)
    atheris.Setup(arguments, one, custom_mutator=changed, internal_libfuzzer=True)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
