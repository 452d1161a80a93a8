"""The parts that the product is made of, named one by one; the command line and the completeness tests read this list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


@dataclass(frozen=True, slots=True)
class Feature:
    """One part of the product.

    Attributes:
        package: The sub-package of ``datazoom_desktop`` that holds it.
        verbs: Each a "module:function" that adds a verb to the command line's parser.
    """

    package: str
    verbs: tuple[str, ...] = ()

    def add_verbs(
        self, subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
    ) -> None:
        """Add this part's verbs; ``common`` holds the options that every verb takes."""
        for verb in self.verbs:
            module, function = verb.split(":")
            add: Callable[..., None] = getattr(import_module(module), function)
            add(subparsers, common)


FEATURES = (
    Feature("organizations", ("datazoom_desktop.app.verbs.rooms:add",)),
    Feature("intake", ("datazoom_desktop.app.verbs.ingest:add", "datazoom_desktop.app.verbs.index:add")),
    Feature("documents", ("datazoom_desktop.app.verbs.documents:add",)),
    Feature("search", ("datazoom_desktop.app.verbs.search:add", "datazoom_desktop.app.verbs.clauses:add")),
    Feature("tables", ("datazoom_desktop.app.verbs.tables:add",)),
    Feature(
        "chat",
        (
            "datazoom_desktop.app.verbs.ask:add",
            "datazoom_desktop.app.verbs.conversations:add",
            "datazoom_desktop.app.verbs.evaluate:add",
        ),
    ),
    Feature("jobs", ("datazoom_desktop.app.verbs.jobs:add",)),
    Feature("engines", ("datazoom_desktop.app.verbs.models:add", "datazoom_desktop.app.verbs.engines:add")),
    Feature("usage", ("datazoom_desktop.app.verbs.usage:add",)),
    Feature("shell", ("datazoom_desktop.app.verbs.window:add",)),
    Feature("app", ("datazoom_desktop.app.verbs.demo:add",)),
    Feature("activity"),
)
