"""Originals by the hash of their bytes."""

from __future__ import annotations

import errno
import hashlib
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datazoom_desktop.kernel.cancel import Cancelled
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.storage import blobs as blobs_module
from datazoom_desktop.storage.blobs import Blobs


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


@settings(max_examples=40, deadline=None)
@given(contents=st.lists(st.binary(max_size=4096), max_size=6))
def test_what_is_added_is_kept_once_under_its_hash(
    tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]
) -> None:
    kept = Blobs(tmp_path_factory.mktemp("blobs"))
    for content in contents:
        assert kept.add_bytes(content) == (hashlib.sha256(content).hexdigest(), len(content))
    wanted = sorted({hashlib.sha256(content).hexdigest() for content in contents})
    assert list(kept.all()) == wanted
    for content in contents:
        sha256 = hashlib.sha256(content).hexdigest()
        assert kept.path(sha256).read_bytes() == content
        assert kept.has(sha256)
        assert kept.verify(sha256)


def test_a_file_is_copied_and_the_copy_is_its_own(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "a.bin"
    source.write_bytes(b"x" * 3_000_001)
    sha256, size = blobs.add_file(source)
    source.write_bytes(b"changed")
    assert size == 3_000_001
    assert blobs.verify(sha256)


def test_stopping_halfway_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "a.bin"
    source.write_bytes(b"x" * (3 << 20))
    calls: list[int] = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        blobs.add_file(source, check)
    assert list(blobs.all()) == []
    assert list(blobs.incoming.iterdir()) == []


def test_a_full_disk_is_a_problem_and_leaves_nothing(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(blobs_module.os, "fsync", full)
    with pytest.raises(Problem) as caught:
        blobs.add_bytes(b"abc")
    assert caught.value.title == "The disk is full"
    monkeypatch.undo()
    assert list(blobs.all()) == []
    assert list(blobs.incoming.iterdir()) == []


def test_adding_the_same_bytes_again_heals_a_damaged_copy(blobs: Blobs) -> None:
    sha256, _size = blobs.add_bytes(b"original")
    blobs.path(sha256).chmod(0o644)
    blobs.path(sha256).write_bytes(b"0riginal")
    assert blobs.has(sha256)
    assert not blobs.verify(sha256)
    blobs.add_bytes(b"original")
    assert blobs.verify(sha256)


def test_a_kept_original_is_protected_from_writing_and_can_be_removed(blobs: Blobs) -> None:
    sha256, _size = blobs.add_bytes(b"original")
    assert blobs.path(sha256).stat().st_mode & 0o222 == 0
    blobs.remove(sha256)
    blobs.remove(sha256)
    assert not blobs.has(sha256)
    assert not blobs.verify(sha256)


def test_leftovers_of_interrupted_copies_are_cleared(blobs: Blobs) -> None:
    (blobs.incoming / "half").write_bytes(b"half")
    assert blobs.clear_incoming() == 1
    assert list(blobs.all()) == []


@pytest.mark.parametrize("wrong", ["", "..", "../" * 10, "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_only_a_hash_names_a_blob(blobs: Blobs, wrong: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        blobs.path(wrong)


def test_a_file_that_cannot_be_read_is_a_problem_about_that_file(blobs: Blobs, tmp_path: Path) -> None:
    for file in (tmp_path / "absent.pdf", tmp_path):
        with pytest.raises(Problem) as caught:
            blobs.add_file(file)
        assert caught.value.path == str(file)


def test_the_same_bytes_added_by_many_threads_are_one_blob(blobs: Blobs) -> None:
    data = b"y" * 500_000
    results: list[tuple[str, int]] = []
    threads = [threading.Thread(target=lambda: results.append(blobs.add_bytes(data))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [(hashlib.sha256(data).hexdigest(), len(data))] * 8
    assert len(list(blobs.all())) == 1
    assert list(blobs.incoming.iterdir()) == []


def test_a_file_of_the_rooms_own_is_moved_in_and_known_bytes_are_kept_once(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    files = [tmp_path / name for name in "abc"]
    for file in files:
        file.write_bytes(b"another" if file.name == "c" else b"the same")
    first, second, third = blobs.adopt(files)
    assert not any(file.exists() for file in files)
    assert first == second != third
    assert (first[1], blobs.path(first[0]).read_bytes()) == (8, b"the same")
    assert set(blobs.all()) == {first[0], third[0]}
    assert all(map(blobs.verify, blobs.all()))
    assert blobs.adopt([]) == []
