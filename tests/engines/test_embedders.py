"""Search models on this machine: found by id, brought from a folder, refused when they do not work."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from datazoom_desktop.engines.embed import Embedder
from datazoom_desktop.engines.embedders import ChosenEmbedder, Embedders, shipped
from datazoom_desktop.kernel.errors import Problem
from tests.support.small_embedder import DIMS, make_small_embedder


@pytest.fixture
def embedders(tmp_path: Path) -> Embedders:
    return Embedders(tmp_path / "home" / "embedders")


def test_the_one_that_ships_is_there_without_a_home(embedders: Embedders) -> None:
    for found in (Embedders(), embedders):
        assert [one.model_id for one in found.list()] == ["all-MiniLM-L6-v2"]
        assert found.find("all-MiniLM-L6-v2").folder == shipped().folder


def test_a_model_brought_from_a_folder_is_found_by_its_id_and_works(embedders: Embedders, tmp_path: Path) -> None:
    folder = make_small_embedder(tmp_path / "brought")
    installed = embedders.install(folder)
    assert (installed.model_id, installed.dims) == ("words-96", DIMS)
    assert installed.folder != folder
    assert [one.model_id for one in embedders.list()] == ["all-MiniLM-L6-v2", "words-96"]
    said = installed.embed(["the lease ends", "governing law of England"])
    near, far = said @ installed.embed(["lease"])[0]
    assert near > far + 0.1
    assert embedders.install(folder) is installed
    assert [entry.name for entry in (tmp_path / "home" / "embedders").iterdir()] == ["words-96"]


def test_a_chosen_embedder_is_the_one_that_is_chosen_at_each_call(embedders: Embedders, tmp_path: Path) -> None:
    embedders.install(make_small_embedder(tmp_path / "brought"))
    chosen = ["words-96"]
    embedder: Embedder = ChosenEmbedder(embedders, lambda: chosen[0])
    assert (embedder.model_id, embedder.dims, embedder.max_tokens) == ("words-96", DIMS, 254)
    assert embedder.embed(["rent"]).shape == (1, DIMS)
    chosen[0] = "all-MiniLM-L6-v2"
    assert (embedder.model_id, embedder.dims) == ("all-MiniLM-L6-v2", 384)
    assert embedder.embed(["rent"]).shape == (1, 384)
    assert embedder.count_tokens(["the rent"]) == [2]


def test_a_model_that_is_not_here_is_a_problem(embedders: Embedders) -> None:
    for model_id in ("absent", "../absent", ""):
        with pytest.raises(Problem) as caught:
            embedders.find(model_id)
        assert "switch" in caught.value.remedy


def _less_text(folder: Path) -> None:
    _card(folder, max_word_pieces=128)


def _other_dims(folder: Path) -> None:
    _card(folder, dims=DIMS + 1)


def _no_graph(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"no graph")
    card = json.loads((folder / "model.json").read_text())
    card["files"]["model.onnx"]["sha256"] = "0fb4f1f4ca5bd1ef6a4cd8f5b4f52d3b5ac8d1c2fd4c3a4cb2c6e1f7f4b0a0aa"
    (folder / "model.json").write_text(json.dumps(card))


def _no_card(folder: Path) -> None:
    (folder / "model.json").write_text("{}")


def _strange_id(folder: Path) -> None:
    _card(folder, id="../outside")


def _card(folder: Path, **changes: object) -> None:
    card = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**card, **changes}))


@pytest.mark.parametrize("harm", [_less_text, _other_dims, _no_graph, _no_card, _strange_id])
def test_a_model_that_does_not_work_is_refused_and_leaves_nothing(
    embedders: Embedders, tmp_path: Path, harm: object
) -> None:
    folder = make_small_embedder(tmp_path / "brought")
    assert callable(harm)
    harm(folder)
    with pytest.raises(Problem):
        embedders.install(folder)
    assert [one.model_id for one in embedders.list()] == ["all-MiniLM-L6-v2"]
    home = tmp_path / "home" / "embedders"
    assert not home.exists() or list(home.iterdir()) == []


def test_vectors_have_length_one(tmp_path: Path) -> None:
    made = Embedders(tmp_path / "embedders").install(make_small_embedder(tmp_path / "brought"))
    lengths = np.linalg.norm(made.embed(["one", "", "two words"]), axis=1)
    np.testing.assert_allclose(lengths, 1, atol=1e-5)
