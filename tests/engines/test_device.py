"""What the machine is said to have."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from datazoom_desktop.engines import device
from datazoom_desktop.engines.device import GraphicsCard, detect_device, parse_nvidia, usable_cores

MIB = 1024 * 1024


def test_this_machine_makes_sense() -> None:
    found = detect_device()
    assert 1 <= found.usable_cores <= found.physical_cores <= found.logical_cores
    assert 0 < found.available_memory <= found.total_memory
    assert found.usable_cores == usable_cores()


def test_cards_are_read_from_the_drivers_answer() -> None:
    answer = "NVIDIA GeForce RTX 4070, 12282, 11000\nNVIDIA H100 80GB HBM3, 81559, 81000\n"
    assert parse_nvidia(answer) == (
        GraphicsCard("NVIDIA GeForce RTX 4070", "cuda", 12282 * MIB, 11000 * MIB),
        GraphicsCard("NVIDIA H100 80GB HBM3", "cuda", 81559 * MIB, 81000 * MIB),
    )


@pytest.mark.parametrize(
    "answer", ["", "No devices were found\n", "NVIDIA GB10, [N/A], [N/A]\n", "a, b, c, d\n", "\n\n"]
)
def test_an_answer_without_memory_is_no_card(answer: str) -> None:
    assert parse_nvidia(answer) == ()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot bind a process to processors")
def test_a_bound_process_is_not_given_more_threads_than_it_may_run() -> None:
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, before)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the driver's tool is a shell script")
@pytest.mark.parametrize(("body", "cards"), [("echo 'Card, 1000, 900'", 1), ("exit 9", 0), ("exec sleep 60", 0)])
def test_a_driver_that_fails_or_hangs_is_no_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, cards: int
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(device, "_PATIENCE", 1.0)
    assert sum(card.kind == "cuda" for card in detect_device().graphics_cards) == cards
