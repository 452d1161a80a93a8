"""The real small language model for tests: pulled once by the product's own downloader, then kept in a cache."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from datazoom_desktop.engines import download
from datazoom_desktop.engines.catalogue import ModelEntry, parse_catalogue
from datazoom_desktop.engines.choice import Choice, EngineKind, Plan, none_chosen
from datazoom_desktop.engines.llm import LanguageModel
from datazoom_desktop.kernel.resources import resource_path

SMALL = "qwen2.5-coder-0.5b-instruct"


def models_cache() -> Path:
    """Return where test models are kept: ``DATAZOOM_TEST_MODELS``, else a folder of the user's cache."""
    chosen = os.environ.get("DATAZOOM_TEST_MODELS")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("datazoom-desktop-tests"), "models")


def small_llm_entry() -> ModelEntry:
    """Return the catalogue's entry of the small model."""
    entries, _ = parse_catalogue(resource_path("models.toml").read_text(encoding="utf-8"))
    return next(entry for entry in entries if entry.id == SMALL)


def small_llm_path() -> Path:
    """Return the small model's file, fetching its 491 MB when it is not in the cache."""
    return download.pull(small_llm_entry(), models_cache() / SMALL)


def chosen(model: LanguageModel | None) -> Choice:
    """Return a model, unmetered, as the choice of a test; None as the choice of none."""
    if model is None:
        return none_chosen("a test asks for quotes")
    return Choice(model, Plan(EngineKind.LOCAL, "test", model.name, "", "local: chosen by a test"))
