"""Rooms for the tests of storage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import make_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomStorage]:
    """An open, empty room."""
    with make_room(tmp_path / "room") as storage:
        yield storage
