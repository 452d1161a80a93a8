"""The order in which a person reads a page, whatever order its lines were drawn in."""

from __future__ import annotations

import random

import pytest

from datazoom_desktop.intake.readers.pdf_layout import lay_out
from datazoom_desktop.intake.readers.reading_order import Run, Word

SIZE = 10.0


def line(text: str, x: float, y: float, size: float = SIZE) -> Run:
    words = []
    for word in text.split():
        width = 0.5 * size * len(word)
        words.append(Word(word, (x, y, x + width, y + size), (x, y, x + width, y + size)))
        x += width + 0.3 * size
    return Run(words, len(words), size)


def column(name: str, x: float, y: float, lines: int, size: float = SIZE, lead: float = 1.2) -> list[Run]:
    return [line(f"{name} line {n} has some words", x, y + lead * size * n, size) for n in range(lines)]


def texts(runs: list[Run]) -> list[str]:
    return [" ".join(word.text for word in run.words) for run in runs]


def read(runs: list[Run], seed: int) -> list[str]:
    shuffled = list(runs)
    random.Random(seed).shuffle(shuffled)
    return [part for part in lay_out(shuffled, 842).text.split("\n") if part]


WIDE = "This line of text runs right across the page over every column that there is upon it today"
SEEDS = range(6)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [2, 3])
def test_columns_between_lines_across_are_read_one_after_the_other(count: int, seed: int) -> None:
    at = [50, 310] if count == 2 else [40, 215, 390]
    page = [line(WIDE, 50, 40)]
    for number, x in enumerate(at):
        page += column(f"c{number}", x, 80, 14)
    page += [line(WIDE + " again", 50, 300)]
    for number, x in enumerate(at):
        page += column(f"d{number}", x, 340, 9)
    page += [line("1 A footnote that stands below all of the columns and reaches across all of them too", 50, 700, 8)]
    assert read(page, seed) == texts(page)


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_whose_lines_do_not_stand_level_are_told_apart(seed: int) -> None:
    page = column("left", 50, 80, 20) + column("right", 310, 84.5, 19)
    assert read(page, seed) == texts(page)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_centred_heading_over_the_gutter_parts_the_columns(seed: int) -> None:
    page = column("a", 50, 80, 8) + column("b", 310, 80, 8)
    page += [line("ARTICLE II DEFINITIONS", 240, 200)]
    page += column("c", 50, 230, 8) + column("d", 310, 230, 8)
    assert read(page, seed) == texts(page)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_heading_below_two_columns_belongs_to_what_follows_it(seed: int) -> None:
    page = column("a", 50, 80, 8) + column("b", 310, 80, 8)
    page += [line("Additional features", 50, 192), line(WIDE, 50, 210), line(WIDE + " too", 50, 222)]
    assert read(page, seed) == texts(page)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("notes_x", [40, 480])
def test_notes_at_the_side_are_read_after_what_they_stand_beside(notes_x: float, seed: int) -> None:
    body = column("The body of the text runs along here and", 130, 80, 20)
    notes = [line(f"note {n} here", notes_x, 81 + 45 * n, 7) for n in range(5)]
    assert read(body + notes, seed) == texts(body + notes)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_of_figures_is_read_row_by_row(seed: int) -> None:
    page = [line(WIDE, 50, 40)]
    rows = [["Item", "2024", "2023"], ["Net revenue of the group", "1,204", "998"], ["Costs", "(310)", "(290)"]]
    rows += [[f"Position number {n}", f"{n},100", f"{n},050"] for n in range(8)]
    for number, row in enumerate(rows):
        page += [line(cell, x, 80 + 14 * number) for cell, x in zip(row, (50, 330, 430), strict=True)]
    assert read(page, seed) == [WIDE, *(" ".join(row) for row in rows)]


@pytest.mark.parametrize("seed", SEEDS)
def test_cells_of_several_lines_are_read_whole(seed: int) -> None:
    page = []
    for number in range(3):
        y = 80 + 60 * number
        page += [line(f"Risk {number}", 50, y)]
        page += [line(f"cell {number} says in line {n} what", 150, y + 12 * n) for n in range(3)]
        page += [line(f"answer {number}", 400, y), line(f"of {number}", 400, y + 12)]
    found = read(page, seed)
    joined = " ".join(found)
    for number in range(3):
        assert f"cell {number} says in line 0 what" in joined
        at = [joined.index(f"cell {number} says in line {n} what") for n in range(3)]
        assert at == sorted(at)
        between = joined[at[0] : at[2]]
        assert "answer" not in between, "another cell's words inside this one"


@pytest.mark.parametrize("seed", SEEDS)
def test_clauses_side_by_side_in_two_languages_are_read_clause_by_clause(seed: int) -> None:
    page: list[Run] = []
    for number in range(5):
        y = 80 + 70 * number
        page += [line(f"{number}. The parties agree word {n}", 50, y + 12 * n) for n in range(3)]
        page += [line(f"{number}. Partijen komen overeen woord {n}", 310, y + 12 * n) for n in range(4)]
    assert read(page, seed) == texts(page)


@pytest.mark.parametrize("seed", SEEDS)
def test_columns_of_a_script_written_from_the_right_begin_at_the_right(seed: int) -> None:
    def hebrew(name: str, x: float, n: int) -> Run:
        placed = line(f"{name} שורה {n} מילים אחדות כאן", x, 80 + 12 * n)
        widths = sorted(((w.frame[0], w.frame[2]) for w in placed.words), reverse=True)
        words = [
            Word(word.text, (a, word.box[1], b, word.box[3]), (a, word.box[1], b, word.box[3]))
            for word, (a, b) in zip(placed.words, widths, strict=True)
        ]
        return Run(words, 0, SIZE)

    first = [hebrew("ימין", 310, n) for n in range(10)]
    second = [hebrew("שמאל", 50, n) for n in range(10)]
    assert read(first + second, seed) == texts(first + second)


def test_values_laid_over_a_form_are_read_where_they_stand() -> None:
    labels = [line("Name of the tenant:", 50, 80), line("Rent a month:", 50, 110), line("Signed at the end", 50, 140)]
    values = [line("4,250 EUR", 200, 111), line("Marlow Ltd", 200, 79)]
    text = lay_out(labels, 842, laid_over=values).text
    assert [part for part in text.split("\n") if part] == [
        "Name of the tenant: Marlow Ltd",
        "Rent a month: 4,250 EUR",
        "Signed at the end",
    ]


def test_a_file_that_goes_down_the_page_is_left_in_its_order() -> None:
    page = [line("Termination", 50, 100), line("- 8 -", 300, 60), *column("body", 50, 130, 12)]
    shown = [part for part in lay_out(page, 842).text.split("\n") if part]
    assert shown == texts(page)
