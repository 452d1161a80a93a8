"""What a document calls itself."""

from __future__ import annotations

import pytest

from datazoom_desktop.intake.model import Block, BlockKind, ReadPage
from datazoom_desktop.intake.title import name_title, title_of
from datazoom_desktop.kernel.coverage import Coverage


def page(*lines: tuple[str, BlockKind]) -> ReadPage:
    text, blocks = "", []
    for line, kind in lines:
        blocks.append(Block(len(text), len(text) + len(line), kind))
        text += line + "\n"
    return ReadPage(1, Coverage.TEXT, text, blocks=tuple(blocks))


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([("Lease of 40 Customs House Quay Page 1", BlockKind.PARAGRAPH)], "Lease of 40 Customs House Quay"),
        ([("Master Services Agreement | Page 1 of 12", BlockKind.HEADING)], "Master Services Agreement"),
        ([("HALYARD ROBOTICS, INC.", BlockKind.TITLE), ("STOCK OPTION PLAN", BlockKind.HEADING)], "STOCK OPTION PLAN"),
        ([("EXHIBIT 10.1 Supply Agreement", BlockKind.HEADING)], "Supply Agreement"),
        ([("nothing that names a document.", BlockKind.PARAGRAPH)], "annex b"),
    ],
)
def test_a_title_is_what_the_document_calls_itself(lines: list[tuple[str, BlockKind]], title: str) -> None:
    assert title_of([page(*lines)], "annex_b.pdf") == title


def test_a_file_name_becomes_readable() -> None:
    assert name_title("Board_minutes__2025.docx") == "Board minutes 2025"
