"""Contrast of two colours after WCAG 2.2 (relative luminance, success criterion 1.4.3). Pure."""

from __future__ import annotations

#: Least ratio for text (level AA) and for parts that are not text (criterion 1.4.11).
TEXT_RATIO = 4.5
MARK_RATIO = 3.0


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 (black) to 1 (white), of ``#rrggbb``.

    Raises:
        ValueError: the text is not such a colour.
    """
    if len(colour) != 7 or not colour.startswith("#"):
        raise ValueError(f"not a colour: {colour!r}")
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 (same) to 21 (black on white); the order does not matter."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
