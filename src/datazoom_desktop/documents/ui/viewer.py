"""The viewer: one document version, its pages as pictures or as text, opened at a page and at the exact words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QIntValidator, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from datazoom_desktop.documents.model import DocumentRow, PageView
from datazoom_desktop.documents.ui.layout import PageSize
from datazoom_desktop.documents.ui.page_canvas import PageCanvas
from datazoom_desktop.documents.ui.reading_view import ReadingView
from datazoom_desktop.documents.ui.sentences import locked
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.spans import Box, Span
from datazoom_desktop.shell import words
from datazoom_desktop.shell.desk import Desk
from datazoom_desktop.shell.elided_label import ElidedLabel
from datazoom_desktop.shell.icons import IconButton
from datazoom_desktop.shell.operations import Task
from datazoom_desktop.shell.states import States
from datazoom_desktop.shell.theme.tokens import SPACE_1, SPACE_2, SPACE_3

if TYPE_CHECKING:
    from datazoom_desktop.documents.service import Documents

Renderer = Callable[[str, int, float], Path | QImage]
"""Draws (version_id, 1-based page, pixels a point) on a background thread; raises ``Problem`` for a page it cannot draw."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What was looked up to show a version."""

    row: DocumentRow
    pages: int
    view: PageView | None
    boxes: tuple[Box, ...]
    quote: str
    cells: str | None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A page's picture, or why there is none; and what a reader of the page is to know."""

    size: PageSize
    picture: QImage | None
    problem: str = ""
    note: str = ""


