"""The language model of a session: found, started when first asked, stopped at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datazoom_desktop.engines.device import detect_device
from datazoom_desktop.engines.llm import LanguageModel, LlmStatus
from datazoom_desktop.engines.models import Models
from datazoom_desktop.engines.router import EnginePolicy, Router
from datazoom_desktop.kernel.errors import Problem


def make_router(home: Path, status: LlmStatus | None = None) -> Router:
    """Return what chooses the language model of this home; remote engines stay off until an organization turns them on.

    ``status`` is where the local model's state is told, for those who show it.
    """
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    return Router(
        Models(home), EnginePolicy(), memory_bytes=detect_device().total_memory, log_folder=logs, status=status
    )


@contextmanager
def local_model(home: Path, *, wanted: bool) -> Iterator[LanguageModel | None]:
    """Yield the home's language model, or None when none is wanted; it is stopped afterwards.

    Raises:
        Problem: One is wanted and none is installed.
    """
    if not wanted:
        yield None
        return
    router = make_router(home)
    try:
        model = router.pick()
        if model is None:
            raise Problem(
                "No language model",
                "Written answers need a language model, and none is on this machine.",
                "Fetch one with: datazoom models pull NAME (datazoom models list names them), or ask with --engine quote.",
            )
        yield model
    finally:
        router.close()
