"""Real documents that lie beside a checkout, for tests that want more than the sample room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def shared_folder() -> Path:
    """Return where the folder of shared documents would be; it may be absent."""
    named = os.environ.get("DATAZOOM_SHARED_DATA")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "data"


def shared_data() -> Path:
    """Return the folder of shared documents, or skip the test with the reason."""
    folder = shared_folder()
    if not folder.is_dir():
        pytest.skip(f"the shared documents are not on this machine ({folder.name} is absent)")
    return folder
