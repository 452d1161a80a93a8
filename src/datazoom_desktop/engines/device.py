"""What the machine has: processor cores, memory, graphics cards. Looked up when asked, never at import."""

from __future__ import annotations

import csv
import io
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass

import psutil

_QUERY = "--query-gpu=name,memory.total,memory.free"
_PATIENCE = 5.0  #: seconds for the graphics driver to answer
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class GraphicsCard:
    """A graphics card that engines can use; sizes in bytes. On Apple silicon the memory is the machine's own."""

    name: str
    kind: str  #: "cuda" or "metal"
    total_memory: int
    free_memory: int


@dataclass(frozen=True, slots=True)
class Device:
    """The machine.

    Attributes:
        processor: Its name as the system gives it, possibly empty.
        physical_cores: Cores, whatever each runs at once.
        logical_cores: What the system counts as processors.
        usable_cores: How many threads of hard computing are worth starting here: the physical cores, fewer where this
            process may not use all of them.
        total_memory: Bytes.
        available_memory: Bytes that could be had now without swapping.
        graphics_cards: Cards that engines can use.
    """

    processor: str
    physical_cores: int
    logical_cores: int
    usable_cores: int
    total_memory: int
    available_memory: int
    graphics_cards: tuple[GraphicsCard, ...]


def detect_device() -> Device:
    """Return what the machine has now."""
    logical = psutil.cpu_count(logical=True) or os.cpu_count() or 1
    physical = psutil.cpu_count(logical=False) or logical
    memory = psutil.virtual_memory()
    return Device(
        processor=platform.processor(),
        physical_cores=physical,
        logical_cores=logical,
        usable_cores=usable_cores(),
        total_memory=int(memory.total),
        available_memory=int(memory.available),
        graphics_cards=(*_nvidia(), *_metal(int(memory.total), int(memory.available))),
    )


def total_memory() -> int:
    """Return the machine's memory in bytes; cheap, unlike ``detect_device``."""
    return int(psutil.virtual_memory().total)


def usable_cores() -> int:
    """Return how many threads of hard computing are worth starting here; cheap, unlike ``detect_device``."""
    logical = psutil.cpu_count(logical=True) or os.cpu_count() or 1
    return max(1, min(psutil.cpu_count(logical=False) or logical, _allowed(logical)))


def parse_nvidia(text: str) -> tuple[GraphicsCard, ...]:
    """Return the cards in nvidia-smi's answer: a line a card, of name, total and free memory in MiB.

    A line that does not say its memory, as for a card that shares the machine's, is left out.
    """
    rows = ([field.strip() for field in row] for row in csv.reader(io.StringIO(text)))
    return tuple(
        GraphicsCard(row[0], "cuda", int(row[1]) * _MIB, int(row[2]) * _MIB)
        for row in rows
        if len(row) == 3 and row[1].isdecimal() and row[2].isdecimal()
    )


def _allowed(logical: int) -> int:
    """Return how many processors this process may run on, where the system says so."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed is not None else logical


def _nvidia() -> tuple[GraphicsCard, ...]:
    """Ask the NVIDIA driver's own tool; none without it, or when it does not answer in time."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    hidden = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    try:
        answer = subprocess.run(
            [program, _QUERY, "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=True,
            creationflags=hidden,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return parse_nvidia(answer.stdout)


def _metal(total: int, available: int) -> tuple[GraphicsCard, ...]:
    """Return Apple silicon's graphics, which draw on the machine's own memory."""
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return (GraphicsCard("Apple silicon", "metal", total, available),)
    return ()
