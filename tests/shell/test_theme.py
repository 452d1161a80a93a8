"""Both themes name the same roles, every text can be read, and the style sheet names no colour of its own."""

from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.shell import icons
from datazoom_desktop.shell.theme import contrast
from datazoom_desktop.shell.theme.stylesheet import stylesheet
from datazoom_desktop.shell.theme.theme import Theme
from datazoom_desktop.shell.theme.tokens import MARK_ON, TEXT_ON, THEMES, Scheme, Tokens

PAIRS = [(text, surface) for text, surfaces in TEXT_ON.items() for surface in surfaces]
MARKS = [(mark, surface) for mark, surfaces in MARK_ON.items() for surface in surfaces]


def test_contrast_agrees_with_the_known_extremes() -> None:
    assert contrast.ratio("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast.ratio("#777777", "#777777") == pytest.approx(1.0)
    assert contrast.ratio("#767676", "#ffffff") == pytest.approx(
        4.54, abs=0.01
    )  # the lightest grey that passes on white


def test_contrast_refuses_what_is_no_colour() -> None:
    with pytest.raises(ValueError, match="not a colour"):
        contrast.luminance("red")


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize(("text", "surface"), PAIRS)
def test_every_text_can_be_read_on_every_surface_it_stands_on(scheme: Scheme, text: str, surface: str) -> None:
    tokens = THEMES[scheme]
    assert contrast.ratio(getattr(tokens, text), getattr(tokens, surface)) >= contrast.TEXT_RATIO


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize(("mark", "surface"), MARKS)
def test_every_mark_can_be_seen(scheme: Scheme, mark: str, surface: str) -> None:
    tokens = THEMES[scheme]
    assert contrast.ratio(getattr(tokens, mark), getattr(tokens, surface)) >= contrast.MARK_RATIO


def test_words_under_the_marker_of_a_page_can_be_read() -> None:
    assert contrast.ratio("#000000", THEMES[Scheme.DARK].marker) >= contrast.TEXT_RATIO


@pytest.mark.parametrize("scheme", Scheme)
def test_every_token_is_a_colour(scheme: Scheme) -> None:
    for role in Tokens.roles():
        assert re.fullmatch(r"#[0-9a-f]{6}", getattr(THEMES[scheme], role)), role


@pytest.mark.parametrize("scheme", Scheme)
def test_the_style_sheet_names_only_colours_of_its_theme(scheme: Scheme) -> None:
    own = {getattr(THEMES[scheme], role) for role in Tokens.roles()}
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", stylesheet(THEMES[scheme]))) <= own


def test_every_text_colour_of_the_style_sheet_is_a_tested_one() -> None:
    by_colour = {getattr(THEMES[Scheme.LIGHT], role): role for role in TEXT_ON}
    for colour in re.findall(r"(?<![\w-])color: (#\w+)", stylesheet(THEMES[Scheme.LIGHT])):
        assert colour in by_colour, colour


def test_switching_repaints_and_choosing_none_follows_the_system(theme: Theme, qapp: QApplication) -> None:
    theme.choose(Scheme.LIGHT)
    light = qapp.palette().window().color().name()
    theme.switch()
    assert theme.scheme is Scheme.DARK
    assert qapp.palette().window().color().name() != light
    theme.choose(None)
    assert theme.scheme is Scheme.LIGHT  # the offscreen system has no dark mode
    theme.choose(Scheme.LIGHT)


def test_every_icon_follows_one_style_and_takes_the_themes_colour(theme: Theme) -> None:
    files = sorted(resource_path("icons").glob("*.svg"))
    assert len(files) > 20
    for file in files:
        text = icons.drawing(file.stem)
        assert 'stroke-width="1.5"' in text
        assert 'viewBox="0 0 24 24"' in text
        assert "currentColor" in text
        image = icons.pixmap(file.stem, "#ff0000", 24).toImage()
        inked = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        strong = [c for c in inked if c.alpha() > 120]
        assert strong, f"{file.stem} draws nothing"
        assert all(c.red() > 200 and c.green() < 60 for c in strong), file.stem


def test_labels_wear_their_role(theme: Theme) -> None:
    label = QLabel("x")
    label.setProperty("role", "page-title")
    label.ensurePolished()
    assert label.font().pixelSize() == 24
