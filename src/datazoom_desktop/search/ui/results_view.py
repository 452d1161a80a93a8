"""The list of what was found: paints a document's name, a place in its sentence with the words marked, a ranked passage."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetrics, QKeyEvent, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from datazoom_desktop.search.ui.places_model import ROW
from datazoom_desktop.search.ui.rows import Look, Row
from datazoom_desktop.search.ui.snippets import led, marks_in
from datazoom_desktop.shell.icons import pixmap
from datazoom_desktop.shell.theme.theme import Theme, ui_font
from datazoom_desktop.shell.theme.tokens import (
    RADIUS_CONTROL,
    SPACE_1,
    SPACE_2,
    SPACE_3,
    SPACE_8,
    TYPE_BODY,
    TYPE_SMALL,
)

PLACE_HEIGHT = 48  #: of every line of an exact search
PASSAGE_HEIGHT = 100  #: of every line of a search by meaning
GUTTER = 64  #: room for the page before a place
_READING_WIDTH = 760  #: a passage is not set wider than this
_LINE = 20  #: from one line of a place to the next
_LEAD = 1.1  #: lines before the first word that was looked for, at most
_LINES = {Look.PLACE: 2, Look.PASSAGE: 3}


class ResultsView(QListView):
    """One column of lines of one height.

    Attributes:
        opened: Emitted with the number of a line that is entered or clicked.
        unfolded: Emitted with (line, True to show more or False to show less).
        left: Emitted when the keyboard leaves the list upwards, or by Esc.
    """

    opened = Signal(int)
    unfolded = Signal(int, bool)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        super().__init__(parent)
        self.setAccessibleName("What was found")
        self.setProperty("role", "results")
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setItemDelegate(_Painter(theme, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.clicked.connect(lambda index: self.opened.emit(index.row()))
        theme.changed.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter or space, fold with left and right, leave with Esc or by going up from the first line."""
        line = self.currentIndex().row()
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and line >= 0:
            self.opened.emit(line)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Left) and line >= 0:
            self.unfolded.emit(line, key == Qt.Key.Key_Right)
        elif key == Qt.Key.Key_Up and line <= 0:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class _Painter(QStyledItemDelegate):
    """Paints a ``Row``."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        row: Row = index.data(ROW)
        return QSize(0, PASSAGE_HEIGHT if row.look is Look.PASSAGE else PLACE_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: Row = index.data(ROW)
        rect = QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, rect, option.state, index.row() > 0 and row.look in (Look.HEAD, Look.PASSAGE))
        inner = rect.adjusted(SPACE_3, 0, -SPACE_3, 0)
        match row.look:
            case Look.HEAD:
                self._head(painter, inner, row)
            case Look.PLACE:
                self._place(painter, inner, row)
            case Look.MORE:
                self._more(painter, inner, row)
            case Look.PASSAGE:
                self._passage(painter, inner, row)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, lined: bool) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(Qt.PenStyle.NoPen)
        if lined:
            painter.fillRect(QRect(rect.x(), rect.y(), rect.width(), 1), self._theme.colour("line"))
        around = rect.adjusted(0, 1, 0, 0)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._theme.colour("accent_soft" if selected else "surface_sunken"))
            painter.drawRoundedRect(around, RADIUS_CONTROL, RADIUS_CONTROL)
        if selected:
            painter.setBrush(self._theme.colour("accent"))
            painter.drawRoundedRect(QRectF(around.x(), around.y() + 8, 3, around.height() - 16), 1.5, 1.5)
        if selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.colour("accent"))
            painter.drawRoundedRect(QRectF(around).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CONTROL, RADIUS_CONTROL)

    def _head(self, painter: QPainter, rect: QRect, row: Row) -> None:
        mark = pixmap("down" if row.open else "forward", self._theme.tokens.ink_faint, 16)
        upper = QRect(rect.x(), rect.y() + SPACE_1 + 1, rect.width(), 20)
        painter.drawPixmap(upper.x(), upper.y() + 2, mark)
        right = self._side(painter, upper, row.side)
        left = upper.adjusted(16 + SPACE_2, 0, -right, 0)
        self._line(painter, left, row.title, "ink", TYPE_BODY, strong=True)
        self._line(painter, left.translated(0, 20), row.detail, "ink_faint", TYPE_SMALL)

    def _place(self, painter: QPainter, rect: QRect, row: Row) -> None:
        if row.target is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("surface_sunken"))
            bar = QRectF(rect.x() + GUTTER + SPACE_2, rect.y() + 18, 0.6 * (rect.width() - GUTTER), 12)
            painter.drawRoundedRect(bar, 4, 4)
            return
        gutter = QRect(rect.x() + 16 + SPACE_2, rect.y() + SPACE_1, GUTTER - 16, 20)
        self._line(painter, gutter, row.where, "ink_faint", TYPE_SMALL)
        words = QRect(rect.x() + GUTTER + SPACE_3, rect.y() + SPACE_1, rect.width() - GUTTER - SPACE_3, 40)
        self._words(painter, words, row)

    def _more(self, painter: QPainter, rect: QRect, row: Row) -> None:
        self._line(painter, rect.adjusted(GUTTER + SPACE_3, 0, 0, 0), row.title, "accent", TYPE_BODY)

    def _passage(self, painter: QPainter, rect: QRect, row: Row) -> None:
        upper = QRect(rect.x(), rect.y() + SPACE_2, rect.width(), 20)
        right = self._side(painter, upper, row.side)
        title = upper.adjusted(0, 0, -right, 0)
        taken = self._line(painter, title, row.title, "ink", TYPE_BODY, strong=True)
        self._line(painter, title.adjusted(taken + SPACE_2, 0, 0, 0), row.detail, "ink_faint", TYPE_SMALL)
        words = QRect(rect.x(), upper.bottom() + 3, min(rect.width() - SPACE_8, _READING_WIDTH), 62)
        self._words(painter, words, row)

    def _side(self, painter: QPainter, rect: QRect, text: str) -> int:
        """Write at the right and return the room that this takes."""
        painter.setFont(ui_font(TYPE_SMALL, tabular=True))
        painter.setPen(self._theme.colour("ink_faint"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        return painter.fontMetrics().horizontalAdvance(text) + SPACE_3 if text else 0

    def _line(self, painter: QPainter, rect: QRect, text: str, role: str, size: int, *, strong: bool = False) -> int:
        """Write one line, cut where the room ends, and return its width."""
        painter.setFont(ui_font(size, strong=strong))
        painter.setPen(self._theme.colour(role))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, max(0, rect.width()))
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        return painter.fontMetrics().horizontalAdvance(shown)

    def _words(self, painter: QPainter, rect: QRect, row: Row) -> None:
        """Write the pieces of a place over as many lines as there are; what is marked has the colour of evidence behind it."""
        most, letter = _LINES[row.look], QFontMetrics(ui_font(TYPE_BODY)).averageCharWidth()
        parts = led(row.parts, round(_LEAD * rect.width() / letter))
        text = "".join(part.text for part in parts)
        layout = _layout(text, rect.width(), most)
        last = layout.lineAt(layout.lineCount() - 1) if layout.lineCount() else None
        if last is not None and (end := last.textStart() + last.textLength()) < len(text):
            text = text[:end].rstrip()[:-2].rstrip() + "…"
            layout = _layout(text, rect.width(), most)
        evidence = QTextCharFormat()
        evidence.setForeground(QBrush(self._theme.colour("ink")))
        evidence.setBackground(QBrush(self._theme.colour("evidence")))
        marked = [
            _format_range(mark.start, min(mark.end, len(text)) - mark.start, evidence)
            for mark in marks_in(parts)
            if mark.start < len(text)
        ]
        painter.setPen(self._theme.colour("ink"))
        layout.draw(painter, QPointF(rect.topLeft()), marked)


def _layout(text: str, width: int, lines: int) -> QTextLayout:
    """Return text broken into at most so many lines."""
    layout = QTextLayout(text, ui_font(TYPE_BODY))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    for number in range(lines):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(width)
        line.setPosition(QPointF(0, number * _LINE))
    layout.endLayout()
    return layout


def _format_range(start: int, length: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    out = QTextLayout.FormatRange()
    out.start, out.length, out.format = start, length, form
    return out
