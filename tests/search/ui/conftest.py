"""Fixtures of window tests."""

from tests.support.qt_window import desk, no_leaks, shown, theme, window

__all__ = ["desk", "no_leaks", "shown", "theme", "window"]
