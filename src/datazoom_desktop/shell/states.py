"""The states every page has: empty, loading (a skeleton after 200 ms), error, and its content."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.shell.icons import IconLabel
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import RADIUS_CONTROL, SPACE_2, SPACE_3, SPACE_4, SPACE_6, Density

SKELETON_AFTER_MS = 200
_NOTICE_WIDTH = 560


class States(QStackedWidget):
    """Holds a page's content and stands in for it while there is none."""

    def __init__(self, theme: Theme, content: QWidget, parent: QWidget | None = None) -> None:
        """Start blank, as loading; a skeleton follows when nothing else is shown within 200 ms of ``show_loading``."""
        super().__init__(parent)
        self._theme = theme
        self._content = content
        self._blank = QWidget()
        self._skeleton = Skeleton(theme)
        self._told: QWidget | None = None
        for widget in (self._blank, self._skeleton, content):
            self.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SKELETON_AFTER_MS)
        self._timer.timeout.connect(lambda: self.setCurrentWidget(self._skeleton))

    @property
    def state(self) -> str:
        """What is on show: "blank", "loading", "content", or "told" (empty or error)."""
        names: dict[QWidget | None, str] = {self._blank: "blank", self._skeleton: "loading", self._content: "content"}
        return names.get(self.currentWidget(), "told")

    def show_loading(self) -> None:
        """Show nothing now and a skeleton in 200 ms."""
        self.setCurrentWidget(self._blank)
        self._timer.start()

    def show_content(self) -> None:
        """Show the content."""
        self._timer.stop()
        self.setCurrentWidget(self._content)

    def show_empty(
        self, icon: str, title: str, text: str, action: QPushButton | None = None, example: str = ""
    ) -> None:
        """Say what this page is for, with one action and one example; the action belongs to the page from now on."""
        self._tell(Notice(self._theme, icon, "ink_faint", title, text, [action] if action else [], example))

    def show_error(self, error: Exception, retry: Callable[[], None] | None = None) -> None:
        """Say what happened, to what, what to do; offer to copy the details and to try again."""
        title = error.title if isinstance(error, Problem) else "This could not be shown"
        text = str(error) if isinstance(error, Problem) else f"{type(error).__name__}: {error}"
        path = error.path if isinstance(error, Problem) else None
        copy = QPushButton("Copy details")
        copy.clicked.connect(lambda: QApplication.clipboard().setText("\n".join(filter(None, (title, text, path)))))
        buttons = [copy]
        if retry is not None:
            again = QPushButton("Try again")
            again.setProperty("kind", "primary")
            again.clicked.connect(lambda _checked=False: retry())
            buttons.insert(0, again)
        self._tell(Notice(self._theme, "alert", "bad", title, text, buttons, path or ""))

    def _tell(self, notice: QWidget) -> None:
        self._timer.stop()
        former, self._told = self._told, notice
        self.addWidget(notice)
        self.setCurrentWidget(notice)
        if former is not None:
            self.removeWidget(former)
            former.deleteLater()


class Notice(QWidget):
    """A quiet block in the middle of a page: icon, title, a sentence or two, buttons, a faint last line."""

    def __init__(
        self, theme: Theme, icon: str, role: str, title: str, text: str, buttons: list[QPushButton], last: str
    ) -> None:
        """Show the parts that are not empty."""
        super().__init__()
        block = QWidget()
        block.setFixedWidth(_NOTICE_WIDTH)
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        column.addWidget(IconLabel(theme, icon, role, 32), 0, Qt.AlignmentFlag.AlignHCenter)
        for words, kind in ((title, "title"), (text, "soft")):
            column.addWidget(_line(words, kind))
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addStretch()
        for button in buttons:
            row.addWidget(button)
        row.addStretch()
        column.addSpacing(SPACE_2)
        column.addLayout(row)
        if last:
            column.addWidget(_line(last, "faint"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_4, SPACE_6, SPACE_4, SPACE_6)
        whole.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(block)
        middle.addStretch()
        whole.addLayout(middle)
        whole.addStretch(3)
        self.setAccessibleName(f"{title}. {text}")


class Skeleton(QWidget):
    """The shape of rows to come; stands still."""

    _WIDTHS = (0.62, 0.48, 0.7, 0.55, 0.4, 0.66, 0.5, 0.58)

    def __init__(self, theme: Theme) -> None:
        """Paint in ``theme``."""
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Loading")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars where rows will be."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("surface_sunken"))
        for n, share in enumerate(self._WIDTHS):
            y = SPACE_4 + n * (Density.COMFORTABLE + SPACE_2)
            width = share * (self.width() - 2 * SPACE_6)
            painter.drawRoundedRect(QRectF(SPACE_3, y, width, 16), RADIUS_CONTROL, RADIUS_CONTROL)
        painter.end()


def _line(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
