"""How many of a model's layers go to the graphics card, and whether the rest fits: arithmetic on free memory, nothing else.

llama.cpp counts the output matrix as one layer more than the model has blocks; so does this module. A layer costs its share
of the file plus its part of the key-value cache; a fixed reserve is left for working buffers and for whatever else draws on
the screen. All sizes are bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RESERVE = 768 * 1024 * 1024
_F16 = 2


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What of a model matters for its place in memory.

    Attributes:
        file_bytes: Size of the weights.
        layers: Blocks plus one for the output matrix.
        cache_bytes: Key-value cache of one layer at the context used.
    """

    file_bytes: int
    layers: int
    cache_bytes: int

    @property
    def layer_bytes(self) -> int:
        """What one layer takes on the card."""
        return -(-self.file_bytes // self.layers) + self.cache_bytes


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics card as the engine sees it; ``shared`` when it draws on the machine's own memory."""

    name: str
    free_bytes: int
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """The plan: ``gpu_layers`` of ``layers``; ``notice`` is empty unless a card is there and cannot take everything."""

    gpu_layers: int
    layers: int
    notice: str = ""


def shape_of(metadata: Mapping[str, str], file_bytes: int, context_tokens: int) -> ModelShape:
    """Return the shape from a model file's own metadata.

    Raises:
        ValueError: The metadata says nothing of its layers.
    """
    family = metadata.get("general.architecture", "")
    blocks = _number(metadata, f"{family}.block_count")
    if not blocks:
        raise ValueError("the model file does not say how many layers it has")
    heads = _number(metadata, f"{family}.attention.head_count") or 1
    cached_heads = _number(metadata, f"{family}.attention.head_count_kv") or heads
    width = _number(metadata, f"{family}.embedding_length") // heads
    keys = _number(metadata, f"{family}.attention.key_length") or width
    values = _number(metadata, f"{family}.attention.value_length") or width
    return ModelShape(file_bytes, blocks + 1, context_tokens * cached_heads * (keys + values) * _F16)


def plan(shape: ModelShape, gpus: Sequence[Gpu], reserve: int = RESERVE) -> Placement:
    """Return how many layers fit the free memory of ``gpus``, each keeping ``reserve`` free."""
    if not gpus:
        return Placement(0, shape.layers)
    fitting = sum(max(0, gpu.free_bytes - reserve) // shape.layer_bytes for gpu in gpus)
    layers = min(shape.layers, fitting)
    if layers == shape.layers:
        return Placement(layers, shape.layers)
    names = " and ".join(gpu.name for gpu in gpus)
    free = sum(gpu.free_bytes for gpu in gpus) / 1e9
    needed = (shape.layer_bytes * shape.layers + reserve) / 1e9
    where = f"{layers} of its {shape.layers} layers run there" if layers else "it runs on the processor instead"
    return Placement(
        layers,
        shape.layers,
        f"{names} has {free:.1f} GB of memory free and the model wants {needed:.1f} GB, so {where}.",
    )


def shortage(needed: int, available: int, placement: Placement, gpus: Sequence[Gpu]) -> str:
    """Return why a model cannot be loaded without pushing other programs out of memory; empty when it can.

    Args:
        needed: Bytes that the model takes when the processor does all.
        available: Bytes of the machine's memory that could be had now without swapping.
        placement: How much of it goes to ``gpus``.
        gpus: A card that shares the machine's memory relieves nothing.
    """
    relief = placement.gpu_layers if gpus and not any(gpu.shared for gpu in gpus) else 0
    here = needed * (placement.layers - relief) // placement.layers if placement.layers else needed
    if here <= available:
        return ""
    return f"it needs {here / 1e9:.1f} GB of memory and {available / 1e9:.1f} GB are free"


def _number(metadata: Mapping[str, str], key: str) -> int:
    text = metadata.get(key, "0")
    return int(text) if text.isdecimal() else 0
