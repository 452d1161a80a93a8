"""Starts the application object, the theme and the desktop; turns exceptions of the window's thread into messages."""

from __future__ import annotations

import gc
import signal
import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from datazoom_desktop.app.ui.desktop import Desktop
from datazoom_desktop.app.ui.tour import Tour
from datazoom_desktop.shell.theme.theme import Theme

_SMOKE_MS = 60_000
_EAR_MS = 500
_TURN_SECONDS = 0.0005  #: after which a thread that computes lets the window's thread have its turn


def show(home: Path, room: str | None, *, smoke: bool, screenshots: Path | None) -> int:
    """Run the window until it is closed; see ``app.gui.run``."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    QCoreApplication.setApplicationName("DataZoom")
    code = _run(app, home, room, smoke=smoke, screenshots=screenshots)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.unfreeze()
    gc.collect()  # database handles go before the interpreter does
    return code


def _run(app: QApplication, home: Path, room: str | None, *, smoke: bool, screenshots: Path | None) -> int:
    sys.setswitchinterval(_TURN_SECONDS)
    theme = Theme(app)
    desktop = Desktop(home, theme)
    former = sys.excepthook

    def tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            desktop.window.close()
        else:
            former(kind, error, trace)
            desktop.window.desk.messages.show_error(error)

    sys.excepthook = tell
    interrupt = signal.signal(signal.SIGINT, lambda _number, _frame: desktop.window.close())
    ear = QTimer(desktop)  # Python hears of Ctrl+C only when some Python runs
    ear.timeout.connect(lambda: None)
    ear.start(_EAR_MS)
    if smoke:
        _close_when_shown(desktop, with_room=room is not None)
    desktop.room_opened.connect(lambda _session: _leave_alone_what_stays())
    if screenshots is not None:
        Tour(desktop, theme, screenshots, with_room=room is not None)
    desktop.start(room)
    try:
        return app.exec()
    finally:
        sys.excepthook = former
        signal.signal(signal.SIGINT, interrupt)
        desktop.window.close()
        desktop.window.deleteLater()
        desktop.deleteLater()


def _leave_alone_what_stays() -> None:
    """Collect what a room before left, then look no more through what is there: a look at it all stops every thread."""
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.freeze()


def _close_when_shown(desktop: Desktop, *, with_room: bool) -> None:
    """Close the window once it shows what was asked for; end with 1 when it does not."""
    timer = QTimer(desktop)
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: QCoreApplication.exit(1))
    timer.start(_SMOKE_MS)

    def close() -> None:
        timer.stop()
        QTimer.singleShot(0, desktop.window, desktop.window.close)

    (desktop.room_opened if with_room else desktop.listed).connect(close)
