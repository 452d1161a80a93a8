"""Where the user is and was: places, and a history with back and forward. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A page, and the room it is shown for.

    Attributes:
        page: Name of the page, such as "documents".
        room: The room's id, or None for pages that belong to no room.
        item: What the page shows, such as the id of a document's version; empty where the page says it all.
        at: 1-based page of that; 0 where there is none.
    """

    page: str
    room: str | None = None
    item: str = ""
    at: int = 0


class History:
    """The places visited, as a browser keeps them; at most ``limit``."""

    def __init__(self, limit: int = 100) -> None:
        """Start nowhere."""
        self._limit = limit
        self._places: list[Place] = []
        self._at = -1

    @property
    def here(self) -> Place | None:
        """The current place, or None before the first visit."""
        return self._places[self._at] if self._places else None

    @property
    def can_back(self) -> bool:
        """Whether there is a place before this one."""
        return self._at > 0

    @property
    def can_forward(self) -> bool:
        """Whether the user came back from somewhere."""
        return self._at < len(self._places) - 1

    def visit(self, place: Place) -> None:
        """Go to ``place``; what lay ahead is forgotten. Visiting the current place changes nothing."""
        if place == self.here:
            return
        self._places = [*self._places[: self._at + 1], place][-self._limit :]
        self._at = len(self._places) - 1

    def back(self) -> Place | None:
        """Go one place back and return it; None (and no move) at the first."""
        return self._move(-1) if self.can_back else None

    def forward(self) -> Place | None:
        """Go one place forward and return it; None (and no move) at the last."""
        return self._move(1) if self.can_forward else None

    def forget_room(self, room: str) -> None:
        """Drop every place of a room, as when it is removed; the current place becomes the last one left before it."""
        left = sum(1 for place in self._places[: self._at + 1] if place.room != room)
        self._places = [place for place in self._places if place.room != room]
        self._at = left - 1 if left else min(0, len(self._places) - 1)

    def _move(self, step: int) -> Place:
        self._at += step
        return self._places[self._at]
