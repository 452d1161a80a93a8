"""The one door to models on disk: what can be had, what is here, fetch, import, remove.

Used by the command line and by the settings alike.
"""

from __future__ import annotations

import enum
import threading
from dataclasses import dataclass
from pathlib import Path

from datazoom_desktop.engines import download
from datazoom_desktop.engines.catalogue import ModelEntry, parse_catalogue
from datazoom_desktop.engines.download import Progress, ignore_progress
from datazoom_desktop.engines.llm import LlmState, LlmStatus, Phase
from datazoom_desktop.engines.model_store import InstalledModel, ModelStore
from datazoom_desktop.kernel.cancel import CancelToken
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.resources import resource_path


class Presence(enum.StrEnum):
    """Whether a model is on this machine."""

    ABSENT = "absent"
    DOWNLOADING = "downloading"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One line of the list of models.

    Attributes:
        entry: The catalogue's entry, or None for an imported file.
        installed: What is on this machine, or None.
        fetched_bytes: How much of it a pull brought so far; kept when a pull is broken off.
    """

    id: str
    name: str
    presence: Presence
    size_bytes: int
    memory_bytes: int
    licence: str
    entry: ModelEntry | None
    installed: InstalledModel | None
    fetched_bytes: int = 0


class Models:
    """The models of one home."""

    def __init__(self, home: Path, *, catalogue: Path | None = None, status: LlmStatus | None = None) -> None:
        """Read the catalogue.

        Args:
            home: The folder that holds everything; models go to its ``models`` folder.
            catalogue: Another list than the shipped one.
            status: Told of downloads while nothing else goes on.
        """
        text = (catalogue or resource_path("models.toml")).read_text(encoding="utf-8")
        self.entries, self.problems = parse_catalogue(text)
        self._store = ModelStore(home / "models")
        self._status = status
        self._lock = threading.Lock()
        self._pulling: dict[str, int] = {}

    def list(self) -> tuple[ModelRow, ...]:
        """Return every model of the catalogue in its order, then the imported files."""
        installed = {model.id: model for model in self._store.list()}
        rows = [self._row(entry, installed.pop(entry.id, None)) for entry in self.entries]
        return (*rows, *(_imported_row(model) for model in installed.values()))

    def installed(self, purpose: str = "answers") -> tuple[InstalledModel, ...]:
        """Return the models on this machine that serve ``purpose``."""
        return tuple(model for model in self._store.list() if model.purpose == purpose)

    def path(self, model_id: str) -> Path | None:
        """Return an installed model's weights, or None."""
        model = self._store.get(model_id)
        return self._store.path_of(model) if model else None

    def pull(
        self, model_id: str, progress: Progress = ignore_progress, cancel: CancelToken | None = None
    ) -> InstalledModel:
        """Fetch a model of the catalogue, continuing a broken-off pull; at once when it is here.

        Raises:
            Problem: There is no such model, or none of its sources could give it.
            Cancelled: ``cancel`` was raised; what was fetched is kept.
        """
        entry = self._entry(model_id)
        here = self._store.get(model_id)
        if here is not None:
            progress(here.size_bytes, here.size_bytes)
            return here

        def grew(done: int, total: int) -> None:
            with self._lock:
                self._pulling[model_id] = done
            self._tell(LlmState(Phase.DOWNLOADING, entry.name, done=done, total=total))
            progress(done, total)

        grew(0, entry.size_bytes)
        try:
            download.pull(entry, self._store.folder_of(model_id), progress=grew, cancel=cancel)
        finally:
            with self._lock:
                del self._pulling[model_id]
            self._tell(LlmState(Phase.ABSENT))
        return self._store.record(entry, "catalogue")

    def import_file(
        self,
        path: Path,
        *,
        name: str | None = None,
        progress: Progress = ignore_progress,
        cancel: CancelToken | None = None,
    ) -> InstalledModel:
        """Install a model file that the user has; see ``ModelStore.import_file``."""
        return self._store.import_file(path, self.entries, name=name, progress=progress, cancel=cancel)

    def remove(self, model_id: str) -> None:
        """Delete a model or the remains of a broken-off pull.

        Raises:
            Problem: There is none, or it is being fetched.
        """
        with self._lock:
            busy = model_id in self._pulling
        if busy:
            raise Problem("The model is being fetched", f"{model_id} is being fetched.", "Stop that first.")
        if not self._store.remove(model_id):
            raise Problem("No such model here", f"No model called {model_id} is on this machine.", self._choices())

    def _entry(self, model_id: str) -> ModelEntry:
        for entry in self.entries:
            if entry.id == model_id:
                return entry
        raise Problem("No such model", f"The list of models has no {model_id}.", self._choices())

    def _choices(self) -> str:
        return f"It has: {', '.join(entry.id for entry in self.entries)}."

    def _row(self, entry: ModelEntry, model: InstalledModel | None) -> ModelRow:
        with self._lock:
            pulled = self._pulling.get(entry.id)
        if model is not None:
            presence, fetched = Presence.READY, model.size_bytes
        elif pulled is not None:
            presence, fetched = Presence.DOWNLOADING, pulled
        else:
            presence, fetched = Presence.ABSENT, download.kept_bytes(entry, self._store.folder_of(entry.id))
        return ModelRow(
            entry.id,
            entry.name,
            presence,
            entry.size_bytes,
            entry.memory_bytes,
            entry.licence,
            entry,
            model,
            fetched,
        )

    def _tell(self, state: LlmState) -> None:
        """Report a download, unless a model runs meanwhile: then its own state is what counts."""
        if self._status is not None and self._status.state.phase in (Phase.ABSENT, Phase.DOWNLOADING, Phase.FAILED):
            self._status.set(state)


def _imported_row(model: InstalledModel) -> ModelRow:
    return ModelRow(
        model.id,
        model.name,
        Presence.READY,
        model.size_bytes,
        model.memory_bytes,
        model.licence,
        None,
        model,
        model.size_bytes,
    )
