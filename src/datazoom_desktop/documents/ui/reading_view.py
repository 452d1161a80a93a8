"""The reading view: a page's text, for formats without page pictures, with a range of characters highlighted."""

from __future__ import annotations

import bisect

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent, QTextBlockFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.shell.rich_text import reading_width
from datazoom_desktop.shell.theme.theme import Theme, ui_font
from datazoom_desktop.shell.theme.tokens import SPACE_6, TYPE_READING

_LINE_HEIGHT = 150.0  #: per cent
_TAB_CHARACTERS = 12


class ReadingView(QTextEdit):
    """Shows one page's text, at most 72 characters wide, in the middle."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self._theme = theme
        self._points = TYPE_READING
        self._text = ""
        self._span: tuple[int, int] | None = None
        self._wide = False
        self.setReadOnly(True)
        self.setAccessibleName("Text of the page")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._dress()

    def set_text(self, text: str, highlight: Span | None) -> None:
        """Show ``text``; ``highlight`` is in its characters (0-based code points) and is scrolled to."""
        self._text = text
        self._wide = "\t" in text
        self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap if self._wide else QTextEdit.LineWrapMode.WidgetWidth)
        bars = Qt.ScrollBarPolicy.ScrollBarAsNeeded if self._wide else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(bars)
        self.setPlainText(shown(text))
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        block = QTextBlockFormat()
        block.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        cursor.mergeBlockFormat(block)
        self._span = None if highlight is None else (offset(text, highlight.start), offset(text, highlight.end))
        self._margins()
        self._mark()
        place = QTextCursor(self.document())
        place.setPosition(self._span[0] if self._span else 0)
        self.setTextCursor(place)
        self._scroll_to_mark()

    def highlighted(self) -> str:
        """Return the words under the highlight; empty without one."""
        if self._span is None:
            return ""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._span[0])
        cursor.setPosition(self._span[1], QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText().replace("\u2029", "\n")

    def selection(self) -> Span | None:
        """Return what the user selected, in the page's characters (0-based code points); None when that is nothing."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return None
        return Span(character(self._text, cursor.selectionStart()), character(self._text, cursor.selectionEnd()))

    def zoom(self, step: int) -> None:
        """Make letters larger (1) or smaller (-1); 0 gives them their usual size."""
        self._points = TYPE_READING if step == 0 else max(9, min(40, self._points + 2 * step))
        self._dress()
        self._margins()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column in the middle."""
        super().resizeEvent(event)
        self._margins()

    def changeEvent(self, event: QEvent) -> None:
        """Mark in the new theme's colour."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_wide"):
            self._mark()

    def _dress(self) -> None:
        font = ui_font(self._points, tabular=True)
        self.setStyleSheet(f"font-size: {self._points}px;")
        self.document().setDefaultFont(font)
        self.setTabStopDistance(QFontMetrics(font).averageCharWidth() * _TAB_CHARACTERS)

    def _margins(self) -> None:
        column = reading_width() * self._points // TYPE_READING
        spare = 0 if self._wide else (self.width() - column) // 2
        side = max(SPACE_6, spare)
        self.setViewportMargins(side, SPACE_6, max(SPACE_6 // 2, side - 12), 0)

    def _mark(self) -> None:
        if self._span is None:
            self.setExtraSelections([])
            return
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._span[0])
        cursor.setPosition(self._span[1], QTextCursor.MoveMode.KeepAnchor)
        selection.cursor = cursor
        selection.format.setBackground(self._theme.colour("evidence"))
        selection.format.setForeground(self._theme.colour("ink"))
        selection.format.setProperty(QTextFormat.Property.FullWidthSelection.value, False)
        self.setExtraSelections([selection])

    def _scroll_to_mark(self) -> None:
        bar = self.verticalScrollBar()
        place = self.cursorRect(self.textCursor()).top()
        bar.setValue(bar.value() + place - self.viewport().height() // 3)


def shown(text: str) -> str:
    """Return ``text`` with every line break as one line feed and no character that Qt takes for one."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n").replace("\x00", "\ufffd")


def offset(text: str, character: int) -> int:
    """Return where the character at a 0-based code point of ``text`` stands in ``shown(text)``, in UTF-16 units as Qt counts."""
    before = text[:character]
    joined = before.count("\r\n") + (1 if before.endswith("\r") and text[character : character + 1] == "\n" else 0)
    return len(before.encode("utf-16-le", "surrogatepass")) // 2 - joined


def character(text: str, position: int) -> int:
    """Return the 0-based code point of ``text`` that stands at a position (UTF-16 units) of ``shown(text)``: undoes ``offset``."""
    return bisect.bisect_left(range(len(text)), position, key=lambda place: offset(text, place))
