from __future__ import annotations

import pytest

from datazoom_desktop.engines.placement import RESERVE, Gpu, ModelShape, Placement, plan, shape_of, shortage

SHAPE = ModelShape(file_bytes=25_000, layers=25, cache_bytes=200)  # 1,200 bytes a layer


def card(layers: float) -> Gpu:
    return Gpu("Card", RESERVE + int(layers * 1200))


def test_no_card_means_the_processor_without_a_notice() -> None:
    assert plan(SHAPE, []).gpu_layers == 0
    assert plan(SHAPE, []).notice == ""


@pytest.mark.parametrize(("room", "expected"), [(0, 0), (0.99, 0), (1, 1), (24.5, 24), (25, 25), (400, 25)])
def test_as_many_layers_as_fit_after_the_reserve(room: float, expected: int) -> None:
    placement = plan(SHAPE, [card(room)])
    assert placement.gpu_layers == expected
    assert placement.layers == 25
    assert bool(placement.notice) == (expected < 25)


def test_a_full_card_is_said_not_hidden() -> None:
    notice = plan(SHAPE, [Gpu("Card", 100_000_000)]).notice
    assert "Card has 0.1 GB" in notice
    assert "runs on the processor" in notice
    assert "3 of its 25 layers" in plan(SHAPE, [card(3)]).notice


def test_two_cards_add_up_but_each_keeps_its_reserve() -> None:
    assert plan(SHAPE, [card(10), card(20)]).gpu_layers == 25
    assert plan(SHAPE, [card(10), card(4)]).gpu_layers == 14
    assert plan(SHAPE, [card(10), Gpu("Small", RESERVE - 1)]).gpu_layers == 10


def test_shape_counts_the_cache_of_grouped_heads() -> None:
    metadata = {
        "general.architecture": "qwen2",
        "qwen2.block_count": "24",
        "qwen2.attention.head_count": "14",
        "qwen2.attention.head_count_kv": "2",
        "qwen2.embedding_length": "896",
    }
    shape = shape_of(metadata, 491_400_064, 4096)
    assert shape.layers == 25
    assert shape.cache_bytes == 4096 * 2 * (64 + 64) * 2
    wide = shape_of({**metadata, "qwen2.attention.key_length": "128", "qwen2.attention.value_length": "256"}, 1, 10)
    assert wide.cache_bytes == 10 * 2 * (128 + 256) * 2


def test_metadata_without_layers_is_refused() -> None:
    with pytest.raises(ValueError, match="layers"):
        shape_of({"general.architecture": "qwen2"}, 1, 1)


def test_what_stays_off_the_card_must_fit_into_memory() -> None:
    everything, half = Placement(25, 25), Placement(10, 20)
    own, shared = [Gpu("Card", 9)], [Gpu("Chip", 9, shared=True)]
    assert shortage(4_000_000_000, 4_000_000_000, Placement(0, 0), []) == ""
    assert (
        shortage(4_000_000_000, 3_900_000_000, Placement(0, 0), []) == "it needs 4.0 GB of memory and 3.9 GB are free"
    )
    assert shortage(4_000_000_000, 0, everything, own) == ""
    assert shortage(4_000_000_000, 2_000_000_000, half, own) == ""
    assert "2.0 GB of memory and 1.9 GB" in shortage(4_000_000_000, 1_900_000_000, half, own)
    assert "4.0 GB of memory" in shortage(4_000_000_000, 1_900_000_000, everything, shared), (
        "a shared card relieves nothing"
    )
    assert shortage(0, 0, Placement(0, 0), []) == "", "an unknown need is not looked at"
