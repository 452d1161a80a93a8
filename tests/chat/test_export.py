"""Conversations as files that can be handed on: Markdown and Word, with every citation, and nothing that a document smuggled in."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from docx import Document

from datazoom_desktop.chat.conversation import (
    Conversation,
    Focus,
    Standing,
    Stands,
    Summary,
    Turn,
    place_of,
)
from datazoom_desktop.chat.export import markdown, plain, write
from datazoom_desktop.chat.model import Answer, AnswerStatus, Citation, Claim, Searched, Verdict
from datazoom_desktop.kernel.errors import Problem
from datazoom_desktop.kernel.spans import Span

ASKED = dt.datetime(2026, 11, 25, 3, 4, tzinfo=dt.UTC)
HOSTILE = "![x](http://evil.example/p.png) <img src=x> [go](javascript:x) `rm` **b** www.evil.example a@b.example # 1"


def citation(start: int, quote: str, **changes: object) -> Citation:
    values: dict[str, object] = {
        "document_id": "d1",
        "version_id": "v1",
        "path": "5 Property/Lease.pdf",
        "page": 7,
        "span": Span(start, start + len(quote)),
        "quote": quote,
        "verdict": Verdict.VERIFIED,
    }
    return Citation(**(values | changes))  # type: ignore[arg-type]


RENT = citation(0, "3. Rent. The base rent is $4,000\na month.")
TABLE = citation(
    90, "Ada 12", path="Cap.xlsx", document_id="d2", version_id="v2", cells="Sheet1!A2:B2", verdict=Verdict.REPAIRED
)
NEAR = citation(50, "No deposit is named.")


def conversation(*, hostile: str = "") -> Conversation:
    found = Answer(
        AnswerStatus.PARTIAL,
        "What is the rent?" + hostile,
        "It is $4,000. Ada has 12.",
        (Claim("The rent is $4,000." + hostile, (RENT,)), Claim("Ada has 12, at that rent.", (TABLE, RENT))),
        Searched(61, 60, 2, (("5 Property/Plan.pdf", 3, "Too faint to read."),)),
        "Qwen2.5",
        scope="Searching 2 of 41: Lease, Cap table",
        withheld=("Rent doubles.",),
    )
    lost = Answer(
        AnswerStatus.NOT_FOUND, "And the deposit?", "Not found.", (), Searched(2, 2, 1), "quote", nearest=(NEAR,)
    )
    gone = {place_of(RENT): Standing(Stands.GONE), place_of(TABLE): Standing(Stands.HERE, "Cap.xlsx")}
    focus = Focus("", "")
    return Conversation(
        Summary("c1", "Lease review" + hostile, ASKED, ASKED, 2),
        (
            Turn("c1", 1, ASKED, found.question, "", focus, found, gone),
            Turn("c1", 2, ASKED, "The deposit?", "Lease · rent", focus, lost),
        ),
    )


def test_markdown_has_every_claim_with_its_footnotes_and_what_was_searched() -> None:
    text = markdown(conversation(), "Halyard", ASKED)
    blocks = text.split("\n\n")
    assert blocks[0] == "# Lease review"
    assert "exported 25 November 2026, 03:04 UTC" in blocks[1]
    assert "The rent is \\$4,000.[^1]" in blocks
    assert "Ada has 12, at that rent.[^2][^1]" in blocks
    [first] = [block for block in blocks if block.startswith("[^1]:")]
    assert (
        "5 Property/Lease.pdf, page 7 (verified: these words stand there): “3. Rent. The base rent is \\$4,000 a month.”"
        in first
    )
    assert first.endswith("**This document is no longer in the room.**")
    [second] = [block for block in blocks if block.startswith("[^2]:")]
    assert "Cap.xlsx, Sheet1!A2:B2 (repaired: nearly these words" in second
    assert "**" not in second
    assert "- Searched 60 of 61 pages in 2 documents: Lease, Cap table." in text
    assert "- Could not be read: 5 Property/Plan.pdf, page 3: Too faint to read." in text
    assert "- 1 sentence was withheld: its source could not be verified." in text
    assert "Rent doubles" not in text, "what could not be verified is not handed on"
    assert "Nearest passages:[^3]" in blocks
    assert "- Continues: Lease · rent. Searched for as “The deposit?”" in text
    assert "verified" not in next(block for block in blocks if block.startswith("[^3]:"))


def test_markdown_shows_hostile_words_as_words() -> None:
    parser = pytest.importorskip("markdown_it").MarkdownIt("commonmark", {"linkify": False})
    html = parser.render(markdown(conversation(hostile=HOSTILE), "Halyard", ASKED))
    for tag in ("<img", "<a ", "<code", "<strong>b"):
        assert tag not in html
    assert "&lt;img src=x&gt;" in html
    assert "http:\\//" not in html
    assert "![x](http://evil.example/p.png)" in html, "and they can be read as they were"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("3. Rent", "3\\. Rent"),
        ("12) a", "12\\) a"),
        ("- a", "\\- a"),
        ("+ a", "\\+ a"),
        ("=====", "\\====="),
        ("a - b", "a - b"),
        ("http://x", "http:\\//x"),
        ("WWW.x", "WWW\\.x"),
        ("a\n\n# b", "a \\# b"),
    ],
)
def test_signs_with_a_meaning_are_written_as_signs(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_a_word_document_has_the_same(tmp_path: Path) -> None:
    file = tmp_path / "Lease.DOCX"
    size = write(conversation(hostile=" \x00\x0b & <b>"), "Halyard", ASKED, file)
    assert file.stat().st_size == size
    document = Document(io.BytesIO(file.read_bytes()))
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert lines[0] == "Lease review \ufffd & <b>"
    assert document.core_properties.author == "DataZoom Desktop"
    assert document.core_properties.created == ASKED
    assert "Ada has 12, at that rent. 2 1" in lines
    raised = [run.text for p in document.paragraphs for run in p.runs if run.font.superscript]
    assert raised == [" 1", " 2", " 1"]
    assert (
        "[1] 5 Property/Lease.pdf, page 7 (verified: these words stand there): “3. Rent. The base rent is $4,000 a month.” "
        "This document is no longer in the room."
    ) in lines
    assert "[3] 5 Property/Lease.pdf, page 7: “No deposit is named.”" in lines
    headings = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 2"]
    assert headings == ["Sources", "What was searched", "Nearest passages", "What was searched"]
    assert "Rent doubles" not in "\n".join(lines)


def test_a_file_of_another_kind_or_place_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="as Markdown or as a Word document"):
        write(conversation(), "Halyard", ASKED, tmp_path / "lease.pdf")
    with pytest.raises(Problem, match="failed: No such file"):
        write(conversation(), "Halyard", ASKED, tmp_path / "none" / "lease.md")
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(Problem, match="failed"):
        write(conversation(), "Halyard", ASKED, tmp_path / "folder.md")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.md"]
