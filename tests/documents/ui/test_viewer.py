"""The viewer opens at the exact words, as a picture of the page or as its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QTextCursor
from PySide6.QtWidgets import QApplication, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from datazoom_desktop.documents.ui.reading_view import ReadingView, character, offset
from datazoom_desktop.documents.ui.reading_view import shown as shown_text
from datazoom_desktop.documents.ui.viewer import Viewer, local_span, with_citation
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.shell.desk import Desk
from tests.support.fake_workspace import (
    LINES,
    PAGE_CHARS,
    FakeDocuments,
    citation,
    draw_page,
    page_text,
    reading_rows,
)
from tests.support.qt_window import until

Show = Callable[[QWidget], None]


def viewer_of(
    desk: Desk, documents: FakeDocuments, renderer: Callable[[str, int, float], QImage | Path] = draw_page
) -> Viewer:
    return Viewer(desk, documents, renderer)  # type: ignore[arg-type]


def room(*, geometry: bool = True) -> FakeDocuments:
    return FakeDocuments(reading_rows()[0], geometry=geometry)


def marked_pixels(viewer: Viewer, rect: tuple[float, float, float, float]) -> tuple[int, int]:
    """Return how many pixels in and out of ``rect`` of the canvas have the marker's colour."""
    image = viewer.canvas.viewport().grab().toImage()
    x, y, width, height = rect
    inside = outside = 0
    for px in range(0, image.width(), 3):
        for py in range(0, image.height(), 3):
            colour = image.pixelColor(px, py)
            if colour.blue() < 160 and colour.red() > 230:
                if x - 1 <= px <= x + width + 1 and y - 1 <= py <= y + height + 1:
                    inside += 1
                else:
                    outside += 1
    return inside, outside


