"""What a document says of itself."""

from __future__ import annotations

import pytest

from datazoom_desktop.search.about import document_date, question
from datazoom_desktop.search.expression import Where
from datazoom_desktop.search.parser import parse
from datazoom_desktop.search.routing import Digest


def digest(path: str, title: str = "", opening: str = "") -> Digest:
    return Digest("d", "v", path, title, opening)


@pytest.mark.parametrize(
    ("path", "title", "opening", "date"),
    [
        ("Letter 2025-10-13.pdf", "Re: Agreement dated July 1, 2023", "12 May 2021", "2025-10-13"),
        ("Letter.pdf", "Minutes of 3 March 2024", "12 May 2021", "2024-03-03"),
        ("Lease.pdf", "", "Filed 2 June 2019. This Lease is dated as of May 1, 2024 between", "2024-05-01"),
        ("Lease.pdf", "", "On 2 June 2019 the parties met", "2019-06-02"),
        ("SAFE 2024.pdf", "", "on February 20, 2024", "2024-02-20"),
        ("Customer list 2025-09.csv", "", "name, city", "2025-09"),
        ("Insurance_2025.png", "", "", "2025"),
        ("Plan.docx", "", "adopted in June 2019", "2019-06"),
        ("HALY-000123.pdf", "", "no date", "None"),
    ],
)
def test_a_documents_date_is_the_most_telling_one(path: str, title: str, opening: str, date: str) -> None:
    assert str(document_date(digest(path, title, opening))) == date


@pytest.mark.parametrize(
    ("asked", "yes"),
    [
        ("type:nda", True),
        ('type:"confidentiality agreement"', True),
        ("type:non*", True),
        ("type:lease", False),
        ('party:"acme corp"', True),
        ("party:globex", False),
        ("doc:acme", True),
        ("doc:pdf", True),
        ('folder:"3 commercial"', True),
        ("folder:acme", False),
        ("date:2024-05", True),
        ("date:<2024", False),
    ],
)
def test_a_field_asks_for_what_is_known(asked: str, yes: bool) -> None:
    where = parse(asked)
    assert isinstance(where, Where)
    known = digest(
        "3 Commercial/NDAs/acme_signed.pdf", "Mutual Non-Disclosure Agreement", "May 1, 2024. Acme Corp. and"
    )
    assert question(where)(known) is yes
