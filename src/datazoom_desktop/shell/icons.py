"""Icons: one family of line drawings from ``resources/icons``, tinted by the theme when loaded, and the widgets that wear them."""

from __future__ import annotations

import functools

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton, QWidget

from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import CONTROL_HEIGHT, ICON_SIZE

WORD_ICON = 16  #: pixels, beside a word
_GAP = 6


@functools.cache
def drawing(name: str) -> str:
    """Return the SVG text of an icon; FileNotFoundError when there is none of that name."""
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, colour: str, size: int = ICON_SIZE, gap: int = 0) -> QPixmap:
    """Return an icon in ``colour`` (``#rrggbb``), ``size`` device-independent pixels square, sharp on the densest screen.

    ``gap`` is clear room on its right, to keep the words beside it away.
    """
    app = QApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QApplication) else 1.0
    out = QPixmap(QSize(size + gap, size) * ratio)
    out.fill(Qt.GlobalColor.transparent)
    painter = QPainter(out)
    QSvgRenderer(QByteArray(drawing(name).replace("currentColor", colour).encode())).render(
        painter, QRectF(0, 0, size * ratio, size * ratio)
    )
    painter.end()
    out.setDevicePixelRatio(ratio)
    return out


def icon(theme: Theme, name: str, role: str = "ink_soft", size: int = ICON_SIZE, gap: int = 0) -> QIcon:
    """Return an icon in the theme's colour of ``role``, with a fainter form for disabled controls."""
    out = QIcon(pixmap(name, getattr(theme.tokens, role), size, gap))
    out.addPixmap(pixmap(name, theme.tokens.line_strong, size, gap), QIcon.Mode.Disabled)
    return out


class IconButton(QToolButton):
    """A square button with an icon and a name for screen readers and the tool tip."""

    def __init__(self, theme: Theme, name: str, label: str, parent: QWidget | None = None, shortcut: str = "") -> None:
        """Show icon ``name``; ``shortcut`` is only told, not bound."""
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self.setAccessibleName(label)
        self.setToolTip(f"{label} ({shortcut})" if shortcut else label)
        self.setFixedSize(CONTROL_HEIGHT - 2, CONTROL_HEIGHT - 2)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.setIcon(icon(theme, name))

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._name = name
        self.setIcon(icon(self._theme, name))

    def changeEvent(self, event: QEvent) -> None:
        """Tint again when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_name"):
            self.setIcon(icon(self._theme, self._name))


class WordButton(QPushButton):
    """A button with an icon and a word."""

    def __init__(self, theme: Theme, name: str, label: str, kind: str = "", parent: QWidget | None = None) -> None:
        """Show icon ``name`` beside ``label``; ``kind`` is a kind of the style sheet, such as "primary"."""
        super().__init__(label, parent)
        self._theme = theme
        self._name = name
        self._role = "surface_raised" if kind == "primary" else "ink_soft"
        self.setProperty("kind", kind)
        self.setIconSize(QSize(WORD_ICON + _GAP, WORD_ICON))
        self.setIcon(icon(theme, name, self._role, WORD_ICON, _GAP))

    def changeEvent(self, event: QEvent) -> None:
        """Tint again when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_role"):
            self.setIcon(icon(self._theme, self._name, self._role, WORD_ICON, _GAP))


class IconLabel(QLabel):
    """An icon that is only looked at; its meaning is told by the words beside it."""

    def __init__(self, theme: Theme, name: str, role: str = "ink_soft", size: int = ICON_SIZE) -> None:
        """Show icon ``name`` in the colour of ``role``."""
        super().__init__()
        self._theme = theme
        self._name = name
        self._role = role
        self._size = size
        self.setFixedSize(size, size)
        self.setPixmap(pixmap(name, getattr(theme.tokens, role), size))

    def set_icon(self, name: str, role: str) -> None:
        """Show another icon in another colour."""
        self._name, self._role = name, role
        self.setPixmap(pixmap(name, getattr(self._theme.tokens, role), self._size))

    def changeEvent(self, event: QEvent) -> None:
        """Tint again when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_size"):
            self.setPixmap(pixmap(self._name, getattr(self._theme.tokens, self._role), self._size))
