from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.file_server import FileServer
from tests.support import models


@pytest.fixture(scope="session")
def small_llm_path() -> Path:
    """The real 0.5B model's file, pulled when it is not cached."""
    return models.small_llm_path()


@pytest.fixture
def files() -> Iterator[FileServer]:
    """A web server of the test's own files."""
    with FileServer() as server:
        yield server
