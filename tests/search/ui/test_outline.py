"""Lines of documents and places, folded and unfolded."""

from __future__ import annotations

import random

from datazoom_desktop.search.model import PlacesIn
from datazoom_desktop.search.ui.outline import FEW, MANY, Fold, Kind, Outline
from datazoom_desktop.search.ui.places_model import joined


def documents(*counts: int) -> list[PlacesIn]:
    return [PlacesIn(f"d{n}", f"v{n}", f"{n}.pdf", count) for n, count in enumerate(counts)]


def kinds(outline: Outline) -> str:
    return "".join(
        {Kind.HEAD: "H", Kind.PLACE: ".", Kind.MORE: "+"}[outline.line(n).kind] for n in range(outline.lines)
    )


def test_where_there_are_few_places_all_are_shown() -> None:
    assert kinds(Outline(documents(2, 1, 7))) == "H..H.H......."


def test_where_there_are_many_some_of_each_document_are_shown() -> None:
    outline = Outline(documents(MANY, 3, FEW, FEW + 1))
    assert kinds(outline) == "H.....+H...H.....H.....+"
    outline.set_fold(0, Fold.CLOSED)
    outline.set_fold(3, Fold.ALL)
    assert kinds(outline) == "HH...H.....H......"


def test_one_document_is_shown_whole() -> None:
    assert Outline(documents(MANY * 3)).lines == MANY * 3 + 1


def test_nothing_has_no_lines() -> None:
    assert Outline(()).lines == 0


def test_lines_and_ranks_fit_each_other_however_documents_are_folded() -> None:
    rng = random.Random(3)
    for _ in range(40):
        counts = [rng.randint(1, 12) for _ in range(rng.randint(1, 9))]
        outline = Outline(documents(*counts), [rng.choice(list(Fold)) for _ in counts])
        places = [outline.line(n) for n in range(outline.lines) if outline.line(n).kind is Kind.PLACE]
        for line in places:
            at = outline.line_of(line.rank)
            assert outline.line(at) == line
            assert outline.shows(line.rank)
            assert at in outline.lines_of(line.document)
            assert outline.document_of(line.rank) == line.document
        hidden = set(range(outline.places)) - {line.rank for line in places}
        for rank in hidden:
            assert not outline.shows(rank)
            assert outline.line(outline.line_of(rank)).kind in (Kind.HEAD, Kind.MORE)
        assert outline.ranks(range(outline.lines)) == [line.rank for line in places]


def test_numbers_are_joined_to_ranges() -> None:
    assert joined([0, 1, 2, 5, 7, 8]) == [range(3), range(5, 6), range(7, 9)]
    assert joined([]) == []
