"""Text to be read: as tall as its words, at most 72 characters wide, its links reachable by keyboard."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from datazoom_desktop.shell.theme.theme import ui_font
from datazoom_desktop.shell.theme.tokens import READING_CHARACTERS, TYPE_READING


def tip(text: str) -> str:
    """Return what to give a tool tip that shall show ``text`` as it is: by itself Qt takes "<b>" in a document's name for bold."""
    return f"<qt>{'<br>'.join(html.escape(line) for line in text.splitlines())}</qt>" if text else ""


def reading_width() -> int:
    """Return the widest column for reading, in pixels: 72 average characters of the reading size."""
    return QFontMetrics(ui_font(TYPE_READING)).averageCharWidth() * READING_CHARACTERS


class ReadingText(QTextBrowser):
    """Shows rich text without scroll bars.

    Attributes:
        followed: Emitted with a link's address when it is clicked or entered.
    """

    followed = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """``name`` is told to screen readers."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(reading_width())
        self.setFont(ui_font(TYPE_READING))
        self.document().setDocumentMargin(0)
        self.document().setDefaultFont(ui_font(TYPE_READING))
        self.anchorClicked.connect(self._follow)

    def set_html(self, text: str) -> None:
        """Show rich text and take the height it needs."""
        self.setHtml(text)
        self._fit()

    def sizeHint(self) -> QSize:
        """Ask for the reading width and the height of the words."""
        return QSize(reading_width(), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the new width needs."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        self.setFixedHeight(round(self.document().size().height()) + 4)

    def _follow(self, address: QUrl) -> None:
        self.followed.emit(address.toString())
