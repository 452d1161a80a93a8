"""The sentence-transformers adapter where the ``gpu`` extra is installed, and what it says where it is not."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from datazoom_desktop.engines.embed import Embedder
from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.engines.st_embedder import StEmbedder
from datazoom_desktop.kernel.errors import Problem

INSTALLED = importlib.util.find_spec("sentence_transformers") is not None


def test_both_embedders_name_the_same_model() -> None:
    seam: Embedder = StEmbedder()
    ours = OnnxEmbedder()
    assert (seam.model_id, seam.dims, seam.max_tokens) == (ours.model_id, ours.dims, ours.max_tokens)


@pytest.mark.skipif(INSTALLED, reason="sentence-transformers is installed")
def test_without_the_extra_it_says_how_to_install_it() -> None:
    with pytest.raises(Problem) as caught:
        StEmbedder().embed(["anything"])
    assert "datazoom-desktop[gpu]" in caught.value.remedy


@pytest.mark.skipif(not INSTALLED, reason="sentence-transformers is not installed")
def test_without_the_checkpoint_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        StEmbedder(tmp_path / "absent", device="cpu").embed(["anything"])
    assert caught.value.title == "The search model is missing"
