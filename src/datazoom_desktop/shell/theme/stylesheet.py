"""The style sheet: tokens in, one text of Qt style rules out. Pure; widgets are told apart by the properties ``role`` and ``kind``."""

from __future__ import annotations

from datazoom_desktop.shell.theme import tokens as t


def stylesheet(c: t.Tokens) -> str:
    """Return the style sheet of a whole application in the colours ``c``."""
    return "\n".join((_base(c), _labels(c), _buttons(c), _fields(c), _frame(c), _tables(c), _scroll(c), _floating(c)))


def _base(c: t.Tokens) -> str:
    return f"""
    * {{ font-size: {t.TYPE_BODY}px; color: {c.ink}; }}
    QMainWindow, QDialog, QWidget[role="page"], QStackedWidget, QScrollArea, QWidget[role="plain"] {{ background: {c.surface}; }}
    QScrollArea {{ border: none; }}
    QFrame[role="card"] {{ background: {c.surface_raised}; border: 1px solid {c.line}; border-radius: {t.RADIUS_CARD}px; }}
    QFrame[role="chip"] {{ background: {c.surface_sunken}; border: 1px solid {c.line}; border-radius: {t.RADIUS_CONTROL}px; }}
    QFrame[role="rule"] {{ background: {c.line}; border: none; max-height: 1px; min-height: 1px; }}
    QSplitter::handle {{ background: {c.line}; }}
    QToolTip {{ background: {c.surface_raised}; color: {c.ink}; border: 1px solid {c.line_strong}; padding: {t.SPACE_1}px; }}
    """


def _labels(c: t.Tokens) -> str:
    return f"""
    QLabel {{ background: transparent; }}
    QLabel[role="page-title"] {{ font-size: {t.TYPE_PAGE_TITLE}px; font-weight: {t.WEIGHT_STRONG}; }}
    QLabel[role="title"] {{ font-size: {t.TYPE_TITLE}px; font-weight: {t.WEIGHT_STRONG}; }}
    QLabel[role="reading"] {{ font-size: {t.TYPE_READING}px; }}
    QLabel[role="strong"] {{ font-weight: {t.WEIGHT_STRONG}; }}
    QLabel[role="soft"] {{ color: {c.ink_soft}; }}
    QLabel[role="small"] {{ font-size: {t.TYPE_SMALL}px; color: {c.ink_soft}; }}
    QLabel[role="faint"] {{ font-size: {t.TYPE_SMALL}px; color: {c.ink_faint}; }}
    QLabel[role="section"] {{ font-size: {t.TYPE_SMALL}px; font-weight: {t.WEIGHT_STRONG}; color: {c.ink_faint}; }}
    QLabel[role="good"] {{ color: {c.good}; }}
    QLabel[role="warn"] {{ color: {c.warn}; }}
    QLabel[role="bad"] {{ color: {c.bad}; }}
    QLabel[role="question"] {{ font-size: {t.TYPE_TITLE}px; font-weight: {t.WEIGHT_STRONG}; }}
    """


