"""The sample room's questions and quotes, as texts to embed."""

from __future__ import annotations

import json
from pathlib import Path

FACTS = Path(__file__).resolve().parents[3] / "resources" / "sample_room" / "facts.json"


def texts_of(facts: Path) -> tuple[list[str], list[str]]:
    """Return the questions and, row by row, the quote that answers each; questions without a quote are left out."""
    rows = [row for row in json.loads(facts.read_text(encoding="utf-8"))["questions"] if row.get("quote")]
    return [row["question"] for row in rows], [row["quote"] for row in rows]
