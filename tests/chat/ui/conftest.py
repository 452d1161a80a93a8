"""Fixtures of window tests, and ask pages that keep what is played to them in a real room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from datazoom_desktop.chat.ui.ask_page import AskPage
from datazoom_desktop.documents.ui.viewer import Viewer
from datazoom_desktop.kernel.changes import ChangeBus
from datazoom_desktop.shell.changes_bridge import ChangesBridge
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.storage.room import RoomStorage
from tests.support.fake_workspace import FakeChat, FakeDocuments, draw_page, reading_rows, talks_over
from tests.support.qt_window import desk, no_leaks, shown, theme, window
from tests.support.rooms import make_room

__all__ = ["desk", "no_leaks", "shown", "theme", "window"]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[RoomStorage]:
    """Make an empty room; to be asked for before the window, so that it is closed after it."""
    with make_room(tmp_path / "room") as storage:
        yield storage


@pytest.fixture
def page_of(room: RoomStorage, desk: Desk) -> Callable[[FakeChat], AskPage]:
    """Return a function that makes a page which keeps what a chat plays in the room."""

    def make(chat: FakeChat) -> AskPage:
        documents, bus = FakeDocuments(reading_rows()[0]), ChangeBus()
        conversations = talks_over(room, chat, documents, bus)
        page = AskPage(desk, conversations, lambda: Viewer(desk, documents, draw_page))  # type: ignore[arg-type]
        ChangesBridge(bus, page).changed.connect(page.take_changes)
        page.talks.refresh()
        return page

    return make
