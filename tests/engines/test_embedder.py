"""The shipped embedder held against sentence-transformers' own vectors, and its promises about order, length and damage."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from datazoom_desktop.engines.embed import Embedder
from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.resources import resource_path
from tests.engines.golden.sample_room import FACTS, texts_of
from tests.engines.golden.texts import PAIRS, digest, golden_texts, long_texts

GOLDEN = Path(__file__).parent / "golden"
MODEL = resource_path("models", "all-MiniLM-L6-v2")
Floats = NDArray[np.float32]


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder()


@pytest.fixture(scope="module")
def ours(embedder: OnnxEmbedder) -> Floats:
    return embedder.embed(golden_texts())


@pytest.fixture(scope="module")
def theirs() -> Floats:
    with np.load(GOLDEN / "texts.npz") as kept:
        assert str(kept["digest"]) == digest(golden_texts()), (
            "the texts changed: run packaging/make_embedding_golden.py"
        )
        return kept["texts"].astype(np.float32)


def ranks(questions: Floats, answers: Floats) -> NDArray[np.int64]:
    """Return how many answers stand before the right one, which is row i for question i."""
    scores = questions @ answers.T
    right = np.diagonal(scores)[:, None]
    return np.asarray((scores > right).sum(axis=1))


def test_it_is_an_embedder(embedder: OnnxEmbedder, ours: Floats) -> None:
    seam: Embedder = embedder
    assert (seam.model_id, seam.dims, seam.max_tokens) == ("all-MiniLM-L6-v2", 384, 254)
    assert ours.shape == (len(golden_texts()), 384)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)


def test_vectors_are_near_the_reference(ours: Floats, theirs: Floats) -> None:
    cosines = (ours * theirs).sum(axis=1)
    assert cosines.mean() >= 0.988
    assert cosines[:265].min() >= 0.975  # sentences and long texts
    assert cosines.min() >= 0.955  # a row of dashes, single characters, scripts the model hardly knows


def test_retrieval_is_no_worse_than_the_reference(ours: Floats, theirs: Floats) -> None:
    n = len(PAIRS)
    mine, reference = ranks(ours[:n], ours[n : n + 160]), ranks(theirs[:n], theirs[n : n + 160])
    for k in (1, 3, 5):
        assert (mine < k).sum() >= (reference < k).sum() - 1, f"recall at {k} fell by more than one question of {n}"


def test_neighbours_agree_with_the_reference(ours: Floats, theirs: Floats) -> None:
    shared = []
    for mine, reference in zip(_nearest(ours[:220]), _nearest(theirs[:220]), strict=True):
        shared.append(len(set(mine) & set(reference)) / len(mine))
    assert np.mean(shared) >= 0.85


def _nearest(vectors: Floats, k: int = 5) -> list[list[int]]:
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -2)
    found: list[list[int]] = np.argsort(-scores, axis=1)[:, :k].tolist()
    return found


def test_a_vector_depends_on_its_text_alone(embedder: OnnxEmbedder, ours: Floats) -> None:
    texts = golden_texts()
    for at in (0, 75, 180, 264, 265, len(texts) - 1):
        assert np.array_equal(embedder.embed([texts[at]])[0], ours[at])
    back = embedder.embed(texts[::-3])
    assert np.array_equal(back, ours[::-3])


def test_the_number_of_threads_changes_nothing(ours: Floats) -> None:
    texts = golden_texts()[40:80]
    assert np.array_equal(OnnxEmbedder(threads=1).embed(texts), ours[40:80])
    assert np.array_equal(OnnxEmbedder(threads=5).embed(texts), ours[40:80])


def test_it_may_be_used_from_many_threads_at_once(ours: Floats) -> None:
    fresh = OnnxEmbedder(threads=2)
    texts = golden_texts()
    with ThreadPoolExecutor(6) as pool:
        slices = [slice(at, at + 20) for at in range(0, 120, 20)]
        found = list(pool.map(lambda s: (fresh.embed(texts[s]), fresh.count_tokens(texts[s])), slices))
    for s, (vectors, counts) in zip(slices, found, strict=True):
        assert np.array_equal(vectors, ours[s])
        assert len(counts) == 20


def test_what_is_past_the_limit_is_cut_off(embedder: OnnxEmbedder) -> None:
    longest = long_texts()[14]
    counts = embedder.count_tokens([longest])
    assert counts[0] > 2 * embedder.max_tokens
    exact = "tenant " * embedder.max_tokens
    assert embedder.count_tokens([exact]) == [embedder.max_tokens]
    short, full, over = embedder.embed([exact[: -len("tenant ")], exact, exact + "and a wholly different ending"])
    assert np.array_equal(full, over)
    assert not np.array_equal(short, full)


def test_word_pieces_are_counted_without_marks(embedder: OnnxEmbedder) -> None:
    assert embedder.count_tokens(["", "lease", "The lease ends.", "unassignable"]) == [0, 1, 4, 4]
    assert embedder.count_tokens([]) == []


def test_nothing_and_broken_text_are_taken(embedder: OnnxEmbedder) -> None:
    assert embedder.embed([]).shape == (0, 384)
    halves, question = embedder.embed(["a \ud83d b", "a ? b"])
    assert np.array_equal(halves, question)
    assert np.isfinite(embedder.embed(["", "\x00", "\ufffd"])).all()


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "model.json"])
@pytest.mark.parametrize("harm", ["absent", "one byte", "cut short"])
def test_damaged_files_are_a_problem_with_a_remedy(tmp_path: Path, name: str, harm: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    file = folder / name
    data = file.read_bytes()
    if harm == "absent":
        file.unlink()
    elif harm == "cut short":
        file.write_bytes(data[: len(data) // 2])
    else:
        file.write_bytes(b"\xff" + data[1:])
    with pytest.raises(Problem) as caught:
        OnnxEmbedder(folder).embed(["anything"])
    assert caught.value.title == ("The search model is missing" if harm == "absent" else "The search model is damaged")
    assert caught.value.path == str(file)
    assert caught.value.remedy.startswith("Install DataZoom again.")


def test_nothing_is_read_before_the_first_use(tmp_path: Path) -> None:
    late = OnnxEmbedder(tmp_path / "model")
    shutil.copytree(MODEL, tmp_path / "model")
    assert late.embed(["now"]).shape == (1, 384)


def test_the_card_tells_where_the_weights_are_from() -> None:
    card = json.loads((MODEL / "model.json").read_text(encoding="utf-8"))
    assert card["source"]["weights_sha256"] == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    licence = (MODEL / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "sentence-transformers/all-MiniLM-L6-v2" in licence


@pytest.mark.skipif(
    not FACTS.exists() or not (GOLDEN / "sample_room.npz").exists(), reason="the sample room is not here yet"
)
def test_retrieval_in_the_sample_room_is_no_worse_than_the_reference(embedder: OnnxEmbedder) -> None:
    questions, quotes = texts_of(FACTS)
    with np.load(GOLDEN / "sample_room.npz") as kept:
        assert str(kept["digest"]) == digest([*questions, *quotes]), (
            "the facts changed: run packaging/make_embedding_golden.py"
        )
        reference = ranks(kept["questions"].astype(np.float32), kept["quotes"].astype(np.float32))
    mine = ranks(embedder.embed(questions), embedder.embed(quotes))
    one = max(0.01, 1 / len(questions))  # a point, or one question where there are fewer than a hundred
    assert (1 / (mine + 1)).mean() >= (1 / (reference + 1)).mean() - one
    assert (mine < 3).mean() >= (reference < 3).mean() - one - 1e-9
