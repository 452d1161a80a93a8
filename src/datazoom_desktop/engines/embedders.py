"""The embedders on this machine: the one that ships, and those a person brought, each a folder in the product's own form.

Such a folder holds ``model.onnx`` (a graph from the ``ids`` of one text to its unit vector), ``tokenizer.json`` and ``model.json`` (its
id, dims, most word pieces, and the SHA-256 of the two others), as ``packaging/export_embedder.py`` writes it. Those brought are kept in
``<home>/embedders/<id>/``.
"""

from __future__ import annotations

import re
import secrets
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from datazoom_desktop.engines.embed import Vectors
from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.storage.faults import file_faults

LEAST_TOKENS = 254  #: word pieces that an embedder must take in, since passages are cut to that
_FILES = ("model.onnx", "tokenizer.json", "model.json")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


class Embedders:
    """Finds embedders by their ids; each is made once and loads its weights at its first use. Thread-safe."""

    def __init__(self, home: Path | None = None) -> None:
        """Know those that ship and, where there is a ``home``, those in it."""
        self._home = home
        self._lock = threading.Lock()
        self._made: dict[str, OnnxEmbedder] = {}

    def list(self) -> tuple[OnnxEmbedder, ...]:
        """Return those that can be used, the one that ships first, then by id; a folder that makes no sense is left out."""
        ids = [shipped().model_id]
        if self._home is not None and self._home.is_dir():
            ids += sorted(folder.name for folder in self._home.iterdir() if _ID.match(folder.name))
        out = []
        for model_id in ids:
            try:
                out.append(self.find(model_id))
            except Problem:
                continue
        return tuple(out)

    def find(self, model_id: str) -> OnnxEmbedder:
        """Return the embedder of this id.

        Raises:
            Problem: It is not on this machine, or its folder is another's or damaged.
        """
        with self._lock:
            if model_id not in self._made:
                self._made[model_id] = _checked(self._folder_of(model_id), model_id)
            return self._made[model_id]

    def install(self, folder: Path) -> OnnxEmbedder:
        """Copy an embedder into the home, after making sure that it works; one that is there already stays. Takes seconds.

        Raises:
            Problem: The folder holds no embedder, a damaged one, or one that reads less text than a passage has; or the disk is full.
        """
        if self._home is None:
            raise ValueError("there is no home to copy an embedder to")
        model_id = OnnxEmbedder(folder).model_id
        if not _ID.match(model_id):
            raise Problem("Not a search model", f"“{model_id}” cannot be the id of a search model.", "", str(folder))
        if model_id == shipped().model_id or (self._home / model_id).is_dir():
            return self.find(model_id)
        building = self._home / f".{secrets.token_hex(6)}.part"
        try:
            with file_faults(self._home):
                building.mkdir(parents=True)
                for name in _FILES:
                    shutil.copyfile(folder / name, building / name)
            _tried(OnnxEmbedder(building, threads=1), folder)
            building.replace(self._home / model_id)
        finally:
            if building.exists():
                shutil.rmtree(building)
        return self.find(model_id)

    def _folder_of(self, model_id: str) -> Path:
        if model_id == shipped().model_id:
            return shipped().folder
        if self._home is None or not _ID.match(model_id) or not (self._home / model_id).is_dir():
            raise Problem(
                "The search model is not on this machine",
                f"This room is searched with the model {model_id}, which is not here.",
                "Bring it back, or let the room use another: datazoom index ROOM switch MODEL",
            )
        return self._home / model_id


class ChosenEmbedder:
    """An ``Embedder`` that is, at each call, the one whose id ``choose`` returns."""

    def __init__(self, embedders: Embedders, choose: Callable[[], str]) -> None:
        """Look it up in ``embedders``."""
        self._embedders = embedders
        self._choose = choose

    @property
    def model_id(self) -> str:
        """The id of the one that is chosen now."""
        return self._choose()

    @property
    def dims(self) -> int:
        """The number of components of its vectors."""
        return self._chosen().dims

    @property
    def max_tokens(self) -> int:
        """The most word pieces of a text that reach its vector."""
        return self._chosen().max_tokens

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of ``texts``; see ``Embedder.embed``.

        Raises:
            Problem: Its files are missing or damaged.
        """
        return self._chosen().embed(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of word pieces, uncut.

        Raises:
            Problem: Its files are missing or damaged.
        """
        return self._chosen().count_tokens(texts)

    def _chosen(self) -> OnnxEmbedder:
        return self._embedders.find(self._choose())


def shipped() -> OnnxEmbedder:
    """Return the embedder that ships with the product; its weights are loaded at first use."""
    return OnnxEmbedder(resource_path("models", "all-MiniLM-L6-v2"))


def _checked(folder: Path, model_id: str) -> OnnxEmbedder:
    """Return the embedder in ``folder`` when it is the one that is wanted and reads enough."""
    embedder = OnnxEmbedder(folder)
    if embedder.model_id != model_id:
        raise Problem(
            "The search model is another one",
            f"The folder {folder} holds the model {embedder.model_id}, not {model_id}.",
            "Delete the folder, then bring the model again.",
            str(folder),
        )
    return embedder


def _tried(embedder: OnnxEmbedder, folder: Path) -> None:
    """Make sure that an embedder does what it says.

    Raises:
        Problem: It reads too little, cannot be run, or gives something else than unit vectors.
    """
    if embedder.max_tokens < LEAST_TOKENS:
        raise Problem(
            "This search model reads too little",
            f"{embedder.model_id} reads {embedder.max_tokens} word pieces of a text, but passages have up to {LEAST_TOKENS}.",
            "Choose a model that reads at least that much.",
            str(folder),
        )
    try:
        vectors = embedder.embed(["The lease ends in 2031.", ""])
    except (
        RuntimeError,
        ValueError,
    ) as error:  # what the runtime says of a graph that it cannot run or that gives other shapes
        raise _does_not_work(embedder, folder, str(error)) from error
    lengths = (vectors.astype(float) ** 2).sum(axis=1) ** 0.5
    if not (abs(lengths - 1.0) < 0.01).all():
        raise _does_not_work(embedder, folder, "its vectors are not of length one")


def _does_not_work(embedder: OnnxEmbedder, folder: Path, why: str) -> Problem:
    return Problem(
        "This search model does not work",
        f"{embedder.model_id} was tried and failed: {why}.",
        "Use a folder as packaging/export_embedder.py writes it.",
        str(folder),
    )
