"""A small room whose passages have real vectors, for tests of search and chat."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

import platformdirs

from datazoom_desktop.engines.onnx_embedder import OnnxEmbedder
from datazoom_desktop.kernel.resources import resource_path
from datazoom_desktop.search.clause_index import ClauseSource
from datazoom_desktop.storage.passage_index import IndexRow
from datazoom_desktop.storage.room import RoomStorage
from tests.support.rooms import add_document, make_room

LEASE = (
    (
        "OFFICE LEASE. This Lease is made on May 1, 2024 between Harbour Estates LLC (“Landlord”) and Halyard, Inc. (“Tenant”). "
        "The premises are the second floor of 40 Customs House Quay.\n"
    ),
    (
        "4. Rent. Tenant shall pay base rent of $4,000 per month on the first day of each month. Late payments bear interest at "
        "6% a year.\n5. Term. The term of this Lease ends on March 31, 2029, unless it is extended under Article 18.\n"
    ),
    (
        "9. Assignment. Tenant shall not assign this Lease or sublet the premises without the prior written consent of Landlord. "
        "Landlord shall not unreasonably withhold its consent.\n"
    ),
)
SUPPLY = (
    "SUPPLY AGREEMENT between Northgate Actuation, Inc. (“Supplier”) and Halyard, Inc. (“Buyer”).\n",
    "2. Minimum. Buyer shall buy at least 120 drive modules in each contract year. The price of a module is $11,400.\n",
    (
        "7. Liability. Supplier’s total liability under this Agreement is limited to $250,000. Neither party is liable for lost "
        "profits.\n8. Governing law. This Agreement is governed by the law of the State of Ohio.\n"
    ),
)
NDA = (
    "NON-DISCLOSURE AGREEMENT between Halyard, Inc. and {party}. Each party may disclose Confidential Information to the other.\n"
    "3. Term. The duty of confidence lasts for {years} years after disclosure.\n"
    "6. Law. This Agreement is governed by the law of {law}.\n"
)
DEAL: Mapping[str, Sequence[str]] = {
    "5 Property/Lease.pdf": LEASE,
    "3 Commercial/Northgate supply.pdf": SUPPLY,
    "3 Commercial/NDA Corvid.txt": (NDA.format(party="Corvid Optics GmbH", years="five", law="Bavaria, Germany"),),
    "3 Commercial/NDA Tarn.txt": (NDA.format(party="Tarn Energy plc", years="two", law="England and Wales"),),
}


@functools.cache
def embedder() -> OnnxEmbedder:
    """Return the product's embedder, its weights loaded once a test run."""
    return OnnxEmbedder(resource_path("models", "all-MiniLM-L6-v2"))


@functools.cache
def clause_source() -> ClauseSource:
    """Return the clauses that ship, prepared once and then kept in the cache of the machine's tests."""
    return ClauseSource(Path(platformdirs.user_cache_dir("datazoom-desktop-tests"), "home"), embedder())


def make_deal_room(folder: Path) -> RoomStorage:
    """Make a room with the documents of ``DEAL``, one passage a page, searchable by real vectors."""
    room = make_room(folder)
    for path, pages in DEAL.items():
        version_id = add_document(room, path, pages)
        index_really(room, version_id)
    return room


def index_really(room: RoomStorage, version_id: str) -> None:
    """Give a version's passages their real vectors."""
    with room.db.read() as cursor:
        rows = cursor.execute(
            "SELECT passage_id, prefix || text FROM passages WHERE version_id = ? ORDER BY ordinal", [version_id]
        ).fetchall()
    vectors = embedder().embed([text for _, text in rows])
    room.passages.replace(
        version_id, [IndexRow(passage, version_id, text, v) for (passage, text), v in zip(rows, vectors, strict=True)]
    )