class Viewer(QWidget):
    """Shows one version at a time.

    Attributes:
        arrived: Emitted with (version_id, 1-based page) once the asked page is on show.
        titled: Emitted with the file's name once it is known.
        password_asked: Emitted with the version whose password the user wants to type.
    """

    arrived = Signal(str, int)
    titled = Signal(str)
    password_asked = Signal(str)

    def __init__(self, desk: Desk, documents: Documents, renderer: Renderer, parent: QWidget | None = None) -> None:
        """Show versions of ``documents``."""
        super().__init__(parent)
        self.setProperty("role", "page")
        self._desk = desk
        self._documents = documents
        self._renderer = renderer
        self._version = ""
        self._asked = 1
        self._span: Span | None = None
        self._opened: _Opened | None = None
        self._number = 0
        self._drawing = False
        self._notes: dict[int, str] = {}  #: what a reader of a page is to know, by page
        self.canvas = PageCanvas(desk.theme)
        self.reading = ReadingView(desk.theme)
        self._stack = QStackedWidget()
        self.states = States(desk.theme, self._stack)
        self.title = ElidedLabel()
        self.label = ElidedLabel()
        self.page_field = QLineEdit()
        self.of_pages = QLabel()
        self._buttons = {
            name: IconButton(desk.theme, icon, label, shortcut=keys) for name, icon, label, keys in _BUTTONS
        }
        self._lay_out()
        self._connect()

    @property
    def showing(self) -> str:
        """What is on show: "pages", "text", "loading", "blank" or "told"."""
        if self.states.state != "content":
            return self.states.state
        return "pages" if self._stack.currentWidget() is self.canvas else "text"

    @property
    def page(self) -> int:
        """The 1-based page on show, 0 before any."""
        return self._number

    def open(self, version_id: str, page: int, span: Span | None = None) -> None:
        """Show a version at a page (1-based), with the words of ``span`` (its characters) highlighted and in view."""
        same = version_id == self._version and self.showing in ("pages", "text")
        self._version, self._asked, self._span = version_id, page, span
        if not same:
            self._opened = None
            self._drawing = False
            self._notes = {}
            self.states.show_loading()

        def work(_task: Task) -> _Opened:
            return self._look_up(version_id, page, span)

        def failed(error: Exception) -> None:
            self.states.show_error(error, lambda: self.open(version_id, page, span))

        self._desk.operations.run(self, work, lambda opened: self._show(opened, page), key="open", failed=failed)

    def retry(self) -> None:
        """Look again at what was asked for last, as when a document that was being read may be there now."""
        if self._version:
            self.open(self._version, self._asked, self._span)

    def go_to(self, page: int) -> None:
        """Show another page of the open version; does nothing beyond its ends."""
        if self._opened is None or not 1 <= page <= self._opened.pages:
            return
        if self.showing == "pages":
            self.canvas.show_page(page)
        else:
            self.open(self._version, page, self._span)

    def copy(self) -> None:
        """Copy what is selected, else the highlighted words, else the page's text, each with where it stands."""
        opened = self._opened
        if opened is None or opened.view is None:
            return
        selected = self.reading.selection() if self.showing == "text" else None
        version, number, path = self._version, self._number, opened.row.path
        if selected is None and opened.quote:
            QApplication.clipboard().setText(with_citation(opened.quote, path, opened.view.page, opened.cells))
            return

        def work(_task: Task) -> str:
            view = self._documents.page(version, number)
            part = selected or Span(0, len(view.text))
            cells = self._documents.cells(version, Span(view.char_start + part.start, view.char_start + part.end))
            return with_citation(view.text[part.start : part.end], path, number, cells)

        self._desk.operations.run(self, work, lambda text: QApplication.clipboard().setText(text), key="copy")

    def zoom(self, step: int) -> None:
        """Enlarge (1) or reduce (-1) what is on show."""
        if self.showing == "pages":
            self.canvas.zoom(step)
        else:
            self.reading.zoom(step)

    def fit_width(self) -> None:
        """Make pages as wide as the view, letters their usual size."""
        self.canvas.fit_width()
        self.reading.zoom(0)

    def _look_up(self, version_id: str, page: int, span: Span | None) -> _Opened:
        """Run on a background thread."""
        row = self._documents.row_of(version_id)
        pages = self._documents.page_count(version_id)
        view = self._documents.page(version_id, page) if 1 <= page <= pages else None
        boxes = self._documents.boxes(version_id, span) if span is not None else ()
        quote = self._documents.text(version_id, span) if span is not None else ""
        cells = self._documents.cells(version_id, span) if span is not None else None
        return _Opened(row, pages, view, boxes, quote, cells)

    def _show(self, opened: _Opened, page: int) -> None:
        self._opened, former = opened, self._opened
        self.title.set_whole(opened.row.path.rsplit("/", 1)[-1], opened.row.path)
        self.titled.emit(self.title.whole)
        self._set_bar(opened.pages)
        if opened.view is None:
            self._show_none(opened.row)
        elif opened.view.width > 0 and opened.view.height > 0:
            fresh = former is None or former.row.version_id != opened.row.version_id or self.showing != "pages"
            self._show_pages(opened, opened.view, page, fresh=fresh)
        else:
            self._show_text(opened.view)

    def focus_page(self) -> None:
        """Put the keyboard where arrows scroll what is on show."""
        (self.canvas if self.showing == "pages" else self.reading).setFocus()

    def _show_none(self, row: DocumentRow) -> None:
        if locked(row):
            unlock = QPushButton("Type the password")
            unlock.setProperty("kind", "primary")
            unlock.clicked.connect(lambda _checked=False: self.password_asked.emit(row.version_id))
            self.states.show_empty(
                "lock",
                "This document needs a password",
                "Its pages are shown and searched once it is unlocked.",
                unlock,
                row.path,
            )
            unlock.setFocus()
            return
        reading = row.state == "new"
        title = "This document is still being read" if reading else "Nothing of this document could be read"
        self.states.show_error(
            Problem(title, row.reason or "Its pages appear here as soon as it has been read.", "", row.path)
        )

    def _show_pages(self, opened: _Opened, view: PageView, page: int, *, fresh: bool) -> None:
        self._stack.setCurrentWidget(self.canvas)
        self.states.show_content()
        if fresh:
            self.canvas.set_pages([PageSize(view.width, view.height)] * opened.pages, page)
        self.canvas.set_boxes(opened.boxes)
        if opened.boxes:
            self.canvas.show_boxes()
        else:
            self.canvas.show_page(page)
        self._set_number(self.canvas.page)
        self._draw_next()
        self.arrived.emit(self._version, page)

    def _show_text(self, view: PageView, why: str = "") -> None:
        self._stack.setCurrentWidget(self.reading)
        self.states.show_content()
        if view.text.strip():
            self.reading.set_text(view.text, local_span(view, self._span))
        else:
            self.reading.set_text(view.reason or "This page is blank.", None)
        self._notes = {view.page: why or view.reason or view.label or ""}
        self._set_number(view.page)
        self.arrived.emit(self._version, view.page)

    def _draw_next(self) -> None:
        """Have the picture drawn that is missed most; one at a time, so that what is on show comes first."""
        wanted = self.canvas.next_wanted()
        if wanted is None or self._drawing or self.showing != "pages":
            return
        if self._opened is None or wanted[0] > self._opened.pages:
            return  # the canvas still has the pages of the document before
        self._drawing = True
        page, scale = wanted
        version = self._version

        def done(drawn: _Drawn) -> None:
            if version == self._version:
                self._drawing = False
                self._take_picture(page, scale, drawn)
                self._draw_next()

        def failed(error: Exception) -> None:
            if version == self._version:
                self._drawing = False
                self.canvas.set_message(page, "This page could not be drawn.")
            self._desk.messages.show_error(error)

        self._desk.operations.run(self, lambda _task: self._draw(version, page, scale), done, failed=failed)

    def _draw(self, version: str, page: int, scale: float) -> _Drawn:
        """Run on a background thread."""
        view = self._documents.page(version, page)
        size = PageSize(view.width, view.height)
        try:
            picture = self._renderer(version, page, scale)
        except Problem as problem:
            return _Drawn(size, None, str(problem))
        note = view.reason or ""
        if isinstance(picture, QImage):
            return _Drawn(size, picture, note=note)
        reader = QImageReader(str(picture))
        image = reader.read()
        return _Drawn(size, image, note=note) if not image.isNull() else _Drawn(size, None, reader.errorString())

    def _take_picture(self, page: int, scale: float, drawn: _Drawn) -> None:
        if drawn.size.width > 0 and drawn.size.height > 0:
            self.canvas.set_size(page, drawn.size)
        if drawn.picture is not None:
            self.canvas.set_picture(page, scale, drawn.picture)
            self._notes[page] = drawn.note
            if page == self._number:
                self.label.set_whole(drawn.note)
            return
        self.canvas.set_message(page, f"This page could not be drawn.\n{drawn.problem}")
        opened = self._opened
        if opened is not None and opened.view is not None and opened.view.page == page and opened.view.text.strip():
            self._show_text(opened.view, why="Text only: the page could not be drawn")

    def _set_bar(self, pages: int) -> None:
        self.of_pages.setText(f"/ {words.number(pages)}")
        self.label.set_whole("")
        for widget in (self.page_field, self.of_pages, *self._buttons.values()):
            widget.setVisible(pages > 0)

    def _set_number(self, page: int) -> None:
        self._number = page
        pages = self._opened.pages if self._opened else 0
        self.page_field.setText(str(page))
        self.label.set_whole(self._notes.get(page, ""))
        self._buttons["previous"].setEnabled(page > 1)
        self._buttons["next"].setEnabled(page < pages)

    def _typed(self) -> None:
        if self.page_field.text().isdigit():
            self.go_to(int(self.page_field.text()))

    def _lay_out(self) -> None:
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.reading)
        self.title.setProperty("role", "strong")
        self.label.setProperty("role", "small")
        self.of_pages.setProperty("role", "soft")
        self.page_field.setFixedWidth(52)
        self.page_field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.page_field.setAccessibleName("Page")
        self.page_field.setValidator(QIntValidator(1, 999_999, self))
        bar = QFrame()
        bar.setProperty("role", "viewer-bar")
        bar.setFixedHeight(44)
        row = QHBoxLayout(bar)
        row.setContentsMargins(SPACE_3, 0, SPACE_2, 0)
        row.setSpacing(SPACE_1)
        row.addWidget(self.title)
        row.addSpacing(SPACE_2)
        row.addWidget(self.label)
        row.addStretch(1)
        for name in ("previous", "next"):
            row.addWidget(self._buttons[name])
        row.addWidget(self.page_field)
        row.addWidget(self.of_pages)
        row.addSpacing(SPACE_3)
        for name in ("out", "in", "fit", "copy"):
            row.addWidget(self._buttons[name])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.states, 1)

    def _connect(self) -> None:
        self.canvas.wanted.connect(self._draw_next)
        self.canvas.page_changed.connect(self._set_number)
        self.page_field.returnPressed.connect(self._typed)
        actions: dict[str, Callable[[], None]] = {
            "previous": lambda: self.go_to(self._number - 1),
            "next": lambda: self.go_to(self._number + 1),
            "out": lambda: self.zoom(-1),
            "in": lambda: self.zoom(1),
            "fit": self.fit_width,
            "copy": self.copy,
        }
        keys = {"out": "Ctrl+-", "in": "Ctrl++", "fit": "Ctrl+0", "copy": "Ctrl+C"}
        for name, run in actions.items():
            self._buttons[name].clicked.connect(run)
            if name in keys:
                shortcut = QShortcut(QKeySequence(keys[name]), self)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(run)


_BUTTONS = (
    ("previous", "up", "Previous page", ""),
    ("next", "down", "Next page", ""),
    ("out", "minus", "Zoom out", "Ctrl+-"),
    ("in", "plus", "Zoom in", "Ctrl++"),
    ("fit", "fit-width", "Fit width", "Ctrl+0"),
    ("copy", "copy", "Copy with citation", "Ctrl+C"),
)


def local_span(view: PageView, span: Span | None) -> Span | None:
    """Return the part of a version's ``span`` that stands on a page, in the page's own characters; None when none does."""
    if span is None:
        return None
    start, end = max(span.start, view.char_start), min(span.end, view.char_end)
    return Span(start - view.char_start, end - view.char_start) if start < end else None


def with_citation(text: str, path: str, page: int, cells: str | None = None) -> str:
    """Return quoted words with where they stand, such as "“…” (Lease.pdf, p. 7)"; in a sheet that is a range of cells."""
    return f"“{' '.join(text.split())}” ({PurePosixPath(path).name}, {cells or f'p. {page}'})"
