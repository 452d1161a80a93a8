"""A pytest plugin that keeps the files which tests have read, by media type: the fuzzer's seeds."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from pathlib import Path

import pytest

from datazoom_desktop.intake import detect

WHERE = "DATAZOOM_FUZZ_SEEDS"
_LARGEST = 200_000
_FROM_ONE_TEST = 4  #: files; some tests read hundreds of damaged copies
_OF_ONE_KIND = 150


def folder_of(media_type: str) -> str:
    """Return a media type as the name of a folder."""
    return media_type.replace("/", "-")


@pytest.hookimpl
def pytest_configure(config: pytest.Config) -> None:
    """Keep every file whose type is told from now on."""
    root = Path(os.environ[WHERE])
    told = detect.media_type
    by_test: Counter[str] = Counter()
    by_kind: Counter[str] = Counter()

    def media_type(file: Path, name: str) -> str:
        kind = told(file, name)
        test = os.environ.get("PYTEST_CURRENT_TEST", "")
        if by_test[test] < _FROM_ONE_TEST and by_kind[kind] < _OF_ONE_KIND and 0 < file.stat().st_size <= _LARGEST:
            data = file.read_bytes()
            folder = root / folder_of(kind)
            folder.mkdir(parents=True, exist_ok=True)
            out = folder / hashlib.sha256(data).hexdigest()[:16]
            if not out.exists():
                out.write_bytes(data)
                by_test[test] += 1
                by_kind[kind] += 1
        return kind

    detect.media_type = media_type
