"""The models on this machine: ``<home>/models/<id>/`` with the weights and ``model.json``, which says what they are.

A folder without ``model.json`` is a download in progress or its remains; it is no installed model. ``model.json`` is written
last, so that a kill never leaves a model that only looks complete. Sizes are bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from datazoom_desktop.engines.catalogue import ModelEntry
from datazoom_desktop.engines.download import Progress, ignore_progress
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.ids import slug

MANIFEST = "model.json"
_MAGIC = b"GGUF"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that can be started.

    Attributes:
        id: Its folder's name.
        memory_bytes: What it needs to answer; an estimate for a file that is in no catalogue.
        origin: Whether it came from the catalogue's sources or a person brought the file.
    """

    id: str
    name: str
    filename: str
    purpose: str
    licence: str
    size_bytes: int
    memory_bytes: int
    sha256: str
    origin: Literal["catalogue", "import"]


class ModelStore:
    """The folder ``models`` of a home."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder; it need not exist."""
        self._folder = folder

    def folder_of(self, model_id: str) -> Path:
        """Return where a model's files are or would be."""
        return self._folder / model_id

    def path_of(self, model: InstalledModel) -> Path:
        """Return a model's weights."""
        return self.folder_of(model.id) / model.filename

    def list(self) -> tuple[InstalledModel, ...]:
        """Return the installed models by name; one whose weights are gone or cut short is not installed."""
        found = []
        for manifest in self._folder.glob(f"*/{MANIFEST}"):
            model = _read(manifest)
            weights = manifest.parent / model.filename if model else None
            if model and weights and weights.is_file() and weights.stat().st_size == model.size_bytes:
                found.append(model)
        return tuple(sorted(found, key=lambda model: model.name.casefold()))

    def get(self, model_id: str) -> InstalledModel | None:
        """Return one installed model, or None."""
        return next((model for model in self.list() if model.id == model_id), None)

    def record(self, entry: ModelEntry, origin: Literal["catalogue", "import"]) -> InstalledModel:
        """Write down that the weights of ``entry`` are complete in their folder."""
        model = InstalledModel(
            id=entry.id,
            name=entry.name,
            filename=entry.filename,
            purpose=entry.purpose,
            licence=entry.licence,
            size_bytes=entry.size_bytes,
            memory_bytes=entry.memory_bytes,
            sha256=entry.sha256,
            origin=origin,
        )
        self._write(model)
        return model

    def remove(self, model_id: str) -> bool:
        """Delete a model, or what a broken-off download left of it; return whether there was anything."""
        folder = self.folder_of(model_id)
        if folder.parent != self._folder or not folder.is_dir():
            return False
        (folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(folder)
        return True

    def import_file(
        self,
        path: Path,
        known: tuple[ModelEntry, ...],
        *,
        name: str | None = None,
        progress: Progress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> InstalledModel:
        """Install a GGUF file that the user has: linked where the disk allows it, else copied.

        Args:
            path: The file; it stays where it is.
            known: The catalogue: a file with a known hash becomes that model.
            name: What to call it otherwise; the file's own name without its ending by default.
            progress: Called with (bytes done, bytes in all).
            cancel: Stops the import; nothing of it stays.

        Raises:
            Problem: It is not a model file, or a model of that name is there already.
            Cancelled: ``cancel`` was raised.
        """
        token = cancel or CancelToken()
        size = _check(path)
        incoming = self._folder / f".incoming-{os.getpid()}-{path.name}"
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            digest = _bring(path, incoming, size, progress, token.check)
            entry = next((item for item in known if item.sha256 == digest), None)
            if entry is None:
                entry = _unknown(path, name or path.stem, size, digest)
            if self.get(entry.id) is not None:
                raise Problem(
                    "That model is there already",
                    f"{entry.name} ({entry.id}) is installed.",
                    "Remove it first, or give the file another name.",
                    str(path),
                )
            target = self.folder_of(entry.id) / entry.filename
            target.parent.mkdir(exist_ok=True)
            incoming.replace(target)
        finally:
            incoming.unlink(missing_ok=True)
        return self.record(entry, "import")

    def _write(self, model: InstalledModel) -> None:
        manifest = self.folder_of(model.id) / MANIFEST
        fresh = manifest.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(model), indent=1) + "\n", encoding="utf-8")
        fresh.replace(manifest)


def _read(manifest: Path) -> InstalledModel | None:
    """Return what a manifest says, or None when it is damaged: its model then counts as not installed."""
    try:
        model = InstalledModel(**json.loads(manifest.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        return None
    return model if model.id == manifest.parent.name and Path(model.filename).name == model.filename else None


def _check(path: Path) -> int:
    """Return the size of a file that starts like a model.

    Raises:
        Problem: It is missing, unreadable or something else.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(len(_MAGIC))
        size = path.stat().st_size
    except OSError as error:
        raise Problem("The file cannot be read", f"{path.name}: {error.strerror}.", "", str(path)) from error
    if start != _MAGIC:
        raise Problem(
            "This is not a model file",
            f"{path.name} does not start as a GGUF file does.",
            "Choose a file in the GGUF format, whose name ends in .gguf.",
            str(path),
        )
    return size


def _bring(path: Path, target: Path, size: int, progress: Progress, check: Callable[[], None]) -> str:
    """Link or copy ``path`` to ``target`` and return its SHA-256, reading it once."""
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
        copy = None
    except OSError:  # another disk, or a file system without links
        copy = target.open("wb")
    digest = hashlib.sha256()
    done = 0
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                check()
                digest.update(block)
                if copy is not None:
                    copy.write(block)
                done += len(block)
                progress(done, size)
    finally:
        if copy is not None:
            copy.close()
    return digest.hexdigest()


def _unknown(path: Path, name: str, size: int, digest: str) -> ModelEntry:
    """Describe a file that is in no catalogue; its memory need is its size and a quarter."""
    return ModelEntry(
        id=slug(name),
        name=name,
        note="Imported from a file.",
        purpose="answers",
        quantisation="",
        licence="unknown",
        filename=path.name if path.suffix == ".gguf" else f"{path.stem}.gguf",
        sha256=digest,
        size_bytes=size,
        memory_bytes=size + size // 4,
        context_length=4096,
        sources=(),
    )
