"""Passages: each is the version's text at its span, together they hold all of it once, and they fit."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datazoom_desktop.engines.word_pieces import WordPieces
from datazoom_desktop.intake.model import Block, BlockKind, Passage, ReadPage
from datazoom_desktop.intake.passages import MOST_PIECES, passages
from datazoom_desktop.intake.structure import blocks_of_text
from datazoom_desktop.kernel.coverage import Coverage
from datazoom_desktop.kernel.resources import resource_path

SENTENCE = "The Supplier shall deliver the Products to the Buyer within thirty days of each order. "


@pytest.fixture(scope="module")
def pieces() -> WordPieces:
    return WordPieces(resource_path("models", "all-MiniLM-L6-v2", "tokenizer.json"))


def page(number: int, text: str, blocks: tuple[Block, ...] | None = None) -> ReadPage:
    return ReadPage(
        number,
        Coverage.TEXT if text.strip() else Coverage.BLANK,
        text,
        blocks=blocks if blocks is not None else blocks_of_text(text),
    )


def check(pages: Sequence[ReadPage], found: Sequence[Passage], pieces: WordPieces) -> None:
    text = "".join(page.text for page in pages)
    owners = bytearray(len(text))
    furniture = bytearray(len(text))
    at = 0
    for item in pages:
        for block in item.blocks:
            if block.kind is BlockKind.FURNITURE:
                furniture[at + block.start : at + block.end] = b"\1" * (block.end - block.start)
        at += len(item.text)
    for ordinal, passage in enumerate(found):
        assert passage.ordinal == ordinal
        assert passage.text == text[passage.char_start : passage.char_end]
        assert passage.text == passage.text.strip()
        assert passage.text
        assert not furniture[passage.char_start]
        assert not furniture[passage.char_end - 1]
        assert pieces.count([passage.prefix + passage.text])[0] <= MOST_PIECES
        assert 1 <= passage.page_first <= passage.page_last <= len(pages)
        for place in range(passage.char_start, passage.char_end):
            owners[place] += 1
    for place, character in enumerate(text):
        if not character.isspace() and not furniture[place]:
            assert owners[place] == 1, (place, text[max(0, place - 20) : place + 20])


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(list(BlockKind)),
                st.integers(0, 4),
                st.text(st.sampled_from("ab Z19.;:()\n\t§é漢字ا💼-_"), min_size=1, max_size=400)
                | st.builds(lambda n: SENTENCE * n, st.integers(1, 40)),
            ),
            max_size=8,
        ),
        max_size=5,
    ),
    st.text(max_size=120),
)
def test_any_blocks_are_covered_once_and_fit(pages: list[list[tuple[BlockKind, int, str]]], title: str) -> None:
    counter = WordPieces(resource_path("models", "all-MiniLM-L6-v2", "tokenizer.json")) if not _KEPT else _KEPT[0]
    _KEPT[:] = [counter]
    read = []
    for number, items in enumerate(pages, start=1):
        text, blocks = "", []
        for kind, level, words in items:
            if words.strip():
                start = len(text) + len(words) - len(words.lstrip())
                blocks.append(Block(start, start + len(words.strip()), kind, level))
            text += words + "\n"
        read.append(page(number, text, tuple(blocks)))
    check(read, passages(read, counter.count, title), counter)


_KEPT: list[WordPieces] = []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=3000))
def test_any_plain_text_is_covered_once_and_fits(text: str) -> None:
    counter = _KEPT[0] if _KEPT else WordPieces(resource_path("models", "all-MiniLM-L6-v2", "tokenizer.json"))
    _KEPT[:] = [counter]
    read = [page(1, text)]
    check(read, passages(read, counter.count, "Title"), counter)


def test_a_heading_stays_with_the_clause_beneath(pieces: WordPieces) -> None:
    text = "ARTICLE I\n\nTERM\n\n" + SENTENCE * 6 + "\n\nARTICLE II\n\nPRICE\n\n" + SENTENCE * 6
    found = passages([page(1, text)], pieces.count, "Supply Agreement")
    assert [p.text.split("\n")[0] for p in found] == ["ARTICLE I", "ARTICLE II"]
    assert found[0].prefix == "Supply Agreement\n"


def test_a_long_clause_is_cut_at_sentences_and_says_where_it_stands(pieces: WordPieces) -> None:
    text = "ARTICLE I\n\nTERM\n\n1.1 Delivery. " + SENTENCE * 40
    found = passages([page(1, text)], pieces.count, "Supply Agreement")
    assert len(found) > 2
    assert all(p.text.endswith(".") for p in found)
    assert found[-1].prefix == "Supply Agreement > ARTICLE I TERM > 1.1 Delivery\n"
    assert found[-1].heading == "ARTICLE I TERM > 1.1 Delivery"
    lengths = [pieces.count([p.text])[0] for p in found]
    assert max(lengths) < 1.6 * min(lengths)


def test_a_paragraph_goes_on_over_a_page_break_and_its_page_number(pieces: WordPieces) -> None:
    first, number, second = "The Buyer shall pay the price within\n", "1\n", "thirty days after the invoice.\n"
    top = page(
        1,
        first + number,
        (Block(0, len(first) - 1, BlockKind.PARAGRAPH), Block(len(first), len(first) + 1, BlockKind.FURNITURE)),
    )
    (found,) = passages([top, page(2, second)], pieces.count, "")
    assert (found.page_first, found.page_last) == (1, 2)
    assert found.text.startswith("The Buyer")
    assert found.text.endswith("invoice.")


def test_table_rows_are_never_cut_where_they_fit(pieces: WordPieces) -> None:
    rows = [f"Holder {n} | Common | {n * 1000:,} | {n}.5%" for n in range(60)]
    text = "\n".join(rows) + "\n"
    blocks, at = [], 0
    for line in rows:
        blocks.append(Block(at, at + len(line), BlockKind.TABLE_ROW))
        at += len(line) + 1
    found = passages([page(1, text, tuple(blocks))], pieces.count, "Cap table")
    assert [line for p in found for line in p.text.split("\n")] == rows
    assert len(found) < len(rows) / 5


def test_no_pages_and_blank_pages_have_no_passages(pieces: WordPieces) -> None:
    assert passages([], pieces.count, "x") == []
    assert passages([page(1, " \n")], pieces.count, "x") == []
