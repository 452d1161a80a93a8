"""A place in its sentence, the words that were looked for always visible."""

from __future__ import annotations

from datazoom_desktop.kernel.spans import Span
from datazoom_desktop.search.model import ExactHit, Hit
from datazoom_desktop.search.ui.snippets import GAP, Piece, led, marks_in, pieces


def found(text: str, *marked: str, before: str = "", after: str = "") -> ExactHit:
    hit = Hit(1, "d", "v", "a.pdf", 1, 1, Span(100, 100 + len(text)), text, 1.0, (), "", 0.0)
    marks = tuple(Span(100 + text.index(word), 100 + text.index(word) + len(word)) for word in marked)
    return ExactHit(hit, marks, before, after)


def test_the_words_looked_for_are_marked_in_their_sentence() -> None:
    shown = pieces(found("change of\ncontrol", "change of\ncontrol", before="No\nsuch  ", after=" shall occur."))
    assert shown == (Piece("No such "), Piece("change of control", marked=True), Piece(" shall occur."))
    assert marks_in(shown) == [Span(8, 25)]


def test_what_stands_before_is_cut_where_room_is_scarce() -> None:
    whole = pieces(found("rent", "rent", before="word " * 40))
    shown = led(whole, 56)
    assert shown[0].text == "…" + "word " * 11
    assert shown[1:] == whole[1:]
    assert led(whole, 300) == whole


def test_a_long_stretch_between_two_marks_is_left_out() -> None:
    shown = pieces(found(f"liable {'x ' * 300}profits", "liable", "profits"))
    text = "".join(part.text for part in shown)
    assert " … " in text
    assert len(text) < 3 * GAP
    assert [part.text for part in shown if part.marked] == ["liable", "profits"]


def test_of_a_long_mark_both_ends_are_shown() -> None:
    stretch = f"Governing law {'x ' * 100}laws of the State"
    (shown,) = pieces(found(stretch, stretch))
    assert shown.marked
    assert shown.text.startswith("Governing law")
    assert shown.text.endswith("laws of the State")
    assert " … " in shown.text


def test_a_place_without_marks_is_shown_plainly() -> None:
    assert pieces(found("LEASE AGREEMENT")) == (Piece("LEASE AGREEMENT"),)


def test_blanks_are_single_across_the_borders_of_pieces() -> None:
    shown = pieces(found(" rent ", "rent", before="the ", after=" is due"))
    assert "".join(part.text for part in shown) == "the rent is due"
