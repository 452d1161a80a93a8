"""Fixtures for window tests: an offscreen application with the theme, a frame, and a check that nothing leaks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import Scheme
from datazoom_desktop.shell.window import Window
from tests.support.qt_leaks import no_leaks

__all__ = ["desk", "no_leaks", "shown", "theme", "window"]

WAIT_MS = 10_000


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """Dress the one application in the light theme."""
    return Theme(qapp, Scheme.LIGHT)


@pytest.fixture
def window(theme: Theme, tmp_path: Path, no_leaks: None) -> Iterator[Window]:
    """Show an empty frame and close it afterwards."""
    frame = Window(theme, tmp_path / "crashes")
    frame.show()
    yield frame
    frame.close()
    frame.deleteLater()


@pytest.fixture
def desk(window: Window) -> Desk:
    """Return what pages are handed."""
    return window.desk


@pytest.fixture
def shown(window: Window) -> Callable[[QWidget], None]:
    """Return a function that shows a page in the frame."""
    return lambda page: window.show_page(page, [("Page", None)])


def until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    """Let the window live until ``condition`` holds; fail after ten seconds."""
    qtbot.waitUntil(condition, timeout=WAIT_MS)
