"""Real documents that lie beside a checkout, for tests that want more than the sample room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared_data() -> Path:
    """Return the folder of shared documents, or skip the test with the reason."""
    named = os.environ.get("DATAZOOM_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the shared documents are not on this machine ({folder.name} is absent)")
    return folder
