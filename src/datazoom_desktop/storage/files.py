"""Files written so that a crash leaves either the old or the new content, never half of one."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path


def write_json(file: Path, content: Mapping[str, object]) -> None:
    """Replace ``file`` with ``content`` as JSON, in one step that survives a power cut."""
    write_bytes(file, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())


def write_bytes(file: Path, content: bytes) -> None:
    """Replace ``file`` with ``content`` in one step; on failure the old content stands and nothing is left behind."""
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(6)}.part")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    settle_folder(file.parent)


def settle_folder(folder: Path) -> None:
    """Make names just written in ``folder`` survive a power cut; where folders cannot be opened this is the system's part."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files under ``folder``; files that vanish meanwhile count nothing."""
    total = 0
    for parent, _folders, names in os.walk(folder):
        for name in names:
            try:
                total += Path(parent, name).lstat().st_size
            except FileNotFoundError:
                continue
    return total
