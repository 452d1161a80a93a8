"""Rooms as the register lists them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """What can be known of a room without opening it.

    Attributes:
        room_id: Its id; for a damaged room as far as the folder's name tells.
        name: As its user wrote it; for a damaged room its folder's name.
        folder: Where it is.
        created_at: UTC; None when damaged.
        problem: Why it cannot be opened, in a sentence; None when nothing is known to be wrong.
        removed_at: When it was moved to the trash, UTC; None for a room that is not there.
    """

    room_id: str
    name: str
    folder: Path
    created_at: dt.datetime | None
    problem: str | None = None
    removed_at: dt.datetime | None = None
