"""Highlights stand on the words at every scale, and pages are found where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datazoom_desktop.documents.ui.layout import GAP, PageSize, Rect, drawing_scale, fitting_scale, lay_out
from datazoom_desktop.kernel.spans import Box

LETTER, WIDE = PageSize(612, 792), PageSize(1000, 500)
SIZES = st.lists(st.builds(PageSize, st.floats(50, 2000), st.floats(50, 2000)), min_size=1, max_size=30)


def test_a_box_stands_where_its_words_are_drawn() -> None:
    layout = lay_out([LETTER, LETTER], 2.0)
    page = layout.rect(2)
    assert page == Rect(GAP, GAP + 792 * 2 + GAP, 1224, 1584)
    assert layout.box(Box(2, 72, 100, 172, 112)) == Rect(page.x + 143, page.y + 199, 202, 26)


def test_narrower_pages_stand_in_the_middle() -> None:
    layout = lay_out([LETTER, WIDE], 1.0)
    assert layout.rect(1).x == pytest.approx((layout.width - 612) / 2)
    assert layout.rect(2).x == GAP


def test_a_page_above_the_view_is_not_visible_and_a_gap_belongs_to_the_page_above() -> None:
    layout = lay_out([LETTER] * 3, 1.0)
    bottom = layout.rect(1).y + 792
    assert list(layout.visible(bottom + 1, bottom + GAP + 10)) == [2]
    assert layout.page_at(bottom + 1) == 1
    assert list(layout.visible(0, 10_000)) == [1, 2, 3]
    assert list(lay_out([], 1.0).visible(0, 100)) == []


@given(SIZES, st.floats(0.2, 6.0))
def test_pages_never_overlap_and_each_is_found_at_its_middle(sizes: list[PageSize], scale: float) -> None:
    layout = lay_out(sizes, scale)
    bottom = 0.0
    for page in range(1, len(sizes) + 1):
        rect = layout.rect(page)
        assert rect.y > bottom
        bottom = rect.y + rect.height
        assert layout.page_at(rect.y + rect.height / 2) == page
        assert page in layout.visible(rect.y + rect.height / 2, rect.y + rect.height / 2 + 1)
    assert layout.height == pytest.approx(bottom + GAP)


@given(SIZES, st.floats(200, 4000))
def test_fitted_pages_fill_the_width_and_no_more(sizes: list[PageSize], width: float) -> None:
    layout = lay_out(sizes, fitting_scale(sizes, width))
    assert layout.width <= width + 1e-6 or layout.scale == pytest.approx(0.25)


@given(st.floats(0.1, 12.0))
def test_pictures_are_drawn_at_least_as_fine_as_they_are_shown(scale: float) -> None:
    drawn = drawing_scale(scale)
    assert drawn == drawing_scale(drawn)
    assert drawn >= min(scale, 6.0) - 1e-9
    assert drawn <= max(scale + 0.25, 0.5)