def test_a_citation_opens_at_its_page_with_its_words_marked_and_in_view(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    viewer = viewer_of(desk, room())
    shown(viewer)
    cited = citation(7, 1)
    viewer.open(cited.version_id, cited.page, cited.span)
    until(qtbot, lambda: viewer.showing == "pages" and desk.operations.live == 0)
    assert viewer.page == 7
    rect = viewer.canvas.shown_boxes()[0]
    assert 0 < rect.y < viewer.canvas.viewport().height() - rect.height
    inside, outside = marked_pixels(viewer, rect)
    assert inside > 100
    assert outside == 0


def test_the_mark_stays_on_the_words_when_zooming(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    viewer = viewer_of(desk, room())
    shown(viewer)
    cited = citation(2, 1)
    viewer.open(cited.version_id, cited.page, cited.span)
    until(qtbot, lambda: viewer.showing == "pages" and desk.operations.live == 0)
    viewer.zoom(-1)
    viewer.zoom(-1)
    until(qtbot, lambda: desk.operations.live == 0)
    inside, outside = marked_pixels(viewer, viewer.canvas.shown_boxes()[0])
    assert inside > 20
    assert outside == 0


def test_pages_are_drawn_only_when_they_come_into_view(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    drawn: list[int] = []

    def draw(version: str, page: int, scale: float) -> QImage:
        drawn.append(page)
        return draw_page(version, page, scale)

    viewer = viewer_of(desk, room(), draw)
    shown(viewer)
    viewer.open("v1", 5)
    until(qtbot, lambda: viewer.showing == "pages" and 5 in drawn and desk.operations.live == 0)
    assert set(drawn) <= {4, 5, 6, 7}
    viewer.go_to(9)
    until(qtbot, lambda: 9 in drawn and desk.operations.live == 0)
    assert viewer.page in (8, 9)
    assert 1 not in drawn


def test_stepping_through_pages_ends_at_the_ends(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    viewer = viewer_of(desk, room(geometry=False))
    shown(viewer)
    viewer.open("v1", 8)
    until(qtbot, lambda: viewer.showing == "text" and viewer.page == 8)
    viewer.go_to(9)
    until(qtbot, lambda: viewer.page == 9)
    viewer.go_to(10)
    viewer.go_to(0)
    assert viewer.page == 9
    assert not viewer._buttons["next"].isEnabled()


def test_without_page_pictures_the_words_are_highlighted_in_the_text(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    viewer = viewer_of(desk, room(geometry=False))
    shown(viewer)
    cited = citation(7, 1)
    viewer.open(cited.version_id, cited.page, cited.span)
    until(qtbot, lambda: viewer.showing == "text")
    assert viewer.reading.highlighted() == LINES[1]
    selections: list[QTextEdit.ExtraSelection] = viewer.reading.extraSelections()
    assert selections[0].format.background().color() == desk.theme.colour("evidence")  # type: ignore[attr-defined]


def test_copy_gives_the_words_and_where_they_stand(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    viewer = viewer_of(desk, room())
    shown(viewer)
    cited = citation(7, 1)
    viewer.open(cited.version_id, cited.page, cited.span)
    until(qtbot, lambda: viewer.showing == "pages")
    viewer.canvas.setFocus()
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == f"“{LINES[1]}” (Lease with Northgate.pdf, p. 7)"


def test_what_is_copied_of_a_sheet_is_named_by_its_cells(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    viewer = viewer_of(desk, room(geometry=False))
    shown(viewer)
    cited = citation(7, 1)
    viewer.open(cited.version_id, cited.page, cited.span)
    until(qtbot, lambda: viewer.showing == "text")
    viewer.copy()
    start, end = cited.span.start, cited.span.end
    assert QApplication.clipboard().text() == f"“{LINES[1]}” (Lease with Northgate.pdf, Sheet1!A{start + 1}:A{end})"
    cursor = viewer.reading.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(4, QTextCursor.MoveMode.KeepAnchor)
    viewer.reading.setTextCursor(cursor)
    viewer.copy()
    chosen = f"“{page_text(7)[:4]}” (Lease with Northgate.pdf, Sheet1!A{6 * PAGE_CHARS + 1}:A{6 * PAGE_CHARS + 4})"
    until(qtbot, lambda: QApplication.clipboard().text() == chosen)


def test_a_page_that_cannot_be_drawn_is_shown_as_text_and_says_so(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    def refuse(version: str, page: int, scale: float) -> QImage:
        raise Problem("The page cannot be drawn", "Its picture is damaged.")

    viewer = viewer_of(desk, room(), refuse)
    shown(viewer)
    cited = citation(3, 1)
    viewer.open(cited.version_id, cited.page, cited.span)
    until(qtbot, lambda: viewer.showing == "text")
    assert viewer.reading.highlighted() == LINES[1]
    assert viewer.label.whole == "Text only: the page could not be drawn"
    assert desk.messages.shown == ()


def test_a_document_that_could_not_be_read_says_why(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    viewer = viewer_of(desk, room())
    shown(viewer)
    viewer.open("v4", 1)
    until(qtbot, lambda: viewer.showing == "told")
    assert not viewer.page_field.isVisible()


def test_a_picture_file_is_shown_too(desk: Desk, shown: Show, qtbot: QtBot, tmp_path: Path) -> None:
    def draw(version: str, page: int, scale: float) -> Path:
        file = tmp_path / f"{page}.png"
        draw_page(version, page, scale).save(str(file))
        return file

    viewer = viewer_of(desk, room(), draw)
    shown(viewer)
    viewer.open("v1", 1)
    until(qtbot, lambda: viewer.showing == "pages" and desk.operations.live == 0)
    assert viewer.canvas.next_wanted() is None


TEXTS = st.text(alphabet=st.sampled_from("ab é😀𝒜\n\r\t\u2029"), max_size=60)


@given(TEXTS, st.data())
def test_characters_are_found_where_qt_counts_them(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    units = shown_text(text).encode("utf-16-le")
    cut = units[2 * offset(text, start) : 2 * offset(text, end)].decode("utf-16-le", "ignore")
    expected = shown_text(text[start:end])
    split = start and text[start - 1] == "\r" and text[start : start + 1] == "\n"
    half = text[:end].endswith("\r") and text[end : end + 1] == "\n"
    if not split and not half:
        assert cut == expected
        assert character(text, offset(text, start)) == start


@pytest.mark.parametrize("text", ["plain words", "a😀b\r\nc words\r\nd", "tab\tand words"])
def test_the_reading_view_marks_the_same_words(desk: Desk, shown: Show, text: str) -> None:
    view = ReadingView(desk.theme)
    shown(view)
    start = text.find("words")
    span = Span(start, start + 5) if start >= 0 else Span(0, 1)
    view.set_text(text, span)
    assert view.highlighted() == (text[span.start : span.end])
    assert view.textCursor().position() == view._span[0]  # type: ignore[index]
    assert isinstance(view.textCursor(), QTextCursor)


def test_a_span_is_cut_to_its_page() -> None:
    view = FakeDocuments([]).page("v1", 2)
    assert local_span(view, Span(PAGE_CHARS - 5, PAGE_CHARS + 7)) == Span(0, 7)
    assert local_span(view, Span(0, 5)) is None
    assert local_span(view, None) is None


def test_a_quote_is_one_line_with_its_place() -> None:
    assert with_citation("two\n  lines", "A/B/Lease.pdf", 7) == "“two lines” (Lease.pdf, p. 7)"
    assert with_citation("Ada | 10", "A/Options.xlsx", 1, "Sheet1!A2:B2") == "“Ada | 10” (Options.xlsx, Sheet1!A2:B2)"


def test_a_page_read_with_low_certainty_says_so_above_it(desk: Desk, shown: Show, qtbot: QtBot) -> None:
    documents = room()
    told = "Read from a picture with low certainty (61 %): check names and figures against the page."
    sure = documents.page
    documents.page = lambda version, page: replace(sure(version, page), reason=told if page == 3 else None)  # type: ignore[method-assign]
    viewer = viewer_of(desk, documents)
    shown(viewer)
    viewer.open("v1", 3)
    until(qtbot, lambda: viewer.showing == "pages" and viewer.label.whole == told)
    viewer.go_to(8)
    until(qtbot, lambda: viewer.page == 8 and viewer.label.whole == "")