def _buttons(c: t.Tokens) -> str:
    return f"""
    QPushButton {{ background: {c.surface_raised}; border: 1px solid {c.line_strong}; border-radius: {t.RADIUS_CONTROL}px;
        padding: 0 {t.SPACE_3}px; min-height: {t.CONTROL_HEIGHT - 2}px; }}
    QPushButton:hover {{ background: {c.surface_sunken}; }}
    QPushButton:pressed {{ background: {c.line}; }}
    QPushButton:disabled {{ color: {c.ink_faint}; background: {c.surface_sunken}; border-color: {c.line}; }}
    QPushButton:focus {{ border: 2px solid {c.accent}; padding: 0 {t.SPACE_3 - 1}px; min-height: {t.CONTROL_HEIGHT - 4}px; }}
    QPushButton[kind="primary"] {{ background: {c.ink}; color: {c.surface_raised}; border-color: {c.ink}; font-weight: 600; }}
    QPushButton[kind="primary"]:hover {{ background: {c.ink_soft}; border-color: {c.ink_soft}; }}
    QPushButton[kind="primary"]:focus {{ border-color: {c.accent}; }}
    QPushButton[kind="primary"]:disabled {{ background: {c.surface_sunken}; color: {c.ink_faint}; border-color: {c.line}; }}
    QPushButton[kind="quiet"] {{ background: transparent; border-color: transparent; color: {c.ink_soft}; }}
    QPushButton[kind="quiet"]:hover {{ background: {c.surface_sunken}; color: {c.ink}; }}
    QPushButton[kind="quiet"]:focus {{ border-color: {c.accent}; }}
    QPushButton[kind="quiet"]:checked {{ background: {c.line}; color: {c.ink}; }}
    QPushButton[kind="crumb"] {{ background: transparent; border: 1px solid transparent; color: {c.ink_soft};
        padding: 0 {t.SPACE_1}px; min-height: 24px; }}
    QPushButton[kind="crumb"]:hover {{ color: {c.ink}; }}
    QPushButton[kind="crumb"]:focus {{ border: 1px solid {c.accent}; padding: 0 {t.SPACE_1}px; min-height: 24px; }}
    QPushButton[kind="crumb"]:disabled {{ color: {c.ink}; background: transparent; border-color: transparent; }}
    QPushButton[kind="status"] {{ background: transparent; border: 1px solid transparent; border-radius: 4px; color: {c.ink_soft};
        font-size: {t.TYPE_SMALL}px; padding: 0 {t.SPACE_2}px; min-height: 20px; }}
    QPushButton[kind="status"]:hover {{ color: {c.ink}; background: {c.line}; }}
    QPushButton[kind="status"]:focus {{ border: 1px solid {c.accent}; padding: 0 {t.SPACE_2}px; min-height: 20px; }}
    QPushButton[kind="citation"] {{ background: {c.accent_soft}; border: 1px solid transparent; color: {c.ink}; text-align: left;
        font-size: {t.TYPE_SMALL}px; padding: 0 {t.SPACE_2}px; min-height: 24px; }}
    QPushButton[kind="citation"]:hover {{ border-color: {c.accent}; }}
    QPushButton[kind="citation"]:focus {{ border: 2px solid {c.accent}; padding: 0 {t.SPACE_2 - 1}px; min-height: 22px; }}
    QPushButton[kind="citation"]:checked {{ border: 1px solid {c.accent}; color: {c.accent}; }}
    QPushButton[kind="example"] {{ background: {c.surface_sunken}; border: 1px solid {c.line}; color: {c.ink}; text-align: left;
        font-size: {t.TYPE_SMALL}px; padding: 0 {t.SPACE_2}px; min-height: 24px; }}
    QPushButton[kind="example"]:hover {{ border-color: {c.ink_faint}; }}
    QPushButton[kind="example"]:focus {{ border: 2px solid {c.accent}; padding: 0 {t.SPACE_2 - 1}px; min-height: 22px; }}
    QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: {t.RADIUS_CONTROL}px; }}
    QToolButton:hover {{ background: {c.line}; }}
    QToolButton:focus {{ border: 2px solid {c.accent}; }}
    """


def _fields(c: t.Tokens) -> str:
    return f"""
    QLineEdit, QPlainTextEdit[kind="field"] {{ background: {c.surface_raised}; border: 1px solid {c.line_strong};
        border-radius: {t.RADIUS_CONTROL}px; padding: 0 {t.SPACE_2}px; min-height: {t.CONTROL_HEIGHT - 2}px;
        selection-background-color: {c.evidence}; selection-color: {c.ink}; placeholder-text-color: {c.ink_faint}; }}
    QPlainTextEdit[kind="field"] {{ padding: {t.SPACE_2}px; font-size: {t.TYPE_READING}px; }}
    QLineEdit:focus {{ border: 2px solid {c.accent}; padding: 0 {t.SPACE_2 - 1}px; min-height: {t.CONTROL_HEIGHT - 4}px; }}
    QPlainTextEdit[kind="field"]:focus {{ border: 2px solid {c.accent}; padding: {t.SPACE_2 - 1}px; }}
    QLineEdit[kind="large"] {{ font-size: {t.TYPE_READING}px; }}
    QTextBrowser, QTextEdit {{ background: transparent; border: none; font-size: {t.TYPE_READING}px;
        selection-background-color: {c.evidence}; selection-color: {c.ink}; }}
    QProgressBar {{ background: {c.line}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
    QProgressBar::chunk {{ background: {c.ink_soft}; border-radius: 2px; }}
    """


