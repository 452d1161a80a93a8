"""Which documents would be read better now than when they were read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from datazoom_desktop.kernel.coverage import Coverage


class Reading(NamedTuple):
    """How a version was read.

    Attributes:
        state: "read", "indexed" or "unreadable".
        media_type: By content; None when nobody could tell.
        reader: Name and version, such as "pdf 1"; None when nobody read it.
        coverage: Of the whole when nothing of it could be read, else None.
    """

    version_id: str
    state: str
    media_type: str | None
    reader: str | None
    coverage: str | None


def outdated(reading: Reading, editions: Mapping[str, tuple[str, int]]) -> bool:
    """Return whether a version was read by an older or another reader than its kind has now, or by none and there is one now."""
    present = editions.get(reading.media_type or "")
    if present is None:
        return False
    name, _, number = (reading.reader or "").rpartition(" ")
    return name != present[0] or not number.isdigit() or int(number) < present[1]


def worth_reading_again(reading: Reading, editions: Mapping[str, tuple[str, int]]) -> bool:
    """Return whether reading a version again may bring more: it is outdated, or was left out for want of something here."""
    return outdated(reading, editions) or reading.coverage == Coverage.SKIPPED
