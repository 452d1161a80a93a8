"""Styles and numbering of OpenDocument text: what a paragraph's style says of it, and the numbers that lists print. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from datazoom_desktop.intake.readers.odf_package import FO, STYLE, TABLE, TEXT
from datazoom_desktop.intake.readers.office import Xml

_LOEXT: Final = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_LEVELS = 10
_MOST_STEPS = 20  #: from a style to the one it is based on
_PLACE = re.compile(r"%(\d{1,2})%")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)


@dataclass(frozen=True, slots=True)
class Look:
    """What a style says, with what it is based on.

    Attributes:
        name: Its name as a person knows it, and those of the styles it is based on, nearest first.
        before: Whether it starts a page; ``after``: whether it ends one.
        shown: False for a table that is hidden.
    """

    name: tuple[str, ...] = ()
    bold: bool = False
    hidden: bool = False
    before: bool = False
    after: bool = False
    shown: bool = True


class Styles:
    """The styles of a document, by family and name."""

    def __init__(self, *roots: Xml | None) -> None:
        """Collect from the roots of its parts."""
        self._items: dict[tuple[str, str], Xml] = {}
        self._looks: dict[tuple[str, str], Look] = {}
        self.lists: dict[str, dict[int, _Level]] = {}
        self.outline: dict[int, _Level] = {}
        for root in roots:
            for item in root.iter(f"{STYLE}style") if root is not None else ():
                key = (item.get(f"{STYLE}family") or "", item.get(f"{STYLE}name") or "")
                self._items.setdefault(key, item)
            for item in root.iter(f"{TEXT}list-style") if root is not None else ():
                self.lists.setdefault(item.get(f"{STYLE}name") or "", _levels(item))
            for item in root.iter(f"{TEXT}outline-style") if root is not None else ():
                self.outline = self.outline or _levels(item)

    def look(self, family: str, name: str | None) -> Look:
        """Return what a style says; of an unknown one, nothing."""
        if not name:
            return Look()
        key = (family, name)
        if key not in self._looks:
            self._looks[key] = self._look(family, name)
        return self._looks[key]

    def _look(self, family: str, name: str) -> Look:
        chain: list[Xml] = []
        at: str | None = name
        while at and (family, at) in self._items and len(chain) < _MOST_STEPS:
            chain.append(self._items[family, at])
            at = chain[-1].get(f"{STYLE}parent-style-name")
        names = [item.get(f"{STYLE}display-name") or item.get(f"{STYLE}name") or "" for item in chain]
        weight = _first(chain, f"{STYLE}text-properties", f"{FO}font-weight")
        before = _first(chain, f"{STYLE}paragraph-properties", f"{FO}break-before")
        after = _first(chain, f"{STYLE}paragraph-properties", f"{FO}break-after")
        master = chain[0].get(f"{STYLE}master-page-name") if chain else None
        return Look(
            name=tuple(value.replace("_20_", " ") for value in (*names, at or "") if value),
            bold=weight == "bold" or ((weight or "").isdigit() and int(weight or 0) >= 600),
            hidden=_first(chain, f"{STYLE}text-properties", f"{TEXT}display") == "none",
            before=before == "page" or bool(master),
            after=after == "page",
            shown=_first(chain, f"{STYLE}table-properties", f"{TABLE}display") != "false",
        )


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list is numbered; ``kind`` is "1", "a", "A", "i", "I", "bullet" or "" for no number."""

    kind: str = ""
    prefix: str = ""
    suffix: str = ""
    shown: int = 1  #: levels, counted upwards from this one
    start: int = 1
    pattern: str = ""  #: such as "%1%.%2%.", where the file states it
    together: bool = False  #: after z comes aa, then bb


@dataclass(slots=True)
class Counter:
    """A list's numbers so far."""

    counts: list[int] = field(default_factory=lambda: [0] * _LEVELS)

    def next(self, levels: dict[int, _Level], depth: int, start: int | None) -> str:
        """Count on at a depth (0 outermost), and return the label that is printed, "" where there is none."""
        depth = min(depth, _LEVELS - 1)
        level = levels.get(depth, _Level())
        first = start if start is not None else level.start
        self.counts[depth] = first if start is not None or not self.counts[depth] else self.counts[depth] + 1
        for deeper in range(depth + 1, _LEVELS):
            self.counts[deeper] = 0
        if level.kind == "bullet":
            return "\u2022"
        if not level.kind:
            return ""
        numbers = [self._number(levels, number) for number in range(depth + 1)]
        if level.pattern:
            return _PLACE.sub(lambda found: numbers[min(int(found.group(1)), depth + 1) - 1], level.pattern).strip()
        shown = [number for number in numbers[depth + 1 - min(level.shown, depth + 1) :] if number]
        return f"{level.prefix}{'.'.join(shown)}{level.suffix}".strip()

    def _number(self, levels: dict[int, _Level], depth: int) -> str:
        level = levels.get(depth, _Level())
        return _written(self.counts[depth] or level.start, level) if level.kind not in ("", "bullet") else ""


def _levels(style: Xml) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for item in style:
        number = _whole(item.get(f"{TEXT}level"), 0)
        if not 1 <= number <= _LEVELS or not isinstance(item.tag, str):
            continue
        bullet = item.tag.endswith(("-bullet", "-image"))
        found[number - 1] = _Level(
            "bullet" if bullet else item.get(f"{STYLE}num-format") or "",
            item.get(f"{STYLE}num-prefix") or "",
            item.get(f"{STYLE}num-suffix") or "",
            _whole(item.get(f"{TEXT}display-levels"), 1),
            _whole(item.get(f"{TEXT}start-value"), 1),
            item.get(f"{_LOEXT}num-list-format") or item.get(f"{STYLE}num-list-format") or "",
            item.get(f"{STYLE}num-letter-sync") == "true",
        )
    return found


def _written(value: int, level: _Level) -> str:
    """Return a number in a level's format."""
    if level.kind.lower() == "a":
        text, rest = "", max(1, min(value, 10_000))
        if level.together:
            text = chr(ord("a") + (rest - 1) % 26) * min((rest - 1) // 26 + 1, 50)
        else:
            while rest:
                rest, letter = divmod(rest - 1, 26)
                text = chr(ord("a") + letter) + text
    elif level.kind.lower() == "i":
        text, rest = "", max(0, min(value, 3999))
        for worth, letters in _ROMAN:
            text += letters * (rest // worth)
            rest %= worth
    else:
        return str(value)
    return text.upper() if level.kind.isupper() else text


def _first(chain: list[Xml], properties: str, attribute: str) -> str | None:
    """Return an attribute of the first style in the chain that states it."""
    for item in chain:
        for found in item.findall(properties):
            value = found.get(attribute)
            if value is not None:
                return str(value)
    return None


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else default