def _frame(c: t.Tokens) -> str:
    return f"""
    QFrame[role="header"] {{ background: {c.surface}; border: none; border-bottom: 1px solid {c.line}; }}
    QFrame[role="sidebar"] {{ background: {c.surface_sunken}; border: none; border-right: 1px solid {c.line}; }}
    QFrame[role="status"] {{ background: {c.surface_sunken}; border: none; border-top: 1px solid {c.line}; }}
    QFrame[role="viewer-bar"] {{ background: {c.surface}; border: none; border-bottom: 1px solid {c.line}; }}
    QPushButton[kind="search"] {{ background: {c.surface_raised}; color: {c.ink_faint}; border: 1px solid {c.line_strong};
        text-align: left; padding: 0 {t.SPACE_2}px; }}
    QPushButton[kind="search"]:hover {{ border-color: {c.ink_faint}; }}
    QPushButton[kind="search"]:focus {{ border: 2px solid {c.accent}; padding: 0 {t.SPACE_2 - 1}px; }}
    QTreeView, QFrame[role="sidebar"] QListWidget {{ background: transparent; border: none; outline: none; }}
    """


def _tables(c: t.Tokens) -> str:
    return f"""
    QTableView {{ background: {c.surface}; alternate-background-color: {c.surface}; border: none; outline: none;
        selection-background-color: {c.accent_soft}; selection-color: {c.ink}; gridline-color: {c.line}; }}
    QTableView::item {{ border: none; border-bottom: 1px solid {c.line}; padding: 0 {t.SPACE_2}px; }}
    QTableView::item:selected {{ background: {c.accent_soft}; color: {c.ink}; }}
    QListView[role="results"] {{ background: transparent; border: none; outline: none; }}
    QListView[role="choices"] {{ background: transparent; border: 1px solid {c.line}; border-radius: {t.RADIUS_CONTROL}px; outline: none; }}
    QHeaderView, QTableCornerButton::section {{ background: {c.surface}; border: none; }}
    QHeaderView::section {{ background: {c.surface}; color: {c.ink_faint}; border: none; border-bottom: 1px solid {c.line_strong};
        font-size: {t.TYPE_SMALL}px; font-weight: {t.WEIGHT_STRONG}; padding: {t.SPACE_1}px {t.SPACE_2 + 3}px; }}
    """


def _scroll(c: t.Tokens) -> str:
    return f"""
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
    QScrollBar::handle {{ background: {c.line_strong}; border-radius: 3px; min-height: 32px; min-width: 32px; margin: 3px; }}
    QScrollBar::handle:hover {{ background: {c.ink_faint}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """


def _floating(c: t.Tokens) -> str:
    return f"""
    QFrame[role="palette"] {{ background: {c.surface_raised}; border: 1px solid {c.line_strong}; border-radius: {t.RADIUS_CARD}px; }}
    QFrame[role="palette"] QListWidget {{ background: transparent; border: none; outline: none; }}
    QFrame[role="message"] {{ background: {c.surface_raised}; border: 1px solid {c.line_strong}; border-radius: {t.RADIUS_CARD}px; }}
    QFrame[role="message"][kind="problem"] {{ border-left: 3px solid {c.bad}; }}
    QFrame[role="message"][kind="note"] {{ border-left: 3px solid {c.info}; }}
    QMenu {{ background: {c.surface_raised}; border: 1px solid {c.line_strong}; padding: {t.SPACE_1}px; }}
    QMenu::item {{ padding: {t.SPACE_1}px {t.SPACE_4}px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {c.accent_soft}; color: {c.ink}; }}
    """
