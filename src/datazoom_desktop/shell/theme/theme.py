"""The theme in force: follows the system's light or dark, or stays where the user put it; repaints the application on change."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from datazoom_desktop.shell.theme.stylesheet import stylesheet
from datazoom_desktop.shell.theme.tokens import THEMES, TYPE_BODY, Scheme, Tokens


class Theme(QObject):
    """Keeps one application in one scheme.

    Attributes:
        changed: Emitted after the application wears new colours.
    """

    changed = Signal()

    def __init__(self, app: QApplication, chosen: Scheme | None = None) -> None:
        """Dress ``app``; ``chosen`` None follows the system."""
        super().__init__(app)
        self._app = app
        self._chosen = chosen
        self._scheme: Scheme | None = None
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(ui_font())
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._follow()

    @property
    def scheme(self) -> Scheme:
        """The scheme in force."""
        return self._scheme or Scheme.LIGHT

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return THEMES[self.scheme]

    def choose(self, scheme: Scheme | None) -> None:
        """Stay in ``scheme``, or follow the system again (None)."""
        self._chosen = scheme
        self._follow()

    def switch(self) -> None:
        """Change to the other scheme and stay there."""
        self.choose(Scheme.LIGHT if self.scheme is Scheme.DARK else Scheme.DARK)

    def colour(self, role: str) -> QColor:
        """Return the colour of a role of ``Tokens``; AttributeError for a word that is none."""
        return QColor(getattr(self.tokens, role))

    def _follow(self) -> None:
        dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        scheme = self._chosen or (Scheme.DARK if dark else Scheme.LIGHT)
        if scheme is self._scheme:
            return
        self._scheme = scheme
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(stylesheet(self.tokens))
        self.changed.emit()


def ui_font(pixels: int = TYPE_BODY, *, strong: bool = False, tabular: bool = False) -> QFont:
    """Return the system's UI font at a size of the scale; ``tabular`` gives figures of one width, for columns of numbers."""
    font = QFont(QApplication.font())
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def palette(c: Tokens) -> QPalette:
    """Return the palette for what style sheets do not reach (native parts, delegates, rich text)."""
    roles = QPalette.ColorRole
    pairs = {
        roles.Window: c.surface,
        roles.WindowText: c.ink,
        roles.Base: c.surface_raised,
        roles.AlternateBase: c.surface_sunken,
        roles.Text: c.ink,
        roles.Button: c.surface_raised,
        roles.ButtonText: c.ink,
        roles.BrightText: c.bad,
        roles.Highlight: c.accent_soft,
        roles.HighlightedText: c.ink,
        roles.Link: c.accent,
        roles.LinkVisited: c.accent,
        roles.ToolTipBase: c.surface_raised,
        roles.ToolTipText: c.ink,
        roles.PlaceholderText: c.ink_faint,
        roles.Mid: c.line,
        roles.Dark: c.line_strong,
        roles.Accent: c.accent,
    }
    out = QPalette()
    for role, colour in pairs.items():
        out.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        out.setColor(QPalette.ColorGroup.Disabled, role, QColor(c.ink_faint))
    return out
