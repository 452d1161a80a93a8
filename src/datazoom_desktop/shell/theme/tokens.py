"""Design tokens: both themes from the same role names, spacing, radii, type scale, densities. Pure data.

Colours are ``#rrggbb``; lengths are device-independent pixels.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, fields


class Scheme(enum.StrEnum):
    """Which theme is shown."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, by role.

    Attributes:
        surface: What pages stand on.
        surface_raised: Cards, fields, floating things.
        surface_sunken: Side bar, status line, wells.
        line: Hairlines.
        line_strong: Borders of fields and buttons, scroll handles.
        ink: Text; also the fill of a primary button.
        ink_soft: Secondary text.
        ink_faint: Hints and counts; still readable.
        accent: Evidence: citation numbers, the mark beside the selected thing, focus.
        accent_soft: Fill behind evidence and the selected thing.
        evidence: Highlight behind words of a reading view.
        marker: Highlight multiplied over the picture of a page, which is white paper in both themes.
        paper: Blank paper of such a page.
        good: Done, readable.
        warn: Partly done.
        bad: Failed.
        info: Neutral notices.
    """

    surface: str
    surface_raised: str
    surface_sunken: str
    line: str
    line_strong: str
    ink: str
    ink_soft: str
    ink_faint: str
    accent: str
    accent_soft: str
    evidence: str
    marker: str
    paper: str
    good: str
    warn: str
    bad: str
    info: str

    @classmethod
    def roles(cls) -> tuple[str, ...]:
        """Return every role's name."""
        return tuple(f.name for f in fields(cls))


LIGHT = Tokens(
    surface="#fbfaf7",
    surface_raised="#ffffff",
    surface_sunken="#f3f1eb",
    line="#e4e0d7",
    line_strong="#c9c3b6",
    ink="#201e1a",
    ink_soft="#524d45",
    ink_faint="#645e54",
    accent="#7d5300",
    accent_soft="#fbeec6",
    evidence="#ffe48a",
    marker="#ffe066",
    paper="#ffffff",
    good="#25683c",
    warn="#96420c",
    bad="#aa2626",
    info="#2c5a80",
)

DARK = Tokens(
    surface="#1c1b19",
    surface_raised="#262522",
    surface_sunken="#151412",
    line="#34322d",
    line_strong="#55514a",
    ink="#edeae3",
    ink_soft="#bfbaaf",
    ink_faint="#aaa498",
    accent="#efc45c",
    accent_soft="#3d3318",
    evidence="#64500f",
    marker="#ffe066",
    paper="#ffffff",
    good="#7fca97",
    warn="#f0a06a",
    bad="#f58f86",
    info="#8fbde3",
)

THEMES: dict[Scheme, Tokens] = {Scheme.LIGHT: LIGHT, Scheme.DARK: DARK}

_EVERY_SURFACE = ("surface", "surface_raised", "surface_sunken", "accent_soft")

#: Which text role stands on which surfaces; contrast of each pair is at least 4.5:1 in both themes.
TEXT_ON: dict[str, tuple[str, ...]] = {
    "ink": (*_EVERY_SURFACE, "line", "evidence"),
    "ink_soft": (*_EVERY_SURFACE, "line"),
    "ink_faint": (*_EVERY_SURFACE, "line"),
    "accent": _EVERY_SURFACE,
    "good": _EVERY_SURFACE,
    "warn": _EVERY_SURFACE,
    "bad": _EVERY_SURFACE,
    "info": _EVERY_SURFACE,
    "surface_raised": ("ink",),
}

#: Parts that are not text but must be seen (a mark, a focus ring): at least 3:1.
MARK_ON: dict[str, tuple[str, ...]] = {"accent": ("surface", "surface_raised", "surface_sunken")}

SPACE_1 = 4
SPACE_2 = 8
SPACE_3 = 12
SPACE_4 = 16
SPACE_6 = 24
SPACE_8 = 32

RADIUS_CONTROL = 6
RADIUS_CARD = 10
HAIRLINE = 1

TYPE_SMALL = 12
TYPE_BODY = 13
TYPE_READING = 15
TYPE_TITLE = 18
TYPE_PAGE_TITLE = 24
WEIGHT_REGULAR = 400
WEIGHT_STRONG = 600

READING_CHARACTERS = 72

ICON_SIZE = 18
CONTROL_HEIGHT = 32


class Density(enum.IntEnum):
    """Height of a table's row."""

    COMFORTABLE = 34
    COMPACT = 26
