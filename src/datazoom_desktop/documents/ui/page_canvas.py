"""The canvas of a document with page sizes: pictures of its pages one below the other, with evidence marked on them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from datazoom_desktop.documents.ui.layout import (
    GAP,
    LARGEST_SCALE,
    PageLayout,
    PageSize,
    Rect,
    drawing_scale,
    fitting_scale,
    lay_out,
)
from datazoom_desktop.kernel.spans import Box
from datazoom_desktop.shell.theme.theme import Theme, ui_font
from datazoom_desktop.shell.theme.tokens import SPACE_4, TYPE_BODY

KEPT_PICTURES = 8
COMFORTABLE_SCALE = 1.5  #: pages fit the view's width up to this, until the user asks for more
ZOOMS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
_LINE = 48


class PageCanvas(QAbstractScrollArea):
    """Shows pages; asks for the pictures it needs.

    Attributes:
        wanted: Emitted with (page, scale in pixels a point) for a picture that is on show and not there yet.
        page_changed: Emitted with the 1-based page at the top of the view.
        scaled: Emitted with the new scale.
    """

    wanted = Signal(int, float)
    page_changed = Signal(int)
    scaled = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        """Start with no pages."""
        super().__init__(parent)
        self._theme = theme
        self._fit = True
        self._widest = COMFORTABLE_SCALE
        self._layout: PageLayout = lay_out((), 1.0)
        self._pictures: OrderedDict[int, tuple[float, QImage]] = OrderedDict()
        self._told: dict[int, str] = {}
        self._boxes: tuple[Box, ...] = ()
        self._page = 0
        self.setAccessibleName("Pages")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.verticalScrollBar().setSingleStep(_LINE)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    @property
    def layout_of_pages(self) -> PageLayout:
        """Where the pages stand."""
        return self._layout

    @property
    def page(self) -> int:
        """The 1-based page at the top of the view, 0 without pages."""
        return self._page

    def set_pages(self, sizes: Sequence[PageSize], page: int = 1) -> None:
        """Show a document of pages of these sizes, from the top of ``page`` (1-based)."""
        self._pictures.clear()
        self._told.clear()
        self._boxes = ()
        self._page = 0
        self._lay_out(sizes, keep=False, page=page)

    def set_size(self, page: int, size: PageSize) -> None:
        """Correct a page's size; what is on show stays where it is."""
        sizes = list(self._layout.sizes)
        if sizes[page - 1] != size:
            sizes[page - 1] = size
            self._lay_out(sizes, keep=True)

    def set_picture(self, page: int, scale: float, picture: QImage) -> None:
        """Show a page's picture, drawn at ``scale`` pixels a point."""
        self._pictures[page] = (scale, picture)
        self._pictures.move_to_end(page)
        while len(self._pictures) > KEPT_PICTURES:
            self._pictures.popitem(last=False)
        self.viewport().update()

    def set_message(self, page: int, text: str) -> None:
        """Say on a page why there is no picture of it."""
        self._told[page] = text
        self.viewport().update()

    def set_boxes(self, boxes: Sequence[Box]) -> None:
        """Mark these boxes as evidence."""
        self._boxes = tuple(boxes)
        self.viewport().update()

    def show_page(self, page: int) -> None:
        """Scroll to the top of a page."""
        if 1 <= page <= len(self._layout.sizes):
            self.verticalScrollBar().setValue(round(self._layout.rect(page).y - GAP))

    def show_boxes(self) -> None:
        """Scroll so that the first marked box stands in the upper third of the view."""
        if self._boxes and self._boxes[0].page <= len(self._layout.sizes):
            rect = self._layout.box(self._boxes[0])
            self.verticalScrollBar().setValue(round(rect.y - self.viewport().height() / 3))
            if self.horizontalScrollBar().maximum():
                self.horizontalScrollBar().setValue(round(rect.x - GAP))

    def fit_width(self) -> None:
        """Keep the pages as wide as the view from now on, however wide that is."""
        self._fit = True
        self._widest = LARGEST_SCALE
        self._lay_out(self._layout.sizes, keep=True)

    def zoom(self, step: int) -> None:
        """Go one zoom step up (1) or down (-1)."""
        now = self._layout.scale
        beyond = [z for z in ZOOMS if z > now * 1.01] if step > 0 else [z for z in reversed(ZOOMS) if z < now * 0.99]
        if beyond:
            self._fit = False
            self._lay_out(self._layout.sizes, keep=True, scale=beyond[0])

    def next_wanted(self) -> tuple[int, float] | None:
        """Return the page and scale of the picture that is missed most: on show, top first, then the page after."""
        scale = drawing_scale(self._layout.scale * self.devicePixelRatioF())
        top = self.verticalScrollBar().value()
        pages = self._layout.visible(top, top + self.viewport().height())
        for page in [*pages, *([pages.stop] if 0 < pages.stop <= len(self._layout.sizes) else [])]:
            if page not in self._told and self._pictures.get(page, (0.0,))[0] != scale:
                return page, scale
        return None

    def shown_boxes(self) -> list[Rect]:
        """Return where the marked boxes stand in the view, in its pixels."""
        dx, dy = self._offset()
        return [Rect(r.x + dx, r.y + dy, r.width, r.height) for r in map(self._layout.box, self._boxes)]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pages on show and the marks on them."""
        painter = QPainter(self.viewport())
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.viewport().rect(), self._theme.colour("surface_sunken"))
        dx, dy = self._offset()
        top = self.verticalScrollBar().value()
        for page in self._layout.visible(top, top + self.viewport().height()):
            x, y, width, height = self._layout.rect(page)
            self._paint_page(painter, page, QRectF(x + dx, y + dy, width, height))
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("marker"))
        for rect in self.shown_boxes():
            painter.drawRoundedRect(QRectF(*rect), 2, 2)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again."""
        super().resizeEvent(event)
        self._lay_out(self._layout.sizes, keep=True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll by arrows, space and page keys, to the ends by Home and End."""
        bar = self.verticalScrollBar()
        view = self.viewport().height() - _LINE
        steps = {Qt.Key.Key_Down: _LINE, Qt.Key.Key_Up: -_LINE, Qt.Key.Key_Space: view}
        steps |= {Qt.Key.Key_PageDown: view, Qt.Key.Key_PageUp: -view}
        steps |= {Qt.Key.Key_Home: -bar.maximum(), Qt.Key.Key_End: bar.maximum()}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(bar.value() + step)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint in the new theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.viewport().update()

    def _paint_page(self, painter: QPainter, page: int, rect: QRectF) -> None:
        painter.fillRect(rect, self._theme.colour("paper"))
        picture = self._pictures.get(page)
        if picture is not None:
            painter.drawImage(rect, picture[1])
        elif page in self._told:
            painter.setPen(self._theme.colour("ink"))
            painter.fillRect(rect, self._theme.colour("surface_raised"))
            painter.setFont(ui_font(TYPE_BODY))
            inner = rect.adjusted(SPACE_4, SPACE_4, -SPACE_4, -SPACE_4)
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._told[page])
        painter.setPen(self._theme.colour("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)

    def _offset(self) -> tuple[float, float]:
        """Return what turns places of the layout into places of the view."""
        spare = max(0.0, (self.viewport().width() - self._layout.width) / 2)
        return spare - self.horizontalScrollBar().value(), -float(self.verticalScrollBar().value())

    def _lay_out(self, sizes: Sequence[PageSize], *, keep: bool, scale: float | None = None, page: int = 1) -> None:
        bar = self.verticalScrollBar()
        bar.blockSignals(True)
        anchor, part = (self._anchor()) if keep and self._layout.sizes else (0, 0.0)
        if self._fit:
            scale = min(self._widest, fitting_scale(sizes, self.viewport().width()))
        before = self._layout.scale
        self._layout = lay_out(sizes, scale or before)
        view = self.viewport().size()
        bar.setPageStep(view.height())
        bar.setRange(0, max(0, round(self._layout.height) - view.height()))
        self.horizontalScrollBar().setPageStep(view.width())
        self.horizontalScrollBar().setRange(0, max(0, round(self._layout.width) - view.width()))
        if anchor:
            rect = self._layout.rect(anchor)
            bar.setValue(round(rect.y + part * rect.height))
        elif self._layout.sizes:
            bar.setValue(round(self._layout.rect(page).y - GAP))
        bar.blockSignals(False)
        if self._layout.scale != before:
            self.scaled.emit(self._layout.scale)
        self.viewport().update()
        self._scrolled()

    def _anchor(self) -> tuple[int, float]:
        """Return the page at the top of the view and which part of it is above."""
        top = self.verticalScrollBar().value()
        page = self._layout.page_at(top + GAP)
        rect = self._layout.rect(page)
        return page, (top - rect.y) / rect.height if rect.height else 0.0

    def _scrolled(self) -> None:
        if not self._layout.sizes:
            return
        top = self.verticalScrollBar().value()
        page = self._layout.page_at(top + self.viewport().height() / 3)
        if page != self._page:
            self._page = page
            self.page_changed.emit(page)
        wanted = self.next_wanted()
        if wanted is not None:
            self.wanted.emit(*wanted)
        self.viewport().update()
