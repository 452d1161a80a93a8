"""Folders nobody vouches for: every file is taken in or said to be left out, nothing is waited for without end."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from datazoom_desktop.documents.service import Documents
from datazoom_desktop.intake.folders import Found, LeftOut, walk
from datazoom_desktop.intake.service import Intake
from datazoom_desktop.jobs.queue import Queue
from datazoom_desktop.kernel.changes import ChangeBus
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage import blobs as blobs_module
from tests.intake.test_folders import found, left_out
from tests.support.intake_bench import Bench

unix = pytest.mark.skipif(sys.platform == "win32", reason="made with what only Unix has")
linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are always Unicode")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    with made.room:
        yield made


@pytest.fixture
def deal(tmp_path: Path) -> Path:
    folder = tmp_path / "deal"
    folder.mkdir()
    (folder / "lease.txt").write_text("The lease ends on 31 December.")
    return folder


def reasons(told: dict[str, Any]) -> dict[str, str]:
    return {item["path"]: item["reason"] for item in told["left_out"]}


@unix
def test_pipes_sockets_devices_and_circles_of_links_are_left_out(deal: Path, bench: Bench) -> None:
    os.mkfifo(deal / "pipe.pdf")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(deal)  # a socket's path is short
        try:
            listening.bind("s.pdf")
        finally:
            os.chdir(here)
        (deal / "device").symlink_to("/dev/zero")
        (deal / "one").symlink_to("two")
        (deal / "two").symlink_to("one")
        told = bench.scan(deal)
    assert set(bench.paths()) == {"lease.txt"}
    assert set(reasons(told)) == {"pipe.pdf", "s.pdf", "device", "one", "two"}


@unix
def test_folders_that_link_to_each_other_end(deal: Path) -> None:
    for number in range(12):  # followed to the end, these are 2 ** 12 ways to one file
        (deal / f"{number}").mkdir()
        if number:
            for name in "ab":
                (deal / f"{number - 1}" / name).symlink_to(deal / f"{number}", target_is_directory=True)
    (deal / "11" / "end.txt").write_text("x")
    (deal / "11" / "back").symlink_to(deal / "3", target_is_directory=True)
    items = list(walk(deal))
    assert len(items) < 200
    assert {"11/end.txt", "10/a/end.txt", "10/b/end.txt"} <= {item.path for item in items if isinstance(item, Found)}
    assert any("has its own place" in item.reason for item in items if isinstance(item, LeftOut))


@unix
def test_a_file_that_turns_into_a_pipe_is_not_waited_for(deal: Path, bench: Bench) -> None:
    def turn() -> None:
        if not (deal / "lease.txt").is_fifo():
            (deal / "lease.txt").unlink()
            os.mkfifo(deal / "lease.txt")

    told = bench.scan(deal, turn)
    assert bench.paths() == {}
    assert "a pipe" in reasons(told)["lease.txt"]


def test_a_tree_of_two_thousand_levels_is_taken_in(tmp_path: Path, bench: Bench) -> None:
    root = tmp_path / "d"
    root.mkdir()
    here = Path.cwd()
    os.chdir(root)  # step by step, for the whole path is longer than the system takes at once
    try:
        for _ in range(2000):
            Path("d").mkdir()
            os.chdir("d")
        Path("end.txt").write_text("x")
    finally:
        os.chdir(here)
    told = bench.scan(root)
    paths = set(bench.paths())
    assert paths == {"d/" * 2000 + "end.txt"} or (not paths and len(told["left_out"]) == 1)
    rows = Documents(bench.room).rows()
    assert [row.path for row in rows] == sorted(paths)
    _remove_deep(root)


def _remove_deep(root: Path) -> None:
    """Remove a tree that is too deep for the library."""
    flat = root.parent / "flat"
    while (root / "d").exists():
        (root / "d").rename(flat)
        for file in root.iterdir():
            file.unlink()
        root.rmdir()
        flat.rename(root)


def test_ten_thousand_files_in_one_folder_are_all_found(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(10_000):
        (folder / f"{number}.txt").touch()
    assert len(found(folder)) == 10_000


@linux
def test_names_of_every_kind_stay_apart_and_can_be_shown(deal: Path, bench: Bench) -> None:
    names = [
        *(b"new\nline.txt", b"bell\x07.txt", b"clear\x1b[2J.txt", b"x" * 251 + b".txt", b"\xff\xfe.txt", b" .txt"),
        *("e\u0301.txt".encode(), "\u00e9.txt".encode(), "\u5951\u7d04.txt".encode(), "cod\u202etxt.exe".encode()),
        *(b"back\\slash.txt", b"a:b*?.txt", b"CON", "\U0001f512.txt".encode(), "\u0639\u0642\u062f.txt".encode()),
    ]
    for number, name in enumerate(names):
        (deal / os.fsdecode(name)).write_text(str(number))
    told = bench.scan(deal)
    paths = set(bench.paths())
    assert reasons(told) == {}
    assert len(paths) == len(names) + 1
    assert {
        "new[U+000A]line.txt",
        "clear[U+001B][2J.txt",
        "cod[U+202E]txt.exe",
        "\u00e9.txt",
        "\u00e9 (2).txt",
    } <= paths
    assert all(path.isprintable() for path in paths)
    assert bench.scan(deal)["counts"]["unchanged"] == len(paths)


@unix
def test_a_file_of_a_terabyte_is_refused_by_its_size(deal: Path, bench: Bench) -> None:
    try:
        with (deal / "disk.vmdk").open("wb") as stream:
            stream.truncate(1 << 40)
    except OSError:
        pytest.skip("the file system has no sparse files of this size")
    told = bench.scan(deal)
    assert set(bench.paths()) == {"lease.txt"}
    assert "larger than 16 GB" in reasons(told)["disk.vmdk"]


def test_a_file_that_grows_without_end_is_left_out_until_the_next_look(deal: Path, bench: Bench) -> None:
    log = deal / "server.log"
    log.write_bytes(bytes(3 << 20))

    def grow() -> None:
        with log.open("ab") as stream:
            stream.write(b"one more line\n")

    told = bench.scan(deal, grow)
    assert set(bench.paths()) == {"lease.txt"}
    assert "was written to whenever it was read" in reasons(told)["server.log"]
    assert list(bench.room.blobs.incoming.iterdir()) == []
    bench.scan(deal)
    assert set(bench.paths()) == {"lease.txt", "server.log"}


def test_a_file_that_changes_once_while_it_is_read_is_read_again(tmp_path: Path, bench: Bench) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(b"old " * 500_000)
    calls = 0

    def change() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            file.write_bytes(b"new " * 500_000)
            os.utime(file, ns=(1, 1))

    sha256, _ = bench.room.blobs.add_file(file, change)
    assert bench.room.blobs.path(sha256).read_bytes() == b"new " * 500_000
    assert len(list(bench.room.blobs.all())) == 1


def test_zero_bytes_are_a_file_too(deal: Path, bench: Bench) -> None:
    (deal / "empty.pdf").touch()
    bench.scan(deal)
    assert set(bench.paths()) == {"lease.txt", "empty.pdf"}


@unix
@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_file_without_permission_is_left_out_and_the_rest_comes_in(deal: Path, bench: Bench) -> None:
    (deal / "secret.txt").write_text("x")
    (deal / "secret.txt").chmod(0)
    told = bench.scan(deal)
    assert set(bench.paths()) == {"lease.txt"}
    assert "could not be read" in reasons(told)["secret.txt"]


def test_files_that_come_and_go_meanwhile_harm_nothing(deal: Path, bench: Bench) -> None:
    stop = threading.Event()

    def churn() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            file = deal / f"temporary {number % 50}.txt"
            file.write_text(str(number))
            (deal / f"temporary {(number + 25) % 50}.txt").unlink(missing_ok=True)

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(5):
            bench.scan(deal)
    finally:
        stop.set()
        thread.join()
    assert "lease.txt" in bench.paths()


@unix
@pytest.mark.parametrize("name", ["x" * 300, "x/" * 3000])
def test_a_path_longer_than_the_system_allows_is_a_problem_in_words(tmp_path: Path, bench: Bench, name: str) -> None:
    with pytest.raises(Problem, match="does not exist"):
        Intake(bench.room, Queue(bench.room.db), ChangeBus()).add([tmp_path / name])


def test_the_limit_on_one_file_is_what_its_reason_says(
    deal: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs_module, "LARGEST_BYTES", 10)
    assert bench.scan(deal)["left_out"] != []
    assert left_out(deal) == {}
